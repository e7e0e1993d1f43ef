"""The back of a card in Google Wallet: texts about the member, and links that are the same for all of them."""

from collections.abc import Callable, Iterator
from itertools import islice

from chalicelib.cards.face import CardFace, Progress
from chalicelib.ledger.journal import NEVER
from chalicelib.passes.google.limits import TEXT_MODULES, checked_address
from chalicelib.passes.google.resources import LocalizedString, TextModuleData, Uri
from chalicelib.passes.google.texts import Speech
from chalicelib.passes.google.voices import Voices


def modules(face: CardFace, voices: Voices) -> Iterator[TextModuleData]:
    """The texts, what matters most first; what is beyond Google's limit is left out."""
    return islice(_all(face, voices), TEXT_MODULES)


def links(face: CardFace, voices: Voices) -> Iterator[Uri]:
    """The program's page, what the program links to, its owner, and the privacy notice."""
    contact = face.contact if ":" in face.contact else f"mailto:{face.contact}" if "@" in face.contact else ""
    if face.card_url:
        yield link("program", face.card_url, voices.all("program"))
    for number, each in enumerate(face.links):
        yield link(f"link-{number}", each.address, voices.own(each.words, f"link_{each.kind}"))
    for key, address in (("contact", contact), ("privacy", face.privacy)):
        if address:
            yield link(key, address, voices.all(key))


def link(name: str, address: str, words: LocalizedString) -> Uri:
    """Raises Broken for what is no address."""
    return Uri(name, checked_address(address, "linksModuleData"), words.default_value.value, words)


def _all(face: CardFace, voices: Voices) -> Iterator[TextModuleData]:
    if face.is_void:
        yield _module("ended", voices, lambda voice: voice.say("ended_notice"))
    if face.is_test:
        yield _module("test", voices, lambda voice: voice.say("test_notice"))
    if face.points < 0:
        yield _module("owed", voices, lambda voice: voice.say("owed_why"))
    way = face.progress
    if way is not None and not face.is_void:
        yield _module("progress", voices, lambda voice: _way(way, voice))
    yield from _coming(face, voices)
    if face.stamps:
        yield _module("stamps", voices, lambda voice: "\n".join(card.told(voice.language) for card in face.stamps))
    if len(face.balances) > 1:
        yield _module("others", voices, lambda voice: "\n".join(_others(face, voice)))
    if face.perks:
        yield _module("perks", voices, lambda voice: "\n".join(_perks(face, voice)))


def _coming(face: CardFace, voices: Voices) -> Iterator[TextModuleData]:
    ending, names = face.next_ending, face.names
    if ending is not None and ending.ends < NEVER:
        # A day is named by its last usable moment: points that end at midnight are good for the day before.
        yield _module(
            "ending",
            voices,
            lambda voice: voice.say(
                "ending_what", points=voice.points(ending.points, names), day=voice.day(ending.ends - 1)
            ),
            heading="ending_soon" if face.is_ending_soon else "ending",
        )
    if face.arriving:
        yield _module("arriving", voices, lambda voice: "\n".join(_arriving(face, voice)))


def _way(way: Progress, voice: Speech) -> str:
    told = way.told(voice.language)
    reached, needed = (way.reached, way.needed) if told is None else (told.reached, told.needed)
    shown = [each if isinstance(each, str) else voice.number(each) for each in (reached, needed)]
    return voice.say("progress_way", tier=way.next_tier, reached=shown[0], needed=shown[1])


def _others(face: CardFace, voice: Speech) -> Iterator[str]:
    """What the member has of the program's other currencies; the first one stands in front."""
    for balance in face.balances[1:]:
        yield voice.points(balance.points, balance.names)


def _perks(face: CardFace, voice: Speech) -> Iterator[str]:
    for perk in face.perks:
        yield face.own_words(perk, voice.language) or voice.perk(perk)


def _arriving(face: CardFace, voice: Speech) -> Iterator[str]:
    for part in face.arriving:
        points = voice.points(part.points, face.names)
        is_known = part.at is not None and part.at < NEVER
        if is_known and part.at is not None:
            yield voice.say("arriving_on", points=points, day=voice.day(part.at))
        else:
            yield voice.say("arriving_later", points=points)


def _module(key: str, voices: Voices, body: Callable[[Speech], str], *, heading: str = "") -> TextModuleData:
    header, said = voices.all(heading or key), voices.each(body)
    return TextModuleData(key, header.default_value.value, said.default_value.value, header, said)
