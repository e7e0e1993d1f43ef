"""A web service over cards in memory, for the tests of the calls that phones make."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from pass_samples import NOW, PASS_TYPE, TOKEN_KEY, StandingClock

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, Instant
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.webservice import RenderedPass, WebService
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card, Held, Registration
from chalicelib.store.memory.cards import MemoryCards

PHONE = "f0e1d2c3b4a5968778695a4b3c2d1e0f"


class CountingCards(MemoryCards):
    """Cards in memory that count what is asked of them, and can refuse to note travel times."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.is_busy = False

    def card(self, serial: str) -> Card | None:
        self.reads += 1
        return super().card(serial)

    def held(self, serial: str) -> Held | None:
        self.reads += 1
        card = super().card(serial)
        return None if card is None else Held(card, self.registrations(serial))

    def mark_listed(self, registration: Registration, at: Instant) -> None:
        self._note()
        super().mark_listed(registration, at)

    def mark_fetched(self, registration: Registration, change: Instant, at: Instant) -> None:
        self._note()
        super().mark_fetched(registration, change, at)

    def _note(self) -> None:
        if self.is_busy:
            raise TryAgain("throttled")


def pass_types(program: str) -> list[str]:
    """Every program has the one."""
    return [PASS_TYPE]


@dataclass
class Shop:
    """A web service with its cards, its clock and what it was told."""

    cards: CountingCards = field(default_factory=CountingCards)
    clock: StandingClock = field(default_factory=StandingClock)
    complaints: list[str] = field(default_factory=list)
    renders: int = 0

    def __post_init__(self) -> None:
        self.service = WebService(self.cards, self.clock, self.render, pass_types, TOKEN_KEY, self.complain)

    def render(self, card: Card, pass_type: str) -> RenderedPass:
        self.renders += 1
        return RenderedPass(f"{card.serial} {card.changed_at}".encode(), card.changed_at)

    def complain(self, lines: Sequence[str]) -> None:
        self.complaints.extend(lines)

    def open(self, serial: str, changed_at: int = NOW - 60_000) -> None:
        card = Card("bean-street", serial, AccountId("a"), "m", f"link-{serial}", f"b-{serial}", "en", NOW, revision=1)
        assert self.cards.put_card(msgspec.structs.replace(card, changed_at=changed_at))

    def change(self, serial: str, changed_at: int) -> None:
        card = MemoryCards.card(self.cards, serial)
        assert card is not None
        stamp = card.next_change(changed_at)
        assert self.cards.put_card(msgspec.structs.replace(card, revision=card.revision + 1, changed_at=stamp))

    def register(self, serial: str, device: str = PHONE, push_token: str = "p1") -> Answer:
        body = json.dumps({"pushToken": push_token}).encode()
        return self.service.register(device, PASS_TYPE, serial, authorization=proof(serial), body=body)

    def receives(self, serial: str, device: str = PHONE) -> None:
        """A device registers, lists and fetches."""
        self.register(serial, device)
        self.updates(device=device)
        self.fetch(serial)

    def updates(self, since: str | None = None, device: str = PHONE) -> Answer:
        return self.service.updates(device, PASS_TYPE, since=since)

    def fetch(self, serial: str, since: str | None = None, *, is_head: bool = False) -> Answer:
        return self.service.latest(
            PASS_TYPE, serial, authorization=proof(serial), if_modified_since=since, is_head=is_head
        )

    def held(self, device: str = PHONE) -> Registration:
        (registration,) = self.cards.registered(device, PASS_TYPE)
        return registration


def proof(serial: str) -> str:
    return f"ApplePass {token_of(TOKEN_KEY, serial)}"


def listed(answer: Answer) -> tuple[set[str], str]:
    said = json.loads(answer.body)
    return set(said["serialNumbers"]), said["lastUpdated"]
