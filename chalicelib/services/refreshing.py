"""Cards follow the journal: a changed face is remembered and pushed, an unchanged one is not.

The first change is pushed at once. Changes that follow within the quiet time become one trailing push, which waits
in the queue. Every answer of a push service has its reaction; what could not be delivered is tried again later.
"""

import enum
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from chalicelib.cards.face import CardFace, News
from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, Instant
from chalicelib.ledger.due import next_due
from chalicelib.ledger.journal import Entry
from chalicelib.services.journaling import MOST_HOPS
from chalicelib.services.ports import (
    Alarm,
    Card,
    Cards,
    Clock,
    Ledger,
    PushAnswer,
    Pusher,
    PushReaction,
    Queue,
    Registration,
    Repushes,
    Views,
)
from chalicelib.services.repush_plan import FIRST_LOOK, first_look
from chalicelib.services.showing import Showing

_log = logging.getLogger(__name__)
_BACK_OFF_SECONDS = (5, 30, 120, 600, 900)
_ROUNDS = 3
_MANY_DEAD = 5
"""So many dead tokens of one card at once look like the wrong host, not like phones that left."""


class Refreshed(enum.Enum):
    """What became of a card that was looked at."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"  # and no phone is told now: there is none, or the trailing push will
    PUSHED = "pushed"


@dataclass(frozen=True, slots=True)
class Refresh:
    """Brings cards up to date after entries, and works off the queue of pushes.

    repushes: keeps in mind which phones were told and may not have come
    also: tells another wallet that something happened to a card
    counted: adds an entry to its day's totals; called once for an entry that moves its view
    """

    ledger: Ledger
    cards: Cards
    views: Views
    showing: Showing
    pusher: Pusher
    queue: Queue
    repushes: Repushes
    alarm: Alarm
    clock: Clock
    quiet_seconds: int
    also: Callable[[Card], None] | None = None
    counted: Callable[[str, Entry], None] | None = None

    def follow(self, program: str, entry: Entry) -> None:
        """An entry was written (the stream told us). Repeats and old news are harmless. Raises TryAgain."""
        if self.views.put(entry, program, due=self._due(program, entry)) and self.counted is not None:
            self.counted(program, entry)
        if entry.kind == "claimed" or entry.snap.status == "merged":  # what waited is a member's from now on
            entries = self.ledger.entries(program, entry.account, newest_first=False, limit=None)
            self.ledger.keep_documents(program, sorted({line.document for line in entries}))
        if entry.snap.status == "merged":
            self._moved(program, entry.account)
        self.account(program, entry.account)

    def _moved(self, program: str, account: AccountId) -> None:
        """Cards that still show an account that was merged go where its points are: whoever merged it may have died.

        Raises: TryAgain when somebody else changes a card.
        """
        for card in self.cards.cards_of(program, account):
            carrier = self._carrier(program, account)
            if carrier == account:  # it was parted again
                return
            if not self.cards.attach(card, carrier):
                raise TryAgain("card_moved", card=card.serial)
            self.account(program, carrier)

    def _carrier(self, program: str, account: AccountId) -> AccountId:
        for _ in range(MOST_HOPS):
            newest = self.ledger.newest(program, account)
            if newest is None or newest.snap.merged_to is None:
                break
            account = newest.snap.merged_to
        return account

    def _due(self, program: str, entry: Entry) -> Instant | None:
        known = self.showing.programs.program(program)
        return None if known is None else next_due(entry.snap, known.timeline, entry.at)

    def account(self, program: str, account: AccountId) -> None:
        """Refresh every card that shows an account."""
        for card in self.cards.cards_of(program, account):
            if self.also is not None:  # first: what another wallet queues is not lost with a push that dies
                self.also(card)
            self.card(card)

    def one(self, card: Card, *, change: Callable[[Card], Card] | None = None) -> Refreshed:
        """Refresh one card, and let another wallet know. `change`: what else becomes of it, in the same write.

        Raises: TryAgain.
        """
        refreshed = self.card(card, change=change)
        if self.also is not None:  # last: the other wallet must not look before the change is there
            self.also(card)
        return refreshed

    def card(self, card: Card, *, change: Callable[[Card], Card] | None = None) -> Refreshed:
        """Remember the new face and push it, now or with the trailing push. An unchanged face does nothing.

        Raises: TryAgain when others keep changing the card.
        """
        for _ in range(_ROUNDS):
            followed = self._followed(card if change is None else change(card))
            if followed is not None:
                return followed
            card = self.cards.card(card.serial) or card
        raise TryAgain("card_moved", card=card.serial)

    def _followed(self, card: Card) -> Refreshed | None:
        """One look at the card; None when somebody else changed it meanwhile."""
        shown = self.showing.face(card)
        face = digest(msgspec.json.encode(shown.face))
        now = self.clock.now()
        if face == card.face:
            if card.trailing_at <= now:
                self._push_missed(card)
            return Refreshed.UNCHANGED
        quiet_until = card.pushed_at + self.quiet_seconds * 1_000
        is_quiet = now < quiet_until
        has_phones = bool(self.cards.registrations(card.serial))
        changed = replace(
            card,
            revision=card.revision + 1,
            face=face,
            changed_at=card.next_change(now),
            tier=shown.face.tier,
            warned=shown.face.warns_of or card.warned,
            announced=_message(shown.face) or card.announced,
            news=_news(card, shown.face, now),
            pushed_at=now if has_phones and not is_quiet else card.pushed_at,
            trailing_at=max(card.trailing_at, quiet_until) if is_quiet else card.trailing_at,
        )
        # Both are told before the card is written: a push or a look too many beats a lost one.
        if is_quiet and card.trailing_at <= now:
            self.queue.send({"serial": card.serial, "attempt": 0}, delay_seconds=_seconds(quiet_until - now))
        if has_phones and not now < card.look_at <= now + FIRST_LOOK:
            changed = replace(changed, look_at=first_look(card.serial, now))
            self.repushes.note(card.serial, changed.look_at)
        if not self.cards.put_card(changed):
            return None
        if is_quiet:
            return Refreshed.CHANGED
        behind = self._behind(changed)
        self.push(changed, behind, attempt=0)
        return Refreshed.PUSHED if behind else Refreshed.CHANGED

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """A push that waited: the trailing one of a busy card, or one that a push service put off."""
        card = self.cards.card(str(message["serial"]))
        if card is None:
            return
        now = self.clock.now()
        if not self.cards.put_card(replace(card, revision=card.revision + 1, pushed_at=now, trailing_at=0)):
            raise TryAgain("card_moved", card=card.serial)
        self.push(card, self._behind(card), attempt=int(message["attempt"]))

    def _push_missed(self, card: Card) -> None:
        """A change was noted but the push did not go out: the container died in between."""
        missed = [device for device in self._behind(card) if device.pushed_at < card.changed_at]
        self.push(card, [device for device in missed if device.registered_at < card.changed_at], attempt=0)

    def _behind(self, card: Card) -> Sequence[Registration]:
        """The devices that have not fetched the last change."""
        return [device for device in self.cards.registrations(card.serial) if device.fetched_at < card.changed_at]

    def push(self, card: Card, waiting: Sequence[Registration], *, attempt: int) -> None:
        """Tell phones that the card has changed, and do what each answer asks. Raises TryAgain."""
        if not waiting:
            return
        answers = self.pusher.push(waiting)
        later = [device for device in waiting if self._react(device, answers[device.push_token])]
        self._alarm_on_many_dead(card, answers)
        if later and attempt < len(_BACK_OFF_SECONDS):
            message: dict[str, str | int] = {"serial": card.serial, "attempt": attempt + 1}
            self.queue.send(message, delay_seconds=_BACK_OFF_SECONDS[attempt])
        elif later:
            self.alarm.raise_("push_given_up", card=card.serial, devices=len(later))

    def _react(self, device: Registration, answer: PushAnswer) -> bool:
        """Do what the answer asks; True when the push must be repeated."""
        facts: dict[str, str | int] = {"card": device.serial, "answer": answer.reason}
        _log.info("pushed", extra={"facts": facts})
        match answer.reaction:
            case PushReaction.DELIVERED:
                self.cards.mark(replace(device, pushed_at=self.clock.now()))
            case PushReaction.FORGET:
                self.cards.forget_token(device, unless_since=answer.since)
            case PushReaction.STOP:
                self.alarm.raise_("push_configuration_wrong", **facts)
            case PushReaction.LATER:
                return True
        return False

    def _alarm_on_many_dead(self, card: Card, answers: Mapping[str, PushAnswer]) -> None:
        dead: Sequence[PushAnswer] = [
            answer for answer in answers.values() if answer.reaction is PushReaction.FORGET and answer.since is None
        ]
        if len(dead) >= _MANY_DEAD:
            self.alarm.raise_("many_dead_tokens", card=card.serial, tokens=len(dead))


def _news(card: Card, face: CardFace, now: Instant) -> News:
    """What the change is about. Other news than points stay until they were announced.

    A phone announces one thing at a time. What happened to the member goes before what the shop wants to say: a level
    or points that end are told once and then never again, a message stays readable on the card.
    """
    waits = card.news if card.trailing_at > now else "points"
    if waits == "tier" or (card.tier and card.tier != face.tier):
        return "tier"
    if waits == "ending" or face.warns_of not in (0, card.warned):
        return "ending"
    if (waits == "message" and face.message is not None) or _message(face) not in ("", card.announced):
        return "message"
    return "points"


def _message(face: CardFace) -> str:
    return "" if face.message is None else face.message.id


def digest(face: bytes) -> str:
    """A short name of a face: equal faces are not pushed twice."""
    return hashlib.sha256(face).hexdigest()[:32]


def _seconds(milliseconds: Instant) -> int:
    return -(-milliseconds // 1_000)
