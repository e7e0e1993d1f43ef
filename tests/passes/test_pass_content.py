"""What stands on an Apple pass."""

import json

import msgspec
import pytest
from pass_samples import BEANS, DAY, FACE, IDENTITY, NOW, fields_of

from chalicelib.cards.face import Arriving, Balance, CardFace, CurrencyNames, Ending, Look, Message, News
from chalicelib.cards.offers_shown import StampsShown
from chalicelib.errors import Broken
from chalicelib.ledger.journal import NEVER
from chalicelib.passes.apple.field_limits import check_content
from chalicelib.passes.apple.fields import content_of
from chalicelib.passes.apple.limits import check_strings
from chalicelib.passes.apple.moments import iso_minutes
from chalicelib.passes.apple.texts import WORD_JOINER, own_texts, words
from chalicelib.programs.card import CardAction, CardLink, Place
from chalicelib.programs.tiers import PERKS


def drawn(face: CardFace, *, news: News = "points", **carries: bool) -> dict[str, object]:
    said = words(face.names, face.languages, face.language, own_texts(face))
    check_strings(said.tables, messages=said.messages)
    content = content_of(face, IDENTITY, said, news=news, **carries)
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
    assert fields_of(drawn(msgspec.structs.replace(FACE, points=-40)))["points"]["value"] == -40


def test_tier_and_the_way_to_the_next_one_stand_below() -> None:
    card = drawn(FACE)["storeCard"]
    assert [field["value"] for field in card["secondaryFields"]] == ["Silver"]
    assert fields_of(drawn(FACE))["progress"]["value"] == "Gold 420/1000"


def test_a_program_without_tiers_shows_none() -> None:
    shown = fields_of(drawn(msgspec.structs.replace(FACE, tier="", progress=None), news="tier"))
    assert {"tier", "progress"}.isdisjoint(shown)
    assert "changeMessage" in shown["points"]


def test_points_on_the_way_are_one_sum_and_the_first_known_day() -> None:
    shown = fields_of(drawn(FACE))
    assert shown["arriving"]["value"] == 47
    assert shown["arriving_day"]["value"] == iso_minutes(NOW + 5 * DAY, "Europe/Berlin")


def test_a_day_that_is_not_known_is_not_shown() -> None:
    shown = fields_of(drawn(msgspec.structs.replace(FACE, arriving=(Arriving(5, None), Arriving(6, NEVER)))))
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
    assert "ending_day" not in fields_of(drawn(msgspec.structs.replace(FACE, next_ending=Ending(10, NEVER))))


def test_the_points_are_announced_when_the_level_stays() -> None:
    assert announced(drawn(FACE)) == {"points": "Beans now: %@"}


def test_only_the_level_is_announced_when_it_changed() -> None:
    assert announced(drawn(FACE, news="tier")) == {"tier": "Your level is now: %@"}


