"""A stand-in for YooKassa: its API with Basic auth, and the unsigned notifications that it sends for what happens.

It keeps payments and refunds in the shape of YooKassa's objects, in a file when it is given one, and answers only to
the shop's own keys. Source: yookassa.ru/developers/api; yookassa.ru/developers/using-api/webhooks.
"""

import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx

from chalicelib.money import decimal_text, minor_units
from ops.laptop.yookassa_shapes import notification, payment_body, refund_body, time_text

Json = dict[str, Any]

_ONE = re.compile(r"/v3/(payments|refunds)/([^/]+)")
_MANY = re.compile(r"/v3/(payments|refunds)")


@dataclass(slots=True)
class YooKassaShop:
    """One shop at YooKassa. Amounts are minor units; `clock` gives milliseconds since 1970 UTC, `new_id` 16 bytes.

    secrets: keys that open the API     hook_url: where notifications go; None: nowhere, they are only given back
    kept_in: the file that survives a restart     refusals: statuses to answer instead, first to last; a test fills it
    """

    shop_id: str
    secrets: tuple[str, ...]
    clock: Callable[[], int]
    new_id: Callable[[], bytes]
    hook_url: str | None = None
    currency: str = "RUB"
    is_test: bool = True
    kept_in: Path | None = None
    objects: dict[str, dict[str, Json]] = field(default_factory=lambda: {"payments": {}, "refunds": {}})
    refusals: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    _server: ThreadingHTTPServer | None = None

    def start(self, port: int = 0) -> "YooKassaShop":
        """Serve on 127.0.0.1 in a thread of its own; port 0 takes a free one. Ready when it returns."""
        if self.kept_in is not None and self.kept_in.exists():
            self.objects = json.loads(self.kept_in.read_text())
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _door_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="yookassa", daemon=True
        ).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    # --- what happens at the shop; each gives the notification that YooKassa sends for it ---------------------------

    def opened(self, amount: int, metadata: dict[str, str] | None = None, **details: Any) -> str:
        """A customer starts to pay. Nothing is sent. Gives the payment's id."""
        payment = payment_body(self._id(), self._money(amount), self.clock(), self.shop_id, self.is_test)
        payment |= {"metadata": metadata or {}, **details}
        self._keep("payments", payment)
        return str(payment["id"])

    def held(self, payment_id: str) -> Json:
        """The money is set aside. It is not the shop's yet."""
        return self._moved(payment_id, "waiting_for_capture", paid=True)

    def captured(self, payment_id: str, amount: int | None = None) -> Json:
        """The money is the shop's: `amount` of it, or all."""
        kept = self.objects["payments"][payment_id]["amount"] if amount is None else self._money(amount)
        details = {"captured_at": time_text(self.clock()), "refunded_amount": self._money(0), "refundable": True}
        return self._moved(payment_id, "succeeded", paid=True, amount=kept, **details)

    def canceled(self, payment_id: str) -> Json:
        details = {"party": "yoo_money", "reason": "expired_on_confirmation"}
        return self._moved(payment_id, "canceled", paid=False, cancellation_details=details)

    def paid(self, amount: int, metadata: dict[str, str] | None = None, **details: Any) -> Json:
        """A payment in one stage, from start to end."""
        return self.captured(self.opened(amount, metadata, **details))

    def refunded(self, payment_id: str, amount: int | None = None, *, status: str = "succeeded") -> Json:
        """Money goes back: `amount`, or all that is left. Only a refund that succeeded is announced."""
        payment = self.objects["payments"][payment_id]
        back = minor_units(payment["refunded_amount"]["value"], self.currency)
        money = minor_units(payment["amount"]["value"], self.currency) - back if amount is None else amount
        refund = refund_body(self._id(), payment_id, self._money(money), self.clock(), status)
        self._keep("refunds", refund)
        if status == "succeeded":
            self._keep("payments", payment | {"refunded_amount": self._money(back + money)})
        return self.notified(notification("refund.succeeded", refund)) if status == "succeeded" else refund

    def notified(self, content: Json) -> Json:
        """Send a notification, as it stands, to the shop's hook. Gives it back."""
        if self.hook_url is not None:
            httpx.post(self.hook_url, json=content, timeout=30, trust_env=False).raise_for_status()
        return content

    # --- the API ----------------------------------------------------------------------------------------------------

    def answer(self, path: str, authorization: str) -> tuple[int, Json]:
        """A GET of the API. Every request is noted in `asked`."""
        self.asked.append(path)
        if self.refusals:
            return self.refusals.pop(0), _error("internal_server_error")
        if authorization not in {_basic(self.shop_id, secret) for secret in self.secrets}:
            return 401, _error("invalid_credentials")
        parts = urlsplit(path)
        if one := _ONE.fullmatch(parts.path):
            found = self.objects[one[1]].get(one[2])
            return (200, found) if found else (404, _error("not_found"))
        if many := _MANY.fullmatch(parts.path):
            return 200, self._list(many[1], dict(parse_qsl(parts.query)))
        return 404, _error("not_found")

    def _list(self, kind: str, asked: dict[str, str]) -> Json:
        """Newest first, `limit` at a time; the cursor is the number of those already given."""
        since, limit, start = asked.get("created_at.gte", ""), int(asked.get("limit", 10)), int(asked.get("cursor", 0))
        wanted = {name: asked[name] for name in ("payment_id", "status") if name in asked}
        fitting = [
            thing
            for thing in reversed(self.objects[kind].values())
            if thing["created_at"] >= since and all(thing.get(name) == value for name, value in wanted.items())
        ]
        page: Json = {"type": "list", "items": fitting[start : start + limit]}
        return page | ({"next_cursor": str(start + limit)} if start + limit < len(fitting) else {})

    def _moved(self, payment_id: str, status: str, **changes: Any) -> Json:
        payment = self.objects["payments"][payment_id] | {"status": status} | changes
        self._keep("payments", payment)
        return self.notified(notification(f"payment.{status}", payment))

    def _keep(self, kind: str, thing: Json) -> None:
        self.objects[kind][thing["id"]] = thing
        if self.kept_in is not None:
            self.kept_in.write_text(json.dumps(self.objects))

    def _money(self, amount: int) -> Json:
        return {"value": decimal_text(amount, self.currency), "currency": self.currency}

    def _id(self) -> str:
        return str(UUID(bytes=self.new_id()))


def _door_of(shop: YooKassaShop) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the server's name for it
            status, content = shop.answer(self.path, self.headers.get("Authorization", ""))
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # the name of the method it replaces
            pass

    return Door


def _basic(shop_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{shop_id}:{secret}".encode()).decode()


def _error(code: str) -> Json:
    return {"type": "error", "id": "ab5a11cd-13cc-4e33-af8b-75a74e18dd09", "code": code, "description": code}
