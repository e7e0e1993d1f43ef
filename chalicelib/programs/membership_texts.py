"""Sentences about conditions on members, and about what they choose, pay for, have and can win: part of the terms."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from chalicelib.programs import wording
from chalicelib.programs.breaking_even import pays_off_above
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.member_conditions import asks_birthday
from chalicelib.programs.member_counters import window
from chalicelib.programs.member_when import Age, AttributeTest, BirthdayWindow, MemberWhen
from chalicelib.programs.membership import Choice, Draw, Plan
from chalicelib.programs.membership_phrases import MEMBERSHIP_PHRASES
from chalicelib.programs.titles import title


def member_lines(definition: Definition, when: MemberWhen, language: str, *, is_for_owner: bool = False) -> list[str]:
    """When a rule counts, as far as that depends on the member; nothing for a rule that is for everybody."""
    if when == MemberWhen():
        return []
    tell = _Teller(definition, language)
    parts = tell.conditions(when)
    lines = [tell.say("only_if", conditions=part) for part in parts]
    lines += tell.around(when)
    if is_for_owner and (when.order_number is not None or when.back_after is not None):
        lines.append(tell.say("counting"))
    return lines


def membership_title(language: str) -> str:
    """The heading over `membership_lines`."""
    return MEMBERSHIP_PHRASES[language]["title"]


def membership_lines(definition: Definition, language: str, *, is_for_owner: bool) -> list[str]:
    """What members choose, pay for, have and can win, and what is kept of them."""
    tell, known = _Teller(definition, language), definition.membership
    lines = [line for choice in known.choices for line in tell.choice(choice)]
    lines += [line for plan in known.plans for line in tell.plan(plan)]
    for benefit in known.benefits:
        conditions = tell.say("and").join(tell.conditions(benefit.while_))
        lines.append(tell.say("benefit", name=benefit.name, conditions=conditions))
    lines += [line for draw in known.draws for line in tell.draw(draw)]
    if any(rule.when.asks_member for rule in definition.earn.rules):
        lines.append(tell.say("first_seen"))
    if asks_birthday(definition):
        lines.append(tell.say("correct_birthday"))
    lines += tell.kept()
    if is_for_owner:
        for group, drawn in known.groups.items():
            lines.append(tell.say(f"groups_{group}", salt=drawn.salt, share=tell.percent(drawn.share)))
    return lines


class _Teller:
    """Says things of one definition in one language."""

    def __init__(self, definition: Definition, language: str) -> None:
        self.definition = definition
        self.language = language

    def say(self, phrase: str, **words: object) -> str:
        return MEMBERSHIP_PHRASES[self.language][phrase].format(**words)

    def percent(self, share: int) -> str:
        return wording.share(Fraction(share, 100), self.language)

    def conditions(self, when: MemberWhen) -> list[str]:
        """Parts of a sentence, one for each condition."""
        parts = [*self._who(when), *self._what(when), *self._orders(when)]
        if when.any_of:
            blocks = [self.say("and").join(self.conditions(each)) for each in when.any_of]
            parts.append(self.say("or").join(blocks))
        return parts

    def _who(self, when: MemberWhen) -> Iterator[str]:
        if when.joined_within is not None:
            yield self.say("joined_within", length=self._length(when.joined_within))
        if when.levels:
            yield self.say("level", names=self._or(when.levels))
        if when.age is not None:
            yield self._age(when.age)
        if when.birthday is not None:
            yield self._birthday(when.birthday)
        if when.group is not None:
            yield self.say(when.group.group if when.group.is_in else f"not_{when.group.group}")

    def _what(self, when: MemberWhen) -> Iterator[str]:
        if when.in_lists:
            yield self.say("in", names=self._names(when.in_lists))
        if when.not_in:
            yield self.say("not_in", names=self._names(when.not_in))
        for test in when.attributes:
            yield self._test(test)
        if when.plans:
            yield self.say("plan", names=self._or(when.plans))
        if when.without_plans:
            yield self.say("without_plan", names=self._or(when.without_plans))
        if when.chosen:
            yield self.say("chosen", option=self._names((when.chosen,)))

    def _orders(self, when: MemberWhen) -> Iterator[str]:
        number, many, spent = when.order_number, when.orders_within, when.spent
        if number is not None:
            phrase = "every_order" if number.every else "first_order" if number.number == 1 else "order_number"
            yield self.say(phrase, number=wording.number(number.number, self.language))
        if when.back_after is not None:
            yield self.say("back_after", length=self._length(when.back_after))
        if many is not None:
            count = wording.number(many.count, self.language)
            yield self.say("orders", count=count, length=self._length(many.within))
        if spent is not None:
            yield self.say("spent", money=self._money(spent.amount), length=self._length(spent.within))
        if when.surprise is not None:
            yield self.say("surprise", share=wording.share(when.surprise.share, self.language))

    def around(self, when: MemberWhen) -> list[str]:
        """Whole sentences that go with the conditions."""
        lines = []
        if when.birthday is not None:
            lines += self._around_birthday(when.birthday)
        grains = {window(length).grain for length in _counted(when)}
        lines += [self.say(f"to_{grain}") for grain in ("week", "month") if grain in grains]
        if when.once_in is not None:
            lines.append(self.say("once_in", length=self._length(when.once_in)))
        return lines

    def _around_birthday(self, window: BirthdayWindow) -> list[str]:
        lines = [self.say("only_first")] if window.only_first else []
        if window.known_for:
            lines.append(self.say("known_for", length=self._length(Duration(window.known_for, "day"))))
        return [*lines, self.say("leap_28" if window.leap_day == "28 February" else "leap_1")]

    def _birthday(self, window: BirthdayWindow) -> str:
        if not window.before and not window.after:
            return self.say("birthday")
        days = (wording.number(count, self.language) for count in (window.before, window.after))
        return self.say("around_birthday", **dict(zip(("before", "after"), days, strict=True)))

    def _age(self, age: Age) -> str:
        told = {"least": self._years(age.least), "below": self._years(age.below)}
        if age.least is None:
            return self.say("under", **told)
        return self.say("over" if age.below is None else "aged", **told)

    def _years(self, count: int | None) -> str:
        """A number of years; in Russian with its noun, in the genitive."""
        if count is None:
            return ""
        if self.language != "ru":
            return wording.number(count, self.language)
        return f"{count} {'года' if count % 10 == 1 and count % 100 != 11 else 'лет'}"

    def _test(self, test: AttributeTest) -> str:
        kind = self.definition.membership.attributes[test.name]
        value, phrase = str(test.value), str(test.test)
        match kind:
            case "money":
                value = self._money(int(test.value))
            case "whole number":
                value = wording.number(int(test.value), self.language)
            case "yes or no":
                value = self.say("yes" if test.value else "no")
            case "date":
                value = wording.day(date.fromisoformat(value), self.language)
                phrase = {"at least": "from_day", "below": "before_day"}.get(phrase, phrase)
            case "text":
                value = self._names((value,))
        return self.say(phrase, name=self._names((test.name,)), value=value)

    def choice(self, choice: Choice) -> list[str]:
        options = [option for option in choice.options if option not in choice.always]
        told = {"name": self._called(choice.name), "pick": wording.number(choice.pick, self.language)}
        lines = [self.say("pick", options=self._names(options), **told)]
        lines += [self.say("always", options=self._names(choice.always))] if choice.always else []
        if choice.locked is None:
            return [*lines, self.say("locked_month")]
        return [*lines, self.say("locked", length=self._length(choice.locked))]

    def plan(self, plan: Plan) -> list[str]:
        lines = [
            self.say("fee", name=self._called(plan.name), money=self._money(plan.fee), length=self._length(plan.every))
        ]
        lines += [self.say("trial", length=self._length(plan.trial))] if plan.trial is not None else []
        above = pays_off_above(self.definition, plan)
        lines.append(self.say("no_pays_off") if above is None else self.say("pays_off", money=self._money(above)))
        return [*lines, self.say("refund_ends" if plan.refund_ends else "refund_runs")]

    def draw(self, draw: Draw) -> list[str]:
        points = wording.points(self.definition.currency(draw.tickets).names, 1, self.language)
        day = wording.day(date.fromisoformat(draw.closes), self.language)
        return [
            self.say("draw", name=self._called(draw.name), points=points, day=day),
            self.say("winners", count=wording.number(draw.winners, self.language)),
            self.say("seed", sha=draw.commitment),
        ]

    def kept(self) -> list[str]:
        known = self.definition.membership
        names = [*self._quoted((*known.attributes, *known.lists))]
        names += [self.say("a_birthday")] if asks_birthday(self.definition) else []
        return [self.say("kept", names=", ".join(names))] if names else []

    def _length(self, length: Duration) -> str:
        return wording.period(length, self.language)

    def _money(self, minor_units: int) -> str:
        return wording.money(minor_units, self.definition.money, self.language)

    def _quoted(self, names: tuple[str, ...] | list[str]) -> list[str]:
        quotes = "«{}»" if self.language == "ru" else "“{}”"
        return [quotes.format(self._called(name)) for name in names]

    def _called(self, name: str) -> str:
        """What a declared word is called; a level, and a word without another name, as it is written."""
        titles = self.definition.membership.names.get(name)
        return title(titles, self.language) if titles else _spaced(name)

    def _names(self, names: tuple[str, ...] | list[str]) -> str:
        return ", ".join(self._quoted(names))

    def _or(self, names: tuple[str, ...]) -> str:
        return self.say("or").join(self._quoted(names))


def _counted(when: MemberWhen) -> Iterator[Duration]:
    """Times within which orders or money are counted."""
    if when.back_after is not None:
        yield when.back_after
    if when.orders_within is not None:
        yield when.orders_within.within
    if when.spent is not None:
        yield when.spent.within


def _spaced(name: str) -> str:
    return name.replace("_", " ")
