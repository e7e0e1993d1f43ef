"""The `card:` block: what it says is read, what it gets wrong is told with its line, its path and what would help."""

import json
from typing import Any

import pytest
from program_factory import bean_street, points, roubles

from chalicelib.programs.card import (
    FRONT,
    CardAction,
    CardLink,
    CardLook,
    Pictures,
    Place,
    class_of_level,
)
from chalicelib.programs.definition import Definition
from chalicelib.programs.finding import Finding
from chalicelib.programs.lint import lint
from chalicelib.programs.reading import DefinitionError

COLOURS = {"background": "#000000", "text": "#ffffff", "label": "#ffffff"}
EN_RU = {"en": "Points", "ru": "Баллы"}
LEVELS = {
    "measure": "points earned",
    "window": "lifetime",
    "levels": [{"name": "Base", "from": 0}, {"name": "Gold", "from": 9}],
}
STAMPS: dict[str, Any] = {
    "currencies": {"points": points()},
    "stamps": {"points": {"size": 10, "gives": {"reward": "coffee", "name": EN_RU}}},
}


def card(blocks: dict[str, Any] | None = None, **keys: Any) -> Definition:
    """A shop with points in Moscow, with the keys beside the card's colours and other blocks beside the card."""
    plain = json.loads(json.dumps(keys))  # the same thing twice would be an alias in YAML
    return roubles(card={**COLOURS, **plain}, **(blocks or {}))


def refused(**keys: Any) -> Finding:
    """The only mistake of a card with these keys."""
    with pytest.raises(DefinitionError) as error:
        card(**keys)
    (finding,) = error.value.findings
    return finding


def found(definition: Definition) -> list[tuple[str, str]]:
    return [(finding.weight, finding.path) for finding in lint(definition, file="x.yaml")]


# --- what it says -------------------------------------------------------------------------------------------------


def test_a_card_of_three_colours_has_a_qr_code_four_fields_and_nothing_else() -> None:
    assert card().card == CardLook("#000000", "#ffffff", "#ffffff", front=FRONT, barcode="qr")


def test_a_shop_without_a_picture_may_have_a_pattern() -> None:
    assert card(strip="pattern").card == CardLook("#000000", "#ffffff", "#ffffff", strip="pattern")


def test_every_key_of_a_card_is_read() -> None:
    whole = card(
        name={"en": "Corner card", "ru": "Карта угла"},
        logo="corner/logo.png",
        icon="corner/icon.jpg",
        strip="picture",
        strip_picture="corner/strip.jpeg",
        artwork="corner/art/upright.png",
        front=["stamps", "tier"],
        barcode="pdf417",
        rotates="yes",
        levels={"Gold": "#B8860B"},
        level_classes="yes",
        links=[
            {"kind": "menu", "address": "https://corner.example/menu"},
            {"kind": "phone", "address": "tel:+74951234567"},
            {"kind": "mail", "address": "mailto:hello@corner.example", "words": {"en": "Write", "ru": "Написать"}},
        ],
        actions=[
            {"kind": "call", "address": "tel:+74951234567"},
            {"kind": "shop", "address": "https://corner.example"},
        ],
        places=[
            {"latitude": "55.7539303", "longitude": "-37.62", "words": EN_RU},
            {"latitude": "-90", "longitude": "0"},
        ],
    )
    assert whole.card == CardLook(
        "#000000",
        "#ffffff",
        "#ffffff",
        pictures=Pictures("corner/logo.png", "corner/icon.jpg", "corner/strip.jpeg", "corner/art/upright.png"),
        names={"en": "Corner card", "ru": "Карта угла"},
        strip="picture",
        front=("stamps", "tier"),
        barcode="pdf417",
        rotates=True,
        level_classes=True,
        level_colours={"Gold": "#b8860b"},
        links=(
            CardLink("menu", "https://corner.example/menu"),
            CardLink("phone", "tel:+74951234567"),
            CardLink("mail", "mailto:hello@corner.example", {"en": "Write", "ru": "Написать"}),
        ),
        actions=(CardAction("call", "tel:+74951234567"), CardAction("shop", "https://corner.example")),
        places=(Place(55_753_930, -37_620_000, EN_RU), Place(-90_000_000, 0)),
    )


@pytest.mark.parametrize(
    ("stamp", "shape", "colour"),
    [
        ("cup", "cup", ""),
        ({"shape": "leaf"}, "leaf", ""),
        ({"shape": "heart", "colour": "#FF0000"}, "heart", "#ff0000"),
    ],
)
def test_a_stamp_has_a_shape_and_may_have_a_colour(stamp: object, shape: str, colour: str) -> None:
    look = card(strip="stamps", stamp=stamp).card
    assert (look.stamp, look.stamp_colour) == (shape, colour)


def test_nothing_may_stand_beside_the_points() -> None:
    assert card(front="none").card.front == ()


def test_a_program_of_one_language_says_just_the_words() -> None:
    one = {"currencies": {"points": points(names={"en": {"one": "point", "other": "points"}})}, "languages": ["en"]}
    assert card(one, name="Corner card").card.names == {"en": "Corner card"}


