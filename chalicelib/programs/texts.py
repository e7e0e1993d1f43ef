"""A definition in plain words: terms for members, and the same with every default for its owner.

The words are made from the rules themselves, so they cannot drift apart. `points` counts points anywhere else.
"""

from fractions import Fraction

import msgspec

from chalicelib.money import exponent
from chalicelib.programs import wording
from chalicelib.programs.activity_texts import activity_line, activity_lines, undone_lines
from chalicelib.programs.card_texts import card_lines
from chalicelib.programs.definition import (
    ActivityRule,
    After,
    Currency,
    Definition,
    Fixed,
    Inactivity,
    Lasting,
    MembershipYear,
    Moment,
    OrderRule,
    Percent,
    PerStep,
    Steps,
    Unlimited,
)
from chalicelib.programs.durations import Duration
from chalicelib.programs.limit_texts import limit_lines, money_lines
from chalicelib.programs.membership_texts import member_lines, membership_lines, membership_title
from chalicelib.programs.notice_texts import notice_lines
from chalicelib.programs.offer_texts import is_plain, offer_sections, paying_lines
from chalicelib.programs.order_texts import (
    base_lines,
    condition_lines,
    give_lines,
    group_lines,
    min_order_line,
    rounding_line,
    share_lines,
)
from chalicelib.programs.people_texts import people_sections
from chalicelib.programs.phrases import PHRASES
from chalicelib.programs.tier_texts import level_lines, tier_lines
from chalicelib.programs.wording import points

__all__ = ["Section", "explain_text", "perk", "points", "spoken", "terms"]


class Section(msgspec.Struct, frozen=True):
    """A heading and its short sentences."""

    title: str
    sentences: tuple[str, ...]


def terms(definition: Definition, language: str) -> tuple[Section, ...]:
    """What members are promised, section by section. A language we do not write is served in one we do."""
    return _Writer(definition, spoken(definition, language), is_for_owner=False).sections()


def benefits(definition: Definition, language: str) -> tuple[str, ...]:
    """What a customer gets, a line each: the rules without their small print, and what higher levels bring."""
    return tuple(_Writer(definition, spoken(definition, language), is_for_owner=False).benefits())


def explain_text(definition: Definition, language: str) -> str:
    """The whole definition for its owner: the terms, and everything that holds because nothing else was said."""
    sections = _Writer(definition, spoken(definition, language), is_for_owner=True).sections()
    blocks = ("\n".join((section.title, *(f"  {line}" for line in section.sentences))) for section in sections)
    return "\n\n".join(blocks) + "\n"


def perk(name: str, language: str) -> str:
    """What a level brings besides points, in words; English where we do not write the language."""
    return PHRASES.get(language, PHRASES["en"])[name]


def spoken(definition: Definition, language: str) -> str:
    """The language to write in: the wished one, else the program's first one that we write, else English."""
    return next((code for code in (language, *definition.languages) if code in PHRASES), "en")


