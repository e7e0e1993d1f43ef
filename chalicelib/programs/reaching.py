"""The order that reaches a level is priced with it, where a definition says so."""

from collections.abc import Callable

import msgspec

from chalicelib.events import Amounts, Instant, OrderFacts
from chalicelib.ledger.documents import Pricing
from chalicelib.ledger.journal import Rolled, Snapshot
from chalicelib.ledger.levels import reviewed
from chalicelib.ledger.moves import applied
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program


def reached_with(
    program: Program,
    pricing: Pricing,
    facts: OrderFacts,
    snap: Snapshot,
    at: Instant,
    *,
    held: Callable[[str], tuple[str, ...]],
) -> Pricing:
    """The order's context with the level that the order itself reaches; unchanged where only the next one has it.

    Judged once, when the order is first seen, by the whole of it: what goes back later does not price the rest anew.
    snap: settled to `at`, without the order      held: the rules whose conditions on the member hold at a level
    """
    definition = program.version(pricing.version).definition
    if definition.tiers is None or not definition.tiers.is_for_same_order:
        return pricing
    parts = [part for part in price(definition, pricing, facts, Amounts()).rolling if part.leaves > at and part.points]
    added = [Rolled(part.metric, part.leaves, part.points) for part in parts]
    after = reviewed(applied(snap, (), added), program.timeline.at(at).tiers, min(facts.occurred_at, at), at=at)
    level = after.tier.level
    if level == snap.tier.level:
        return pricing
    return msgspec.structs.replace(pricing, tier=level, held=held(level))
