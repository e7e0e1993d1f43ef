"""Does the program stay out of the red, and who is better off under another one?"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from statistics import median

import msgspec

from chalicelib.programs.backtest.figures import Outcome
from chalicelib.programs.backtest.replay import Replay

NONE = Fraction(0)
_DAY = 86_400_000
WAITS = (7, 30, 90, 180, 365)
"""Days within which the first reward is counted."""
GROUPS = ((1, 1), (2, 5), (6, 20), (21, None))
"""Members by how many orders they made: from, to (None: any more)."""


class Verdict(msgspec.Struct, frozen=True):
    """What the program cost, in minor units of its money, beside what members brought.

    used: worth of the points that were used      open: of those that members still hold, if all are used one day
    margin: the share of sales that is margin, None when nobody said      sales: of members, less what went back
    months: for each month what it left: its margin less what was used and what came to be owed in it
    """

    sales: Fraction
    used: Fraction
    open: Fraction
    margin: Fraction | None
    months: tuple[tuple[str, Fraction], ...] = ()

    @property
    def cost(self) -> Fraction:
        """What was used and what may yet be."""
        return self.used + self.open

    @property
    def share_of_sales(self) -> Fraction:
        """Cost for each unit of sales; also the least margin with which the program pays for itself."""
        return self.cost / self.sales if self.sales > 0 else NONE

    @property
    def share_of_margin(self) -> Fraction | None:
        """Cost for each unit of margin."""
        return self.share_of_sales / self.margin if self.margin else None

    @property
    def left(self) -> Fraction | None:
        """What is left of the margin."""
        return None if self.margin is None else self.sales * self.margin - self.cost

    @property
    def more_sales(self) -> Fraction | None:
        """By how much sales must grow because of the program so that it costs nothing; None when that is in vain."""
        if self.margin is None or self.left is None or self.left <= 0:
            return None
        return self.cost / self.left

    @property
    def red_months(self) -> tuple[str, ...]:
        """Months that cost more than their margin."""
        return tuple(name for name, left in self.months if left < 0)


def verdict(replay: Replay, margin: Fraction | None) -> Verdict:
    """Every point counts in full, also those that may never be used: the careful side."""
    definition = replay.definition
    worth = {currency.key: currency.worth or NONE for currency in definition.currencies}
    months, used, held = [], NONE, NONE
    for month in replay.months:
        spent = sum((part.redeemed * worth[key] for key, part in month.points.items()), NONE)
        now = sum((points * worth.get(key, NONE) for key, points in month.held.items()), NONE)
        if margin is not None:
            months.append((month.name, month.sales * margin - spent - (now - held)))
        used, held = used + spent, now
    return Verdict(replay.books.kept, used, held, margin, tuple(months))


class Reach(msgspec.Struct, frozen=True):
    """How soon members come within reach of a reward.

    within: how many in so many days (see WAITS), each group only those the one before has not
    days, orders: the median among those who do; None when nobody does
    """

    members: int
    reached: int
    within: Mapping[int, int]
    days: Fraction | None
    orders: Fraction | None


def reach(replay: Replay) -> Reach:
    """Of all members of a replay."""
    waits, orders, within = [], [], dict.fromkeys(WAITS, 0)
    for _, outcome in replay.outcomes():
        if outcome.waited is not None:
            waits.append(outcome.waited)
            orders.append(outcome.after)
            group = next((days for days in WAITS if outcome.waited <= days * _DAY), None)
            if group is not None:
                within[group] += 1
    return Reach(
        members=replay.members,
        reached=len(waits),
        within=within,
        days=Fraction(median(waits)) / _DAY if waits else None,
        orders=Fraction(median(orders)) if orders else None,
    )


class Group(msgspec.Struct):
    """Members with about as many orders: how many gain and lose by the other program, and how much."""

    least: int
    most: int | None
    gain: int = 0
    lose: int = 0
    same: int = 0
    gained: Fraction = NONE
    lost: Fraction = NONE

    def add(self, change: Fraction) -> None:
        """One member; `change` is what points are worth to them, in minor units."""
        self.gain += change > 0
        self.lose += change < 0
        self.same += change == 0
        self.gained += max(change, NONE)
        self.lost -= min(change, NONE)


class Comparison(msgspec.Struct, frozen=True):
    """Two programs over one history, member by member.

    groups: by number of orders      best, worst: the largest change of one member
    levels: members by (level here, level there)      points: earned under the one and the other
    """

    groups: tuple[Group, ...]
    best: Fraction
    worst: Fraction
    points: tuple[int, int]
    levels: Mapping[tuple[str, str], int]

    @property
    def whole(self) -> Group:
        """All groups together."""
        total = Group(1, None)
        for group in self.groups:
            total.gain, total.lose, total.same = (
                total.gain + group.gain,
                total.lose + group.lose,
                total.same + group.same,
            )
            total.gained, total.lost = total.gained + group.gained, total.lost + group.lost
        return total


def compared(one: Replay, other: Replay) -> Comparison:
    """What changes for members if `other` takes the place of `one`. Both were fed the same events."""
    groups = tuple(Group(least, most) for least, most in GROUPS)
    best, worst, points, levels = NONE, NONE, (0, 0), Counter[tuple[str, str]]()
    theirs = dict(other.outcomes())
    for customer, mine in one.outcomes():
        their = theirs.get(customer)
        if their is None:
            continue
        change = their.worth - mine.worth
        next(group for group in groups if _belongs(mine, group)).add(change)
        best, worst = max(best, change), min(worst, change)
        points = (points[0] + mine.points, points[1] + their.points)
        levels[mine.level, their.level] += 1
    return Comparison(groups, best, worst, points, levels)


def _belongs(outcome: Outcome, group: Group) -> bool:
    return outcome.orders >= group.least and (group.most is None or outcome.orders <= group.most)
