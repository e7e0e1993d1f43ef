"""A second, exact look at limits that seemed not to agree with the orders that count towards them.

While everything is read the ledger goes on. So a limit is read before and after its orders, and judged only if nothing
moved it in between: each change of what an order counts is written together with the limit.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.caps import Count, counts, wrong_count
from chalicelib.ledger.check import Violation
from chalicelib.ledger.documents import CapDocument, Document
from chalicelib.programs.program import Program
from chalicelib.services.ports import Audit, Clock, Ledger

_TRIES = 3
"""A limit that moves each time, as the budget of a busy campaign, is looked at again tomorrow."""


class LimitsLook(msgspec.Struct, frozen=True):
    """Reads all documents once more, and the limits strongly consistent."""

    ledger: Ledger
    audit: Audit
    clock: Clock

    def wrong(
        self, program: Program, limits: Collection[Reference], *, is_whole: Callable[[AccountId], bool]
    ) -> Iterator[Violation]:
        """How limits and orders differ. `is_whole`: has nothing of an account reached its end?"""
        return (violation for _, violation in self.each_wrong(program, limits, is_whole=is_whole))

    def each_wrong(
        self, program: Program, limits: Collection[Reference], *, is_whole: Callable[[AccountId], bool]
    ) -> Iterator[tuple[Reference, Violation]]:
        """The same, each with the name of the limit."""
        moving = set(limits)
        for _ in range(_TRIES):
            if not moving:
                return
            before = self._limits(program, moving)
            found = self._counted(program, moving)
            after = self._limits(program, moving)
            for reference in sorted(moving):
                if before[reference] == after[reference]:
                    for says in _differences(program, reference, after[reference], found[reference], is_whole):
                        yield reference, says
                    moving.discard(reference)

    def _limits(self, program: Program, references: Collection[Reference]) -> Mapping[Reference, Document | None]:
        return {reference: self.ledger.document(program.slug, reference) for reference in references}

    def _counted(self, program: Program, references: Collection[Reference]) -> Mapping[Reference, Count]:
        now = self.clock.now()
        found: dict[Reference, Count] = defaultdict(Count)
        for kept in self.audit.kept_documents(program.slug):
            if kept.document is None or (kept.ends_at is not None and kept.ends_at <= now):
                continue
            for reference, count in counts(kept.document):
                if reference in references:
                    found[reference] = found[reference].plus(count)
        return found


def _differences(
    program: Program,
    reference: Reference,
    limit: Document | None,
    orders: Count,
    is_whole: Callable[[AccountId], bool],
) -> Iterator[Violation]:
    if not isinstance(limit, CapDocument):
        yield Violation(AccountId("nobody"), 0, 7, f"{reference} is not there, but orders count towards it")
        return
    if limit.account is None:  # a budget counts for everybody, also for guests of whom nothing is left
        whole = all(version.definition.guests.keep_days is None for version in program.versions)
    else:
        whole = is_whole(limit.account)
    says = wrong_count(limit, orders, is_whole=whole)
    if says:
        yield Violation(limit.account or AccountId("nobody"), 0, 7, says)
