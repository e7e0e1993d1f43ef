"""Where the points of a merged account came from: what it brought along, and what its own documents did since."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant
from chalicelib.ledger.documents import ActivityDocument, Document, Lot, MergeDocument, OrderDocument
from chalicelib.ledger.journal import Entry, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.settle import settle
from chalicelib.ledger.unmerging import Later
from chalicelib.programs.lots import keep_alive
from chalicelib.programs.program import Program
from chalicelib.services.journaling import MOST_HOPS
from chalicelib.services.ports import Ledger


def share_of(ledger: Ledger, program: Program, document: MergeDocument) -> Snapshot:
    """What the account brought along: the movements by which it left, turned round."""
    entries = ledger.entries(program.slug, document.account, newest_first=True, limit=None)
    left = next((entry for entry in entries if entry.snap.merged_to and entry.document == document.reference), None)
    if left is None:
        raise Broken("merge_without_entry", document=document.reference)
    legs, rolled = document.share
    return applied(
        Snapshot(opened=left.at),
        [msgspec.structs.replace(leg, points=-leg.points) for leg in left.legs[legs:]],
        [msgspec.structs.replace(move, points=-move.points) for move in left.rolled[rolled:]],
    )


def later_news(ledger: Ledger, program: Program, document: MergeDocument) -> list[tuple[Entry, Later]]:
    """What documents of the account that left did since, oldest first: in the other one's journal, and wherever its
    points were while that one was merged for a while itself."""
    family: dict[AccountId, bool] = {document.account: True, document.into: False}
    found = []
    for before, entry in _steps(ledger, program, document.into, document.arrived):
        known = ledger.document(program.slug, entry.document)
        if known is not None and _is_of(ledger, program, known, family, document.account):
            found.append((entry, _later(program, before, entry, known)))
    return found


def paid_until(ledger: Ledger, program: Program, document: MergeDocument, news: Sequence[Entry]) -> dict[str, Instant]:
    """By currency, the latest end of points that may have paid what the account that left owed."""
    journal = ledger.entries(program.slug, document.into, newest_first=False, limit=None)
    ends: dict[str, Instant] = {}
    for entry in (*(each for each in journal if each.seq == document.arrived), *news):
        for leg in entry.legs:
            if leg.place in ("cell", "maturing") and leg.points < 0 and leg.ends is not None:
                ends[leg.currency] = max(leg.ends, ends.get(leg.currency, 0))
    return ends


def _steps(ledger: Ledger, program: Program, account: AccountId, since: int) -> Iterator[tuple[Entry, Entry]]:
    """What happened to an account's points after an entry of it: each entry with the one before it in its journal."""
    journal = ledger.entries(program.slug, account, newest_first=False, limit=None)
    for before, entry in pairwise(each for each in journal if each.seq >= since):
        yield before, entry
        if entry.snap.status == "merged" and entry.snap.merged_to is not None:
            time = sum(_is_same_merge(each, entry) for each in journal if each.seq < entry.seq)
            yield from _while_merged(ledger, program, entry, time)


def _while_merged(ledger: Ledger, program: Program, left: Entry, time: int) -> Iterator[tuple[Entry, Entry]]:
    """What happened in the other account's journal until the points came back. time: how often before it went there"""
    carrier = left.snap.merged_to
    assert carrier is not None
    journal = ledger.entries(program.slug, carrier, newest_first=False, limit=None)
    arrivals = [each for each in journal if (each.kind, each.document) == ("merged", left.document)]
    for before, entry in _steps(ledger, program, carrier, arrivals[time].seq):
        if (entry.kind, entry.document) == ("unmerged", left.document):
            return
        yield before, entry


def _is_same_merge(one: Entry, other: Entry) -> bool:
    return (one.kind, one.document, one.snap.merged_to) == (other.kind, other.document, other.snap.merged_to)


def _later(program: Program, before: Entry, entry: Entry, document: Document) -> Later:
    time = settle(before.snap, program.timeline, since=before.at, at=entry.at)
    lots: dict[str, Lot] = {}
    alive: dict[str, Instant] = {}
    if isinstance(document, OrderDocument | ActivityDocument):
        lots = {worth.currency: worth.lot for worth in document.posted}
        if entry.kind == "earned" and document.pricing is not None:
            definition = program.version(document.pricing.version).definition
            alive = keep_alive(definition, document.pricing.occurred_at)
    return Later(entry.at, entry.legs[len(time.legs) :], entry.rolled[len(time.rolled) :], lots, alive)


def _is_of(
    ledger: Ledger, program: Program, document: Document, family: dict[AccountId, bool], account: AccountId
) -> bool:
    """Is a document of the account that left, or of one that had been merged into it?"""
    owner = getattr(document, "account", None)
    if owner is None or isinstance(document, MergeDocument):
        return False
    if owner not in family:
        family[owner] = account in _carriers(ledger, program, owner)
    return family[owner]


def _carriers(ledger: Ledger, program: Program, account: AccountId) -> Iterator[AccountId]:
    for _ in range(MOST_HOPS):
        newest = ledger.newest(program.slug, account)
        if newest is None or newest.snap.merged_to is None:
            return
        account = newest.snap.merged_to
        yield account
