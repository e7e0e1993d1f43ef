"""Cards in DynamoDB. A card is found by its serial, its secret link's digest, its code at the till, and its account."""

import json
from collections.abc import Sequence

import msgspec

from chalicelib.events import AccountId
from chalicelib.services.ports import Card, CardPage, Held, ListedCard
from chalicelib.store.card_rows import CARD, card_key, card_of, put_of
from chalicelib.store.dynamo import Delete, Dynamo, Put
from chalicelib.store.registrations import Registrations, registration
from chalicelib.store.tables import CardNameRow, CardRow, HeldRow

_ROWS_OF_A_CARD = 6
_LINK = "LINK"
_BARCODE = "BARCODE"


class DynamoCards(Registrations):
    """ports.Cards. The account of a card changes by `attach` alone, which moves its listing too."""

    def __init__(self, dynamo: Dynamo) -> None:
        super().__init__(dynamo)
        self._dynamo = dynamo

    def card(self, serial: str) -> Card | None:
        row = self._dynamo.get(CardRow, card_key(serial), CARD)
        return None if row is None else card_of(row.body)

    def held(self, serial: str) -> Held | None:
        rows = self._dynamo.query(HeldRow, card_key(serial), before="E")  # the CARD, and the devices, D#...
        body = next((row.body for row in rows if row.sk == CARD), None)
        if body is None:
            return None
        holders = [registration(row) for row in rows if row.sk != CARD]
        return Held(card_of(body), holders)

    def card_by_link(self, link_digest: str) -> Card | None:
        card = self._named(_link_key(link_digest), _LINK)
        return card if card is not None and card.link == link_digest else None

    def was_replaced(self, link_digest: str) -> bool:
        card = self._named(_link_key(link_digest), _LINK)
        return card is not None and card.link != link_digest

    def card_by_barcode(self, program: str, code: str) -> Card | None:
        card = self._named(_barcode_key(program, code), _BARCODE)
        return card if card is not None and card.barcode == code else None

    def cards_of(self, program: str, account: AccountId) -> Sequence[Card]:
        cards = (self.card(serial) for serial in self._serials(program, account))
        return [card for card in cards if card is not None]

    def held_by(self, program: str, account: AccountId) -> Sequence[Held]:
        found = (self.held(serial) for serial in self._serials(program, account))
        return [held for held in found if held is not None]

    def listed(self, program: str, *, cursor: str, limit: int) -> CardPage:
        starts = _account_key(program, AccountId(""))
        behind = tuple(json.loads(cursor)) if cursor else None
        # A table of cards holds some other rows for each of them: about as many cards are found as are asked for.
        rows, last = self._dynamo.scan_page(CardNameRow, starts=starts, behind=behind, limit=limit * _ROWS_OF_A_CARD)
        if len(rows) > limit:
            rows = rows[:limit]
            last = rows[-1].pk, rows[-1].sk
        found = [ListedCard(AccountId(row.pk.removeprefix(starts)), row.serial) for row in rows]
        return CardPage(found, json.dumps(last) if last else "")

    def put_card(self, card: Card) -> bool:
        if card.revision > 1:
            return not self._dynamo.write(put_of(card))
        return not self._dynamo.write(put_of(card), _link(card), _barcode(card), _listing(card))

    def relink(self, card: Card, *, link: str, barcode: str) -> bool:
        changed = msgspec.structs.replace(card, link=link, barcode=barcode, revision=card.revision + 1)
        old = Delete(CardNameRow, _barcode_key(card.program, card.barcode), _BARCODE)
        return not self._dynamo.write(put_of(changed), _link(changed), _barcode(changed), old)

    def attach(self, card: Card, account: AccountId) -> bool:
        attached = msgspec.structs.replace(card, account=account, revision=card.revision + 1)
        if account == card.account:
            return not self._dynamo.write(put_of(attached))
        unlisted = Delete(CardNameRow, _account_key(card.program, card.account), card_key(card.serial))
        return not self._dynamo.write(put_of(attached), unlisted, _listing(attached))

    def _serials(self, program: str, account: AccountId) -> Sequence[str]:
        return [row.serial for row in self._dynamo.query(CardNameRow, _account_key(program, account), starts="C#")]

    def _named(self, pk: str, sk: str) -> Card | None:
        name = self._dynamo.get(CardNameRow, pk, sk)
        return None if name is None else self.card(name.serial)


def _link_key(link_digest: str) -> str:
    return f"L#{link_digest}"


def _barcode_key(program: str, code: str) -> str:
    return f"B#{program}#{code}"


def _account_key(program: str, account: AccountId) -> str:
    return f"P#{program}#A#{account}"


def _link(card: Card) -> Put:
    """A link leads to one card for ever."""
    row = CardNameRow(pk=_link_key(card.link), sk=_LINK, serial=card.serial)
    return Put(row, only_if=CardNameRow.pk.does_not_exist())


def _barcode(card: Card) -> Put:
    """A code is one card's within its program."""
    row = CardNameRow(pk=_barcode_key(card.program, card.barcode), sk=_BARCODE, serial=card.serial)
    return Put(row, only_if=CardNameRow.pk.does_not_exist())


def _listing(card: Card) -> Put:
    key = _account_key(card.program, card.account)
    return Put(CardNameRow(pk=key, sk=card_key(card.serial), serial=card.serial))
