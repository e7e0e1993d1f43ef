"""What happens in a trial: outside facts that anybody can make again from their numbers."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from chalicelib.events import Amounts, Customer, OrderFacts, OrderTold, Reference, RefundFacts

Kind = Literal["order", "refund", "use"]
BUYERS = 5
"""People of one round: few, so that threads meet in one journal."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One outside fact. `name` is its own for ever ("17-2-40"); `order`: the order that a refund belongs to."""

    name: str
    kind: Kind
    buyer: int
    size: int
    order: str = ""

    @property
    def round(self) -> str:
        return self.name.partition("-")[0]

    @property
    def customer(self) -> Customer:
        return Customer(email=f"buyer-{self.round}-{self.buyer}@example.com")

    @property
    def reference(self) -> Reference:
        """The document that keeps this fact."""
        match self.kind:
            case "order":
                return Reference(f"order/shopify/{self.name}")
            case "refund":
                return Reference(f"order/shopify/{self.order}")
            case "use":
                return Reference(f"redemption/{self.name}")

    def told(self, at: int) -> OrderTold:
        """The message of an order or a refund."""
        if self.kind == "order":
            facts = OrderFacts(at, at, "EUR", Amounts(goods=self.size), is_paid=True)
            return OrderTold(self.reference, self.name, f"#{self.name}", order=facts, customer=self.customer)
        refund = RefundFacts(at, "succeeded", Amounts(goods=self.size))
        return OrderTold(self.reference, self.name, refunds={self.name: refund}, customer=self.customer)


def next_fact(name: str, chance: Random, orders: list[Fact]) -> Fact:
    """Something that may happen now; refunds belong to one of `orders` and never exceed it."""
    kind = chance.choices(("order", "refund", "use"), (5, 2 if orders else 0, 2))[0]
    match kind:
        case "refund":
            order = orders.pop(chance.randrange(len(orders)))  # each is refunded once, so that it never exceeds it
            return Fact(name, "refund", order.buyer, chance.randrange(100, order.size), order.name)
        case "use":
            return Fact(name, "use", chance.randrange(BUYERS), chance.randrange(1, 60))
        case _:
            return Fact(name, "order", chance.randrange(BUYERS), chance.randrange(2_000, 30_000))
