"""Reads how the card looks and what it shows: `card: {background: ..., front: [...], links: [...]}`."""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar, get_args

from chalicelib.programs.card import (
    FRONT,
    ActionKind,
    BarcodeKind,
    CardAction,
    CardLink,
    CardLook,
    FrontField,
    LinkKind,
    Pictures,
    Place,
    StampShape,
    Strip,
)
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.titles import read_titles
from chalicelib.programs.values import Unclear

_T = TypeVar("_T")

MOST_LINKS = 10
MOST_ACTIONS = 2
"""As many as Apple takes: developer.apple.com/documentation/walletpasses/defining-the-metadata-of-your-wallet-pass."""
MOST_PLACES = 10
"""As many as a pass and a Google object take: developer.apple.com/documentation/walletpasses/pass/locations-data."""

_KEYS = (
    "background",
    "text",
    "label",
    "name",
    "logo",
    "icon",
    "strip",
    "strip_picture",
    "artwork",
    "stamp",
    "front",
    "barcode",
    "rotates",
    "levels",
    "level_classes",
    "links",
    "actions",
    "places",
)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PICTURE = re.compile(r"([a-z0-9][a-z0-9_-]*/)+[a-z0-9][a-z0-9_-]*\.(png|jpe?g)")
_WEB = re.compile(r'https://[^\s/"<>\\]+\.[^\s/"<>\\]+(/[^\s"<>\\]*)?')
_MAIL = re.compile(r'mailto:[^\s@"<>\\?]+@[^\s@"<>\\?]+\.[^\s@."<>\\?]+')
_PHONE = re.compile(r"tel:\+?[0-9][0-9().-]{2,24}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")
_STRIPS: Mapping[str, Strip] = {word: word for word in get_args(Strip)}
_SHAPES: Mapping[str, StampShape] = {word: word for word in get_args(StampShape)}
_FRONT: Mapping[str, FrontField] = {word: word for word in get_args(FrontField)}
_NOTHING: Mapping[str, tuple[FrontField, ...]] = {"none": ()}
_BARCODES: Mapping[str, BarcodeKind] = {word: word for word in get_args(BarcodeKind)}
_LINKS: Mapping[str, LinkKind] = {word: word for word in get_args(LinkKind)}
_ACTIONS: Mapping[str, ActionKind] = {word: word for word in get_args(ActionKind)}
_YES: Mapping[str, bool] = {"yes": True, "no": False}
_MILLION = 1_000_000


def read_card(spot: Spot, languages: Sequence[str]) -> CardLook:
    """The whole block. `languages`: of the program, for the words that members read."""
    block = Block(spot, _KEYS, 'a block with background, text and label, such as {background: "#2b1d14", ...}')
    stamp: tuple[StampShape, str] = block.optional("stamp", _stamp, ("circle", ""))
    strip: Strip = block.optional("strip", lambda strip: strip.choice(_STRIPS), "none")
    pictures = Pictures(
        logo=block.optional("logo", _picture, ""),
        icon=block.optional("icon", _picture, ""),
        strip=block.optional("strip_picture", _picture, ""),
        artwork=block.optional("artwork", _picture, ""),
    )
    _agree(block, strip)
    return CardLook(
        background=block.required("background", _colour, "", 'such as "#2b1d14"'),
        text=block.required("text", _colour, "", 'such as "#ffffff"'),
        label=block.required("label", _colour, "", 'such as "#e0c9a6"'),
        pictures=pictures,
        names=block.optional("name", lambda names: read_titles(names, languages), {}),
        strip=strip,
        stamp=stamp[0],
        stamp_colour=stamp[1],
        front=block.optional("front", _front, FRONT),
        barcode=block.optional("barcode", lambda kind: kind.choice(_BARCODES), "qr"),
        rotates=block.optional("rotates", lambda rotates: rotates.choice(_YES), False),
        level_classes=block.optional("level_classes", lambda own: own.choice(_YES), False),
        level_colours=block.optional("levels", _level_colours, {}),
        links=block.optional("links", lambda links: _links(links, languages), ()),
        actions=block.optional("actions", _actions, ()),
        places=block.optional("places", lambda places: _places(places, languages), ()),
    )


def _agree(block: Block, strip: Strip) -> None:
    """The keys of a strip go with the strip that there is."""
    if strip == "picture" and "strip_picture" not in block.fields:
        such_as = "add strip_picture, such as bean-street/strip.png, or write pattern"
        block.object_to("strip", f"expected a picture for the strip: {such_as}")
    if strip != "picture" and "strip_picture" in block.fields:
        block.object_to("strip_picture", 'only a strip of the kind "picture" shows one; write "strip: picture"')
    if strip != "stamps" and "stamp" in block.fields:
        block.object_to("stamp", 'only a strip of stamps shows them; write "strip: stamps"')


# --- colours, pictures, stamps ------------------------------------------------------------------------------------


