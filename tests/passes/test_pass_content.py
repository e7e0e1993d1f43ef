"""What stands on an Apple pass."""

import json
from dataclasses import replace

import msgspec
import pytest
from pass_samples import BEANS, DAY, FACE, IDENTITY, NOW, fields_of

from chalicelib.cards.face import Arriving, CardFace, Ending, Look, News
from chalicelib.errors import Broken
from chalicelib.ledger.journal import NEVER
from chalicelib.passes.apple.fields import content_of, iso_minutes
from chalicelib.passes.apple.limits import check_content
from chalicelib.passes.apple.texts import WORD_JOINER, words
from chalicelib.programs.tiers import PERKS


def drawn(face: CardFace, *, news: News = "points") -> dict[str, object]:
    content = content_of(face, IDENTITY, words(face.names, face.languages, face.language), news=news)
    check_content(content)
    return json.loads(msgspec.json.encode(content))


def announced(content: dict[str, object]) -> dict[str, object]:
    return {key: field["changeMessage"] for key, field in fields_of(content).items() if "changeMessage" in field}


def test_points_are_the_primary_number() -> None:
    card = drawn(FACE)["storeCard"]
    assert card["primaryFields"] == [
        {
            "key": "points",
            "label": "Beans",
            "value": 1240,
            "changeMessage": "Beans now: %@",
            "numberStyle": "PKNumberStyleDecimal",
        }
    ]


def test_points_that_are_owed_are_shown_as_a_negative_number() -> None:
    assert fields_of(drawn(replace(FACE, points=-40)))["points"]["value"] == -40


def test_tier_and_the_way_to_the_next_one_stand_below() -> None:
    card = drawn(FACE)["storeCard"]
    assert [field["value"] for field in card["secondaryFields"]] == ["Silver"]
    assert fields_of(drawn(FACE))["progress"]["value"] == "Gold 420/1000"


def test_a_program_without_tiers_shows_none() -> None:
    shown = fields_of(drawn(replace(FACE, tier="", progress=None), news="tier"))
    assert {"tier", "progress"}.isdisjoint(shown)
    assert "changeMessage" in shown["points"]


def test_points_on_the_way_are_one_sum_and_the_first_known_day() -> None:
    shown = fields_of(drawn(FACE))
    assert shown["arriving"]["value"] == 47
    assert shown["arriving_day"]["value"] == iso_minutes(NOW + 5 * DAY, "Europe/Berlin")


def test_a_day_that_is_not_known_is_not_shown() -> None:
    shown = fields_of(drawn(replace(FACE, arriving=(Arriving(5, None), Arriving(6, NEVER)))))
    assert shown["arriving"]["value"] == 11
    assert "arriving_day" not in shown


def test_points_that_end_at_midnight_are_good_for_the_day_before_in_the_shops_zone() -> None:
    day = fields_of(drawn(FACE))["ending_day"]
    assert day["value"] == "2027-11-30T23:59+01:00"
    assert (day["dateStyle"], day["timeStyle"], day["ignoresTimeZone"]) == (
        "PKDateStyleMedium",
        "PKDateStyleNone",
        True,
    )


def test_points_that_never_end_have_no_last_day() -> None:
    assert "ending_day" not in fields_of(drawn(replace(FACE, next_ending=Ending(10, NEVER))))


def test_the_points_are_announced_when_the_level_stays() -> None:
    assert announced(drawn(FACE)) == {"points": "Beans now: %@"}


def test_only_the_level_is_announced_when_it_changed() -> None:
    assert announced(drawn(FACE, news="tier")) == {"tier": "Your level is now: %@"}


def test_points_that_end_soon_are_announced_with_their_last_day() -> None:
    soon = replace(FACE, is_ending_soon=True)
    assert announced(drawn(soon, news="ending")) == {"warning": "Expires soon: %@"}
    assert fields_of(drawn(soon))["warning"]["value"] == "200 beans, last day: 30 November 2027"
    assert fields_of(drawn(replace(soon, language="ru")))["warning"]["value"] == (
        "200 зёрен, последний день: 30 ноября 2027\u202fг."
    )


def test_warning_has_its_place_before_it_says_anything() -> None:
    """A phone announces a changed value, and says nothing about a field that is new."""
    assert fields_of(drawn(FACE))["warning"]["value"] == "—"
    assert announced(drawn(FACE, news="ending")) == {"points": "Beans now: %@"}


