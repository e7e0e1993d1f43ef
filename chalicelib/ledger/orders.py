"""Orders: facts from any number of messages fold into one document, and the difference to its target is posted.

    absorbed(document, told)    the document with what this message adds; equal to the old one when it adds nothing
    returned(document)          what went back so far, from the refunds that succeeded
    lines_returned(document)    the same line by line, as far as the refunds say it
    post(...)                   the legs that bring what was posted to the target

Folding is commutative and idempotent, so every order of arrival and any number of repeats end in one document.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec

from chalicelib.events import Amounts, Instant, LineBack, OrderFacts, OrderTold, RefundFacts
from chalicelib.ledger.books import Books, books_of, closed
from chalicelib.ledger.bounds import bounded, prolong, shared_end
from chalicelib.ledger.documents import ActivityDocument, Lot, OrderDocument, Rolling, Target, Worth
from chalicelib.ledger.journal import Cell, EntryKind, Leg, Rolled, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.posting import OWED, Ways, after, earn, reschedule, take_back
from chalicelib.ledger.timeline import Calendar

CUMULATIVE = "cumulative"
"""Key of the refund of a sender that only tells the sum of all refunds."""

DISPUTE = "dispute/"
"""How the key of a dispute begins: no sender's sum of refunds includes it."""

_STATUS_RANK = {"pending": 0, "failed": 1, "succeeded": 2}


def absorbed(document: OrderDocument, told: OrderTold) -> OrderDocument:
    """The document with the newest version of every fact it now knows; of two names the one that sorts last."""
    facts, contested = document.facts, document.contested
    if told.order is not None:
        facts, contested = _newer(document, told.order)
    return msgspec.structs.replace(
        document,
        name=max(told.name, document.name),
        payments=tuple(sorted({*document.payments, *told.payments})),
        facts=facts,
        refunds=newest(document.refunds, told.refunds),
        evidence=newest(document.evidence, told.evidence),
        contested=contested,
    )


def newest(known: Mapping[str, RefundFacts], told: Mapping[str, RefundFacts]) -> dict[str, RefundFacts]:
    """The newest version of each refund."""
    refunds = dict(known)
    for key, refund in told.items():
        before = refunds.get(key)
        refunds[key] = refund if before is None else max(before, refund, key=_refund_rank)
    return refunds


def returned(document: OrderDocument) -> Amounts:
    """What has gone back for certain.

    Shop and payment provider tell of the same money, so the larger sum counts and not both. The provider does not say
    what it was for: what it knows beyond the shop is taken for goods, until the shop tells more.
    """
    by_shop, by_provider = _sum(document.refunds), _sum(document.evidence)
    more = _money(by_provider) - _money(by_shop)
    return by_shop.plus(Amounts(goods=more)) if more > 0 else by_shop


def lines_returned(document: OrderDocument) -> dict[str, LineBack]:
    """What has gone back of single lines. A cumulative sum stands beside single refunds, the larger counts."""
    singles: dict[str, LineBack] = {}
    told: Mapping[str, LineBack] = {}
    for key, refund in document.refunds.items():
        if refund.status != "succeeded":
            continue
        if key == CUMULATIVE:
            told = refund.lines
            continue
        for line, back in refund.lines.items():
            before = singles.get(line, LineBack())
            singles[line] = LineBack(before.quantity + back.quantity, before.goods + back.goods)
    for line, back in told.items():
        before = singles.get(line, LineBack())
        singles[line] = LineBack(max(before.quantity, back.quantity), max(before.goods, back.goods))
    return singles


def _money(amounts: Amounts) -> int:
    return amounts.goods + amounts.gift_cards + amounts.shipping


def _sum(refunds: Mapping[str, RefundFacts]) -> Amounts:
    """All that succeeded. A cumulative sum stands beside single refunds, the larger counts; disputes come on top."""
    singles, disputes, told = Amounts(), Amounts(), Amounts()
    for key, refund in refunds.items():
        if refund.status != "succeeded":
            continue
        if key == CUMULATIVE:
            told = refund.amounts
        elif key.startswith(DISPUTE):
            disputes = disputes.plus(refund.amounts)
        else:
            singles = singles.plus(refund.amounts)
    pairs = zip(msgspec.structs.astuple(singles), msgspec.structs.astuple(told), strict=True)
    return Amounts(*(max(pair) for pair in pairs)).plus(disputes)


Posted = TypeVar("Posted", OrderDocument, ActivityDocument)


