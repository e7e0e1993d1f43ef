"""The card as it is drawn: the same on the card page, in previews and on the demo phone.

A drawing holds words ready to be shown. `draw` gives the HTML; its style is style.css plus the program's colours.
"""

from dataclasses import dataclass

import segno
from markupsafe import Markup

from chalicelib.cards.face import CardFace, Look
from chalicelib.web.assets import look_address
from chalicelib.web.colours import palette
from chalicelib.web.language import Speech
from chalicelib.web.render import render

_QUIET_ZONE_MODULES = 4  # ISO/IEC 18004: a QR code needs four light modules around it


@dataclass(frozen=True, slots=True)
class Bar:
    """A way and how much of it is done, with its words: "25 beans to Silver", "Progress to Silver"."""

    reached: int
    needed: int
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What stands on a card.

    points, unit: "1,250", "beans"        value: the points as a number, for counting up
    tier, tier_label: "Silver", "Level"; empty in a program without tiers
    bar: None when there is no next level; then `line` may say something instead
    logo: address of a picture; empty writes the business's name      code: text of the QR code; empty draws none
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
    ribbon: str = ""
    seal: str = ""

    @property
    def look_class(self) -> str:
        """The class that carries the colours."""
        return palette(self.look).name

    @property
    def look_sheet(self) -> str:
        """Address of the stylesheet that defines `look_class`; a page that draws the card links it."""
        return look_address(palette(self.look))


def drawing(face: CardFace, speech: Speech, *, logo: str = "", has_code: bool = True) -> Drawing:
    """The card of a face, in the reader's language. has_code: false in previews, which nobody shows at a till."""
    bar = None
    line = ""
    if face.points < 0:
        line = speech.say("card.owed")
    elif face.progress is not None:
        way = face.progress
        told = way.told(speech.language)
        missing = told.missing if told is not None else speech.points(max(0, way.needed - way.reached), face.names)
        bar = Bar(
            reached=max(0, min(way.reached, way.needed)),
            needed=way.needed,
            text=speech.say("card.progress", points=missing, tier=way.next_tier),
            label=speech.say("card.progress.label", tier=way.next_tier),
        )
    elif face.tier:
        line = speech.say("card.top")
    is_scannable = has_code and not face.is_void
    return Drawing(
        business=face.business,
        look=face.look,
        points=speech.number(face.points),
        value=face.points,
        unit=speech.unit(face.points, face.names),
        tier=face.tier,
        tier_label=speech.say("card.tier") if face.tier else "",
        bar=None if face.is_void else bar,
        line="" if face.is_void else line,
        logo=logo,
        code=face.barcode if is_scannable else "",
        code_label=speech.say("card.code") if is_scannable else "",
        ribbon=speech.say("card.test") if face.is_test else "",
        seal=speech.say("card.ended") if face.is_void else "",
    )


def draw(card: Drawing) -> Markup:
    """The card as HTML. The page must link style.css and `card.look_sheet`."""
    code = qr(card.code, label=card.code_label) if card.code else Markup("")
    return Markup(render("wallet_card.html", card=card, code=code))  # noqa: S704 - rendered with autoescape


def qr(text: str, *, label: str) -> Markup:
    """A QR code as inline SVG, black on white, that scales with its box. `label` is read to those who cannot see it."""
    code = segno.make_qr(text, error="m")
    svg: str = code.svg_inline(
        border=_QUIET_ZONE_MODULES, omitsize=True, svgclass=None, lineclass=None, light="#fff", dark="#000"
    )
    return Markup('<div class="qr" role="img" aria-label="{label}">{svg}</div>').format(
        label=label,
        svg=Markup(svg),  # noqa: S704 - segno writes module coordinates, never the text itself
    )
