"""The demo shop's books: what was ordered, paid and returned, in minor units, as Shopify counts it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from chalicelib.money import Rounding


class ShownIn(NamedTuple):
    """The currency the customer saw and paid in, and how much of it one unit of the shop's currency is."""

    currency: str
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys. A sale at the counter may have no `id`, and a customer may have left no address."""

    id: int | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What is bought. `price` is of one piece; `discount` is off the whole line."""

    title: str
    price: int
    quantity: int = 1
    discount: int = 0
    is_gift_card: bool = False
    sku: str = ""


@dataclass(slots=True)
class Line:
    """A line of an order. `gone`: pieces that were returned or removed; they stay on the line."""

    id: int
    item: Item
    gone: int = 0

    @property
    def quantity(self) -> int:
        return self.item.quantity - self.gone

    @property
    def total(self) -> int:
        return self.item.price * self.item.quantity - self.item.discount


@dataclass(frozen=True, slots=True)
class Returned:
    """Pieces of one line in one refund."""

    line: Line
    quantity: int
    subtotal: int
    tax: int


@dataclass(slots=True)
class Refund:
    """`amount`: the money, 0 for a restock or an edit     `transaction`: None when no money is involved

    calculated: what the pieces and the shipping cost      owed: the part of `amount` that the shop owed before
    is_edit: pieces were removed from the order, and no money was meant to move
    """

    id: int
    at: int
    returned: list[Returned]
    shipping: int = 0
    shipping_tax: int = 0
    amount: int = 0
    status: str = "success"
    transaction: int | None = None
    calculated: int = 0
    owed: int = 0
    is_edit: bool = False

    @property
    def money(self) -> int:
        """What has gone back for certain."""
        return self.amount if self.status == "success" else 0

    @property
    def discrepancy(self) -> int:
        """Calculated less actual refund, which Shopify books as an adjustment; money under way is not yet actual."""
        return 0 if self.is_edit else self.calculated - max(0, self.money - self.owed)

    @property
    def worth(self) -> int:
        return self.calculated - self.discrepancy


@dataclass(slots=True)
class Order:
    """An order and its history. Instants are milliseconds since 1970 UTC, always whole seconds."""

    id: int
    number: int
    currency: str
    prices_include_tax: bool
    tax_percent: int
    buyer: Buyer
    lines: list[Line]
    shipping: int
    created_at: int
    updated_at: int
    is_test: bool = False
    shown_in: ShownIn | None = None
    paid: int = 0
    refunds: list[Refund] = field(default_factory=list)
    cancelled_at: int | None = None
    shipped_at: int | None = None
    delivered_at: int | None = None

    def tax(self, amount: int) -> int:
        """The tax in, or on top of, an amount as the shop writes its prices."""
        base = 100 + self.tax_percent if self.prices_include_tax else 100
        return Rounding.HALF_UP.whole(Fraction(amount * self.tax_percent, base))

    def line_tax(self, line: Line) -> int:
        return 0 if line.item.is_gift_card else self.tax(line.total)

    def with_tax(self, amount: int, tax: int) -> int:
        return amount if self.prices_include_tax else amount + tax

    @property
    def subtotal(self) -> int:
        """All pieces ever ordered, after discounts."""
        return sum(line.total for line in self.lines)

    @property
    def total_tax(self) -> int:
        return sum(self.line_tax(line) for line in self.lines) + self.tax(self.shipping)

    @property
    def total(self) -> int:
        return self.with_tax(self.subtotal + self.shipping, self.total_tax)

    @property
    def current_subtotal(self) -> int:
        return self.subtotal - sum(part.subtotal for refund in self.refunds for part in refund.returned)

    @property
    def current_tax(self) -> int:
        gone = sum(part.tax for refund in self.refunds for part in refund.returned)
        return self.total_tax - gone - sum(refund.shipping_tax for refund in self.refunds)

    @property
    def shipping_left(self) -> int:
        return self.shipping - sum(refund.shipping for refund in self.refunds)

    @property
    def current_total(self) -> int:
        return self.with_tax(self.current_subtotal + self.shipping_left, self.current_tax)

    @property
    def kept(self) -> int:
        """The money the shop holds."""
        return self.paid - sum(refund.money for refund in self.refunds)

    @property
    def outstanding(self) -> int:
        """What the customer owes; negative when the shop owes."""
        return self.total - sum(refund.worth for refund in self.refunds) - self.kept

    @property
    def financial_status(self) -> str:
        back = self.paid - self.kept
        if self.paid == 0:
            return "voided" if self.cancelled_at else "pending"
        if back >= self.paid:
            return "refunded"
        if back > 0:
            return "partially_refunded"
        return "partially_paid" if self.outstanding > 0 else "paid"

    def take_back(
        self,
        refund_id: int,
        pieces: Mapping[int, int],
        *,
        shipping: int,
        amount: int | None,
        status: str,
        transaction: int,
    ) -> Refund:
        """Book a refund. Without an `amount` it is the price of the pieces and all that the shop owed before."""
        owed = max(0, -self.outstanding)
        refund = Refund(refund_id, self.updated_at, self._return(pieces), shipping, self.tax(shipping))
        refund.calculated = self._price(refund)
        refund.amount = min(self.kept, refund.calculated + owed) if amount is None else amount
        refund.owed = min(owed, refund.amount)
        refund.status = status
        refund.transaction = transaction if refund.amount else None
        self.refunds.append(refund)
        return refund

    def remove(self, refund_id: int, pieces: Mapping[int, int]) -> None:
        """Take pieces off the order. Shopify tells that as a refund without money."""
        refund = Refund(refund_id, self.updated_at, self._return(pieces), is_edit=True)
        refund.calculated = self._price(refund)
        self.refunds.append(refund)

    def _return(self, pieces: Mapping[int, int]) -> list[Returned]:
        returned = []
        for line in self.lines:
            count = pieces.get(line.id, 0)
            if count > line.quantity:
                raise ValueError(f"line {line.id} has only {line.quantity} pieces left")
            if count:
                before, line.gone = line.gone, line.gone + count
                subtotal, tax = (self._part(line, whole, before) for whole in (line.total, self.line_tax(line)))
                returned.append(Returned(line, count, subtotal, tax))
        return returned

    def _part(self, line: Line, whole: int, before: int) -> int:
        """The share of the pieces that went from `before` to `line.gone`: all parts together are the whole."""
        return whole * line.gone // line.item.quantity - whole * before // line.item.quantity

    def _price(self, refund: Refund) -> int:
        pieces = sum(part.subtotal for part in refund.returned)
        tax = sum(part.tax for part in refund.returned) + refund.shipping_tax
        return self.with_tax(pieces + refund.shipping, tax)
