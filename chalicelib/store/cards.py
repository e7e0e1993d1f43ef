"""Cards in DynamoDB. A card is found by its serial, by the digest of its secret link, and by its account."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.events import AccountId
from chalicelib.services.ports import Card
from chalicelib.store.dynamo import Delete, Dynamo, Put
from chalicelib.store.registrations import Registrations
from chalicelib.store.tables import CardNameRow, CardRow

_CARD = "CARD"
_LINK = "LINK"


class DynamoCards(Registrations):
    """ports.Cards. The account of a card changes by `attach` alone, which moves its listing too."""

    def __init__(self, dynamo: Dynamo) -> None:
        super().__init__(dynamo)
        self._dynamo = dynamo

    def card(self, serial: str) -> Card | None:
        row = self._dynamo.get(CardRow, _card_key(serial), _CARD)
        return None if row is None else msgspec.json.decode(row.body, type=Card)

    def card_by_link(self, link_digest: str) -> Card | None:
        name = self._dynamo.get(CardNameRow, _link_key(link_digest), _LINK)
        return None if name is None else self.card(name.serial)

    def cards_of(self, program: str, account: AccountId) -> Sequence[Card]:
        names = self._dynamo.query(CardNameRow, _account_key(program, account), starts="C#")
        cards = (self.card(name.serial) for name in names)
        return [card for card in cards if card is not None]

    def put_card(self, card: Card) -> bool:
        if card.revision > 1:
            return not self._dynamo.write(_put(card))
        link = CardNameRow(pk=_link_key(card.link), sk=_LINK, serial=card.serial)
        return not self._dynamo.write(_put(card), Put(link, only_if=CardNameRow.pk.does_not_exist()), _listing(card))

    def attach(self, card: Card, account: AccountId) -> bool:
        attached = replace(card, account=account, revision=card.revision + 1)
        if account == card.account:
            return not self._dynamo.write(_put(attached))
        unlisted = Delete(CardNameRow, _account_key(card.program, card.account), _card_key(card.serial))
        return not self._dynamo.write(_put(attached), unlisted, _listing(attached))


def _card_key(serial: str) -> str:
    return f"C#{serial}"


def _link_key(link_digest: str) -> str:
    return f"L#{link_digest}"


def _account_key(program: str, account: AccountId) -> str:
    return f"P#{program}#A#{account}"


def _put(card: Card) -> Put:
    unchanged: Condition = CardRow.pk.does_not_exist() if card.revision == 1 else CardRow.revision == card.revision - 1
    body = msgspec.json.encode(card).decode()
    return Put(CardRow(pk=_card_key(card.serial), sk=_CARD, body=body, revision=card.revision), only_if=unchanged)


def _listing(card: Card) -> Put:
    key = _account_key(card.program, card.account)
    return Put(CardNameRow(pk=key, sk=_card_key(card.serial), serial=card.serial))
