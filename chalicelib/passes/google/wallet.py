"""Google Wallet for the services: faces go in, what became of them comes out."""

import hashlib
from typing import Any

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.passes.google.client import WalletClient
from chalicelib.passes.google.content import Issuer, class_of, object_of
from chalicelib.passes.google.links import SaveLinks
from chalicelib.services.ports.google import WalletAnswer


class RestWallet:
    """ports.google.GoogleWallet over the REST API."""

    def __init__(self, client: WalletClient, issuer: Issuer, links: SaveLinks) -> None:
        self._client = client
        self._issuer = issuer
        self._links = links

    def class_face(self, face: CardFace) -> str:
        return hashlib.sha256(msgspec.json.encode(class_of(face, self._issuer))).hexdigest()[:32]

    def put_class(self, face: CardFace, *, is_known: bool) -> WalletAnswer:
        return self._client.put("loyaltyClass", _body(class_of(face, self._issuer)), is_known=is_known)

    def put_object(self, face: CardFace, serial: str, *, is_known: bool, is_notice: bool) -> WalletAnswer:
        body = _body(object_of(face, serial, self._issuer))
        return self._client.put("loyaltyObject", body, is_known=is_known, is_notice=is_notice)

    def save_link(self, face: CardFace, serial: str) -> str:
        return self._links.link(self._issuer.object_id(serial), self._issuer.class_id(face.program))


def _body(resource: msgspec.Struct) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(resource)
    return body
