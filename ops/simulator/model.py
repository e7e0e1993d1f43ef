"""What every order should be worth, computed plainly from all that was told: nothing is remembered, nothing is posted.

Written without the production's folding and pricing, so that one mistake is not made twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from chalicelib.events import Amounts, OrderFacts, OrderTold, PaymentTold, Reference, RefundFacts
from chalicelib.members.identity import spoken
from ops.simulator.rules import Rules

_STATUSES = ("pending", "failed", "succeeded")


@dataclass(frozen=True, slots=True)
class Truth:
    """An order as everything that was told about it says. `is_named`: somebody can be credited for it."""

    facts: OrderFacts | None
    refunds: Mapping[str, RefundFacts]
    evidence: Mapping[str, RefundFacts]
    is_named: bool

    @property
    def earns(self) -> bool:
        """Is it paid, not cancelled, and in the program's money?"""
        facts = self.facts
        return facts is not None and facts.is_paid and not facts.is_cancelled and facts.currency == "EUR"

    def worth(self, rules: Rules, tier: str) -> int:
        """The points of it under some rules at some level."""
        if self.facts is None or not self.earns:
            return 0
        return rules.worth(self.facts.amounts, _went_back(self.refunds, self.evidence), tier)


def truth(reference: Reference, told: Iterable[OrderTold], payments: Iterable[PaymentTold]) -> Truth:
    """All that is known of an order from what was told about it, in no order. `payments`: all that were told."""
    told, payments = list(told), list(payments)
    versions = [each.order for each in told if each.order is not None]
    names = {name for each in told for name in each.payments}
    names |= {name for each in payments if reference in each.orders for name in each.aliases}
    shop = [(key, refund) for each in told for key, refund in each.refunds.items()]
    provider = [
        (key, refund) for each in payments if names.intersection(each.aliases) for key, refund in each.refunds.items()
    ]
    return Truth(
        facts=max(versions, key=_order_age, default=None),
        refunds=_newest(shop),
        evidence=_newest(provider),
        is_named=any(spoken(each.customer) for each in told if each.order is not None),
    )


def _order_age(facts: OrderFacts) -> tuple[object, ...]:
    """Newer wins; of equally old ones the cancelled, then the paid, then the smaller, then any."""
    less = -facts.amounts.goods
    return facts.changed_at, facts.is_cancelled, facts.is_paid, less, msgspec.json.encode(facts)


def _newest(told: Iterable[tuple[str, RefundFacts]]) -> dict[str, RefundFacts]:
    by_key: dict[str, list[RefundFacts]] = {}
    for key, refund in told:
        by_key.setdefault(key, []).append(refund)
    return {key: max(refunds, key=_refund_age) for key, refunds in by_key.items()}


def _refund_age(refund: RefundFacts) -> tuple[object, ...]:
    goods = refund.amounts.goods + refund.amounts.shipping
    return refund.changed_at, _STATUSES.index(refund.status), goods, msgspec.json.encode(refund)


def _went_back(refunds: Mapping[str, RefundFacts], evidence: Mapping[str, RefundFacts]) -> Amounts:
    """The same money told by two counts once: the larger sum. Only goods go back in these stories."""
    by_shop = sum(refund.amounts.goods for refund in refunds.values() if refund.status == "succeeded")
    by_provider = sum(refund.amounts.goods for refund in evidence.values() if refund.status == "succeeded")
    return Amounts(goods=max(by_shop, by_provider))
