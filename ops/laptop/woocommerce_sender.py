"""A shop that sends what WooCommerce would send: orders in the full shape of REST API v3, genuinely signed.

Each method changes the shop's state and gives the delivery that WooCommerce sends for it. Whoever has the secret may be
a shop: this is the demo shop's voice, and that of benchmarks and tests. Amounts are minor units of the shop's currency.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Signed, signature
from ops.laptop.woocommerce_books import Order, Refund
from ops.laptop.woocommerce_shapes import order_body

PING = b"webhook_id=7"


def signed_headers(body: bytes, *, topic: str, secret: str, site: str, sent_at: int = 0) -> dict[str, str]:
    """Every header that WooCommerce sends with `body`. `sent_at`: milliseconds since 1970 UTC.

    The delivery id is made of the webhook and the second, so that deliveries of one second share it.
    """
    resource, _, event = topic.partition(".")
    return {
        "Content-Type": "application/json",
        "User-Agent": "WooCommerce/11.2.0 Hookshot (WordPress/7.0)",
        "X-WC-Webhook-Source": site + "/",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        "X-WC-Webhook-Signature": signature(secret, body),
        "X-WC-Webhook-ID": "7",
        "X-WC-Webhook-Delivery-ID": hashlib.md5(b"7%d" % (sent_at // 1000), usedforsecurity=False).hexdigest(),
    }


def ping() -> Signed:
    """What WooCommerce sends when a webhook is made: a form, and no signature."""
    return Signed({"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}, PING)


class Sender:
    """One shop. `clock` gives milliseconds since 1970 UTC, `new_id` a new number at each call.

    site: the shop's address, without a slash at its end     prices_include_tax, tax_percent: how the shop prices
    """

    def __init__(
        self,
        secret: str,
        site: str,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], int],
        currency: str = "EUR",
        prices_include_tax: bool = True,
        tax_percent: int = 20,
        payment_method: str = "bacs",
    ) -> None:
        self.secret = secret
        self.site = site
        self.currency = currency
        self.prices_include_tax = prices_include_tax
        self.tax_percent = tax_percent
        self.payment_method = payment_method
        self._clock = clock
        self._new_id = new_id

    def order(self, buyer: Buyer, items: Sequence[Item], *, shipping: int = 0, fee: int = 0) -> Order:
        """Place an order. Nothing is paid and nothing is sent yet. A negative `fee` is a discount."""
        now = self._clock() // 1000 * 1000
        return Order(
            id=self._new_id(),
            currency=self.currency,
            prices_include_tax=self.prices_include_tax,
            tax_percent=self.tax_percent,
            buyer=buyer,
            items=list(items),
            shipping=shipping,
            fee=fee,
            created_at=now,
            modified_at=now,
            payment_method=self.payment_method,
        )

    def created(self, order: Order) -> Signed:
        return self.told(order, "order.created")

    def updated(self, order: Order) -> Signed:
        """The order as it stands; nothing changes."""
        return self.told(order, "order.updated")

    def paid(self, order: Order, transaction: str = "") -> Signed:
        """All the money arrives, under the payment provider's name `transaction`."""
        order.transaction = transaction or order.transaction
        self._touch(order)
        order.paid_at = order.paid_at or order.modified_at
        order.status = "processing"
        return self.updated(order)

    def completed(self, order: Order) -> Signed:
        """The shop is done with the order."""
        self.changed(order, "completed")
        order.completed_at = order.completed_at or order.modified_at
        return self.updated(order)

    def changed(self, order: Order, status: str) -> Signed:
        """The shop, or its payment gateway, gives the order another status; no money moves."""
        self._touch(order)
        order.status = status
        return self.updated(order)

    def refunded(self, order: Order, amount: int | None = None, *, reason: str = "") -> Signed:
        """Money goes back: `amount`, or all that is left. Once nothing is left the order is "refunded"."""
        self._touch(order)
        money = order.left if amount is None else amount
        order.refunds.append(Refund(self._new_id(), money, reason))
        if order.left == 0:
            order.status = "refunded"
        return self.updated(order)

    def refund_deleted(self, order: Order, refund: Refund) -> Signed:
        """The shop deletes a refund. The order's time of change stays as it is: WooCommerce does not move it."""
        order.refunds.remove(refund)
        return self.updated(order)

    def cancelled(self, order: Order) -> Signed:
        return self.changed(order, "cancelled")

    def edited(self, order: Order, items: Sequence[Item]) -> Signed:
        """The shop changes what was ordered."""
        self._touch(order)
        order.items = list(items)
        return self.updated(order)

    def deleted(self, order: Order) -> Signed:
        """Into the bin: only the id is told."""
        self._touch(order)
        order.binned, order.status = order.status, "trash"
        return self.sign("order.deleted", {"id": order.id})

    def restored(self, order: Order) -> Signed:
        self._touch(order)
        order.status = order.binned or "pending"
        return self.told(order, "order.restored")

    def told(self, order: Order, topic: str) -> Signed:
        return self.sign(topic, order_body(order, self.site))

    def sign(self, topic: str, content: Mapping[str, object] | bytes) -> Signed:
        """Any content as a delivery of `topic`, with every header that WooCommerce sends."""
        body = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
        return Signed(
            signed_headers(body, topic=topic, secret=self.secret, site=self.site, sent_at=self._clock()), body
        )

    def _touch(self, order: Order) -> None:
        """WooCommerce's times are whole seconds; the versions of one order are kept apart all the same."""
        order.modified_at = max(self._clock() // 1000 * 1000, order.modified_at + 1000)
