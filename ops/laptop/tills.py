"""The shop's tills: where an order's money moves, and what others than the shop tell of it.

Cash tells nobody; the card till is Stripe's, another one YooKassa's. Reviews of the goods go out beside them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, TypedDict

from ops.laptop.courier import News, Who
from ops.laptop.shopify_books import Order
from ops.laptop.shopify_sender import Signed
from ops.laptop.standard_sender import StandardSender
from ops.laptop.stripe_sender import StripeSender
from ops.laptop.stripe_shapes import Payment
from ops.laptop.yookassa_shop import YooKassaShop

Way = Literal["cash", "card", "kassa"]


class Hook(TypedDict):
    """Where a sender's news is heard, and what it is signed with."""

    url: str
    secret: str


@dataclass(slots=True)
class Money:
    """How an order is paid: at once, and once more for what is added later.

    cards: payments by card     kassa: payments at YooKassa by id, and the minor units that the shop still holds of each
    is_disputed: the buyer's bank took the money back
    """

    way: Way = "cash"
    cards: list[Payment] = field(default_factory=list)
    kassa: dict[str, int] = field(default_factory=dict)
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Tills:
    """`urls`: where each of them tells its news."""

    card: StripeSender
    kassa: YooKassaShop
    reviews: StandardSender
    urls: Mapping[Who, str]

    @classmethod
    def open(
        cls, hooks: Mapping[str, Hook], kassa: YooKassaShop, *, clock: Callable[[], int], new_id: Callable[[], int]
    ) -> Self:
        """`hooks`: by connection, pay (Stripe), kassa and events (activities). `kassa` leaves the telling to us."""
        kassa.hook_url = None  # so that the counter sees how each notification is answered
        return cls(
            card=StripeSender(hooks["pay"]["secret"], clock=clock, new_id=new_id),
            kassa=kassa,
            reviews=StandardSender(hooks["events"]["secret"], clock=clock, new_id=new_id),
            urls={
                "stripe": hooks["pay"]["url"],
                "yookassa": hooks["kassa"]["url"],
                "activities": hooks["events"]["url"],
            },
        )

    def settled(self, money: Money, amount: int, order: Order) -> list[News]:
        """The shop now holds `amount` more minor units for the order, or less when it is negative."""
        match money.way:
            case "card" if amount > 0:
                return self._charge(money, amount, order)
            case "card" if amount < 0:
                return self._card_back(money, -amount)
            case "kassa" if amount > 0:
                notice = self.kassa.paid(amount, _named(order))
                money.kassa[notice["object"]["id"]] = amount
                return [_unsigned(notice)]
            case "kassa" if amount < 0:
                return self._kassa_back(money, -amount)
            case _:
                return []

    def disputed(self, money: Money) -> list[News]:
        """The buyer asks the bank for what the shop still holds, and wins. The shop's software hears nothing of it."""
        money.is_disputed = True
        messages: list[Signed] = []
        for payment in money.cards:
            if left := payment.captured - payment.refunded:
                dispute = self.card.dispute(payment, left)
                messages += [self.card.disputed(dispute), self.card.disputed(dispute, "funds_withdrawn")]
                messages.append(self.card.dispute_closed(dispute, "lost"))
        return [News.by("stripe", message) for message in messages]

    def reviewed(self, product: str, email: str) -> News:
        return News.by("activities", self.reviews.activity("review.created", product, email))

    def again(self, news: News) -> News:
        """The same news once more. Who signs with the time of each attempt signs anew."""
        match news.who:
            case "stripe":
                return News.by("stripe", self.card.sign(news.body))
            case "activities":
                return News.by("activities", self.reviews.sign(news.body, id_=news.headers["webhook-id"]))
            case _:
                return news

    def _charge(self, money: Money, amount: int, order: Order) -> list[News]:
        payment = self.card.payment(amount, order.currency, order.buyer.email or "", _named(order))
        money.cards.append(payment)
        return [News.by("stripe", told) for told in (self.card.paid(payment), self.card.charged(payment))]

    def _card_back(self, money: Money, amount: int) -> list[News]:
        messages: list[Signed] = []
        for payment in money.cards:
            part = min(amount, payment.captured - payment.refunded)
            if part:
                amount -= part
                messages += [self.card.refunded(payment, part), self.card.charged(payment, "charge.refunded")]
        return [News.by("stripe", message) for message in messages]

    def _kassa_back(self, money: Money, amount: int) -> list[News]:
        told = []
        for payment, left in money.kassa.items():
            part = min(amount, left)
            if part:
                amount -= part
                money.kassa[payment] = left - part
                told.append(_unsigned(self.kassa.refunded(payment, part)))
        return told


def _named(order: Order) -> dict[str, str]:
    """The shop's software writes beside each payment which order it is for."""
    return {"shopify_order_id": str(order.id)}


def _unsigned(notice: dict[str, Any]) -> News:
    return News({"Content-Type": "application/json"}, json.dumps(notice).encode(), "yookassa")
