"""Limits that span orders, on the way of an event: their documents are read, counted, and written with the entry."""

from collections.abc import Callable, Iterable

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.caps import Counted, changing, counted
from chalicelib.ledger.documents import CapDocument, Cut, Target
from chalicelib.services.ports import Ledger


def limited(
    ledger: Ledger,
    program: str,
    account: AccountId,
    target: Target,
    cuts: Iterable[Cut],
    *,
    in_time: Callable[[], None] = lambda: None,
) -> Counted:
    """A target of `account` within its limits: one strong read for each limit to which it now counts another number.

    cuts: what limits took of the document so far      in_time: called before each read
    The commit must hold `caps` beside the document with the new `cuts`. Raises: TryAgain, Broken.
    """
    cuts = tuple(cuts)
    caps: dict[Reference, CapDocument | None] = {}
    for reference in changing(target, cuts, account):
        in_time()
        caps[reference] = _cap(ledger, program, reference)
    return counted(target, cuts, account, caps)


def _cap(ledger: Ledger, program: str, reference: Reference) -> CapDocument | None:
    stored = ledger.document(program, reference)
    if stored is not None and not isinstance(stored, CapDocument):
        raise Broken("not_a_limit", document=reference)
    return stored
