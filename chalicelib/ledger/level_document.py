"""A level that somebody of the shop gave: a document, and the cell of a metric that it keeps."""

import msgspec

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.journal import NEVER, Rolled
from chalicelib.ledger.levels import given


class LevelDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="level", tag_field="kind"):
    """A level given by hand until an instant; NEVER for good. `reason` is shown to the member.

    withdrawn_at: when it was taken back before its time; 0 while it stands      withdrawn_by: by whom
    """

    reference: Reference
    account: AccountId
    level: str
    until: Instant
    reason: str
    actor: str
    revision: int = 0
    withdrawn_at: Instant = 0
    withdrawn_by: str = ""

    @property
    def metric(self) -> str:
        """The metric in which it is counted."""
        return given(self.level)

    @property
    def measured(self) -> int:
        """What its entries must come to: 1 while it was not taken back."""
        return 0 if self.withdrawn_at else 1


def change(document: LevelDocument, there: int, at: Instant) -> tuple[Rolled, ...]:
    """The movement from what its entries came to so far; none once its time is over."""
    more = document.measured - there
    return (Rolled(document.metric, document.until, more),) if more and document.until > at else ()


def rebuilt_level(
    reference: Reference, moves: tuple[Rolled, ...], account: AccountId, reason: str, actor: str
) -> LevelDocument | None:
    """The document as its first entry tells it; None when it tells nothing of a level."""
    prefix = given("")
    move = next((move for move in moves if move.metric.startswith(prefix) and move.points > 0), None)
    if move is None:
        return None
    level = move.metric.removeprefix(prefix)
    return LevelDocument(reference, account, level, min(move.leaves, NEVER), reason, actor, revision=1)
