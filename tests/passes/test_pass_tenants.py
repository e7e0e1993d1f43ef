"""Several pass types in one deployment: each with its own papers, and the trouble of one is nobody else's."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from pass_samples import FACE, PASS_TYPE, TEAM, TOKEN_KEY, StandingClock, pass_json, secret_of
from stand_ins import RememberingAlarm
from whole_house import SETTINGS
from whole_house import town as new_town

from chalicelib.bootstrap.house import assembled
from chalicelib.errors import Broken, TryAgain
from chalicelib.events import AccountId
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.push import ApplePusher
from chalicelib.passes.apple.tenants import Expiring, Tenants
from chalicelib.passes.apple.webservice import RenderedPass, WebService
from chalicelib.services.ports import Card, PushAnswer, PushReaction, Registration, Wallet
from chalicelib.store.memory.cards import MemoryCards
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms
from ops.laptop import apns
from ops.laptop.authority import Papers, ensure

OWN, OWN_TEAM = "pass.example.tea", "TEAM654321"
PROGRAM = FACE.program
MADE = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOW = int(MADE.timestamp() * 1000)
DAY = 86_400_000
LEAF_DAYS = 396


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("shared")
    return ensure(folder, pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee GmbH", now=MADE)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("own")
    return ensure(folder, pass_type=OWN, team=OWN_TEAM, organisation="Tea Lane GmbH", now=MADE)


@dataclass
class Town:
    """A deployment whose secrets a test changes. fetched: names in the order they were asked for"""

    secrets: dict[str, str]
    clock: StandingClock = field(default_factory=lambda: StandingClock(NOW))
    programs: MemoryPrograms = field(default_factory=MemoryPrograms)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        shared = Wallet("", PASS_TYPE, TEAM, "shared")
        self.tenants = Tenants(self.programs, secret=self.fetch, shared=shared, clock=self.clock)
        self.issuer = Issuer(
            self.tenants,
            pictures=MemoryPictures(),
            clock=self.clock,
            web_service_url="https://cards.example/apple",
            token_key=TOKEN_KEY,
        )

    def fetch(self, name: str) -> str:
        self.fetched.append(name)
        return self.secrets[name]

    def gives(self, program: str = PROGRAM, **changed: object) -> None:
        """The program gets a pass type of its own."""
        facts = {"pass_type": OWN, "team": OWN_TEAM, "secret": "own", "since": NOW}
        self.programs.put_wallet(Wallet(program, **(facts | changed)))  # type: ignore[arg-type]

    def signs(self, pass_type: str = "") -> object:
        return pass_json(self.issuer.issue(FACE, "s1", pass_type=pass_type))["passTypeIdentifier"]


@pytest.fixture
def town(shared: Papers, own: Papers) -> Town:
    return Town({"shared": secret_of(shared), "own": secret_of(own)})


def test_a_program_without_a_pass_type_of_its_own_signs_with_the_deployments(town: Town) -> None:
    assert (town.tenants.pass_type_of(PROGRAM), town.signs()) == (PASS_TYPE, PASS_TYPE)


def test_a_program_with_its_own_pass_type_signs_new_cards_with_it(town: Town) -> None:
    town.gives()
    content = pass_json(town.issuer.issue(FACE, "s1"))
    assert (content["passTypeIdentifier"], content["teamIdentifier"]) == (OWN, OWN_TEAM)


def test_a_card_that_is_out_keeps_its_pass_type_when_its_program_gets_one_of_its_own(town: Town) -> None:
    town.gives()
    assert town.tenants.pass_types(PROGRAM) == [OWN, PASS_TYPE]
    assert (town.signs(), town.signs(PASS_TYPE)) == (OWN, PASS_TYPE)


def test_a_program_signs_nothing_under_the_pass_type_of_another(town: Town) -> None:
    town.gives("tea-lane")
    assert town.tenants.pass_types(PROGRAM) == [PASS_TYPE]
    with pytest.raises(Broken, match="pass_type_unknown"):
        town.signs(OWN)


def test_papers_are_read_and_checked_once(town: Town) -> None:
    town.gives()
    assert town.tenants.of(PROGRAM) is town.tenants.of(PROGRAM) is town.tenants.named(OWN)


def test_a_renewed_certificate_is_taken_when_its_secret_changes(town: Town, own: Papers) -> None:
    town.gives()
    before = town.tenants.of(PROGRAM)
    town.secrets["own"] = secret_of(own, renewed="yes")
    assert town.tenants.of(PROGRAM) is not before


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda papers, shared: shared, "pass_type_is_not_the_certificates"),
        (lambda papers, shared: papers | {"key": shared["key"]}, "key_is_not_the_certificates"),
        (lambda papers, shared: papers | {"key": "nothing"}, "key_unreadable"),
        (
            lambda papers, shared: papers | {"intermediate": shared["intermediate"]},
            "intermediate_did_not_issue_the_certificate",
        ),
        (lambda papers, shared: papers | {"certificate": ""}, "certificate_unreadable"),
        (lambda papers, shared: {"certificate": "alone"}, "secret_unreadable"),
        (lambda papers, shared: [], "secret_unreadable"),
    ],
)
def test_bad_papers_of_one_pass_type_are_named_and_stop_nobody_else(spoil: object, reason: str, town: Town) -> None:
    papers, shared = (json.loads(town.secrets[name]) for name in ("own", "shared"))
    town.secrets["own"] = json.dumps(spoil(papers, shared))  # type: ignore[operator]
    town.gives("tea-lane")
    with pytest.raises(Broken) as caught:
        town.tenants.of("tea-lane")
    assert (caught.value.reason, caught.value.facts["pass_type"]) == (reason, OWN)
    assert town.signs() == PASS_TYPE
    assert {name: why.reason for name, why in town.tenants.refused(NOW).items()} == {OWN: reason}


def test_an_expired_certificate_signs_nothing_and_is_told(town: Town) -> None:
    town.gives("tea-lane")
    town.clock.instant = NOW + LEAF_DAYS * DAY
    with pytest.raises(Broken, match="certificate_expired"):
        town.signs()
    assert {name: why.reason for name, why in town.tenants.refused(town.clock.now()).items()} == {
        PASS_TYPE: "certificate_expired",
        OWN: "certificate_expired",
    }


def test_what_expires_is_told_with_its_days(town: Town) -> None:
    assert town.tenants.expiring(NOW) == []
    assert town.tenants.expiring(NOW + (LEAF_DAYS - 61) * DAY) == []
    assert town.tenants.expiring(NOW + (LEAF_DAYS - 60) * DAY) == [Expiring(PASS_TYPE, "certificate", 60)]
    assert town.tenants.expiring(NOW + LEAF_DAYS * DAY + 1) == [Expiring(PASS_TYPE, "certificate", -1)]
    town.gives("tea-lane")
    later = NOW + (LEAF_DAYS - 30) * DAY
    assert {each.pass_type for each in town.tenants.expiring(later)} == {PASS_TYPE, OWN}


@pytest.mark.parametrize(
    ("left", "told"), [(61, []), (60, [60]), (59, []), (31, []), (30, [30]), (8, []), (7, [7]), (6, [6]), (0, [0])]
)
def test_somebody_is_woken_in_time_to_renew(left: int, told: list[int], town: Town) -> None:
    alarm = RememberingAlarm()
    town.clock.instant = NOW + (LEAF_DAYS - left) * DAY - (left == 0)
    town.tenants.warn(alarm)
    facts = {"pass_type": PASS_TYPE, "which": "certificate"}
    expected = [("certificate_expires", facts | {"days": days}) for days in told]
    assert alarm.raised == (expected if left else [("certificate_expires", facts | {"days": 0})])


def test_papers_that_sign_nothing_wake_somebody_every_night(town: Town) -> None:
    alarm = RememberingAlarm()
    town.gives("tea-lane")
    town.secrets["own"] = "{}"
    town.tenants.warn(alarm)
    assert alarm.raised == [("certificate_refused", {"pass_type": OWN, "why": "secret_unreadable"})]


# --- pushes -------------------------------------------------------------------------------------------------------


def devices(*pass_types: str) -> list[Registration]:
    return [Registration(f"d{number}", "s1", each, f"t{number}", 0) for number, each in enumerate(pass_types)]


def test_each_pass_type_is_pushed_on_a_connection_of_its_own(town: Town, own: Papers, shared: Papers) -> None:
    town.gives()
    service = apns.start(own)  # it knows the other root only
    pusher = ApplePusher(service.url, tenants=town.tenants, clock=town.clock, root=str(own.push_root))
    try:
        answers = pusher.push(devices(PASS_TYPE, OWN))
    finally:
        pusher.close()
        service.stop()
    assert {token: answer.reaction for token, answer in answers.items()} == {
        "t0": PushReaction.LATER,
        "t1": PushReaction.DELIVERED,
    }


def test_papers_that_cannot_be_used_stop_only_their_own_pushes(town: Town, shared: Papers) -> None:
    town.gives()
    town.secrets["own"] = "{}"
    service = apns.start(shared)
    pusher = ApplePusher(service.url, tenants=town.tenants, clock=town.clock, root=str(shared.push_root))
    try:
        answers = pusher.push(devices(PASS_TYPE, OWN, "pass.example.nobodys"))
    finally:
        pusher.close()
        service.stop()
    assert answers == {
        "t0": PushAnswer(PushReaction.DELIVERED, ""),
        "t1": PushAnswer(PushReaction.STOP, "secret_unreadable"),
        "t2": PushAnswer(PushReaction.STOP, "pass_type_unknown"),
    }


def test_an_expired_certificate_pushes_nothing(town: Town) -> None:
    town.clock.instant = NOW + LEAF_DAYS * DAY
    pusher = ApplePusher("https://127.0.0.1:1", tenants=town.tenants, clock=town.clock)
    assert pusher.push(devices(PASS_TYPE)) == {"t0": PushAnswer(PushReaction.STOP, "certificate_expired")}


def test_secrets_that_cannot_be_had_now_leave_pushes_for_later(town: Town) -> None:
    def unavailable(name: str) -> str:
        raise TryAgain("secrets_unavailable")

    tenants = Tenants(town.programs, secret=unavailable, shared=Wallet("", PASS_TYPE, TEAM, "x"), clock=town.clock)
    pusher = ApplePusher("https://127.0.0.1:1", tenants=tenants, clock=town.clock)
    assert pusher.push(devices(PASS_TYPE)) == {"t0": PushAnswer(PushReaction.LATER, "secrets_unavailable")}


def test_a_token_that_two_pass_types_share_forgets_least(town: Town, shared: Papers, own: Papers) -> None:
    """The phone took one of the passes away: the other one's registration is not forgotten with it."""
    town.gives()
    service = apns.start(shared, answers={"t": [(410, "Unregistered")]})
    pusher = ApplePusher(service.url, tenants=town.tenants, clock=town.clock, root=str(shared.push_root))
    both = [Registration("d", "s1", each, "t", 0) for each in (PASS_TYPE, OWN)]
    try:
        assert pusher.push(both)["t"].reaction is PushReaction.LATER  # the other one's push got no connection
    finally:
        pusher.close()
        service.stop()


