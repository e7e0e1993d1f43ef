"""Stripe's own list of events: the very bodies that its webhooks send, kept by Stripe for 30 days.

Asked with a key of the API among the connection's secrets ("rk_" or "sk_"); a restricted one that may read events is
enough. Option "api": another address of the API. (docs.stripe.com/api, "List all events", "Pagination", "Errors")
"""

from urllib.parse import urlencode

import msgspec

from chalicelib.connectors import stripe
from chalicelib.connectors.answers import checked, listed, read, smaller, stamped
from chalicelib.connectors.api import Api, Reply
from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.services.ports import Connection, Delivery, Page

_API = "https://api.stripe.com"
_PAGES = (100, 20, 1)


class _Stamp(msgspec.Struct, frozen=True):
    """What is read even of an event that is not understood. `created`: seconds since 1970 UTC."""

    id: str
    created: int


class _Events(msgspec.Struct, frozen=True):
    data: tuple[msgspec.Raw, ...]
    has_more: bool


def recent(connection: Connection, api: Api, *, since: Instant, cursor: str) -> Page:
    """Events since then, newest first; `cursor` is the last event of the page before. See ports.Books."""
    key = next((secret for secret in connection.secrets if secret.startswith(stripe.KEY_PREFIXES)), None)
    if key is None:
        raise Refused("no_api_access", connection=connection.name)
    base = connection.options.get("api", _API).rstrip("/")

    def ask(size: int) -> Reply:
        asked = [("limit", str(size)), ("created[gte]", str(since // 1_000))]
        asked += [("types[]", type_) for type_ in stripe.READ]
        asked += [("starting_after", cursor)] if cursor else []
        return api.get(f"{base}/v1/events?{urlencode(asked)}", headers={"authorization": f"Bearer {key}"})

    reply, _ = smaller(_PAGES, ask)
    if cursor and reply.status in (400, 404):
        raise Refused("cursor_unknown", status=reply.status)
    events = read(_Events, checked(reply, 200))
    stamps = [stamped(_Stamp, bytes(event)) for event in events.data]
    told = [
        listed(Delivery(connection.program, connection.name, stamp.created * 1_000, {}, bytes(event)), stripe.translate)
        for stamp, event in zip(stamps, events.data, strict=True)
    ]
    is_last = not events.has_more or not stamps
    return Page(told, "" if is_last else stamps[-1].id, is_last)
