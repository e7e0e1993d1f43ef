"""The journal's nouns: an account's purses, its snapshot, and the immutable entry that carries both.

    Entry      one immutable line: what moved (`legs`, `rolled`) and the snapshot after it
    Snapshot   everything that is true of an account: the newest entry's snapshot *is* the balance
    Purse      one currency of one account
    Cell       points that may be used until the same instant

Points are whole numbers. Instants are milliseconds since 1970 UTC. A cell is usable while `now < ends`.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.events import AccountId, Instant, Reference

NEVER: Instant = 253_402_300_800_000
"""The year 10000: a cell that does not expire, a maturity whose day is not known yet."""


class Cell(msgspec.Struct, frozen=True, order=True):
    """Points that end at the same instant; in a rolling metric, the instant at which they leave the window."""

    ends: Instant
    points: int


class Maturing(msgspec.Struct, frozen=True, order=True):
    """Points on the way: they become the cell that ends at `ends` at the instant `at` (NEVER: not known yet).

    Where both are one instant, points wait for something that must happen by then; otherwise they end on the way.
    """

    at: Instant
    ends: Instant
    points: int

    @property
    def never_usable(self) -> bool:
        """Do they end on the way, unless something happens before?"""
        return self.at == self.ends and self.ends != NEVER


class Hold(msgspec.Struct, frozen=True, order=True):
    """Points set aside for a checkout until `until`; `cells` are the lots they came from and go back to.

    document: the redemption they wait for
    """

    until: Instant
    document: Reference
    cells: tuple[Cell, ...]

    @property
    def points(self) -> int:
        """Points set aside."""
        return sum(cell.points for cell in self.cells)


class Purse(msgspec.Struct, frozen=True):
    """One currency of one account. Cells, maturing points and holds are sorted, without empties or duplicates.

    debt: points taken back beyond what there was; while there is debt nothing is spendable
    issued, redeemed, expired, taken_back: lifetime totals
    transferred: points that came from other members, less those that went to them
    """

    cells: tuple[Cell, ...] = ()
    maturing: tuple[Maturing, ...] = ()
    holds: tuple[Hold, ...] = ()
    debt: int = 0
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    taken_back: int = 0
    transferred: int = 0

    @property
    def spendable(self) -> int:
        """Points that can be used now; the purse must be settled to now."""
        return sum(cell.points for cell in self.cells)

    @property
    def pending(self) -> int:
        """Points on the way."""
        return sum(part.points for part in self.maturing)

    @property
    def held(self) -> int:
        """Points set aside for checkouts."""
        return sum(hold.points for hold in self.holds)

    @property
    def balance(self) -> int:
        """What people are shown: spendable points, or the debt as a negative number."""
        return self.spendable - self.debt


REMEMBERED_CHANGES = 4


class Tier(msgspec.Struct, frozen=True):
    """The level an account holds. `lapses`: the end of a grace period, when one is running.

    changes: the last four (since, level), oldest first, so that a late order finds the tier of its own day.
    """

    level: str = ""
    since: Instant = 0
    lapses: Instant | None = None
    changes: tuple[tuple[Instant, str], ...] = ()

    def at(self, instant: Instant) -> str:
        """The level in force at `instant`, as far back as the last changes tell; none before the first of all."""
        level = self.changes[0][1] if len(self.changes) == REMEMBERED_CHANGES else ""
        for since, name in self.changes:
            if since <= instant:
                level = name
        return level


Status = Literal["unclaimed", "active", "merged", "closed"]


class Snapshot(msgspec.Struct, frozen=True):
    """All that is true of an account after an entry.

    opened: the instant of the first entry      metrics: rolling metrics by name, as cells that leave the window
    merged_to: the account that carries this one's points when the status is "merged"
    """

    opened: Instant
    status: Status = "unclaimed"
    merged_to: AccountId | None = None
    purses: Mapping[str, Purse] = msgspec.field(default_factory=dict)
    metrics: Mapping[str, tuple[Cell, ...]] = msgspec.field(default_factory=dict)
    tier: Tier = Tier()

    def purse(self, currency: str) -> Purse:
        """The purse of `currency`; an empty one when the account never held any."""
        return self.purses.get(currency, Purse())

    def metric(self, name: str) -> int:
        """The rolling metric's sum; the snapshot must be settled."""
        return sum(cell.points for cell in self.metrics.get(name, ()))


PlaceKind = Literal["cell", "maturing", "held", "debt", "issued", "redeemed", "expired", "taken_back", "transferred"]


class Leg(msgspec.Struct, frozen=True):
    """One signed movement; the legs of an entry sum to zero per currency.

    The member's own places (cell, maturing, held, debt) grow with a positive sign; debt is held as a negative amount.
    issued is negative when points come into being; redeemed, expired and taken_back are positive when points go;
    transferred is positive when points go to another member.
    ends: of a cell, of maturing or held points      at: when maturing points ripen, when a hold runs out
    document: the redemption for which points are held
    """

    place: PlaceKind
    currency: str
    points: int
    ends: Instant | None = None
    at: Instant | None = None
    document: Reference | None = None


class Rolled(msgspec.Struct, frozen=True):
    """A signed change of a rolling metric's cell."""

    metric: str
    leaves: Instant
    points: int


EntryKind = Literal[
    "earned",
    "taken_back",
    "redeemed",
    "restored",
    "held",
    "released",
    "moved",
    "adjusted",
    "transferred",
    "corrected",
    "settled",
    "claimed",
    "merged",
    "unmerged",
    "noted",
]


class Entry(msgspec.Struct, frozen=True):
    """One immutable line of an account's journal.

    seq: 1, 2, 3, ...        at: server time, never earlier than the entry before
    document: the outside fact it was posted for     name: what people call it ("#1001"), "" when it has no name
    event: the delivery that caused it     actor: who or what posted
    version: the program version that priced it, its first 16 hex digits      rules: names of the rules that gave points
    prev, hash: SHA-256 as unpadded base64url; `prev` of the first entry is empty
    """

    account: AccountId
    seq: int
    at: Instant
    occurred_at: Instant
    kind: EntryKind
    document: Reference
    name: str
    event: str
    actor: str
    version: str
    rules: tuple[str, ...]
    legs: tuple[Leg, ...]
    rolled: tuple[Rolled, ...]
    snap: Snapshot
    prev: str
    hash: str
