"""What all cards share is the class's: one for the program, or one for each of its levels."""

from typing import Any

import msgspec
import pytest
from google_samples import CLASS_ID, FACE, RICH, SERIAL, issuer, picture, sent_class, sent_object, translated

from chalicelib.errors import Broken
from chalicelib.passes.google.content import class_of
from chalicelib.passes.google.limits import PLACES
from chalicelib.passes.google.texts import TEXTS
from chalicelib.programs.card import CardLink, Place

GOLD = msgspec.structs.replace(RICH, tier="Gold", level_class="gold")


def rows(front: tuple[Any, ...]) -> list[list[list[str]]]:
    """The paths of each item of each row."""
    told = sent_class(msgspec.structs.replace(FACE, front=front))["classTemplateInfo"]["cardTemplateOverride"]
    found = []
    for row in told["cardRowTemplateInfos"]:
        (items,) = row.values()
        found.append([[field["fieldPath"] for field in item["firstValue"]["fields"]] for item in items.values()])
    return found


def test_a_level_has_a_class_with_its_own_name_and_colour() -> None:
    told = sent_class(GOLD)

    assert told["id"] == f"{CLASS_ID}.gold"
    assert (told["rewardsTier"], told["hexBackgroundColor"]) == ("Gold", "#c0c0c0")
    assert translated(told["localizedRewardsTierLabel"]) == {"en": "Level", "ru": "Уровень"}
    assert sent_object(GOLD)["classId"] == f"{CLASS_ID}.gold"


def test_the_level_stands_on_the_class_or_on_the_card_and_never_on_both() -> None:
    assert "secondaryLoyaltyPoints" not in sent_object(GOLD)
    assert "rewardsTier" not in sent_class(FACE)
    assert sent_object(FACE)["secondaryLoyaltyPoints"]["balance"] == {"string": "Silver"}


def test_a_card_that_stays_in_another_levels_class_tells_its_level_itself() -> None:
    told = sent_object(GOLD, stays_in="silver")

    assert told["classId"] == f"{CLASS_ID}.silver"
    assert told["secondaryLoyaltyPoints"]["balance"] == {"string": "Gold"}
    assert rows(("tier",))[0][1] == ["object.secondaryLoyaltyPoints.balance", "class.rewardsTier"]


def test_the_programs_one_class_has_its_own_colour_whatever_the_members_level_has() -> None:
    silver, gold = (
        msgspec.structs.replace(RICH, look=msgspec.structs.replace(RICH.look, background=colour))
        for colour in ("#c0c0c0", "#d4af37")
    )

    assert sent_class(silver) == sent_class(gold)
    assert sent_class(gold)["hexBackgroundColor"] == "#2b1d14"


def test_the_class_has_the_picture_that_all_share_and_a_card_the_one_of_its_own() -> None:
    pictures = {"hero_url": picture("hero"), "wide_logo_url": picture("wide")}
    plain = msgspec.structs.replace(RICH, look=msgspec.structs.replace(RICH.look, scene="plain"))

    shared = sent_class(RICH, **pictures)
    assert shared["heroImage"]["sourceUri"] == {"uri": "https://cards.example/pictures/sheet-1-hero-plain.png"}
    assert shared["wideProgramLogo"]["sourceUri"]["uri"].startswith("https://cards.example/pictures/sheet-1-wide")
    own = sent_object(RICH, **pictures)["heroImage"]
    assert own["sourceUri"] == {"uri": "https://cards.example/pictures/sheet-1-hero-progress-40.png"}
    assert "heroImage" not in sent_object(plain, **pictures)
    assert {"heroImage", "wideProgramLogo"}.isdisjoint(sent_class(RICH))


def test_the_card_is_called_as_the_program_says_in_each_of_its_languages() -> None:
    assert translated(sent_class(RICH)["localizedProgramName"]) == RICH.card_names
    trial = sent_class(msgspec.structs.replace(RICH, is_test=True))["localizedProgramName"]
    assert translated(trial)["ru"] == "TEST · Карта «Зерно»"


def test_the_programs_own_links_stand_between_its_page_and_its_owner() -> None:
    links = sent_class(RICH)["linksModuleData"]["uris"]

    assert [(each["id"], each["uri"]) for each in links] == [
        ("program", "https://cards.example/p/bean-street"),
        ("link-0", "https://beanstreet.example/menu"),
        ("link-1", "tel:+4930123456"),
        ("contact", "mailto:hello@beanstreet.example"),
        ("privacy", "https://beanstreet.example/privacy"),
    ]
    assert translated(links[1]["localizedDescription"]) == {"en": "Menu", "ru": "Меню"}
    assert translated(links[2]["localizedDescription"]) == {"en": "Reserve a table", "ru": "Заказать столик"}


