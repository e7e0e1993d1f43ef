"""Rewards that a person has once: what two accounts of one person have both been given, and the way back.

The earlier reward stays. What only the account that leaves has had is noted under the other one's name, so that it is
not given again.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.caps import within
from chalicelib.ledger.deeds import kept_deeds
from chalicelib.ledger.documents import ActivityDocument, MergeDocument, Rolling, Target
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.orders import Posting, post
from chalicelib.ledger.settle import Settled
from chalicelib.programs.activities import reward
from chalicelib.programs.program import Program
from chalicelib.services.journaling import InTime, Line, Standing, next_entry
from chalicelib.services.ports import Ledger

_AT_ONCE = 20
"""Rewards in one transaction, which holds a hundred items at most: a reversal is a document and an entry."""
NOWHERE = Reference("")


class Twice(msgspec.Struct, frozen=True):
    """Documents to write: things noted, and rewards to take back. `is_more`: there are others still.

    merges: of accounts that had been merged before, whose reward is the one that stays: with their undoing, too, what
    is taken back now is given again
    """

    noted: tuple[ActivityDocument, ...] = ()
    reversed: tuple[ActivityDocument, ...] = ()
    merges: tuple[MergeDocument, ...] = ()
    is_more: bool = False


def merge_reference(account: AccountId) -> Reference:
    """An account is merged once at a time, so its name is the document's."""
    return Reference(f"merge/{account}")


def kept_once(ledger: Ledger, program: Program, leaving: AccountId, staying: AccountId, *, in_time: InTime) -> Twice:
    """What has to change so that two accounts, which are one from now on, have had each reward once."""
    if not any(version.definition.earn.activities for version in program.versions):
        return Twice()
    noted: list[ActivityDocument] = []
    twice: list[ActivityDocument] = []
    merges: dict[Reference, MergeDocument] = {}
    for own in _rewards(ledger, program, leaving, in_time):
        if len(noted) + len(twice) == _AT_ONCE:
            return Twice(tuple(noted), tuple(twice), tuple(merges.values()), is_more=True)
        reference = renamed(own, staying)
        in_time()
        other = ledger.document(program.slug, reference)
        if other is None or (isinstance(other, ActivityDocument) and other.counted == NOWHERE):
            revision = other.revision + 1 if isinstance(other, ActivityDocument) else 1
            noted.append(ActivityDocument(reference, staying, own.pricing, revision=revision, counted=own.reference))
        elif isinstance(other, ActivityDocument) and other.counted is None:
            later, first = (own, other) if own.pricing.occurred_at >= other.pricing.occurred_at else (other, own)
            twice.append(msgspec.structs.replace(later, revision=later.revision + 1, counted=first.reference))
        elif isinstance(other, ActivityDocument) and other.counted not in (None, own.reference):
            in_time()
            twice.append(msgspec.structs.replace(own, revision=own.revision + 1, counted=other.counted))
            merges |= _told_too(ledger, program, merges, other, own.reference)
    return Twice(tuple(noted), tuple(twice), tuple(merges.values()))


def _told_too(
    ledger: Ledger,
    program: Program,
    merges: Mapping[Reference, MergeDocument],
    note: ActivityDocument,
    reference: Reference,
) -> dict[Reference, MergeDocument]:
    """The merges by which the account of the reward that stays came here: they name what is taken back for it."""
    counted = ledger.document(program.slug, note.counted or NOWHERE)
    account = counted.account if isinstance(counted, ActivityDocument) else note.account
    found = {}
    for known in merges_between(ledger, program, account, note.account):
        before = merges.get(known.reference) or msgspec.structs.replace(known, revision=known.revision + 1)
        found[known.reference] = msgspec.structs.replace(before, reversed=(*before.reversed, reference))
    return found


def merges_between(
    ledger: Ledger, program: Program, account: AccountId, carrier: AccountId
) -> tuple[MergeDocument, ...]:
    """The merges by which an account came into the one that carries it, the first one first."""
    found: list[MergeDocument] = []
    while account != carrier:
        known = ledger.document(program.slug, merge_reference(account))
        if not isinstance(known, MergeDocument) or known.undone or known in found:
            return ()  # it was parted or merged at this very moment: what is written now meets that
        found.append(known)
        account = known.into
    return tuple(found)


def renamed(document: ActivityDocument, account: AccountId) -> Reference:
    """The reference of the same thing, had the other account done it."""
    kind, _, thing = document.reference.removeprefix("activity/").split("/", 2)
    return Reference(f"activity/{kind}/{account}/{thing}")


def taken(program: Program, stand: Standing, document: ActivityDocument) -> Posting[ActivityDocument]:
    """The reward, taken back whole."""
    nothing = Target(rolling=tuple(Rolling(part.metric, 0, part.leaves) for part in document.rolled))
    return post(document, nothing, stand.snap, at=stand.at, calendar=program.timeline.calendar)


def given_again(program: Program, stand: Standing, document: ActivityDocument) -> Posting[ActivityDocument]:
    """The reward as its own version gives it, and as limits left it."""
    kind = document.reference.removeprefix("activity/").split("/", 1)[0]
    target = reward(program.version(document.pricing.version).definition, document.pricing, kind, kept_deeds(document))
    left = within(target, document.cuts)
    return post(document, left, stand.snap, at=stand.at, calendar=program.timeline.calendar)


def following(program: Program, stand: Standing, posting: Posting[ActivityDocument], actor: str) -> Standing:
    """Where the account stands after an entry for the posting: `before` is that entry."""
    line = Line(
        kind=posting.kind,
        document=posting.document.reference,
        occurred_at=stand.at,
        actor=actor,
        version=posting.document.pricing.version,
        legs=posting.legs,
        rolled=posting.rolled,
    )
    return after_entry(stand, next_entry(stand, program, line))


def after_entry(stand: Standing, entry: Entry) -> Standing:
    """Where an account stands when the entry has been written at this very instant."""
    return Standing(stand.account, entry, Settled(entry.snap, (), ()), stand.at)


def _rewards(ledger: Ledger, program: Program, account: AccountId, in_time: InTime) -> Iterator[ActivityDocument]:
    """Rewards that an account, and those it carries, have: each one that is counted here."""
    seen: set[Reference] = set()
    carried = {account}
    accounts = [account]
    while accounts:
        in_time()
        journal = ledger.entries(program.slug, accounts.pop(), newest_first=False, limit=None)
        inside = _inside(journal) - carried
        accounts += sorted(inside)
        carried |= inside
        for entry in journal:
            if not entry.document.startswith("activity/") or entry.document in seen:
                continue
            seen.add(entry.document)
            in_time()
            document = ledger.document(program.slug, entry.document)
            # An account that has been parted again took its rewards along; news of them may be in this journal still.
            if isinstance(document, ActivityDocument) and document.counted is None and document.account in carried:
                yield document


def _inside(journal: Sequence[Entry]) -> set[AccountId]:
    """The accounts that were merged into this one, without those that were parted from it again."""
    inside: set[AccountId] = set()
    for entry in journal:
        other = AccountId(entry.document.removeprefix("merge/"))
        if entry.kind == "merged" and entry.snap.status != "merged":
            inside.add(other)
        elif entry.kind == "unmerged":
            inside.discard(other)
    return inside
