"""No update is ever lost: changes, lists and fetches in any order, by containers whose clocks differ."""

import json
from dataclasses import dataclass, field

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from pass_samples import NOW, PASS_TYPE, TOKEN_KEY

from chalicelib.events import AccountId
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.freshness import is_unmodified, last_modified, since_tag, tag_of
from chalicelib.passes.apple.webservice import RenderedPass, WebService
from chalicelib.services.ports import Card
from chalicelib.store.memory.cards import MemoryCards

SKEWS = st.integers(-7_000, 7_000)  # any two clocks differ by less than the allowance
WAITS = st.one_of(st.integers(0, 900), st.integers(900, 40_000))
SERIALS = ("s1", "s2", "s3")


@dataclass(frozen=True)
class Change:
    """A container writes a card: its clock was read `writing` milliseconds before the write."""

    serial: str
    skew: int
    writing: int
    wait: int


@dataclass(frozen=True)
class Look:
    """The phone is woken: it lists, and fetches what is listed unless the way is lost in between."""

    skew: int
    is_cut: bool
    wait: int


CHANGES = st.builds(Change, st.sampled_from(SERIALS), SKEWS, st.integers(0, 900), WAITS)
LOOKS = st.builds(Look, SKEWS, st.booleans(), WAITS)


@dataclass
class World:
    """Real time, one phone with three passes, and what the phone knows."""

    time: int = NOW
    skew: int = 0
    cards: MemoryCards = field(default_factory=MemoryCards)
    tag: str | None = None
    waiting: set[str] = field(default_factory=set)
    held: dict[str, int] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.service = WebService(self.cards, self, self.render, lambda _: [PASS_TYPE], TOKEN_KEY, lambda lines: None)
        for serial in SERIALS:
            card = Card(
                "p", serial, AccountId("a"), "m", serial, serial, "en", NOW, revision=1, changed_at=NOW - 99_000
            )
            self.cards.put_card(card)
            body = b'{"pushToken": "t"}'
            self.service.register("phone", PASS_TYPE, serial, authorization=self.proof(serial), body=body)

    def now(self) -> int:
        """What the container at work believes."""
        return self.time + self.skew

    def proof(self, serial: str) -> str:
        return f"ApplePass {token_of(TOKEN_KEY, serial)}"

    def card(self, serial: str) -> Card:
        card = self.cards.card(serial)
        assert card is not None
        return card

    def render(self, card: Card, pass_type: str) -> RenderedPass:
        return RenderedPass(str(card.revision).encode(), card.changed_at)

    def change(self, change: Change) -> None:
        card = self.card(change.serial)
        stamp = card.next_change(self.time + change.skew - change.writing)
        assert self.cards.put_card(msgspec.structs.replace(card, revision=card.revision + 1, changed_at=stamp))
        self.time += change.wait

    def look(self, look: Look) -> None:
        self.skew = look.skew
        answer = self.service.updates("phone", PASS_TYPE, since=self.tag)
        if answer.status == 200:
            said = json.loads(answer.body)
            self.waiting |= set(said["serialNumbers"])
            self.tag = said["lastUpdated"]
        for serial in () if look.is_cut else sorted(self.waiting):
            self.fetch(serial)
            self.waiting.discard(serial)
        self.time += look.wait

    def fetch(self, serial: str) -> None:
        answer = self.service.latest(
            PASS_TYPE, serial, authorization=self.proof(serial), if_modified_since=self.dates.get(serial)
        )
        self.dates[serial] = answer.headers["Last-Modified"]
        if answer.status == 200:
            self.held[serial] = int(answer.body)


@settings(max_examples=400)
@given(st.lists(st.one_of(CHANGES, LOOKS), max_size=25), SKEWS)
def test_a_phone_that_looks_last_holds_the_last_change_of_every_pass(steps: list[Change | Look], skew: int) -> None:
    world = World()
    for step in steps:
        world.change(step) if isinstance(step, Change) else world.look(step)
    world.look(Look(skew, is_cut=False, wait=0))
    assert world.held == {serial: world.card(serial).revision for serial in SERIALS}


@settings(max_examples=200)
@given(st.lists(st.one_of(CHANGES, LOOKS), max_size=25))
def test_a_change_is_noted_as_fetched_only_if_the_phone_holds_it(steps: list[Change | Look]) -> None:
    world = World()
    for step in steps:
        world.change(step) if isinstance(step, Change) else world.look(step)
        for registration in world.cards.registered("phone", PASS_TYPE):
            card = world.card(registration.serial)
            if registration.fetched_at >= card.changed_at:
                assert world.held[registration.serial] == card.revision


@settings(max_examples=100)
@given(SKEWS, st.integers(60_000, 10**9))
def test_a_quiet_pass_is_sent_once_and_then_only_confirmed(skew: int, quiet: int) -> None:
    world = World()
    world.time += quiet
    world.look(Look(skew, is_cut=False, wait=0))
    answer = world.service.latest(PASS_TYPE, "s1", authorization=world.proof("s1"), if_modified_since=world.dates["s1"])
    assert answer.status == 304


def test_a_date_is_the_second_of_the_change() -> None:
    assert last_modified(NOW) == last_modified(NOW + 999) == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_a_copy_is_fresh_when_its_date_is_that_of_the_change_or_later() -> None:
    date = last_modified(NOW + 500)
    assert is_unmodified(NOW + 999, date)
    assert not is_unmodified(NOW + 1_000, date)


@given(st.lists(st.integers(-5_000, 5_000), min_size=2, max_size=30))
def test_no_two_changes_of_a_card_share_a_date_whatever_the_clocks_say(clocks: list[int]) -> None:
    card = Card("p", "s1", AccountId("a"), "m", "l", "b", "en", NOW, revision=1, changed_at=NOW)
    dates = [last_modified(card.changed_at)]
    for clock in clocks:
        card = msgspec.structs.replace(card, changed_at=card.next_change(NOW + clock))
        assert not is_unmodified(card.changed_at, dates[-1])
        dates.append(last_modified(card.changed_at))
    assert len(set(dates)) == len(dates)


def test_a_tag_leaves_room_for_what_is_still_being_stamped_and_never_goes_back() -> None:
    assert tag_of(NOW, -1) == "001795348784999"
    assert since_tag("001795348784999", NOW) == NOW - 15_001
    assert tag_of(NOW, NOW - 3) == f"{NOW - 3:015d}"


def test_a_tag_of_the_future_is_nobodys() -> None:
    assert since_tag(f"{NOW:015d}", NOW) == NOW
    assert since_tag(f"{NOW + 1:015d}", NOW) == -1
