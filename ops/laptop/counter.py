"""The demo shop's counter: takes orders and does with them what a Shopify shop does, over its real webhooks."""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import msgspec

from ops.laptop.home import write_whole
from ops.laptop.menu import MENU
from ops.laptop.shopify_books import Buyer, Item, Order
from ops.laptop.shopify_sender import Sender, Signed

ANSWER_SECONDS = 5.0  # a real shop waits no longer
MOST_OF_ONE = 50
KEPT_DELIVERIES = 20
_PRODUCTS = {product["id"]: product for product in MENU}


class NotPossible(Exception):
    """What was asked makes no sense for this order."""


@dataclass(slots=True)
class Kept:
    """An order and the webhooks about it. `newest`: those of the last action, for "send again"."""

    order: Order
    newest: list[Signed] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)


class Counter:
    """The shop. `url` and `secret`: of its webhook connection     `file`: where its orders outlive a restart."""

    def __init__(self, url: str, secret: str, file: Path) -> None:
        self._url = url
        self._file = file
        self._lock = threading.Lock()
        self._kept: list[Kept] = msgspec.json.decode(file.read_bytes(), type=list[Kept], dec_hook=_fraction) if (
            file.exists()
        ) else []  # fmt: skip
        for kept in self._kept:
            _join_lines(kept.order)
        self._sender = Sender(
            secret, "bean-street.myshopify.com",
            clock=lambda: time.time_ns() // 1_000_000, new_id=_new_id, first_number=1001 + len(self._kept),
        )  # fmt: skip

    def orders(self) -> list[dict[str, Any]]:
        """Oldest first, as the page shows them."""
        with self._lock:
            return [_shown(kept) for kept in self._kept]

    def buy(self, email: str, basket: Mapping[str, int]) -> dict[str, Any]:
        """A paid order. Raises NotPossible."""
        if "@" not in email or not basket or not set(basket) <= set(_PRODUCTS):
            raise NotPossible("an e-mail address and some of our products")
        if not all(type(count) is int and 0 < count <= MOST_OF_ONE for count in basket.values()):
            raise NotPossible("between one and fifty of each")
        with self._lock:
            order = self._sender.order(self._buyer(email), [_item(product, count) for product, count in basket.items()])
            kept = Kept(order)
            self._kept.append(kept)
            messages = [self._sender.paid(order)]
        return self._tell(kept, messages)

    def act(self, order_id: str, action: str, *, product: str = "") -> dict[str, Any]:
        """What happens to an order later. Raises NotPossible."""
        with self._lock:
            kept = next((one for one in self._kept if str(one.order.id) == order_id), None)
            if kept is None or action not in _actions(kept.order):
                raise NotPossible(f"{action} is not possible")
            messages = self._changed(kept, action, product)
        return self._tell(kept, messages)

    def _changed(self, kept: Kept, action: str, product: str) -> Sequence[Signed]:
        """Change the order; the webhooks that Shopify sends for it."""
        order, sender = kept.order, self._sender
        match action:
            case "refund-one":
                line = next(line for line in order.lines if line.quantity)
                return [sender.refunded(order, {line.id: 1}), sender.updated(order)]
            case "refund-all":
                return [sender.refunded(order), sender.updated(order)]
            case "cancel":
                before = len(order.refunds)
                cancelled = sender.cancelled(order)
                return [*(sender.refund_told(order, refund) for refund in order.refunds[before:]), cancelled]
            case "edit":
                if product not in _PRODUCTS:
                    raise NotPossible("one of our products")
                return [sender.edited(order, add=[_item(product, 1)]), sender.paid(order)]
            case _:
                return kept.newest

    def _buyer(self, email: str) -> Buyer:
        """The shop knows its customers by their address."""
        known = (kept.order.buyer for kept in self._kept if kept.order.buyer.email == email)
        return next(known, None) or Buyer(id=_new_id(), email=email, first_name="Ada", last_name="Fox")

    def _tell(self, kept: Kept, messages: Sequence[Signed]) -> dict[str, Any]:
        """Send the webhooks one after the other and note the answers."""
        sent = [self._send(message) for message in messages]
        with self._lock:
            kept.newest = list(messages)
            kept.deliveries = (kept.deliveries + sent)[-KEPT_DELIVERIES:]
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, msgspec.json.encode(self._kept))
            return _shown(kept) | {"deliveries": sent}

    def _send(self, message: Signed) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            answer = httpx.post(self._url, content=message.body, headers=message.headers, timeout=ANSWER_SECONDS)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0  # no answer: a real shop would try again later
        taken = round((time.perf_counter() - began) * 1000)
        return {"topic": message.headers["X-Shopify-Topic"], "status": status, "ms": taken}


def _shown(kept: Kept) -> dict[str, Any]:
    order = kept.order
    return {
        "id": str(order.id),  # more digits than JavaScript's numbers hold
        "name": f"#{order.number}",
        "state": "cancelled" if order.cancelled_at else order.financial_status,
        "total": order.current_total,
        "lines": [{"product": line.item.sku, "count": line.item.quantity} for line in order.lines],
        "actions": _actions(order),
        "deliveries": kept.deliveries,
    }


def _actions(order: Order) -> list[str]:
    if order.cancelled_at:
        return ["again"]
    has_pieces = any(line.quantity for line in order.lines)
    return [*(["refund-one", "refund-all"] if has_pieces else []), "cancel", "edit", "again"]


def _item(product: str, count: int) -> Item:
    known = _PRODUCTS[product]
    return Item(known["title"]["en"], known["price"], count, sku=product)


def _join_lines(order: Order) -> None:
    """A refund speaks of the order's own lines; in the file each has a copy."""
    lines = {line.id: line for line in order.lines}
    for refund in order.refunds:
        for part in refund.returned:
            object.__setattr__(part, "line", lines[part.line.id])


def _fraction(kind: type, value: object) -> object:
    assert kind is Fraction
    return Fraction(str(value))


def _new_id() -> int:
    """Shopify's ids are whole numbers of up to 64 bits; the sum of two of ours still is one."""
    return 10**15 + secrets.randbelow(4 * 10**18)
