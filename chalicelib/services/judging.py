"""Conditions on the member, on the way of an event: judged once, before it, with one read where one is needed."""

from collections.abc import Callable

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.member_document import MemberDocument, member_reference, unknown
from chalicelib.programs.member_conditions import Occasion, asks_document, held
from chalicelib.programs.program import Version
from chalicelib.programs.tiers import level_held
from chalicelib.services.journaling import Standing
from chalicelib.services.ports import Ledger


def judged(
    ledger: Ledger,
    program: str,
    version: Version,
    stand: Standing,
    *,
    at: Instant,
    reference: Reference | None,
    level: str | None = None,
    in_time: Callable[[], None] = lambda: None,
) -> tuple[str, ...]:
    """Names of the rules whose conditions on the member hold at `at`: what a document's pricing keeps for ever.

    What is known of the member is read only if a rule of the version asks for it.
    reference: the order's; None for anything else      in_time: called before a read
    level: the one that counts, where it is not the one held at `at`
    Raises: TryAgain, Broken.
    """
    definition = version.definition
    if not any(rule.when.asks_member for rule in definition.earn.rules):
        return ()
    known = unknown(stand.account)
    if asks_document(definition):
        in_time()
        known = known_member(ledger, program, stand.account)
    counted = level_held(definition.tiers, stand.snap.tier, at) if level is None else level
    return held(definition, Occasion(stand.account, at, stand.snap, counted, reference, known))


def known_member(ledger: Ledger, program: str, account: AccountId) -> MemberDocument:
    """What is known of the member to whom an account belongs; an empty document when nothing is."""
    reference = member_reference(account)
    stored = ledger.document(program, reference)
    if stored is None:
        return unknown(account)
    if not isinstance(stored, MemberDocument):
        raise Broken("not_a_member_document", document=reference)
    return stored
