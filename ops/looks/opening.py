"""Opens the pictures that an owner brings: files of strangers, until they have been looked at.

Nothing is decoded before its length, its kind and its header's width and height are known to be in bounds. What comes
out is pixels alone: turned upright, in sRGB, without names, places or anything else that a camera writes.
"""

import io
import struct
import warnings
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from chalicelib.errors import Malformed

MOST_BYTES = 5_000_000
MOST_PIXELS = 24_000_000
MOST_SIDE = 10_000

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_EXPECTED = "a PNG or JPEG file"
_FEW_PIXELS = f"at most {MOST_SIDE} a side and {MOST_PIXELS // 1_000_000} million in all"
_KINDS = {
    b"GIF8": "a GIF",
    b"RIFF": "a WebP",
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF": "a PDF",
    b"<svg": "an SVG drawing",
    b"<?xm": "an SVG drawing or another XML file",
    b"BM": "a Windows bitmap",
    b"II*\x00": "a TIFF",
    b"MM\x00*": "a TIFF",
    b"\x00\x00\x01\x00": "a Windows icon",
}
_SPOILT = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)
"""What Pillow raises for files that are not what they seem."""
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PictureRefused(Malformed):
    """A picture that cannot be used: which one, what it is, and what is expected."""

    def __init__(self, picture: str, found: str, expected: str) -> None:
        super().__init__("picture_refused", picture=picture, found=found, expected=expected)

    def __str__(self) -> str:
        return f"{self.facts['picture']}: {self.facts['found']}; expected is {self.facts['expected']}"


def opened(folder: Path, picture: str, *, least: tuple[int, int]) -> Image.Image:
    """The picture at `picture`, a path below `folder`, as RGBA pixels.

    least: width and height that it needs, so that it need not be blown up
    Raises: PictureRefused.
    """
    content = _content(folder, picture)
    _known_kind(picture, content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # whatever Pillow has a doubt about is refused
        try:
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
                _check_header(picture, image, least)
                image.load()
                return _upright(image)
        except _BOMBS as err:
            raise PictureRefused(picture, "far too many pixels", _FEW_PIXELS) from err
        except (*_SPOILT, Warning) as err:
            raise PictureRefused(picture, "a file that is damaged or cut off", _EXPECTED) from err


def _content(folder: Path, picture: str) -> bytes:
    """All of the file, of which no more than MOST_BYTES are read."""
    place = (folder / picture).resolve()
    if not picture or not place.is_relative_to(folder.resolve()):
        raise PictureRefused(picture, "a path that leads elsewhere", "a file below the program's folder")
    if not place.is_file():
        raise PictureRefused(picture, "not there", "a file below the program's folder")
    with place.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise PictureRefused(
            picture, f"larger than {MOST_BYTES // 1_000_000} MB", f"at most {MOST_BYTES // 1_000_000} MB"
        )
    return content


def _known_kind(picture: str, content: bytes) -> None:
    if not content:
        raise PictureRefused(picture, "an empty file", _EXPECTED)
    if not content.startswith((_PNG, _JPEG)):
        found = next((kind for start, kind in _KINDS.items() if content.startswith(start)), "another kind of file")
        raise PictureRefused(picture, found, _EXPECTED)
    if content.startswith(_PNG) and len(content) >= 24:  # a PNG says its size first: no need to ask Pillow
        _check_size(picture, *struct.unpack(">II", content[16:24]))


def _check_size(picture: str, width: int, height: int) -> None:
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise PictureRefused(
            picture,
            f"{width} x {height} pixels",
            _FEW_PIXELS,
        )


def _check_header(picture: str, image: Image.Image, least: tuple[int, int]) -> None:
    _check_size(picture, *image.size)
    if getattr(image, "is_animated", False):
        raise PictureRefused(picture, "a moving picture", "one that stands still")
    if image.mode == "CMYK":
        raise PictureRefused(picture, "a picture for printing (CMYK)", "one for screens (RGB)")
    turned = image.getexif().get(0x0112, 1) >= 5  # lies on its side
    size = image.size[::-1] if turned else image.size
    if size[0] < least[0] or size[1] < least[1]:
        raise PictureRefused(picture, f"{size[0]} x {size[1]} pixels", f"at least {least[0]} wide and {least[1]} high")


def _upright(image: Image.Image) -> Image.Image:
    """Pixels alone, as RGBA in sRGB."""
    profile = image.info.get("icc_profile")
    plain = ImageOps.exif_transpose(image)
    if plain.mode.startswith("I"):  # sixteen bits of grey
        plain = plain.point(lambda value: value * (1 / 256)).convert("L")
    if profile and plain.mode in ("RGB", "RGBA"):
        plain = _in_srgb(plain, profile)
    rgba = plain.convert("RGBA")
    return Image.frombytes("RGBA", rgba.size, rgba.tobytes())


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as every screen shows them; a profile that cannot be read is taken for sRGB."""
    try:
        made = ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return image
    return made or image
