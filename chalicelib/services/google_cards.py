"""Cards in Google Wallet follow the journal, too: by queue, at a shared pace, and with few notifications.

Google counts the notifications of each kind, card and 24 hours and refuses the fourth. A notice is therefore written
down before it is asked for, and taken back only when it surely was not given. While one worker tells Google about a
card, others wait: an old face can never arrive after a new one.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.errors import Broken, TryAgain, Untrusted
from chalicelib.events import Instant
from chalicelib.services.ports import Alarm, Card, Cards, Chance, Clock, Queue
from chalicelib.services.ports.google import (
    GoogleCards,
    GoogleState,
    GoogleWallet,
    Notice,
    SavedTold,
    Told,
    WalletAnswer,
    WalletReaction,
    WalletTold,
)
from chalicelib.services.refreshing import digest
from chalicelib.services.showing import Showing

UPDATE = "update"
"""Google's kind of notice: a field of the card changed."""

MOST_NOTICES = 3
BUSY_MILLISECONDS = 60_000
"""Longer than telling Google about a card can take, with every time-out and repeat."""

NOTICE_MILLISECONDS = 86_400_000 + BUSY_MILLISECONDS
"""Google counts from when it gave a notice, which may be as much later than it was written down."""

_BACK_OFF_SECONDS = (5, 30, 120, 600, 900)
_MOST_DELAY_SECONDS = 900
_BUSY_SECONDS = 5
_ROUNDS = 5
_UNSURE = "unsure"
"""Stands for a face that Google may show or not: no digest is called so, and the next telling is never left out."""

