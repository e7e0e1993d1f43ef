"""What documents say beside what entries did: the two sides that the checker holds against each other.

    done(entry)       what an entry did for each document
    said(document)    what the entries of a document must come to

Both are sums by document and by what is counted: a currency alone means points earned less those taken back.
Entries that move points between two accounts of one person come to nothing, since one gives what the other gets.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import (
    ActivityDocument,
    AdjustmentDocument,
    ByHandDocument,
    CapDocument,
    Document,
    MergeDocument,
    OrderDocument,
    PaymentDocument,
    RedemptionDocument,
    Rolling,
    TransferDocument,
    Worth,
)
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.level_document import LevelDocument
from chalicelib.ledger.member_document import MemberDocument
from chalicelib.ledger.offer_documents import (
    CountDocument,
    IssueDocument,
    PerkUseDocument,
    PoolDocument,
    VoucherDocument,
)
from chalicelib.ledger.people_documents import (
    AnswersDocument,
    HouseholdDocument,
    HouseholdUseDocument,
    ReferralCodeDocument,
    ReferralDocument,
    ReferralTraceDocument,
)

WITHOUT_DOCUMENT = ("settled", "claimed")
"""Kinds of entries that time or a proof makes: no document stands behind them."""


_MERGING = {"merged": 1, "unmerged": -1}
"""A merge has an entry in either journal, and so has its undoing."""


class Moved(NamedTuple):
    """Points of one kind that were moved for one document. `what` is "" where an entry only names its document."""

    reference: Reference
    what: str
    points: int


def done(entry: Entry) -> Sequence[Moved]:
    """What an entry did. One that names a document is there with "" and 0, whatever it did.

    What time did in the same entry is not counted: it neither issues nor uses points, and what it lets leave a
    rolling metric has reached its end. Held points are counted for the redemption that they wait for.
    """
    moved: Counter[tuple[Reference, str]] = Counter()
    if entry.kind not in WITHOUT_DOCUMENT:
        moved[entry.document, ""] = 0
    if entry.kind in _MERGING:
        moved[entry.document, "halves"] += _MERGING[entry.kind]
    for leg in entry.legs:
        match leg.place:
            case "issued" | "taken_back":
                moved[entry.document, leg.currency] -= leg.points
            case "redeemed":
                moved[entry.document, f"{leg.currency} used"] += leg.points
                if entry.kind == "redeemed":
                    moved[entry.document, f"{leg.currency} times used"] += 1
            case "held":
                moved[leg.document or entry.document, f"{leg.currency} held"] += leg.points
            case "transferred" if entry.kind == "transferred":
                moved[entry.document, f"{leg.currency} {'sent' if leg.points > 0 else 'got'}"] += leg.points
            case _:
                pass
    for move in entry.rolled:
        if move.leaves > entry.at:
            moved[entry.document, f"{move.metric} measured"] += move.points
    return [Moved(reference, what, points) for (reference, what), points in moved.items()]


def said(document: Document, now: Instant) -> Mapping[str, int]:
    """What the entries of a document must come to, by what is counted; what is not named comes to nothing."""
    match document:
        case OrderDocument() | ActivityDocument():
            sums = _posted(document.posted, document.rolled)
        case RedemptionDocument():
            sums = _redeemed(document, now)
        case AdjustmentDocument():
            sums = {document.currency: document.points}
        case LevelDocument():
            sums = {f"{document.metric} measured": document.measured}
        case TransferDocument():
            currency, points = document.currency, document.points
            sums = {f"{currency} sent": points, f"{currency} got": -points}
        case MergeDocument():
            sums = {"halves": 0 if document.undone else 2}
        case MemberDocument() | PaymentDocument() | CapDocument() | ByHandDocument() | AnswersDocument():
            sums = {}
        case ReferralCodeDocument() | ReferralTraceDocument() | ReferralDocument() | HouseholdDocument():
            sums = {}
        case HouseholdUseDocument():
            people = len({share.account for share in document.drawn})
            used = document.points - document.returned
            sums = {f"{document.currency} used": used, f"{document.currency} times used": people}
        case CountDocument() | VoucherDocument() | PoolDocument() | IssueDocument() | PerkUseDocument():
            sums = {}
    return {what: points for what, points in sums.items() if points}


def _posted(worths: Sequence[Worth], rolled: Sequence[Rolling]) -> dict[str, int]:
    points = {worth.currency: worth.points for worth in worths}
    return points | {f"{rolling.metric} measured": rolling.points for rolling in rolled}


def _redeemed(document: RedemptionDocument, now: Instant) -> dict[str, int]:
    is_open = document.state == "held" and document.until is not None and document.until > now
    return {
        f"{document.currency} used": document.used - document.returned,
        f"{document.currency} times used": 1 if document.used else 0,
        f"{document.currency} held": document.points if is_open else 0,
    }


def owners(document: Document) -> Sequence[AccountId]:
    """The accounts whose journals, or those they were merged into, hold the document's entries."""
    match document:
        case TransferDocument():
            return (document.account, document.to)
        case MergeDocument():
            return (document.account, document.into)
        case MemberDocument() | PaymentDocument() | ByHandDocument() | AnswersDocument():
            return ()
        case (
            ReferralCodeDocument()
            | ReferralTraceDocument()
            | ReferralDocument()
            | HouseholdDocument()
            | CountDocument()
            | VoucherDocument()
            | PoolDocument()
            | IssueDocument()
            | PerkUseDocument()
        ):
            return ()
        case HouseholdUseDocument():
            return tuple(dict.fromkeys(share.account for share in document.drawn))
        case _:
            return () if document.account is None else (document.account,)
