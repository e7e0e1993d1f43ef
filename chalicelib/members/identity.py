"""Who a sender or a person says it is, in one spelling, so that the same person is found again."""

import re
import unicodedata
from collections.abc import Sequence

from chalicelib.events import Customer
from chalicelib.members.people import IdentityKind

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]{2,}")
_LONGEST_EMAIL = 254
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_FILLING = re.compile(r"[\s().\-/]")


def email(text: str | None) -> str | None:
    """An e-mail address in lower case and composed form; None when it cannot be one. Source: RFC 5321 4.5.3."""
    if not text:
        return None
    spelled = unicodedata.normalize("NFC", text.strip()).lower()
    has_control = any(unicodedata.category(letter).startswith("C") for letter in spelled)
    fits = len(spelled) <= _LONGEST_EMAIL and not has_control
    return spelled if fits and _EMAIL.fullmatch(spelled) else None


def phone(text: str | None) -> str | None:
    """A phone number in E.164 form ("+4915112345678"); None without a country code, since it could be anyone's."""
    if not text:
        return None
    digits = _PHONE_FILLING.sub("", text)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    return digits if _PHONE.fullmatch(digits) else None


def spoken(customer: Customer) -> Sequence[tuple[IdentityKind, str]]:
    """The identities a sender named, the one that decides the account first: e-mail, phone, the shop's own id."""
    named: list[tuple[IdentityKind, str | None]] = [
        ("email", email(customer.email)),
        ("phone", phone(customer.phone)),
        ("customer", customer.key),
    ]
    return [(kind, value) for kind, value in named if value]