def test_the_back_tells_whom_to_write_how_data_is_used_and_where_the_card_is() -> None:
    back = {field["key"]: field["value"] for field in drawn(FACE)["storeCard"]["backFields"]}
    assert back["contact"] == "hello@beanstreet.example"
    assert back["privacy"] == "https://beanstreet.example/privacy"
    assert back["card"] == "https://cards.example/p/bean-street"
    assert back["perks"] == "Free delivery\nEarly access"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_perk_a_program_can_name_is_shown_in_words(language: str) -> None:
    shown = fields_of(drawn(replace(FACE, language=language, perks=PERKS)))["perks"]["value"].split("\n")
    assert len(set(shown)) == len(PERKS)
    for perk, text in zip(PERKS, shown, strict=True):
        assert "_" not in text
        assert (text == perk.replace("_", " ").capitalize()) == (language == "en")


def test_a_test_card_says_so_on_both_sides() -> None:
    card = drawn(replace(FACE, is_test=True))["storeCard"]
    assert card["headerFields"] == [{"key": "test", "label": "Test card", "value": "TEST"}]
    assert card["backFields"][0]["label"] == "This is a test card. Its points have no value."


def test_a_live_card_has_an_empty_corner() -> None:
    assert drawn(FACE)["storeCard"].get("headerFields", []) == []


def test_a_card_of_an_ended_membership_is_void_and_says_so() -> None:
    content = drawn(replace(FACE, is_void=True))
    assert content["voided"] is True
    assert content["storeCard"]["headerFields"][0]["label"] == "Membership ended"


def test_a_card_of_a_member_is_not_void_and_not_for_sharing() -> None:
    content = drawn(FACE)
    assert "voided" not in content
    assert content["sharingProhibited"] is True


@pytest.mark.parametrize(
    ("message", "encoding"), [("BS-4711", "iso-8859-1"), ("Grüße", "iso-8859-1"), ("Зёрна", "utf-8")]
)
def test_a_barcode_is_latin_unless_it_cannot_be(message: str, encoding: str) -> None:
    assert drawn(replace(FACE, barcode=message))["barcodes"] == [
        {"format": "PKBarcodeFormatQR", "message": message, "messageEncoding": encoding}
    ]


def test_colours_are_written_as_apple_reads_them() -> None:
    content = drawn(FACE)
    assert content["backgroundColor"] == "rgb(43, 29, 20)"
    assert content["foregroundColor"] == "rgb(255, 255, 255)"
    assert content["labelColor"] == "rgb(224, 201, 166)"


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(Broken, match=r"look\.background"):
        drawn(replace(FACE, look=Look("brown", "#ffffff", "#ffffff", "")))


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(Broken, match="time_zone_unknown"):
        drawn(replace(FACE, time_zone="Mars/Olympus"))


def test_the_identity_and_the_format_are_written() -> None:
    content = drawn(FACE)
    assert content["formatVersion"] == 1
    assert (content["passTypeIdentifier"], content["teamIdentifier"]) == ("pass.example.beanstreet", "TEAM123456")
    assert (content["serialNumber"], content["authenticationToken"]) == ("s1", "0123456789abcdef")
    assert content["webServiceURL"] == "https://cards.example/apple"
    assert content["logoText"] == content["organizationName"] == "Bean Street Coffee"


def test_labels_are_in_the_members_language_for_readers_without_string_files() -> None:
    shown = fields_of(drawn(replace(FACE, language="ru")))
    assert (shown["points"]["label"], shown["tier"]["label"]) == ("Зёрен", "Уровень")


def test_a_level_named_like_a_label_is_not_translated() -> None:
    shown = fields_of(drawn(replace(FACE, tier="Level", business="Beans")))
    assert shown["tier"]["value"] == "Level" + WORD_JOINER
    assert drawn(replace(FACE, business="Beans"))["logoText"] == "Beans" + WORD_JOINER


def test_no_value_is_ever_a_key_of_a_string_file() -> None:
    said = words(BEANS, ("en", "ru"), "en")
    values = {field["value"] for field in fields_of(drawn(FACE)).values()}
    assert values.isdisjoint(said.own.values())
