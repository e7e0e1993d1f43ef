"""Programs to dress, and pictures an owner may bring."""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image

from chalicelib.programs.card import Pictures
from chalicelib.programs.definition import Definition
from chalicelib.programs.reading import read
from ops.looks import prepared

PROGRAMS = Path(__file__).parents[2] / "programs"


@cache
def gallery(name: str) -> Definition:
    return read((PROGRAMS / f"{name}.yaml").read_text(encoding="utf-8"), file=f"{name}.yaml")


@cache
def dressed(name: str) -> Mapping[str, bytes]:
    """The prepared pictures of a program of the gallery."""
    return prepared(gallery(name), PROGRAMS)


def a_program(name: str = "hometown-cafe", **card: Any) -> Definition:
    """A program of the gallery whose card has no pictures of its own, but for what is said."""
    definition = gallery(name)
    plain = msgspec.structs.replace(definition.card, pictures=Pictures(), strip="none")
    return msgspec.structs.replace(definition, card=msgspec.structs.replace(plain, **card))


def named(name: str) -> Definition:
    """A program of a business with this name."""
    definition = a_program()
    return msgspec.structs.replace(definition, business=msgspec.structs.replace(definition.business, name=name))


def png(image: Image.Image, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **how)
    return out.getvalue()


def jpeg(image: Image.Image, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **how)
    return out.getvalue()


def shown(content: bytes) -> Image.Image:
    """A prepared picture as a wallet decodes it."""
    return Image.open(io.BytesIO(content)).convert("RGBA")


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size
