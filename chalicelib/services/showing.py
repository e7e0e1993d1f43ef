"""What a member sees: the card's face and history, always from a strong read settled to now."""

from collections.abc import Sequence

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.cards.facing import Holder, face_of
from chalicelib.cards.history import HistoryRow, history
from chalicelib.cards.reasons import Reason, reason
from chalicelib.errors import Broken
from chalicelib.programs.program import Program
from chalicelib.programs.texts import spoken
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Card, Clock, Ledger, Programs

_HISTORY = 30
"""Entries shown in the history of a page; one more is read, to know what the oldest of them changed."""


class Shown(msgspec.Struct, frozen=True):
    """A card as it looks now. `seq`: the entry it is made of, 0 before the first."""

    face: CardFace
    seq: int


class Showing(msgspec.Struct, frozen=True):
    """Reads cards for every wallet and page."""

    ledger: Ledger
    programs: Programs
    clock: Clock
    base_url: str

    def face(self, card: Card) -> Shown:
        """The face of a card. The link of its page is not known here (only its digest is), so none is printed."""
        program = self._program(card)
        now = self.clock.now()
        stand = standing(self.ledger, program, card.account, now)
        holder = Holder(card.barcode, f"{self.base_url}/p/{card.program}", card.language, card.is_void, card.message)
        version = program.in_force(now)
        face = face_of(version.definition, stand.snap, holder, now, sheet=version.sheet)
        return Shown(face, stand.before.seq if stand.before else 0)

    def history(self, card: Card, language: str) -> Sequence[tuple[HistoryRow, Reason]]:
        """The last things that happened, up to now, each with its reason in words; the newest day first."""
        program = self._program(card)
        now = self.clock.now()
        account = standing(self.ledger, program, card.account, now).account
        entries = self.ledger.entries(card.program, account, newest_first=True, limit=_HISTORY + 1)
        definition = program.latest.definition
        currency, said_in = definition.main.key, spoken(definition, language)
        rows = [row for row in history(entries[::-1], program, currency, now=now) if row.is_news]
        rows.reverse()
        newest_first = sorted(rows, key=lambda row: -row.at)  # of one instant, the later posted stays first
        return [(row, reason(row, program, currency, said_in)) for row in newest_first]

    def _program(self, card: Card) -> Program:
        program = self.programs.program(card.program)
        if program is None:
            raise Broken("program_gone", program=card.program)
        return program
