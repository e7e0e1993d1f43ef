"""Day totals: summed from the journal, when they are asked for and every night, and tied to it to the point.

A purchase writes nothing for them. A day that is not over is summed when somebody asks, from the journals of the
accounts that moved, as far as the stream has shown them. The night sums everything; a day that was summed is closed
and never changes.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.totals import DayTotal, Flow, flows, owned, rolled
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.services.ports import Clock, Ledger, Programs, Views
from chalicelib.services.ports.totals import Totals

_HOUR = 3_600_000
_QUARTER = 900_000
"""All zones change their day, and their clocks, at a full quarter of an hour."""
_ONE_DAY = datetime.timedelta(days=1)
_NEVER = "~"
"""Behind every day."""
_STEPS = (20, 500)
"""Entries of an account that are read at first, and then."""


class DayBook(msgspec.Struct):
    """Sums the days that are over and not closed yet, from every entry of a program.

    today: the first day that is not over      opened: by currency, the newest closed day
    held: by currency, what members held at the end of yesterday      now: what they hold by their newest entries
    """

    calendar: ZoneCalendar
    today: str
    opened: Mapping[str, DayTotal | None]
    flows: defaultdict[tuple[str, str], Flow] = msgspec.field(default_factory=lambda: defaultdict(Flow))
    held: defaultdict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    now: defaultdict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    _days: dict[int, str] = msgspec.field(default_factory=dict)

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


class Totalling(msgspec.Struct, frozen=True):
    """Closes and tells day totals."""

    totals: Totals
    programs: Programs
    views: Views
    ledger: Ledger
    clock: Clock

    def book(self, program: Program) -> DayBook:
        """An empty book for the days that are over by now, for at least an hour."""
        return self._book(program, _calendar(program).day(self.clock.now() - _HOUR).isoformat())

    def close(self, program: Program, book: DayBook) -> Sequence[DayTotal]:
        """Write the exact totals of a book that has followed the whole journal."""
        closed = list(book.totals())
        for total in closed:
            self.totals.close(program.slug, total)
        return closed

    def days(self, program: Program, since: str, until: str) -> Sequence[DayTotal]:
        """Totals of the days from `since` to `until`, by currency. Days that are not closed are summed so far.

        Raises: TryAgain, Broken.
        """
        found: list[DayTotal] = []
        book = self._so_far(program)
        for currency, last in book.opened.items():
            found += self.totals.closed(program.slug, currency, since, until)
            opening = last.closing if last else 0
            for day, flow in sorted((day, flow) for (key, day), flow in book.flows.items() if key == currency):
                total = DayTotal(day, currency, opening, flow, 0, opening + flow.net, is_exact=False)
                opening = total.closing
                if since <= day <= until:
                    found.append(total)
        return found

    def _so_far(self, program: Program) -> DayBook:
        """The days that are not closed, from the journals of those who moved since: the rest are not read."""
        book = self._book(program, _NEVER)
        firsts = ["" if last is None else _after(last.day) for last in book.opened.values()]
        first = min(firsts, default="")
        began = book.calendar.start(datetime.date.fromisoformat(first)) if first else 0
        for account in self.views.moved(program.slug, began):
            entries = self._entries(program, account, began)
            if entries:
                book.follow(account, entries)
        return book

    def _entries(self, program: Program, account: AccountId, began: Instant) -> Sequence[Entry]:
        """An account's entries from `began` on, oldest first; hardly more than those are read."""
        for most in (*_STEPS, None):
            newest = self.ledger.entries(program.slug, account, newest_first=True, limit=most)
            recent = [entry for entry in newest if entry.at >= began]
            if most is None or len(recent) < most:
                break
        return recent[::-1]

    def _book(self, program: Program, today: str) -> DayBook:
        opened = {key: self.totals.last_closed(program.slug, key) for key in _currencies(program)}
        return DayBook(_calendar(program), today, opened)


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
