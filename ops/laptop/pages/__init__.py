"""The demo's pages: templates, texts and their languages. Their scripts, styles and pictures are in `static/`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.numbers import format_currency
from chalice.app import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.web.language import choose

FOLDER = Path(__file__).parent
TEXTS: Mapping[str, Mapping[str, str]] = json.loads((FOLDER / "texts.json").read_text())
LANGUAGES = tuple(TEXTS)
HEADERS: Mapping[str, str | list[str]] = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

_templates = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def language_of(request: Any) -> str:
    """?lang= first, then what the browser prefers."""
    asked = (request.query_params or {}).get("lang", "")
    return choose(request.headers.get("accept-language", ""), LANGUAGES, asked=asked)


def page(template: str, language: str, **values: object) -> Response:
    """A page in the reader's language."""
    other = next(one for one in LANGUAGES if one != language)
    body = _templates.get_template(template).render(
        language=language, other_language=other, t=TEXTS[language], **values
    )  # fmt: skip
    headers: dict[str, str | list[str]] = {**HEADERS, "Content-Type": "text/html; charset=utf-8"}
    return Response(body, headers=headers)


def price(cents: int, language: str) -> str:
    return format_currency(cents / 100, "EUR", locale=language)
