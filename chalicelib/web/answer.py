"""What a page's door gives back, and the headers every answer carries."""

from collections.abc import Mapping

import msgspec

from chalicelib.services.answer import Answer
from chalicelib.web.language import Speech

# Styles and scripts come from /static only; nothing inline, nothing from elsewhere. A page may be framed by our own
# pages alone. Source: W3C Content Security Policy Level 3.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

GUARDS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
}


def page(template: str, speech: Speech, *, status: int = 200, **values: object) -> Answer:
    """The page `template` in the reader's language."""
    from chalicelib.web.render import render  # noqa: PLC0415  # the stores' API answers without any page

    headers = {
        **GUARDS,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": speech.language,
        "Vary": "Accept, Accept-Language",  # one address answers people and programs, in several languages
    }
    return Answer(status, headers, render(template, speech=speech, **values).encode())


def redirect(status: int, location: str) -> Answer:
    """Go to `location`, a path of ours. 303 after a form, so that reloading sends nothing twice."""
    return Answer(status, {**GUARDS, "Location": location, "Content-Type": "text/plain; charset=utf-8"})


def as_json(value: object, *, status: int = 200) -> Answer:
    """`value` for programs."""
    headers = {**GUARDS, "Content-Type": "application/json", "Vary": "Accept, Accept-Language"}
    return Answer(status, headers, msgspec.json.encode(value))
