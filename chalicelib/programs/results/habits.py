"""What every member did: gathered from the journals and the orders, account by account.

An account that was merged counts with the one that carries its points: one person, one set of habits.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.documents import Document, OrderDocument
from chalicelib.ledger.journal import Entry, Status
from chalicelib.ledger.orders import returned

_MOST_HOPS = 100


class Bought(msgspec.Struct, frozen=True):
    """An order that was kept: when, and the goods that did not go back, in minor units of the program's money."""

    at: Instant
    goods: Fraction


class Moved(msgspec.Struct, frozen=True):
    """Points of one kind that were given (`issued`), used (`redeemed`, negative when they came back) or expired."""

    at: Instant
    currency: str
    what: Literal["issued", "redeemed", "expired", "taken_back"]
    points: int


class Habit(msgspec.Struct):
    """One person. `joined`: None for a guest; `active`: when points were earned or used last, None for never.

    rewarded: when points were used for the first time
    """

    joined: Instant | None = None
    status: Status = "unclaimed"
    active: Instant | None = None
    rewarded: Instant | None = None
    bought: list[Bought] = msgspec.field(default_factory=list)

    def add(self, other: "Habit") -> None:
        """Let the habits of an account that was merged into this one count, too."""
        self.joined = _earliest(self.joined, other.joined)
        self.rewarded = _earliest(self.rewarded, other.rewarded)
        self.active = max((at for at in (self.active, other.active) if at is not None), default=None)
        self.bought += other.bought


class Gathering(msgspec.Struct):
    """Is shown every journal and every document of a program once, in any order.

    worth_of: what one minor unit of an order's money is in minor units of the program's, 0 where it does not count
    """

    worth_of: Callable[[OrderDocument], Fraction]
    moved: list[Moved] = msgspec.field(default_factory=list)
    _habits: defaultdict[AccountId, Habit] = msgspec.field(default_factory=lambda: defaultdict(Habit))
    _merged: dict[AccountId, AccountId] = msgspec.field(default_factory=dict)

    def follow(self, account: AccountId, entries: Sequence[Entry]) -> None:
        """One account's entries, oldest first."""
        habit, newest = self._habits[account], entries[-1].snap
        habit.status = newest.status
        if newest.status == "merged" and newest.merged_to is not None:
            self._merged[account] = newest.merged_to
        for entry in entries:
            if habit.joined is None and entry.snap.status == "active":
                habit.joined = entry.at
            self._entry(habit, entry)

    def document(self, document: Document | None) -> None:
        """One document; only orders that were paid, are not cancelled and did not go back whole are bought."""
        if not isinstance(document, OrderDocument) or document.account is None or document.state != "posted":
            return
        facts = document.facts
        if facts is None or not facts.is_paid or facts.is_cancelled:
            return
        goods = facts.amounts.less(returned(document)).goods * self.worth_of(document)
        if goods > 0:
            self._habits[document.account].bought.append(Bought(facts.occurred_at, goods))

    def people(self) -> Iterator[Habit]:
        """Everybody once."""
        whole: defaultdict[AccountId, Habit] = defaultdict(Habit)
        for account, habit in self._habits.items():
            own = self._carrier(account)
            if own == account:
                whole[own].status = habit.status
            whole[own].add(habit)
        yield from whole.values()

    def _carrier(self, account: AccountId) -> AccountId:
        for _ in range(_MOST_HOPS):
            if account not in self._merged:
                break
            account = self._merged[account]
        return account

    def _entry(self, habit: Habit, entry: Entry) -> None:
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for leg in entry.legs:
            sums[leg.currency, leg.place] += leg.points
        for (currency, place), points in sums.items():
            if place in _SIGNS and points:
                self.moved.append(Moved(entry.at, currency, _NAMES[place], _SIGNS[place] * points))
        if entry.kind == "redeemed" and _used(entry) > 0:
            habit.rewarded = _earliest(habit.rewarded, entry.at)
        if entry.kind in ("earned", "redeemed", "held"):
            habit.active = max(habit.active or 0, entry.occurred_at)


_SIGNS: Mapping[str, int] = {"issued": -1, "redeemed": 1, "expired": 1, "taken_back": 1}
_NAMES: Mapping[str, Literal["issued", "redeemed", "expired", "taken_back"]] = {
    "issued": "issued",
    "redeemed": "redeemed",
    "expired": "expired",
    "taken_back": "taken_back",
}


def _used(entry: Entry) -> int:
    """Points that an entry uses, of all kinds. One that joins accounts moves such points and uses none."""
    return sum(leg.points for leg in entry.legs if leg.place == "redeemed")


def _earliest(*instants: Instant | None) -> Instant | None:
    return min((at for at in instants if at is not None), default=None)
