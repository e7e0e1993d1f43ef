"""Reads the kinds of points: their names, their worth, when they can be used and how long."""

from collections.abc import Callable
from typing import TypeVar

from babel import Locale, UnknownLocaleError

from chalicelib.programs.definition import (
    After,
    AtOnce,
    Availability,
    Currency,
    Expiry,
    Inactivity,
    Lasting,
    MembershipYear,
    Moment,
    Unlimited,
)
from chalicelib.programs.durations import Duration
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, before, duration, nearest
from chalicelib.programs.vocabulary import Vocabulary

_FORMS = ("zero", "one", "two", "few", "many", "other")
_MOMENTS = {moment.value: moment for moment in Moment}
_ENDS = {word: moment for word, moment in _MOMENTS.items() if word.startswith("end of")}
_ENDS_IN_WORDS = f"{', '.join(_ENDS)}"
_MEMBERSHIP_YEAR = "end of membership year"
_MOST_CURRENCIES = 4
_STAND_IN = Duration(1, "year")
_T = TypeVar("_T")


def read_language(spot: Spot) -> str:
    """A language's code: "en", "ru"."""
    code = spot.text()
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError) as error:
        raise Unclear("the code of a language such as en or ru") from error
    if str(locale) != code or locale.territory or locale.script:
        raise Unclear("the code of a language such as en or ru")
    return code


def read_currencies(spot: Spot, languages: tuple[str, ...], words: Vocabulary) -> tuple[Currency, ...]:
    """All kinds of points, in the file's order; the card shows the first."""
    block = Block(spot, None, "the points' keys, each with names, available and expires")
    if not 1 <= len(block.fields) <= _MOST_CURRENCIES:
        raise Unclear(f"1 to {_MOST_CURRENCIES} kinds of points")
    found = []
    for key, value in block.fields.items():
        try:
            found.append(_currency(value, key, languages, words))
        except Unclear as unclear:
            value.note(unclear)
    return tuple(found)


def _currency(spot: Spot, key: str, languages: tuple[str, ...], words: Vocabulary) -> Currency:
    if not (key.isascii() and key.replace("-", "").isalnum() and key == key.lower() and len(key) <= 24):
        raise Unclear("a key of small letters, digits and hyphens such as beans", found=key)
    block = Block(spot, ("names", "worth", "available", "expires"))
    names = block.required("names", lambda names: _names(names, languages), {}, "what the points are called")
    words.learn(key, [name for forms in names.values() for name in forms.values()])
    expires, warn = block.required("expires", _expires, (Unlimited(), None), "never, or after how long")
    return Currency(
        key=key,
        names=names,
        worth=block.optional("worth", lambda worth: worth.read(words.worth), None),
        available=block.required("available", _available, AtOnce(), "at once, or after how long"),
        expires=expires,
        warn=warn,
    )


def _names(spot: Spot, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    block = Block(spot, languages, "the points' name in each language")
    return {language: block.optional(language, _forms, {}) for language in block.fields}


def _forms(spot: Spot) -> dict[str, str]:
    block = Block(spot, _FORMS, "the forms of the name, such as {one: bean, other: beans}")
    block.required("other", Spot.text, "", "the form that fits where no other does")
    return {form: block.optional(form, Spot.text, "") for form in block.fields}


def _available(spot: Spot) -> Availability:
    if spot.is_text():
        return spot.choice({"at once": AtOnce()})
    block = Block(spot, ("after", "at", "from", "give_up"))
    if "give_up" in block.fields and "from" not in block.fields:
        block.object_to("give_up", 'only points that wait for a delivery give up; add "from: delivery"')
    return After(
        wait=block.required("after", lambda after: after.read(duration), _STAND_IN, "how long, such as 14 days"),
        moment=block.optional("at", lambda at: at.choice(_MOMENTS), Moment.START_OF_DAY),
        counted_from=block.optional(
            "from", lambda start: start.choice({"order": "order", "delivery": "delivery"}), "order"
        ),
        give_up=block.optional("give_up", lambda wait: wait.read(duration), None),
    )


def _expires(spot: Spot) -> tuple[Expiry, Duration | None]:
    """How long points live, and how long before their last day members are told."""
    if spot.is_text():
        return spot.choice({"never": Unlimited()}), None
    block = Block(spot, ("after", "at", "without", "warn", "late"))
    warn = block.optional("warn", lambda text: text.read(before), None)
    return _life(block), warn


def _life(block: Block) -> Expiry:
    moment = block.optional("at", _end, Moment.END_OF_DAY)
    if moment is None:
        for key in {"after", "without", "late"} & block.fields.keys():
            block.object_to(key, "a membership year has its own length: leave this key out")
        return MembershipYear()
    life = block.required("after", lambda after: after.read(duration), _STAND_IN, "how long, such as 12 months")
    if "without" in block.fields:
        block.optional("without", lambda without: without.choice({"activity": True}), True)
        if "late" in block.fields:
            block.object_to("late", "all these points live together, also those told late: leave this key out")
        return Inactivity(life, moment)
    return Lasting(life, moment, block.optional("late", _late, None))


def _late(spot: Spot) -> Duration:
    """ "{min_life: 7 days}": how long points live at least from when their order is told."""
    block = Block(spot, ("min_life",), "{min_life: 7 days}")
    return block.required("min_life", lambda life: life.read(duration), _STAND_IN, "how long, such as 7 days")


def _end(spot: Spot) -> Moment | None:
    """A moment at which points end; None for the end of the membership year."""
    word = spot.text()
    if word == _MEMBERSHIP_YEAR:
        return None
    if word not in _ENDS:
        raise Unclear(f"one of: {_ENDS_IN_WORDS}, {_MEMBERSHIP_YEAR}", nearest(word, (*_ENDS, _MEMBERSHIP_YEAR)))
    return _ENDS[word]


def by_currency(spot: Spot, one: Callable[[Spot], tuple[str, _T]], expected: str) -> dict[str, _T]:
    """One text, or a list with one for each kind of points. `one` reads a currency's key and what is said of it."""
    if spot.is_text():
        return dict([one(spot)])
    read = spot.items(one, expected)
    if len({currency for currency, _ in read}) < len(read):
        raise Unclear("each kind of points once")
    return dict(read)
