"""What a card shows: one face, drawn by Apple Wallet, the web page and every wallet to come.

A face is a function of the settled snapshot, the program and the profile. It is numbers and names; words are put to
it by whoever draws it, in the member's language.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.events import Instant
from chalicelib.programs.card import FRONT, BarcodeKind, CardAction, CardLink, FrontField, Place

News = Literal["points", "tier", "ending", "message"]
"""What a changed card is about: its points, another level, points that end soon, or something its shop says."""

Scene = str
"""Which of the prepared pictures lies behind the points: "plain", "stamps-7", "progress-35" (per cent)."""


class Look(msgspec.Struct, frozen=True):
    """The card's colours ("#2b1d14") and pictures.

    sheet: names the prepared pictures; "" where none were prepared, and neutral ones are shown
    scene: which of them lies behind the points; "" for none
    ground: the program's own background, where the card's is its level's; "" where they are the same
    """

    background: str
    text: str
    label: str
    sheet: str = ""
    scene: Scene = ""
    ground: str = ""


class Message(msgspec.Struct, frozen=True):
    """What the shop said last. words: by language, at least one; `sent_at`: when."""

    id: str
    words: Mapping[str, str]
    sent_at: Instant

    def told(self, language: str) -> str:
        """In a language, in English, or in the first there is."""
        return self.words.get(language) or self.words.get("en") or next(iter(self.words.values()))


class Arriving(msgspec.Struct, frozen=True):
    """Points on the way. `at` is None when the day is not known yet (goods not delivered)."""

    points: int
    at: Instant | None


class Ending(msgspec.Struct, frozen=True):
    """Points that can be used until `ends` (the first instant at which they no longer can)."""

    points: int
    ends: Instant


class ProgressWords(msgspec.Struct, frozen=True):
    """A way in the words of one language: "€40", "€100", "€60"; "2", "5 orders", "3 orders".

    What is counted is named once where `reached` and `needed` stand together. ">€100": not quite so much is too little.
    """

    reached: str
    needed: str
    missing: str


class Progress(msgspec.Struct, frozen=True):
    """The way to the next tier: `reached` of `needed` of what the tier asks for.

    words: by language; empty where it asks for the points that the card shows
    """

    next_tier: str
    reached: int
    needed: int
    words: Mapping[str, ProgressWords] = msgspec.field(default_factory=dict)

    def told(self, language: str) -> ProgressWords | None:
        """The words of a language, or of English; None where the card's own points are meant."""
        return self.words.get(language) or self.words.get("en")


class CurrencyNames(msgspec.Struct, frozen=True):
    """CLDR plural forms of the points' name by language: {"en": {"one": "bean", "other": "beans"}, ...}."""

    forms: dict[str, dict[str, str]]


class Balance(msgspec.Struct, frozen=True):
    """Points of one currency by its key: spendable now (negative while points are owed), and on the way."""

    currency: str
    points: int
    pending: int
    names: CurrencyNames = CurrencyNames({})


class StampsShown(msgspec.Struct, frozen=True):
    """A stamp card: `filled` of `size`, and full ones beside it.

    words: "Free coffee: 7 of 10" by language
    """

    currency: str
    filled: int
    size: int
    full: int
    words: Mapping[str, str] = msgspec.field(default_factory=dict)

    def told(self, language: str) -> str:
        """The line in a language, or in English."""
        return self.words.get(language) or self.words["en"]


class CardFace(msgspec.Struct, frozen=True):
    """Everything a card shows of one member.

    points: spendable now, negative while points are owed       lifetime figures are not on the card
    tier: the level's name, empty in a program without tiers     barcode: text of the QR code
    languages: of the program, default first                    language: the member's own
    time_zone: IANA name in which days are shown                is_test: the card says TEST
    is_void: the membership has ended; the card says so
    is_ending_soon: the time has come to tell that `next_ending` is near
    balances: of every currency, the shown one first, where the program has several
    stamps: stamp cards, as full as they are      perk_words: of benefits in the program's own words, by language
    card_names: what the card is called, by language; empty for the usual name
    front: what stands beside the points, in this order
    barcode_kind: what the till reads             rotates: the code changes where the wallet can do that
    level_class: which of the program's classes the card belongs to at Google; "" for the only one
    message: what the shop said last
    """

    program: str
    business: str
    points: int
    names: CurrencyNames
    arriving: tuple[Arriving, ...]
    next_ending: Ending | None
    tier: str
    progress: Progress | None
    perks: tuple[str, ...]
    barcode: str
    look: Look
    languages: tuple[str, ...]
    language: str
    time_zone: str
    contact: str
    privacy: str
    card_url: str
    is_test: bool
    is_void: bool = False
    is_ending_soon: bool = False
    balances: tuple[Balance, ...] = ()
    stamps: tuple[StampsShown, ...] = ()
    perk_words: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    card_names: Mapping[str, str] = msgspec.field(default_factory=dict)
    front: tuple[FrontField, ...] = FRONT
    barcode_kind: BarcodeKind = "qr"
    rotates: bool = False
    level_class: str = ""
    links: tuple[CardLink, ...] = ()
    actions: tuple[CardAction, ...] = ()
    places: tuple[Place, ...] = ()
    message: Message | None = None

    def own_words(self, perk: str, language: str) -> str:
        """The program's own words for a benefit; "" for one of the usual ones."""
        words = self.perk_words.get(perk, {})
        return words.get(language) or words.get("en", "")

    @property
    def warns_of(self) -> Instant:
        """The end of the points of which the card tells that they end soon; 0 while it tells of none."""
        return self.next_ending.ends if self.is_ending_soon and self.next_ending else 0
