"""No update is ever lost: changes, lists and fetches in any order, by containers whose clocks differ."""

import json
from dataclasses import dataclass, field, replace

import pytest
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
        self.service = WebService(self.cards, self, self.render, PASS_TYPE, TOKEN_KEY, lambda lines: None)
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

    def render(self, serial: str) -> RenderedPass:
        card = self.card(serial)
        return RenderedPass(str(card.revision).encode(), card.changed_at)

    def change(self, change: Change) -> None:
        card = self.card(change.serial)
        stamp = max(self.time + change.skew - change.writing, card.changed_at + 1)
        assert self.cards.put_card(replace(card, revision=card.revision + 1, changed_at=stamp))
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


@pytest.mark.parametrize(
    ("age", "date"),
    [
        (0, "Sun, 22 Nov 2026 12:00:00 GMT"),
        (15_499, "Sun, 22 Nov 2026 12:00:00 GMT"),
        (15_500, "Sun, 22 Nov 2026 12:00:01 GMT"),
    ],
)
def test_a_date_includes_its_second_only_when_no_clock_can_stamp_that_second_again(age: int, date: str) -> None:
    assert last_modified(NOW + 500, NOW + 500 + age) == date


def test_a_copy_is_fresh_only_when_its_second_is_later_than_the_changes() -> None:
    date = "Sun, 22 Nov 2026 12:00:01 GMT"
    assert is_unmodified(NOW + 999, date)
    assert not is_unmodified(NOW + 1_000, date)


def test_a_tag_leads_back_to_itself_less_the_allowance() -> None:
    assert since_tag(tag_of(NOW), NOW) == NOW - 15_000
    assert since_tag(tag_of(NOW + 1), NOW) == -1
    assert tag_of(NOW) == "001795348800000"
