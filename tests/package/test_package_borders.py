"""What keeps stages apart, and what is said when a function is not told enough: on the real zip and the real roles."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from deployed import Deployed
from described import Described
from gateway import Reply, http_event, reply
from packaged_cloud import OWN_TEAM, PROGRAM, PackagedCloud
from packaged_shop import buyer, deliver, join, points, prove, wait_until
from runtime_api import LambdaFunction

from chalicelib.services.ports import Wallet
from ops.laptop.home import PROJECT
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Sender
from ops.packaging.template import functions

pytestmark = [pytest.mark.package, pytest.mark.npm, pytest.mark.xdist_group("package")]

NEEDED = ["POINTPASS_BASE_URL", "POINTPASS_DEFERRED_QUEUE_URL", "POINTPASS_VAULT_SECRET", "POINTPASS_MAIL_FROM"]


@contextmanager
def told(cloud: PackagedCloud, name: str, environment: Mapping[str, str]) -> Iterator[LambdaFunction]:
    """A fresh container of a function that is told something else."""
    yard = dataclasses.replace(cloud.yard, environment=environment, gates={})
    with yard.container(name) as (function, _):
        yield function


def asked(function: LambdaFunction, method: str, address: str, body: bytes | None = None) -> Reply:
    return reply(function.invoke(http_event(method, address, body=body)))


def test_no_role_of_a_stage_names_anything_of_another_one(described: Described) -> None:
    """Tables, queues, buckets, secrets and logs are all named after their stage."""
    for (stage, profile), own in described.items():
        other = next(name for name, _ in described if name != stage)
        theirs = Deployed(described[other, profile].template, _said(own.parameters, other))
        mine = Deployed(own.template, _said(own.parameters, stage))
        for name in functions(mine.template):
            may = mine.role(name)
            foreign = [
                (action, named)
                for statement in theirs.role(name).allowed()
                for action in statement["Action"]
                for named in _listed(statement["Resource"])
                if ":kms:" not in named and named != "*"  # a key has no name; those are of one stack
            ]
            assert foreign
            assert [each for each in foreign if may.allows(each[0], each[1].replace("?", "x").replace("*", "x"))] == []


def _said(parameters: Mapping[str, str], stage: str) -> dict[str, str]:
    """What an operator says, with the names of that stage's secrets."""
    return {name: value.replace("pointpass-dev", f"pointpass-{stage}") for name, value in parameters.items()} | {
        "Stage": stage
    }


def _listed(resource: str | list[str]) -> list[str]:
    return [resource] if isinstance(resource, str) else resource


def test_function_that_is_told_of_another_stage_touches_nothing_of_it(cloud: PackagedCloud) -> None:
    environment = {**cloud.yard.environment, "POINTPASS_STAGE": "prod"}
    yard = dataclasses.replace(cloud.yard, environment=environment, gates={})
    with yard.container("Pages") as (function, gate):
        assert asked(function, "GET", f"/p/{PROGRAM}").status in (500, 503)
    assert gate.refused
    assert {resource.partition("table/")[2].partition("/")[0] for _, resource in gate.refused} <= {
        "pointpass-prod-programs"
    }


@pytest.mark.parametrize("name", NEEDED)
def test_first_call_says_which_setting_is_missing_by_its_name(cloud: PackagedCloud, name: str) -> None:
    less = {key: value for key, value in cloud.yard.environment.items() if key != name}
    with told(cloud, "Hooks", less) as function:
        wait_until(lambda: name in function.log())
        assert "SettingMissing" in function.log()


def test_first_call_says_which_secret_is_missing_by_its_name(cloud: PackagedCloud) -> None:
    text = (PROJECT / "programs" / f"{PROGRAM}.yaml").read_text().replace(f"program: {PROGRAM}", "program: paperless")
    cloud.house.publishing.publish(text, file="paperless.yaml")
    lost = Wallet("paperless", "pass.com.example.lost", OWN_TEAM, "pointpass-dev-apple/lost", since=1)
    cloud.house.adapters.programs.put_wallet(lost)
    card = join(cloud, buyer("unsigned"), "paperless")
    with told(cloud, "Wallets", cloud.yard.environment) as function:
        assert asked(function, "GET", f"{card}/apple").status == 500
        assert '"event":"secret_missing"' in function.log()
        assert '"secret":"pointpass-dev-apple/lost"' in function.log()


def test_program_that_is_being_put_back_is_refused_by_the_packaged_doors_until_it_is_right(
    cloud: PackagedCloud, shop: Sender
) -> None:
    person, programs = buyer("restored"), cloud.house.adapters.programs
    card = join(cloud, person)
    prove(cloud, card, person)
    signed = shop.paid(shop.order(person, [Item("Beans", 3_300)]))
    programs.begin_restore(PROGRAM, cloud.house.adapters.clock.now())
    try:
        wait_until(lambda: cloud.ask("GET", f"/p/{PROGRAM}").status == 503)
        wait_until(lambda: deliver(cloud, signed) == 503)
    finally:
        programs.end_restore(PROGRAM)
    wait_until(lambda: deliver(cloud, signed) == 200)
    wait_until(lambda: cloud.ask("GET", card).status == 200)
    assert points(cloud, card) == 33
    assert cloud.refused() == {}
