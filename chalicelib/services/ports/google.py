"""What the services need for Google Wallet: the wallet itself, what it knows of a card, and a pace to call it at."""

import enum
from collections.abc import Collection
from typing import Protocol

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.events import Instant


class Pace(Protocol):
    """How often all workers together may call a neighbour."""

    def turn(self, now: Instant, *, within: int) -> int | None:
        """Take the next free turn: how many milliseconds to wait for it.

        None when none is free within so many milliseconds; then none was taken. Raises TryAgain.
        """


class Notice(msgspec.Struct, frozen=True):
    """A notification that the phone's owner was, or may have been, shown. `kind`: Google counts kinds apart."""

    kind: str
    at: Instant


class GoogleState(msgspec.Struct, frozen=True):
    """What Google knows of one card. It exists from the moment its owner asked for it.

    face: digest of the face last accepted, "" before the first     points, tier: what that face showed
    warned: the end of the points of which it last told that they end soon
    notices: of the last 24 hours       busy_until: somebody is telling Google about the card until then
    again_at: when a message comes that will look again after somebody busy; 0 when none is on its way
    is_gone: its owner deleted it       told_at: the expiry of Google's newest message about it: newer ones expire later
    level_class: the level's class it is in, "" for the program's
    refused_class: the one to which Google would not move it
    message: what the shop said last there      messages: how many lie there, as far as we know
    unsure_message: one that Google may have or not
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
    level_class: str = ""
    refused_class: str = ""
    message: str = ""
    messages: int = 0
    unsure_message: str = ""


class Told(enum.Enum):
    """What became of writing down what Google told us."""

    WRITTEN = "written"
    REPEATED = "this nonce was seen before; nothing was written"
    MOVED = "the card's state changed meanwhile; nothing was written"


class GoogleCards(Protocol):
    """What Google knows: by card, and of each class. Reads are strongly consistent. Raise TryAgain."""

    def state(self, serial: str) -> GoogleState | None: ...

    def put_state(self, state: GoogleState) -> bool:
        """Write if the stored revision is `state.revision - 1` (absent for 1). False when somebody was faster."""

    def put_told(self, state: GoogleState, *, nonce: str, ends_at: Instant) -> Told:
        """The same, together with a nonce that may be used once; it may be forgotten after `ends_at`."""

    def class_face(self, name: str) -> str:
        """Digest of the class that Google has; "" when it has none. `name`: see class_name."""

    def put_class_face(self, name: str, face: str) -> None: ...


class WalletReaction(enum.Enum):
    """What Google's answer asks of us."""

    DONE = "accepted"
    NO_CLASS = "the object's class is not there: tell it first"
    NO_MOVE = "the object cannot be moved to another class: it stays where it is"
    GONE = "what the message belongs to is not there: tell it first"
    LATER = "back off and repeat"
    STOP = "our configuration or our request is wrong: alarm"


class WalletAnswer(msgspec.Struct, frozen=True):
    """`reason`: Google's own word.

    may_have_happened: no clear answer came, so the request may have been carried out
    is_silenced: accepted, but without the notification that was asked for: Google's quota is used up
    is_new: accepted, and Google did not have it before
    """

    reaction: WalletReaction
    reason: str
    may_have_happened: bool = False
    is_silenced: bool = False
    is_new: bool = False


class GoogleWallet(Protocol):
    """Google Wallet as the services see it. Nothing here raises for what Google answers.

    Raises: Broken when a face cannot be shown within Google's limits.
    """

    def class_face(self, face: CardFace) -> str:
        """Digest of what all cards of the program share."""

    def put_class(self, face: CardFace, *, is_known: bool) -> WalletAnswer:
        """Tell Google what all cards of the program share."""

    def object_face(self, face: CardFace, serial: str, *, level_class: str) -> str:
        """Digest of what one card shows of its own: what is the class's, and what the shop says, is not in it."""

    def put_object(
        self, face: CardFace, serial: str, *, level_class: str, is_known: bool, is_move: bool, is_notice: bool
    ) -> WalletAnswer:
        """Tell Google what one card shows; with `is_notice` the phone's owner is notified.

        A card that Google did not have gets the face's message with it.
        level_class: which class it is in, the face's own or, after NO_MOVE, the one it was in; is_move: another one
        """

    def add_message(self, face: CardFace, serial: str, *, is_notice: bool, may_be_there: bool) -> WalletAnswer:
        """Add the face's message, once; with `is_notice` the phone's owner is notified.

        may_be_there: it may have been added before, or Google may have as many as it keeps
        """

    def remove_messages(self, serial: str, messages: Collection[str]) -> WalletAnswer:
        """Take messages off a card again, by their ids."""

    def save_link(self, face: CardFace, serial: str, *, level_class: str) -> str:
        """Where the card's owner saves it. The object must be there already, in that class."""


class SavedTold(msgspec.Struct, frozen=True):
    """Google says: a card was saved. The nonce is used once; the message ends at `ends_at`."""

    program: str
    serial: str
    nonce: str
    ends_at: Instant


class DeletedTold(msgspec.Struct, frozen=True):
    """Google says: a card was deleted by its owner."""

    program: str
    serial: str
    nonce: str
    ends_at: Instant


WalletTold = SavedTold | DeletedTold


def class_name(face: CardFace) -> str:
    """Under which name the class of a face is remembered: the program's, or the one of its level."""
    return f"{face.program}.{face.level_class}" if face.level_class else face.program
