"""What is wrong with rewards, vouchers, benefits and discounts: prices that nobody reaches, promises to nobody."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from chalicelib.programs import wording
from chalicelib.programs.definition import Currency, Definition, Lasting
from chalicelib.programs.durations import Duration
from chalicelib.programs.limits import Limit, Span
from chalicelib.programs.noting import Note
from chalicelib.programs.paying import Pay, Rates
from chalicelib.programs.rewards import PAID_OFF, PAID_OUT, Reward
from chalicelib.programs.titles import Titles, missing_titles
from chalicelib.programs.values import nearest
from chalicelib.programs.vouchers import Voucher

_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_SPAN_DAYS: Mapping[Span, int] = {"day": 1, "week": 7, "month": 28, "billing period": 28, "year": 365}
_FAR = 10
"""A coupon for purchases of more than so many times its worth is hardly worth using."""


def lint_offers(definition: Definition) -> Iterator[Note]:
    """Everything worth mending."""
    yield from _paying(definition)
    yield from _rewards(definition)
    yield from _stamps(definition)
    yield from _vouchers(definition)
    yield from _perks(definition)
    yield from _discount(definition)


# --- paying -------------------------------------------------------------------------------------------------------


def _paying(definition: Definition) -> Iterator[Note]:
    pay = definition.pay
    if pay is not None:
        yield from _every_level(definition, pay.by_level, "redeem.pay.at_most")
        yield from _rate(definition, pay.rate, "redeem.pay.rate")
        yield from _least(definition, pay)
        yield from _reach(definition, pay.currency, pay.min_points, "redeem.pay.min")
    for change, path in ((definition.pay_out, "redeem.money"), (definition.pay_off, "redeem.past_order")):
        if change is not None:
            yield from _rate(definition, change.rate, f"{path}.rate")
            yield from _reach(definition, change.currency, change.min_points, f"{path}.min")


def _least(definition: Definition, pay: Pay) -> Iterator[Note]:
    """The fewest points must be a number that can be used, and that the smallest order can be paid with."""
    rates = [each for _, each in pay.rate.steps] if isinstance(pay.rate, Rates) else [pay.rate] if pay.rate else []
    for step in (pay.step, *(rate.points for rate in rates)):
        if pay.min_points % step:
            message = f"points count in steps of {step}, so exactly {pay.min_points} can never be used"
            yield Note("redeem.pay.min", message, f"Use a multiple of {step}.")
            return
    worth = definition.currency(pay.currency).worth
    paid = Fraction(rates[0].worth(pay.min_points)) if rates else (worth or Fraction(0)) * pay.min_points
    share = min(pay.by_level.values(), default=pay.at_most)
    if pay.min_order and paid > min(share * pay.min_order, Fraction(pay.min_order - pay.leave)):
        told = wording.money(paid, definition.money, "en")
        message = f"the fewest points pay {told}, more than they may of the smallest order"
        advice = "Lower the fewest points, or raise the smallest order or the share."
        yield Note("redeem.pay.min_order", message, advice, "warning")


def _rate(definition: Definition, rate: object, path: str) -> Iterator[Note]:
    if not isinstance(rate, Rates):
        return
    declared = definition.membership.attributes
    kind = declared.get(rate.attribute)
    wanted = "money" if rate.is_money else "whole number"
    if kind is None:
        meant = nearest(rate.attribute, declared)
        suggestion = (
            f'Did you mean "{meant}"?' if meant else f"Add members: {{attributes: {{{rate.attribute}: {wanted}}}}}."
        )
        yield Note(f"{path}.by", f'nothing called "{rate.attribute}" is kept of members', suggestion)
    elif kind != wanted and not (kind == "money" and all(start == 0 for start, _ in rate.steps)):
        message = f'"{rate.attribute}" is {kind}, but the steps are {wanted}'
        yield Note(f"{path}.steps", message, f"Write steps as {kind}, or declare it as {wanted}.")


# --- rewards ------------------------------------------------------------------------------------------------------


def _rewards(definition: Definition) -> Iterator[Note]:
    own = [reward for reward in definition.offers.rewards if reward.key not in _full_cards(definition)]
    counted = Counter(reward.key for reward in definition.offers.rewards)
    for index, reward in enumerate(own):
        path = f"rewards[{index}]"
        if counted[reward.key] > 1:
            yield Note(f"{path}.reward", f'the reward "{reward.key}" is there twice', "Use each name only once.")
        yield from _titles(definition, reward.names, f"{path}.name")
        yield from _reach(definition, reward.currency, reward.price, f"{path}.price")
        yield from _reward(definition, reward, path)
    if counted[PAID_OUT] or counted[PAID_OFF]:
        yield Note("rewards", f'a reward cannot be called "{PAID_OUT}" or "{PAID_OFF}"', "Use another short name.")


def _reward(definition: Definition, reward: Reward, path: str) -> Iterator[Note]:
    yield from _known_levels(definition, reward.levels, f"{path}.levels")
    if reward.since is not None and reward.until is not None and reward.until < reward.since:
        yield Note(f"{path}.until", "the last day comes before the first one", "Let it end later.")
    worth = definition.currency(reward.currency).worth
    if reward.top_up and worth is None:
        message = "money pays for the rest of the price, but nothing says what these points are worth"
        yield Note(f"{path}.top_up", message, f"Add a worth such as 0.05 {definition.money} to the points.")
    if reward.per_member is not None and reward.stock is not None and reward.stock < reward.per_member.count:
        message = "one member may have more of it than there are"
        yield Note(f"{path}.per_member", message, "Lower it, or raise the stock.", "warning")
    if worth and reward.what in ("discount", "money") and (reward.worth or 0) > worth * reward.price:
        message = "this is worth more than its points are when they pay"
        yield Note(f"{path}.worth", message, "Raise the price, or the worth of the points.", "warning")


def _stamps(definition: Definition) -> Iterator[Note]:
    offers = definition.offers
    counted = Counter(reward.key for reward in offers.rewards)
    for card in offers.stamps:
        path = f"stamps.{card.currency}"
        reward = offers.reward(card.reward)
        if reward is None:
            continue
        if counted[card.reward] > 1:
            yield Note(f"{path}.gives.reward", f'the reward "{card.reward}" is there twice', "Use each name only once.")
        yield from _titles(definition, reward.names, f"{path}.gives.name")
        yield from _reach(definition, card.currency, card.size, f"{path}.size")
        if definition.earn.base.gift_cards == "included":
            message = "buying a gift card stamps, and so does paying with it"
            yield Note("earn.base.gift_cards", message, "Leave gift cards out of what earns.", "warning")
        if card.may_combine and not definition.transfers.allowed:
            message = "members cannot give each other anything, so stamps are not put together either"
            yield Note(f"{path}.combine", message, "Allow transfers, or leave this key out.")


def _full_cards(definition: Definition) -> set[str]:
    return {card.reward for card in definition.offers.stamps}


# --- what nobody reaches ------------------------------------------------------------------------------------------


def _reach(definition: Definition, currency: str, price: int, path: str) -> Iterator[Note]:
    """A price that the limits of earning, the life of the points or vouchers that come by themselves keep away."""
    most = _most_held(definition, definition.currency(currency))
    if most is not None and most < price:
        message = f"nobody can have so many at once: the limits of earning let through {most} at most"
        yield Note(path, message, "Lower the price, raise the limits, or let the points live longer.")
    for voucher in definition.offers.vouchers:
        auto = voucher.automatic
        if auto is not None and auto.currency == currency and not auto.months and price >= auto.least:
            message = f"nobody has so many: from {auto.least} on they become vouchers by themselves"
            yield Note(path, message, "Lower the price, or let the vouchers come later.")


def _most_held(definition: Definition, currency: Currency) -> int | None:
    """The most points that the limits let anybody hold at once; None when there is no such bound."""
    total = 0
    life = currency.expires
    for rule in definition.earn.rules:
        if rule.give.currency != currency.key:
            continue
        match rule.limit:
            case Limit(most, "lifetime"):
                total += most
            case Limit(most, span) if isinstance(life, Lasting):
                # The end of the last day's week, month or year may come a year after that at most.
                total += most * (_days(life.life) // _SPAN_DAYS[span] + 1 + 366 // _SPAN_DAYS[span])
            case _:
                return None
    return total


def _days(time: Duration) -> int:
    return time.count * _DAYS[time.unit]


# --- vouchers, benefits, discount ---------------------------------------------------------------------------------


def _vouchers(definition: Definition) -> Iterator[Note]:
    kinds = Counter(
        voucher.automatic.currency
        for voucher in definition.offers.vouchers
        if voucher.automatic is not None and not voucher.automatic.months
    )
    for voucher in definition.offers.vouchers:
        path = f"vouchers.{voucher.key}"
        yield from _titles(definition, voucher.names, f"{path}.name")
        yield from _voucher(definition, voucher, path)
        if voucher.automatic is not None and not voucher.automatic.months and kinds[voucher.automatic.currency] > 1:
            message = "the same points become another voucher by themselves, too"
            yield Note(f"{path}.by_itself", message, "Let one of them do so only in certain months.")


def _voucher(definition: Definition, voucher: Voucher, path: str) -> Iterator[Note]:
    if voucher.min_order > _FAR * voucher.least:
        message = f"a coupon for purchases of more than {_FAR} times its worth is hardly worth using"
        yield Note(f"{path}.min_order", message, "Ask for a smaller purchase, or give more.", "warning")
    auto = voucher.automatic
    if auto is None:
        return
    if definition.currency(auto.currency) == definition.main and definition.pay is not None and not auto.months:
        pay = definition.pay
        if pay.currency == auto.currency and pay.min_points >= auto.least:
            return  # told where the points pay
    most = _most_held(definition, definition.currency(auto.currency))
    if most is not None and most < auto.least:
        message = f"nobody can have so many at once: the limits of earning let through {most} at most"
        yield Note(f"{path}.by_itself", message, "Lower it, or raise the limits.")


def _perks(definition: Definition) -> Iterator[Note]:
    tiers = definition.tiers
    named = {perk for level in tiers.levels for perk in level.perks} if tiers is not None else set[str]()
    for perk in definition.offers.perks:
        path = f"perks.{perk.key}"
        yield from _titles(definition, perk.names, f"{path}.name")
        if not perk.is_everyones and perk.key not in named:
            yield Note(path, "nobody has this benefit", "Name it at a level, or write “everyone: yes”.")
        elif perk.is_everyones and perk.key in named:
            yield Note(path, "everyone has it, so no level brings it", "Leave one of both out.", "warning")


def _discount(definition: Definition) -> Iterator[Note]:
    discount = definition.offers.discount
    if discount is None:
        return
    yield from _known_levels(definition, discount.by_level, "discount.levels")
    names = [level.name for level in definition.tiers.levels] if definition.tiers is not None else []
    for low, high in pairwise(name for name in names if name in discount.by_level):
        if discount.by_level[high] < discount.by_level[low]:
            message = f'"{high}" has less than "{low}", the level below it'
            least = wording.share(discount.by_level[low], "en")
            yield Note(f"discount.levels.{high}", message, f"Use at least {least}.")
    if not discount.with_points and definition.pay is None:
        message = "points never pay, so this changes nothing"
        yield Note("discount.with_points", message, "Leave this key out.", "warning")


# --- levels and names ---------------------------------------------------------------------------------------------


def _every_level(definition: Definition, shares: Mapping[str, Fraction], path: str) -> Iterator[Note]:
    """Shares of the goods by level: each level there is, and no other one. `lint_tiers` sees to it that none falls."""
    if not shares:
        return
    yield from _known_levels(definition, shares, path)
    for level in definition.tiers.levels if definition.tiers is not None else ():
        if level.name not in shares:
            yield Note(path, f'"{level.name}" has not got a share of the goods', "Name every level.")


def _known_levels(definition: Definition, names: Iterable[str], path: str) -> Iterator[Note]:
    known = [level.name for level in definition.tiers.levels] if definition.tiers is not None else []
    for name in names:
        if name not in known:
            meant = nearest(name, known)
            suggestion = f'Did you mean "{meant}"?' if meant else f"Levels: {', '.join(known) or 'none'}."
            yield Note(path, f'there is no level "{name}"', suggestion)


def _titles(definition: Definition, names: Titles, path: str) -> Iterator[Note]:
    for language in missing_titles(names, definition.languages):
        yield Note(path, f"the name in {language} is missing", "Add it: members read it.")