class _Writer:
    """Writes the sections of one definition in one language."""

    def __init__(self, definition: Definition, language: str, *, is_for_owner: bool) -> None:
        self.definition = definition
        self.language = language
        self.is_for_owner = is_for_owner

    def sections(self) -> tuple[Section, ...]:
        parts = [("earning", self._earning())]
        parts += [(self._kinds(currency), self._using(currency)) for currency in self.definition.currencies]
        parts += [("tiers", self._tiers()), ("refunds", self._refunds()), ("guests", self._guests())]
        about_members = membership_lines(self.definition, self.language, is_for_owner=self.is_for_owner)
        parts += [(membership_title(self.language), about_members)]
        parts += offer_sections(self.definition, self.language)
        parts += people_sections(self.definition, self.language, self._money, is_for_owner=self.is_for_owner)
        parts += [("giving", self._giving()), ("who", self._who())]
        if self.is_for_owner:
            parts.append(("settings", self._settings()))
        phrases = PHRASES[self.language]
        return tuple(Section(phrases.get(title, title), tuple(lines)) for title, lines in parts if lines)

    def benefits(self) -> list[str]:
        rules = self.definition.earn.rules
        lines = [self._promise(rule) if isinstance(rule, OrderRule) else self._activity(rule) for rule in rules]
        if (tiers := self.definition.tiers) is not None:
            higher = tiers.levels[1:]
            lines += [line for level in higher for line in level_lines(self.definition, tiers, level, self.language)]
        return lines

    def _promise(self, rule: OrderRule) -> str:
        """What a rule gives, and for what: a promise without its conditions would be none."""
        given = self._give(rule)
        lines = given if isinstance(rule.give, Steps) else given[:1]
        asked = condition_lines(rule, self.language, self._money, is_short=True)
        return " ".join([*lines, *asked, *self._member(rule)])

    def _say(self, phrase: str, **words: str) -> str:
        return PHRASES[self.language][phrase].format(**words)

    def _owner(self, phrase: str, **words: str) -> list[str]:
        """A sentence only the owner needs: what holds by default."""
        return [self._say(phrase, **words)] if self.is_for_owner else []

    def _points(self, count: int, currency: str) -> str:
        return wording.points(self.definition.currency(currency).names, count, self.language)

    def _money(self, minor_units: int | Fraction) -> str:
        return wording.money(minor_units, self.definition.money, self.language)

    # --- earning

    def _earning(self) -> list[str]:
        lines: list[str] = []
        for rule in self.definition.earn.rules:
            is_named = isinstance(rule, OrderRule) and bool(rule.group)
            lines += [self._say("rule", name=rule.name)] if is_named else self._owner("rule", name=rule.name)
            lines += self._order_rule(rule) if isinstance(rule, OrderRule) else self._activity_lines(rule)
            lines += limit_lines(rule, self._say, self._points) or self._owner("no_limit")
        lines += group_lines(self.definition.earn, self.language, self._say, self._points)
        return lines + undone_lines(self.definition, self.language) + self._base()

    def _activity(self, rule: ActivityRule) -> str:
        given = self._points(rule.give.points, rule.give.currency)
        return " ".join([activity_line(self.definition, rule, self.language, given), *self._member(rule)])

    def _activity_lines(self, rule: ActivityRule) -> list[str]:
        given = self._points(rule.give.points, rule.give.currency)
        return [*activity_lines(self.definition, rule, self.language, given, self._money), *self._member(rule)]

    def _member(self, rule: OrderRule | ActivityRule) -> list[str]:
        return member_lines(self.definition, rule.when.member, self.language, is_for_owner=self.is_for_owner)

    def _order_rule(self, rule: OrderRule) -> list[str]:
        lines = [*self._give(rule), *condition_lines(rule, self.language, self._money), *self._member(rule)]
        if rule.min_order:
            lines += [min_order_line(rule, self.language, self._money, self._say)]
            lines += [self._say(f"below_{rule.when_refunded_below}")]
        else:
            lines += self._owner("no_min_order")
        if rule.at_most is not None:
            lines += [self._say("at_most", points=self._points(rule.at_most, rule.give.currency))]
        else:
            lines += self._owner("no_at_most")
        return [*lines, *share_lines(rule, self.language), *rounding_line(rule, self.language, self._say)]

    def _give(self, rule: OrderRule) -> list[str]:
        return give_lines(rule, self.language, self._points, self._money, self._simple)

    def _simple(self, rule: OrderRule) -> list[str]:
        match rule.give:
            case PerStep(count, step, currency):
                return [self._say("per_step", money=self._money(step), points=self._points(count, currency))]
            case Fixed(count, currency):
                return [self._say("fixed", points=self._points(count, currency))]
            case Percent(share, currency, full):
                amount, count = _example(share, full, self.definition.money)
                told = {"share": wording.share(share, self.language), "money": self._money(amount)}
                line = self._say("percent", points=self._points(count, currency), **told)
                return [line] if full is None else [line, self._say("count_full", money=self._money(full))]
            case _:
                return []

    def _base(self) -> list[str]:
        base = self.definition.earn.base
        goods = "goods_before" if base.discounts == "ignored" else "goods_after"
        counted = [goods, "tax_in" if base.tax == "included" else "tax_out"]
        left_out: list[str] = []
        for part, choice in (
            ("delivery", base.shipping),
            ("gift_cards", base.gift_cards),
            ("paid_part", base.paid_with_points),
        ):
            (counted if choice == "included" else left_out).append(part)
        lines = [self._say("counted", parts=self._list(counted))]
        if left_out:
            lines += [self._say("not_counted", parts=self._list(left_out))]
        lines += base_lines(self.definition.earn, self.language)
        if base.paid_with_points == "no points at all":
            lines += [self._say("no_points_used")]
        return lines + money_lines(self.definition, self.language, self._say, every_rate=self.is_for_owner)

    def _list(self, phrases: list[str] | tuple[str, ...]) -> str:
        return ", ".join(self._say(phrase) for phrase in phrases)

    # --- using points

    def _kinds(self, currency: Currency) -> str:
        return self._say("kinds", examples=", ".join(self._points(count, currency.key) for count in (1, 2, 5)))

    def _using(self, currency: Currency) -> list[str]:
        lines = [*self._available(currency), *self._expires(currency), *self._warned(currency)]
        more = paying_lines(self.definition, currency.key, self.language)
        if currency.worth is None:
            return [*lines, *more] if more else lines + self._owner("no_worth")
        worth = {"points": self._points(1, currency.key), "money": self._money(currency.worth)}
        pay = self.definition.pay
        if pay is None or pay.currency != currency.key:
            return [*lines, *self._owner("worth", **worth), *more]
        if not is_plain(pay):
            return [*lines, *([] if pay.rate else [self._say("worth", **worth)]), *more]
        least, most = self._points(pay.min_points, currency.key), wording.share(pay.at_most, self.language)
        return [*lines, self._say("worth", **worth), self._say("pay", points=least, share=most), *more]

    def _available(self, currency: Currency) -> list[str]:
        match currency.available:
            case After(wait, moment, counted_from, give_up):
                when = self._say(f"from_{_key(moment)}")
                told = wording.length(wait, self.language)
                lines = [self._say(f"after_{counted_from}", length=told, moment=when)]
                if give_up is not None:
                    lines += [self._say("give_up", length=wording.length(give_up, self.language))]
                return [*lines, self._say("pending_weekly")] if _days(wait) > 16 else lines
            case _:
                return [self._say("at_once")]

    def _expires(self, currency: Currency) -> list[str]:
        match currency.expires:
            case Lasting(life, moment, least):
                lines = [self._life("lasting", life, moment)]
                if least is not None:
                    lines += [self._say("late", length=wording.period(least, self.language))]
                is_many = moment in (Moment.END_OF_DAY, Moment.END_OF_WEEK) or _days(life) > 700
                return [*lines, self._say("longer")] if is_many else lines
            case Inactivity(life, moment):
                deeds = "_deeds" if self.definition.earn.activities else ""
                return [self._life(f"inactivity{deeds}", life, moment)]
            case MembershipYear():
                return [self._say("membership_year")]
            case _:
                return [self._say("never")]

    def _warned(self, currency: Currency) -> list[str]:
        if currency.warn is None:
            return [] if isinstance(currency.expires, Unlimited) else self._owner("not_warned")
        return [self._say("warned", length=wording.length(currency.warn, self.language))]

    def _life(self, phrase: str, life: Duration, moment: Moment) -> str:
        return self._say(phrase, length=wording.length(life, self.language), moment=self._say(f"to_{_key(moment)}"))

    # --- tiers, refunds, guests

    def _tiers(self) -> list[str]:
        return tier_lines(self.definition, self.language, is_for_owner=self.is_for_owner)

    def _refunds(self) -> list[str]:
        refunds = self.definition.refunds
        lines = [self._say("goes_back")]
        lines += [self._say(way.replace(" ", "_")) for way in (refunds.when_spent, refunds.after_expiry)]
        grace = refunds.restore_grace_days
        if self.definition.pay is None:
            return lines + self._owner("no_pay")
        if not grace:
            return [*lines, self._say("restore")]
        return [*lines, self._say("restore_grace", length=wording.period(Duration(grace, "day"), self.language))]

    def _guests(self) -> list[str]:
        keep = self.definition.guests.keep_days
        if keep is None:
            return [self._say("guests_ignore")]
        return [self._say("guests_keep", length=wording.period(Duration(keep, "day"), self.language))]

    # --- by hand

    def _giving(self) -> list[str]:
        rules = self.definition.transfers
        if not rules.allowed:
            return self._owner("give_not") + self._by_hand()
        lines = [self._say("give")]
        lines += [self._say("give_least", points=self._points(count, key)) for key, count in rules.least.items()]
        lines += [self._say("give_most", points=self._points(count, key)) for key, count in rules.at_most.items()]
        return lines + self._by_hand()

    def _by_hand(self) -> list[str]:
        """What the shop's people may do: for the owner only."""
        limits = self.definition.adjustments.at_most
        lines = [
            line for key, most in limits.items() for line in self._owner("adjust_most", points=self._points(most, key))
        ]
        days = Duration(self.definition.merges.undo_days, "day")
        return (lines or self._owner("adjust_any")) + self._owner("undo", length=wording.period(days, self.language))

    # --- who runs it

    def _who(self) -> list[str]:
        business = self.definition.business
        lines = [self._say("runs", legal_name=business.legal_name, name=business.name)]
        lines += [self._say("contact", contact=business.contact), self._say("privacy", privacy=business.privacy)]
        if business.terms is not None:
            lines += [self._say("own_terms", terms=business.terms)]
        if self.definition.mode == "test":
            lines += [self._say("test")]
        lines += notice_lines(self.definition.notice_days, self.language, is_for_owner=self.is_for_owner)
        return [*lines, self._say("clock", city=wording.city(self.definition.time_zone, self.language))]

    def _settings(self) -> list[str]:
        languages = ", ".join(wording.language_name(code, self.language) for code in self.definition.languages)
        return [
            self._say("address", slug=self.definition.program),
            *([self._say("is_live")] if self.definition.mode == "live" else []),
            self._say("languages", languages=languages),
            *card_lines(self.definition.card, self.language),
        ]


def _example(share: Fraction, full: int | None, money: str) -> tuple[int, int]:
    """An amount in minor units of which the share is a whole number of points, and these points."""
    unit = 10 ** exponent(money)
    amount = full if full is not None else 100 * unit
    while (amount * share / unit).denominator != 1:
        amount *= 10
    return amount, int(amount * share / unit)


def _key(moment: Moment) -> str:
    return "same" if moment is Moment.SAME_TIME else moment.value.replace(" ", "_").replace("-", "_")


def _days(time: Duration) -> int:
    return time.count * {"day": 1, "week": 7, "month": 31, "year": 366}[time.unit]