# --- what cannot be read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "path", "expected", "meant"),
    [
        ({"backgroud": "#000000"}, "card.backgroud", "this key is not known here", "background"),
        ({"icon": "icon.png"}, "card.icon", "a PNG or JPEG file", ""),
        ({"icon": "corner/../icon.png"}, "card.icon", "a PNG or JPEG file", ""),
        ({"icon": "corner/icon.gif"}, "card.icon", "a PNG or JPEG file", ""),
        ({"strip": "stamp"}, "card.strip", "one of: none, picture, pattern, stamps, progress", "stamps"),
        ({"strip": "picture"}, "card.strip", "add strip_picture", ""),
        ({"strip": "pattern", "strip_picture": "corner/strip.png"}, "card.strip_picture", "strip: picture", ""),
        ({"strip_picture": "corner/strip.png"}, "card.strip_picture", "strip: picture", ""),
        ({"stamp": "cup"}, "card.stamp", "strip: stamps", ""),
        ({"strip": "stamps", "stamp": "cap"}, "card.stamp", "one of: cup", "cup"),
        ({"strip": "stamps", "stamp": {"colour": "#000000"}}, "card.stamp.shape", "is missing", ""),
        ({"strip": "stamps", "stamp": {"shape": "cup", "colour": "red"}}, "card.stamp.colour", "a colour", ""),
        ({"front": "all"}, "card.front", "expected none", ""),
        ({"front": []}, "card.front", "a list such as", ""),
        ({"front": ["tier", "progres"]}, "card.front[1]", "one of: tier", "progress"),
        ({"front": ["tier", "tier"]}, "card.front", "each once", ""),
        ({"front": ["tier", "progress", "ending", "arriving", "stamps"]}, "card.front", "at most 4", ""),
        ({"barcode": "ean-13"}, "card.barcode", "one of: qr", "ean13"),
        ({"rotates": "true"}, "card.rotates", "one of: yes, no", ""),
        ({"levels": {"Gold": "gold"}}, "card.levels.Gold", "a colour in quotes", ""),
        ({"levels": {}}, "card.levels", "colours by level", ""),
        ({"name": "Card"}, "card.name", "the name in each language", ""),
        ({"name": {"en": "x" * 61, "ru": "x"}}, "card.name.en", "at most 60 characters", ""),
        ({"name": {"en": "x", "fr": "x"}}, "card.name.fr", "not known here", ""),
    ],
)
def test_a_mistake_has_its_path_what_was_expected_and_the_nearest(
    keys: dict[str, Any], path: str, expected: str, meant: str
) -> None:
    finding = refused(**keys)
    assert (finding.path, expected in finding.message) == (path, True), finding
    assert finding.suggestion == (f'Did you mean "{meant}"?' if meant else "")
    assert finding.line > 1


@pytest.mark.parametrize(
    ("kind", "address", "meant"),
    [
        ("phone", "+7 (495) 123-45-67", "tel:+74951234567"),
        ("phone", "https://corner.example", ""),
        ("mail", "hello@corner.example", "mailto:hello@corner.example"),
        ("mail", "mailto:hello@corner.example?bcc=all@corner.example", ""),
        ("site", "http://corner.example", "https://corner.example"),
        ("site", "corner.example/shop", "https://corner.example/shop"),
        ("site", "javascript:alert(1)", ""),
        ("shop", "tel:+74951234567", ""),
        ("other", 'https://corner.example/"><script>', ""),
    ],
)
def test_an_address_is_what_its_kind_needs(kind: str, address: str, meant: str) -> None:
    finding = refused(links=[{"kind": kind, "address": address}])
    assert finding.path == "card.links[0].address"
    assert finding.suggestion == (f'Did you mean "{meant}"?' if meant else "")


def test_an_address_of_an_unknown_kind_is_one_mistake() -> None:
    finding = refused(links=[{"kind": "fax", "address": "tel:+74951234567"}])
    assert finding.path == "card.links[0].kind"


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"latitude": "90.000001", "longitude": "0"}, "latitude"),
        ({"latitude": "0", "longitude": "-180.5"}, "longitude"),
        ({"latitude": "52,52", "longitude": "0"}, "latitude"),
        ({"latitude": "52.52 N", "longitude": "0"}, "latitude"),
        ({"latitude": "1e1", "longitude": "0"}, "latitude"),
        ({"longitude": "0"}, "latitude"),
    ],
)
def test_a_place_is_on_the_earth(where: dict[str, str], path: str) -> None:
    assert refused(places=[where]).path == f"card.places[0].{path}"


@pytest.mark.parametrize(
    ("key", "one", "most"),
    [
        ("links", {"kind": "site", "address": "https://corner.example"}, 10),
        ("places", {"latitude": "1", "longitude": "1"}, 10),
    ],
)
def test_a_card_takes_ten_links_and_ten_places(key: str, one: dict[str, str], most: int) -> None:
    assert len(getattr(card(**{key: [one] * most}).card, key)) == most
    finding = refused(**{key: [one] * (most + 1)})
    assert (finding.path, finding.message.startswith(f"expected at most {most}")) == (f"card.{key}", True)


