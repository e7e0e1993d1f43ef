"""What stands on a card's page beside the card: links, buttons and places of the shop, its message, other points."""

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.web.language import Speech

_MILLION = 1_000_000


class Way(msgspec.Struct, frozen=True):
    """An address and what it is called."""

    address: str
    words: str


class Said(msgspec.Struct, frozen=True):
    """What the shop said last, and on which day."""

    words: str
    day: str
    iso: str


def links(face: CardFace, speech: Speech) -> list[Way]:
    """The shop's links, under their own words or their kind's."""
    return [
        Way(link.address, link.words.get(speech.language) or speech.say(f"link.{link.kind}")) for link in face.links
    ]


def actions(face: CardFace, speech: Speech) -> list[Way]:
    """The buttons below the card."""
    return [Way(action.address, speech.say(f"action.{action.kind}")) for action in face.actions]


def places(face: CardFace, speech: Speech) -> list[Way]:
    """Where the shop is, on a map.

    The address opens whichever maps a phone has: developers.google.com/maps/documentation/urls/get-started.
    """
    ways = []
    for number, place in enumerate(face.places, start=1):
        at = f"{_degrees(place.latitude)}%2C{_degrees(place.longitude)}"
        words = place.words.get(speech.language) or speech.say("card.place", number=number)
        ways.append(Way(f"https://www.google.com/maps/search/?api=1&query={at}", words))
    return ways


def others(face: CardFace, speech: Speech) -> list[str]:
    """Points of the program's other kinds: those that the card does not show large."""
    return [speech.points(each.points, each.names) for each in face.balances[1:] if each.names.forms]


def said(face: CardFace, speech: Speech) -> Said | None:
    """The last message of the shop."""
    if face.message is None:
        return None
    day = speech.local_date(face.message.sent_at)
    return Said(face.message.told(speech.language), speech.day(day, today=day), day.isoformat())


def _degrees(millionths: int) -> str:
    sign = "-" if millionths < 0 else ""
    whole, rest = divmod(abs(millionths), _MILLION)
    return f"{sign}{whole}.{rest:06d}"
