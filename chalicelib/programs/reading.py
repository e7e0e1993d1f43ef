"""Reads a program definition: from YAML text to a Definition, or to everything that is wrong with it at once."""

import re
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from chalicelib.errors import Malformed
from chalicelib.programs.by_hand import Adjustments, Merges, Transfers
from chalicelib.programs.card import CardLook
from chalicelib.programs.definition import Base, Business, Definition, Earn, Guests, Lines
from chalicelib.programs.finding import Finding
from chalicelib.programs.read_activities import read_activities
from chalicelib.programs.read_by_hand import read_adjustments, read_merges, read_transfers
from chalicelib.programs.read_card import read_card
from chalicelib.programs.read_currencies import read_currencies, read_language
from chalicelib.programs.read_earn import read_earn
from chalicelib.programs.read_households import read_households
from chalicelib.programs.read_membership import MEMBERSHIP_KEYS, read_membership
from chalicelib.programs.read_notice import read_notice
from chalicelib.programs.read_nps import read_nps
from chalicelib.programs.read_offers import OFFER_KEYS, read_offers
from chalicelib.programs.read_partners import PartnersRead, read_partners
from chalicelib.programs.read_paying import Redeem, read_redeem
from chalicelib.programs.read_rates import read_takes
from chalicelib.programs.read_referral import ReferralRead, read_referral
from chalicelib.programs.read_tiers import read_tiers
from chalicelib.programs.refunds import AfterExpiry, Refunds, WhenSpent
from chalicelib.programs.shape import Block, Book, Spot, compose
from chalicelib.programs.values import Unclear, days, nearest
from chalicelib.programs.vocabulary import Vocabulary

_KEYS = (
    "program",
    "mode",
    "business",
    "money",
    "takes",
    "time_zone",
    "languages",
    "guests",
    "currencies",
    "activities",
    "nps",
    "referral",
    "partners",
    "households",
    "earn",
    "tiers",
    "refunds",
    "redeem",
    *OFFER_KEYS,
    "adjustments",
    "transfers",
    "merges",
    *MEMBERSHIP_KEYS,
    "notice",
    "card",
)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WEB = re.compile(r"https://[^\s/]+\.[^\s/]+(/\S*)?")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_WHEN_SPENT = {way: way for way in get_args(WhenSpent)}
_AFTER_EXPIRY = {way: way for way in get_args(AfterExpiry)}


class DefinitionError(Malformed):
    """A definition that cannot be read. `findings` holds every mistake, in the file's order."""

    def __init__(self, file: str, findings: tuple[Finding, ...]) -> None:
        super().__init__("definition_not_understood", file=file, mistakes=len(findings))
        self.findings = findings

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


def read(text: str, *, file: str) -> Definition:
    """The definition in `text`; `file` is the name that messages show. Raises DefinitionError with all mistakes."""
    book = Book(file)
    top = compose(text, book)
    definition = None
    if top is not None:
        try:
            definition = _definition(Block(top, _KEYS, "the keys of a program definition"), book)
        except Unclear as unclear:
            top.note(unclear)
    if definition is None or book.findings:
        once = dict.fromkeys(book.findings)
        raise DefinitionError(file, tuple(sorted(once, key=lambda finding: (finding.line, finding.column))))
    return definition