def test_points_that_end_soon_are_announced_with_their_last_day() -> None:
    soon = msgspec.structs.replace(FACE, is_ending_soon=True)
    assert announced(drawn(soon, news="ending")) == {"warning": "Expires soon: %@"}
    assert fields_of(drawn(soon))["warning"]["value"] == "200 beans, last day: 30 November 2027"
    assert fields_of(drawn(msgspec.structs.replace(soon, language="ru")))["warning"]["value"] == (
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
    shown = fields_of(drawn(msgspec.structs.replace(FACE, language=language, perks=PERKS)))["perks"]["value"].split(
        "\n"
    )
    assert len(set(shown)) == len(PERKS)
    for perk, text in zip(PERKS, shown, strict=True):
        assert "_" not in text
        assert (text == perk.replace("_", " ").capitalize()) == (language == "en")


def test_a_test_card_says_so_on_both_sides() -> None:
    card = drawn(msgspec.structs.replace(FACE, is_test=True))["storeCard"]
    assert card["headerFields"] == [{"key": "test", "label": "Test card", "value": "TEST"}]
    assert "This is a test card. Its points have no value." in [field["label"] for field in card["backFields"]]


def test_a_live_card_has_an_empty_corner() -> None:
    assert drawn(FACE)["storeCard"].get("headerFields", []) == []


def test_a_card_of_an_ended_membership_is_void_and_says_so() -> None:
    content = drawn(msgspec.structs.replace(FACE, is_void=True))
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
    assert drawn(msgspec.structs.replace(FACE, barcode=message))["barcodes"] == [
        {"format": "PKBarcodeFormatQR", "message": message, "messageEncoding": encoding}
    ]


def test_colours_are_written_as_apple_reads_them() -> None:
    content = drawn(FACE)
    assert content["backgroundColor"] == "rgb(43, 29, 20)"
    assert content["foregroundColor"] == "rgb(255, 255, 255)"
    assert content["labelColor"] == "rgb(224, 201, 166)"


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(Broken, match=r"look\.background"):
        drawn(msgspec.structs.replace(FACE, look=Look("brown", "#ffffff", "#ffffff")))


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(Broken, match="time_zone_unknown"):
        drawn(msgspec.structs.replace(FACE, time_zone="Mars/Olympus"))


def test_the_identity_and_the_format_are_written() -> None:
    content = drawn(FACE)
    assert content["formatVersion"] == 1
    assert (content["passTypeIdentifier"], content["teamIdentifier"]) == ("pass.example.beanstreet", "TEAM123456")
    assert (content["serialNumber"], content["authenticationToken"]) == ("s1", "0123456789abcdef")
    assert content["webServiceURL"] == "https://cards.example/apple"
    assert content["logoText"] == content["organizationName"] == "Bean Street Coffee"


def test_a_logo_that_holds_the_name_stands_alone_and_is_still_described() -> None:
    content = drawn(msgspec.structs.replace(FACE, card_names={"en": "Bean Club"}), has_wordmark=True)
    assert "logoText" not in content
    assert content["description"] == "Bean Club"


def test_labels_are_in_the_members_language_for_readers_without_string_files() -> None:
    shown = fields_of(drawn(msgspec.structs.replace(FACE, language="ru")))
    assert (shown["points"]["label"], shown["tier"]["label"]) == ("Зёрен", "Уровень")


def test_a_level_named_like_a_label_is_not_translated() -> None:
    shown = fields_of(drawn(msgspec.structs.replace(FACE, tier="Level", business="Beans")))
    assert shown["tier"]["value"] == "Level" + WORD_JOINER
    assert drawn(msgspec.structs.replace(FACE, business="Beans"))["logoText"] == "Beans" + WORD_JOINER


def test_no_value_is_ever_a_key_of_a_string_file() -> None:
    said = words(BEANS, ("en", "ru"), "en")
    values = {field["value"] for field in fields_of(drawn(FACE)).values()}
    assert values.isdisjoint(said.own.values())


# --- what the program chose ---------------------------------------------------------------------------------------

COFFEE = StampsShown("stamps", 7, 10, 0, {"en": "Free coffee: 7 of 10", "ru": "Кофе: 7 из 10"})
STARS = Balance("stars", 35, 0, CurrencyNames({"en": {"one": "star", "other": "stars"}, "ru": {"many": "звёзд"}}))
RICH = msgspec.structs.replace(FACE, stamps=(COFFEE,), balances=(Balance("beans", 1_240, 0), STARS))


def row(content: dict[str, object]) -> list[str]:
    card = content["storeCard"]
    return [field["key"] for field in (*card.get("secondaryFields", ()), *card.get("auxiliaryFields", ()))]


def test_the_front_shows_what_the_program_chose_in_its_order() -> None:
    chosen = ("stamps", "others", "tier")
    assert row(drawn(msgspec.structs.replace(RICH, front=chosen))) == ["stamps_stamps", "balance_stars", "tier"]


def test_the_front_shows_no_more_than_four_fields_and_the_back_what_did_not_fit() -> None:
    many = msgspec.structs.replace(RICH, front=("tier", "progress", "ending", "arriving", "others"))
    assert row(drawn(many)) == ["tier", "progress", "ending_day", "arriving"]
    assert "balance_stars" in [field["key"] for field in drawn(many)["storeCard"]["backFields"]]


def test_a_level_that_the_front_does_not_show_is_announced_from_the_back() -> None:
    bare = msgspec.structs.replace(FACE, front=())
    assert row(drawn(bare)) == []
    assert announced(drawn(bare, news="tier")) == {"tier": "Your level is now: %@"}


def test_another_currency_stands_under_its_own_name() -> None:
    shown = fields_of(drawn(msgspec.structs.replace(RICH, front=("others",))))["balance_stars"]
    assert (shown["label"], shown["value"]) == ("Stars", 35)
    assert (
        fields_of(drawn(msgspec.structs.replace(RICH, front=("others",), language="ru")))["balance_stars"]["label"]
        == "Звёзд"
    )


@pytest.mark.parametrize(("filled", "full", "shown"), [(7, 0, "7/10"), (0, 1, "10/10"), (3, 1, "3/10"), (0, 0, "0/10")])
def test_a_full_stamp_card_is_shown_full_until_the_next_one_is_begun(filled: int, full: int, shown: str) -> None:
    card = msgspec.structs.replace(COFFEE, filled=filled, full=full)
    assert (
        fields_of(drawn(msgspec.structs.replace(RICH, stamps=(card,), front=("stamps",))))["stamps_stamps"]["value"]
        == shown
    )


def test_the_last_of_several_fields_ends_at_the_edge_of_the_card() -> None:
    aligned = {key: field.get("textAlignment") for key, field in fields_of(drawn(FACE)).items()}
    assert {key for key, way in aligned.items() if way} == {"arriving"}
    assert not any(
        "textAlignment" in field for field in fields_of(drawn(msgspec.structs.replace(FACE, front=("tier",)))).values()
    )


def test_a_card_has_the_name_that_its_program_gave_it() -> None:
    named = msgspec.structs.replace(FACE, card_names={"en": "Bean Club", "ru": "Клуб зёрен"})
    assert (drawn(named)["description"], drawn(named)["logoText"]) == ("Bean Club", "Bean Club")
    assert words(BEANS, ("en", "ru"), "en", own_texts(named)).tables["ru"]["Bean Club"] == "Клуб зёрен"
    assert drawn(msgspec.structs.replace(named, language="ru"))["logoText"] == "Клуб зёрен"


# --- the poster ---------------------------------------------------------------------------------------------------


def test_a_poster_stands_beside_the_store_card_and_says_the_same() -> None:
    content = drawn(FACE, has_poster=True)
    poster, card = content["posterGeneric"], content["storeCard"]
    assert [field["key"] for field in poster["headerFields"]] == ["points"]
    assert [field["key"] for field in poster["primaryFields"]] == row(content)
    assert poster["backFields"] == card["backFields"]
    assert poster["footerFields"] == [{"key": "name", "value": "Bean Street Coffee"}]


def test_a_level_at_the_head_of_a_poster_is_its_title() -> None:
    title = drawn(FACE, has_poster=True)["posterGeneric"]["primaryFields"][0]
    assert title == {"key": "tier", "value": "Silver"}


def test_without_artwork_there_is_no_poster() -> None:
    assert "posterGeneric" not in drawn(FACE)


def test_a_poster_says_at_its_foot_what_is_unusual() -> None:
    ended = drawn(msgspec.structs.replace(FACE, is_void=True), has_poster=True)["posterGeneric"]["footerFields"]
    assert [field["label"] for field in ended] == ["Membership ended"]


@pytest.mark.parametrize("news", ["points", "tier", "ending", "message"])
def test_each_style_announces_one_thing_and_the_same(news: News) -> None:
    told = Message("m1", {"en": "Two for one on Friday"}, NOW)
    content = drawn(msgspec.structs.replace(FACE, is_ending_soon=True, message=told), news=news, has_poster=True)
    said = []
    for style in ("storeCard", "posterGeneric"):
        fields = [field for group in content[style].values() for field in group]
        said.append({field["key"]: field["changeMessage"] for field in fields if "changeMessage" in field})
    assert said[0] == said[1]
    assert list(said[0]) == [{"ending": "warning"}.get(news, news)]


# --- barcodes, buttons, places, links, messages -------------------------------------------------------------------


def test_the_tills_own_barcode_comes_first_and_a_qr_code_second() -> None:
    shown = drawn(msgspec.structs.replace(FACE, barcode_kind="ean13", barcode="4006381333931"))["barcodes"]
    ean, qr = shown
    assert ean == {
        "format": "PKBarcodeFormatEAN13",
        "message": "4006381333931",
        "messageEncoding": "iso-8859-1",
        "altText": "4006381333931",
    }
    assert (qr["format"], qr["message"]) == ("PKBarcodeFormatQR", "4006381333931")


def test_a_card_whose_code_is_older_than_its_programs_barcode_keeps_its_qr_code() -> None:
    assert [each["format"] for each in drawn(msgspec.structs.replace(FACE, barcode_kind="ean13"))["barcodes"]] == [
        "PKBarcodeFormatQR"
    ]


def test_buttons_have_apples_names() -> None:
    kinds = {
        "benefits": "membershipBenefits",
        "offers": "viewOffersRewards",
        "add_to_balance": "addToBalance",
        "shop": "shop",
        "order": "order",
        "book": "bookAppointment",
    }
    for kind, name in kinds.items():
        content = drawn(msgspec.structs.replace(FACE, actions=(CardAction(kind, "https://beanstreet.example/x"),)))
        assert content["featuredActions"] == [{"identifier": kind, "type": name, "url": "https://beanstreet.example/x"}]
    called = drawn(msgspec.structs.replace(FACE, actions=(CardAction("call", "tel:+493012345678"),)))["featuredActions"]
    assert called == [{"identifier": "call", "type": "call", "url": "tel:+493012345678"}]


BERLIN = Place(52_520_008, 13_404_954, {"en": "A coffee? We are around the corner", "ru": "Кофе? Мы за углом"})


def test_a_place_is_told_in_degrees_and_in_the_members_language() -> None:
    content = drawn(msgspec.structs.replace(FACE, places=(BERLIN, Place(-33_868_800, 151_209_300)), language="ru"))
    assert content["locations"] == [
        {"latitude": 52.520008, "longitude": 13.404954, "relevantText": "Кофе? Мы за углом"},
        {"latitude": -33.8688, "longitude": 151.2093},
    ]


def test_a_card_that_has_ended_has_no_buttons_and_is_suggested_nowhere() -> None:
    ended = drawn(
        msgspec.structs.replace(
            FACE, is_void=True, places=(BERLIN,), actions=(CardAction("shop", "https://a.example"),)
        )
    )
    assert {"featuredActions", "locations"}.isdisjoint(ended)


def test_links_stand_on_the_back_under_their_names_in_the_members_language() -> None:
    links = (
        CardLink("menu", "https://beanstreet.example/menu?a=1&b=2"),
        CardLink("phone", "tel:+493012345678"),
        CardLink("other", "https://beanstreet.example/jobs/", {"en": "Work with us", "ru": "Работа у нас"}),
    )
    shown = fields_of(drawn(msgspec.structs.replace(FACE, links=links, language="ru")))
    menu, phone, jobs = (shown[f"link_{number}"] for number in range(3))
    assert (menu["label"], menu["value"]) == ("Меню", "beanstreet.example/menu?a=1&b=2")
    assert menu["attributedValue"] == (
        '<a href="https://beanstreet.example/menu?a=1&amp;b=2">beanstreet.example/menu?a=1&amp;b=2</a>'
    )
    assert (phone["label"], phone["value"]) == ("Телефон", "+493012345678")
    assert (jobs["label"], jobs["value"]) == ("Работа у нас", "beanstreet.example/jobs")


def test_a_text_of_the_program_never_looks_like_a_place_for_a_value() -> None:
    links = (CardLink("site", "https://a.example", {"en": "100 %@ home", "ru": "Дома"}),)
    assert "%@" not in fields_of(drawn(msgspec.structs.replace(FACE, links=links)))["link_0"]["label"]


def test_a_message_of_the_shop_is_announced_word_for_word() -> None:
    told = msgspec.structs.replace(
        FACE, message=Message("m1", {"en": "Two for one on Friday", "ru": "В пятницу два по цене одного"}, NOW)
    )
    assert announced(drawn(told, news="message")) == {"message": "%@"}
    assert fields_of(drawn(told))["message"]["value"] == "Two for one on Friday"
    assert (
        fields_of(drawn(msgspec.structs.replace(told, language="ru")))["message"]["value"]
        == "В пятницу два по цене одного"
    )


def test_a_message_has_its_place_before_there_is_one() -> None:
    assert fields_of(drawn(FACE))["message"]["value"] == "—"
    assert announced(drawn(FACE, news="message")) == {"points": "Beans now: %@"}