class Posting(msgspec.Struct, Generic[Posted], frozen=True):
    """What posting a document does: the document after it, the movements, and the snapshot they lead to."""

    document: Posted
    legs: tuple[Leg, ...]
    rolled: tuple[Rolled, ...]
    snap: Snapshot
    kind: EntryKind


def post(
    document: Posted, target: Target, snap: Snapshot, *, at: Instant, calendar: Calendar, ways: Ways = OWED
) -> Posting[Posted]:
    """Post the difference between `target` and what was posted, to a snapshot settled to `at`.

    No legs and nothing rolled means that there is nothing to post. Points that were let go, or paid for in money, stay
    posted: what is posted is the target and what was written off, always.
    ways: what happens to points that should go back and are not there
    """
    legs: list[Leg] = []
    posted = []
    books = books_of(document)
    for worth in _paired(document.posted, target.worths):
        alive = target.keep_alive.get(worth.currency)
        if alive is not None:
            alive = max(alive, shared_end(snap.purse(worth.currency)))
        moved, now = _post_worth(worth, books, snap, at=at, alive=alive or 0, calendar=calendar, ways=ways)
        if alive is not None:
            moved += prolong(after(snap.purse(worth.currency), worth.currency, moved), worth.currency, alive)
        moved += bounded(applied(snap, moved), worth.currency, calendar)
        legs += moved
        posted += [now] if now.points or worth.is_wanted else []
    rolled, now_rolled = _roll(document.rolled, target.rolling, snap, at)
    return Posting(
        document=closed(msgspec.structs.replace(document, posted=tuple(posted), rolled=now_rolled), books),
        legs=tuple(legs),
        rolled=tuple(rolled),
        snap=applied(snap, legs, rolled),
        kind=_kind(legs),
    )


class _Change(msgspec.Struct, frozen=True):
    currency: str
    posted: int
    old: Lot
    wanted: int
    new: Lot
    is_wanted: bool


def _paired(posted: tuple[Worth, ...], wanted: tuple[Worth, ...]) -> list[_Change]:
    had = {worth.currency: worth for worth in posted}
    want = {worth.currency: worth for worth in wanted}
    changes = []
    for currency in {**had, **want}:
        old, new = had.get(currency), want.get(currency)
        lots = new or old
        assert lots is not None
        changes.append(
            _Change(
                currency,
                posted=old.points if old else 0,
                old=(old or lots).lot,
                wanted=new.points if new else 0,
                new=lots.lot,
                is_wanted=new is not None,
            )
        )
    return changes


def _post_worth(
    change: _Change, books: Books, snap: Snapshot, *, at: Instant, alive: Instant, calendar: Calendar, ways: Ways
) -> tuple[list[Leg], Worth]:
    """alive: the end that points which come now share with the rest; 0 where each lot has its own."""
    currency, purse = change.currency, snap.purse(change.currency)
    legs: list[Leg] = []
    if change.posted > 0 and change.old != change.new:
        legs = reschedule(purse, currency, change.posted, old=change.old, new=change.new, at=at, calendar=calendar)
        purse = after(purse, currency, legs)
    lot = change.new
    if change.posted and change.old.is_usable(at):
        # What is usable stays usable, whatever is told of its delivery later; what has ended is forgiven as it was.
        lot = Lot(lot.ends if change.old.ends > at else change.old.ends, change.old.at)
    if (grew := change.wanted - books.target(currency, change.posted)) > 0:
        books.let(currency, -grew)
    made_up = books.pay(currency, change.wanted)
    difference = change.wanted + books.written_off(currency) - change.posted
    if difference > 0:
        # Points that were owed until money paid for them are no new ones on the way: what was owed goes first.
        into = Lot(max(change.new.ends, alive), None if made_up > 0 and purse.debt else lot.at)
        legs += earn(purse, currency, into, difference, at)
    elif difference < 0:
        taken = take_back(purse, currency, lot, -difference, at=at, calendar=calendar, ways=ways)
        missing = -difference - sum(leg.points for leg in taken if leg.place == "taken_back")
        books.let(currency, missing)
        difference += missing
        legs += taken
    return legs, Worth(currency, change.posted + difference, lot)


