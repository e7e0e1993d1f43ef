"""Money and rounding: whole minor units and exact fractions, never a float."""

import enum
import re
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from chalicelib.errors import Malformed

# ISO 4217: the currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_DECIMAL = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,9}))?")


class Rounding(enum.Enum):
    """How a fraction of a point becomes whole points."""

    DOWN = "down"
    HALF_UP = "half up"
    HALF_EVEN = "half even"

    def whole(self, value: Fraction) -> int:
        """`value` as an integer; negative values round as their positive twins."""
        sign = -1 if value < 0 else 1
        size = abs(value)
        match self:
            case Rounding.DOWN:
                return sign * int(size)
            case Rounding.HALF_UP:
                return sign * int(size + Fraction(1, 2))
            case Rounding.HALF_EVEN:
                return sign * round(size)


class Money(msgspec.Struct, frozen=True):
    """An amount of one currency: `minor_units` of ISO 4217 `currency` (cents, kopecks, yen)."""

    minor_units: int
    currency: str


def exponent(currency: str) -> int:
    """Digits after the decimal point of `currency` by ISO 4217. Raises Malformed for something that is no code."""
    if not _CURRENCY.fullmatch(currency):
        raise Malformed("not_a_currency", given=currency[:8])
    return _EXPONENTS.get(currency, 2)


def minor_units(text: str, currency: str) -> int:
    """Decimal text as people and APIs write it ("45.20") in whole minor units.

    Extra digits are accepted only when they are zeros ("45.2000").
    Raises: Malformed for exponents, NaN, blanks, thousands separators and fractions of a minor unit.
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise Malformed("not_an_amount", currency=currency)
    sign, whole, decimals = match[1], match[2], match[3] or ""
    digits = exponent(currency)
    if decimals[digits:].strip("0"):
        raise Malformed("fraction_of_a_minor_unit", currency=currency)
    value = int(whole + decimals[:digits].ljust(digits, "0"))
    return -value if sign else value


def decimal_text(amount: int, currency: str) -> str:
    """The exact decimal text of `amount` minor units: the inverse of `minor_units`."""
    digits = exponent(currency)
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def share(total: int, part: int, whole: int) -> int:
    """The part of `total` that `part` is of `whole`, rounded down; all of it when `part` reaches `whole`."""
    return total if part >= whole else total * part // whole


def spread(total: int, weights: Sequence[Fraction]) -> list[int]:
    """`total` in whole parts by weight, which add up to it: what is left goes to the largest remainders, first to last.

    100 over three equal weights is 34, 33 and 33. Without any weight there are no parts but zeros.
    """
    whole = sum(weights, Fraction(0))
    if not whole:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
