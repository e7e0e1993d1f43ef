"""Asking providers for what they know: ports.Books over the connectors that have a listing.

A connector that can be asked has a module `listing` with

    recent(connection, api, *, since, cursor)    a page of what changed; see ports.Books
    subscribe(connection, api, url)              where its API makes webhooks: make the missing ones to `url`
"""

import importlib
import importlib.util
from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.connectors.api import Api
from chalicelib.connectors.contract import PROVIDERS
from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.services.ports import Connection, Page

_ROOM = "chalicelib.connectors."


def reconciles(provider: str) -> bool:
    """Can this provider be asked for its recent orders?"""
    if provider not in PROVIDERS or not _is_folder(provider):
        return False
    return importlib.util.find_spec(f"{_ROOM}{provider}.listing") is not None


def subscribes(provider: str) -> bool:
    """Does this provider's API make webhooks?"""
    return reconciles(provider) and hasattr(_listing(provider), "subscribe")


class ProviderBooks(msgspec.Struct, frozen=True):
    """ports.Books. `base_url`: where webhooks are sent, no slash at its end."""

    api: Api
    base_url: str

    def recent(self, connection: Connection, *, since: Instant, cursor: str) -> Page:
        if not reconciles(connection.provider):
            raise Refused("no_api_access", connection=connection.name)
        page: Page = _listing(connection.provider).recent(connection, self.api, since=since, cursor=cursor)
        return page

    def subscribe(self, connection: Connection) -> Sequence[str]:
        if not subscribes(connection.provider):
            return ()
        made: Sequence[str] = _listing(connection.provider).subscribe(connection, self.api, self.address(connection))
        return made

    def address(self, connection: Connection) -> str:
        """Where this connection's provider sends to."""
        return f"{self.base_url}/hooks/{connection.program}/{connection.name}"


def _listing(provider: str) -> Any:
    return importlib.import_module(f"{_ROOM}{provider}.listing")


def _is_folder(provider: str) -> bool:
    found = importlib.util.find_spec(_ROOM + provider)
    return found is not None and found.submodule_search_locations is not None
