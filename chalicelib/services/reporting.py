"""What a program does for its shop: the journals, which are checked on the way, and the orders, each read once."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.documents import OrderDocument
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.conversion import rate_for
from chalicelib.programs.definition import Definition
from chalicelib.programs.nps import Score
from chalicelib.programs.program import Program
from chalicelib.programs.results.figures import Figures, Period, figures
from chalicelib.programs.results.habits import Gathering
from chalicelib.services.answering import Recommending
from chalicelib.services.owing import Liability, Owing
from chalicelib.services.ports import Audit, Clock
from chalicelib.services.verifying import Found, Watch, unwatched


class Told(msgspec.Struct, frozen=True):
    """All that a report is made of. `score`: None where the program asks nobody."""

    definition: Definition
    period: Period
    figures: Figures
    owed: Sequence[Liability]
    score: Score | None
    found: Found


class Reporting(msgspec.Struct, frozen=True):
    """Reads everything of a program; changes nothing."""

    owing: Owing
    recommending: Recommending
    audit: Audit
    clock: Clock

    def report(self, program: Program, *, since: Instant, watch: Watch = unwatched) -> Told:
        """The figures of the time from `since` to now, by the rules in force now. Raises TryAgain."""
        now = self.clock.now()
        definition = program.in_force(now).definition
        gathering = Gathering(lambda document: _worth_of(program, document))
        found, owed = self.owing.report(program, watch=watch, followers=[gathering.follow])
        for kept in self.audit.kept_documents(program.slug):
            gathering.document(kept.document)
        period = Period(since, now, ZoneCalendar(definition.time_zone))
        score = None if definition.nps is None else self.recommending.score(program, since=since)
        return Told(definition, period, figures(gathering, definition, period), owed, score, found)


def _worth_of(program: Program, document: OrderDocument) -> Fraction:
    if document.pricing is None or document.facts is None:
        return Fraction(0)
    return rate_for(program.version(document.pricing.version).definition, document.pricing, document.facts)
