"""Terms of paying, rewards, stamp cards, vouchers, benefits and discounts: sentences made from the rules."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from babel.dates import get_month_names

from chalicelib.programs import wording
from chalicelib.programs.choosing import least_points
from chalicelib.programs.definition import Definition
from chalicelib.programs.offer_phrases import OFFER_PHRASES
from chalicelib.programs.paying import Confirm, Pay, PayOff, PayOut, Rate, Rates
from chalicelib.programs.rewards import Reward, StampCard, Times
from chalicelib.programs.tier_texts import perk_words
from chalicelib.programs.titles import title
from chalicelib.programs.vouchers import Voucher


def paying_lines(definition: Definition, currency: str, language: str) -> list[str]:
    """How these points become money, in ways that plain paying does not say; nothing when there are none."""
    teller = _Teller(definition, language)
    lines = [*teller.pay(definition.pay)] if definition.pay is not None and definition.pay.currency == currency else []
    for change in (definition.pay_out, definition.pay_off):
        if change is not None and change.currency == currency:
            lines += teller.change(change)
    return lines


def is_plain(pay: Pay) -> bool:
    """Does the one sentence "at least so many, for at most such a share" say all of it?"""
    return pay == Pay(pay.currency, pay.min_points, pay.at_most)


def offer_sections(definition: Definition, language: str) -> list[tuple[str, list[str]]]:
    """The headings and sentences about all that members get beside points."""
    teller, offers = _Teller(definition, language), definition.offers
    catalogue = [reward for reward in offers.rewards if reward.key not in {card.reward for card in offers.stamps}]
    sections = [
        ("rewards", [" ".join(teller.reward(reward)) for reward in catalogue]),
        ("stamps", [" ".join(teller.stamps(card)) for card in offers.stamps]),
        ("vouchers", [" ".join(teller.voucher(voucher)) for voucher in offers.vouchers]),
        ("perks", list(teller.perks())),
        ("discount", list(teller.discount())),
    ]
    if catalogue:
        sections[0][1].append(teller.say("undone"))
    return [(teller.say(heading), lines) for heading, lines in sections if lines]


def perk_line(definition: Definition, key: str, language: str) -> str:
    """The same with how often it can be used: "Lounge visits: 6 times a calendar year"."""
    perk = definition.offers.perk(key)
    name = perk_words(definition, key, language)
    if perk is None or perk.times is None:
        return name
    return f"{name}: {often(perk.times, language)}"


def often(times: Times, language: str) -> str:
    """ "6 times a calendar year", "6 раз в календарный год"."""
    phrases = _phrases(language)
    spoken = language if language in OFFER_PHRASES else "en"
    form = phrases.get(f"time.{wording.plural(times.count, spoken)}", phrases["time.other"])
    counted = form.format(count=wording.number(times.count, spoken))
    return phrases[f"a_{times.span}"].format(times=counted)


def stamps_text(filled: int, size: int, full: int, language: str) -> str:
    """What a stamp card says: "7 of 10", "3 из 10, полных карт: 1"."""
    key = "stamps_full" if full else "stamps_of"
    return _phrases(language)[key].format(filled=filled, size=size, full=full)


def _phrases(language: str) -> dict[str, str]:
    return dict(OFFER_PHRASES.get(language, OFFER_PHRASES["en"]))


class _Teller:
    """Tells of one definition in one language that we write."""

    def __init__(self, definition: Definition, language: str) -> None:
        self.definition = definition
        self.language = language

    def say(self, phrase: str, **words: str) -> str:
        return OFFER_PHRASES[self.language][phrase].format(**words)

    def pay(self, pay: Pay) -> Iterator[str]:
        if is_plain(pay):
            return
        yield self.say("pay_min", points=self._points(pay.min_points, pay.currency))
        match pay.rate:
            case Rate(points, money):
                yield self.say("pay_rate", points=self._points(points, pay.currency), money=self._money(money))
            case Rates():
                yield self.say("pay_rate_by", name=_name(pay.rate.attribute))
                yield from self._steps(pay.rate, pay.currency)
        if pay.step > 1:
            yield self.say("pay_step", points=self._points(pay.step, pay.currency))
        for level, share in pay.by_level.items():
            yield self.say("pay_share_level", level=level, share=self._share(share))
        if not pay.by_level:
            yield self.say("pay_share", share=self._share(pay.at_most))
        if pay.min_order:
            yield self.say("pay_min_order", money=self._money(pay.min_order))
        if pay.leave:
            yield self.say("pay_leave", money=self._money(pay.leave))
        if pay.not_for:
            yield self.say("pay_not_for", categories=", ".join(pay.not_for))
        for confirm in pay.confirm:
            yield self._confirm(confirm)

    def change(self, change: PayOut | PayOff) -> Iterator[str]:
        points = self._points(change.min_points, change.currency)
        match change:
            case PayOut():
                yield self.say("pay_out", points=points)
            case PayOff():
                yield self.say("pay_off", points=points, length=wording.period(change.within, self.language))
                yield self.say("pay_off_min", money=self._money(max(1, change.min_order)))
        match change.rate:
            case Rate(count, money):
                yield self.say("rate", points=self._points(count, change.currency), money=self._money(money))
            case Rates():
                yield self.say("rate_by", name=_name(change.rate.attribute))
                yield from self._steps(change.rate, change.currency)

    def reward(self, reward: Reward) -> Iterator[str]:
        price = self._points(reward.price, reward.currency)
        yield self.say("reward", name=title(reward.names, self.language), points=price)
        yield from self._what(reward)
        if reward.top_up:
            least = self._points(least_points(reward), reward.currency)
            yield self.say("top_up", share=self._share(reward.top_up), points=least)
        if reward.levels:
            yield self.say("levels", levels=", ".join(reward.levels))
        if reward.since is not None:
            yield self.say("from", day=self._day(reward.since))
        if reward.until is not None:
            yield self.say("until", day=self._day(reward.until))
        if reward.stock is not None:
            yield self.say("stock", count=wording.number(reward.stock, self.language))
        if reward.per_member is not None:
            yield self.say("often", times=often(reward.per_member, self.language))

    def stamps(self, card: StampCard) -> Iterator[str]:
        reward = self.definition.offers.reward(card.reward)
        assert reward is not None
        size = self._points(card.size, card.currency)
        yield self.say("card", size=size, name=title(reward.names, self.language))
        if reward.worth is not None:
            yield self.say("worth_most", money=self._money(reward.worth))
        yield self.say("over_lost" if reward.takes_all else "over_kept")
        if self.definition.transfers.allowed:
            yield self.say("combined" if card.may_combine else "not_combined")

    def voucher(self, voucher: Voucher) -> Iterator[str]:
        name = title(voucher.names, self.language)
        least, most = self._money(voucher.least), self._money(voucher.most)
        if voucher.least == voucher.most:
            yield self.say("voucher", name=name, money=most)
        else:
            yield self.say("voucher_range", name=name, least=least, most=most)
        yield self.say("lives", length=wording.period(voucher.lives, self.language))
        yield self.say("once" if voucher.use == "once" else "in_parts")
        if voucher.min_order:
            yield self.say("voucher_min", money=self._money(voucher.min_order))
        if (auto := voucher.automatic) is None:
            return
        yield self.say("by_itself", points=self._points(auto.every, auto.currency))
        if auto.least > auto.every:
            yield self.say("by_itself_from", points=self._points(auto.least, auto.currency))
        if auto.months:
            names = get_month_names("wide", context="stand-alone", locale=self.language)
            yield self.say("by_itself_months", months=", ".join(names[month] for month in auto.months))
        if auto.is_one:
            yield self.say("by_itself_one")

    def perks(self) -> Iterator[str]:
        for perk in self.definition.offers.perks:
            name = title(perk.names, self.language)
            name = name[:1].upper() + name[1:]
            if perk.times is None:
                told = self.say("perk", name=name)
            else:
                told = self.say("perk_times", name=name, times=often(perk.times, self.language))
            yield f"{told} {self.say('perk_everyone' if perk.is_everyones else 'perk_level')}"

    def discount(self) -> Iterator[str]:
        discount = self.definition.offers.discount
        if discount is None:
            return
        if discount.share:
            yield self.say("discount_card", share=self._share(discount.share))
        for level, share in discount.by_level.items():
            yield self.say("discount_level", level=level, share=self._share(share))
        if self.definition.pay is not None:
            yield self.say("discount_points" if discount.with_points else "discount_no_points")
        yield self.say("discount_both" if discount.with_promotions == "both" else "discount_larger")

    def _what(self, reward: Reward) -> Iterator[str]:
        kind = self.definition.offers.voucher(reward.voucher)
        worth = kind.most if kind is not None else reward.worth
        if worth is None:
            return
        money = self._money(worth)
        match reward.what:
            case "discount" | "donation" | "money":
                yield self.say(f"what_{reward.what}", money=money)
            case "voucher":
                yield self.say("worth", money=money)
            case _:
                yield self.say("worth_most", money=money)

    def _confirm(self, confirm: Confirm) -> str:
        if not confirm.above:
            return self.say(f"confirm_{confirm.how}")
        return self.say(f"confirm_{confirm.how}_above", money=self._money(confirm.above))

    def _steps(self, rates: Rates, currency: str) -> Iterator[str]:
        for start, rate in rates.steps:
            value = self._money(start) if rates.is_money else wording.number(start, self.language)
            points = self._points(rate.points, currency)
            yield self.say("rate_from", value=value, points=points, money=self._money(rate.money))

    def _points(self, count: int, currency: str) -> str:
        return wording.points(self.definition.currency(currency).names, count, self.language)

    def _money(self, minor_units: int | Fraction) -> str:
        return wording.money(minor_units, self.definition.money, self.language)

    def _share(self, share: Fraction) -> str:
        return wording.share(share, self.language)

    def _day(self, day: date) -> str:
        return wording.day(day, self.language)


def _name(attribute: str) -> str:
    return attribute.replace("_", " ")
