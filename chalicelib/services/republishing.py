"""A changed look reaches every card: each is drawn anew, and a phone hears of it where the face is another one.

Cards are taken from their own listing, not from the accounts that have a history: a card on which nothing has happened
yet is a card, too.
"""

import msgspec

from chalicelib.events import Instant
from chalicelib.programs.program import Program
from chalicelib.services.ports import Cards
from chalicelib.services.ports.walks import Walk
from chalicelib.services.refreshing import Refresh
from chalicelib.services.walking import PAUSED_MILLISECONDS, Stop, Stretch

_PAGE = 1_000


class Republishing(msgspec.Struct, frozen=True):
    """services.walking.Round through the cards of a program. Google hears of its class before its first card."""

    cards: Cards
    refresh: Refresh

    def stretch(self, program: Program, *, cursor: str, limit: int) -> Stretch:
        """The next cards."""
        page = self.cards.listed(program.slug, cursor=cursor, limit=limit)
        return Stretch([Stop(listed.serial) for listed in page.cards], page.cursor)

    def visit(self, program: Program, walk: Walk, stop: Stop) -> str:
        """ "unchanged", "changed" (no phone to tell now), "pushed" or "gone". Raises TryAgain."""
        card = self.cards.card(stop.name)
        return "gone" if card is None else self.refresh.one(card).value

    def opens_at(self, program: Program, walk: Walk, now: Instant) -> Instant:
        """At once, unless messages are paused: a look is no news, and no phone speaks of it."""
        return now + PAUSED_MILLISECONDS if program.is_paused("messages") else now

    def count(self, program: Program) -> int:
        """How many cards there are, for an operator's bar: reads the whole listing."""
        total, cursor = 0, ""
        while True:
            page = self.cards.listed(program.slug, cursor=cursor, limit=_PAGE)
            total, cursor = total + len(page.cards), page.cursor
            if not cursor:
                return total
