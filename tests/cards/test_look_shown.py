"""What a card looks like for one member: the picture behind the points, the level's colours and class.

Each test reads a program of the gallery, with its card changed by one thing, and shows what one member holds.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from stand_ins import NOON

from chalicelib.cards.face import CardFace, Look
from chalicelib.cards.facing import Holder, face_of
from chalicelib.ledger.journal import NEVER, Cell, Purse, Snapshot, Tier
from chalicelib.programs.card import CardAction, CardLink, Place
from chalicelib.programs.definition import Definition
from chalicelib.programs.metrics import metric_names
from chalicelib.programs.reading import read

GALLERY = Path(__file__).resolve().parents[2] / "programs"


def program(name: str, **card: Any) -> Definition:
    """A program of the gallery; keys of `card` replace those of its card."""
    whole = yaml.load((GALLERY / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # all text
    kept = {key: value for key, value in {**whole["card"], **card}.items() if value is not None}
    return read(yaml.safe_dump({**whole, "card": kept}, allow_unicode=True), file=f"{name}.yaml")


def shown(definition: Definition, snap: Snapshot, *, is_void: bool = False, sheet: str = "") -> CardFace:
    return face_of(definition, snap, Holder("code", "https://x.example/c", "en", is_void), NOON, sheet=sheet)


def stamped(count: int) -> Snapshot:
    return Snapshot(opened=0, purses={"stamps": Purse(cells=(Cell(NEVER, count),) if count else ())})


def earned(definition: Definition, count: int, level: str) -> Snapshot:
    """Who stands on a level and has so much of what the program's levels count."""
    assert definition.tiers is not None
    assert definition.tiers.measure is not None
    (metric,) = metric_names(definition.tiers.measure, None)
    return Snapshot(opened=0, metrics={metric: (Cell(NEVER, count),)}, tier=Tier(level, 1, changes=((1, level),)))


# --- the picture behind the points --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "scene"),
    [(0, "stamps-0"), (1, "stamps-1"), (8, "stamps-8"), (9, "stamps-9"), (10, "stamps-1"), (18, "stamps-9")],
)
def test_stamps_are_drawn_one_by_one_and_a_full_card_is_full_until_the_next_is_begun(count: int, scene: str) -> None:
    assert shown(program("caffe-nero"), stamped(count)).look.scene == scene


def test_the_first_of_several_stamp_cards_is_drawn() -> None:
    two = program("caffe-nero")
    (card,) = shown(two, stamped(4)).stamps
    assert (card.filled, card.size, shown(two, stamped(4)).look.scene) == (4, 9, "stamps-4")


@pytest.mark.parametrize(
    ("count", "level", "scene"),
    [
        (0, "Bean", "progress-0"),
        (14, "Bean", "progress-0"),
        (15, "Bean", "progress-5"),
        (150, "Bean", "progress-50"),
        (299, "Bean", "progress-95"),
        (300, "Silver", "progress-30"),
        (999, "Silver", "progress-95"),
        (1000, "Gold", "progress-100"),
        (5, "Gold", "progress-100"),
        (-40, "Bean", "progress-0"),
        (400, "Bean", "progress-100"),
    ],
)
def test_the_way_to_the_next_level_is_drawn_in_steps_of_five_and_full_at_the_top(
    count: int, level: str, scene: str
) -> None:
    definition = program("bean-street")
    assert shown(definition, earned(definition, count, level)).look.scene == scene


def test_who_has_just_come_is_at_the_beginning_of_the_way() -> None:
    assert shown(program("bean-street"), Snapshot(opened=0)).look.scene == "progress-0"


def test_a_picture_stays_whatever_is_earned_and_nothing_is_drawn_where_nothing_is_said() -> None:
    pictured = program("bean-street", strip="picture", strip_picture="bean-street/strip.png")
    patterned, plain = program("bean-street", strip="pattern"), program("bean-street", strip="none")
    for snap in (Snapshot(opened=0), earned(plain, 500, "Silver")):
        scenes = [shown(each, snap).look.scene for each in (pictured, patterned, plain)]
        assert scenes == ["plain", "plain", ""]


@pytest.mark.parametrize(
    ("definition", "scene"),
    [
        (program("bean-street"), ""),
        (program("caffe-nero"), ""),
        (program("bean-street", strip="picture", strip_picture="bean-street/strip.png"), "plain"),
    ],
    ids=["progress", "stamps", "picture"],
)
def test_a_void_card_counts_nothing(definition: Definition, scene: str) -> None:
    face = shown(definition, stamped(3), is_void=True)
    assert (face.is_void, face.look.scene) == (True, scene)


# --- colours and classes ------------------------------------------------------------------------------------------


def test_the_card_has_the_colour_of_its_level_and_the_sheet_of_its_version() -> None:
    definition = program("bean-street")
    gold = shown(definition, earned(definition, 1000, "Gold"), sheet="s1").look
    silver = shown(definition, earned(definition, 300, "Silver")).look
    assert gold == Look("#6b4314", "#ffffff", "#e0c9a6", "s1", "progress-100", ground="#2b1d14")
    assert silver == Look("#2b1d14", "#ffffff", "#e0c9a6", "", "progress-30")


@pytest.mark.parametrize(
    ("own", "level", "expected"), [("yes", "Gold", "gold"), ("yes", "Bean", "bean"), ("no", "Gold", "")]
)
def test_a_level_is_a_class_of_its_own_where_the_program_says_so(own: str, level: str, expected: str) -> None:
    definition = program("bean-street", level_classes=own)
    assert shown(definition, earned(definition, 0, level)).level_class == expected


def test_a_program_without_levels_has_one_class() -> None:
    assert shown(program("caffe-nero", level_classes="yes"), stamped(1)).level_class == ""


# --- the rest as the program says it ------------------------------------------------------------------------------


def test_the_face_carries_what_the_program_says_of_its_card() -> None:
    face = shown(program("bean-street", barcode="pdf417", rotates="yes"), Snapshot(opened=0))
    assert (face.card_names, face.front) == (
        {"en": "Bean card", "ru": "Карта зёрен"},
        ("tier", "progress", "ending"),
    )
    assert (face.barcode_kind, face.rotates) == ("pdf417", True)
    assert face.links == (
        CardLink("menu", "https://beanstreet.example/menu"),
        CardLink("map", "https://beanstreet.example/map"),
    )
    assert face.actions == (CardAction("order", "https://beanstreet.example/order"),)
    words = {"en": "Your beans are near a fresh coffee", "ru": "Рядом свежий кофе за ваши зёрна"}
    assert face.places == (Place(52_521_918, 13_413_215, words),)


@pytest.mark.parametrize("file", sorted(GALLERY.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_program_of_the_gallery_has_a_named_card_that_somebody_new_can_look_at(file: Path) -> None:
    definition = read(file.read_text(encoding="utf-8"), file=file.name)
    face = shown(definition, Snapshot(opened=0))
    kind = {"stamps": "stamps-0", "progress": "progress-0", "picture": "plain", "none": ""}[definition.card.strip]
    assert face.look.scene == kind
    assert set(face.card_names) == set(definition.languages)
    assert face.links
