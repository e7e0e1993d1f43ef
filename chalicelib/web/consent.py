"""The texts a person agrees to, word for word."""

import hashlib

import msgspec

from chalicelib.programs.program import Program
from chalicelib.web.language import Speech


class Shop(msgspec.Struct, frozen=True):
    """Who runs a program. `privacy`: address of the privacy notice, may be empty."""

    program: str
    business: str
    legal_name: str
    contact: str
    privacy: str


def shop_of(program: Program) -> Shop:
    """Who runs a program, for the texts that people agree to."""
    business = program.latest.definition.business
    return Shop(program.slug, business.name, business.legal_name, business.contact, business.privacy)


def consent_text(shop: Shop, language: str) -> str:
    """What must be agreed to before a card exists: exactly the text on the page."""
    return _text("consent.program", shop, language)


def marketing_text(shop: Shop, language: str) -> str:
    """What may be agreed to as well: offers and news."""
    return _text("consent.marketing", shop, language)


def text_sha(text: str) -> str:
    """The version of a text: SHA-256 of its UTF-8 bytes, lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _text(key: str, shop: Shop, language: str) -> str:
    return Speech(language).say(key, legal_name=shop.legal_name, business=shop.business, contact=shop.contact)
