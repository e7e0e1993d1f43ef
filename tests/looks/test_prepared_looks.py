"""All pictures of a look: where they are, how large, how many bytes, and always the same."""

import struct
from pathlib import Path

import msgspec
import pytest
from looks_samples import PROGRAMS, a_program, dressed, gallery, jpeg, named, png, shown, size_of
from PIL import Image, ImageDraw

from chalicelib.passes.apple.picture_limits import check_pictures
from chalicelib.programs.card import Pictures, class_of_level
from chalicelib.store.kept_pictures import MOST_BYTES
from ops.looks import PictureRefused, prepared

SHARP = (("", 1), ("@2x", 2), ("@3x", 3))
MARKS = {f"apple/{kind}{sharp}.png" for kind in ("icon", "logo", "primaryLogo") for sharp, _ in SHARP} | {
    "google/logo.png",
    "web/logo.png",
    "web/icon-192.png",
    "web/icon-512.png",
    "web/icon-maskable-512.png",
}


def scene_paths(scene: str) -> set[str]:
    strips = {f"apple/strip/{scene}{sharp}.png" for sharp, _ in SHARP}
    return strips | {f"web/strip/{scene}.png", f"google/hero/{scene}.png"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    return tmp_path


def photo(width: int, height: int) -> Image.Image:
    """Something with as many shades as a photograph."""
    image = Image.radial_gradient("L").resize((width, height))
    return Image.merge(
        "RGB", (image, image.transpose(Image.Transpose.ROTATE_180), Image.linear_gradient("L").resize((width, height)))
    )


def test_a_program_without_pictures_gets_its_marks_and_no_strip() -> None:
    assert set(prepared(a_program(), PROGRAMS)) == MARKS


def test_a_stamp_card_gets_a_scene_for_every_number_of_stamps() -> None:
    found = prepared(a_program(strip="stamps", stamp="cup"), PROGRAMS)

    scenes = [scene_paths(f"stamps-{filled}") for filled in range(13)]
    assert set(found) == MARKS.union(*scenes)


def test_the_way_to_the_next_level_gets_a_scene_for_every_step() -> None:
    found = dressed("momo-salon")

    assert set(found) == MARKS.union(*(scene_paths(f"progress-{step}") for step in range(0, 101, 5)))


def test_a_quiet_pattern_is_drawn_for_shops_without_a_picture() -> None:
    assert set(prepared(a_program(strip="pattern"), PROGRAMS)) == MARKS | scene_paths("plain")


def test_google_gets_banners_on_the_colour_of_every_class_that_has_one() -> None:
    levels = {"Bean": "#102030", "Gold": "#b8860b", "Золото": "#6b4314"}
    card = {"background": "#102030", "strip": "progress", "level_colours": levels}

    own, shared = (prepared(a_program(**card, level_classes=has_classes), PROGRAMS) for has_classes in (True, False))

    grounds = {"gold": (0xB8, 0x86, 0x0B, 255), class_of_level("Золото"): (0x6B, 0x43, 0x14, 255)}
    banners = {f"google/hero/{name}/progress-{step}.png" for name in grounds for step in range(0, 101, 5)}
    assert set(own) - set(shared) == banners
    for name, ground in grounds.items():
        assert shown(own[f"google/hero/{name}/progress-35.png"]).getpixel((0, 0)) == ground
    assert shown(own["google/hero/progress-35.png"]).getpixel((0, 0)) == (0x10, 0x20, 0x30, 255)


@pytest.mark.parametrize("name", ["delta-medallion", "marriott-bonvoy", "sephora-us", "starbucks-us"])
def test_a_look_of_many_colours_is_no_larger_than_a_photograph(name: str) -> None:
    found = dressed(name)

    assert len(found) <= 250
    assert sum(map(len, found.values())) < 600_000


def test_every_picture_has_the_size_its_place_asks_for() -> None:
    found = prepared(a_program(strip="stamps"), PROGRAMS)

    sizes = {path: size_of(content) for path, content in found.items()}
    for sharp, times in SHARP:
        assert sizes[f"apple/icon{sharp}.png"] == (38 * times, 38 * times)
        assert sizes[f"apple/strip/stamps-3{sharp}.png"] == (375 * times, 144 * times)
    assert sizes["google/logo.png"] == (660, 660)
    assert sizes["google/hero/stamps-3.png"] == (1032, 336)
    assert sizes["web/strip/stamps-3.png"] == (750, 288)
    assert (sizes["web/icon-192.png"], sizes["web/icon-512.png"]) == ((192, 192), (512, 512))
    assert sizes["web/icon-maskable-512.png"] == (512, 512)


@pytest.mark.parametrize("name", ["bean-street", "hometown-cafe", "caffe-nero", "svoy-krug"])
def test_wallet_takes_the_pictures_of_every_scene(name: str) -> None:
    found = dressed(name)

    marks = {path.removeprefix("apple/"): content for path, content in found.items() if path.count("/") == 1}
    ours = {path: content for path, content in marks.items() if f"apple/{path}" in found}
    scenes = {path.split("/")[2].partition("@")[0].removesuffix(".png") for path in found if "apple/strip/" in path}
    assert scenes
    for scene in scenes:
        strips = {f"strip{sharp}.png": found[f"apple/strip/{scene}{sharp}.png"] for sharp, _ in SHARP}
        check_pictures({**ours, **strips})


@pytest.mark.parametrize("name", ["bean-street", "hometown-cafe"])
def test_the_same_program_gets_the_same_bytes(name: str) -> None:
    assert prepared(gallery(name), PROGRAMS) == dressed(name)


@pytest.mark.parametrize("name", ["bean-street", "hometown-cafe", "caffe-nero", "momo-salon", "svoy-krug"])
def test_what_a_pass_carries_is_small(name: str) -> None:
    found = dressed(name)

    carried = {f"apple/{name}.png" for name in ("icon", "icon@2x", "icon@3x", "logo@2x", "logo@3x")}
    marks = sum(len(found[path]) for path in carried)
    scenes = {path.removeprefix("apple/strip/").partition("@")[0] for path in found if path.endswith("@3x.png")}
    strips = [
        sum(len(found[f"apple/strip/{scene}@{times}x.png"]) for times in (2, 3))
        for scene in scenes
        if f"apple/strip/{scene}@2x.png" in found
    ]
    assert marks + max(strips) < 12_000
    assert max(len(content) for content in found.values()) < MOST_BYTES


def test_it_tells_of_every_picture_that_is_ready() -> None:
    told: list[str] = []

    found = prepared(a_program(strip="pattern"), PROGRAMS, told=told.append)

    assert told == list(found)


# --- what the owner brings ----------------------------------------------------------------------------------------


def test_a_logo_keeps_its_proportions_and_its_colours(folder: Path) -> None:
    logo = Image.new("RGBA", (700, 300), (0, 0, 0, 0))
    ImageDraw.Draw(logo).rectangle((50, 50, 449, 249), fill="#c8102e")
    (folder / "shop" / "logo.png").write_bytes(png(logo))

    found = prepared(a_program(pictures=Pictures(logo="shop/logo.png")), folder)

    assert size_of(found["apple/logo@3x.png"]) == (300, 150)
    assert size_of(found["apple/primaryLogo@3x.png"]) == (180, 90)
    assert shown(found["apple/logo@3x.png"]).getpixel((150, 75)) == (0xC8, 0x10, 0x2E, 255)
    wide = shown(found["google/wide_logo.png"])
    assert (wide.size, wide.getpixel((640, 200)), wide.getpixel((10, 10))[3]) == (  # type: ignore[index]
        (1280, 400),
        (0xC8, 0x10, 0x2E, 255),
        0,
    )


def test_a_square_logo_is_the_icon_too(folder: Path) -> None:
    logo = Image.new("RGB", (300, 300), "#ffffff")
    ImageDraw.Draw(logo).ellipse((60, 60, 239, 239), fill="#006241")
    (folder / "shop" / "logo.png").write_bytes(png(logo))

    found = prepared(a_program(pictures=Pictures(logo="shop/logo.png")), folder)

    icon = shown(found["apple/icon@3x.png"])
    assert icon.getpixel((57, 57)) == (0x00, 0x62, 0x41, 255)
    assert icon.getpixel((2, 2)) == (255, 255, 255, 255)


def test_google_may_cut_a_circle_out_of_the_logo(folder: Path) -> None:
    icon = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(icon).rectangle((40, 40, 359, 359), fill="#ffffff")
    (folder / "shop" / "icon.png").write_bytes(png(icon))

    found = prepared(a_program(background="#102030", pictures=Pictures(icon="shop/icon.png")), folder)

    for path, margin in (("google/logo.png", 0.15), ("web/icon-maskable-512.png", 0.1)):
        logo = shown(found[path])
        radius = logo.width / 2 * (1 - 2 * margin)
        corners = [
            (x, y)
            for x in range(0, logo.width, 4)
            for y in range(0, logo.width, 4)
            if logo.getpixel((x, y)) == (255, 255, 255, 255)
        ]
        farthest = max(((x - logo.width / 2) ** 2 + (y - logo.width / 2) ** 2) ** 0.5 for x, y in corners)
        assert farthest <= radius + 1
        assert logo.getpixel((0, 0)) == (0x10, 0x20, 0x30, 255)


def test_a_photo_fills_the_strip_and_the_icon(folder: Path) -> None:
    (folder / "shop" / "strip.jpg").write_bytes(jpeg(photo(1600, 900), quality=90))
    (folder / "shop" / "icon.jpg").write_bytes(jpeg(photo(600, 700), quality=90))
    card = {"strip": "picture", "pictures": Pictures(icon="shop/icon.jpg", strip="shop/strip.jpg")}

    found = prepared(a_program(**card), folder)

    assert size_of(found["apple/strip/plain@3x.png"]) == (1125, 432)
    assert size_of(found["google/hero/plain.png"]) == (1032, 336)
    assert size_of(found["apple/icon@3x.png"]) == (114, 114)
    assert max(map(len, found.values())) < MOST_BYTES


def test_a_poster_picture_is_prepared_for_poster_cards(folder: Path) -> None:
    (folder / "shop" / "poster.jpg").write_bytes(jpeg(photo(1200, 1500), quality=90))

    found = prepared(a_program(pictures=Pictures(artwork="shop/poster.jpg")), folder)

    assert [size_of(found[f"apple/artwork{sharp}.png"]) for sharp, _ in SHARP] == [
        (358, 448),
        (716, 896),
        (1074, 1344),
    ]
    assert max(map(len, found.values())) < MOST_BYTES


def test_a_picture_that_no_palette_makes_small_is_refused(folder: Path) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1200, 1500), 90) for _ in range(3)])
    (folder / "shop" / "poster.jpg").write_bytes(jpeg(noise, quality=85))

    with pytest.raises(PictureRefused, match=r"shop/poster\.jpg: too full of fine detail"):
        prepared(a_program(pictures=Pictures(artwork="shop/poster.jpg")), folder)