def _definition(block: Block, book: Book) -> Definition:
    words = Vocabulary()
    block.optional("money", lambda money: money.read(words.take_money), "")
    languages = block.required(
        "languages", lambda spot: spot.items(read_language, "a list such as [en, ru]"), (), "a list such as [en, ru]"
    )
    currencies = block.required(
        "currencies", lambda spot: read_currencies(spot, languages, words), (), "what members collect"
    )
    offers = read_offers(block, languages, words)  # before the levels: they may name the benefits
    redeem = block.optional("redeem", lambda spot: read_redeem(spot, words), Redeem())
    activities = block.optional("activities", lambda spot: read_activities(spot, words, languages), ())
    membership = read_membership(block, words, languages)  # before the rules: they may ask only for what is declared
    referral = block.optional("referral", lambda spot: read_referral(spot, words), ReferralRead())
    earn = block.required("earn", lambda spot: read_earn(spot, words), Earn(Base(), ()), "how points are earned")
    partners = block.optional("partners", lambda spot: read_partners(spot, words, earn.rules), PartnersRead())
    definition = Definition(
        program=block.required("program", _slug, "", "a short name such as bean-street"),
        mode=block.required("mode", lambda spot: spot.choice({"live": "live", "test": "test"}), "test", "live or test"),
        business=block.required("business", _business, Business("", "", "", ""), "who runs the program"),
        currencies=currencies,
        time_zone=block.required("time_zone", _time_zone, "UTC", "such as Europe/Berlin"),
        languages=languages,
        guests=block.required("guests", _guests, Guests(None), "{keep: 90 days} or ignore"),
        earn=msgspec.structs.replace(earn, rules=(*earn.rules, *referral.rules, *partners.rules)),
        takes=block.optional("takes", lambda spot: read_takes(spot, words), {}),
        tiers=block.optional("tiers", lambda spot: read_tiers(spot, words), None),
        refunds=block.optional("refunds", _refunds, Refunds()),
        pay=redeem.pay,
        pay_out=redeem.pay_out,
        pay_off=redeem.pay_off,
        offers=offers,
        adjustments=block.optional("adjustments", lambda spot: read_adjustments(spot, words), Adjustments()),
        transfers=block.optional("transfers", lambda spot: read_transfers(spot, words), Transfers()),
        merges=block.optional("merges", read_merges, Merges()),
        membership=membership,
        activities=activities,
        referral=referral.terms,
        partners=partners.partners,
        households=block.optional("households", read_households, None),
        nps=block.optional("nps", read_nps, None),
        notice_days=block.optional("notice", read_notice, None),
        card=block.required(
            "card", lambda spot: read_card(spot, languages), CardLook("", "", ""), "the card's colours"
        ),
        money=words.money,
        lines=Lines(book.lines),
    )
    if not words.money:
        book.note(None, "money", 'expected the money that orders are paid in, such as "money: EUR"')
    return definition


def _slug(spot: Spot) -> str:
    slug = spot.text()
    if _SLUG.fullmatch(slug) is None or len(slug) > 40:
        raise Unclear("small letters, digits and hyphens such as bean-street")
    return slug


def _business(spot: Spot) -> Business:
    block = Block(spot, ("name", "legal_name", "contact", "privacy", "terms"))
    return Business(
        name=block.required("name", Spot.text, "", "the name people know"),
        legal_name=block.required("legal_name", Spot.text, "", "the name in law"),
        contact=block.required("contact", _contact, "", "an e-mail or web address"),
        privacy=block.required("privacy", _web_address, "", "the address of the privacy notice"),
        terms=block.optional("terms", _web_address, None),
    )


def _contact(spot: Spot) -> str:
    contact = spot.text()
    if _MAIL.fullmatch(contact) is None and _WEB.fullmatch(contact) is None:
        raise Unclear("an e-mail or web address such as hello@example.org")
    return contact


def _web_address(spot: Spot) -> str:
    address = spot.text()
    if _WEB.fullmatch(address) is None:
        raise Unclear("an address that begins with https://")
    return address


def _time_zone(spot: Spot) -> str:
    name = spot.text()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder of zones is an OSError
        raise Unclear("a time zone such as Europe/Berlin", nearest(name, available_timezones())) from error
    return name


def _guests(spot: Spot) -> Guests:
    if spot.is_text():
        return spot.choice({"ignore": Guests(None)})
    block = Block(spot, ("keep",), "{keep: 90 days} or ignore")
    return Guests(block.required("keep", lambda keep: keep.read(_some_days), 1, "how long, such as 90 days"))


def _some_days(text: str) -> int:
    count = days(text)
    if not count:
        raise Unclear("at least 1 day")
    return count


def _refunds(spot: Spot) -> Refunds:
    block = Block(spot, ("when_spent", "after_expiry", "restore_grace"))
    return Refunds(
        when_spent=block.optional("when_spent", lambda way: way.choice(_WHEN_SPENT), "negative balance"),
        after_expiry=block.optional("after_expiry", lambda way: way.choice(_AFTER_EXPIRY), "forgive"),
        restore_grace_days=block.optional("restore_grace", lambda grace: grace.read(days), 0),
    )
