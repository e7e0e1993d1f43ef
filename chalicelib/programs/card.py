"""How the card looks: the program's `card:` block."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

import msgspec

Strip = Literal["none", "picture", "pattern", "stamps", "progress"]
"""What lies behind or below the points: nothing, one picture, quiet rings, stamps, or the way to the next level."""

FrontField = Literal["tier", "progress", "ending", "arriving", "stamps", "others"]
"""What may stand on the front beside the points. "others": the balances of the program's other currencies."""

BarcodeKind = Literal["qr", "aztec", "pdf417", "code128", "code39", "codabar", "ean13", "i2of5"]

StampShape = Literal["cup", "star", "heart", "circle", "flower", "scissors", "leaf", "bag"]

LinkKind = Literal["site", "shop", "menu", "phone", "mail", "chat", "map", "instagram", "telegram", "vk", "other"]

ActionKind = Literal["benefits", "offers", "add_to_balance", "shop", "order", "call", "book"]

FRONT: tuple[FrontField, ...] = ("tier", "progress", "ending", "arriving")


class Pictures(msgspec.Struct, frozen=True):
    """PNG or JPEG files, as paths below the programs' folder; empty where there is none.

    logo: beside the name, wide     icon: square, on the lock screen and, cut round, at Google
    strip: behind the points, wide  artwork: upright, the whole of a poster card
    """

    logo: str = ""
    icon: str = ""
    strip: str = ""
    artwork: str = ""


class CardLink(msgspec.Struct, frozen=True):
    """An address on the back of the card. words: by language, what it is called; empty for its kind's usual name."""

    kind: LinkKind
    address: str
    words: Mapping[str, str] = msgspec.field(default_factory=dict)


class CardAction(msgspec.Struct, frozen=True):
    """A button on the front of cards that have buttons (two at most)."""

    kind: ActionKind
    address: str


class Place(msgspec.Struct, frozen=True):
    """Where the phone may suggest the card. Millionths of a degree. words: what it says there, by language."""

    latitude: int
    longitude: int
    words: Mapping[str, str] = msgspec.field(default_factory=dict)


class CardLook(msgspec.Struct, frozen=True):
    """Colours ("#2b1d14"), pictures, and what the card shows where.

    names: what the card is called, by language; empty for "Loyalty card"
    stamp, stamp_colour: how a stamp is drawn, and in which colour ("" for the label's)
    front: beside the points, in this order     barcode: what the till reads; a QR code follows for phones without it
    rotates: the code changes every minute where the wallet can do that
    level_classes: at Google every level has a class, with its own colour, of its own
    level_colours: background by level, for programs whose card changes colour
    """

    background: str
    text: str
    label: str
    pictures: Pictures = Pictures()
    names: Mapping[str, str] = msgspec.field(default_factory=dict)
    strip: Strip = "none"
    stamp: StampShape = "circle"
    stamp_colour: str = ""
    front: tuple[FrontField, ...] = FRONT
    barcode: BarcodeKind = "qr"
    rotates: bool = False
    level_classes: bool = False
    level_colours: Mapping[str, str] = msgspec.field(default_factory=dict)
    links: tuple[CardLink, ...] = ()
    actions: tuple[CardAction, ...] = ()
    places: tuple[Place, ...] = ()


_LONGEST_CLASS = 30
_UNSAFE = re.compile(r"[^a-z0-9]+")


def class_of_level(name: str) -> str:
    """The level's name in letters that every address takes: "Gold" is "gold", "Золото" has a digest of its own.

    It stays the same as long as the level's name does, whatever other levels there are.
    """
    plain = name.lower().replace(" ", "-")
    safe = _UNSAFE.sub("-", plain).strip("-")[:_LONGEST_CLASS]
    if safe == plain:
        return safe
    return f"{safe or 'level'}-{sha256(name.encode()).hexdigest()[:8]}"
