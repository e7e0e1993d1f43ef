"""A stand-in for Google Wallet: token endpoint, REST API, page that saves a card, root keys, callbacks.

It accepts what Google accepts and refuses the rest with Google's words: judged by Google's own discovery document,
with three notifications of a card in 24 hours and twenty requests a second. Source:
developers.google.com/wallet/reference/rest.
"""

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from ops.laptop.google_http import Handler, Refusal
from ops.laptop.google_papers import EMAIL, Notary
from ops.laptop.google_schema import objection
from ops.laptop.google_tokens import TokenDesk
from ops.laptop.home import write_whole

PER_SECOND = 20
NOTICES_PER_DAY = 3
_DAY = 86_400_000
_KINDS = ("loyaltyClass", "loyaltyObject")
_READ_ONLY = ("hasUsers", "hasLinkedDevice", "classReference")

HANG_UP, SILENCE = 1, 2
"""Statuses in the list of answers: drop the connection; never answer."""


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What to answer to the next request that fits, instead of what is right. `does_it`: it is carried out anyway."""

    method: str
    kind: str
    status: int
    reason: str = ""
    does_it: bool = False


@dataclass(slots=True)
class WalletService:
    """The running stand-in.

    answers: prescribed ones, first to last; a test fills it
    calls: (method, kind, status) of the last requests to the API      arrivals: when they came
    notices: (object, when) of notifications that phones were shown
    """

    url: str
    issuer_id: str
    account: rsa.RSAPublicKey
    tokens: TokenDesk
    notary: Notary
    now: Callable[[], int]
    kept_at: Path | None = None
    answers: list[Prescribed] = field(default_factory=list)
    calls: deque[tuple[str, str, int]] = field(default_factory=lambda: deque(maxlen=1_000))
    arrivals: list[int] = field(default_factory=list)
    notices: list[tuple[str, int]] = field(default_factory=list)
    resources: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {kind: {} for kind in _KINDS})
    changed_at: dict[str, int] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _server: ThreadingHTTPServer | None = None

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def keys_url(self) -> str:
        return f"{self.url}/gp/m/issuer/keys"

    @property
    def save_url(self) -> str:
        return f"{self.url}/gp/v/save"

    # --- the phone's side

    def card(self, object_id: str) -> dict[str, Any] | None:
        """What a phone draws: the object and its class; None when there is none."""
        with self._lock:
            shown = self.resources["loyaltyObject"].get(object_id)
            return None if shown is None else {**shown, "classReference": self._class(shown["classId"])}

    def wait_for(self, object_id: str, *, after: int, timeout: float) -> int | None:
        """When the object changed later than `after`; None when it does not within `timeout` seconds."""
        with self._arrived:
            self._arrived.wait_for(lambda: self.changed_at.get(object_id, 0) > after, timeout)
            changed = self.changed_at.get(object_id, 0)
        return changed if changed > after else None

    def save(self, token: str) -> str:
        """Somebody opened a save link and agreed; the object's id. Raises Refusal."""
        try:
            claims = jwt.decode(token, self.account, algorithms=["RS256"], audience="google", issuer=EMAIL)
            (asked,) = claims["payload"]["loyaltyObjects"]
            if claims["typ"] != "savetowallet":
                raise ValueError
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            raise Refusal(400, "invalidJwt") from None
        with self._lock:
            known = self.resources["loyaltyObject"].get(asked["id"])
            if known is None or known["classId"] != asked["classId"]:
                raise Refusal(404, "resourceNotFound")
            known["hasUsers"] = True
            self._keep()
        self.tell(asked["id"], "save")
        return str(asked["id"])

    def delete(self, object_id: str) -> None:
        """The phone's owner deletes the card. The object stays, as it does at Google."""
        with self._lock:
            self.resources["loyaltyObject"][object_id]["hasUsers"] = False
            self._keep()
        self.tell(object_id, "del")

    def tell(self, object_id: str, event: str) -> int:
        """Call the class's address back; the status of the answer, 0 when nobody answers."""
        card = self.card(object_id)
        address = (card or {}).get("classReference", {}).get("callbackOptions", {}).get("url", "")
        if card is None or not address:
            return 0
        body = self.callback(object_id, card["classId"], event)
        try:
            return httpx.post(address, json=body, timeout=10, trust_env=False).status_code
        except httpx.HTTPError:
            return 0  # best effort, as Google's

    def callback(self, object_id: str, class_id: str, event: str, **changed: Any) -> dict[str, Any]:
        """A genuine callback's body. `changed`: fields of the message that are to be different."""
        message = {
            "classId": class_id,
            "objectId": object_id,
            "eventType": event,
            "expTimeMillis": self.now() + 3_600_000,
            "count": 1,
            "nonce": secrets.token_hex(16),
        }
        return self.notary.signed(message | changed, issuer_id=self.issuer_id, key_expires=self.now() + _DAY)

    # --- our side

    def grant(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The token endpoint. Raises Refusal."""
        return self.tokens.grant(form, audience=self.token_url)

    def answer(self, method: str, kind: str, name: str, body: Any, token: str) -> dict[str, Any]:
        """One request to the API. Raises Refusal."""
        with self._lock:
            try:
                told = self._answer(method, kind, name, body, token)
            except Refusal as refusal:
                self.calls.append((method, kind, refusal.status))
                raise
            self.calls.append((method, kind, 200))
            return told

    def stop(self) -> None:
        self.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, method: str, kind: str, name: str, body: Any, token: str) -> dict[str, Any]:
        now = self.now()
        self.arrivals.append(now)
        if kind not in _KINDS:
            raise Refusal(404, "notFound")
        prescribed = self._prescribed(method, kind)
        if prescribed is not None and not prescribed.does_it:
            raise Refusal(prescribed.status, prescribed.reason)
        if not self.tokens.is_good(token):
            raise Refusal(401, "authError")
        if sum(at > now - 1_000 for at in self.arrivals[-2 * PER_SECOND :]) > PER_SECOND:
            raise Refusal(429, "rateLimitExceeded")
        told = self._done(method, kind, name, body)
        if prescribed is not None:
            raise Refusal(prescribed.status, prescribed.reason)
        return told

    def _done(self, method: str, kind: str, name: str, body: Any) -> dict[str, Any]:
        known = self.resources[kind].get(name or (body or {}).get("id", ""))
        match method, name:
            case "POST", "":
                if known is not None:
                    raise Refusal(409, "existingResource")
                return self._put(kind, self._judged(kind, body))
            case (("GET" | "PATCH"), _) if known is None:
                raise Refusal(404, "resourceNotFound")
            case "GET", _:
                return dict(known or {})
            case "PATCH", _:
                merged = {**(known or {}), **body}
                wanted = {key: value for key, value in merged.items() if value is not None and key not in _READ_ONLY}
                return self._patched(kind, known or {}, self._judged(kind, wanted))
        raise Refusal(405, "methodNotAllowed")

    def _patched(self, kind: str, known: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
        is_notice = wanted.pop("notifyPreference", "") == "NOTIFY_ON_UPDATE"
        if is_notice and kind == "loyaltyObject":
            now, name = self.now(), wanted["id"]
            if sum(each == name and at > now - _DAY for each, at in self.notices) >= NOTICES_PER_DAY:
                raise Refusal(403, "quotaExceeded")
            self.notices.append((name, now))
        return self._put(kind, {**wanted, **{key: known[key] for key in _READ_ONLY if key in known}})

    def _judged(self, kind: str, resource: Any) -> dict[str, Any]:
        """A whole resource that Google would take."""
        found = objection(kind, resource)
        if found:
            raise Refusal(400, "badRequest", found)
        if not resource["id"].startswith(f"{self.issuer_id}."):
            raise Refusal(403, "permissionDenied")
        if kind == "loyaltyObject" and resource["classId"] not in self.resources["loyaltyClass"]:
            raise Refusal(404, "classNotFound")
        return dict(resource)

    def _put(self, kind: str, resource: dict[str, Any]) -> dict[str, Any]:
        approved = {"reviewStatus": "APPROVED"} if kind == "loyaltyClass" else {"hasUsers": False}
        stored = {**resource, **approved} if kind == "loyaltyClass" else {**approved, **resource}
        self.resources[kind][resource["id"]] = stored
        self._keep()
        with self._arrived:
            name = resource["id"]
            self.changed_at[name] = max(self.now(), self.changed_at.get(name, 0) + 1)
            self._arrived.notify_all()
        return dict(stored)

    def _class(self, class_id: str) -> dict[str, Any]:
        return self.resources["loyaltyClass"].get(class_id, {})

    def _keep(self) -> None:
        if self.kept_at is not None:
            write_whole(self.kept_at, json.dumps(self.resources, ensure_ascii=False).encode())

    def _prescribed(self, method: str, kind: str) -> Prescribed | None:
        for place, each in enumerate(self.answers):
            if each.method in (method, "*") and each.kind in (kind, "*"):
                return self.answers.pop(place)
        return None


def start(
    account: rsa.RSAPublicKey,
    notary: Notary,
    *,
    issuer_id: str,
    port: int = 0,
    kept_at: Path | None = None,
    now: Callable[[], int] | None = None,
) -> WalletService:
    """Serve on 127.0.0.1 in threads of its own; port 0 takes a free one. Ready when it returns.

    kept_at: a JSON file in which classes and objects outlive a restart
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_address[1]}"
    clock = now or (lambda: time.time_ns() // 1_000_000)
    service = WalletService(url, issuer_id, account, TokenDesk(account, clock), notary, clock, kept_at)
    if kept_at is not None and kept_at.exists():
        service.resources = json.loads(kept_at.read_text())
    service._server = server
    server.service = service  # type: ignore[attr-defined]  # what its handlers ask
    threading.Thread(target=server.serve_forever, args=(0.05,), name="google-stand-in", daemon=True).start()
    return service
