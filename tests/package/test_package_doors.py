"""One function and one role for each kind of caller: every route has exactly one, on its live version."""

from collections.abc import Mapping

import pytest
from deployed import Deployed, Role

import app as front
from ops.packaging import PackageFailed
from ops.packaging.doors import DOORS, Door, door_of

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

SAID = {
    "/": "Pages",
    "/health": "Pages",
    "/static/{name}": "Pages",
    "/p/{program}/join": "Pages",
    "/proof/{token}": "Pages",
    "/c/{card}": "Pages",
    "/c/{card}/proof": "Pages",
    "/c/{card}/apple": "Wallets",
    "/c/{card}/google": "Wallets",
    "/google/callback/{program}": "Wallets",
    "/apple/v1/log": "Wallets",
    "/hooks/{program}/{connection}": "Hooks",
    "/v1/openapi.json": "StoresApi",
}


def test_every_route_of_the_app_belongs_to_one_door() -> None:
    assert {door_of(path).name for path in front.app.routes} == {door.name for door in DOORS}


@pytest.mark.parametrize(("path", "door"), SAID.items())
def test_route_belongs_to_the_door_of_its_callers(path: str, door: str) -> None:
    assert door_of(path).name == door


def test_route_that_nobody_named_stops_the_package_and_says_where_to_name_it() -> None:
    with pytest.raises(PackageFailed, match=r"/admin belongs to no door: name it in ops/packaging/doors\.py"):
        door_of("/admin")


def test_longer_pattern_wins_over_the_one_that_holds_it() -> None:
    wide, narrow = Door("Wide", "wide", ("/c/*",)), Door("Narrow", "narrow", ("/c/{card}/apple",))
    assert narrow.fits("/c/{card}/apple") > wide.fits("/c/{card}/apple") > 0
    assert narrow.fits("/c/{card}/apples") == 0


def test_front_door_sends_every_method_of_every_route_to_its_door(deployed: Deployed) -> None:
    assert deployed.routes() == {
        path: dict.fromkeys(methods, door_of(path).name) for path, methods in front.app.routes.items()
    }


def test_all_doors_run_the_same_zip_each_by_a_name_of_its_own(deployed: Deployed) -> None:
    made = {door.named: deployed.resources[door.name]["Properties"] for door in DOORS}
    told = {(name, each["Handler"], each["CodeUri"]) for name, each in made.items()}
    assert told == {(name, f"app.{name}", "./deployment.zip") for name in made}
    assert all(getattr(front, name) is front.app for name in made)
    assert not {"APIHandler", "ApiHandlerRole", "APIHandlerInvokePermission"} & deployed.resources.keys()


def test_what_a_door_does_not_need_it_may_not_have(deployed: Deployed) -> None:
    """What would be worst in each hand: pages that take orders, phones that post points, tills that read webhooks."""
    may = {door.name: deployed.role(door.name) for door in DOORS}
    assert may["Hooks"].actions("dynamodb", "*-cards") == set()
    assert may["Wallets"].actions("dynamodb", "*-journal") == {"Query"}
    assert may["Wallets"].actions("dynamodb", "*-members") == may["Wallets"].actions("dynamodb", "*-access") == set()
    assert [name for name, role in may.items() if role.actions("s3")] == ["Hooks"]
    assert all(role.actions("dynamodb", "*-views") == set() for role in may.values())


def test_each_secret_is_read_by_those_who_use_it_and_by_nobody_else(roles: Mapping[str, Role]) -> None:
    telling = {"Wallets", "Pages", "StoresApi", "OnJournal", "OnDeferred", "OnCards", "OnSweeps"}
    readers = {
        "pointpass-dev-vault-??????": {"Hooks", "OnSchedule", "OnNight", *telling},
        "pointpass-dev-apple-??????": {"OnNight", *telling},
        "pointpass-dev-apple/*": {"OnNight", *telling},
        "pointpass-dev-google-??????": {"Wallets", "OnCards"},
        "pointpass-dev-smtp-??????": {"Pages", "StoresApi"},
        "pointpass-dev/*": {"Hooks", "OnDeferred", "OnSchedule"},
    }
    for secret, functions in readers.items():
        reading = {name for name, role in roles.items() if role.actions("secretsmanager", f"*:secret:{secret}")}
        assert (secret, reading) == (secret, functions)
