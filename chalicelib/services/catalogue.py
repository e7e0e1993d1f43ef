"""Points are exchanged for rewards, for money, or for what a past order cost: each time once, or with a plain no.

A reward that could not be handed out is undone like any redemption: its points go back, and so does what was counted.
"""

from collections.abc import Callable
from fractions import Fraction

import msgspec

from chalicelib.errors import Broken, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.counts import counted
from chalicelib.ledger.documents import OrderDocument, RedemptionDocument
from chalicelib.ledger.offer_documents import CountDocument, VoucherDocument
from chalicelib.ledger.orders import returned
from chalicelib.ledger.redemptions import Spending, redeem, whole_number
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.choosing import chosen, money_due, period_of, worth_of
from chalicelib.programs.paying import PayOff, PayOut
from chalicelib.programs.program import Program, Version
from chalicelib.programs.redeeming import exchanged
from chalicelib.programs.rewards import PAID_OFF, PAID_OUT, Reward
from chalicelib.programs.tiers import level_now
from chalicelib.services.giving_vouchers import Giving
from chalicelib.services.journaling import Standing
from chalicelib.services.ports import Clock, Ledger
from chalicelib.services.rate_attributes import rate_attributes
from chalicelib.services.redeeming import Redemptions, Step, active
from chalicelib.services.undoing import MONEY_COUNT


