"""How old points are, and what became of those of every age: one account's journal replayed lot by lot.

A cell holds points of several months; the oldest leave it first. Points that came with another account are as old as
the day on which they came: their own months are in the other journal.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import msgspec

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.journal import Entry, Leg
from chalicelib.ledger.liability import Lot, Vintages

_Place = tuple[str, Instant | None, Instant | None, str | None]
_MEMBERS = ("cell", "maturing", "held")


class _Part(msgspec.Struct):
    """Points of one month in one place."""

    month: int
    points: int


class _Left(msgspec.Struct):
    """Points that an entry took from a place: pending while they were on the way, ended when their time was over."""

    month: int
    points: int
    is_pending: bool
    has_ended: bool


class Ages(msgspec.Struct):
    """Follows the checker through a program and remembers what became of points, by currency.

    month_of: the number of an instant's local month      now: what has ended by then is no longer counted as held
    """

    month_of: Callable[[Instant], int]
    now: Instant
    vintages: defaultdict[str, Vintages] = msgspec.field(default_factory=lambda: defaultdict(Vintages))
    held: defaultdict[tuple[str, int, bool], int] = msgspec.field(default_factory=lambda: defaultdict(int))

    def follow(self, account: AccountId, entries: Sequence[Entry]) -> None:
        """Replay one account, oldest entry first."""
        replay = _Replay(self)
        for entry in entries:
            for currency in dict.fromkeys(leg.currency for leg in entry.legs):
                replay.entry(entry, currency)
        replay.close()

    def lots(self, currency: str) -> Iterator[Lot]:
        """What is held now, by age."""
        for (own, age, is_pending), points in sorted(self.held.items()):
            if own == currency and points:
                yield Lot(age, is_pending, points)


class _Replay:
    def __init__(self, ages: Ages) -> None:
        self._ages = ages
        self._places: defaultdict[_Place, list[_Part]] = defaultdict(list)
        self._used: defaultdict[str, list[tuple[_Part, int]]] = defaultdict(list)

    def entry(self, entry: Entry, currency: str) -> None:
        legs = [leg for leg in entry.legs if leg.currency == currency]
        month = self._ages.month_of(entry.at)
        left = [part for leg in legs if leg.place in _MEMBERS and leg.points < 0 for part in self._leave(leg, entry.at)]
        sums = {place: sum(leg.points for leg in legs if leg.place == place) for place in ("expired", "redeemed")}
        self._go(currency, left, sums["expired"], month, only_ended=True)
        if sums["redeemed"] < 0 and entry.kind == "restored":
            left += self._come_back(currency, -sums["redeemed"])
        for leg in legs:
            if leg.place in _MEMBERS and leg.points > 0:
                self._arrive(leg, left, month)
        if entry.kind in ("merged", "unmerged"):
            return
        self._use(currency, left, sums["redeemed"], month)
        taken = sum(leg.points for leg in legs if leg.place == "taken_back")
        self._go(currency, left, taken, month, only_ended=False)

    def close(self) -> None:
        """The account's journal is over: what is left is held, and has reached every age but its own."""
        now = self._ages.now
        today = self._ages.month_of(now)
        for (place, ends, at, _), parts in self._places.items():
            currency, _, kind = place.rpartition("/")
            for part in parts:
                if part.points and (ends is None or ends > now):
                    age = max(0, today - part.month)
                    is_pending = kind == "maturing" and at is not None and at > now
                    self._ages.held[currency, age, is_pending] += part.points
                    for month in range(age):
                        self._ages.vintages[currency].reached[month] += part.points

    def _leave(self, leg: Leg, at: Instant) -> Iterator[_Left]:
        parts, points = self._places[_place(leg)], -leg.points
        while points and parts:
            taken = min(points, parts[0].points)
            has_ended = leg.place == "cell" and leg.ends is not None and leg.ends <= at
            yield _Left(parts[0].month, taken, leg.place == "maturing", has_ended)
            parts[0].points -= taken
            points -= taken
            if not parts[0].points:
                parts.pop(0)

    def _arrive(self, leg: Leg, left: list[_Left], month: int) -> None:
        """Points that only moved keep their month; the others are new."""
        points = leg.points
        for part in left:
            moved = min(points, part.points)
            if moved:  # what ended and is still there lives on: its owner's level lets it
                part.points -= moved
                points -= moved
                self._places[_place(leg)].append(_Part(part.month, moved))
                if part.is_pending and leg.place == "cell":
                    self._ages.vintages[leg.currency].arrived += moved
        if points:
            self._places[_place(leg)].append(_Part(month, points))
        self._places[_place(leg)].sort(key=lambda part: part.month)

    def _use(self, currency: str, left: list[_Left], points: int, month: int) -> None:
        vintages = self._ages.vintages[currency]
        for part in left:
            used = min(max(0, points), part.points)
            if used:
                age = max(0, month - part.month)
                part.points -= used
                points -= used
                vintages.used[age] += used
                _reach(vintages, age, used)
                self._used[currency].append((_Part(part.month, used), age))

    def _come_back(self, currency: str, points: int) -> Iterator[_Left]:
        """Points that were used after all were not: the last used come back first."""
        vintages, used = self._ages.vintages[currency], self._used[currency]
        while points and used:
            part, age = used[-1]
            back = min(points, part.points)
            part.points -= back
            points -= back
            vintages.used[age] -= back
            _reach(vintages, age, -back)
            if not part.points:
                used.pop()
            yield _Left(part.month, back, False, False)

    def _go(self, currency: str, left: list[_Left], points: int, month: int, *, only_ended: bool) -> None:
        """Points that expired or were taken back."""
        vintages = self._ages.vintages[currency]
        for part in left:
            gone = min(max(0, points), part.points) if part.has_ended or not only_ended else 0
            if gone:
                age = max(0, month - part.month)
                part.points -= gone
                points -= gone
                vintages.gone[age] += gone
                _reach(vintages, age, gone)
                vintages.failed += gone if part.is_pending else 0


def _place(leg: Leg) -> _Place:
    return (f"{leg.currency}/{leg.place}", leg.ends, leg.at, leg.document)


def _reach(vintages: Vintages, age: int, points: int) -> None:
    for month in range(age + 1):
        vintages.reached[month] += points
