"""A shop that sends what Shopify would send: orders, payments, refunds, edits, in full shape and genuinely signed.

Each method changes the shop's state and gives the delivery that Shopify sends for it. Whoever has the secret may be a
shop: this is the demo shop's voice, and that of benchmarks and tests. Amounts are minor units of the shop's currency.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from ops.laptop.shopify_books import Buyer, Item, Line, Order, Refund, ShownIn
from ops.laptop.shopify_shapes import order_body, refund_body

API_VERSION = "2026-10"


class Signed(NamedTuple):
    """A webhook as it goes over the wire."""

    headers: dict[str, str]
    body: bytes


def signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def signed_headers(
    body: bytes,
    *,
    topic: str,
    secret: str,
    shop_domain: str = "bean-street.myshopify.com",
    triggered_at: int = 0,
    family: str = "X-Shopify-",
) -> dict[str, str]:
    """Every header that Shopify sends with `body`; the same message sent again has the same ids.

    triggered_at: milliseconds since 1970 UTC     family: header prefix, "X-Shopify-" or "Shopify-"
    """
    digest = hashlib.sha256(topic.encode() + b"\n" + body).digest()
    headers = {
        "Topic": topic,
        "Hmac-Sha256": signature(secret, body),
        "Shop-Domain": shop_domain,
        "API-Version": API_VERSION,
        "Webhook-Id": str(UUID(bytes=digest[:16])),
        "Event-Id": str(UUID(bytes=digest[16:])),
        "Triggered-At": datetime.fromtimestamp(triggered_at // 1000, UTC).isoformat(),
    }
    return {"Content-Type": "application/json"} | {family + name: value for name, value in headers.items()}


class Sender:
    """One shop. `clock` gives milliseconds since 1970 UTC, `new_id` a new number at each call.

    prices_include_tax, tax_percent: how the shop prices     family: prefix of the headers, see `signed_headers`
    """

    def __init__(
        self,
        secret: str,
        shop_domain: str,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], int],
        currency: str = "EUR",
        prices_include_tax: bool = True,
        tax_percent: int = 20,
        first_number: int = 1001,
        family: str = "X-Shopify-",
    ) -> None:
        self.secret = secret
        self.shop_domain = shop_domain
        self.currency = currency
        self.prices_include_tax = prices_include_tax
        self.tax_percent = tax_percent
        self.family = family
        self._clock = clock
        self._new_id = new_id
        self._next_number = first_number

    def order(
        self,
        buyer: Buyer,
        items: Sequence[Item],
        *,
        shipping: int = 0,
        is_test: bool = False,
        shown_in: ShownIn | None = None,
    ) -> Order:
        """Place an order. Nothing is paid and nothing is sent yet."""
        now = self._clock() // 1000 * 1000
        number, self._next_number = self._next_number, self._next_number + 1
        return Order(
            id=self._new_id(),
            number=number,
            currency=self.currency,
            prices_include_tax=self.prices_include_tax,
            tax_percent=self.tax_percent,
            buyer=buyer,
            lines=[Line(self._new_id(), item) for item in items],
            shipping=shipping,
            created_at=now,
            updated_at=now,
            is_test=is_test,
            shown_in=shown_in,
        )

    def created(self, order: Order) -> Signed:
        return self.told(order, "orders/create")

    def updated(self, order: Order) -> Signed:
        """The order as it stands; nothing changes."""
        return self.told(order, "orders/updated")

    def paid(self, order: Order, amount: int | None = None) -> Signed:
        """Money arrives: `amount`, or all that is owed."""
        order.paid += order.outstanding if amount is None else amount
        self._touch(order)
        return self.told(order, "orders/updated" if order.outstanding > 0 else "orders/paid")

    def refunded(
        self,
        order: Order,
        pieces: Mapping[int, int] | None = None,
        *,
        shipping: int = 0,
        amount: int | None = None,
        status: str = "success",
    ) -> Signed:
        """Money goes back. Without arguments: everything that is left, shipping too.

        pieces: quantities by line id     amount: if it differs from the price of the pieces; 0 is a mere restock
        status: of the money: success, pending, failure
        """
        if pieces is None and amount is None and not shipping:
            pieces = {line.id: line.quantity for line in order.lines if line.quantity}
            shipping = order.shipping_left
        self._touch(order)
        refund = order.take_back(
            self._new_id(), pieces or {}, shipping=shipping, amount=amount, status=status, transaction=self._new_id()
        )
        return self.refund_told(order, refund)

    def refund_settled(self, order: Order, refund: Refund, status: str) -> Signed:
        """The bank has decided about a pending refund."""
        refund.status = status
        self._touch(order)
        return self.told(order, "orders/updated")

    def cancelled(self, order: Order) -> Signed:
        """The shop cancels and returns all the money it holds; that refund is the order's last (see `refund_told`)."""
        if order.kept:
            self.refunded(order)
        self._touch(order)
        order.cancelled_at = order.updated_at
        return self.told(order, "orders/cancelled")

    def edited(self, order: Order, *, add: Sequence[Item] = (), remove: Mapping[int, int] | None = None) -> Signed:
        """The shop changes a placed order. No money moves: the difference is owed by one side or the other."""
        self._touch(order)
        order.lines += [Line(self._new_id(), item) for item in add]
        if remove:
            order.remove(self._new_id(), remove)
        return self.told(order, "orders/updated")

    def fulfilled(self, order: Order, *, is_delivered: bool = False) -> Signed:
        self._touch(order)
        order.shipped_at = order.shipped_at or order.updated_at
        order.delivered_at = order.updated_at if is_delivered else None
        return self.told(order, "orders/fulfilled")

    def erasure_asked(self, buyer: Buyer, orders: Sequence[Order] = ()) -> Signed:
        return self.sign("customers/redact", self._about(buyer) | {"orders_to_redact": [order.id for order in orders]})

    def data_asked(self, buyer: Buyer, orders: Sequence[Order] = ()) -> Signed:
        asked = {"orders_requested": [order.id for order in orders], "data_request": {"id": self._new_id()}}
        return self.sign("customers/data_request", self._about(buyer) | asked)

    def shop_left(self) -> Signed:
        return self.sign("shop/redact", {"shop_id": 548380009, "shop_domain": self.shop_domain})

    def told(self, order: Order, topic: str) -> Signed:
        return self.sign(topic, order_body(order))

    def refund_told(self, order: Order, refund: Refund) -> Signed:
        return self.sign("refunds/create", refund_body(order, refund))

    def sign(self, topic: str, content: Mapping[str, object] | bytes) -> Signed:
        """Any content as a delivery of `topic`, with every header that Shopify sends."""
        body = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
        headers = signed_headers(
            body,
            topic=topic,
            secret=self.secret,
            shop_domain=self.shop_domain,
            triggered_at=self._clock(),
            family=self.family,
        )
        return Signed(headers, body)

    def _about(self, buyer: Buyer) -> dict[str, object]:
        customer = {"id": buyer.id, "email": buyer.email, "phone": buyer.phone}
        return {"shop_id": 548380009, "shop_domain": self.shop_domain, "customer": customer}

    def _touch(self, order: Order) -> None:
        """Shopify's times are whole seconds; the versions of one order are kept apart all the same."""
        order.updated_at = max(self._clock() // 1000 * 1000, order.updated_at + 1000)