def test_the_first_of_the_programs_buttons_is_googles_one() -> None:
    button = sent_class(RICH)["appLinkData"]

    assert button["webAppLinkInfo"]["appTarget"]["targetUri"]["uri"] == "https://beanstreet.example/order"
    assert translated(button["displayText"]) == {"en": "Order", "ru": "Заказать"}
    assert "appLinkData" not in sent_class(FACE)
    buttons = [text for words in TEXTS.values() for key, text in words.items() if key.startswith("action_")]
    assert all(len(text) <= 30 for text in buttons)  # "Character limit is 30."


def test_places_are_told_in_degrees() -> None:
    assert list(sent_class(RICH)["merchantLocations"]) == [
        {"latitude": 52.520008, "longitude": 13.404954},
        {"latitude": -33.86882, "longitude": 151.20929},
    ]


@pytest.mark.parametrize(
    ("time_zone", "country"),
    [("Europe/Berlin", "DE"), ("Asia/Almaty", "KZ"), ("UTC", None), ("Etc/UTC", None)],
)
def test_a_program_is_at_home_where_its_days_begin(time_zone: str, country: str | None) -> None:
    assert sent_class(msgspec.structs.replace(FACE, time_zone=time_zone)).get("countryCode") == country


def test_the_front_shows_points_and_then_what_the_program_says_two_in_a_row() -> None:
    tier = ["object.secondaryLoyaltyPoints.balance", "class.rewardsTier"]
    assert rows(("tier", "progress", "ending")) == [
        [["object.loyaltyPoints.balance"], tier],
        [["object.textModulesData['progress']"], ["object.textModulesData['ending']"]],
    ]
    assert rows(("stamps", "tier")) == [
        [["object.loyaltyPoints.balance"], ["object.textModulesData['stamps']"]],
        [tier],
    ]
    assert rows(()) == [[["object.loyaltyPoints.balance"]]]
    assert len(rows(("tier", "progress", "ending", "arriving", "stamps", "others"))) == 3  # Google's limit


def test_cards_of_one_program_lie_together_and_those_that_ended_below() -> None:
    assert sent_object(FACE)["groupingInfo"] == {"groupingId": "test.bean-street", "sortIndex": 1}
    assert sent_object(msgspec.structs.replace(FACE, is_void=True))["groupingInfo"]["sortIndex"] == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [(CLASS_ID, True), (f"{CLASS_ID}.gold", True), (f"{CLASS_ID}-2.gold", False), (f"{CLASS_ID[:-1]}", False)],
)
def test_every_class_of_a_program_is_its_own_and_no_other(name: str, expected: bool) -> None:
    assert issuer().is_class(name, "bean-street") is expected


@pytest.mark.parametrize(
    ("face", "field", "limit"),
    [
        (msgspec.structs.replace(FACE, places=(Place(1, 1),) * (PLACES + 1)), "merchantLocations", 10),
        (msgspec.structs.replace(FACE, places=(Place(90_000_001, 0),)), "merchantLocations", "-90 to 90, -180 to 180"),
        (
            msgspec.structs.replace(FACE, places=(Place(0, -180_000_001),)),
            "merchantLocations",
            "-90 to 90, -180 to 180",
        ),
        (
            msgspec.structs.replace(FACE, links=(CardLink("site", "beanstreet"),)),
            "linksModuleData",
            "an address with its scheme",
        ),
        (msgspec.structs.replace(FACE, business=""), "issuerName", "some text"),
        (msgspec.structs.replace(FACE, level_class="no spaces"), "id", "issuer.letters, digits, . _ -"),
    ],
)
def test_what_google_would_refuse_names_the_field_the_limit_and_googles_page(
    face: Any, field: str, limit: int | str
) -> None:
    with pytest.raises(Broken) as caught:
        class_of(face, issuer())

    assert caught.value.reason == "google_limit"
    assert (caught.value.facts["field"], caught.value.facts["limit"]) == (field, limit)
    assert str(caught.value.facts["page"]).startswith("developers.google.com/wallet/reference/rest/v1/")
    assert SERIAL not in str(caught.value)
