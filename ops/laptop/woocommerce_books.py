"""The demo shop's books as WooCommerce keeps them: lines without their tax, the tax beside them, in minor units."""

from dataclasses import dataclass, field
from fractions import Fraction

from chalicelib.money import Rounding
from ops.laptop.shopify_books import Buyer, Item


@dataclass(frozen=True, slots=True)
class Refund:
    id: int
    amount: int
    reason: str = ""


@dataclass(slots=True)
class Order:
    """An order and its history. Instants are milliseconds since 1970 UTC, always whole seconds.

    fee: paid beside the goods, with its tax; negative for a discount     binned: the status before it went to the bin
    """

    id: int
    currency: str
    prices_include_tax: bool
    tax_percent: int
    buyer: Buyer
    items: list[Item]
    shipping: int
    fee: int
    created_at: int
    modified_at: int
    payment_method: str
    transaction: str = ""
    status: str = "pending"
    paid_at: int | None = None
    completed_at: int | None = None
    refunds: list[Refund] = field(default_factory=list)
    binned: str = ""

    def split(self, amount: int) -> tuple[int, int]:
        """An amount as the shop writes its prices, as (without tax, tax)."""
        if self.prices_include_tax:
            tax = Rounding.HALF_UP.whole(Fraction(amount * self.tax_percent, 100 + self.tax_percent))
            return amount - tax, tax
        return amount, Rounding.HALF_UP.whole(Fraction(amount * self.tax_percent, 100))

    def line(self, item: Item) -> tuple[int, int]:
        return self.split(item.price * item.quantity - item.discount)

    @property
    def goods(self) -> int:
        """All pieces after discounts, with their tax."""
        return sum(sum(self.line(item)) for item in self.items)

    @property
    def total(self) -> int:
        return self.goods + sum(self.split(self.shipping)) + sum(self.split(self.fee))

    @property
    def tax(self) -> int:
        taxes = [self.line(item)[1] for item in self.items]
        return sum(taxes) + self.split(self.shipping)[1] + self.split(self.fee)[1]

    @property
    def left(self) -> int:
        """What has not gone back."""
        return self.total - sum(refund.amount for refund in self.refunds)
