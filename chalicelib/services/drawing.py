"""Prize draws: the tickets as they stood when the draw closed, and who has won. Nothing is written."""

from datetime import date

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Instant
from chalicelib.ledger.chain import decode
from chalicelib.ledger.settle import settle
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.draws import Drawing, drawing
from chalicelib.programs.membership import Draw
from chalicelib.programs.program import Program
from chalicelib.services.ports import Audit, Clock


class Draws(msgspec.Struct, frozen=True):
    """Reads whole journals: for operators, never on the way of an event."""

    audit: Audit
    clock: Clock

    def named(self, program: Program, name: str) -> Draw:
        """The draw of the newest version. Raises Refused("draw_unknown")."""
        for draw in program.latest.definition.membership.draws:
            if draw.name == name:
                return draw
        raise Refused("draw_unknown", name=name[:24])

    def tickets(self, program: Program, draw: Draw) -> dict[AccountId, int]:
        """Tickets of each member when the draw closed. Raises Refused("draw_open") before that."""
        closed = ZoneCalendar(program.latest.definition.time_zone).start(date.fromisoformat(draw.closes))
        if self.clock.now() < closed:
            raise Refused("draw_open", closes=draw.closes)
        found = {}
        for account, stored in self.audit.journals(program.slug):
            before = [entry for entry in (decode(row.line, row.hash) for row in stored) if entry.at < closed]
            if before and before[-1].snap.status == "active":
                settled = settle(before[-1].snap, program.timeline, since=before[-1].at, at=_just_before(closed))
                if count := settled.snap.purse(draw.tickets).spendable:
                    found[account] = count
        return dict(sorted(found.items()))

    def draw(self, program: Program, draw: Draw, seed: str) -> Drawing:
        """Who has won. Raises: Refused (draw_open, another_seed, no_tickets)."""
        tickets = self.tickets(program, draw)
        return drawing(tickets, seed=seed, commitment=draw.commitment, winners=draw.winners)


def _just_before(closed: Instant) -> Instant:
    """Tickets that end with the last day still count on it."""
    return closed - 1
