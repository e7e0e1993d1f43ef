"""Reads the conditions of a rule on the member: `when: {level: Gold, birthday: {before: 3 days, after: 3 days}}`."""

import re
from collections.abc import Collection, Mapping
from typing import Literal

from chalicelib.ledger.member_document import Value
from chalicelib.programs.durations import Duration
from chalicelib.programs.member_when import (
    Age,
    AttributeTest,
    BirthdayWindow,
    InGroup,
    ManyOrders,
    MemberWhen,
    MoneyBefore,
    OrderNumber,
    Surprise,
    Test,
)
from chalicelib.programs.membership import LONGEST_VALUE, Kind
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, calendar_day, days, duration, nearest, percent, whole
from chalicelib.programs.vocabulary import Vocabulary

MEMBER_KEYS: tuple[str, ...] = (
    "joined_within",
    "order_number",
    "birthday",
    "in",
    "not_in",
    "attribute",
    "age",
    "level",
    "plan",
    "without_plan",
    "chosen",
    "back_after",
    "orders",
    "spent",
    "group",
    "surprise",
    "once_in",
    "any_of",
)
ORDER_ONLY: tuple[str, ...] = ("order_number", "back_after", "orders", "spent", "surprise")
"""Conditions that count orders: an activity has none."""

_MOST_NAMED = 12
_LONGEST_WINDOW_DAYS = 31
_EVERY = re.compile(r"every ([0-9]+)")
_TEST = re.compile(r"([A-Za-z0-9_]+) (is not|is|was|at least|below|from|before) (.+)")
_ORDERS = re.compile(r"([0-9]+) in (.+)")
_SPENT = re.compile(r"(.+) in ([0-9]+ .+)")
_BELOW = re.compile(r"(?:under|below) ([0-9]{1,3})")
_FROM = re.compile(r"([0-9]{1,3}) and over")
_BETWEEN = re.compile(r"([0-9]{1,3}) to ([0-9]{1,3})")
_SEED = re.compile(r"[A-Za-z0-9._-]{1,40}")
_GROUPS = {f"{word}{group}": InGroup(group, not word) for group in ("pilot", "holdout") for word in ("", "not ")}
_LEAP: Mapping[str, Literal["28 February", "1 March"]] = {"28 February": "28 February", "1 March": "1 March"}
_TESTS: Mapping[str, Test] = {
    "is": "is",
    "is not": "is not",
    "was": "was",
    "at least": "at least",
    "below": "below",
    "from": "at least",
    "before": "below",
}


def read_member_when(block: Block, words: Vocabulary) -> MemberWhen:
    """The keys of `block` that are about the member."""
    return _conditions(block, words, is_inside=False)


def read_while(spot: Spot, words: Vocabulary) -> MemberWhen:
    """A block of conditions on the member alone, as a standing benefit has it."""
    return _conditions(Block(spot, MEMBER_KEYS, "a block of conditions"), words, is_inside=False)


def _conditions(block: Block, words: Vocabulary, *, is_inside: bool) -> MemberWhen:
    """is_inside: the block is one of several, and has none inside itself."""
    known = words.membership
    if is_inside:
        for key in ("any_of", "once_in", "birthday"):
            if key in block.fields:
                block.object_to(key, "this key belongs to the whole condition, not to one of several")
    return MemberWhen(
        joined_within=block.optional("joined_within", _length, None),
        order_number=block.optional("order_number", lambda number: number.read(_order_number), None),
        birthday=block.optional("birthday", _birthday, None),
        in_lists=block.optional("in", lambda names: _names(names, known.lists, "a name of segments"), ()),
        not_in=block.optional("not_in", lambda names: _names(names, known.lists, "a name of segments"), ()),
        attributes=block.optional("attribute", lambda tests: _tests(tests, words), ()),
        age=block.optional("age", lambda age: age.read(_age), None),
        levels=block.optional("level", _levels, ()),
        plans=block.optional("plan", lambda names: _names(names, _plans(words), "a name of plans"), ()),
        without_plans=block.optional("without_plan", lambda names: _names(names, _plans(words), "a name of plans"), ()),
        chosen=block.optional("chosen", lambda option: option.read(lambda text: _option(text, words)), ""),
        back_after=block.optional("back_after", _length, None),
        orders_within=block.optional("orders", lambda many: many.read(_many_orders), None),
        spent=block.optional("spent", lambda spent: spent.read(lambda text: _spent(text, words)), None),
        group=block.optional("group", lambda group: _group(group, words), None),
        surprise=block.optional("surprise", _surprise, None),
        once_in=block.optional("once_in", _length, None),
        any_of=() if is_inside else block.optional("any_of", lambda blocks: _any_of(blocks, words), ()),
    )


