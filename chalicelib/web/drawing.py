"""The card as it is drawn: the same on the card page, in previews and on the demo phone.

A drawing holds words ready to be shown. `draw` gives the HTML; its style is style.css plus the program's colours.
"""

import msgspec
from markupsafe import Markup

from chalicelib.cards.face import CardFace, Look
from chalicelib.programs.card import BarcodeKind
from chalicelib.web.assets import look_address
from chalicelib.web.colours import palette
from chalicelib.web.language import Speech
from chalicelib.web.render import render
from chalicelib.web.symbols import linear, qr

_ONE_ROW = 6
_TWO_ROWS = 20


class Bar(msgspec.Struct, frozen=True):
    """A way and how much of it is done, with its words: "25 beans to Silver", "Progress to Silver"."""

    reached: int
    needed: int
    text: str
    label: str


class Stamps(msgspec.Struct, frozen=True):
    """Stamps in one row or in two, and what they say: "Free coffee: 7 of 10"."""

    filled: int
    size: int
    text: str

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        return self.size if self.size <= _ONE_ROW else -(-self.size // 2)


class Drawing(msgspec.Struct, frozen=True):
    """What stands on a card.

    points, unit: "1,250", "beans"        value: the points as a number, for counting up
    tier, tier_label: "Silver", "Level"; empty in a program without tiers
    bar: None when there is no next level; then `line` may say something instead
    logo: address of a picture; empty writes the business's name      code: what the codes say; empty draws none
    strip: address of the picture between points and foot, or empty      strip_text: what it tells, or empty
    stamps: drawn where the strip would have them and there is no picture      kind: of the code that tills read
    ribbon: "TEST" or empty               seal: "Ended" on a card that is no longer valid, or empty
    """

    business: str
    look: Look
    points: str
    value: int
    unit: str
    tier: str = ""
    tier_label: str = ""
    bar: Bar | None = None
    line: str = ""
    logo: str = ""
    code: str = ""
    code_label: str = ""
    kind: BarcodeKind = "qr"
    strip: str = ""
    strip_text: str = ""
    stamps: Stamps | None = None
    ribbon: str = ""
    seal: str = ""

    @property
    def has_bar(self) -> bool:
        """The way is drawn as a bar, where no picture shows it."""
        return self.bar is not None and not self.has_way

    @property
    def has_way(self) -> bool:
        """The picture shows the way to the next level: a ribbon, with nothing above and below it."""
        return bool(self.strip) and self.look.scene.startswith("progress-")

    @property
    def look_class(self) -> str:
        """The class that carries the colours."""
        return palette(self.look).name

    @property
    def look_sheet(self) -> str:
        """Address of the stylesheet that defines `look_class`; a page that draws the card links it."""
        return look_address(palette(self.look))


def drawing(face: CardFace, speech: Speech, *, logo: str = "", strip: str = "", has_code: bool = True) -> Drawing:
    """The card of a face, in the reader's language. has_code: false in previews, which nobody shows at a till."""
    is_scannable = has_code and not face.is_void
    has_tier = bool(face.tier) and "tier" in face.front
    stamps = None if face.is_void else _stamps(face, speech)
    return Drawing(
        business=face.business,
        look=face.look,
        points=speech.number(face.points),
        value=face.points,
        unit=speech.unit(face.points, face.names),
        tier=face.tier if has_tier else "",
        tier_label=speech.say("card.tier") if has_tier else "",
        bar=None if face.is_void else _bar(face, speech),
        line="" if face.is_void else _line(face, speech),
        logo=logo,
        strip=strip,
        strip_text=stamps.text if stamps else "",
        stamps=None if strip else stamps,
        code=face.barcode if is_scannable else "",
        code_label=speech.say("card.code") if is_scannable else "",
        kind=face.barcode_kind,
        ribbon=speech.say("card.test") if face.is_test else "",
        seal=speech.say("card.ended") if face.is_void else "",
    )


def _bar(face: CardFace, speech: Speech) -> Bar | None:
    way = face.progress
    if way is None or face.points < 0 or "progress" not in face.front:
        return None
    told = way.told(speech.language)
    missing = told.missing if told is not None else speech.points(max(0, way.needed - way.reached), face.names)
    return Bar(
        reached=max(0, min(way.reached, way.needed)),
        needed=way.needed,
        text=speech.say("card.progress", points=missing, tier=way.next_tier),
        label=speech.say("card.progress.label", tier=way.next_tier),
    )


def _line(face: CardFace, speech: Speech) -> str:
    if face.points < 0:
        return speech.say("card.owed")
    is_top = face.tier and face.progress is None and "progress" in face.front
    return speech.say("card.top") if is_top else ""


def _stamps(face: CardFace, speech: Speech) -> Stamps | None:
    """The stamp card that the strip shows: the first, full until the next one is begun."""
    if not face.stamps or not face.look.scene.startswith("stamps-"):
        return None
    first = face.stamps[0]
    if first.size > _TWO_ROWS:
        return None  # told in words alone
    filled = first.size if first.full and not first.filled else first.filled
    return Stamps(filled, first.size, first.told(speech.language))


def draw(card: Drawing) -> Markup:
    """The card as HTML. The page must link style.css and `card.look_sheet`."""
    codes = linear(card.kind, card.code, label=card.code_label) + qr(card.code, label=card.code_label)
    return Markup(render("wallet_card.html", card=card, code=codes if card.code else Markup("")))  # noqa: S704 - rendered with autoescape