def test_a_card_takes_two_buttons_of_different_kinds() -> None:
    shop, book, order = ({"kind": kind, "address": "https://corner.example"} for kind in ("shop", "book", "order"))
    assert [action.kind for action in card(actions=[shop, book]).card.actions] == ["shop", "book"]
    assert "at most 2" in refused(actions=[shop, book, order]).message
    assert "different kinds" in refused(actions=[shop, shop]).message


# --- what is worth mending ----------------------------------------------------------------------------------------


def test_a_full_card_has_nothing_to_mend() -> None:
    assert found(bean_street()) == []


@pytest.mark.parametrize(
    ("blocks", "keys", "expected"),
    [
        ({}, {"strip": "stamps"}, [("error", "card.strip")]),
        ({}, {"strip": "progress"}, [("error", "card.strip")]),
        ({"tiers": LEVELS}, {"strip": "progress"}, []),
        (STAMPS, {"strip": "stamps"}, []),
        ({}, {"rotates": "yes"}, []),
        ({}, {"rotates": "yes", "barcode": "pdf417"}, []),
        ({}, {"rotates": "yes", "barcode": "aztec"}, [("error", "card.rotates")]),
        ({}, {"barcode": "ean13"}, [("note", "card.barcode")]),
        ({}, {"levels": {"Gold": "#111111"}}, [("error", "card.levels.Gold")]),
        ({"tiers": LEVELS}, {"levels": {"Gold": "#111111"}}, []),
        ({"tiers": LEVELS}, {"levels": {"Gold": "#eeeeee"}}, [("warning", "card.levels.Gold")] * 2),
        ({}, {"level_classes": "yes"}, [("error", "card.level_classes")]),
        ({"tiers": LEVELS}, {"level_classes": "yes"}, []),
        (STAMPS, {"strip": "stamps", "stamp": {"shape": "cup", "colour": "#111111"}}, [("warning", "card.stamp")]),
        ({}, {"name": {"en": "Card"}}, [("error", "card.name")]),
        ({}, {"name": {"en": "A card of our corner", "ru": "Карта"}}, []),
        ({}, {"name": {"en": "A card of our corners", "ru": "Карта"}}, [("note", "card.name")]),
        ({}, {"places": [{"latitude": "1", "longitude": "1"}]}, [("warning", "card.places[0]")]),
        (
            {},
            {"places": [{"latitude": "1", "longitude": "1", "words": {"en": "Near"}}]},
            [("error", "card.places[0].words")],
        ),
        ({}, {"links": [{"kind": "other", "address": "https://corner.example"}]}, [("error", "card.links[0]")]),
        (
            {},
            {"links": [{"kind": "site", "address": "https://corner.example", "words": {"ru": "Сайт"}}]},
            [("error", "card.links[0].words")],
        ),
        ({}, {"logo": "corner/a.png", "artwork": "corner/a.png"}, [("warning", "card.artwork")]),
    ],
)
def test_what_is_worth_mending_is_found(
    blocks: dict[str, Any], keys: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found(card(blocks, **keys)) == expected


@pytest.mark.parametrize(("size", "expected"), [(20, []), (21, [("error", "card.strip")])])
def test_more_than_twenty_stamps_cannot_be_drawn(size: int, expected: list[tuple[str, str]]) -> None:
    stamps = {"points": {"size": size, "gives": {"reward": "coffee", "name": EN_RU}}}
    assert found(card({"stamps": stamps}, strip="stamps")) == expected


def test_levels_that_only_a_hand_gives_have_no_way_to_draw() -> None:
    levels = [{"name": "Base", "from": 0}, {"name": "Gold", "from": "by invitation"}]
    given = {"tiers": {**LEVELS, "levels": levels}}
    assert ("error", "card.strip") in found(card(given, strip="progress"))


def test_a_colour_of_a_level_that_is_not_there_names_the_nearest_and_its_line() -> None:
    definition = card({"tiers": LEVELS}, levels={"Godl": "#111111"})
    (finding,) = lint(definition, file="x.yaml")
    assert finding.suggestion == 'Did you mean "Gold"?'
    assert finding.line == definition.lines["card.levels.Godl"]


def test_levels_that_would_share_a_class_are_told_apart() -> None:
    levels = [{"name": "Base", "from": 0}, {"name": "VIP gold", "from": 9}, {"name": "VIP Gold", "from": 99}]
    alike = {"tiers": {**LEVELS, "levels": levels}}
    assert found(card(alike, level_classes="yes")) == [("error", "card.level_classes")] * 2
    assert found(card(alike)) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [("Gold", "gold"), ("Silver Medallion", "silver-medallion"), ("Level 2", "level-2")],
)
def test_a_levels_class_is_its_name_where_the_name_is_plain(name: str, safe: str) -> None:
    assert class_of_level(name) == safe


def test_other_names_have_a_class_of_their_own_in_plain_letters() -> None:
    names = ["Золото", "Серебро", "Gold+", "Gold", "Gold!", "x" * 60, "x" * 59, "  "]
    classes = [class_of_level(name) for name in names]
    assert len(set(classes)) == len(names)
    assert all(set(each) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(each) <= 40 for each in classes)
