"""A ledger that came back from a backup with half of some transactions: what is whole, and what documents must say.

whole(...)      the longest beginning of a journal that keeps every promise
aligned(...)    a document that says it posted what its entries did
rebuilt(...)    a document made anew from its entries, when all of it is lost
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import msgspec

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.check import Violation, examined
from chalicelib.ledger.documents import (
    ActivityDocument,
    AdjustmentDocument,
    Document,
    Drawn,
    Lot,
    OrderDocument,
    Pricing,
    RedemptionDocument,
    Rolling,
    TransferDocument,
    Worth,
)
from chalicelib.ledger.journal import NEVER, Entry, PlaceKind
from chalicelib.ledger.level_document import rebuilt_level
from chalicelib.ledger.stored import Stored
from chalicelib.ledger.sums import done
from chalicelib.ledger.timeline import Timeline

FACTS_LOST = "facts_lost"
"""Why a document was posted although it does not know what: it was made anew, and waits to be told again."""

Priced = TypeVar("Priced", OrderDocument, ActivityDocument)


class Step(NamedTuple):
    """An entry and the one before it in the same journal."""

    before: Entry | None
    entry: Entry


def whole(account: AccountId, journal: Sequence[Stored], timeline: Timeline, *, ended_by: Instant) -> Sequence[Stored]:
    """The rows up to the first one that breaks a promise. `ended_by`: see `examined`."""
    for found in examined(account, journal, timeline, ended_by=ended_by):
        if isinstance(found, Violation):
            return [row for row in journal if row.seq < found.seq]
    return journal


def aligned(document: Priced, steps: Sequence[Step]) -> Priced:
    """The document with what its entries really posted; lots that it knew stay as they were."""
    sums = _sums(document.reference, steps)
    lots = _lots(steps) | {worth.currency: worth.lot for worth in document.posted}
    known = _leaving(steps) | {rolling.metric: rolling.leaves for rolling in document.rolled}
    currencies = dict.fromkeys((*(worth.currency for worth in document.posted), *_lots(steps)))
    return msgspec.structs.replace(
        document,
        posted=tuple(Worth(currency, sums[currency], lots[currency]) for currency in currencies),
        rolled=tuple(Rolling(metric, sums[f"{metric} measured"], leaves) for metric, leaves in known.items()),
    )


def rebuilt(reference: Reference, steps: Sequence[Step], version: str, *, first_level: str = "") -> Document | None:
    """A document as its entries tell it, at its first revision; None for what they do not tell.

    version: the full name of the version that priced the first entry
    first_level: the level that counted before an account's first entry
    """
    if not steps:
        return None
    first = steps[0].entry
    pricing = _pricing(steps[0], version, first_level)
    kind = reference.partition("/")[0]
    if kind == "order":
        order = OrderDocument(
            reference, 1, first.account, first.name, pricing=pricing, state="parked", reason=FACTS_LOST
        )
        return aligned(order, steps)
    if kind == "activity":
        return aligned(ActivityDocument(reference, first.account, pricing, 1), steps)
    if first.kind == "adjusted":
        given = rebuilt_level(reference, first.rolled, first.account, first.name, first.actor)
        return given if kind == "level" else _adjusted(first)
    if first.kind == "transferred":
        return _transferred(reference, steps)
    return spent(reference, steps)


def _adjusted(entry: Entry) -> AdjustmentDocument:
    moved = [leg for leg in entry.legs if leg.place in ("issued", "taken_back")]
    currency, points = moved[0].currency, -sum(leg.points for leg in moved)
    lot = _lots([Step(None, entry)]).get(currency, Lot(NEVER))
    return AdjustmentDocument(entry.document, entry.account, currency, points, entry.name, entry.actor, lot, 1)


def _transferred(reference: Reference, steps: Sequence[Step]) -> TransferDocument | None:
    """None when only one side is left: nobody knows who the other one was."""
    sides = {
        leg.points > 0: (step.entry, leg) for step in steps for leg in step.entry.legs if leg.place == "transferred"
    }
    if len(sides) < 2:
        return None
    (gave, leg), (got, _) = sides[True], sides[False]
    drawn = _drawn(gave, leg.currency, "transferred")
    return TransferDocument(reference, gave.account, got.account, leg.currency, leg.points, 1, drawn)


def spent(reference: Reference, steps: Sequence[Step]) -> RedemptionDocument | None:
    """A redemption as its entries tell it; None when none of them used or held points."""
    held = _held(reference, steps)
    for step in steps:
        entry = step.entry
        used = {leg.currency: leg.points for leg in entry.legs if leg.place == "redeemed" and leg.points > 0}
        if entry.kind == "redeemed" and used:
            ((currency, points),) = used.items()
            left = _sums(reference, steps)[f"{currency} used"]
            return RedemptionDocument(
                reference,
                held.account if held else entry.account,
                currency,
                held.points if held else points,
                1,
                until=held.until if held else None,
                used=points,
                returned=points - left,
                drawn=_drawn(entry, currency, "redeemed"),
            )
    if held and any(step.entry.kind == "released" and step.entry.document == reference for step in steps):
        return msgspec.structs.replace(held, state="released", drawn=())
    return held


def _held(reference: Reference, steps: Sequence[Step]) -> RedemptionDocument | None:
    """The redemption as it was when its points were set aside."""
    first = next((step.entry for step in steps if step.entry.kind == "held" and step.entry.document == reference), None)
    if first is None:
        return None
    legs = [leg for leg in first.legs if leg.document == reference and leg.points > 0]
    drawn = tuple(Drawn(leg.ends, leg.points) for leg in legs if leg.ends is not None)
    points, currency = sum(leg.points for leg in legs), legs[0].currency
    return RedemptionDocument(
        reference, first.account, currency, points, 1, state="held", until=legs[0].at, drawn=drawn
    )


def _drawn(entry: Entry, currency: str, place: PlaceKind) -> tuple[Drawn, ...]:
    """The lots of the points that left by `place`: they stand right before it.

    What time moved in the same entry stands further ahead, what a hold gave back stands behind.
    """
    legs = [leg for leg in entry.legs if leg.currency == currency]
    last = next(number for number, leg in enumerate(legs) if leg.place == place and leg.points > 0)
    left, drawn = legs[last].points, list[Drawn]()
    for leg in reversed(legs[:last]):
        if left and leg.ends is not None:
            drawn.append(Drawn(leg.ends, -leg.points))
            left += leg.points
    return tuple(reversed(drawn))


def _pricing(first: Step, version: str, first_level: str) -> Pricing:
    entry, before = first.entry, first.before
    tier = before.snap.tier.at(entry.occurred_at) if before else ""
    return Pricing(version, tier or first_level, entry.occurred_at, entry.snap.opened)


def _sums(reference: Reference, steps: Sequence[Step]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for step in steps:
        for moved in done(step.entry):
            if moved.reference == reference:
                sums[moved.what] += moved.points
    return sums


def _lots(steps: Sequence[Step]) -> dict[str, Lot]:
    """By currency, the lot into which points were issued first; or, where they were only taken back, out of which."""
    lots: dict[str, Lot] = {}
    for step in steps:
        issued: set[str] = set()
        for leg in step.entry.legs:
            if leg.place == "issued" and leg.points < 0:
                issued.add(leg.currency)
            if leg.currency in issued and leg.points > 0 and leg.place in ("cell", "maturing") and leg.ends is not None:
                lots.setdefault(leg.currency, Lot(leg.ends, leg.at))
        for currency in issued:
            lots.setdefault(currency, Lot(NEVER))
    return _taken_from(steps) | lots


def _taken_from(steps: Sequence[Step]) -> dict[str, Lot]:
    lots: dict[str, Lot] = {}
    for step in steps:
        taken = {leg.currency for leg in step.entry.legs if leg.place == "taken_back" and leg.points > 0}
        for leg in step.entry.legs:
            if leg.currency in taken and leg.place == "cell" and leg.points < 0 and leg.ends is not None:
                lots.setdefault(leg.currency, Lot(leg.ends))
        for currency in taken:
            lots.setdefault(currency, Lot(NEVER))
    return lots


def _leaving(steps: Sequence[Step]) -> dict[str, int]:
    return {move.metric: move.leaves for step in steps for move in step.entry.rolled if move.leaves > step.entry.at}
