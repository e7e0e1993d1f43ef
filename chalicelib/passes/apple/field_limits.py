"""What Apple refuses in the fields of a pass, refused here first."""

import re
from collections.abc import Iterator

from chalicelib.passes.apple.content import Field, PassContent, PosterGeneric, StoreCard
from chalicelib.passes.apple.limits import FIELD, FIELDS, POSTER, STORE_CARD, check_date, check_top, refusal

HEADER_FIELDS, PRIMARY_FIELDS, ROW_FIELDS = 3, 1, 4
POSTER_HEADER_FIELDS, POSTER_PRIMARY_FIELDS, POSTER_FOOTER_FIELDS = 1, 4, 2

_CURRENCY = re.compile(r"[A-Z]{3}")
_DATE_STYLES = frozenset(f"PKDateStyle{name}" for name in ("None", "Short", "Medium", "Long", "Full"))
_NUMBER_STYLES = frozenset(f"PKNumberStyle{name}" for name in ("Decimal", "Percent", "Scientific", "SpellOut"))
_ALIGNMENTS = frozenset(f"PKTextAlignment{name}" for name in ("Left", "Center", "Right", "Natural"))
_UNALIGNED = frozenset({"primaryFields", "backFields"})
_LINKED = re.compile(r'([^<>]|<a href="(https://|tel:|mailto:)[^"<>\s]+">[^<>]+</a>)+')


def check_content(content: PassContent) -> None:
    """Pass, or raise Broken("pass_limit", field, limit, page) for the first thing a phone would refuse."""
    check_top(content)
    _check_store_card(content.store_card)
    if content.poster_generic is not None:
        _check_poster(content.poster_generic)


def _check_store_card(card: StoreCard) -> None:
    if len(card.header_fields) > HEADER_FIELDS:
        raise refusal("headerFields", f"at most {HEADER_FIELDS}", FIELDS)
    if len(card.primary_fields) > PRIMARY_FIELDS:
        raise refusal("primaryFields", f"at most {PRIMARY_FIELDS}", STORE_CARD)
    if len(card.secondary_fields) + len(card.auxiliary_fields) > ROW_FIELDS:
        raise refusal("secondaryFields", f"at most {ROW_FIELDS} together with auxiliaryFields", STORE_CARD)
    _check_style(card, "")


def _check_poster(poster: PosterGeneric) -> None:
    for name, fields, most in (
        ("headerFields", poster.header_fields, POSTER_HEADER_FIELDS),
        ("primaryFields", poster.primary_fields, POSTER_PRIMARY_FIELDS),
        ("footerFields", poster.footer_fields, POSTER_FOOTER_FIELDS),
    ):
        if len(fields) > most:
            raise refusal(f"posterGeneric.{name}", f"at most {most}", POSTER)
    _check_style(poster, "posterGeneric.")


def _check_style(style: StoreCard | PosterGeneric, prefix: str) -> None:
    """Keys are unique in a style; two styles of one pass share the keys of the fields that both show."""
    seen: set[str] = set()
    announced = 0
    for group, number, field in _fields(style):
        path = f"{prefix}{group}[{number}]"
        if not field.key or field.key in seen:
            raise refusal(f"{path}.key", "unique in the pass", FIELD)
        seen.add(field.key)
        announced += bool(field.change_message)
        _check_field(path, field)
        if field.text_alignment and (group in _UNALIGNED or field.text_alignment not in _ALIGNMENTS):
            raise refusal(f"{path}.textAlignment", "a way Wallet knows, and not on primary and back fields", FIELD)
    if announced > 1:
        raise refusal(f"{prefix}changeMessage", "on one field", FIELD)


def _fields(style: StoreCard | PosterGeneric) -> Iterator[tuple[str, int, Field]]:
    for group, fields in style.groups():
        for number, field in enumerate(fields):
            yield group, number, field


def _check_field(path: str, field: Field) -> None:
    if field.value == "":
        raise refusal(f"{path}.value", "present", FIELD)
    if field.change_message and field.change_message.count("%@") != 1:
        raise refusal(f"{path}.changeMessage", "with %@", FIELD)
    if field.attributed_value and _LINKED.fullmatch(field.attributed_value) is None:
        raise refusal(f"{path}.attributedValue", "text, and <a href> to https, tel or mailto", FIELD)
    if field.currency_code or field.number_style:
        _check_number(path, field)
    if field.date_style or field.time_style or field.ignores_time_zone:
        for style in (field.date_style, field.time_style):
            if style and style not in _DATE_STYLES:
                raise refusal(f"{path}.dateStyle", "a style Wallet knows", FIELD)
        check_date(str(field.value), f"{path}.value", FIELD)


def _check_number(path: str, field: Field) -> None:
    if field.currency_code and field.number_style:
        raise refusal(path, "currencyCode or numberStyle, not both", FIELD)
    if field.currency_code and _CURRENCY.fullmatch(field.currency_code) is None:
        raise refusal(f"{path}.currencyCode", "ISO 4217", FIELD)
    if not isinstance(field.value, int):
        raise refusal(f"{path}.value", "a number", FIELD)
    if field.number_style and field.number_style not in _NUMBER_STYLES:
        raise refusal(f"{path}.numberStyle", "a style Wallet knows", FIELD)
