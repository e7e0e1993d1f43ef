"""What each operation about rewards, vouchers and benefits does."""

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.offer_documents import VoucherDocument
from chalicelib.ledger.vouchers import free
from chalicelib.programs.choosing import least_points, worth_of
from chalicelib.programs.definition import Definition
from chalicelib.programs.discounts import discount_on
from chalicelib.programs.paying import Purchase
from chalicelib.programs.program import Program
from chalicelib.programs.redeeming import paid, payable
from chalicelib.programs.rewards import Reward
from chalicelib.programs.texts import spoken
from chalicelib.programs.tier_texts import perk_words
from chalicelib.programs.tiers import level_now
from chalicelib.programs.titles import title
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.perks import Perks
from chalicelib.services.ports import Chance, Clock, Vault
from chalicelib.services.rate_attributes import rate_attributes
from chalicelib.services.vouchers import Vouchers
from chalicelib.services.welcoming import Found, Welcome
from chalicelib.web.api import shapes
from chalicelib.web.api.offer_shapes import (
    Exchange,
    MoneyAsked,
    PastOrderAsked,
    PerkAsked,
    PerkLine,
    PerkList,
    PerkUse,
    RewardAsked,
    RewardLine,
    RewardList,
    VoucherFreed,
    VoucherPays,
    VoucherReturned,
    VoucherShown,
    VoucherTold,
    VoucherWanted,
)
from chalicelib.web.api.request import Request, api_id, moment

_MINUTE = 60_000


