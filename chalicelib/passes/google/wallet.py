"""Google Wallet for the services: faces go in, what became of them comes out."""

import hashlib
from collections.abc import Collection
from typing import Any

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.passes.google.client import WalletClient, Wanted
from chalicelib.passes.google.content import class_of, object_of
from chalicelib.passes.google.issuer import Issuer
from chalicelib.passes.google.links import SaveLinks
from chalicelib.passes.google.messages import message_of
from chalicelib.passes.google.resources import LoyaltyObject
from chalicelib.passes.google.rotating import RotatingCodes
from chalicelib.services.ports.google import WalletAnswer


class RestWallet:
    """ports.google.GoogleWallet over the REST API."""

    def __init__(self, client: WalletClient, issuer: Issuer, links: SaveLinks, codes: RotatingCodes) -> None:
        self._client = client
        self._issuer = issuer
        self._links = links
        self._codes = codes

    def class_face(self, face: CardFace) -> str:
        return _digest(class_of(face, self._issuer))

    def put_class(self, face: CardFace, *, is_known: bool) -> WalletAnswer:
        return self._client.put(Wanted("loyaltyClass", _body(class_of(face, self._issuer))), is_known=is_known)

    def object_face(self, face: CardFace, serial: str, *, level_class: str) -> str:
        return _digest(self._object(face, serial, level_class))

    def put_object(
        self, face: CardFace, serial: str, *, level_class: str, is_known: bool, is_move: bool, is_notice: bool
    ) -> WalletAnswer:
        body = _body(self._object(face, serial, level_class))
        says = {"messages": [_body(message_of(face, face.message))]} if face.message and not face.is_void else {}
        wanted = Wanted("loyaltyObject", body, is_notice=is_notice, is_move=is_move, new=says)
        return self._client.put(wanted, is_known=is_known)

    def add_message(self, face: CardFace, serial: str, *, is_notice: bool, may_be_there: bool) -> WalletAnswer:
        assert face.message is not None
        name, message = self._issuer.object_id(serial), _body(message_of(face, face.message))
        return self._client.add_message("loyaltyObject", name, message, is_notice=is_notice, may_be_there=may_be_there)

    def remove_messages(self, serial: str, messages: Collection[str]) -> WalletAnswer:
        return self._client.remove_messages("loyaltyObject", self._issuer.object_id(serial), messages)

    def save_link(self, face: CardFace, serial: str, *, level_class: str) -> str:
        return self._links.link(self._issuer.object_id(serial), self._issuer.class_id(face.program, level_class))

    def _object(self, face: CardFace, serial: str, level_class: str) -> LoyaltyObject:
        return object_of(face, serial, self._issuer, self._codes, stays_in=level_class)


def _digest(resource: msgspec.Struct) -> str:
    return hashlib.sha256(msgspec.json.encode(resource)).hexdigest()[:32]


def _body(resource: msgspec.Struct) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(resource)
    return body