def _roll(
    posted: tuple[Rolling, ...], wanted: tuple[Rolling, ...], snap: Snapshot, at: Instant
) -> tuple[list[Rolled], tuple[Rolling, ...]]:
    """A contribution that has left the window stays as it was; one still inside follows its target.

    Another window, or another measure in its place, is a correction: the contribution moves over.
    """
    had = {rolling.metric: rolling for rolling in posted}
    rolled: list[Rolled] = []
    now = []
    for want in wanted:
        old = had.pop(want.metric, Rolling(want.metric, 0, want.leaves))
        if old.leaves != want.leaves and old.points:
            moved, old = _moved_over(old, want, snap, at)
            rolled += moved
        more, kept = _rolled_on(old, want, applied(snap, (), rolled), at)
        rolled += more
        now.append(kept)
    for old in had.values():
        gone, left = _rolled_on(old, Rolling(old.metric, 0, old.leaves), snap, at)
        rolled += gone
        now += [left] if left.points else []
    return rolled, tuple(now)


def _rolled_on(old: Rolling, want: Rolling, snap: Snapshot, at: Instant) -> tuple[list[Rolled], Rolling]:
    """The change from the one to the other, both in one cell; nothing once that has left the window."""
    if old.leaves <= at or old.leaves != want.leaves or old.points == want.points:
        return [], old
    if want.points > old.points:
        return [Rolled(want.metric, want.leaves, want.points - old.points)], want
    less = _rolled_back(snap.metrics.get(want.metric, ()), want, old.points - want.points)
    return less, Rolling(want.metric, old.points + sum(part.points for part in less), want.leaves)


def _moved_over(old: Rolling, want: Rolling, snap: Snapshot, at: Instant) -> tuple[list[Rolled], Rolling]:
    """The contribution in the cell it should be in; one that has left the window stays where it was."""
    if old.leaves <= at:
        return [], old
    less = _rolled_back(snap.metrics.get(old.metric, ()), old, old.points)
    points = -sum(part.points for part in less) if want.leaves > at else 0
    more = [Rolled(old.metric, want.leaves, points)] if points else []
    return [*less, *more], Rolling(old.metric, points, want.leaves)


def _rolled_back(cells: tuple[Cell, ...], want: Rolling, points: int) -> list[Rolled]:
    """From the document's own cell first. What a limit gave back through another order stands in that one's cell."""
    rolled = []
    for cell in sorted(cells, key=lambda cell: (cell.ends != want.leaves, cell.ends)):
        less = min(points, cell.points)
        points -= less
        if less:
            rolled.append(Rolled(want.metric, cell.ends, -less))
    return rolled


def _kind(legs: list[Leg]) -> EntryKind:
    if any(leg.place == "issued" for leg in legs):
        return "earned"
    return "taken_back" if any(leg.place == "taken_back" for leg in legs) else "moved"


def _newer(document: OrderDocument, told: OrderFacts) -> tuple[OrderFacts, bool]:
    known = document.facts
    if known is None or known == told:
        return told, document.contested
    if known.changed_at != told.changed_at:
        older, newer = sorted((known, told), key=lambda facts: facts.changed_at)
        return _placed(newer, older), document.contested if newer is known else False
    disagree = (known.amounts, known.is_cancelled, known.currency) != (told.amounts, told.is_cancelled, told.currency)
    older, newer = sorted((known, told), key=_order_rank)
    return _placed(newer, older), document.contested or disagree


def _placed(newer: OrderFacts, older: OrderFacts) -> OrderFacts:
    """The newer version, with where and how it was bought as it was last said: not every message says that."""
    if not any(older.places):
        return newer
    said, before = ((facts.places_at or facts.changed_at, facts.places) for facts in (newer, older))
    if any(newer.places) and said >= before:
        return newer
    words = dict(zip(("store", "terminal", "channel", "payment_method", "partner"), before[1], strict=True))
    return msgspec.structs.replace(newer, **words, places_at=0 if before[0] == newer.changed_at else before[0])


def _order_rank(facts: OrderFacts) -> tuple[bool, bool, int, int, bytes]:
    """Of equal age: cancelled before not, paid before unpaid, less money before more, more lines before fewer."""
    is_better = (facts.is_cancelled, facts.is_paid, -facts.amounts.goods)
    return (*is_better, len(facts.lines), msgspec.json.encode(facts))


def _refund_rank(refund: RefundFacts) -> tuple[int, int, int, int, bytes]:
    """Newer before older; of equal age, the one that gives more back, then the one that says more of its lines."""
    amounts = refund.amounts
    return (
        refund.changed_at,
        _STATUS_RANK[refund.status],
        amounts.goods + amounts.shipping,
        len(refund.lines),
        msgspec.json.encode(refund),
    )


def told_at(document: OrderDocument) -> Instant:
    """When the newest of the document's facts came true: the `occurred_at` of what takes points back."""
    times = [refund.changed_at for refund in (*document.refunds.values(), *document.evidence.values())]
    return max([*times, document.facts.changed_at] if document.facts else times, default=0)