def _any_of(spot: Spot, words: Vocabulary) -> tuple[MemberWhen, ...]:
    expected = "a list of conditions such as [{age: under 18}, {level: Gold}]"

    def one(item: Spot) -> MemberWhen:
        block = Block(item, MEMBER_KEYS, "a block of conditions")
        if not block.fields:
            raise Unclear("a block of conditions")
        return _conditions(block, words, is_inside=True)

    blocks = spot.items(one, expected)
    if len(blocks) > _MOST_NAMED:
        raise Unclear(f"at most {_MOST_NAMED} conditions")
    return blocks


def _length(spot: Spot) -> Duration:
    length = spot.read(duration)
    if not length.count:
        raise Unclear("a length of time of at least 1 day")
    return length


def _order_number(text: str) -> OrderNumber:
    match = _EVERY.fullmatch(text)
    number = 1 if text == "first" else whole(match[1] if match else text)
    if not 1 <= number <= 1_000 or (match and number < 2):
        raise Unclear('the number of an order: "first", 3, or "every 10"')
    return OrderNumber(number, every=match is not None)


def _birthday(spot: Spot) -> BirthdayWindow:
    if spot.is_text():
        return spot.choice({"the day": BirthdayWindow()})
    block = Block(spot, ("before", "after", "orders", "known_for", "leap_day"), "the day, or days before and after it")
    return BirthdayWindow(
        before=block.optional("before", _few_days, 0),
        after=block.optional("after", _few_days, 0),
        only_first=block.optional("orders", lambda which: which.choice({"first": True, "all": False}), True),
        known_for=block.optional("known_for", lambda known: known.read(days), 0),
        leap_day=block.optional("leap_day", lambda day: day.choice(_LEAP), "28 February"),
    )


def _few_days(spot: Spot) -> int:
    count = spot.read(days)
    if count > _LONGEST_WINDOW_DAYS:
        raise Unclear(f"at most {_LONGEST_WINDOW_DAYS} days")
    return count


def _names(spot: Spot, known: Collection[str], what: str) -> tuple[str, ...]:
    """One name, or a list of them."""

    def one(item: Spot) -> str:
        name = item.text()
        if name not in known:
            raise Unclear(f"{what} ({', '.join(known) or 'there is none'})", nearest(name, known))
        return name

    names = (one(spot),) if spot.is_text() else spot.items(one, "a name, or a list of names")
    return _few(names)


def _levels(spot: Spot) -> tuple[str, ...]:
    return _few((spot.text(),) if spot.is_text() else spot.items(Spot.text, "a level, or a list of levels"))


