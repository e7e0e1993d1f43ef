"""The codes that cards show at the till: which kinds are numbers with a check digit, and what a scanner makes of them.

Linear symbols that tills read carry digits alone, and a till may drop or misread one of them: such a code ends with
the check digit of GS1 (modulo 10, weights 3 and 1 from the right), whichever symbol carries it. An EAN-13 begins with
2, the prefix for numbers that are used within a company.
Source: GS1 General Specifications, 7.9 (check digits) and 1.4 (restricted circulation numbers).
"""

import re
from collections.abc import Mapping

from chalicelib.programs.card import BarcodeKind

_PREFIX: Mapping[BarcodeKind, str] = {"ean13": "2", "i2of5": "", "codabar": "", "code39": ""}
_LENGTH: Mapping[BarcodeKind, int] = {"ean13": 13, "i2of5": 14, "codabar": 14, "code39": 14}
"""With the check digit. Interleaved 2 of 5 needs an even number of digits."""

MOST_SCANNED = 100
"""Letters; a scanner that sends more has read something else."""
_WRAPPED = re.compile(r"\*(.+)\*|[A-Da-d]([0-9]+)[A-Da-d]")


def drawn_digits(kind: BarcodeKind) -> int:
    """How many digits are drawn by lot for a code of this kind; 0 where a code may hold any letters."""
    return _LENGTH[kind] - len(_PREFIX[kind]) - 1 if kind in _LENGTH else 0


def numbered(kind: BarcodeKind, digits: str) -> str:
    """The code that so many drawn digits make."""
    body = _PREFIX[kind] + digits
    return body + check_digit(body)


def check_digit(digits: str) -> str:
    """GS1's: what brings the weighted sum to a multiple of ten."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def fits(kind: BarcodeKind, code: str) -> bool:
    """Whether a symbol of this kind can carry the code: a card made before its program changed kinds may not."""
    if kind not in _LENGTH:
        return True
    return len(code) == _LENGTH[kind] and code.startswith(_PREFIX[kind]) and is_number(code) and not is_misread(code)


def as_scanned(text: str) -> str:
    """What a scanner sent, without blanks and the start and stop letters that some leave on (Code 39, Codabar)."""
    text = text.strip()
    wrapped = _WRAPPED.fullmatch(text)
    return next(part for part in wrapped.groups() if part) if wrapped else text


def is_number(code: str) -> bool:
    """Whether it is all digits, as linear symbols carry them."""
    return code.isascii() and code.isdigit()


def is_misread(code: str) -> bool:
    """Whether it is a number whose last digit cannot be right."""
    return is_number(code) and check_digit(code[:-1]) != code[-1]
