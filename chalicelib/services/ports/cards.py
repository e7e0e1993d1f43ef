"""Cards, the devices that hold them, and the signal that something changed."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.cards.face import News
from chalicelib.events import AccountId, Instant


@dataclass(frozen=True, slots=True)
class Card:
    """One card: what a member holds. `serial`, the link and `barcode` are separate random values.

    account: the account it shows; a card that proves its identity is attached to that identity's account
    face: digest of the face last sent, ""  before the first    changed_at: when the face last changed (the update tag)
    pushed_at: the last push      trailing_at: when the one trailing push is due, if one is waiting
    tier: the level last shown      news: what the last change was about
    warned: the end of the points of which the card last told that they end soon
    is_void: the membership has ended; the card stays and says so
    """

    program: str
    serial: str
    account: AccountId
    member: str
    link: str  # digest of the secret link
    barcode: str
    language: str
    opened_at: Instant
    revision: int = 0
    face: str = ""
    changed_at: Instant = 0
    pushed_at: Instant = 0
    trailing_at: Instant = 0
    tier: str = ""
    news: News = "points"
    is_void: bool = False
    warned: Instant = 0


@dataclass(frozen=True, slots=True)
class Registration:
    """A device that holds a pass. The times say how the last change travelled: pushed -> listed -> fetched.

    fetched_at: the `changed_at` of the version it fetched, so that nobody's clock is compared with another's
    """

    device: str
    serial: str
    pass_type: str
    push_token: str
    registered_at: Instant
    pushed_at: Instant = 0
    listed_at: Instant = 0
    fetched_at: Instant = 0


class Cards(Protocol):
    """Cards and the devices that hold them. Reads are strongly consistent."""

    def card(self, serial: str) -> Card | None: ...

    def card_by_link(self, link_digest: str) -> Card | None: ...

    def cards_of(self, program: str, account: AccountId) -> Sequence[Card]: ...

    def put_card(self, card: Card) -> bool:
        """Write if the stored revision is `card.revision - 1` (absent for 1). False when somebody was faster."""

    def attach(self, card: Card, account: AccountId) -> bool:
        """Show another account on this card. False when the card changed meanwhile."""

    def registrations(self, serial: str) -> Sequence[Registration]: ...

    def registered(self, device: str, pass_type: str) -> Sequence[Registration]:
        """What one device holds, read from the base table. `pushed_at` and `listed_at` may be older than they are."""

    def register(self, registration: Registration) -> bool:
        """True when it is new; the push token is overwritten either way."""

    def unregister(self, device: str, pass_type: str, serial: str) -> None:
        """Idempotent."""

    def forget_token(self, registration: Registration, *, unless_since: Instant | None) -> None:
        """Delete a registration whose token is dead, unless it was registered again after `unless_since`."""

    def mark(self, registration: Registration) -> None:
        """Store the travel times of a registration that still exists."""


class PushReaction(enum.Enum):
    """What a push service's answer asks of us."""

    DELIVERED = "accepted"
    FORGET = "the token is dead"
    LATER = "back off and repeat"
    STOP = "our configuration is wrong: alarm, delete nothing"


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """`reason` is the service's own word; `since`: the token has been dead since then, when it says so."""

    reaction: PushReaction
    reason: str
    since: Instant | None = None


class Pusher(Protocol):
    """The wallets' "something changed" signal."""

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, "PushAnswer"]:
        """One empty push per registration; the answer by push token. Never raises for a single token."""
