"""HTTP of the stand-in for Google Wallet: addresses and shapes, no rules."""

import html
import json
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

_API = "/walletobjects/v1/"
_SAVE = "/gp/v/save/"
_HANG_UP, _SILENCE = 1, 2
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Google Wallet, stand-in</title>
<body style="font: 1rem/1.5 system-ui; margin: 4rem auto; max-width: 28rem; padding: 0 1rem">
<h1 style="font-size: 1.25rem">{title}</h1><p>{text}</p></body></html>
"""


class Refusal(Exception):
    """An answer that is not the wanted one, in Google's words."""

    def __init__(self, status: int, reason: str, message: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.message = message or reason


class Service(Protocol):
    """What the handlers ask."""

    notary: Any
    now: Any
    stopping: Any

    def grant(self, form: dict[str, str]) -> dict[str, Any]: ...
    def answer(self, method: str, kind: str, name: str, body: Any, token: str) -> dict[str, Any]: ...
    def save(self, token: str) -> str: ...


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    @property
    def service(self) -> Service:
        service: Service = self.server.service  # type: ignore[attr-defined]  # given by `start`
        return service

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/gp/m/issuer/keys":
            self._send(200, self.service.notary.published(self.service.now()))
        elif path.startswith(_SAVE):
            self._page(path.removeprefix(_SAVE))
        else:
            self._api()

    def do_POST(self) -> None:
        if urlsplit(self.path).path == "/token":
            self._token()
        else:
            self._api()

    def do_PATCH(self) -> None:
        self._api()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses hold save links."""

    def _token(self) -> None:
        try:
            self._send(200, self.service.grant(dict(parse_qsl(self._body().decode()))))
        except Refusal as refusal:
            self._send(refusal.status, {"error": refusal.reason, "error_description": refusal.message})

    def _page(self, token: str) -> None:
        try:
            saved = self.service.save(token)
            title, text, status = "Saved", f"The card {saved} is in this wallet now.", 200
        except Refusal as refusal:
            title, text, status = "Something went wrong", f"Google would not save this card: {refusal.reason}.", 400
        page = _PAGE.format(title=html.escape(title), text=html.escape(text))
        self._send_bytes(status, page.encode(), "text/html; charset=utf-8")

    def _api(self) -> None:
        path = urlsplit(self.path).path
        raw = self._body()
        kind, _, name = path.removeprefix(_API).partition("/") if path.startswith(_API) else ("", "", "")
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            body = json.loads(raw) if raw else None
            self._send(200, self.service.answer(self.command, kind, unquote(name), body, token))
        except ValueError:
            self._send(400, _error(Refusal(400, "parseError")))
        except Refusal as refusal:
            if refusal.status == _SILENCE:
                self.service.stopping.wait(30)
            if refusal.status in (_HANG_UP, _SILENCE):
                self.close_connection = True
                return
            self._send(refusal.status, _error(refusal))

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, status: int, told: dict[str, Any]) -> None:
        self._send_bytes(status, json.dumps(told, ensure_ascii=False).encode(), "application/json; charset=UTF-8")

    def _send_bytes(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _error(refusal: Refusal) -> dict[str, Any]:
    detail = {"message": refusal.message, "domain": "walletobjects", "reason": refusal.reason}
    return {"error": {"code": refusal.status, "message": refusal.message, "errors": [detail]}}
