"""The packaged template and zip, deployed: a signed webhook goes in at the host's name and comes out as a push.

The account is `ministack`'s. It asks no role for permission (test_package_at_work.py does), and its answers hold no
bytes that are not text, so that no pass is fetched here.
"""

import base64
import copy
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from deployed import Deployed
from gateway import Reply, http_event, schedule_event
from ministack import Ministack, Stack
from not_on_ministack import LEFT_OUT, LeftOut, leave_out
from packaged_cloud import PASS_TYPE, PROGRAM, SECRET, TEAM

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import Settings
from chalicelib.passes.apple.authentication import token_of
from chalicelib.services.ports import Connection
from ops.laptop import apns, authority
from ops.laptop.home import PROJECT
from ops.laptop.outbox import Outbox, start_post_office
from ops.laptop.runner import free_port
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender, Signed
from ops.package import Package
from ops.packaging.profiles import PROFILES

pytestmark = pytest.mark.package

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WAIT_SECONDS = 30.0
_ids = itertools.count(820_982_911_946_154_508, 1_000_003)


def on_one_worker(profile: str) -> Any:
    """An account for a profile; the two may run side by side."""
    return pytest.param(profile, marks=pytest.mark.xdist_group(f"deployed-{profile}"))


@dataclass(frozen=True)
class Account:
    """What a test may touch. `house`: an operator's, over the same account."""

    stack: Stack
    template: Mapping[str, Any]
    said: Mapping[str, str]
    aws: Ministack
    push: apns.PushService
    outbox: Outbox
    house: House
    profile: str

    def ask(self, method: str, address: str, body: bytes | None = None, **headers: str) -> Reply:
        """A request to the host of the cards. See not_on_ministack.py for the small profile's."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.profile == "strict":
            return self.aws.ask(self.said["DomainName"], method, address, body, named)
        api = self.stack.made["HttpApi"][0]
        return self.aws.hand_over(api, method, address, http_event(method, address, headers=named, body=body))

    def points(self, card: str) -> int:
        return int(json.loads(self.ask("GET", card, Accept="application/json").body)["points"])


@pytest.fixture(scope="module", params=[on_one_worker(profile) for profile in PROFILES])
def account(
    request: pytest.FixtureRequest,
    made: Package,
    template_of: Callable[[str, str], Deployed],
    aws_keys: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp(f"deployed-{request.param}")
    deployed = template_of("dev", request.param)
    template = folder / "template.json"
    template.write_text(json.dumps(deployed.template))
    with ExitStack() as stack:
        papers = authority.ensure(folder / "apple", pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee")
        push = apns.start(papers)
        stack.callback(push.stop)
        outbox, smtp_port = Outbox(folder / "outbox"), free_port()
        stack.callback(start_post_office(outbox, smtp_port).stop)
        # The one thing that an operator cannot say: where Apple is.
        apple = {"POINTPASS_APPLE_PUSH_URL": push.url, "POINTPASS_APPLE_PUSH_ROOT": str(papers.push_root)}
        aws = Ministack(folder, {**apple, "POINTPASS_PUSH_QUIET_SECONDS": "1"})
        stack.callback(aws.stop)
        aws.keep_secrets(_secrets(deployed.parameters, papers))
        # Without Google, and without a password for letters: what may be left out is left out.
        left = {"GoogleIssuer": "", "GoogleSecret": "", "SmtpSecret": ""}
        said = {**deployed.parameters, **left, "SmtpUrl": f"smtp://127.0.0.1:{smtp_port}", "Dashboard": "yes"}
        finished = aws.deploy("pointpass-dev", template, made.zipped, said)
        assert finished.status == "CREATE_COMPLETE", finished.why
        house = _house(aws, finished)
        house.publishing.publish((PROJECT / "programs" / f"{PROGRAM}.yaml").read_text(), file=f"{PROGRAM}.yaml")
        house.adapters.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET,)))
        yield Account(finished, deployed.template, said, aws, push, outbox, house, request.param)


def _secrets(said: Mapping[str, str], papers: authority.Papers) -> Mapping[str, Mapping[str, str]]:
    pems = {"certificate": papers.certificate, "key": papers.key, "intermediate": papers.intermediate}
    return {
        said["VaultSecret"]: {"master": base64.b64encode(bytes(range(32))).decode()},
        said["AppleSecret"]: {name: path.read_text() for name, path in pems.items()},
    }


def _house(aws: Ministack, finished: Stack) -> House:
    """An operator's house by what the deployed functions are told."""
    asking = aws.client("lambda")
    told = asking.get_function_configuration(FunctionName=finished.made["Hooks"][0])["Environment"]["Variables"]
    asking.close()
    here = {"POINTPASS_AWS_ENDPOINT_URL": aws.url, "POINTPASS_DYNAMODB_ENDPOINT_URL": aws.url}
    settings = Settings.from_environment({**told, **here})
    return assembled(settings, adapters(settings))


