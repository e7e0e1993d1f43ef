"""A program's pictures on its members' cards: from publishing to the phone, and again when they change."""

import io
import zipfile
from functools import cache
from pathlib import Path

import pytest
from whole_house import ANNA, DEFINITION, PROGRAM, Town, town

from chalicelib.errors import Broken
from chalicelib.programs.reading import read
from chalicelib.services.ports.pictures import address_of, digest_of
from chalicelib.web.desk import Visit
from ops.looks import prepared

PROGRAMS = Path(__file__).parents[2] / "programs"


@cache
def look() -> dict[str, bytes]:
    return dict(prepared(read(DEFINITION, file="bean-street.yaml"), PROGRAMS))


@pytest.fixture
def here() -> Town:
    return town()


def dress(here: Town, pictures: dict[str, bytes]) -> bool:
    sheet = here.own.pictures.keep(pictures)
    told = here.house.publishing.publish(DEFINITION, file="bean-street.yaml", sheet=sheet)
    assert not told.is_new
    return told.look_changed


def files(here: Town, link: str) -> dict[str, bytes]:
    """What is in the pass that the button hands out."""
    answer = here.house.wallet_file(link, Visit())
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_typical_pass_is_under_20_kilobytes(here: Town) -> None:
    dress(here, look())
    link = here.member(ANNA)

    assert len(here.house.wallet_file(link, Visit()).body) < 20_000


def test_a_pass_shows_how_far_its_member_is(here: Town) -> None:
    dress(here, look())
    link = here.member(ANNA)
    assert files(here, link)["strip@2x.png"] == look()["apple/strip/progress-0@2x.png"]

    here.buys(ANNA, 20_000)

    assert files(here, link)["strip@2x.png"] == look()["apple/strip/progress-65@2x.png"]  # 200 beans of 300
    assert files(here, link)["icon@3x.png"] == look()["apple/icon@3x.png"]


def test_other_pictures_reach_the_card_and_are_told_of_once(here: Town) -> None:
    assert dress(here, look())
    link = here.member(ANNA)
    other = look() | {"apple/icon.png": look()["apple/icon@2x.png"][:0] + look()["apple/icon.png"] + b"\n"}

    assert dress(here, other)
    assert not dress(here, other)

    assert files(here, link)["icon.png"] == other["apple/icon.png"]
    assert len(here.program.versions) == 1


def test_publishing_without_pictures_leaves_those_that_are_there(here: Town) -> None:
    dress(here, look())
    before = here.program.latest.sheet

    assert not here.house.publishing.publish(DEFINITION, file="bean-street.yaml").look_changed
    assert here.program.latest.sheet == before != ""


def test_a_new_version_comes_with_its_own_pictures(here: Town) -> None:
    dress(here, look())
    sheet = here.own.pictures.keep({"apple/icon.png": b"new"})
    text = DEFINITION.replace("Bean Street Coffee", "Bean Lane Coffee")

    told = here.house.publishing.publish(text, file="bean-street.yaml", sheet=sheet)

    assert told.is_new
    assert [version.sheet != sheet for version in here.program.versions] == [True, False]
    assert not told.look_changed


def test_a_version_that_was_never_published_cannot_be_dressed(here: Town) -> None:
    with pytest.raises(Broken, match="unknown_program_version"):
        here.house.publishing.dress(here.program, "0" * 64, "sheet")


def test_everybody_may_look_at_the_pictures(here: Town) -> None:
    dress(here, look())
    address = address_of(digest_of(look()["web/logo.png"]))

    answer = here.house.pictures.picture(address.rpartition("/")[2])

    assert (answer.status, answer.body) == (200, look()["web/logo.png"])


def test_a_program_without_pictures_still_has_a_pass_that_opens(here: Town) -> None:
    assert here.own.programs.program(PROGRAM) is not None
    found = files(here, here.member(ANNA))

    assert {"icon.png", "icon@2x.png", "icon@3x.png"} <= set(found)
    assert not any(name.startswith("strip") for name in found)
