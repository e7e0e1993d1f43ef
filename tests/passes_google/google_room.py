"""The service that keeps Google's cards up to date, over stores in memory, with a card that shows what a test says."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from google_samples import FACE, OBJECT_ID, PROGRAM, SERIAL, Google
from stand_ins import NOON, SECOND, HandClock, RememberingAlarm, SeededChance

from chalicelib.cards.face import CardFace
from chalicelib.events import AccountId
from chalicelib.services.google_cards import GoogleRefresh
from chalicelib.services.google_following import GoogleFollowing
from chalicelib.services.ports import Card
from chalicelib.services.ports.google import (
    GoogleState,
    GoogleWallet,
    WalletAnswer,
    WalletReaction,
)
from chalicelib.services.showing import Shown
from chalicelib.store.memory.cards import MemoryCards
from chalicelib.store.memory.deliveries import MemoryQueue
from chalicelib.store.memory.google_cards import MemoryGoogleCards

CARD = Card(
    program=PROGRAM,
    serial=SERIAL,
    account=AccountId("account-1"),
    member="member-1",
    link="3c" * 32,
    barcode="BS-4711-0815",
    language="en",
    opened_at=NOON,
    revision=1,
)
CLASS, OBJECT = "loyaltyClass", "loyaltyObject"
DONE = WalletAnswer(WalletReaction.DONE, "")


@dataclass
class Orders:
    """Programs, and what of each stands still, as a test says."""

    paused: set[str] = field(default_factory=set)

    def program(self, _: str) -> "Orders":
        return self

    def is_paused(self, what: str) -> bool:
        return what in self.paused


@dataclass
class Faces:
    """What cards show, as a test says."""

    now: CardFace = FACE
    programs: Orders = field(default_factory=Orders)

    def face(self, card: Card) -> Shown:
        return Shown(self.now, 1)


@dataclass
class Room:
    """The service, what it remembers, and what it asked."""

    refresh: GoogleRefresh
    faces: Faces
    states: MemoryGoogleCards
    queue: MemoryQueue
    alarm: RememberingAlarm
    clock: HandClock

    @property
    def state(self) -> GoogleState:
        known = self.states.state(SERIAL)
        assert known is not None
        return known

    def shows(self, **changed: Any) -> None:
        """The card shows something else, and the stream says so."""
        self.faces.now = msgspec.structs.replace(self.faces.now, **changed)
        self.follow(CARD)

    def follow(self, card: Card) -> None:
        """The stream says that something happened to a card."""
        GoogleFollowing(self.states, self.queue).follow(card)

    def work_off(self, *, most: int = 20) -> list[int]:
        """Hand out what waits in the queue until nothing is left; the delays."""
        delays = []
        for _ in range(most):
            waiting = self.queue.take()
            for message, delay in waiting:
                delays.append(delay)
                self.clock.forward(delay * SECOND)
                self.refresh.work_off(message)
        return delays


def room_with(wallet: GoogleWallet, clock: HandClock, *, seed: int = 1) -> Room:
    cards, states, queue, alarm, faces = MemoryCards(), MemoryGoogleCards(), MemoryQueue(), RememberingAlarm(), Faces()
    cards.put_card(CARD)
    refresh = GoogleRefresh(cards, states, faces, wallet, queue, alarm, clock, SeededChance(seed))  # type: ignore[arg-type]
    return Room(refresh, faces, states, queue, alarm, clock)


def balance(google: Google) -> int:
    card = google.service.card(OBJECT_ID)
    assert card is not None
    told: int = card["loyaltyPoints"]["balance"]["int"]
    return told


class Interrupted:
    """A wallet in whose calls something happens: `between` is done once, before the next object is told."""

    def __init__(self, wallet: GoogleWallet) -> None:
        self.wallet = wallet
        self.between: Any = None
        self.told: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wallet, name)

    def put_object(self, face: CardFace, serial: str, **named: Any) -> WalletAnswer:
        happens, self.between = self.between, None
        if happens is not None:
            happens()
        self.told.append(face.points)
        return self.wallet.put_object(face, serial, **named)


@dataclass
class Scripted:
    """A wallet with prescribed answers that remembers when notices were given, as Google counts them."""

    answers: list[WalletAnswer]
    clock: HandClock | None = None
    given: list[int] = field(default_factory=list)
    lateness: Iterator[int] | None = None

    def class_face(self, face: CardFace) -> str:
        return "class"

    def put_class(self, face: CardFace, *, is_known: bool) -> WalletAnswer:
        return DONE

    def object_face(self, face: CardFace, serial: str, *, level_class: str) -> str:
        return f"{level_class}/{msgspec.structs.replace(face, message=None)}"

    def add_message(self, face: CardFace, serial: str, *, is_notice: bool, may_be_there: bool) -> WalletAnswer:
        return DONE

    def remove_messages(self, serial: str, messages: Collection[str]) -> WalletAnswer:
        return DONE

    def put_object(self, face: CardFace, serial: str, *, is_notice: bool, **named: Any) -> WalletAnswer:
        answer = self.answers.pop(0) if self.answers else DONE
        if self.clock is not None and self.lateness is not None:
            self.clock.forward(next(self.lateness, 0))
        is_done = answer.reaction is WalletReaction.DONE or answer.may_have_happened
        if is_notice and is_done and not answer.is_silenced and self.clock is not None:
            self.given.append(self.clock.now())
        return answer

    def save_link(self, face: CardFace, serial: str, *, level_class: str) -> str:
        return "link"


def told(kind: type, nonce: str, ends_at: int) -> Any:
    return kind(PROGRAM, SERIAL, nonce, ends_at)
