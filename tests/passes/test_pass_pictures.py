"""Which prepared pictures a pass carries, under which names."""

import io

import msgspec
import pytest
from pass_samples import FACE
from PIL import Image

from chalicelib.errors import Broken
from chalicelib.passes.apple.images import pictures_of
from chalicelib.passes.apple.picture_limits import check_pictures, is_wordmark
from chalicelib.passes.google.logos import Logos
from chalicelib.services.ports.pictures import NEUTRAL, Sheet, address_of, digest_of
from chalicelib.store.memory.pictures import MemoryPictures

ICONS = {f"apple/icon{sharp}.png": f"icon{sharp}".encode() for sharp in ("", "@2x", "@3x")}
LOOK = {
    **ICONS,
    "apple/primaryLogo.png": b"small and wide",
    "apple/primaryLogo@2x.png": b"wide",
    "apple/artwork.png": b"small poster",
    "apple/artwork@2x.png": b"poster",
    "apple/logo.png": b"small logo",
    "apple/logo@3x.png": b"logo",
    "apple/strip/stamps-3.png": b"three",
    "apple/strip/stamps-3@2x.png": b"three, sharp",
    "apple/strip/stamps-30.png": b"thirty",
    "google/logo.png": b"round",
    "google/hero/stamps-3.png": b"hero",
    "web/logo.png": b"web",
}


def test_a_pass_carries_what_a_phone_draws_and_the_strip_of_its_scene() -> None:
    """Of the plainest sharpness that is the icon, and what there is in no other."""
    pictures = MemoryPictures()

    found = pictures_of(pictures, pictures.keep(LOOK), "stamps-3")

    assert found == {
        "icon.png": b"icon",
        "icon@2x.png": b"icon@2x",
        "icon@3x.png": b"icon@3x",
        "primaryLogo@2x.png": b"wide",
        "artwork@2x.png": b"poster",
        "logo@3x.png": b"logo",
        "strip@2x.png": b"three, sharp",
    }


def test_a_pass_without_artwork_carries_no_logo_for_posters() -> None:
    pictures = MemoryPictures()
    plain = {place: content for place, content in LOOK.items() if "artwork" not in place}

    found = pictures_of(pictures, pictures.keep(plain), "stamps-3")

    assert set(found) == {"icon.png", "icon@2x.png", "icon@3x.png", "logo@3x.png", "strip@2x.png"}


def test_what_is_there_in_the_plainest_sharpness_alone_is_carried() -> None:
    pictures = MemoryPictures()

    found = pictures_of(pictures, pictures.keep(LOOK), "stamps-30")

    assert {name for name in found if name.startswith("strip")} == {"strip.png"}


@pytest.mark.parametrize("scene", ["", "stamps-4", "plain", ".", "stamps-3@2x"])
def test_a_scene_that_was_not_prepared_has_no_strip(scene: str) -> None:
    pictures = MemoryPictures()

    found = pictures_of(pictures, pictures.keep(LOOK), scene)

    assert not any(name.startswith("strip") for name in found)


@pytest.mark.parametrize("sheet", [NEUTRAL, "0" * 32])
def test_without_a_look_of_its_own_a_pass_carries_neutral_pictures(sheet: str) -> None:
    found = pictures_of(MemoryPictures(), sheet, "plain")

    check_pictures(found)
    assert {"icon.png", "icon@2x.png", "icon@3x.png", "logo@2x.png", "logo@3x.png"} == set(found)


def test_a_look_without_an_icon_gets_the_neutral_one() -> None:
    pictures = MemoryPictures()

    found = pictures_of(pictures, pictures.keep({"apple/strip/plain.png": b"strip"}), "plain")

    assert set(found) == {"icon.png", "icon@2x.png", "icon@3x.png", "strip.png"}


def test_a_pass_is_not_made_when_a_picture_of_its_look_is_gone() -> None:
    class Torn(MemoryPictures):
        def sheet(self, name: str) -> Sheet | None:
            return {"apple/icon.png": digest_of(b"gone")}

    with pytest.raises(Broken, match="picture_missing"):
        pictures_of(Torn(), "any", "")


@pytest.mark.parametrize(
    ("size", "expected"), [((100, 50), True), ((160, 40), True), ((99, 50), False), ((50, 50), False), (None, False)]
)
def test_a_logo_twice_as_wide_as_high_holds_the_name(size: tuple[int, int] | None, expected: bool) -> None:
    content = io.BytesIO()
    Image.new("RGB", size or (1, 1)).save(content, "PNG")

    for name in ("logo.png", "logo@2x.png", "logo@3x.png"):
        assert is_wordmark({"icon.png": b"", name: content.getvalue()} if size else {}) is expected


# --- at Google: addresses only ------------------------------------------------------------------------------------


def test_google_is_told_where_the_pictures_of_the_cards_scene_are() -> None:
    pictures = MemoryPictures()
    look = {**LOOK, "google/wide_logo.png": b"wide"}
    logos = Logos("https://cards.example", pictures)
    face = msgspec.structs.replace(
        FACE, look=msgspec.structs.replace(FACE.look, sheet=pictures.keep(look), scene="stamps-3")
    )

    assert logos.logo(face) == f"https://cards.example{address_of(digest_of(b'round'))}"
    assert logos.wide_logo(face) == f"https://cards.example{address_of(digest_of(b'wide'))}"
    assert logos.hero(face) == f"https://cards.example{address_of(digest_of(b'hero'))}"
    assert logos.hero(msgspec.structs.replace(face, look=msgspec.structs.replace(face.look, scene=""))) == ""
    assert logos.hero(msgspec.structs.replace(face, look=msgspec.structs.replace(face.look, scene="plain"))) == ""


def test_google_is_shown_the_banner_on_the_colour_of_the_levels_class() -> None:
    pictures = MemoryPictures()
    sheet = pictures.keep({**LOOK, "google/hero/gold/stamps-3.png": b"gold"})
    logos = Logos("https://cards.example", pictures)
    face = msgspec.structs.replace(FACE, look=msgspec.structs.replace(FACE.look, sheet=sheet, scene="stamps-3"))

    shown = {name: logos.hero(msgspec.structs.replace(face, level_class=name)) for name in ("gold", "silver", "")}

    digests = {"gold": digest_of(b"gold"), "silver": digest_of(b"hero"), "": digest_of(b"hero")}
    assert shown == {name: f"https://cards.example{address_of(digest)}" for name, digest in digests.items()}


def test_google_finds_a_round_logo_for_every_program() -> None:
    pictures = MemoryPictures()
    logos = Logos("https://cards.example", pictures)
    neutral = pictures.sheet(NEUTRAL)
    assert neutral is not None

    for sheet in (NEUTRAL, pictures.keep(ICONS)):
        face = msgspec.structs.replace(FACE, look=msgspec.structs.replace(FACE.look, sheet=sheet))
        assert logos.logo(face) == f"https://cards.example{address_of(neutral['google/logo.png'])}"
        assert logos.wide_logo(face) == ""

    content = pictures.picture(neutral["google/logo.png"])
    assert content is not None
    assert Image.open(io.BytesIO(content)).size == (660, 660)
