"""Cards follow the journal: a changed face is remembered and pushed, an unchanged one is not.

The first change is pushed at once. Changes that follow within the quiet time become one trailing push, which waits
in the queue. Every answer of a push service has its reaction; what could not be delivered is tried again later.
"""

import enum
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence

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
from chalicelib.services.pushed import Pushed
from chalicelib.services.repush_plan import FIRST_LOOK, first_look
from chalicelib.services.showing import Showing

_log = logging.getLogger(__name__)
_BACK_OFF_SECONDS = (5, 30, 120, 600, 900)
_HELD_SECONDS = 900
"""A queue keeps no message for longer: so often a push that a pause holds back asks whether it may go."""

_ROUNDS = 3
_MANY_DEAD = 5
"""So many dead tokens of one card at once look like the wrong host, not like phones that left."""


class Refreshed(enum.Enum):
    """What became of a card that was looked at."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"  # and no phone is told now: there is none, or the trailing push will
    PUSHED = "pushed"


class Refresh(msgspec.Struct, frozen=True):
    """Brings cards up to date after entries, and works off the queue of pushes.

    repushes: keeps in mind which phones were told and may not have come
    also: tells another wallet that something happened to a card
    pushed: what went out from this container
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
    pushed: Pushed = msgspec.field(default_factory=Pushed)

    def follow(self, program: str, entry: Entry) -> None:
        """An entry was written (the stream told us). Repeats and old news are harmless. Raises TryAgain."""
        is_news = self.views.put(entry, program, due=self._due(program, entry))
        if entry.kind == "claimed" or entry.snap.status == "merged":  # what waited is a member's from now on
            entries = self.ledger.entries(program, entry.account, newest_first=False, limit=None)
            self.ledger.keep_documents(program, sorted({line.document for line in entries}))
        if entry.snap.status == "merged":
            self._moved(program, entry.account)
        self.account(program, entry.account, is_repeat=not is_news)

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

    def account(self, program: str, account: AccountId, *, is_repeat: bool = False) -> None:
        """Refresh every card that shows an account.

        is_repeat: whoever tried before may have died between the note of a change and its push
        """
        for card, holders in self.cards.held_by(program, account):
            if self.also is not None:  # first: what another wallet queues is not lost with a push that dies
                self.also(card)
            self._card(card, holders, is_repeat=is_repeat)

    def one(self, card: Card, *, change: Callable[[Card], Card] | None = None, is_repeat: bool = False) -> Refreshed:
        """Refresh one card, and let another wallet know. `change`: what else becomes of it, in the same write.

        is_repeat: as of `account`      Raises: TryAgain.
        """
        refreshed = self._card(card, None, change=change, is_repeat=is_repeat)
        if self.also is not None:  # last: the other wallet must not look before the change is there
            self.also(card)
        return refreshed

    def _card(
        self,
        card: Card,
        holders: Sequence[Registration] | None,
        *,
        change: Callable[[Card], Card] | None = None,
        is_repeat: bool = False,
    ) -> Refreshed:
        """Remember the new face and push it, now or with the trailing push. An unchanged face does nothing.

        holders: read with the card, or None for not yet      Raises: TryAgain when others keep changing the card.
        """
        for _ in range(_ROUNDS):
            followed = self._followed(card if change is None else change(card), holders, is_repeat=is_repeat)
            if followed is not None:
                return followed
            again = self.cards.held(card.serial)
            card, holders = (card, None) if again is None else again
        raise TryAgain("card_moved", card=card.serial)

    def _followed(self, card: Card, known: Sequence[Registration] | None, *, is_repeat: bool) -> Refreshed | None:
        """One look at the card; None when somebody else changed it meanwhile, or a phone has come to it.

        So the holders that were read after the card was are all of them when the card is written.
        """
        shown = self.showing.face(card)
        face = digest(msgspec.json.encode(shown.face))
        now = self.clock.now()
        if face == card.face:
            if is_repeat and card.trailing_at <= now:
                self._push_missed(card, self.cards.registrations(card.serial) if known is None else known)
            return Refreshed.UNCHANGED
        holders = self.cards.registrations(card.serial) if known is None else known
        quiet_until = card.pushed_at + self.quiet_seconds * 1_000
        is_quiet = now < quiet_until
        changed = msgspec.structs.replace(
            card,
            revision=card.revision + 1,
            face=face,
            changed_at=card.next_change(now),
            tier=shown.face.tier,
            warned=shown.face.warns_of or card.warned,
            announced=_message(shown.face) or card.announced,
            news=_news(card, shown.face, now),
            pushed_at=now if holders and not is_quiet else card.pushed_at,
            trailing_at=max(card.trailing_at, quiet_until) if is_quiet else card.trailing_at,
        )
        # Both are told before the card is written: a push or a look too many beats a lost one.
        if is_quiet and card.trailing_at <= now:
            self.queue.send({"serial": card.serial, "attempt": 0}, delay_seconds=_seconds(quiet_until - now))
        if holders and not now < card.look_at <= now + FIRST_LOOK:
            changed = msgspec.structs.replace(changed, look_at=first_look(card.serial, now))
            self.repushes.note(card.serial, changed.look_at)
        if not self.cards.put_card(changed):
            return None
        if is_quiet:
            return Refreshed.CHANGED
        self.push(changed, holders, attempt=0)
        return Refreshed.PUSHED if holders else Refreshed.CHANGED

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """A push that waited: the trailing one of a busy card, or one that a push service put off."""
        held = self.cards.held(str(message["serial"]))
        if held is None:
            return
        card, now, attempt = held.card, self.clock.now(), int(message["attempt"])
        if self._is_held(card):
            self._hold(card, attempt)
            return
        if not self.cards.put_card(
            msgspec.structs.replace(card, revision=card.revision + 1, pushed_at=now, trailing_at=0)
        ):
            raise TryAgain("card_moved", card=card.serial)
        self.push(card, _behind(card, held.holders), attempt=attempt)

    def _push_missed(self, card: Card, holders: Sequence[Registration]) -> None:
        """A change was noted, and whoever noted it may have died before the push: one too many beats a lost one."""
        if self.pushed.has(card.serial, card.changed_at):
            return
        missed = [device for device in _behind(card, holders) if device.registered_at < card.changed_at]
        self.push(card, missed, attempt=0)

    def push(self, card: Card, waiting: Sequence[Registration], *, attempt: int) -> None:
        """Tell phones that the card has changed, and do what each answer asks. Raises TryAgain."""
        if not waiting:
            return
        if self._is_held(card):
            self._hold(card, attempt)
            return
        answers = self.pusher.push(waiting)
        later = [device for device in waiting if self._react(device, answers[device.push_token])]
        self._alarm_on_many_dead(card, answers)
        if later and attempt < len(_BACK_OFF_SECONDS):
            message: dict[str, str | int] = {"serial": card.serial, "attempt": attempt + 1}
            self.queue.send(message, delay_seconds=_BACK_OFF_SECONDS[attempt])
        elif later:
            self.alarm.raise_("push_given_up", card=card.serial, devices=len(later))
        self.pushed.note(card.serial, card.changed_at)

    def _is_held(self, card: Card) -> bool:
        """Whether phones would come for nothing but what the shop says, and messages are paused."""
        program = self.showing.programs.program(card.program) if card.news == "message" else None
        return program is not None and program.is_paused("messages")

    def _hold(self, card: Card, attempt: int) -> None:
        """Ask again later. Whoever has fetched the card by then, or sees it without the message, is not told."""
        self.queue.send({"serial": card.serial, "attempt": attempt}, delay_seconds=_HELD_SECONDS)
        _log.info("push_held", extra={"facts": {"card": card.serial}})

    def _react(self, device: Registration, answer: PushAnswer) -> bool:
        """Do what the answer asks; True when the push must be repeated."""
        facts: dict[str, str | int] = {"card": device.serial, "answer": answer.reason}
        told = {"outcome": answer.reaction.name.lower(), "push": answer.name}
        _log.info("pushed", extra={"facts": facts | {name: text for name, text in told.items() if text}})
        match answer.reaction:
            case PushReaction.DELIVERED:
                return False
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


def _behind(card: Card, holders: Sequence[Registration]) -> Sequence[Registration]:
    """The devices that have not fetched the last change."""
    return [device for device in holders if device.fetched_at < card.changed_at]


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
