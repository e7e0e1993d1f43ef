"""Which accounts are one person's by now: an account, and those that became one with it and still are."""

from collections.abc import Sequence

from chalicelib.events import AccountId
from chalicelib.ledger.documents import MergeDocument
from chalicelib.services.once import merge_reference
from chalicelib.services.ports import Ledger


def together(ledger: Ledger, program: str, account: AccountId) -> Sequence[AccountId]:
    """The account itself first. Reads whole journals: for people who ask, never on the way of an event.

    Nothing else tells all of them: what a document remembers has a bound, the journal has none.
    """
    left, found = [account], list[AccountId]()
    while left:
        each = left.pop()
        if each not in found:
            found.append(each)
            left += _arrived(ledger, program, each)
    return found


def is_parted(ledger: Ledger, program: str, account: AccountId) -> bool:
    """Was the account joined to another one and parted from it again? It is somebody else's then."""
    merged = ledger.document(program, merge_reference(account))
    return isinstance(merged, MergeDocument) and merged.undone


def _arrived(ledger: Ledger, program: str, account: AccountId) -> list[AccountId]:
    """The accounts whose points came into this one, and did not go back."""
    entries = ledger.entries(program, account, newest_first=False, limit=None)
    references = dict.fromkeys(entry.document for entry in entries if entry.kind == "merged")
    documents = (ledger.document(program, reference) for reference in references)
    merges = (document for document in documents if isinstance(document, MergeDocument))
    return [merged.account for merged in merges if merged.into == account and not merged.undone]
