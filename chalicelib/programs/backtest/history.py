"""What a merchant's books tell: sales and returns, in the order of time.

Sale      somebody paid for an order
Return    money went back: for one order, or for whatever this customer bought last
Shelf     where a replay keeps the orders it may meet again, so that memory does not grow with them
"""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from chalicelib.events import Amounts, Instant, Reference
from chalicelib.ledger.documents import CapDocument, OrderDocument, RedemptionDocument


class Sale(msgspec.Struct, frozen=True):
    """An order as it was paid.

    order: a name of its own      customer: the books' name for the buyer, None for a guest
    currency: ISO 4217      amounts: in its minor units
    """

    at: Instant
    order: str
    customer: str | None
    currency: str
    amounts: Amounts


class Return(msgspec.Struct, frozen=True):
    """Money that went back, in minor units. `order`: of which sale; None for the customer's latest ones."""

    at: Instant
    customer: str | None
    currency: str
    amount: int
    order: str | None = None


Event = Sale | Return


class KeptOrder(msgspec.Struct, frozen=True):
    """An order as a replay left it, with the points that paid for a part of it."""

    document: OrderDocument
    redemption: RedemptionDocument | None = None


class Shelf(Protocol):
    """Keeps what a replay may need again. Members are numbers, orders are numbered in the order of time."""

    def put(self, member: int, number: int, order: str, kept: KeptOrder) -> None:
        """Keep an order, or what it has become."""

    def remove(self, member: int, number: int) -> None:
        """Forget an order of which nothing can go back any more."""

    def newest(self, member: int, order: str | None) -> Iterator[tuple[int, str, KeptOrder]]:
        """A member's kept orders with number and name, newest first; only those named `order` unless it is None."""

    def cap(self, reference: Reference) -> CapDocument | None:
        """A limit that spans orders, as it was last counted."""

    def put_cap(self, cap: CapDocument) -> None:
        """Keep a limit's count."""
