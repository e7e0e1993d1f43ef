"""What a readable card still gets wrong: colours that are hard to read, missing words, codes that do not fit."""

from collections import Counter
from collections.abc import Iterator

from chalicelib.programs.barcodes import drawn_digits
from chalicelib.programs.card import CardLook, class_of_level
from chalicelib.programs.definition import Definition
from chalicelib.programs.noting import Note
from chalicelib.programs.titles import Titles, missing_titles
from chalicelib.programs.values import nearest

MOST_STAMPS_DRAWN = 20
"""In two rows of ten: more of them are too small to be told apart on a phone."""

_READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA): the least contrast of text."""
_VISIBLE = 3
"""WCAG 2.2, success criterion 1.4.11 (AA): the least contrast of what is drawn."""

_SHOWN_BY_GOOGLE = 20
"""Letters of issuerName and programName that are sure to be seen.

Source: developers.google.com/wallet/retail/loyalty-cards/rest/v1/loyaltyclass
"""

_ROTATING = frozenset({"qr", "pdf417"})
"""Kinds that change by themselves: developers.google.com/wallet/generic/rest/v1/BarcodeType."""


def lint_card(definition: Definition) -> Iterator[Note]:
    """Everything worth mending in the `card:` block."""
    card = definition.card
    yield from _colours(card)
    yield from _levels(definition)
    yield from _strip(definition)
    yield from _barcode(card)
    yield from _names(definition)
    yield from _words(definition)
    yield from _pictures(card)


# --- colours ------------------------------------------------------------------------------------------------------


def _colours(card: CardLook) -> Iterator[Note]:
    for key, colour in (("text", card.text), ("label", card.label)):
        contrast = contrast_of(colour, card.background)
        if contrast < _READABLE:
            message = f"this colour is hard to read on the background: contrast {contrast:.2f}, needed {_READABLE}"
            yield Note(f"card.{key}", message, "Choose a lighter or a darker colour.", "warning")
    for level, background in card.level_colours.items():
        for what, colour in (("text is", card.text), ("labels are", card.label)):
            contrast = contrast_of(colour, background)
            if contrast < _READABLE:
                message = f"the {what} hard to read on this colour: contrast {contrast:.2f}, needed {_READABLE}"
                yield Note(f"card.levels.{level}", message, "Choose a lighter or a darker colour.", "warning")
    if card.strip == "stamps":
        yield from _stamps_seen(card)


def _stamps_seen(card: CardLook) -> Iterator[Note]:
    for ground in (card.background, *card.level_colours.values()):
        contrast = contrast_of(card.stamp_colour or card.label, ground)
        if contrast < _VISIBLE:
            message = f"stamps are hard to see on {ground}: contrast {contrast:.2f}, needed {_VISIBLE}"
            yield Note("card.stamp", message, "Choose a lighter or a darker colour.", "warning")


def contrast_of(one: str, other: str) -> float:
    """Contrast ratio of two colours ("#2b1d14") by WCAG 2.2: from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- what the rest of the program must have -----------------------------------------------------------------------


def _levels(definition: Definition) -> Iterator[Note]:
    card = definition.card
    names = [level.name for level in definition.tiers.levels] if definition.tiers is not None else []
    for name in card.level_colours:
        if name not in names:
            meant = nearest(name, names)
            suggestion = f'Did you mean "{meant}"?' if meant else f"Levels: {', '.join(names) or 'none'}."
            yield Note(f"card.levels.{name}", f'there is no level "{name}"', suggestion)
    if card.level_classes and not names:
        yield Note("card.level_classes", "there are no levels", "Leave this key out.")
    alike = Counter(class_of_level(name) for name in names)
    for name in names if card.level_classes else ():
        if alike[class_of_level(name)] > 1:
            message = f'"{name}" is called almost like another level, so both are one class at Google'
            yield Note("card.level_classes", message, "Give the levels different names.")


def _strip(definition: Definition) -> Iterator[Note]:
    card, stamps = definition.card, definition.offers.stamps
    if card.strip == "progress" and not _can_rise(definition):
        message = "there is no level that members reach by themselves, so no way to it"
        yield Note("card.strip", message, "Add such levels, or write “strip: none”.")
    if card.strip == "stamps" and not stamps:
        yield Note("card.strip", "there is no stamp card", "Add stamps, or write “strip: none”.")
    if card.strip == "stamps" and stamps and stamps[0].size > MOST_STAMPS_DRAWN:
        message = f"{stamps[0].size} stamps cannot be drawn, at most {MOST_STAMPS_DRAWN} are possible"
        yield Note("card.strip", message, "Ask for fewer stamps, or write “strip: none”.")


def _can_rise(definition: Definition) -> bool:
    tiers = definition.tiers
    return tiers is not None and any(tiers.ways(level) for level in tiers.levels[1:])


def _barcode(card: CardLook) -> Iterator[Note]:
    if card.rotates and card.barcode not in _ROTATING:
        message = "no wallet can change a code of this kind by itself"
        yield Note("card.rotates", message, f"Use one of: {', '.join(sorted(_ROTATING))}; or leave this key out.")
    if drawn_digits(card.barcode):
        message = "this code carries digits only"
        yield Note("card.barcode", message, "New cards have such a number; cards from before keep a QR code.", "note")


# --- words and pictures -------------------------------------------------------------------------------------------


def _names(definition: Definition) -> Iterator[Note]:
    names = {"business.name": [definition.business.name], "card.name": [*dict.fromkeys(definition.card.names.values())]}
    for path, written in names.items():
        for name in written:
            if len(name) > _SHOWN_BY_GOOGLE:
                message = f'"{name}" has {len(name)} letters; Google Wallet may show only {_SHOWN_BY_GOOGLE} of them'
                yield Note(path, message, "Put what matters first.", "note")


def _words(definition: Definition) -> Iterator[Note]:
    card = definition.card
    if card.names:
        yield from _missing(definition, card.names, "card.name")
    for index, link in enumerate(card.links):
        if link.words:
            yield from _missing(definition, link.words, f"card.links[{index}].words")
        elif link.kind == "other":
            message = "nothing says what this address is"
            yield Note(f"card.links[{index}]", message, "Add words, or choose a kind that has a name of its own.")
    for index, place in enumerate(card.places):
        if place.words:
            yield from _missing(definition, place.words, f"card.places[{index}].words")
        else:
            message = "nothing says what members read here"
            yield Note(f"card.places[{index}]", message, "Add words in every language.", "warning")


def _missing(definition: Definition, words: Titles, path: str) -> Iterator[Note]:
    for language in missing_titles(words, definition.languages):
        yield Note(path, f"the words in {language} are missing", "Add them: members read them.")


def _pictures(card: CardLook) -> Iterator[Note]:
    pictures = card.pictures
    shapes = {
        "logo": ("a low, wide picture", pictures.logo),
        "icon": ("a square one", pictures.icon),
        "strip_picture": ("a band from edge to edge", pictures.strip),
        "artwork": ("an upright one", pictures.artwork),
    }
    seen: dict[str, str] = {}
    for key, (shape, path) in shapes.items():
        if path and path in seen:
            message = f"the same file is the {seen[path]}, too; this should be {shape}"
            yield Note(f"card.{key}", message, "Draw one for each.", "warning")
        elif path:
            seen[path] = key
