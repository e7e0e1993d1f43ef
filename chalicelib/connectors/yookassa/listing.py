"""YooKassa's own lists of payments and refunds, each told as the notification that names it.

First all payments captured since then, afterwards the refunds. A refund may have waited for days before it succeeded,
so they are listed from further back. (yookassa.ru/developers: using-api/lists; api, "List of payments")
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec

from chalicelib.connectors.answers import checked, listed, read, stamped
from chalicelib.connectors.api import Api
from chalicelib.connectors.yookassa.asking import Shop, parsed
from chalicelib.connectors.yookassa.objects import Moment, Payment, Refund, instant
from chalicelib.connectors.yookassa.payments import payment_told
from chalicelib.errors import Refused
from chalicelib.events import Event, Instant
from chalicelib.services.ports import Connection, Delivery, Listed, Page

_REFUNDS_MAY_WAIT = 3 * 86_400_000
_MOST = "100"
_AT_REFUNDS = "refunds:"
"""How a cursor of the second list begins."""


class _Items(msgspec.Struct, frozen=True):
    items: tuple[msgspec.Raw, ...]
    next_cursor: str = ""


class _Stamp(msgspec.Struct, frozen=True):
    """What is read even of an object that is not understood."""

    id: str
    status: str
    created_at: Moment
    captured_at: Moment | None = None


def recent(connection: Connection, api: Api, *, since: Instant, cursor: str) -> Page:
    """See ports.Books. A refund's payment is asked for, too."""
    shop = Shop(connection, api)
    if cursor.startswith(_AT_REFUNDS):
        return _refunds(shop, since, cursor.removeprefix(_AT_REFUNDS))
    asked = {"status": "succeeded", "captured_at.gte": _time(since)}
    page = _page(shop, "payments", asked, cursor)
    return Page([_payment(shop, bytes(item)) for item in page.items], page.next_cursor or _AT_REFUNDS, is_last=False)


def _refunds(shop: Shop, since: Instant, cursor: str) -> Page:
    page = _page(shop, "refunds", {"created_at.gte": _time(since - _REFUNDS_MAY_WAIT)}, cursor)
    following = _AT_REFUNDS + page.next_cursor if page.next_cursor else ""
    return Page([_refund(shop, bytes(item)) for item in page.items], following, is_last=not following)


def _page(shop: Shop, kind: str, asked: Mapping[str, str], cursor: str) -> _Items:
    query = {"limit": _MOST, **asked, **({"cursor": cursor} if cursor else {})}
    reply = shop.reply(f"{kind}?{urlencode(query)}")
    if cursor and reply.status == 400:
        raise Refused("cursor_unknown", status=reply.status)
    return read(_Items, checked(reply, 200))


def _payment(shop: Shop, item: bytes) -> Listed:
    stamp = stamped(_Stamp, item)

    def understand(delivery: Delivery) -> Sequence[Event]:
        return (payment_told(parsed(Payment, item), f"listed:{stamp.id}"),)

    return listed(_notification(shop.connection, f"payment.{stamp.status}", stamp), understand)


def _refund(shop: Shop, item: bytes) -> Listed:
    stamp = stamped(_Stamp, item)

    def understand(delivery: Delivery) -> Sequence[Event]:
        refund = parsed(Refund, item)
        return (payment_told(shop.ask(Payment, refund.payment_id), f"listed:{stamp.id}", refund),)

    return listed(_notification(shop.connection, f"refund.{stamp.status}", stamp), understand)


def _notification(connection: Connection, event: str, stamp: _Stamp) -> Delivery:
    """What YooKassa would have sent: a replay asks it about the object again."""
    body = msgspec.json.encode({"type": "notification", "event": event, "object": {"id": stamp.id}})
    changed_at = instant(stamp.captured_at or stamp.created_at)
    return Delivery(connection.program, connection.name, changed_at, {}, body)


def _time(moment: Instant) -> str:
    return datetime.fromtimestamp(moment / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
