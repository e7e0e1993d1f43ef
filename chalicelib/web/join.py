"""The join form: what a person typed, and what is wrong with it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from chalicelib.errors import Malformed
from chalicelib.members import identity

FORM_BYTES = 10_000
_FIELDS = 20
_EMAIL_CHARACTERS = 254  # RFC 5321, 4.5.3.1.3: a path is 256 with its brackets
_NAME_CHARACTERS = 80
# A dot-atom and host labels (RFC 5321, 4.1.2), ASCII: no blank, comma, bracket or line break can reach a mail header.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z-]*[A-Za-z]){_LABEL}")
_CODE_SEPARATORS = str.maketrans("", "", " \u00a0\u202f-\u2010\u2011\u2013")
_UNSHOWABLE = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they would reorder the text around a name

Field = Literal["email", "phone", "name", "language", "consent", "website"]
Problem = Literal[
    "contact_missing",
    "email_malformed",
    "email_too_long",
    "phone_malformed",
    "name_too_long",
    "name_malformed",
    "language_unknown",
    "consent_missing",
    "consent_changed",
    "trap_filled",
]


class JoinForm(msgspec.Struct, frozen=True):
    """What was typed. `problems` names at most one problem per field; when it is empty every value can be used.

    email: as typed, without surrounding blanks     phone: E.164 ("+442079460123") when it could be read, else as typed
    consent, marketing: ticked                      consent_sha: version of the consent text that the page showed
    """

    email: str = ""
    phone: str = ""
    name: str = ""
    language: str = ""
    consent: bool = False
    marketing: bool = False
    consent_sha: str = ""
    problems: Mapping[Field, Problem] = msgspec.field(default_factory=dict)


def is_email(text: str) -> bool:
    """Whether a letter can be addressed to it: one @, a domain with a dot, nothing that could break out of a header."""
    return len(text) <= _EMAIL_CHARACTERS and _EMAIL.fullmatch(text) is not None and identity.email(text) is not None


def masked(email: str) -> str:
    """An address its owner recognises and nobody else can write to: "a…a@example.com"."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{domain}"


def parse_join(body: bytes, *, languages: tuple[str, ...], consent_sha: str = "") -> JoinForm:
    """The form of POST /p/{program}/join.

    languages: those of the program     consent_sha: version of the consent text as it is now; empty skips the check
    Raises: Malformed("form_too_large") (413), Malformed("form_unreadable") (400).
    """
    fields = _fields(body)
    typed_phone = fields.get("phone", "").strip()
    form = JoinForm(
        email=fields.get("email", "").strip(),
        phone=identity.phone(typed_phone) or typed_phone,
        name=unicodedata.normalize("NFC", fields.get("name", "").strip()),
        language=fields.get("language", "").strip() or (languages[0] if languages else ""),
        consent=_is_ticked(fields, "consent"),
        marketing=_is_ticked(fields, "marketing"),
        consent_sha=fields.get("consent_sha", ""),
    )
    problems: dict[Field, Problem] = {}
    problems |= _contact_problems(form)
    problems |= _name_problems(form.name)
    if form.language not in languages:
        problems["language"] = "language_unknown"
    if not form.consent:
        problems["consent"] = "consent_missing"
    elif consent_sha and form.consent_sha and form.consent_sha != consent_sha:
        problems["consent"] = "consent_changed"
    if fields.get("website"):
        # Only programs fill a field that nobody sees. A person whose browser did it gets through the second time.
        problems["website"] = "trap_filled"
    return msgspec.structs.replace(form, problems=problems)


def parse_code(body: bytes) -> str:
    """The six digits of POST /c/{card}/proof, blanks and hyphens taken out; empty when they are not six digits.

    Raises: Malformed as parse_join does.
    """
    digits = _fields(body).get("code", "").translate(_CODE_SEPARATORS).strip()
    return digits if re.fullmatch(r"[0-9]{6}", digits) else ""


def parse_address(body: bytes) -> str:
    """The address of POST /p/{program}/send, normalised; empty when nobody could get a letter there.

    Raises: Malformed as parse_join does.
    """
    typed = _fields(body).get("email", "").strip()
    return (identity.email(typed) or "") if is_email(typed) else ""


def parse_fields(body: bytes, *names: str) -> tuple[str, ...]:
    """Those fields of a form, empty where they were not sent. Raises: Malformed as parse_join does."""
    fields = _fields(body)
    return tuple(fields.get(name, "") for name in names)


def _fields(body: bytes) -> dict[str, str]:
    """The first value of each field."""
    if len(body) > FORM_BYTES:
        raise Malformed("form_too_large", bytes=len(body))
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict", separator="&")
    except ValueError as err:  # not UTF-8, too many fields
        raise Malformed("form_unreadable") from err
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields


def _is_ticked(fields: Mapping[str, str], name: str) -> bool:
    return fields.get(name, "") not in ("", "0", "off", "false", "no")


def _contact_problems(form: JoinForm) -> dict[Field, Problem]:
    if not form.email and not form.phone:
        return {"email": "contact_missing"}
    problems: dict[Field, Problem] = {}
    if len(form.email) > _EMAIL_CHARACTERS:
        problems["email"] = "email_too_long"
    elif form.email and not is_email(form.email):
        problems["email"] = "email_malformed"
    if form.phone and identity.phone(form.phone) is None:
        problems["phone"] = "phone_malformed"
    return problems


def _name_problems(name: str) -> dict[Field, Problem]:
    if len(name) > _NAME_CHARACTERS:
        return {"name": "name_too_long"}
    if any(unicodedata.category(character) in _UNSHOWABLE or character in _TURNING for character in name):
        return {"name": "name_malformed"}
    return {}
