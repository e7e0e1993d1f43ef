"""The demo shop's counter: does what a Shopify shop and its payment provider do.

What the shop tells and what the provider tells beside it go out in any order, as in life.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from ops.laptop.courier import Courier, News, Told
from ops.laptop.home import write_whole
from ops.laptop.menu import MENU
from ops.laptop.shopify_books import Buyer, Item, Order
from ops.laptop.shopify_sender import Sender, Signed
from ops.laptop.tills import Money, Tills, Way

MOST_OF_ONE = 50
KEPT_DELIVERIES = 20
_PRODUCTS = {product["id"]: product for product in MENU}
_in_any_order = secrets.SystemRandom().shuffle


class NotPossible(Exception):
    """What was asked makes no sense for this order."""


@dataclass(slots=True)
class Kept:
    """An order, its money, and the webhooks about both. `newest`: those of the last action, for "send again"."""

    order: Order
    newest: list[News] = field(default_factory=list)
    deliveries: list[Told] = field(default_factory=list)
    money: Money = field(default_factory=Money)


class Counter:
    """The shop. `url` and `secret`: of its webhook connection     `file`: where its orders outlive a restart

    tills: how one can pay besides in cash; None: not at all, and nobody writes reviews
    """

    def __init__(self, url: str, secret: str, file: Path, tills: Tills | None = None) -> None:
        self.ways: Sequence[Way] = ("cash",) if tills is None else ("cash", "card", "kassa")
        self._tills = tills
        self._file = file
        self._lock = threading.Lock()
        self._kept: list[Kept] = msgspec.json.decode(file.read_bytes(), type=list[Kept], dec_hook=_fraction) if (
            file.exists()
        ) else []  # fmt: skip
        for kept in self._kept:
            _join_lines(kept.order)
        self._courier = Courier({"shopify": url, **(tills.urls if tills else {})})
        self._sender = Sender(
            secret, "bean-street.myshopify.com",
            clock=now, new_id=new_id, first_number=1001 + len(self._kept),
        )  # fmt: skip

    def orders(self) -> list[dict[str, Any]]:
        """Oldest first, as the page shows them."""
        with self._lock:
            return [self._shown(kept) for kept in self._kept]

    def buy(self, email: str, basket: Mapping[str, int], way: str = "cash") -> dict[str, Any]:
        """A paid order. `way`: cash, card or kassa. Raises NotPossible."""
        if "@" not in email or not basket or not set(basket) <= set(_PRODUCTS):
            raise NotPossible("an e-mail address and some of our products")
        if not all(type(count) is int and 0 < count <= MOST_OF_ONE for count in basket.values()):
            raise NotPossible("between one and fifty of each")
        paid_by = next((known for known in self.ways if known == way), None)
        if paid_by is None:
            raise NotPossible("one of our ways to pay")
        with self._lock:
            order = self._sender.order(self._buyer(email), [_item(product, count) for product, count in basket.items()])
            kept = Kept(order, money=Money(paid_by))
            self._kept.append(kept)
            messages = self._beside_the_till(kept, lambda: [self._sender.paid(order)])
        return self._tell(kept, messages)

    def act(self, order_id: str, action: str, *, product: str = "") -> dict[str, Any]:
        """What happens to an order later. Raises NotPossible."""
        with self._lock:
            kept = next((one for one in self._kept if str(one.order.id) == order_id), None)
            if kept is None or action not in self._actions(kept):
                raise NotPossible(f"{action} is not possible")
            messages = self._changed(kept, action, product)
        return self._tell(kept, messages)

    def _changed(self, kept: Kept, action: str, product: str) -> Sequence[News]:
        """Do it; the webhooks that are sent for it."""
        match action, self._tills:
            case "dispute", Tills() as tills:
                messages = tills.disputed(kept.money)
                _in_any_order(messages)
                return messages
            case "review", Tills() as tills:
                if product not in _bought(kept.order):
                    raise NotPossible("a product that was bought")
                return [tills.reviewed(product, kept.order.buyer.email or "")]
            case "again", tills:
                return [tills.again(news) if tills else news for news in kept.newest]
            case _:
                return self._beside_the_till(kept, lambda: self._by_shop(kept.order, action, product))

    def _beside_the_till(self, kept: Kept, change: Callable[[], Sequence[Signed]]) -> list[News]:
        """Change the order; what the shop tells of it, and what the till tells of the money that this moved."""
        held = kept.order.kept
        by_shop = [News.by("shopify", message) for message in change()]
        by_till = self._tills.settled(kept.money, kept.order.kept - held, kept.order) if self._tills else []
        messages = by_shop + by_till
        if by_till:
            _in_any_order(messages)
        return messages

    def _by_shop(self, order: Order, action: str, product: str) -> Sequence[Signed]:
        """Change the order; the webhooks that Shopify sends for it."""
        sender = self._sender
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
            case _:
                if product not in _PRODUCTS:
                    raise NotPossible("one of our products")
                return [sender.edited(order, add=[_item(product, 1)]), sender.paid(order)]

    def _buyer(self, email: str) -> Buyer:
        """The shop knows its customers by their address."""
        known = (kept.order.buyer for kept in self._kept if kept.order.buyer.email == email)
        return next(known, None) or Buyer(id=new_id(), email=email, first_name="Ada", last_name="Fox")

    def _tell(self, kept: Kept, messages: Sequence[News]) -> dict[str, Any]:
        """Send the webhooks one after the other and note the answers."""
        sent = [self._courier.bring(message) for message in messages]
        with self._lock:
            kept.newest = list(messages)
            kept.deliveries = (kept.deliveries + sent)[-KEPT_DELIVERIES:]
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, msgspec.json.encode(self._kept))
            return self._shown(kept) | {"deliveries": [asdict(told) for told in sent]}

    def _shown(self, kept: Kept) -> dict[str, Any]:
        order = kept.order
        state = "disputed" if kept.money.is_disputed else order.financial_status
        return {
            "id": str(order.id),  # more digits than JavaScript's numbers hold
            "name": f"#{order.number}",
            "state": "cancelled" if order.cancelled_at else state,
            "way": kept.money.way,
            "total": order.current_total,
            "lines": [{"product": line.item.sku, "count": line.item.quantity} for line in order.lines],
            "bought": _bought(order),
            "actions": self._actions(kept),
            "deliveries": [asdict(told) for told in kept.deliveries],
        }

    def _actions(self, kept: Kept) -> list[str]:
        order, money = kept.order, kept.money
        if order.cancelled_at:
            return ["again"]
        has_pieces = bool(_bought(order))
        after = [*(["review"] if has_pieces and self._tills else []), "again"]
        if money.is_disputed or money.way not in self.ways:
            return after  # a provider refunds no payment that was lost
        by_bank = ["dispute"] if money.way == "card" and order.kept else []
        return [*(["refund-one", "refund-all"] if has_pieces else []), "cancel", "edit", *by_bank, *after]


def _bought(order: Order) -> list[str]:
    """The products that the customer has not given back."""
    return list(dict.fromkeys(line.item.sku for line in order.lines if line.quantity))


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


def now() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def new_id() -> int:
    """Shopify's ids are whole numbers of up to 64 bits; the sum of two of ours still is one."""
    return 10**15 + secrets.randbelow(4 * 10**18)
