"""What the shop says, as Google Wallet shows it on the back of a card."""

from chalicelib.cards.face import CardFace
from chalicelib.cards.face import Message as Said
from chalicelib.passes.google.limits import check_message
from chalicelib.passes.google.resources import Message
from chalicelib.passes.google.voices import Voices

SILENT = "TEXT"
TOLD = "TEXT_AND_NOTIFY"


def message_of(face: CardFace, said: Said) -> Message:
    """Without a notification: whoever adds it says whether there is one. Raises Broken."""
    voices = Voices(face, first=face.language)
    header = voices.each(lambda _: face.business)
    body = voices.own(said.words, "card")
    check_message(said.id, (body.default_value.value, *(each.value for each in body.translated_values)))
    return Message(said.id, header.default_value.value, header, body.default_value.value, body, SILENT)