@pytest.fixture(scope="module")
def shop() -> Sender:
    return Sender(SECRET, "bean-street.myshopify.com", clock=_now, new_id=lambda: next(_ids))


def _now() -> int:
    return time.time_ns() // 1_000_000


def buyer(name: str) -> Buyer:
    return Buyer(next(_ids), f"{name}@example.com", None, name.title(), "Ozola")


def deliver(account: Account, signed: Signed) -> int:
    return account.ask("POST", f"/hooks/{PROGRAM}/shop", signed.body, **signed.headers).status


def carded(account: Account, person: Buyer) -> str:
    """The path of a new card whose holder has typed the code of the mail."""
    form = urlencode({"email": person.email, "name": "", "language": "en", "consent": "yes"}).encode()
    joined = account.ask("POST", f"/p/{PROGRAM}/join", form, **FORM)
    assert joined.status == 303, joined.body.decode() + account.aws.log()
    card = joined.headers["location"].partition("?")[0]
    (letter,) = [letter for letter in account.outbox.letters() if letter["to"] == person.email]
    code = next(word for word in letter["text"].split() if len(word) == 6 and word.isdigit())
    assert account.ask("POST", f"{card}/proof", urlencode({"code": code}).encode(), **FORM).status == 303
    return card


def register(account: Account, card: str, token: str) -> int:
    """A phone that has the pass of a card: the status of the answer."""
    found = account.house.enrolment.card(card.rpartition("/")[2])
    assert found is not None
    proof = {"Authorization": f"ApplePass {token_of(account.house.adapters.token_key, found.serial)}"}
    address = f"/apple/v1/devices/{token[:8]}/registrations/{PASS_TYPE}/{found.serial}"
    body = json.dumps({"pushToken": token}).encode()
    return account.ask("POST", address, body, Content_Type="application/json", **proof).status


def wait_until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def test_everything_of_the_template_is_deployed_but_what_is_listed(account: Account) -> None:
    """And what watches the letters of SES: this account sends its own elsewhere."""
    resources = account.template["Resources"]
    taken = {name for name, attribute in leave_out(copy.deepcopy(resources)) if not attribute}
    by_ses = {name for name, made in resources.items() if made.get("Condition") == "MailBySesHere"}
    assert by_ses == {"MailBouncesAlarm", "MailComplaintsAlarm"}
    assert resources.keys() - account.stack.made.keys() == taken | by_ses
    made = {name: kind for name, (_, kind) in account.stack.made.items() if name in resources}
    assert made == {name: _expanded(resources[name]["Type"]) for name in made}


