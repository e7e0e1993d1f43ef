"""Invented people and a program that every page test starts from."""

from typing import Any

import msgspec

from chalicelib.cards.face import Arriving, Balance, CardFace, CurrencyNames, Ending, Look, Message, Progress
from chalicelib.cards.offers_shown import StampsShown
from chalicelib.programs.card import CardAction, CardLink, Place
from chalicelib.web.card import CardView, Line
from chalicelib.web.consent import Shop
from chalicelib.web.program import ProgramView, Section

DAY = 86_400_000
NOW = 1_795_600_000_000  # 25 November 2026, 09:46 UTC

CARD = "4fTq0mXJ3rZk9sWv2LbNcA"
STRIP = "/pictures/" + "5f" * 32 + ".png"

NAMES = CurrencyNames(
    {
        "en": {"one": "bean", "other": "beans"},
        "ru": {"one": "зерно", "few": "зерна", "many": "зёрен", "other": "зерна"},
    }
)
LOOK = Look(background="#2b1d14", text="#ffffff", label="#e0c9a6")


def a_face(**changes: Any) -> CardFace:
    """Anna's card: 275 beans, 25 away from Silver."""
    face = CardFace(
        program="bean-street",
        business="Bean Street Coffee",
        points=275,
        names=NAMES,
        arriving=(Arriving(40, NOW + 3 * DAY), Arriving(12, None)),
        next_ending=Ending(120, 1_798_758_000_000),  # midnight in Berlin after 31 December 2026
        tier="Bean",
        progress=Progress("Silver", 275, 300),
        perks=("free_delivery",),
        barcode="7Qm2xV9kLr4TtYw8ZpN1cA",
        look=LOOK,
        languages=("en", "ru"),
        language="en",
        time_zone="Europe/Berlin",
        contact="hello@beanstreet.example",
        privacy="https://beanstreet.example/privacy",
        card_url="https://cards.example/c/4fTq0mXJ3rZk9sWv2LbNcA",
        is_test=False,
    )
    return msgspec.structs.replace(face, **changes)


def a_view(**changes: Any) -> CardView:
    """Anna's card page with four lines of history, two of them on one day."""
    view = CardView(
        card=CARD,
        face=a_face(),
        history=(
            Line(NOW - 2 * DAY, "Order #1003", 45, "1 bean per €1; Silver × 1.25"),
            Line(NOW - 2 * DAY - 1, "Set aside: 30 beans", 0, "For a checkout, until 14:05"),
            Line(
                NOW - 5 * DAY, "Part of order #1002 was returned", -20, "20 of the 45 it had given; money was returned"
            ),
            Line(NOW - 400 * DAY, "Thank you for your review", 250, "20 beans for a review"),
        ),
    )
    return msgspec.structs.replace(view, **changes)


def a_full_face(**changes: Any) -> CardFace:
    """Anna's card in a program that says everything a card can say."""
    words = {"en": "The new harvest from Kenya is here.", "ru": "Новый урожай из Кении уже здесь."}
    more = {
        "en": {"one": "cup", "other": "cups"},
        "ru": {"one": "чашка", "few": "чашки", "many": "чашек", "other": "чашки"},
    }
    return a_face(
        message=Message("m1", words, NOW - DAY),
        links=(
            CardLink("site", "https://beanstreet.example/"),
            CardLink("phone", "tel:+493012345678"),
            CardLink("other", "https://beanstreet.example/jobs", {"en": "Work with us", "ru": "Работа у нас"}),
        ),
        actions=(CardAction("order", "https://beanstreet.example/order"), CardAction("call", "tel:+493012345678")),
        places=(
            Place(52_520_008, 13_404_954, {"en": "Coffee nearby", "ru": "Кофе рядом"}),
            Place(-33_868_820, -70, {}),
        ),
        balances=(Balance("beans", 275, 52, NAMES), Balance("cups", 3, 0, CurrencyNames(more))),
        **changes,
    )


A_STAMP_CARD = a_face(
    tier="",
    progress=None,
    look=msgspec.structs.replace(LOOK, scene="stamps-7"),
    stamps=(StampsShown("cups", 7, 10, 0, {"en": "Free coffee: 7 of 10", "ru": "Кофе в подарок: 7 из 10"}),),
)
AN_EAN_CARD = a_face(barcode="2141617841858", barcode_kind="ean13")


def a_program(**changes: Any) -> ProgramView:
    """Bean Street's page."""
    view = ProgramView(
        shop=Shop(
            "bean-street",
            "Bean Street Coffee",
            "Bean Street Coffee GmbH",
            "hello@beanstreet.example",
            "https://beanstreet.example/privacy",
        ),
        sample=a_face(points=120, progress=Progress("Silver", 120, 300), arriving=(), next_ending=None),
        benefits=("1 bean for every euro", "20 beans for a review", "Silver and Gold collect faster"),
        terms=(
            Section("Collecting", ("Every whole euro spent on goods gives one bean.", "Shipping does not count.")),
            Section("How long beans live", ("Beans can be used until the end of the twelfth month.",)),
        ),
    )
    return msgspec.structs.replace(view, **changes)
