"""What the services need for Google Wallet: the wallet itself, what it knows of a card, and a pace to call it at."""

import enum
from dataclasses import dataclass
from typing import Protocol

from chalicelib.cards.face import CardFace
from chalicelib.events import Instant


class Pace(Protocol):
    """How often all workers together may call a neighbour."""

    def turn(self, now: Instant, *, within: int) -> int | None:
        """Take the next free turn: how many milliseconds to wait for it.

        None when none is free within so many milliseconds; then none was taken. Raises TryAgain.
        """


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification that the phone's owner was, or may have been, shown. `kind`: Google counts kinds apart."""

    kind: str
    at: Instant


@dataclass(frozen=True, slots=True)
class GoogleState:
    """What Google knows of one card. It exists from the moment its owner asked for it.

    face: digest of the face last accepted, "" before the first     points, tier: what that face showed
    warned: the end of the points of which it last told that they end soon
    notices: of the last 24 hours       busy_until: somebody is telling Google about the card until then
    again_at: when a message comes that will look again after somebody busy; 0 when none is on its way
    is_gone: its owner deleted it       told_at: the expiry of Google's newest message about it: newer ones expire later
    """

    serial: str
    program: str
    revision: int
    face: str = ""
    points: int = 0
    tier: str = ""
    notices: tuple[Notice, ...] = ()
    busy_until: Instant = 0
    is_saved: bool = False
    is_gone: bool = False
    told_at: Instant = 0
    warned: Instant = 0
    again_at: Instant = 0


class Told(enum.Enum):
    """What became of writing down what Google told us."""

    WRITTEN = "written"
    REPEATED = "this nonce was seen before; nothing was written"
    MOVED = "the card's state changed meanwhile; nothing was written"


class GoogleCards(Protocol):
    """What Google knows: by card, and of each program's class. Reads are strongly consistent. Raise TryAgain."""

    def state(self, serial: str) -> GoogleState | None: ...

    def put_state(self, state: GoogleState) -> bool:
        """Write if the stored revision is `state.revision - 1` (absent for 1). False when somebody was faster."""

    def put_told(self, state: GoogleState, *, nonce: str, ends_at: Instant) -> Told:
        """The same, together with a nonce that may be used once; it may be forgotten after `ends_at`."""

    def class_face(self, program: str) -> str:
        """Digest of the class that Google has; "" when it has none."""

    def put_class_face(self, program: str, face: str) -> None: ...


class WalletReaction(enum.Enum):
    """What Google's answer asks of us."""

    DONE = "accepted"
    NO_CLASS = "the object's class is not there: tell it first"
    LATER = "back off and repeat"
    STOP = "our configuration or our request is wrong: alarm"


@dataclass(frozen=True, slots=True)
class WalletAnswer:
    """`reason`: Google's own word.

    may_have_happened: no clear answer came, so the request may have been carried out
    is_silenced: accepted, but without the notification that was asked for: Google's quota is used up
    """

    reaction: WalletReaction
    reason: str
    may_have_happened: bool = False
    is_silenced: bool = False


class GoogleWallet(Protocol):
    """Google Wallet as the services see it. Nothing here raises for what Google answers.

    Raises: Broken when a face cannot be shown within Google's limits.
    """

    def class_face(self, face: CardFace) -> str:
        """Digest of what all cards of the program share."""

    def put_class(self, face: CardFace, *, is_known: bool) -> WalletAnswer:
        """Tell Google what all cards of the program share."""

    def put_object(self, face: CardFace, serial: str, *, is_known: bool, is_notice: bool) -> WalletAnswer:
        """Tell Google what one card shows; with `is_notice` the phone's owner is notified."""

    def save_link(self, face: CardFace, serial: str) -> str:
        """Where the card's owner saves it. The object must be there already."""


@dataclass(frozen=True, slots=True)
class SavedTold:
    """Google says: a card was saved. The nonce is used once; the message ends at `ends_at`."""

    program: str
    serial: str
    nonce: str
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class DeletedTold:
    """Google says: a card was deleted by its owner."""

    program: str
    serial: str
    nonce: str
    ends_at: Instant


WalletTold = SavedTold | DeletedTold
