"""What is seen when the card is turned: the shop's message, what is behind the numbers, links, and whom to write to."""

import html
from collections.abc import Collection

from chalicelib.cards.face import CardFace, Ending, News
from chalicelib.ledger.journal import NEVER
from chalicelib.passes.apple.content import Field
from chalicelib.passes.apple.front import other_balances, tier_field
from chalicelib.passes.apple.moments import day, local, number
from chalicelib.passes.apple.texts import Words, perk_name, warning_text

_NOTHING_YET = "—"
"""A phone announces a field whose value changed, not one that is new: so the field is there before it says anything."""


def back(face: CardFace, words: Words, news: News, *, shown: Collection[str]) -> tuple[Field, ...]:
    """The back of a card. `shown`: the keys of the fields that the front has already."""
    fields = [_message(face, words, news)]
    if face.is_test:
        fields.append(Field(key="test_notice", label=words.own["test_notice"], value="TEST"))
    if face.tier and "tier" not in shown:
        fields.append(tier_field(face, words, news))
    fields += _endings(face, words, news)
    fields += _arrivals(face, words)
    fields += _offers(face, words)
    fields += [field for field in other_balances(face, words) if field.key not in shown]
    fields += _links(face, words)
    said = (("card", face.card_url), ("contact", face.contact), ("privacy", face.privacy))
    fields += [Field(key=key, label=words.own[key], value=words.value(text)) for key, text in said if text]
    return tuple(fields)


def _message(face: CardFace, words: Words, news: News) -> Field:
    said = words.value(face.message.told(face.language)) if face.message else _NOTHING_YET
    announcement = words.own["message_changed"] if news == "message" else ""
    return Field(key="message", label=words.own["message"], value=said, change_message=announcement)


def _endings(face: CardFace, words: Words, news: News) -> list[Field]:
    if face.next_ending is None or face.next_ending.ends >= NEVER:
        return []
    return [
        number("ending_points", words.own["ending_points"], face.next_ending.points),
        _warning(face, face.next_ending, words, news),
    ]


def _warning(face: CardFace, ending: Ending, words: Words, news: News) -> Field:
    said = _NOTHING_YET
    if face.is_ending_soon:
        last = local(ending.ends - 1, face.time_zone).date()
        said = words.value(warning_text(ending.points, face.names, last, face.language))
    message = words.own["warned"] if news == "ending" else ""
    return Field(key="warning", label=words.own["warning"], value=said, change_message=message)


def _arrivals(face: CardFace, words: Words) -> list[Field]:
    known = [part.at for part in face.arriving if part.at is not None and part.at < NEVER]
    return [day("arriving_day", words.own["arriving_day"], min(known), face.time_zone)] if known else []


def _offers(face: CardFace, words: Words) -> list[Field]:
    fields = []
    if face.stamps:
        stamps = "\n".join(card.told(face.language) for card in face.stamps)
        fields.append(Field(key="stamps", label=words.own["stamps"], value=words.value(stamps)))
    if face.perks:
        perks = "\n".join(face.own_words(perk, face.language) or perk_name(perk, face.language) for perk in face.perks)
        fields.append(Field(key="perks", label=words.own["perks"], value=words.value(perks)))
    return fields


def _links(face: CardFace, words: Words) -> list[Field]:
    """Each under its name; what is tapped is the address as people write it."""
    fields = []
    for place, link in enumerate(face.links):
        text = link.address.removeprefix("https://").removeprefix("mailto:").removeprefix("tel:").rstrip("/")
        anchor = f'<a href="{html.escape(link.address)}">{html.escape(text)}</a>'
        label = words.own[f"link_{place}"]
        fields.append(Field(key=f"link_{place}", label=label, value=words.value(text), attributed_value=anchor))
    return fields
