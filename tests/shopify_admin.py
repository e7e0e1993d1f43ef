"""A stand-in of Shopify's Admin API on this machine: orders, webhooks and tokens, as shopify.dev describes them.

It refuses what Shopify refuses: a wrong token, filters beside `page_info`, an unknown cursor, a webhook that is there
already. (REST Admin API 2026-10: "Order", "Webhook", "Make paginated requests", "Rate limits"; "Client credentials")
"""

import contextlib
import http.server
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib.connectors.outbound import HttpApi
from ops.laptop.shopify_books import Order
from ops.laptop.shopify_shapes import order_body

TOKEN = "shpat_0123456789abcdef0123456789abcdef"
CLIENT_ID = "3d1f4f2c9b7a4e60a1b2c3d4e5f60718"
VERSION = "/admin/api/2026-10/"


@dataclass
class AdminApi:
    """One shop's API.

    orders: what the shop has        webhooks: {"topic", "address"}        client_secret: that is exchanged for TOKEN
    page_size: orders a page at most, whatever is asked for (Shopify: 250)        busy: how many calls get 429 next
    calls: "40/40"-style header of each answer        before: called before each page is listed, with its number
    http: calls this API, until it is shut
    forgets: cursors are not known any more           odd: orders listed as they are, before all others
    """

    orders: list[Order] = field(default_factory=list)
    webhooks: list[dict[str, str]] = field(default_factory=list)
    client_secret: str = ""
    page_size: int = 250
    busy: int = 0
    calls: str = "1/40"
    before: Callable[[int], None] = lambda number: None
    forgets: bool = False
    odd: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    pages: int = 0
    url: str = ""
    http: HttpApi = field(default_factory=HttpApi)
    _cursors: dict[str, tuple[int, str]] = field(default_factory=dict)
    _names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        self.asked.append((method, parts.path, query))
        if self.busy:
            self.busy -= 1
            return 429, {"Retry-After": "2.0"}, {"errors": "Exceeded 2 calls per second for api client."}
        if parts.path == "/admin/oauth/access_token":
            return self._granted(parse_qs(body.decode()))
        return self._let_in(method, parts.path.removeprefix(VERSION), query, headers, body)

    def _let_in(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], Any]:
        if headers.get("x-shopify-access-token") != TOKEN:
            return 401, {}, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
        match method, path:
            case "GET", "orders.json":
                return self._orders(query)
            case "GET", "webhooks.json":
                kept = [hook for hook in self.webhooks if hook["address"] == query.get("address", hook["address"])]
                return 200, {}, {"webhooks": kept}
            case "POST", "webhooks.json":
                return self._subscribed(json.loads(body)["webhook"])
        return 404, {}, {"errors": "Not Found"}

    def _granted(self, form: dict[str, list[str]]) -> tuple[int, dict[str, str], Any]:
        expected = {
            "grant_type": ["client_credentials"],
            "client_id": [CLIENT_ID],
            "client_secret": [self.client_secret],
        }
        if form != expected:
            return 400, {}, {"error": "invalid_client"}
        return 200, {}, {"access_token": TOKEN, "scope": "read_orders", "expires_in": 86399}

    def _orders(self, query: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        self.pages += 1
        self.before(self.pages)
        start, since = 0, query.get("updated_at_min", "")
        if "page_info" in query:
            if query.keys() - {"page_info", "limit", "fields"}:
                return 400, {}, {"errors": {"status": "status cannot be passed when page_info is present."}}
            if self.forgets or query["page_info"] not in self._cursors:
                return 400, {}, {"errors": {"page_info": "Invalid value."}}
            start, since = self._cursors[query["page_info"]]
        elif query.get("status") != "any":
            return 200, {}, {"orders": []}  # only open ones; ours are all paid and done
        limit = min(int(query.get("limit", "50")), self.page_size)
        bodies = [*self.odd, *(order_body(order) for order in sorted(self.orders, key=lambda order: -order.id))]
        fitting = [body for body in bodies if _time(str(body["updated_at"])) >= _time(since)]
        shown = fitting[start : start + limit]
        fields = query.get("fields", "")
        if fields:
            shown = [{name: body[name] for name in fields.split(",") if name in body} for body in shown]
        headers = {"X-Shopify-Shop-Api-Call-Limit": self.calls}
        if start + limit < len(fitting):
            headers["Link"] = self._link(start + limit, since, limit, is_later=start > 0)
        return 200, headers, {"orders": shown}

    def _link(self, start: int, since: str, limit: int, *, is_later: bool) -> str:
        cursor = f"eyJ{next(self._names)}=="
        self._cursors[cursor] = (start, since)
        base = f"https://bean-street.myshopify.com{VERSION}orders.json?limit={limit}&page_info="
        previous = f'<{base}eyJ0>; rel="previous", ' if is_later else ""
        return f'{previous}<{base}{cursor.replace("=", "%3D")}>; rel="next"'

    def _subscribed(self, asked: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        if not asked["address"].startswith("https://"):
            return 422, {}, {"errors": {"address": ["protocol http:// is not supported"]}}
        kept = {"topic": asked["topic"], "address": asked["address"]}
        if kept in self.webhooks:
            return 422, {}, {"errors": {"address": ["for this topic has already been taken"]}}
        self.webhooks.append(kept)
        return 201, {}, {"webhook": {"id": next(self._names), "format": asked["format"], **kept}}


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A caller that hangs up is its own business."""


@contextlib.contextmanager
def serving(api: AdminApi) -> Iterator[AdminApi]:
    """The API behind a real socket; its address is in `url`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", "0")))
            low = {name.lower(): text for name, text in self.headers.items()}
            status, headers, content = api.answer(self.command, self.path, low, sent)
            body = json.dumps(content).encode()
            self.send_response(status)
            for name, text in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    api.http = HttpApi(is_named=api.url.__eq__)
    try:
        yield api
    finally:
        api.http.close()
        server.shutdown()
        server.server_close()
