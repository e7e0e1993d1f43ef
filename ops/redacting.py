"""A kept delivery as an operator may see it: what happened, and nobody's name, address or secret."""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

_HIDDEN = "•••"
_SECRET_HEADER = re.compile(r"hmac|signature|authorization|cookie|token|secret|key|forwarded|real-ip|client-ip|viewer")
_PERSONAL = re.compile(
    r"customer|billing|shipping_address|buyer|receiver|recipient|payer|person|client|user|name|mail|phone|address|"
    r"city|zip|postal|street|company|latitude|longitude|\bip\b|_ip|note|message|comment|description|card|bank|"
    r"token|secret|key|signature|url|href|receipt|title|text|tags|meta|attribute|propert|custom"
)
_STAYS = frozenset({"shipping_lines", "shipping_total", "shipping_tax", "gift_card", "line_items"})
"""Keys that look personal and are not."""

_PLAIN = re.compile(
    r"-?[0-9]{1,18}(\.[0-9]{1,6})?"  # an amount or an id
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?"  # a time
    r"|[A-Z]{3}"  # a currency
    r"|[a-z]{2,24}([._/][a-z]{2,24}){0,3}"  # a state, a topic
    r"|(pi|ch|re|py|dp|evt|cs|in|gid|order|refund)[_:/][A-Za-z0-9_/-]{4,80}"  # a provider's own name of a thing
    r"|[0-9a-f]{8}-[0-9a-f-]{27}"
)
_ORDER_NUMBER = re.compile(r"#?[A-Z]{0,6}-?[0-9]{1,12}")
_MOST_CHARACTERS = 20_000


def safe_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Headers without signatures, keys and addresses of callers."""
    return {name: _HIDDEN if _SECRET_HEADER.search(name) else text[:200] for name, text in sorted(headers.items())}


def safe_body(body: bytes) -> str:
    """The body's shape, amounts, times and states. What is not known to be harmless is hidden."""
    try:
        content = json.loads(body, parse_float=str)
    except (ValueError, RecursionError):
        return _safe_form(body)
    return json.dumps(_safe(content, is_top=True), indent=2, ensure_ascii=False)[:_MOST_CHARACTERS]


def _safe(content: object, *, is_top: bool = False) -> object:
    match content:
        case dict():
            return {name: _safe_member(str(name), value, is_top=is_top) for name, value in content.items()}
        case list():
            return [_safe(item) for item in content]
        case str():
            return content if _PLAIN.fullmatch(content) else _HIDDEN
    return content


def _safe_member(name: str, value: object, *, is_top: bool) -> object:
    low = name.lower()
    if value is None or value == "" or isinstance(value, bool):
        return value
    if low == "name":
        is_number = is_top and isinstance(value, str) and _ORDER_NUMBER.fullmatch(value)
        return value if is_number else _HIDDEN
    if low not in _STAYS and _PERSONAL.search(low):
        return _HIDDEN
    return _safe(value)


def _safe_form(body: bytes) -> str:
    """A form's field names; of anything else only its size."""
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return f"{len(body)} bytes that are no JSON"
    return "\n".join(f"{name[:60]} = {_HIDDEN}" for name, _ in fields)
