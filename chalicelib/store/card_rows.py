"""The row of a card: its key, how it is read, and the write that nobody can overtake."""

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.services.ports import Card
from chalicelib.store.dynamo import Put
from chalicelib.store.tables import CardRow

CARD = "CARD"


def card_key(serial: str) -> str:
    """The partition of a card and its holders."""
    return f"C#{serial}"


def card_of(body: str) -> Card:
    """The card that a row's body tells."""
    return msgspec.json.decode(body, type=Card)


def put_of(card: Card) -> Put:
    """Write the card, if the stored one is the one before it."""
    unchanged: Condition = CardRow.pk.does_not_exist() if card.revision == 1 else CardRow.revision == card.revision - 1
    body = msgspec.json.encode(card).decode()
    return Put(CardRow(pk=card_key(card.serial), sk=CARD, body=body, revision=card.revision), only_if=unchanged)
