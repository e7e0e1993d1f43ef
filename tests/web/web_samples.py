"""Invented people and a program that every page test starts from."""

import dataclasses
from typing import Any

from chalicelib.cards.face import Arriving, CardFace, CurrencyNames, Ending, Look, Progress
from chalicelib.web.card import CardView, Line
from chalicelib.web.consent import Shop
from chalicelib.web.program import ProgramView, Section

DAY = 86_400_000
NOW = 1_795_600_000_000  # 25 November 2026, 09:46 UTC

NAMES = CurrencyNames(
    {
        "en": {"one": "bean", "other": "beans"},
        "ru": {"one": "зерно", "few": "зерна", "many": "зёрен", "other": "зерна"},
    }
)
LOOK = Look(background="#2b1d14", text="#ffffff", label="#e0c9a6", logo="bean-street/logo.png")


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
    return dataclasses.replace(face, **changes)


def a_view(**changes: Any) -> CardView:
    """Anna's card page with four lines of history, two of them on one day."""
    view = CardView(
        card="4fTq0mXJ3rZk9sWv2LbNcA",
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
    return dataclasses.replace(view, **changes)


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
    return dataclasses.replace(view, **changes)
