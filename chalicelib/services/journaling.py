"""From a decision to the next entry of an account: what every service that moves points does alike."""

from collections.abc import Callable

import msgspec

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.chain import seal
from chalicelib.ledger.check import next_snapshot, opening
from chalicelib.ledger.journal import Entry, EntryKind, Leg, Rolled, Snapshot, Status
from chalicelib.ledger.settle import Settled, settle
from chalicelib.programs.program import Program
from chalicelib.services.ports import Clock, Ledger

_SKEW = 10_000
"""An entry from further ahead than this many milliseconds means that somebody's clock is wrong."""
MOST_HOPS = 100
"""From a merged account to the one that carries its points; more of them would be a circle."""
_LAST_SECOND = 1_000
"""Milliseconds."""


class Standing(msgspec.Struct, frozen=True):
    """An account settled to `at`: what a decision starts from. `before` is its newest entry, None for a new one."""

    account: AccountId
    before: Entry | None
    settled: Settled
    at: Instant

    @property
    def snap(self) -> Snapshot:
        return self.settled.snap


class Line(msgspec.Struct, frozen=True):
    """What the next entry says, beside the movements that time made."""

    kind: EntryKind
    document: Reference
    occurred_at: Instant
    actor: str
    version: str
    name: str = ""
    event: str = ""
    rules: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    rolled: tuple[Rolled, ...] = ()
    status: Status | None = None
    merged_to: AccountId | None = None


InTime = Callable[[], None]
"""Called before each call of a store. Raises TryAgain when there is no time left for another."""


def unhurried() -> None:
    """Nobody waits for the answer."""


def in_time(clock: Clock, deadline: Instant | None) -> None:
    """Raises TryAgain when less than a second is left: no call to a neighbour starts then."""
    if deadline is not None and clock.now() + _LAST_SECOND > deadline:
        raise TryAgain("out_of_time")


def opened(account: AccountId, now: Instant) -> Standing:
    """A new account: nothing to read."""
    return Standing(account, None, Settled(opening(now), (), ()), now)


def standing(ledger: Ledger, program: Program, account: AccountId, now: Instant) -> Standing:
    """Read the newest entry, strongly, and settle it to now; a merged account leads to the one that carries it.

    Raises: TryAgain while the newest entry is from the future.
    """
    for _ in range(MOST_HOPS):
        before = ledger.newest(program.slug, account)
        if before is None:
            return opened(account, now)
        if before.snap.status != "merged" or before.snap.merged_to is None:
            return _settled(program, before, now)
        account = before.snap.merged_to
    raise Broken("merged_in_a_circle", account=account)


def is_one(ledger: Ledger, program: Program, one: AccountId, other: AccountId, now: Instant) -> bool:
    """Do both names lead to one member? Accounts that were joined are one."""
    return one == other or len({standing(ledger, program, each, now).account for each in (one, other)}) == 1


def standing_alone(ledger: Ledger, program: Program, account: AccountId, now: Instant) -> Standing:
    """The account's own newest entry, settled to now, also where another account carries its points."""
    before = ledger.newest(program.slug, account)
    return opened(account, now) if before is None else _settled(program, before, now)


def _settled(program: Program, before: Entry, now: Instant) -> Standing:
    if before.at > now + _SKEW:
        raise TryAgain("clock_skew", account=before.account, ahead_milliseconds=before.at - now)
    at = max(now, before.at)
    return Standing(before.account, before, settle(before.snap, program.timeline, since=before.at, at=at), at)


def next_entry(standing: Standing, program: Program, line: Line) -> Entry:
    """The sealed entry that follows: what time did, then the line's own movements."""
    before = standing.before
    bare = Entry(
        account=standing.account,
        seq=before.seq + 1 if before else 1,
        at=standing.at,
        occurred_at=line.occurred_at,
        kind=line.kind,
        document=line.document,
        name=line.name,
        event=line.event,
        actor=line.actor,
        version=line.version[:16],
        rules=line.rules,
        legs=line.legs,
        rolled=line.rolled,
        snap=msgspec.structs.replace(
            standing.snap,
            status=line.status or standing.snap.status,
            merged_to=line.merged_to if line.status else standing.snap.merged_to,
        ),
        prev=before.hash if before else "",
        hash="",
    )
    snap = next_snapshot(standing.snap, bare, program.timeline)
    legs = (*standing.settled.legs, *line.legs)
    rolled = (*standing.settled.rolled, *line.rolled)
    return seal(msgspec.structs.replace(bare, snap=snap, legs=legs, rolled=rolled))