_NOTHING = WalletAnswer(WalletReaction.DONE, "nothing_new")
_BUSY = WalletAnswer(WalletReaction.LATER, "busy")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GoogleRefresh:
    """Tells Google what cards show, from the first save to the last change."""

    cards: Cards
    google: GoogleCards
    showing: Showing
    wallet: GoogleWallet
    queue: Queue
    alarm: Alarm
    clock: Clock
    chance: Chance

    def follow(self, card: Card) -> None:
        """Something happened to a card: if Google has it, the queue will see to it. Raises TryAgain."""
        state = self.google.state(card.serial)
        if state is not None and not state.is_gone:
            self._send(card.serial, attempt=0, delay_seconds=0)

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """A message of the queue: make Google show the card as it is now. Raises TryAgain, Broken."""
        card = self.cards.card(str(message["serial"]))
        state = self.google.state(card.serial) if card is not None else None
        if card is None or state is None or state.is_gone:
            return
        attempt = int(message.get("attempt", 0))
        answer = self._refresh(card, state, is_announced=True)
        if answer is _BUSY:
            self._look_again(card.serial, attempt, is_the_one="again" in message)
        elif answer.reaction in (WalletReaction.LATER, WalletReaction.NO_CLASS):
            self._put_off(card, answer, attempt)

    def save_link(self, card: Card) -> str:
        """Where the card's owner adds it to Google Wallet; Google knows the card by then.

        Raises: TryAgain (Google cannot take it right now), Broken (it never will as we are set up).
        """
        state = self.google.state(card.serial)
        if state is None:
            state = GoogleState(card.serial, card.program, revision=1)
            if not self.google.put_state(state):
                raise TryAgain("google_card_moved", card=card.serial)
        elif state.is_gone:
            state = self._changed(card.serial, lambda known: replace(known, is_gone=False))
        answer = self._refresh(card, state, is_announced=False)
        is_there = answer.reaction is WalletReaction.DONE or (answer.reaction is not WalletReaction.STOP and state.face)
        if not is_there:
            kind = Broken if answer.reaction is WalletReaction.STOP else TryAgain
            raise kind("google_card_not_told", card=card.serial, answer=answer.reason)
        if answer.reaction is not WalletReaction.DONE:
            self._send(card.serial, attempt=0, delay_seconds=_BUSY_SECONDS)
        return self.wallet.save_link(self.showing.face(card).face, card.serial)

    def told(self, event: WalletTold) -> None:
        """Google told us that a card was saved or deleted. What is older than what we know changes nothing.

        Raises: Untrusted (unknown card; the nonce was used before: nothing is written), TryAgain.
        """
        for _ in range(_ROUNDS):
            state = self.google.state(event.serial)
            if state is None or state.program != event.program:
                raise Untrusted("google_card_unknown")
            is_saved = isinstance(event, SavedTold)
            changed = replace(state, revision=state.revision + 1)
            if event.ends_at > state.told_at:
                changed = replace(changed, is_saved=is_saved, is_gone=not is_saved, told_at=event.ends_at)
            match self.google.put_told(changed, nonce=event.nonce, ends_at=event.ends_at):
                case Told.REPEATED:
                    raise Untrusted("google_nonce_repeated")
                case Told.WRITTEN:
                    if is_saved:
                        self._send(event.serial, attempt=0, delay_seconds=0)
                    return
        raise TryAgain("google_card_moved", card=event.serial)

    # --- one card

    def _refresh(self, card: Card, state: GoogleState, *, is_announced: bool) -> WalletAnswer:
        """Tell Google, if there is anything new. `is_announced`: the owner may be notified."""
        now = self.clock.now()
        if state.busy_until > now:
            return _BUSY
        # The card is ours before its face is read: whoever had it before has told an older one.
        claimed = replace(state, revision=state.revision + 1, busy_until=now + BUSY_MILLISECONDS, again_at=0)
        if not self.google.put_state(claimed):
            return _BUSY
        face = self.showing.face(card).face
        told = digest(msgspec.json.encode(face))
        if told == state.face:
            self._changed(card.serial, lambda known: replace(known, busy_until=0))
            return _NOTHING
        is_notice = is_announced and _is_news(state, face) and notices_left(state, now) > 0
        notices = (*_recent(state, now), Notice(UPDATE, now)) if is_notice else state.notices
        # Until we have heard what Google shows now, it may be either face: also if we die before we hear.
        self._changed(card.serial, lambda known: replace(known, face=known.face and _UNSURE, notices=notices))
        answer = self._tell(face, card.serial, is_known=bool(state.face), is_notice=is_notice)
        self._note(card, face, told, answer, notice=Notice(UPDATE, now) if is_notice else None)
        return answer

    def _tell(self, face: CardFace, serial: str, *, is_known: bool, is_notice: bool) -> WalletAnswer:
        """The class, when it is not what Google has, then the object."""
        told = self._tell_class(face)
        if told.reaction is not WalletReaction.DONE:
            return told
        answer = self.wallet.put_object(face, serial, is_known=is_known, is_notice=is_notice)
        if answer.reaction is WalletReaction.NO_CLASS:  # Google, or somebody there, lost it: it is told anew next time
            self.google.put_class_face(face.program, "")
            told = self._tell_class(face)
            if told.reaction is WalletReaction.DONE:
                answer = self.wallet.put_object(face, serial, is_known=is_known, is_notice=is_notice)
        return answer

    def _tell_class(self, face: CardFace) -> WalletAnswer:
        known, now = self.google.class_face(face.program), self.wallet.class_face(face)
        if known == now:
            return _NOTHING
        answer = self.wallet.put_class(face, is_known=bool(known))
        if answer.reaction is WalletReaction.DONE:
            self.google.put_class_face(face.program, now)
        return answer

    def _note(self, card: Card, face: CardFace, told: str, answer: WalletAnswer, *, notice: Notice | None) -> None:
        """Write down what became of it, and let the next one have the card."""
        is_done = answer.reaction is WalletReaction.DONE
        was_not_given = notice is not None and not is_done and not answer.may_have_happened

        def noted(known: GoogleState) -> GoogleState:
            known = replace(known, busy_until=0)
            if is_done:
                known = replace(
                    known, face=told, points=face.points, tier=face.tier, warned=face.warns_of or known.warned
                )
            if answer.is_silenced:  # Google counts more than we do: nobody asks again until tomorrow
                others = tuple(each for each in known.notices if each.kind != UPDATE)
                full = (Notice(UPDATE, self.clock.now()),) * MOST_NOTICES
                known = replace(known, notices=(*others, *full))
            elif was_not_given:
                known = replace(known, notices=_without(known.notices, notice))
            return known

        self._changed(card.serial, noted)
        _log.info("google_told", extra={"facts": {"card": card.serial, "answer": answer.reason or "ok"}})
        if answer.reaction is WalletReaction.STOP:
            self.alarm.raise_("google_refused", card=card.serial, answer=answer.reason)

    def _changed(self, serial: str, change: Callable[[GoogleState], GoogleState]) -> GoogleState:
        """Change the card's state, whoever else does. Raises TryAgain."""
        for _ in range(_ROUNDS):
            state = self.google.state(serial)
            if state is None:
                break
            changed = replace(change(state), revision=state.revision + 1)
            if self.google.put_state(changed):
                return changed
        raise TryAgain("google_card_moved", card=serial)

    # --- the queue

    def _put_off(self, card: Card, answer: WalletAnswer, attempt: int) -> None:
        """Once more, later, and not all at once."""
        if attempt >= len(_BACK_OFF_SECONDS):
            self.alarm.raise_("google_given_up", card=card.serial, answer=answer.reason)
            return
        pause = _BACK_OFF_SECONDS[attempt]
        jitter = pause * int(self.chance.digits(3)) // 1_000
        self._send(card.serial, attempt=attempt + 1, delay_seconds=min(_MOST_DELAY_SECONDS, pause + jitter))

    def _look_again(self, serial: str, attempt: int, *, is_the_one: bool) -> None:
        """Somebody is telling Google about the card. One message waits for the end of that, however many came.

        The note of it is cleared when the card is claimed, before its face is read: so whatever made a message that
        is dropped here is still seen.
        """
        state, now = self.google.state(serial), self.clock.now()
        if state is None or (state.again_at > now and not is_the_one):
            return
        message: dict[str, str | int] = {"serial": serial, "wallet": "google", "attempt": attempt, "again": 1}
        self.queue.send(message, delay_seconds=_BUSY_SECONDS)
        again_at = now + _BUSY_SECONDS * 1_000
        self.google.put_state(replace(state, revision=state.revision + 1, again_at=again_at))

    def _send(self, serial: str, *, attempt: int, delay_seconds: int) -> None:
        message: dict[str, str | int] = {"serial": serial, "wallet": "google", "attempt": attempt}
        self.queue.send(message, delay_seconds=delay_seconds)


def notices_left(state: GoogleState, now: Instant) -> int:
    """How many more times the card's owner may be notified within the 24 hours that end now."""
    return MOST_NOTICES - sum(notice.kind == UPDATE for notice in _recent(state, now))


def _recent(state: GoogleState, now: Instant) -> tuple[Notice, ...]:
    return tuple(notice for notice in state.notices if notice.at > now - NOTICE_MILLISECONDS)


def _without(notices: tuple[Notice, ...], one: Notice | None) -> tuple[Notice, ...]:
    """All but one of those that are alike: two may have been given in the same millisecond."""
    if one not in notices:
        return notices
    at = notices.index(one)
    return (*notices[:at], *notices[at + 1 :])


def _is_news(state: GoogleState, face: CardFace) -> bool:
    """Whether the owner wants to hear of it, on a card that Google had already: another balance or level, a warning."""
    is_warning = face.warns_of not in (0, state.warned)
    return bool(state.face) and ((state.points, state.tier) != (face.points, face.tier) or is_warning)