def _colour(spot: Spot) -> str:
    colour = spot.text()
    if _COLOUR.fullmatch(colour) is None:
        raise Unclear('a colour in quotes such as "#2b1d14"')
    return colour.lower()


def _picture(spot: Spot) -> str:
    path = spot.text()
    if _PICTURE.fullmatch(path) is None:
        raise Unclear("a PNG or JPEG file in a folder such as bean-street/logo.png")
    return path


def _stamp(spot: Spot) -> tuple[StampShape, str]:
    """A shape, or {shape: cup, colour: "#e0c9a6"}."""
    if spot.is_text():
        return spot.choice(_SHAPES), ""
    block = Block(spot, ("shape", "colour"), 'a shape such as cup, or {shape: cup, colour: "#e0c9a6"}')
    shape: StampShape = block.required("shape", lambda shape: shape.choice(_SHAPES), "circle", "such as cup")
    return shape, block.optional("colour", _colour, "")


def _level_colours(spot: Spot) -> dict[str, str]:
    block = Block(spot, None, 'colours by level, such as {Gold: "#b8860b"}')
    if not block.fields:
        raise Unclear('colours by level, such as {Gold: "#b8860b"}')
    return {name: block.optional(name, _colour, "") for name in block.fields}


def _front(spot: Spot) -> tuple[FrontField, ...]:
    if spot.is_text():
        return spot.choice(_NOTHING)
    fields = spot.items(lambda each: each.choice(_FRONT), "a list such as [tier, progress], or none")
    if len(fields) > len(FRONT) or len(set(fields)) < len(fields):
        raise Unclear(f"at most {len(FRONT)} of {', '.join(_FRONT)}, each once")
    return fields


# --- links, actions, places ---------------------------------------------------------------------------------------


def _links(spot: Spot, languages: Sequence[str]) -> tuple[CardLink, ...]:
    def one(each: Spot) -> CardLink:
        block = Block(each, ("kind", "address", "words"), 'a link such as {kind: site, address: "https://..."}')
        kind = block.required("kind", lambda kind: kind.choice(_LINKS), None, "such as site")
        address = block.required("address", lambda address: _address(address, kind), "", "where it leads")
        return CardLink(
            kind or "other", address, block.optional("words", lambda words: read_titles(words, languages), {})
        )

    return _few(spot, one, MOST_LINKS, "links")


def _actions(spot: Spot) -> tuple[CardAction, ...]:
    def one(each: Spot) -> CardAction:
        block = Block(each, ("kind", "address"), 'a button such as {kind: shop, address: "https://..."}')
        kind = block.required("kind", lambda kind: kind.choice(_ACTIONS), None, "such as shop")
        address = block.required("address", lambda address: _address(address, kind), "", "where it leads")
        return CardAction(kind or "shop", address)

    actions = _few(spot, one, MOST_ACTIONS, "buttons")
    if len({action.kind for action in actions}) < len(actions):
        raise Unclear("buttons of different kinds")
    return actions


def _places(spot: Spot, languages: Sequence[str]) -> tuple[Place, ...]:
    def one(each: Spot) -> Place:
        block = Block(each, ("latitude", "longitude", "words"), "a place such as {latitude: 52.52, longitude: 13.405}")
        return Place(
            block.required("latitude", lambda north: _degrees(north, 90, "52.520008"), 0, "such as 52.520008"),
            block.required("longitude", lambda east: _degrees(east, 180, "13.404954"), 0, "such as 13.404954"),
            block.optional("words", lambda words: read_titles(words, languages), {}),
        )

    return _few(spot, one, MOST_PLACES, "places")


def _few(spot: Spot, one: Callable[[Spot], _T], most: int, what: str) -> tuple[_T, ...]:
    found = spot.items(one, f"a list of {what}, at most {most}")
    if len(found) > most:
        raise Unclear(f"at most {most} {what}")
    return found


def _address(spot: Spot, kind: LinkKind | ActionKind | None) -> str:
    """An address as its kind needs it; the nearest good one is told where just its beginning is missing.

    kind: None where it could not be read itself
    """
    address = spot.text()
    match kind:
        case None:
            return address
        case "phone" | "call":
            form, such_as = _PHONE, "a number such as tel:+493012345678"
            meant = f"tel:{re.sub(r'[^0-9+]', '', address)}"
        case "mail":
            form, such_as, meant = _MAIL, "an address such as mailto:hello@beanstreet.example", f"mailto:{address}"
        case _:
            form, such_as = _WEB, "an address that begins with https://"
            meant = f"https://{address.removeprefix('http://')}"
    if form.fullmatch(address) is None:
        raise Unclear(such_as, meant if form.fullmatch(meant) else "")
    return address


def _degrees(spot: Spot, most: int, such_as: str) -> int:
    """Millionths of a degree: about a hand's breadth."""
    text = spot.text()
    if _DEGREES.fullmatch(text) is None or abs(Fraction(text)) > most:
        raise Unclear(f"degrees from -{most} to {most} such as {such_as}")
    return round(Fraction(text) * _MILLION)
