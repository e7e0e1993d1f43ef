"""The checker of one account: what must be true of every journal, whatever happened.

Numbers name the promises: 1 no gap and no ghost; 2 the hash chain holds; 3 legs sum to zero; 4 each snapshot is the
settled one before it plus the entry; 5 what is held equals what was issued less what left; 6 nothing is negative and
debt means that nothing is spendable.
"""

from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant
from chalicelib.ledger.bounds import MOST_CELLS, MOST_MATURING, ends_of
from chalicelib.ledger.chain import decode, digest
from chalicelib.ledger.journal import NEVER, Entry, Purse, Snapshot
from chalicelib.ledger.levels import reviewed
from chalicelib.ledger.moves import applied
from chalicelib.ledger.settle import settle
from chalicelib.ledger.stored import Stored
from chalicelib.ledger.timeline import Timeline


class Violation(msgspec.Struct, frozen=True):
    """One promise that does not hold: which account and entry, and what is wrong in plain words."""

    account: AccountId
    seq: int
    promise: int
    says: str


def opening(at: Instant) -> Snapshot:
    """The snapshot before an account's first entry, which is made at `at`."""
    return Snapshot(opened=at)


def next_snapshot(before: Snapshot, entry: Entry, timeline: Timeline) -> Snapshot:
    """The snapshot that an entry's movements lead to from the settled one before it.

    Used for posting and for checking: the tier follows the rules in force now, from the fact's own time on.
    """
    after = applied(before, entry.legs, entry.rolled)
    changed = msgspec.structs.replace(after, status=entry.snap.status, merged_to=entry.snap.merged_to)
    since = min(entry.occurred_at, entry.at)
    return reviewed(changed, timeline.at(entry.at).tiers, since, at=entry.at, before=before)


def violations(
    account: AccountId, stored: Iterable[tuple[int, str, str] | Stored], timeline: Timeline
) -> Iterator[Violation]:
    """What is wrong with a journal as it is stored; see `examined`."""
    return (found for found in examined(account, stored, timeline) if isinstance(found, Violation))


def examined(
    account: AccountId,
    stored: Iterable[tuple[int, str, str] | Stored],
    timeline: Timeline,
    *,
    ended_by: Instant = NEVER,
) -> Iterator[Entry | Violation]:
    """Check a journal as it is stored: (number in the key, text, hash), oldest first. Every entry that can be read,
    and after it what is wrong with it.

    A journal may begin after its first entry only if everything before belonged to an unclaimed account: those
    entries may have reached their end.
    ended_by: entries made after this instant cannot have
    """
    before: Entry | None = None
    for seq, line, hashed, *_ in stored:
        try:
            entry = decode(line, hashed)
        except Broken as err:
            yield Violation(account, seq, 2, f"the entry cannot be read: {err}")
            return
        yield entry
        if before is None and seq > 1 and (entry.snap.opened > ended_by or not _may_start(entry)):
            yield Violation(account, seq, 1, f"entries 1 to {seq - 1} are missing")
        for promise, says in _wrong(account, seq, entry, before, line):
            yield Violation(account, seq, promise, says)
        for promise, says in _wrong_step(before, entry, timeline):
            yield Violation(account, seq, promise, says)
        before = entry


def _wrong(account: AccountId, seq: int, entry: Entry, before: Entry | None, line: str) -> Iterator[tuple[int, str]]:
    if (entry.account, entry.seq) != (account, seq):
        yield 1, f"the entry says it is number {entry.seq} of {entry.account}"
    if before is not None and seq != before.seq + 1:
        yield 1, f"entries {before.seq + 1} to {seq - 1} are missing"
    if digest(line) != entry.hash:
        yield 2, "the text was changed after it was written"
    if entry.prev != (before.hash if before else "") and (before is not None or seq == 1):
        yield 2, "it does not follow the entry before it"
    for currency, total in _sums(entry).items():
        if total:
            yield 3, f"the movements of {currency} do not sum to zero but to {total}"
    for currency, purse in entry.snap.purses.items():
        yield from _wrong_purse(currency, purse)


def _wrong_step(before: Entry | None, entry: Entry, timeline: Timeline) -> Iterator[tuple[int, str]]:
    if before is None and entry.seq > 1:
        return  # its predecessor reached its end
    since = before.at if before else entry.at
    if entry.at < since:
        yield 4, "it is older than the entry before it"
        return
    settled = settle(before.snap if before else opening(entry.at), timeline, since=since, at=entry.at)
    if entry.legs[: len(settled.legs)] != settled.legs or entry.rolled[: len(settled.rolled)] != settled.rolled:
        yield 4, "what time did to the account since the entry before it is missing"
        return
    rest = msgspec.structs.replace(
        entry, legs=entry.legs[len(settled.legs) :], rolled=entry.rolled[len(settled.rolled) :]
    )
    try:
        expected = next_snapshot(settled.snap, rest, timeline)
    except Broken as err:
        yield 4, f"its movements are impossible: {err}"
        return
    if expected != entry.snap:
        yield 4, "its balance is not the one before it plus its movements"


def _wrong_purse(currency: str, purse: Purse) -> Iterator[tuple[int, str]]:
    held = purse.spendable + purse.pending + purse.held - purse.debt
    if held != purse.issued - purse.redeemed - purse.expired - purse.taken_back + purse.transferred:
        yield 5, f"{held} {currency} are held, but the totals say otherwise"
    parts = [cell.points for cell in purse.cells] + [part.points for part in purse.maturing]
    parts += [cell.points for hold in purse.holds for cell in hold.cells]
    if min([*parts, purse.debt, purse.issued, purse.redeemed, purse.expired, purse.taken_back]) < 0:
        yield 6, f"a part of {currency} is negative"
    if purse.debt and purse.cells:
        yield 6, f"{currency} are owed and spendable at once"
    if len(ends_of(purse)) > MOST_CELLS or len(purse.maturing) > MOST_MATURING:
        yield 6, f"{currency} have too many different days"


def _sums(entry: Entry) -> dict[str, int]:
    sums: dict[str, int] = {}
    for leg in entry.legs:
        sums[leg.currency] = sums.get(leg.currency, 0) + leg.points
    return sums


def _may_start(entry: Entry) -> bool:
    return entry.kind == "claimed" or entry.snap.status in ("unclaimed", "merged")