class OfferCounter(msgspec.Struct, frozen=True):
    """Serves stores with rewards, vouchers and benefits: one method for each operation."""

    welcome: Welcome
    catalogue: Catalogue
    vouchers: Vouchers
    perks: Perks
    vault: Vault
    chance: Chance
    clock: Clock

    def rewards(self, request: Request) -> RewardList:
        """What points are exchanged for."""
        definition = request.program.in_force(self.clock.now()).definition
        language = spoken(definition, request.query.get("language", ""))
        return RewardList([_line(definition, reward, language) for reward in definition.offers.rewards])

    def reward(self, request: Request) -> Exchange:
        """Points for a reward."""
        sent, name = request.sent(RewardAsked), request.named(self.vault, self.chance)
        account = self._member(request, sent.member)
        done = self.catalogue.redeem(
            request.program, _redemption(name), account, sent.reward, actor=request.actor, points=sent.points
        )
        return self._exchange(request, done, name)

    def money(self, request: Request) -> Exchange:
        """Points for money."""
        sent, name = request.sent(MoneyAsked), request.named(self.vault, self.chance)
        account = self._member(request, sent.member)
        done = self.catalogue.pay_out(request.program, _redemption(name), account, sent.points, actor=request.actor)
        return self._exchange(request, done, name)

    def past_order(self, request: Request) -> Exchange:
        """Points for a past order."""
        sent, name = request.sent(PastOrderAsked), request.named(self.vault, self.chance)
        account, order = self._member(request, sent.member), Reference(f"order/{sent.order}")
        done = self.catalogue.pay_off(
            request.program, _redemption(name), account, sent.points, order, actor=request.actor
        )
        return self._exchange(request, done, name)

    def undo(self, request: Request) -> Exchange:
        """What the points were for was not handed out."""
        name = api_id(request.ids["redemption"], "redemption_unknown")
        done = self.catalogue.undo(request.program, _redemption(name), actor=request.actor)
        return self._exchange(request, done, name)

    def issue(self, request: Request) -> VoucherTold:
        """A voucher for no points, or a gift card that was sold."""
        sent, name = request.sent(VoucherWanted), request.named(self.vault, self.chance)
        account = None if sent.member is None else self._member(request, sent.member)
        done = self.vouchers.issue(request.program, f"api/{name}", sent.voucher, worth=sent.worth, account=account)
        return self._voucher(done.voucher, done.code)

    def look(self, request: Request) -> VoucherTold:
        """A voucher by its code."""
        return self._voucher(self.vouchers.look(request.program, request.sent(VoucherShown).code))

    def pay(self, request: Request) -> VoucherTold:
        """A voucher pays, or is reserved."""
        sent = request.sent(VoucherPays)
        about = (request.program, sent.code, sent.checkout, sent.amount)
        if sent.minutes is None:
            return self._voucher(self.vouchers.use(*about, goods=sent.goods))
        until = self.clock.now() + sent.minutes * _MINUTE
        return self._voucher(self.vouchers.reserve(*about, goods=sent.goods, until=until))

    def free(self, request: Request) -> VoucherTold:
        """What was reserved is free again."""
        sent = request.sent(VoucherFreed)
        return self._voucher(self.vouchers.release(request.program, sent.code, sent.checkout))

    def give_back(self, request: Request) -> VoucherTold:
        """What a checkout was paid with is on the voucher again."""
        sent = request.sent(VoucherReturned)
        return self._voucher(self.vouchers.give_back(request.program, sent.code, sent.checkout, sent.amount))

    def perks_of(self, request: Request) -> PerkList:
        """A member's benefits."""
        account = self._member(request, request.ids["member"])
        definition = request.program.in_force(self.clock.now()).definition
        language = spoken(definition, request.query.get("language", ""))
        lines = [
            PerkLine(each.perk, perk_words(definition, each.perk, language), each.used, each.most)
            for each in self.perks.of(request.program, account)
        ]
        return PerkList(account, lines)

    def use_perk(self, request: Request) -> PerkUse:
        """A member uses a benefit."""
        sent, name = request.sent(PerkAsked), request.named(self.vault, self.chance)
        account = self._member(request, sent.member)
        done = self.perks.use(request.program, Reference(f"perk/api/{name}"), account, sent.perk)
        return PerkUse(name, done.account, done.perk, done.undone)

    def undo_perk(self, request: Request) -> PerkUse:
        """A benefit was not used after all."""
        name = api_id(request.ids["use"], "use_unknown")
        done = self.perks.give_back(request.program, Reference(f"perk/api/{name}"))
        return PerkUse(name, done.account, done.perk, done.undone)

    def quoted(
        self, quote: shapes.Quote, program: Program, order: shapes.Order, found: Found | None, now: Instant
    ) -> shapes.Quote:
        """The quote of an order with what members pay less for it, and with which points they can pay."""
        definition = program.in_force(now).definition
        if order.currency != definition.money:
            return quote
        level = level_now(definition.tiers, found.snap.tier) if found is not None else ""
        discount = definition.offers.discount
        taken = discount_on(discount, level, order.goods + order.discount, order.discount)
        if discount is not None:
            quote = msgspec.structs.replace(quote, discount=taken)
        pay = definition.pay
        if pay is None or found is None:
            return quote
        known = rate_attributes(self.perks.ledger, program.slug, pay.rate, found.account, now)
        # Points and a discount that exclude each other are a choice: what points pay without it is told.
        goods = order.goods - (taken if discount is not None and discount.with_points else 0)
        purchase = Purchase(goods, by_category={}, level=level, attributes=known)
        points = payable(definition, found.snap.purse(pay.currency).spendable, purchase)
        pays = paid(definition, points, known) if points else 0
        return msgspec.structs.replace(quote, payable=shapes.Payable(pay.currency, points, pays))

    def _member(self, request: Request, member: str) -> AccountId:
        found = self.welcome.by_id(request.program, AccountId(api_id(member, "member_unknown")))
        if found is None:
            raise Refused("member_unknown")
        if not found.is_member:
            raise Refused("not_a_member")
        return AccountId(member)

    def _exchange(self, request: Request, done: RedemptionDocument, name: str) -> Exchange:
        return Exchange(
            id=name,
            member=done.account,
            reward=done.reward,
            currency=done.currency,
            points=done.points,
            returned=done.returned,
            worth=done.worth,
            to_pay=done.topped_up,
            codes=self.catalogue.codes(request.program, done),
        )

    def _voucher(self, voucher: VoucherDocument, code: str = "") -> VoucherTold:
        now = self.clock.now()
        return VoucherTold(
            voucher=voucher.key,
            state="cancelled" if voucher.state == "cancelled" else "over" if voucher.ends <= now else "open",
            worth=voucher.worth,
            left=voucher.left,
            free=free(voucher, now),
            once=voucher.once,
            min_order=voucher.min_order,
            ends=moment(voucher.ends),
            member=voucher.account,
            code=code,
        )


def purchase_of(sent: shapes.RedemptionAsked) -> Purchase | None:
    """What the store knows of the purchase; None when the points buy something else."""
    if sent.goods is None:
        return None
    return Purchase(
        sent.goods, by_category=sent.by_category, discount=sent.discount, confirmed=frozenset(sent.confirmed)
    )


def _line(definition: Definition, reward: Reward, language: str) -> RewardLine:
    return RewardLine(
        reward=reward.key,
        name=title(reward.names, language),
        what=reward.what,
        currency=reward.currency,
        price=reward.price,
        at_least=least_points(reward),
        worth=worth_of(definition, reward),
        levels=list(reward.levels),
        since=reward.since,
        until=reward.until,
    )


def _redemption(name: str) -> Reference:
    return Reference(f"redemption/api/{name}")
