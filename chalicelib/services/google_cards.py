"""Cards in Google Wallet follow the journal, too: by queue, at a shared pace, and with few notifications.

What is about to be told is written down first, with the notifications that it asks for. While one worker tells Google
about a card, others wait: an old face can never arrive after a new one.
"""

import logging
from collections.abc import Callable, Mapping

import msgspec

from chalicelib.errors import Broken, TryAgain, Untrusted
from chalicelib.services.google_following import send
from chalicelib.services.google_notices import BUSY_MILLISECONDS, recent, settled
from chalicelib.services.google_telling import NOTHING, Errand, GoogleTelling, Outcome
from chalicelib.services.ports import Alarm, Card, Cards, Chance, Clock, Queue
from chalicelib.services.ports.google import (
    GoogleCards,
    GoogleState,
    GoogleWallet,
    SavedTold,
    Told,
    WalletAnswer,
    WalletReaction,
    WalletTold,
)
from chalicelib.services.showing import Showing

_BACK_OFF_SECONDS = (5, 30, 120, 600, 900)
_MOST_DELAY_SECONDS = 900
_BUSY_SECONDS = 5
_ROUNDS = 5
_UNSURE = "unsure"
"""Stands for a face that Google may show or not: no digest is called so, and the next telling is never left out."""

_BUSY = WalletAnswer(WalletReaction.LATER, "busy")

_log = logging.getLogger(__name__)


