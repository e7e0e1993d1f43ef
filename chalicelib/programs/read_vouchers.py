"""Reads vouchers and gift cards: `vouchers: {five-off: {worth: 5 EUR, lives: 2 years}}`."""

from collections.abc import Mapping, Sequence
from typing import Literal

from chalicelib.programs.durations import Duration
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.titles import read_key, read_titles
from chalicelib.programs.values import Unclear, duration, nearest
from chalicelib.programs.vocabulary import Vocabulary
from chalicelib.programs.vouchers import MOST_VOUCHERS, Automatic, Voucher

_KEYS = ("name", "worth", "lives", "use", "min_order", "codes", "by_itself")
_USE: Mapping[str, Literal["once", "in parts"]] = {"once": "once", "in parts": "in parts"}
_CODES: Mapping[str, Literal["made", "imported"]] = {"made": "made", "imported": "imported"}
_YES: Mapping[str, bool] = {"yes": True, "no": False}
_MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        start=1,
    )
}
_STAND_IN = Duration(1, "year")


def read_vouchers(spot: Spot, languages: Sequence[str], words: Vocabulary) -> tuple[Voucher, ...]:
    """All kinds, in the file's order."""
    block = Block(spot, None, "kinds of vouchers by a short name, each with name, worth and lives")
    if not 1 <= len(block.fields) <= MOST_VOUCHERS:
        raise Unclear(f"1 to {MOST_VOUCHERS} kinds of vouchers")
    found = []
    for key, value in block.fields.items():
        try:
            found.append(_voucher(value, read_key(key), languages, words))
        except Unclear as unclear:
            value.note(unclear)
    return tuple(found)


def _voucher(spot: Spot, key: str, languages: Sequence[str], words: Vocabulary) -> Voucher:
    block = Block(spot, _KEYS, "a voucher with name, worth and lives")
    least, most = block.required("worth", lambda worth: _worth(worth, words), (1, 1), "such as 5 EUR")
    codes = block.optional("codes", lambda codes: codes.choice(_CODES), _CODES["made"])
    automatic = block.optional("by_itself", lambda auto: _automatic(auto, words), None)
    if automatic is not None and least != most:
        block.object_to("by_itself", "a voucher that is given by itself needs one worth, not a range")
    if automatic is not None and automatic.is_one and codes == "imported":
        block.object_to("codes", "a voucher for several steps together cannot come out of a pool of equal ones")
    if codes == "imported" and least != most:
        block.object_to("codes", "codes out of a pool have one worth, not a range")
    return Voucher(
        key=key,
        names=block.required("name", lambda name: read_titles(name, languages), {}, "what members read"),
        least=least,
        most=most,
        lives=block.required("lives", lambda lives: lives.read(_some_time), _STAND_IN, "how long, such as 2 years"),
        use=block.optional("use", lambda use: use.choice(_USE), "once"),
        min_order=block.optional("min_order", lambda least: least.read(words.amount), 0),
        codes=codes,
        automatic=automatic,
    )


def _worth(spot: Spot, words: Vocabulary) -> tuple[int, int]:
    """ "5 EUR", or "10 EUR to 500 EUR" for a gift card whose giver says what it is worth."""
    low, to, high = spot.text().partition(" to ")
    least = words.amount(low)
    most = words.amount(high) if to else least
    if most < least:
        raise Unclear("the smaller amount first, such as 10 EUR to 500 EUR")
    return least, most


def _automatic(spot: Spot, words: Vocabulary) -> Automatic:
    """{every: 200 points}, or {every: 50 points, from: 150 points, in: [February, May], together: yes}."""
    block = Block(spot, ("every", "from", "in", "together"), "such as {every: 200 points}")
    every = block.required("every", lambda every: every.read(words.points), None, "such as 200 points")
    if every is None:
        return Automatic("", 1, 1)
    least = block.optional("from", lambda least: least.read(words.points), every)
    if least.currency != every.currency:
        block.object_to("from", f"expected a number of {every.currency}")
    return Automatic(
        currency=every.currency,
        every=every.points,
        least=max(least.points, every.points),
        months=block.optional("in", lambda months: tuple(sorted(set(months.items(_month, "months")))), ()),
        is_one=block.optional("together", lambda together: together.choice(_YES), False),
    )


def _month(spot: Spot) -> int:
    name = spot.text()
    if name not in _MONTHS:
        raise Unclear("a month such as February", nearest(name, _MONTHS))
    return _MONTHS[name]


def _some_time(text: str) -> Duration:
    length = duration(text)
    if not length.count:
        raise Unclear("a length of time above zero such as 2 years")
    return length
