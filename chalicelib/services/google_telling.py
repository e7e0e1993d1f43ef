"""What Google Wallet is told about a card, in order: its class, the card itself, and what the shop says.

A level has a class of its own where the program says so; a member who reaches another level is moved to its class. If
Google will not move a card, it stays where it is and tells its level itself.
"""

import msgspec

from chalicelib.cards.face import CardFace, Message
from chalicelib.events import Instant
from chalicelib.services.google_notices import MESSAGE, UPDATE, notices_left
from chalicelib.services.ports.google import (
    GoogleCards,
    GoogleState,
    GoogleWallet,
    Notice,
    WalletAnswer,
    WalletReaction,
    class_name,
)

MOST_MESSAGES = 10
"""Google keeps so many at most for one card."""

NOTHING = WalletAnswer(WalletReaction.DONE, "nothing_new")


class Errand(msgspec.Struct, frozen=True):
    """What is to be told about a card. It is written down before it is.

    shown: digest of what the card shows, told when `is_changed`      level_class: the class it is to be in
    update, notice: the notifications that the change, and the message, may ask for
    message: what the shop says, if Google does not have it yet
    withdrawn: messages that it took back, and Google has or may have
    waits: whether there is a message that is not told yet, since messages are paused
    """

    face: CardFace
    shown: str
    level_class: str
    is_changed: bool
    update: Notice | None
    message: Message | None
    notice: Notice | None
    withdrawn: tuple[str, ...]
    waits: bool

    @property
    def is_anything(self) -> bool:
        """Whether there is something to tell about the card itself."""
        return bool(self.is_changed or self.message or self.withdrawn)


class Outcome(msgspec.Struct, frozen=True):
    """What became of it. None: not told. What follows is said of a card that was.

    class_told: the answer about the class      face: digest of what the card shows now
    level_class: the class in which the card is
    refused_class: the one to which Google would not move it
    """

    class_told: WalletAnswer
    shown: WalletAnswer | None = None
    said: WalletAnswer | None = None
    face: str = ""
    level_class: str = ""
    refused_class: str = ""

    @property
    def answer(self) -> WalletAnswer:
        """The first that was not accepted; what was told last where all were."""
        answers = [each for each in (self.class_told, self.shown, self.said) if each is not None]
        return next((each for each in answers if each.reaction is not WalletReaction.DONE), answers[-1])


class GoogleTelling(msgspec.Struct, frozen=True):
    """Tells Google."""

    google: GoogleCards
    wallet: GoogleWallet

    def errand(
        self, face: CardFace, state: GoogleState, now: Instant, *, is_announced: bool, is_paused: bool
    ) -> Errand:
        """What is new since Google was told last. `is_announced`: the owner may be notified.

        is_paused: messages wait, but the one that a new card comes with
        """
        is_refused = bool(state.refused_class) and state.refused_class == face.level_class
        level_class = state.level_class if is_refused else face.level_class
        shown = self.wallet.object_face(face, state.serial, level_class=level_class)
        may_tell = is_announced and bool(state.face)
        is_news = _is_news(state, face)
        message = face.message if face.message and face.message.id != state.message and not face.is_void else None
        waits = is_paused and message is not None and bool(state.face)
        message = None if waits else message
        taken_back = () if face.message else dict.fromkeys((state.message, state.unsure_message))
        return Errand(
            face=face,
            shown=shown,
            level_class=level_class,
            is_changed=shown != state.face,
            update=Notice(UPDATE, now) if may_tell and is_news and notices_left(state, now) > 0 else None,
            message=message,
            notice=Notice(MESSAGE, now) if may_tell and message and notices_left(state, now, MESSAGE) > 0 else None,
            withdrawn=tuple(name for name in taken_back if name) if state.face else (),
            waits=waits,
        )

    def tell(self, errand: Errand, state: GoogleState) -> Outcome:
        """`state`: as it was when the errand was made."""
        told = self._class(errand.face)
        if told.reaction is not WalletReaction.DONE or not errand.is_anything:
            return Outcome(told)
        outcome = self._object(errand, state, told) if errand.is_changed else Outcome(told)
        if outcome.shown is not None and outcome.shown.reaction is not WalletReaction.DONE:
            return outcome
        if errand.withdrawn:
            return msgspec.structs.replace(outcome, said=self.wallet.remove_messages(state.serial, errand.withdrawn))
        if errand.message is None:
            return outcome
        if outcome.shown is not None and outcome.shown.is_new:  # the message came with it
            return msgspec.structs.replace(outcome, said=WalletAnswer(WalletReaction.DONE, ""))
        return msgspec.structs.replace(outcome, said=self._message(errand, state))

    def _class(self, face: CardFace) -> WalletAnswer:
        """The class of a face, when it is not what Google has."""
        name = class_name(face)
        known, now = self.google.class_face(name), self.wallet.class_face(face)
        if known == now:
            return NOTHING
        answer = self.wallet.put_class(face, is_known=bool(known))
        if answer.reaction is WalletReaction.DONE:
            self.google.put_class_face(name, now)
        return answer

    def _object(self, errand: Errand, state: GoogleState, class_told: WalletAnswer) -> Outcome:
        answer = self._put(errand, state, errand.level_class)
        if answer.reaction is WalletReaction.NO_CLASS:  # Google, or somebody there, lost it: it is told anew
            self.google.put_class_face(class_name(errand.face), "")
            class_told = self._class(errand.face)
            if class_told.reaction is not WalletReaction.DONE:
                return Outcome(class_told, answer)
            answer = self._put(errand, state, errand.level_class)
        if answer.reaction is WalletReaction.NO_MOVE:
            face, level_class = errand.face, state.level_class
            stayed = self._put(errand, state, level_class)
            shown = self.wallet.object_face(face, state.serial, level_class=level_class)
            return Outcome(class_told, stayed, face=shown, level_class=level_class, refused_class=face.level_class)
        refused = state.refused_class if errand.level_class != errand.face.level_class else ""
        return Outcome(class_told, answer, face=errand.shown, level_class=errand.level_class, refused_class=refused)

    def _put(self, errand: Errand, state: GoogleState, level_class: str) -> WalletAnswer:
        is_known = bool(state.face)
        return self.wallet.put_object(
            errand.face,
            state.serial,
            level_class=level_class,
            is_known=is_known,
            is_move=is_known and level_class != state.level_class,
            is_notice=errand.update is not None,
        )

    def _message(self, errand: Errand, state: GoogleState) -> WalletAnswer:
        assert errand.message is not None
        is_unsure = state.unsure_message == errand.message.id or not state.face
        may_be_there = is_unsure or state.messages >= MOST_MESSAGES
        return self.wallet.add_message(
            errand.face, state.serial, is_notice=errand.notice is not None, may_be_there=may_be_there
        )


def _is_news(state: GoogleState, face: CardFace) -> bool:
    """Whether the owner wants to hear of it: another balance or level, a warning."""
    is_warning = face.warns_of not in (0, state.warned)
    return (state.points, state.tier) != (face.points, face.tier) or is_warning
