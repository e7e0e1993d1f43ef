"""Day totals: counted as entries come, exact every night, always tied to the journal to the point.

What is counted by day is approximate: the stream may show an entry late, or its container may die between noting the
entry and counting it. The nightly sums replace it. A day that was summed is closed and never changes.
"""

import datetime
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.totals import DayTotal, Flow, flows, owned, rolled
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.services.ports import Clock, Programs
from chalicelib.services.ports.totals import SHARDS, Totals

_HOUR = 3_600_000
_QUARTER = 900_000
"""All zones change their day, and their clocks, at a full quarter of an hour."""
_ONE_DAY = datetime.timedelta(days=1)


@dataclass
class DayBook:
    """Sums the days that are over and not closed yet, from every entry of a program.

    today: the first day that is not over      opened: by currency, the newest closed day
    held: by currency, what members held at the end of yesterday      now: what they hold by their newest entries
    """

    calendar: ZoneCalendar
    today: str
    opened: Mapping[str, DayTotal | None]
    flows: defaultdict[tuple[str, str], Flow] = field(default_factory=lambda: defaultdict(Flow))
    held: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    now: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _days: dict[int, str] = field(default_factory=dict)

    def follow(self, account: AccountId, entries: Sequence[Entry]) -> None:
        """Sum one account's entries, oldest first. It is a follower of the checker."""
        at_end: Entry | None = None
        for entry in entries:
            day = self._day(entry.at)
            if day >= self.today:
                break
            at_end = entry
            for currency, flow in flows(entry).items():
                last = self.opened.get(currency)
                if last is None or day > last.day:
                    self.flows[currency, day] = self.flows[currency, day].plus(flow)
        for entry_then, held in ((at_end, self.held), (entries[-1], self.now)):
            for currency, purse in entry_then.snap.purses.items() if entry_then else ():
                held[currency] += owned(purse)

    def totals(self) -> Iterator[DayTotal]:
        """The days to close, currency by currency, without a gap."""
        currencies = {*self.held, *(currency for currency, _ in self.flows), *(k for k, v in self.opened.items() if v)}
        for currency in sorted(currencies):
            last = self.opened.get(currency)
            first = _after(last.day) if last else min((d for c, d in self.flows if c == currency), default=self.today)
            days = [(day, self.flows[currency, day]) for day in _days(first, self.today)]
            yield from rolled(currency, last.closing if last else 0, days, self.held[currency])

    def _day(self, instant: Instant) -> str:
        quarter = instant // _QUARTER
        day = self._days.get(quarter)
        if day is None:
            day = self._days[quarter] = self.calendar.day(instant).isoformat()
        return day


@dataclass(frozen=True, slots=True)
class Totalling:
    """Counts, closes and tells day totals."""

    totals: Totals
    programs: Programs
    clock: Clock

    def count(self, program: str, entry: Entry) -> None:
        """Add a new entry to its day; each entry should come once. Raises TryAgain."""
        known = self.programs.program(program)
        moved = flows(entry)
        if known is None or not moved:
            return
        day = _calendar(known).day(entry.at).isoformat()
        for currency, flow in moved.items():
            self.totals.count(program, day, currency, flow, shard=zlib.crc32(entry.account.encode()) % SHARDS)

    def book(self, program: Program) -> DayBook:
        """An empty book for the days that are over by now, for at least an hour."""
        today = _calendar(program).day(self.clock.now() - _HOUR).isoformat()
        opened = {key: self.totals.last_closed(program.slug, key) for key in _currencies(program)}
        return DayBook(_calendar(program), today, opened)

    def close(self, program: Program, book: DayBook) -> Sequence[DayTotal]:
        """Write the exact totals of a book that has followed the whole journal."""
        closed = list(book.totals())
        for total in closed:
            self.totals.close(program.slug, total)
        return closed

    def days(self, program: Program, since: str, until: str) -> Sequence[DayTotal]:
        """Totals of the days from `since` to `until`, by currency; days that are not closed are as counted so far."""
        found: list[DayTotal] = []
        for currency in _currencies(program):
            found += self.totals.closed(program.slug, currency, since, until)
            last = self.totals.last_closed(program.slug, currency)
            opening = last.closing if last else 0
            for day, flow in self.totals.counted(program.slug, currency, _after(last.day) if last else "", until):
                total = DayTotal(day, currency, opening, flow, 0, opening + flow.net, is_exact=False)
                opening = total.closing
                if day >= since:
                    found.append(total)
        return found


def _currencies(program: Program) -> Sequence[str]:
    """All that any version knew, in the order in which they came."""
    return list(
        dict.fromkeys(currency.key for version in program.versions for currency in version.definition.currencies)
    )


def _calendar(program: Program) -> ZoneCalendar:
    return ZoneCalendar(program.latest.definition.time_zone)


def _after(day: str) -> str:
    return (datetime.date.fromisoformat(day) + _ONE_DAY).isoformat()


def _days(first: str, end: str) -> Iterator[str]:
    while first < end:
        yield first
        first = _after(first)
