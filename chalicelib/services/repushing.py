"""Phones that were told and have not come are told again, on a slow schedule.

A push may be lost on its way: Apple keeps one for a phone that is off, and not for ever. Who was pushed leaves one row
that says when to look; there the registrations say who has fetched. So nothing is scanned, and a purchase costs one
write more, once an hour for a busy card.
"""

import logging
from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.services.messages import wakes_at
from chalicelib.services.ports import Card, Cards, Clock, Held, Programs, Queue, Registration, Repushes
from chalicelib.services.refreshing import Refresh
from chalicelib.services.repush_plan import LOOKS, first_look, next_look

_PER_SECOND = 20
_SPREAD_SECONDS = 300
"""What is found in one go is looked at over so long: then the schedule comes again."""

_FURTHEST: Instant = 4 * 86_400_000
"""No look is noted further ahead: before the first time there is nothing older to find."""

_PAUSED: Instant = 3_600_000
"""So often a message that a pause holds back is looked at: each look writes the card."""

_SOON: Instant = 60_000
"""A look that is put off is put off beyond what any container's clock takes for now."""

_log = logging.getLogger(__name__)


class Repushing(msgspec.Struct, frozen=True):
    """Finds cards whose time has come, and tells their phones again if they have not come."""

    cards: Cards
    repushes: Repushes
    programs: Programs
    refresh: Refresh
    queue: Queue
    clock: Clock

    def find(self) -> int:
        """Queue the cards whose phones have not come, as many as are told until the next time; their number.

        Most have come: one read each says so, and nothing is queued for them.
        """
        now = self.clock.now()
        since = self.repushes.looked_until()
        looks = self.repushes.waiting(
            since=now - _FURTHEST if since is None else since, until=now, limit=_PER_SECOND * _SPREAD_SECONDS
        )
        waiting = [look for look in looks.cards if self._behind(look.serial, look.at) is not None]
        for position, look in enumerate(waiting):
            message: dict[str, str | int] = {"serial": look.serial, "look": look.at}
            self.queue.send(message, delay_seconds=min(_SPREAD_SECONDS, position // _PER_SECOND))
        self.repushes.put_looked_until(looks.until)
        return len(waiting)

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """A message of the queue. Raises TryAgain."""
        found = self._behind(str(message["serial"]), int(message["look"]))
        if found is None:
            return
        (card, behind), now = found, self.clock.now()
        opens_at = self._opens_at(card, now)
        is_time = now >= card.changed_at + LOOKS[0] and opens_at <= now
        next_at = max(opens_at, first_look(card.serial, card.changed_at), now + _SOON)
        if is_time:
            later = next_look(card.serial, card.changed_at, now)
            next_at = 0 if later is None else later
        if next_at:
            self.repushes.note(card.serial, next_at)
        if not self.cards.put_card(msgspec.structs.replace(card, revision=card.revision + 1, look_at=next_at)):
            raise TryAgain("card_moved", card=card.serial)
        if is_time:
            self._tell(card, behind, now, is_last=not next_at)

    def _behind(self, serial: str, look: Instant) -> Held | None:
        """The card and its phones that have not come; None when all have, or a later change has its own look."""
        held = self.cards.held(serial)
        if held is None or held.card.look_at != look:
            return None
        behind = [device for device in held.holders if _is_behind(device, held.card)]
        return Held(held.card, behind) if behind else None

    def _opens_at(self, card: Card, now: Instant) -> Instant:
        """What a shop wants to say waits for the morning and for the end of a pause, also where it is said again."""
        program = self.programs.program(card.program) if card.news == "message" else None
        if program is None:
            return now
        return now + _PAUSED if program.is_paused("messages") else wakes_at(program, now)

    def _tell(self, card: Card, behind: Sequence[Registration], now: Instant, *, is_last: bool) -> None:
        facts: dict[str, str | int] = {"card": card.serial, "devices": len(behind), "waits": now - card.changed_at}
        _log.info("never_fetched" if is_last else "pushed_again", extra={"facts": facts})
        self.refresh.push(card, behind, attempt=0)


def _is_behind(device: Registration, card: Card) -> bool:
    """Has it had the chance to hear of the last change, and not fetched it?"""
    was_there = device.registered_at < max(card.changed_at, card.pushed_at)
    return was_there and device.fetched_at < card.changed_at