class GoogleRefresh(msgspec.Struct, frozen=True):
    """Tells Google what cards show, from the first save to the last change."""

    cards: Cards
    google: GoogleCards
    showing: Showing
    wallet: GoogleWallet
    queue: Queue
    alarm: Alarm
    clock: Clock
    chance: Chance

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
        elif answer.reaction not in (WalletReaction.DONE, WalletReaction.STOP):
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
            state = self._changed(card.serial, lambda known: msgspec.structs.replace(known, is_gone=False))
        answer = self._refresh(card, state, is_announced=False)
        is_there = answer.reaction is WalletReaction.DONE or (answer.reaction is not WalletReaction.STOP and state.face)
        if not is_there:
            kind = Broken if answer.reaction is WalletReaction.STOP else TryAgain
            raise kind("google_card_not_told", card=card.serial, answer=answer.reason)
        if answer.reaction is not WalletReaction.DONE:
            self._send(card.serial, attempt=0, delay_seconds=_BUSY_SECONDS)
        known = self.google.state(card.serial) or state
        return self.wallet.save_link(self.showing.face(card).face, card.serial, level_class=known.level_class)

    def told(self, event: WalletTold) -> None:
        """Google told us that a card was saved or deleted. What is older than what we know changes nothing.

        Raises: Untrusted (unknown card; the nonce was used before: nothing is written), TryAgain.
        """
        for _ in range(_ROUNDS):
            state = self.google.state(event.serial)
            if state is None or state.program != event.program:
                raise Untrusted("google_card_unknown")
            is_saved = isinstance(event, SavedTold)
            changed = msgspec.structs.replace(state, revision=state.revision + 1)
            if event.ends_at > state.told_at:
                changed = msgspec.structs.replace(
                    changed, is_saved=is_saved, is_gone=not is_saved, told_at=event.ends_at
                )
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
        claimed = msgspec.structs.replace(
            state, revision=state.revision + 1, busy_until=now + BUSY_MILLISECONDS, again_at=0
        )
        if not self.google.put_state(claimed):
            return _BUSY
        telling = GoogleTelling(self.google, self.wallet)
        program = self.showing.programs.program(card.program)
        is_paused = program is not None and program.is_paused("messages")
        face = self.showing.face(card).face
        errand = telling.errand(face, state, now, is_announced=is_announced, is_paused=is_paused)
        if errand.waits:  # before anything is told: a look too many beats a message that nobody hears
            self._send(card.serial, attempt=0, delay_seconds=_MOST_DELAY_SECONDS)
        if errand.is_anything:
            self._changed(card.serial, lambda known: self._begun(known, errand))
        outcome = telling.tell(errand, state)
        self._note(card, errand, outcome)
        return outcome.answer

    def _begun(self, known: GoogleState, errand: Errand) -> GoogleState:
        """Until we have heard what Google shows now, it may be either face: also if we die before we hear."""
        notices = [notice for notice in (errand.update, errand.notice) if notice is not None]
        return msgspec.structs.replace(
            known,
            face=known.face and _UNSURE if errand.is_changed else known.face,
            unsure_message=errand.message.id if errand.message else known.unsure_message,
            notices=(*recent(known.notices, self.clock.now()), *notices),
        )

    def _note(self, card: Card, errand: Errand, outcome: Outcome) -> None:
        """Write down what became of it, and let the next one have the card."""
        answer, now = outcome.answer, self.clock.now()

        def noted(known: GoogleState) -> GoogleState:
            known = _shown(msgspec.structs.replace(known, busy_until=0), errand, outcome)
            known = _said(known, errand, outcome)
            notices = settled(known.notices, errand.update, outcome.shown, now)
            return msgspec.structs.replace(known, notices=settled(notices, errand.notice, outcome.said, now))

        self._changed(card.serial, noted)
        if answer is not NOTHING:
            facts = {"card": card.serial, "answer": answer.reason or "ok", "outcome": answer.reaction.name.lower()}
            _log.info("google_told", extra={"facts": facts})
        is_first = outcome.refused_class and outcome.refused_class == errand.level_class  # it was tried just now
        if is_first and answer.reaction is WalletReaction.DONE:
            self.alarm.raise_("google_class_refused", card=card.serial, level_class=outcome.refused_class)
        if answer.reaction is WalletReaction.STOP:
            self.alarm.raise_("google_refused", card=card.serial, answer=answer.reason)

    def _changed(self, serial: str, change: Callable[[GoogleState], GoogleState]) -> GoogleState:
        """Change the card's state, whoever else does. Raises TryAgain."""
        for _ in range(_ROUNDS):
            state = self.google.state(serial)
            if state is None:
                break
            changed = msgspec.structs.replace(change(state), revision=state.revision + 1)
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
        self.google.put_state(msgspec.structs.replace(state, revision=state.revision + 1, again_at=again_at))

    def _send(self, serial: str, *, attempt: int, delay_seconds: int) -> None:
        send(self.queue, serial, attempt=attempt, delay_seconds=delay_seconds)


def _shown(known: GoogleState, errand: Errand, outcome: Outcome) -> GoogleState:
    """What the card shows is known again, if Google took it."""
    if outcome.shown is None or outcome.shown.reaction is not WalletReaction.DONE:
        return known
    face = errand.face
    return msgspec.structs.replace(
        known,
        face=outcome.face,
        points=face.points,
        tier=face.tier,
        warned=face.warns_of or known.warned,
        level_class=outcome.level_class,
        refused_class=outcome.refused_class,
    )


def _said(known: GoogleState, errand: Errand, outcome: Outcome) -> GoogleState:
    """What the shop says there: it surely does, surely does not, or we do not know."""
    if errand.message is None and not errand.withdrawn:
        return known
    match outcome.said:
        case WalletAnswer(WalletReaction.DONE):
            is_new = outcome.shown is not None and outcome.shown.is_new
            message, count = (errand.message.id, 1) if errand.message else ("", -1)
            lying = count if is_new else max(0, known.messages + count)
            return msgspec.structs.replace(known, message=message, unsure_message="", messages=lying)
        case WalletAnswer(WalletReaction.GONE):  # it is told anew, with the message
            return msgspec.structs.replace(known, face="", message="", unsure_message="", messages=0)
        case _:  # whether it was asked for or not: who looks before adding it is never wrong
            return known
