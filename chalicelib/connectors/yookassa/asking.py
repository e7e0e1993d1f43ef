"""YooKassa's API, asked with the shop's own key: it shows a shop its own objects and no others."""

import base64
import functools
from typing import TypeVar
from urllib.parse import quote

import msgspec

from chalicelib.connectors.api import Api, Reply
from chalicelib.connectors.yookassa.objects import ID, Payment, Refund
from chalicelib.errors import Broken, Malformed, TryAgain
from chalicelib.services.ports import Connection

_API = "https://api.yookassa.ru"
_PLACES = {Payment: "payments", Refund: "refunds"}

Thing = TypeVar("Thing", Payment, Refund)


class Shop(msgspec.Struct, frozen=True):
    """One shop's view of the API."""

    connection: Connection
    api: Api

    def ask(self, kind: type[Thing], named: str) -> Thing:
        """The payment or the refund with this id.

        Raises: Malformed (there is none, or it is not this shop's), TryAgain (the key is refused, or YooKassa is
        busy), Broken (the connection is not complete).
        """
        if not ID.fullmatch(named):
            raise Malformed("not_an_id")
        reply = self.reply(f"{_PLACES[kind]}/{quote(named, safe='')}")
        if reply.status == 404:
            raise Malformed("provider_knows_no_such_object", kind=_PLACES[kind])
        if reply.status != 200:
            raise TryAgain("provider_refuses", status=reply.status)
        thing = parsed(kind, reply.body)
        if thing.id != named or (isinstance(thing, Payment) and not self._is_own(thing)):
            raise Malformed("another_object_than_asked_for", kind=_PLACES[kind])
        return thing

    def reply(self, path: str) -> Reply:
        """The answer to the first key that is not refused: while a key is being changed there are two.

        Raises: TryAgain, Broken.
        """
        url = f"{self.connection.options.get('api', _API).rstrip('/')}/v3/{path}"
        reply = None
        for secret in self.connection.secrets:
            if secret:
                reply = self.api.get(url, headers={"Authorization": _basic(self._shop_id(), secret)})
                if reply.status != 401:
                    return reply
        if reply is None:
            raise Broken("no_secret", connection=self.connection.name)
        raise TryAgain("provider_refuses_our_key", connection=self.connection.name)

    def _shop_id(self) -> str:
        shop_id = self.connection.options.get("shop_id", "")
        if not (shop_id.isascii() and shop_id.isalnum()):
            raise Broken("no_shop_id", connection=self.connection.name)
        return shop_id

    def _is_own(self, payment: Payment) -> bool:
        return payment.recipient is None or payment.recipient.account_id == self._shop_id()


def _basic(shop_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{shop_id}:{secret}".encode()).decode()


def parsed(kind: type[Thing], body: bytes) -> Thing:
    """An object of YooKassa's. Raises Malformed."""
    try:
        thing: Thing = _decoder(kind).decode(body)
    except msgspec.ValidationError as mismatch:
        raise Malformed("not_what_the_provider_promises", kind=_PLACES[kind], why=str(mismatch)[:120]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("not_json", kind=_PLACES[kind]) from None
    return thing


@functools.cache
def _decoder(kind: type[Thing]) -> msgspec.json.Decoder[Thing]:
    return msgspec.json.Decoder(kind)
