"""The program's page: what you get, how it works, and the form that opens a card."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.services.answer import Answer
from chalicelib.web.answer import page
from chalicelib.web.card import Felt
from chalicelib.web.consent import Shop, consent_text, marketing_text, text_sha
from chalicelib.web.drawing import draw, drawing
from chalicelib.web.join import Field, JoinForm, is_email
from chalicelib.web.language import Speech, language_names

Found = Literal["sent", "not_sent", "too_many", "email_malformed"]
"""What became of the wish to be sent one's card."""
_FOUND_STATUS: Mapping[Found, int] = {"sent": 200, "not_sent": 503, "too_many": 429, "email_malformed": 422}

_ORDER: tuple[Field, ...] = ("email", "phone", "name", "language", "consent", "website")


class Section(msgspec.Struct, frozen=True):
    """One paragraph of the terms: a heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


class ProgramView(msgspec.Struct, frozen=True):
    """A program as people meet it, in the language of the page.

    sample: the card that is drawn as an example (its barcode is not drawn)
    benefits: one short line each       logo: address of the picture on the card, or empty
    is_closed: nobody can join for now, and the page says so where the form would be
    paused: what else stands still for now, of what a member would notice
    """

    shop: Shop
    sample: CardFace
    benefits: tuple[str, ...]
    terms: tuple[Section, ...]
    logo: str = ""
    is_closed: bool = False
    paused: tuple[Felt, ...] = ()


def program_page(
    view: ProgramView,
    language: str,
    *,
    form: JoinForm | None = None,
    found: Found | None = None,
    is_refused: bool = False,
) -> Answer:
    """GET /p/{program}: 200. With a form that has problems, the answer to POST /p/{program}/join: 422.

    is_refused: the answer to that POST while nobody can join: 409
    found: what is said beside the form of POST /p/{program}/send
    What was typed is kept, each reason stands beside its field, and the first such field has the focus.
    """
    speech = Speech(language, view.sample.time_zone)
    typed = form or JoinForm(language=language)
    card = drawing(view.sample, speech, logo=view.logo, has_code=False)
    consent = consent_text(view.shop, language)
    return page(
        "program.html",
        speech,
        status=409 if is_refused else 422 if typed.problems else _FOUND_STATUS[found or "sent"],
        is_closed=view.is_closed,
        paused=view.paused,
        found=found,
        shop=view.shop,
        contact_is_mail=is_email(view.shop.contact),
        card=card,
        drawn=draw(card),
        benefits=view.benefits,
        terms=view.terms,
        form=typed,
        problems=[(field, typed.problems[field]) for field in _ORDER if field in typed.problems],
        consent=consent,
        consent_sha=text_sha(consent),
        marketing=marketing_text(view.shop, language),
        names=language_names(view.sample.languages),
        home=f"/p/{view.shop.program}",
    )
