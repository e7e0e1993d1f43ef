"""A shop's WooCommerce REST API: orders as they stand, and the webhooks it keeps for us.

The connection's options: "shop", the shop's own address ("https://shop.example"), and "consumer_key" ("ck_..."). Among
its secrets: the consumer secret ("cs_..."), beside the webhook's.
(woocommerce/woocommerce, REST API v3, "Authentication over HTTPS")
"""

import base64
from collections.abc import Mapping

import msgspec

from chalicelib.connectors.api import Api, Reply
from chalicelib.errors import Refused
from chalicelib.services.ports import Connection

SECRET_PREFIX = "cs_"  # noqa: S105  # a prefix and no secret


class Rest(msgspec.Struct, frozen=True):
    """The API of one shop, as one connection may ask it."""

    site: str
    login: str
    api: Api

    def get(self, path: str, query: Mapping[str, str]) -> Reply:
        return self.api.get(f"{self.site}/wp-json/wc/v3/{path}", headers=self._headers(), query=query)

    def post(self, path: str, content: Mapping[str, str]) -> Reply:
        body = msgspec.json.encode(dict(content))
        headers = {**self._headers(), "content-type": "application/json"}
        return self.api.post(f"{self.site}/wp-json/wc/v3/{path}", headers=headers, body=body)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Basic {self.login}", "accept": "application/json"}


def rest(connection: Connection, api: Api) -> Rest:
    """Raises Refused (`no_api_access`)."""
    key, site = connection.options.get("consumer_key", ""), connection.options.get("shop", "")
    secret = next((secret for secret in connection.secrets if secret.startswith(SECRET_PREFIX)), "")
    if not key or not site or not secret:
        raise Refused("no_api_access", connection=connection.name)
    return Rest(site.rstrip("/"), base64.b64encode(f"{key}:{secret}".encode()).decode(), api)
