"""What an owner brings is a file of a stranger, until it has been looked at."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from looks_samples import jpeg, png
from PIL import Image, ImageCms, ImageFile
from PIL.PngImagePlugin import PngInfo

from chalicelib.errors import Malformed
from ops.looks.opening import MOST_BYTES, PictureRefused, opened

LEAST = (10, 10)
NAME = "shop/logo.png"
GOOD = Image.new("RGB", (40, 20), "#336699")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "programs" / "shop").mkdir(parents=True)
    return tmp_path / "programs"


Bring = Callable[[bytes], Image.Image]


@pytest.fixture
def bring(folder: Path) -> Bring:
    def brought(content: bytes) -> Image.Image:
        (folder / NAME).write_bytes(content)
        return opened(folder, NAME, least=LEAST)

    return brought


def refused(bring: Bring, content: bytes) -> tuple[str | int, str | int]:
    """What it is found to be, and what is expected."""
    with pytest.raises(PictureRefused) as caught:
        bring(content)
    assert caught.value.facts["picture"] == NAME
    return caught.value.facts["found"], caught.value.facts["expected"]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_says(width: int, height: int) -> bytes:
    """A small file whose header promises this size."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def jpeg_that_says(width: int, height: int) -> bytes:
    content = bytearray(jpeg(GOOD))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


@pytest.mark.parametrize("content", [png(GOOD), jpeg(GOOD, quality=95)], ids=["png", "jpeg"])
def test_a_picture_comes_out_as_pixels(bring: Bring, content: bytes) -> None:
    image = bring(content)

    assert (image.mode, image.size) == ("RGBA", (40, 20))
    red, green, blue, alpha = image.getpixel((20, 10))  # type: ignore[misc]
    assert (abs(red - 0x33) < 4, abs(green - 0x66) < 4, abs(blue - 0x99) < 4, alpha) == (True, True, True, 255)


def test_a_refusal_names_the_file_what_it_is_and_what_is_expected(bring: Bring) -> None:
    with pytest.raises(Malformed) as caught:
        bring(b"GIF89a" + bytes(20))

    assert str(caught.value) == "shop/logo.png: a GIF; expected is a PNG or JPEG file"


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("logo.png", png(GOOD))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (a_zip(), "a ZIP archive"),
        (b"GIF89a" + bytes(40), "a GIF"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a WebP"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<?xml version='1.0'?><svg/>", "an SVG drawing or another XML file"),
        (b"BM" + bytes(60), "a Windows bitmap"),
        (b"II*\x00" + bytes(60), "a TIFF"),
        (b"\x7fELF" + bytes(60), "another kind of file"),
        (b"hello", "another kind of file"),
        (b"", "an empty file"),
    ],
)
def test_another_kind_of_file_is_refused_whatever_its_name_says(bring: Bring, content: bytes, found: str) -> None:
    assert refused(bring, content) == (found, "a PNG or JPEG file")


@pytest.mark.parametrize("whole", [png(Image.effect_noise((60, 60), 80)), jpeg(Image.effect_noise((60, 60), 80))])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(bring: Bring, whole: bytes, part: float) -> None:
    assert refused(bring, whole[: int(len(whole) * part)])[0] == "a file that is damaged or cut off"


def test_a_file_with_spoiled_pixels_is_refused(bring: Bring) -> None:
    content = bytearray(png(Image.effect_noise((60, 60), 80)))
    content[len(content) // 2] ^= 0xFF

    assert refused(bring, bytes(content))[0] == "a file that is damaged or cut off"


@pytest.mark.parametrize(
    ("bomb", "found"),
    [
        (png_that_says(30_000, 30_000), "30000 x 30000 pixels"),
        (jpeg_that_says(65_000, 65_000), "far too many pixels"),
        (jpeg_that_says(9_900, 9_900), "far too many pixels"),
        (jpeg_that_says(8_000, 8_000), "8000 x 8000 pixels"),
    ],
)
def test_a_pixel_bomb_is_refused_by_its_header_alone(
    bring: Bring, bomb: bytes, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))

    assert refused(bring, bomb) == (found, "at most 10000 a side and 24 million in all")
    assert len(bomb) < 2_000


@pytest.mark.parametrize(("width", "height"), [(10_001, 10), (10, 10_001), (4_900, 4_900)])
def test_more_pixels_than_any_card_needs_are_refused(bring: Bring, width: int, height: int) -> None:
    assert refused(bring, png_that_says(width, height))[0] == f"{width} x {height} pixels"


def test_a_bomb_in_a_text_of_the_file_is_refused(bring: Bring) -> None:
    whole = png(GOOD)
    bomb = chunk(b"zTXt", b"note\x00\x00" + zlib.compress(bytes(80_000_000), 9))

    assert refused(bring, whole[:33] + bomb + whole[33:])[0] == "a file that is damaged or cut off"