# --- phones -------------------------------------------------------------------------------------------------------


def test_a_phone_with_a_pass_of_the_old_type_is_answered_under_it(town: Town) -> None:
    """The program got its own pass type after the card was out."""
    cards = MemoryCards()
    cards.put_card(Card(PROGRAM, "s1", AccountId("a1"), "m1", "link", "B1", "en", NOW, revision=1, changed_at=NOW))
    service = WebService(
        cards,
        town.clock,
        lambda card, pass_type: RenderedPass(
            town.issuer.issue(FACE, card.serial, pass_type=pass_type), card.changed_at
        ),
        town.tenants.pass_types,
        TOKEN_KEY,
        lambda lines: None,
    )
    proof = {"authorization": f"ApplePass {token_of(TOKEN_KEY, 's1')}"}
    registered = service.register("phone", PASS_TYPE, "s1", body=b'{"pushToken": "p"}', **proof)
    town.gives()

    listed = service.updates("phone", PASS_TYPE, since=None)
    fetched = service.latest(PASS_TYPE, "s1", if_modified_since=None, **proof)
    as_new = service.latest(OWN, "s1", if_modified_since=None, **proof)
    as_other = service.latest("pass.example.other", "s1", if_modified_since=None, **proof)

    assert (registered.status, listed.status, as_other.status) == (201, 200, 401)
    assert pass_json(fetched.body)["passTypeIdentifier"] == PASS_TYPE
    assert pass_json(as_new.body)["passTypeIdentifier"] == OWN
    assert [each.pass_type for each in cards.registrations("s1")] == [PASS_TYPE]
    assert service.unregister("phone", PASS_TYPE, "s1", **proof).status == 200
    assert cards.registrations("s1") == []


def test_the_night_looks_at_the_papers(town: Town) -> None:
    here = new_town()
    town.secrets["shared"] = "{}"
    house = assembled(SETTINGS, here.own.replaced(tenants=town.tenants))
    house.night(seconds=60)
    assert ("certificate_refused", {"pass_type": PASS_TYPE, "why": "secret_unreadable"}) in here.alarm.raised
