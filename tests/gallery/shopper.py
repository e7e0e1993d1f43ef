"""Somebody who buys in a shop of the gallery: what they do, and what their card says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.events import (
    AccountId,
    ActivityTold,
    Amounts,
    Customer,
    LineBack,
    LineFacts,
    OrderFacts,
    OrderTold,
    Reference,
    RefundFacts,
)
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import Purse
from chalicelib.ledger.member_document import Value
from chalicelib.programs.learning import Attribute, Fact, FeeRefunded, Listed, Picked, PlanPaid
from chalicelib.programs.paying import Purchase
from chalicelib.programs.redeeming import paid
from chalicelib.services.journaling import Standing, standing
from chalicelib.services.referral_claims import Seen
from ops.laptop.shopify_books import Buyer

if TYPE_CHECKING:
    from scenes import Shop


@dataclass(frozen=True)
class Goods:
    """A line of an order: what it costs in all, and what is known of it."""

    price: str | int
    category: str = ""
    brand: str = ""
    sku: str = ""
    pieces: int = 1
    is_promo: bool = False


def goods(price: str | int, category: str = "", **more: Any) -> Goods:
    return Goods(price, category, **more)


@dataclass(frozen=True)
class Bought:
    """An order as the shop told it, with the points that paid for a part of it."""

    reference: Reference
    facts: OrderFacts
    used: RedemptionDocument | None = None


@dataclass
class Shopper:
    """A member: what they do, and what their card says."""

    shop: "Shop"
    buyer: Buyer

    @property
    def account(self) -> AccountId:
        return self.shop.here.account(self.buyer)

    @property
    def customer(self) -> Customer:
        return Customer(email=self.buyer.email)

    def _standing(self) -> Standing:
        own = self.shop.here
        return standing(own.own.ledger, own.program, self.account, own.clock.now())

    def _purse(self, currency: str) -> Purse:
        return self._standing().snap.purse(currency or self.shop.definition.main.key)

    # --- what the card says ---

    def balance(self, currency: str = "") -> int:
        """Points that can be used now."""
        return self._purse(currency).spendable

    def on_the_way(self, currency: str = "") -> int:
        """Points that were given and cannot be used yet."""
        return self._purse(currency).pending

    def debt(self, currency: str = "") -> int:
        """Points that were taken back after they were used."""
        return self._purse(currency).debt

    def level(self) -> str:
        return self._standing().snap.tier.level

    def benefits(self) -> tuple[str, ...]:
        """Standing benefits that hold now."""
        return self.shop.here.house.knowing.of(self.shop.here.program, self.account).benefits

    # --- buying ---

    def buys(
        self,
        *bought: Goods | str | int,
        points: int = 0,
        at: str = "",
        delivered: str = "",
        name: str = "",
        shipping: str | int = 0,
        discount: str | int = 0,
        tax: str | int = 0,
        gift_cards: str | int = 0,
        **facts: str,
    ) -> Bought:
        """A paid order; one sum, or lines. Points pay for a part of it by the program's rules.

        at: when, by the shop's clock, if not now (an order that is told late)
        facts: store, terminal, channel, payment_method, partner, in the shop's words
        Raises: Refused, where points cannot pay.
        """
        money, own = self.shop.money, self.shop.here
        lines = tuple(self._line(str(place), each) for place, each in enumerate(bought, 1) if isinstance(each, Goods))
        total = sum(money(each.price if isinstance(each, Goods) else each) for each in bought)
        name = name or self.shop.name()
        used, less = self.pays(points, Purchase(total, _by_category(lines)), name) if points else (None, 0)
        own.clock.forward(1_000)
        occurred = self.shop.instant(at) if at else own.clock.now()
        amounts = Amounts(
            goods=total,
            tax=money(tax),
            discount=money(discount),
            shipping=money(shipping),
            gift_cards=money(gift_cards),
            points_paid=less,
        )
        order = OrderFacts(
            changed_at=own.clock.now(),
            occurred_at=occurred,
            currency=self.shop.definition.money,
            amounts=amounts,
            is_paid=True,
            delivered_at=self.shop.instant(delivered) if delivered else None,
            lines=lines,
            **facts,  # type: ignore[arg-type]
        )
        made = Bought(Reference(f"order/shop/{name}"), order, used)
        self._tell(OrderTold(made.reference, f"paid-{name}", f"#{name}", order, customer=self.customer))
        return made

    def returns(self, order: Bought, *amount: str | int, lines: Mapping[int, int] | None = None) -> None:
        """Money goes back: so much of it, so many pieces of lines (by their number, from 1), or all that was paid."""
        own = self.shop.here
        own.clock.forward(1_000)
        back, of_lines = (
            order.facts.amounts,
            {each.id: LineBack(each.quantity, each.goods) for each in order.facts.lines},
        )
        if lines is not None:
            known = {each.id: each for each in order.facts.lines}
            of_lines = {
                str(number): LineBack(pieces, known[str(number)].goods * pieces // known[str(number)].quantity)
                for number, pieces in lines.items()
            }
            back = Amounts(goods=sum(each.goods for each in of_lines.values()))
        elif amount:
            back, of_lines = Amounts(goods=self.shop.money(amount[0])), {}
        refund = RefundFacts(own.clock.now(), "succeeded", back, of_lines)
        name = self.shop.name()
        self._tell(OrderTold(order.reference, f"refund-{name}", refunds={name: refund}, customer=self.customer))

    def _line(self, number: str, each: Goods) -> LineFacts:
        return LineFacts(
            id=number,
            sku=each.sku,
            categories=(each.category,) if each.category else (),
            brand=each.brand,
            quantity=each.pieces,
            goods=self.shop.money(each.price),
            is_promo=each.is_promo,
        )

    def _tell(self, told: OrderTold) -> None:
        own = self.shop.here
        recorded = own.house.recorder.record(own.program, told, actor="shop", deadline=None)
        assert recorded.document.state == "posted", recorded.reason

    # --- using points ---

    def pays(self, points: int, purchase: Purchase | str | int, name: str = "") -> tuple[RedemptionDocument, int]:
        """Points are used at the till for a purchase: what was written, and the minor units that they paid.

        Raises: Refused, by the program's rules.
        """
        own = self.shop.here
        bought = purchase if isinstance(purchase, Purchase) else Purchase(self.shop.money(purchase))
        pay = self.shop.definition.pay
        assert pay is not None
        known = self._attributes()
        used = own.house.redemptions.redeem(
            own.program,
            Reference(f"redemption/{name or self.shop.name()}"),
            self.account,
            points,
            actor="till",
            currency=pay.currency,
            goods=bought,
        )
        return used, paid(self.shop.definition, points, known)

    def _attributes(self) -> dict[str, int]:
        document = self.shop.here.house.knowing.of(self.shop.here.program, self.account).document
        now = self.shop.here.clock.now()
        values = {name: document.attribute(name, now) for name in document.attributes}
        return {name: value for name, value in values.items() if isinstance(value, int)}

    def takes(self, reward: str, points: int | None = None) -> RedemptionDocument:
        """Points are exchanged for a reward of the catalogue. Raises: Refused."""
        own = self.shop.here
        reference = Reference(f"redemption/{self.shop.name()}")
        return own.house.catalogue.redeem(own.program, reference, self.account, reward, actor="till", points=points)

    def cashes(self, points: int) -> RedemptionDocument:
        """Points are exchanged for money. Raises: Refused."""
        own = self.shop.here
        reference = Reference(f"redemption/{self.shop.name()}")
        return own.house.catalogue.pay_out(own.program, reference, self.account, points, actor="till")

    # --- everything else a member does ---

    def does(self, activity: str, thing: str = "", *, at: str = "", **more: Any) -> str:
        """Something besides buying, such as "review.created" of a thing; what became of it."""
        own = self.shop.here
        own.clock.forward(1_000)
        occurred = self.shop.instant(at) if at else own.clock.now()
        name = self.shop.name()
        told = ActivityTold(f"did-{name}", activity, thing or name, occurred, self.customer, **more)
        return own.house.hooks.reception.rewards.reward(own.program, told, actor="events", deadline=None)

    def knows(self, *facts: Fact) -> None:
        """The program learns something of the member. Raises: Refused."""
        own = self.shop.here
        knowing = own.house.knowing
        revision = knowing.of(own.program, self.account).document.revision
        knowing.tell(own.program, self.account, facts, revision=revision)

    def is_known_for(self, **attributes: Value) -> None:
        """Attributes, as they are from now on; money in minor units."""
        now = self.shop.here.clock.now()
        self.knows(*(Attribute(name, value, now) for name, value in attributes.items()))

    def is_on_list(self, segment: str, is_on: bool = True) -> None:
        self.knows(Listed(segment, is_on, self.shop.here.clock.now()))

    def picks(self, choice: str, *options: str) -> None:
        self.knows(Picked(choice, options))

    def subscribes(self, plan: str, *, trial: bool = False) -> None:
        self.knows(PlanPaid(plan, is_trial=trial))

    def gets_fee_back(self, plan: str) -> None:
        self.knows(FeeRefunded(plan))

    def brings(self, name: str) -> "Shopper":
        """A friend joins with this member's code."""
        own = self.shop.here
        code = own.house.referral_claims.code(own.program, self.account, Seen())
        friend = self.shop.member(name)
        own.house.referral_claims.claim(own.program, friend.account, code, Seen())
        return friend

    def is_given_level(self, level: str, *, days: int | None = None) -> None:
        """The shop gives a level by hand, for so many days or for good."""
        own = self.shop.here
        until = None if days is None else own.clock.now() + days * 86_400_000
        reference = Reference(f"level/{self.shop.name()}")
        own.house.levels.give(own.program, reference, self.account, level, until=until, reason="By hand", actor="till")


def _by_category(lines: Sequence[LineFacts]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in lines:
        for category in each.categories:
            found[category] = found.get(category, 0) + each.goods
    return found