def _few(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > _MOST_NAMED:
        raise Unclear(f"at most {_MOST_NAMED} names")
    return tuple(dict.fromkeys(names))


def _plans(words: Vocabulary) -> tuple[str, ...]:
    return tuple(plan.name for plan in words.membership.plans)


def _option(text: str, words: Vocabulary) -> str:
    options = [option for choice in words.membership.choices for option in choice.options]
    if text not in options:
        raise Unclear(f"an option of choices ({', '.join(options) or 'there is none'})", nearest(text, options))
    return text


def _tests(spot: Spot, words: Vocabulary) -> tuple[AttributeTest, ...]:
    expected = 'a test such as "balance at least 100"'

    def one(item: Spot) -> AttributeTest:
        return item.read(lambda text: _test(text, words))

    tests = (one(spot),) if spot.is_text() else spot.items(one, f"{expected}, or a list of them")
    if len(tests) > _MOST_NAMED:
        raise Unclear(f"at most {_MOST_NAMED} tests")
    return tests


def _test(text: str, words: Vocabulary) -> AttributeTest:
    match = _TEST.fullmatch(text)
    if match is None:
        raise Unclear('an attribute and what it must be, such as "balance at least 100" or "student is yes"')
    declared = words.membership.attributes
    if match[1] not in declared:
        known = ", ".join(declared) or "there is none"
        raise Unclear(f"an attribute that members: declares ({known})", nearest(match[1], declared))
    kind, word = declared[match[1]], match[2]
    if word not in _words_of(kind):
        raise Unclear(f"a test of this attribute: {', '.join(_words_of(kind))}")
    return AttributeTest(match[1], _TESTS[word], value_of(kind, match[3], words))


def _words_of(kind: Kind) -> tuple[str, ...]:
    match kind:
        case "whole number" | "money":
            return ("is", "is not", "at least", "below")
        case "date":
            return ("is", "from", "before")
        case _:
            return ("is", "is not", "was")


def value_of(kind: Kind, text: str, words: Vocabulary) -> Value:
    """An attribute's value as a file or an operator writes it. Raises Unclear."""
    match kind:
        case "whole number":
            return whole(text)
        case "money":
            return words.amount(text)
        case "date":
            return a_day(text)
        case "yes or no":
            if text not in ("yes", "no"):
                raise Unclear("yes or no")
            return text == "yes"
        case "text":
            if not text or len(text) > LONGEST_VALUE:
                raise Unclear(f"a text of at most {LONGEST_VALUE} characters")
            return text


def a_day(text: str) -> str:
    """A day as "2026-03-01". Raises Unclear."""
    return calendar_day(text, "2026-03-01").isoformat()


def _age(text: str) -> Age:
    if match := _BELOW.fullmatch(text):
        return Age(below=_years(match[1]))
    if match := _FROM.fullmatch(text):
        return Age(least=_years(match[1]))
    if match := _BETWEEN.fullmatch(text):
        least, most = _years(match[1]), _years(match[2])
        if least <= most:
            return Age(least=least, below=most + 1)
    raise Unclear('an age: "under 18", "65 and over" or "18 to 25"')


def _years(text: str) -> int:
    years = whole(text)
    if not 1 <= years <= 120:
        raise Unclear("an age of 1 to 120 years")
    return years


def _many_orders(text: str) -> ManyOrders:
    match = _ORDERS.fullmatch(text)
    count = whole(match[1]) if match else 0
    if match is None or not 2 <= count <= 1_000:
        raise Unclear('a number of orders in a time, such as "5 in 30 days"')
    return ManyOrders(count, duration(match[2]))


def _spent(text: str, words: Vocabulary) -> MoneyBefore:
    match = _SPENT.fullmatch(text)
    if match is None:
        raise Unclear(f'money in a time, such as "100 {words.money or "EUR"} in 30 days"')
    return MoneyBefore(words.amount(match[1]), duration(match[2]))


def _group(spot: Spot, words: Vocabulary) -> InGroup:
    wanted = spot.choice(_GROUPS)
    if wanted.group not in words.membership.groups:
        raise Unclear(f"a group that is declared; add {wanted.group}: with its share and salt")
    return wanted


def _surprise(spot: Spot) -> Surprise:
    block = Block(spot, ("share", "seed"), "a share of the orders and a seed")
    share = block.required("share", lambda share: share.read(percent), None, "of the orders, such as 10%")
    if share is not None and not 0 < share < 1:
        block.object_to("share", "a share above 0% and below 100% surprises somebody")
    return Surprise(share or percent("1%"), block.required("seed", seed, "", "any word; another one draws others"))


def seed(spot: Spot) -> str:
    """A word that decides a draw."""
    text = spot.text()
    if _SEED.fullmatch(text) is None:
        raise Unclear("a short word of letters, digits and hyphens such as spring-2026")
    return text
