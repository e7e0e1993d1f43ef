"""Shopify's Admin API: where it is, and how we may ask it.

The connection's options: "shop", its "*.myshopify.com" name; "client_id" of an app of the Dev Dashboard; "api", another
address of the API (a laptop's stand-in). Its secrets: an access token of an older custom app begins with "shpat_" and
is used as it is; an app of the Dev Dashboard has none, its client secret is exchanged for one that lives a day.
(shopify.dev, "Authenticate an app for stores in your organization", the client credentials grant; REST Admin API,
"Rate limits" and "Status and error codes")
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from chalicelib.connectors.answers import read
from chalicelib.connectors.api import Api, Reply
from chalicelib.errors import Refused
from chalicelib.services.ports import Connection

API_VERSION = "2026-10"
TOKEN_PREFIX = "shpat_"  # noqa: S105  # a prefix and no secret

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.myshopify\.com")
_CALLS = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_JSON = {"content-type": "application/json", "accept": "application/json"}
_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
_WAIT_SECONDS = 5


class _Granted(msgspec.Struct, frozen=True):
    access_token: str


class Admin(msgspec.Struct, frozen=True):
    """The API of one shop, as one connection may ask it."""

    base: str
    token: str
    api: Api

    def get(self, path: str, query: Mapping[str, str]) -> Reply:
        return self.api.get(self._url(path), headers=self._headers(), query=query)

    def post(self, path: str, content: object) -> Reply:
        return self.api.post(self._url(path), headers=self._headers(), body=msgspec.json.encode(content))

    def _url(self, path: str) -> str:
        return f"{self.base}/admin/api/{API_VERSION}/{path}"

    def _headers(self) -> dict[str, str]:
        return {**_JSON, "x-shopify-access-token": self.token}


def admin(connection: Connection, api: Api) -> Admin:
    """Raises Refused (`no_api_access`, `access_refused`, `shop_domain_wrong`), TryAgain, Malformed."""
    client_id = connection.options.get("client_id", "")
    tokens = [secret for secret in connection.secrets if secret.startswith(TOKEN_PREFIX)]
    if not tokens and not client_id:
        raise Refused("no_api_access", connection=connection.name)
    base = connection.options.get("api") or f"https://{shop_of(connection)}"
    return Admin(base, tokens[0] if tokens else _granted(connection, base, client_id, api), api)


def shop_of(connection: Connection) -> str:
    """The shop's own name: the token goes there and nowhere else. Raises Refused."""
    shop = connection.options.get("shop", "")
    if not _SHOP.fullmatch(shop):
        raise Refused("shop_domain_wrong", connection=connection.name)
    return shop


def wait_seconds(reply: Reply) -> int:
    """How long to leave the shop's API alone: its bucket of calls leaks two a second, and others use it, too."""
    used = _CALLS.fullmatch(reply.headers.get("x-shopify-shop-api-call-limit", ""))
    return _WAIT_SECONDS if used and int(used[1]) * 4 >= int(used[2]) * 3 else 0


def _granted(connection: Connection, base: str, client_id: str, api: Api) -> str:
    """A token for a day. While a client secret is being rotated the newest one is tried first."""
    status = 0
    for secret in connection.secrets:
        asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        reply = api.post(f"{base}/admin/oauth/access_token", headers=_FORM, body=urlencode(asked).encode())
        if reply.status == 200:
            return read(_Granted, reply).access_token
        status = reply.status
    raise Refused("access_refused", status=status)