def test_one_bad_picture_and_nothing_is_prepared(folder: Path) -> None:
    (folder / "shop" / "strip.png").write_bytes(b"PK\x03\x04")

    with pytest.raises(PictureRefused, match=r"shop/strip\.png: a ZIP archive"):
        prepared(a_program(strip="picture", pictures=Pictures(strip="shop/strip.png")), folder)


def test_a_png_says_nothing_but_pixels() -> None:
    for content in dressed("bean-street").values():
        kinds, at = [], 8
        while at < len(content):
            length, kind = struct.unpack(">I4s", content[at : at + 8])
            kinds.append(kind)
            at += 12 + length
        assert set(kinds) <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


# --- initials -----------------------------------------------------------------------------------------------------


def test_initials_stand_on_the_cards_own_colour_and_turned_round_on_the_card_itself() -> None:
    found = prepared(a_program(background="#102030", label="#ffe0b0"), PROGRAMS)
    card, ink = (0x10, 0x20, 0x30, 255), (0xFF, 0xE0, 0xB0, 255)

    for path, ground, letter in (("web/icon-512.png", card, ink), ("google/logo.png", ink, card)):
        icon = shown(found[path])
        assert icon.getpixel((0, 0)) == ground
        assert letter in {colour for _, colour in icon.getcolors(1000) or []}


def test_every_business_has_initials_of_its_own() -> None:
    names = ["Bean Street Coffee", "Кружок", "Свой круг", "H&M", "Ωμέγα", "7 Days", "Étoile"]
    logos = [prepared(named(name), PROGRAMS)["google/logo.png"] for name in names]

    assert len(set(logos)) == len(names)


def test_a_name_without_letters_gets_a_mark() -> None:
    found = prepared(msgspec.structs.replace(named("—")), PROGRAMS)

    assert len(shown(found["google/logo.png"]).getcolors(1000) or []) > 1
