"""The pages for everything that went wrong, in words that help."""

from typing import Literal

from chalicelib.services.answer import Answer
from chalicelib.web.answer import page
from chalicelib.web.language import Speech

Missing = Literal["page", "card", "program"]
"""What is not there."""
_SAID = frozenset({400, 404, 413, 429, 500, 503})


def trouble_page(status: int, language: str, *, retry_after_seconds: int | None = None) -> Answer:
    """The page of an error status. A status without words of its own says what 400 or 500 say."""
    words = status if status in _SAID else 400 if status < 500 else 500
    answer = page("trouble.html", Speech(language), status=status, key=f"error.{words}")
    if retry_after_seconds is None:
        return answer
    return Answer(answer.status, {**answer.headers, "Retry-After": str(retry_after_seconds)}, answer.body)


def missing_page(what: Missing, language: str) -> Answer:
    """404 for a page, a card or a program that is not there."""
    key = "error.404" if what == "page" else f"error.{what}"
    return page("trouble.html", Speech(language), status=404, key=key)


def closed_page(language: str) -> Answer:
    """409 for a link that would let somebody join while nobody can; the link is good still."""
    return page("trouble.html", Speech(language), status=409, key="error.closed")


def replaced_page(language: str) -> Answer:
    """410 for the link of a card that has another one now."""
    return page("trouble.html", Speech(language), status=410, key="error.replaced")
