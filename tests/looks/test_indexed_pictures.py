"""Pictures of few colours as files: every pixel is read back, no more bytes than Pillow takes, a logo looks alike."""

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from looks_samples import PROGRAMS, dressed, gallery, shown
from PIL import Image, ImageChops, ImageDraw, ImageStat

from ops.looks.colouring import rgb
from ops.looks.encoding import packed
from ops.looks.fitting import trimmed, within
from ops.looks.indexed import written
from ops.looks.opening import opened

MOST = 300_000


@st.composite
def indexed(draw: st.DrawFn) -> tuple[Image.Image, bytes, bytes | None]:
    """Numbers of colours, the colours, and how strong each is."""
    count = draw(st.sampled_from([1, 2, 3, 4, 5, 16, 17, 256]))
    size = draw(st.tuples(st.integers(1, 19), st.integers(1, 5)))
    codes = draw(st.lists(st.integers(0, count - 1), min_size=size[0] * size[1], max_size=size[0] * size[1]))
    colours = draw(st.binary(min_size=3 * count, max_size=3 * count))
    strengths = draw(st.none() | st.binary(min_size=count, max_size=count))
    return Image.frombytes("P", size, bytes(codes)), colours, strengths


@given(indexed())
def test_every_pixel_is_read_back(drawn: tuple[Image.Image, bytes, bytes | None]) -> None:
    codes, colours, strengths = drawn

    found = shown(written(codes, colours, strengths))

    alpha = strengths or bytes([255]) * 256
    assert found.size == codes.size
    assert found.tobytes() == b"".join(
        colours[3 * code : 3 * code + 3] + alpha[code : code + 1] for code in codes.tobytes()
    )


@pytest.mark.parametrize("name", ["bean-street", "hometown-cafe", "svoy-krug"])
def test_no_picture_is_larger_than_pillow_would_make_it(name: str) -> None:
    for path, content in dressed(name).items():
        out = io.BytesIO()
        with Image.open(io.BytesIO(content)) as image:
            image.save(out, "PNG", optimize=True)
        assert len(content) <= len(out.getvalue()), path


def apart(image: Image.Image, other: Image.Image, ground: str) -> float:
    """How alike two pictures are on a ground: peak signal to noise, in decibels."""
    sheet = Image.new("RGBA", image.size, (*rgb(ground), 255))
    both = (Image.alpha_composite(sheet, each).convert("RGB") for each in (image, other))
    squares = ImageStat.Stat(ImageChops.difference(*both)).sum2
    return 10 * math.log10(255**2 * 3 * image.width * image.height / sum(squares))


@pytest.mark.parametrize(("sharp", "times", "most"), [("@2x", 2, 2_500), ("@3x", 3, 3_800)])
def test_a_logo_looks_as_its_owner_drew_it_and_is_small(sharp: str, times: int, most: int) -> None:
    program = gallery("bean-street")
    logo = trimmed(opened(PROGRAMS, program.card.pictures.logo, least=(50, 50)))[0]
    content = dressed("bean-street")[f"apple/logo{sharp}.png"]

    assert apart(within(logo, (160 * times, 50 * times)), shown(content), program.card.background) > 37
    assert len(content) < most


def test_a_logo_through_which_the_card_shines_everywhere_keeps_its_colours() -> None:
    """Nothing of it is firm: its colours are sought among what is seen."""
    glass = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    pen = ImageDraw.Draw(glass)
    pen.rectangle((10, 10, 90, 90), fill=(200, 16, 46, 109))
    pen.rectangle((110, 10, 190, 90), fill=(0, 98, 65, 109))

    content = packed(glass, most_bytes=MOST)

    assert content is not None
    found = shown(content)
    assert [found.getpixel(at) for at in ((50, 50), (150, 50), (1, 1))] == [
        (200, 16, 46, 109),
        (0, 98, 65, 109),
        (200, 16, 46, 0),
    ]