class Catalogue(msgspec.Struct, frozen=True):
    """Exchanges points. All of it raises TryAgain, after which repeating is safe.

    What is new raises Refused("redeeming_paused") while redeeming is paused.
    """

    ledger: Ledger
    redemptions: Redemptions
    giving: Giving
    clock: Clock

    def redeem(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        reward: str,
        *,
        actor: str,
        points: int | None = None,
    ) -> RedemptionDocument:
        """Exchange points for a reward at its price in the version in force. A repeat is answered as the first was.

        points: fewer than the price, where the rest may be paid in money; the document says how much that is
        Raises: Refused (reward_unknown, reward_not_yet, reward_over, reward_not_for_level, reward_gone,
        reward_had_before, no_codes_left, not_enough_points, what `money_due` raises; another_redemption when the
        reference was used for something else).
        """

        def decide(_: RedemptionDocument | None, stand: Standing) -> Spending:
            program.goes("redeeming")
            return self._bought(program, stand, RewardAsked(reference, reward, points))

        wanted = _Wanted(reference, account, reward, points, actor)
        return self._do(program, wanted, decide)

    def pay_out(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        points: int,
        *,
        actor: str,
    ) -> RedemptionDocument:
        """Exchange points for money, which the shop pays: `worth` of the document says how much.

        Raises: Refused (not_exchanged_for_money, below_minimum, not_in_steps, rate_not_known, not_enough_points).
        """

        def decide(_: RedemptionDocument | None, stand: Standing) -> Spending:
            program.goes("redeeming")
            version = program.in_force(stand.at)
            change = version.definition.pay_out
            if change is None:
                raise Refused("not_exchanged_for_money", program=program.slug)
            worth = self._exchanged(program, change, points, stand)
            fresh = RedemptionDocument(reference, stand.account, change.currency, points, revision=1, reward=PAID_OUT)
            fresh = msgspec.structs.replace(fresh, worth=worth, version=version.sha)
            return active(program, stand, redeem(fresh, stand.snap))

        wanted = _Wanted(reference, account, PAID_OUT, points, actor)
        return self._do(program, wanted, decide)

    def pay_off(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        points: int,
        order: Reference,
        *,
        actor: str,
    ) -> RedemptionDocument:
        """Pay for a past order with points: the shop gives back `worth` of what it cost.

        Raises: Refused (orders_not_paid_off, order_unknown, order_too_old, order_too_small, more_than_the_order,
        below_minimum, not_in_steps, rate_not_known, not_enough_points).
        """

        def decide(_: RedemptionDocument | None, stand: Standing) -> Spending:
            program.goes("redeeming")
            version = program.in_force(stand.at)
            change = version.definition.pay_off
            if change is None:
                raise Refused("orders_not_paid_off", program=program.slug)
            worth = self._exchanged(program, change, points, stand)
            count = self._owed(program, change, self._order(program, order, stand), worth, stand)
            fresh = RedemptionDocument(reference, stand.account, change.currency, points, revision=1, reward=PAID_OFF)
            counts = (count.reference,)
            fresh = msgspec.structs.replace(fresh, worth=worth, version=version.sha, order=order, counts=counts)
            spending = active(program, stand, redeem(fresh, stand.snap))
            return msgspec.structs.replace(spending, more=(count,))

        wanted = _Wanted(reference, account, PAID_OFF, points, actor, order)
        return self._do(program, wanted, decide)

    def undo(self, program: Program, reference: Reference, *, actor: str) -> RedemptionDocument:
        """What the points were for was not handed out: they go back to their lots, and what was counted goes down.

        A repeat changes nothing. Raises: Refused (redemption_unknown, voucher_used, expired).
        """
        return self.redemptions.reverse(program, reference, actor=actor)

    def codes(self, program: Program, document: RedemptionDocument) -> list[str]:
        """The codes of the vouchers that were given out for a redemption; none once it has been undone."""
        if document.returned == document.used:
            return []
        found = []
        for number, reference in enumerate(document.vouchers):
            voucher = self.ledger.document(program.slug, reference)
            if not isinstance(voucher, VoucherDocument):
                raise Broken("not_a_voucher", document=reference)
            found.append(self.giving.code(program.slug, voucher, voucher_name(document.reference, number)))
        return found

    # --- rewards

    def _bought(self, program: Program, stand: Standing, asked: "RewardAsked") -> Spending:
        version = program.in_force(stand.at)
        definition = version.definition
        reward = chosen(definition, asked.reward, level=level_now(definition.tiers, stand.snap.tier), at=stand.at)
        points = self._price(reward, stand, asked.points)
        topped_up = 0 if reward.takes_all else money_due(definition, reward, points)
        counts = self._counts(program, version, reward, stand)
        fresh = RedemptionDocument(
            asked.reference, stand.account, reward.currency, points, revision=1, reward=reward.key
        )
        fresh = msgspec.structs.replace(
            fresh,
            version=version.sha,
            worth=worth_of(definition, reward),
            topped_up=topped_up,
            counts=tuple(count.reference for count in counts),
        )
        vouchers: tuple[CountDocument | VoucherDocument, ...] = ()
        if kind := definition.offers.voucher(reward.voucher):
            given = self.giving.given(
                program.slug,
                version,
                kind,
                name=voucher_name(asked.reference, 0),
                worth=fresh.worth,
                account=stand.account,
                at=stand.at,
                redemption=asked.reference,
            )
            fresh = msgspec.structs.replace(fresh, vouchers=(given.voucher.reference,))
            vouchers = (given.voucher,) if given.count is None else (given.voucher, given.count)
        spending = active(program, stand, redeem(fresh, stand.snap))
        return msgspec.structs.replace(spending, more=(*counts, *vouchers))

    def _price(self, reward: Reward, stand: Standing, asked: int | None) -> int:
        """Points that go: the price, fewer where money tops them up, or all there are."""
        if not reward.takes_all:
            return reward.price if asked is None else whole_number(asked)
        there = stand.snap.purse(reward.currency)
        if there.spendable < reward.price:
            raise Refused("not_enough_points", asked=reward.price, there=there.balance, owed=there.debt)
        return there.spendable

    def _counts(self, program: Program, version: Version, reward: Reward, stand: Standing) -> list[CountDocument]:
        counts = []
        if reward.stock is not None:
            reference = Reference(f"count/reward/{reward.key}")
            counts.append(self._count(program, reference, reward.stock, otherwise="reward_gone"))
        if reward.per_member is not None:
            since = stand.snap.opened
            name = period_of(version.definition, reward.per_member, at=stand.at, member_since=since)
            reference = Reference(f"count/reward/{reward.key}/{name}/{stand.account}")
            counts.append(self._count(program, reference, reward.per_member.count, otherwise="reward_had_before"))
        return counts

    def _count(self, program: Program, reference: Reference, most: int, *, otherwise: str) -> CountDocument:
        return counted(self._known_count(program, reference), reference, most, otherwise=otherwise)

    def _known_count(self, program: Program, reference: Reference) -> CountDocument | None:
        known = self.ledger.document(program.slug, reference)
        if known is not None and not isinstance(known, CountDocument):
            raise Broken("not_a_count", document=reference)
        return known

    # --- past orders

    def _order(self, program: Program, reference: Reference, stand: Standing) -> OrderDocument:
        order = self.ledger.document(program.slug, reference)
        if not isinstance(order, OrderDocument) or order.account is None or order.state != "posted":
            raise Refused("order_unknown", order=reference[:200])
        if order.facts is None or not self.redemptions.is_one(program, order.account, stand.account):
            raise Refused("order_unknown", order=reference[:200])
        return order

    def _owed(
        self, program: Program, change: PayOff, order: OrderDocument, worth: int, stand: Standing
    ) -> CountDocument:
        """How much of the order points have paid for, with this: never more than what it cost and was not returned."""
        facts = order.facts
        assert facts is not None
        calendar = ZoneCalendar(program.in_force(stand.at).definition.time_zone)
        if calendar.shifted(facts.occurred_at, change.within) < stand.at:
            raise Refused("order_too_old", order=order.reference)
        rate = Fraction(order.pricing.rate) if order.pricing is not None and order.pricing.rate else Fraction(1)
        kept = facts.amounts.less(returned(order))
        cost = 0 if facts.is_cancelled or not facts.is_paid else int((kept.goods - kept.points_paid) * rate)
        if cost < max(1, change.min_order):
            raise Refused("order_too_small", goods=cost, least=change.min_order)
        reference = Reference(f"{MONEY_COUNT}{order.reference}")
        known = self._known_count(program, reference) or CountDocument(reference)
        if known.used + worth > cost:
            raise Refused("more_than_the_order", asked=worth, left=max(0, cost - known.used))
        return msgspec.structs.replace(known, used=known.used + worth, revision=known.revision + 1)

    # --- what all of them need

    def _exchanged(self, program: Program, change: PayOut | PayOff, points: int, stand: Standing) -> int:
        """What the points come to, in minor units."""
        known = rate_attributes(self.ledger, program.slug, change.rate, stand.account, stand.at)
        return exchanged(change, whole_number(points), known)

    def _do(
        self,
        program: Program,
        wanted: "_Wanted",
        decide: Callable[[RedemptionDocument | None, Standing], Spending],
    ) -> RedemptionDocument:
        def answered(known: RedemptionDocument | None) -> RedemptionDocument | None:
            if known is None:
                return None
            is_same = (known.reward, known.order) == (wanted.what, wanted.order) and wanted.points in (
                None,
                known.points,
            )
            if not is_same or not self.redemptions.is_one(program, wanted.account, known.account):
                raise Refused("another_redemption", reference=wanted.reference)
            return known

        step = Step(wanted.reference, wanted.account, "redeemed", wanted.actor, answered, decide)
        return self.redemptions.once(program, step)


class _Wanted(msgspec.Struct, frozen=True):
    """What is asked for, by whom. `what`: a reward's name, money or a past order."""

    reference: Reference
    account: AccountId
    what: str
    points: int | None
    actor: str
    order: Reference | None = None


class RewardAsked(msgspec.Struct, frozen=True):
    """A reward that a member wants. `points`: None for its whole price."""

    reference: Reference
    reward: str
    points: int | None


def voucher_name(redemption: Reference, number: int) -> str:
    """What a voucher is called from which its code is made."""
    return f"{redemption}#{number}"
