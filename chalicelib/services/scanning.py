"""Whose card was scanned at the till. A code identifies; it never spends by itself."""

from collections.abc import Callable

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.programs.barcodes import MOST_SCANNED, as_scanned, is_misread
from chalicelib.programs.program import Program
from chalicelib.services.ports import Card, Cards, Clock

IsFresh = Callable[[Card, str, Instant], bool]
"""Whether the changing part of a card's code is one that its wallet shows at this moment."""


def never_changes(card: Card, part: str, now: Instant) -> bool:
    """For a house without codes that change: none is fresh."""
    return False


class Scanning(msgspec.Struct, frozen=True):
    """Finds cards by what a scanner read."""

    cards: Cards
    clock: Clock
    is_fresh: IsFresh = never_changes

    def card(self, program: Program, text: str) -> Card | None:
        """The card; None for a code that is nobody's.

        A code that changes is the card's own one and its changing part, with a full stop between.
        Raises: Refused (code_misread, code_too_old, card_has_ended).
        """
        code, _, changing = as_scanned(text[:MOST_SCANNED]).partition(".")
        if is_misread(code):
            raise Refused("code_misread")
        card = self.cards.card_by_barcode(program.slug, code) if code else None
        if card is None:
            return None
        if changing and not self.is_fresh(card, changing, self.clock.now()):
            raise Refused("code_too_old")
        if card.is_void:
            raise Refused("card_has_ended")
        return card
