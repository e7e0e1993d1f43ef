"""Cards, the devices that hold them, and the signal that something changed."""

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.cards.face import Message, News
from chalicelib.events import AccountId, Instant


class Heard(msgspec.Struct, frozen=True):
    """A message that a card was given, and when."""

    message: str
    at: Instant


class Card(msgspec.Struct, frozen=True):
    """One card: what a member holds. `serial`, the link and `barcode` are separate random values.

    account: the account it shows; a card that proves its identity is attached to that identity's account
    face: digest of the face last sent, ""  before the first    changed_at: when the face last changed (the update tag)
    pushed_at: when a push last began      trailing_at: when the one trailing push is due, if one is waiting
    tier: the level last shown      news: what the last change was about
    warned: the end of the points of which the card last told that they end soon
    message: what the shop said last on this card      announced: the message of which the phone was told last
    heard: what the shop said in the last days, also what was taken back: nothing is said twice, nor too often
    look_at: when to see whether the phones that were told have come; 0 before the first
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
    message: Message | None = None
    announced: str = ""
    heard: tuple[Heard, ...] = ()
    look_at: Instant = 0

    def next_change(self, now: Instant) -> Instant:
        """The instant of a change that is noted now. Every change of a card has a second of its own.

        Phones ask for what is newer than a date, and dates have whole seconds (docs/decisions/0031).
        """
        return max(now, (self.changed_at // 1_000 + 1) * 1_000)


class Registration(msgspec.Struct, frozen=True):
    """A device that holds a pass. The times say how the last change travelled; when it was pushed, its card says.

    listed_at: when it was last given the list
    fetched_at: the `changed_at` of the version it fetched, so that nobody's clock is compared with another's
    arrived_at: when it fetched that
    """

    device: str
    serial: str
    pass_type: str
    push_token: str
    registered_at: Instant
    listed_at: Instant = 0
    fetched_at: Instant = 0
    arrived_at: Instant = 0


class ListedCard(NamedTuple):
    """A card of a program and the account that it shows."""

    account: AccountId
    serial: str


class CardPage(NamedTuple):
    """Cards of a program. `cursor` opens the next page; "" ends the list."""

    cards: Sequence[ListedCard]
    cursor: str


class Held(NamedTuple):
    """A card and the devices that hold its pass."""

    card: Card
    holders: Sequence[Registration]


class Cards(Protocol):
    """Cards and the devices that hold them. Reads are strongly consistent."""

    def card(self, serial: str) -> Card | None: ...

    def held(self, serial: str) -> Held | None:
        """The card and the devices that hold it, in one read; None for an unknown one."""

    def card_by_link(self, link_digest: str) -> Card | None:
        """The card whose secret link this is; None for one that leads nowhere, or no longer."""

    def was_replaced(self, link_digest: str) -> bool:
        """Whether the link led to a card until another one took its place."""

    def card_by_barcode(self, program: str, code: str) -> Card | None:
        """The card that shows this code at the till; None for an unknown or a replaced one."""

    def cards_of(self, program: str, account: AccountId) -> Sequence[Card]: ...

    def held_by(self, program: str, account: AccountId) -> Sequence[Held]:
        """The cards of an account, each with the devices that hold it."""

    def listed(self, program: str, *, cursor: str, limit: int) -> CardPage:
        """All cards of a program, about so many at a time; `cursor` "" for the first. A page may be empty.

        What it tells may be a moment old: a card that moves to another account meanwhile may come twice, or not at all.
        """

    def put_card(self, card: Card) -> bool:
        """Write if the stored revision is `card.revision - 1` (absent for 1). False when somebody was faster.

        False for a new card, too, whose link or code another card has. The link and the code change by `relink` alone.
        """

    def relink(self, card: Card, *, link: str, barcode: str) -> bool:
        """Give the card another link (its digest) and another code; the old ones lead to it no more.

        False when the card changed meanwhile, or another card has the link or the code.
        """

    def attach(self, card: Card, account: AccountId) -> bool:
        """Show another account on this card. False when the card changed meanwhile."""

    def registrations(self, serial: str) -> Sequence[Registration]: ...

    def registered(self, device: str, pass_type: str) -> Sequence[Registration]:
        """What one device holds, read from the base table. Its times are not told here: ask the card's `held`."""

    def register(self, registration: Registration) -> bool:
        """True when it is new; the push token is overwritten either way.

        A new one is a change of its card: whoever read the holders before cannot write the card then.
        Raises: TryAgain when others keep changing the card.
        """

    def unregister(self, device: str, pass_type: str, serial: str) -> None:
        """Idempotent."""

    def forget_token(self, registration: Registration, *, unless_since: Instant | None) -> None:
        """Delete a registration whose token is dead, unless it was registered again after `unless_since`."""

    def mark_listed(self, registration: Registration, at: Instant) -> None:
        """A registration was given the list. Does nothing when it is gone, or a later time is known."""

    def mark_fetched(self, registration: Registration, change: Instant, at: Instant) -> None:
        """It fetched what changed at `change`, at `at`. Does nothing when it is gone, or has a later change."""


class PushReaction(enum.Enum):
    """What a push service's answer asks of us."""

    DELIVERED = "accepted"
    FORGET = "the token is dead"
    LATER = "back off and repeat"
    STOP = "our configuration is wrong: alarm, delete nothing"


class PushAnswer(msgspec.Struct, frozen=True):
    """`reason` is the service's own word; `since`: the token has been dead since then, when it says so.

    name: under which the service knows this notification, "" when it was not told one
    """

    reaction: PushReaction
    reason: str
    since: Instant | None = None
    name: str = ""


class Pusher(Protocol):
    """The wallets' "something changed" signal."""

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, "PushAnswer"]:
        """One empty push per registration; the answer by push token. Never raises for a single token."""