def _expanded(kind: str) -> str:
    """What CloudFormation makes of SAM's kinds."""
    return {
        "AWS::Serverless::Function": "AWS::Lambda::Function",
        "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    }.get(kind, kind)


def test_account_is_open_to_this_computer_alone(account: Account) -> None:
    assert account.aws.listens_on() == {f"127.0.0.1:{account.aws.port}"}


def test_signed_webhook_ends_as_a_push(account: Account, shop: Sender) -> None:
    """Gateway, function, journal, stream, function, Apple; the second purchase of a moment goes through the queue."""
    anna, token = buyer("anna"), "a0" * 32
    card = carded(account, anna)
    assert register(account, card, token) == 201
    before = account.push.wait_for(token, after=-1, timeout=0) or -1
    assert deliver(account, shop.paid(shop.order(anna, [Item("Beans", 4599)]))) == 200
    first = account.push.wait_for(token, after=before, timeout=WAIT_SECONDS)
    assert first is not None, account.aws.log()
    assert account.points(card) == 45
    assert deliver(account, shop.paid(shop.order(anna, [Item("Beans", 2000)]))) == 200
    assert account.push.wait_for(token, after=first, timeout=WAIT_SECONDS) is not None, account.aws.log()
    assert account.points(card) == 65


def test_webhook_that_was_changed_on_its_way_is_401_and_writes_nothing(account: Account, shop: Sender) -> None:
    person = buyer("mallory")
    card = carded(account, person)
    signed = shop.paid(shop.order(person, [Item("Beans", 4599)]))
    assert deliver(account, Signed(signed.headers, signed.body + b" ")) == 401
    assert account.points(card) == 0


def test_webhook_that_comes_twice_counts_once(account: Account, shop: Sender) -> None:
    person = buyer("twice")
    card = carded(account, person)
    signed = shop.paid(shop.order(person, [Item("Beans", 1200)]))
    assert [deliver(account, signed), deliver(account, signed)] == [200, 200]
    assert account.points(card) == 12


def test_erasure_is_worked_off_by_the_queue(account: Account, shop: Sender) -> None:
    person = buyer("erased")
    card = account.house.enrolment.card(carded(account, person).rpartition("/")[2])
    assert card is not None
    assert deliver(account, shop.erasure_asked(person)) == 200
    wait_until(lambda: account.house.adapters.members.member(PROGRAM, card.member) is None)


@pytest.mark.parametrize("name", ["OnSchedule", "OnSweep", "OnNight"])
def test_live_version_of_what_the_clock_calls_answers(account: Account, name: str) -> None:
    calling = account.aws.client("lambda")
    event = json.dumps(schedule_event()).encode()
    answer = calling.invoke(FunctionName=account.stack.made[name][0], Qualifier="live", Payload=event)
    calling.close()
    said = answer["Payload"].read()
    assert (answer["StatusCode"], answer.get("FunctionError"), json.loads(said)) == (200, None, {}), said


def test_ledger_that_was_written_there_is_clean(account: Account) -> None:
    program = account.house.adapters.programs.program(PROGRAM)
    assert program is not None
    found = account.house.verification.verify(program)
    assert (list(found.violations), found.entries > 0) == ([], True)


@pytest.mark.parametrize("absent", LEFT_OUT, ids=lambda absent: absent.kind + absent.attribute)
def test_what_is_left_out_cannot_be_deployed_there(account: Account, absent: LeftOut) -> None:
    """When `ministack` learns it, this says so."""
    resources = account.template["Resources"]
    for name in list(absent.found(resources))[:1]:
        alone = {"Transform": account.template["Transform"], "Resources": {name: _alone(resources[name])}}
        assert absent.says in account.aws.refuses(f"{name}-alone", alone)


def _alone(value: Any) -> Any:
    """A resource without what it refers to."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Sub": _} | {"Fn::If": _}:
            return "a-name"
        case dict():
            return {key: _alone(part) for key, part in value.items()}
        case list():
            return [_alone(part) for part in value]
    return value


def test_new_version_takes_over_by_the_alias_and_goes_back_by_one_call(account: Account, shop: Sender) -> None:
    """Both versions read and write the same tables; what one has written, the other shows."""
    calling, name = account.aws.client("lambda"), account.stack.made["Hooks"][0]
    before = calling.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    later = copy.deepcopy(dict(account.template))
    later["Resources"]["Hooks"]["Properties"]["MemorySize"] = 2_048
    changed = account.aws.change("pointpass-dev", later, account.said)
    assert changed.status == "UPDATE_COMPLETE", changed.why
    person = buyer("between")
    card = carded(account, person)
    new = calling.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    assert new != before
    assert deliver(account, shop.paid(shop.order(person, [Item("Beans", 1_000)]))) == 200
    calling.update_alias(FunctionName=name, Name="live", FunctionVersion=before)
    assert deliver(account, shop.paid(shop.order(person, [Item("Beans", 2_000)]))) == 200
    assert account.points(card) == 30
    calling.close()