def test_a_file_of_too_many_bytes_is_refused_and_not_read_on(bring: Bring) -> None:
    assert refused(bring, png(GOOD) + bytes(MOST_BYTES)) == ("larger than 5 MB", "at most 5 MB")


def test_a_moving_picture_is_refused(bring: Bring) -> None:
    others = [Image.new("RGB", (40, 20), "red")]

    assert refused(bring, png(GOOD, save_all=True, append_images=others))[0] == "a moving picture"


def test_a_picture_for_printing_is_refused(bring: Bring) -> None:
    content = jpeg(GOOD.convert("CMYK"))

    assert refused(bring, content) == ("a picture for printing (CMYK)", "one for screens (RGB)")


def test_a_picture_that_would_have_to_be_blown_up_is_refused(folder: Path) -> None:
    (folder / NAME).write_bytes(png(GOOD))

    with pytest.raises(PictureRefused, match="40 x 20 pixels; expected is at least 41 wide and 20 high"):
        opened(folder, NAME, least=(41, 20))


# --- paths --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["../secret.png", "shop/../../secret.png", "", "shop", "shop/none.png", "link.png"])
def test_no_path_leads_out_of_the_folder(folder: Path, path: str) -> None:
    (folder.parent / "secret.png").write_bytes(png(GOOD))
    (folder / "link.png").symlink_to(folder.parent / "secret.png")

    with pytest.raises(PictureRefused, match="expected is a file below the program's folder"):
        opened(folder, path, least=LEAST)


def test_an_absolute_path_is_refused(folder: Path) -> None:
    secret = folder.parent / "secret.png"
    secret.write_bytes(png(GOOD))

    with pytest.raises(PictureRefused, match="a path that leads elsewhere"):
        opened(folder, str(secret), least=LEAST)


def test_a_folder_behind_a_symbolic_link_is_refused(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()
    (folder.parent / "elsewhere" / "logo.png").write_bytes(png(GOOD))
    (folder / "linked").symlink_to(folder.parent / "elsewhere")

    with pytest.raises(PictureRefused, match="a path that leads elsewhere"):
        opened(folder, "linked/logo.png", least=LEAST)


def test_what_is_no_file_is_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "shop" / "pipe.png")  # whoever opens it waits for ever

    with pytest.raises(PictureRefused, match="not there"):
        opened(folder, "shop/pipe.png", least=LEAST)


# --- what comes out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("turn", "corner"), [(1, (0, 0)), (3, (39, 19)), (6, (19, 0)), (8, (0, 39))])
def test_a_photo_stands_upright(bring: Bring, turn: int, corner: tuple[int, int]) -> None:
    photo = Image.new("RGB", (40, 20), "white")
    photo.paste("black", (0, 0, 6, 6))
    exif = Image.Exif()
    exif[0x0112] = turn

    image = bring(jpeg(photo, exif=exif, quality=100))

    assert image.size == ((40, 20) if turn in (1, 3) else (20, 40))
    pixel = image.getpixel(corner)
    assert isinstance(pixel, tuple)
    assert pixel[0] < 60


def test_nothing_but_pixels_comes_out(bring: Bring) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Anna's kitchen"
    notes = PngInfo()
    notes.add_text("Author", "Anna")

    image = bring(png(GOOD, exif=exif, pnginfo=notes) + b"PK\x03\x04 and more")

    assert image.info == {}
    assert dict(image.getexif()) == {}
    assert b"Anna" not in png(image)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_comes_out_alike(bring: Bring, mode: str) -> None:
    grey = Image.new("L", (40, 20), 255)
    made = Image.new("I;16", (40, 20), 65_535) if mode == "I;16" else grey.convert(mode)

    image = bring(png(made))

    assert image.mode == "RGBA"
    assert image.getpixel((3, 3)) == (255, 255, 255, 255)


def test_sixteen_bits_of_grey_keep_their_shade(bring: Bring) -> None:
    assert bring(png(Image.new("I;16", (40, 20), 128 * 257))).getpixel((3, 3)) == (128, 128, 128, 255)


def test_transparency_of_a_palette_is_kept(bring: Bring) -> None:
    image = Image.new("P", (40, 20), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])

    assert bring(png(image, transparency=0)).getpixel((3, 3)) == (255, 0, 0, 0)


def test_a_profile_is_followed_and_a_broken_one_is_not(bring: Bring) -> None:
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert bring(png(GOOD, icc_profile=srgb)).getpixel((3, 3)) == (0x33, 0x66, 0x99, 255)
    for unusable in (linear, b"not a profile"):
        assert bring(png(GOOD, icc_profile=unusable)).getpixel((3, 3)) == (0x33, 0x66, 0x99, 255)
