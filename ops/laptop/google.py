"""A stand-in for Google Wallet: token endpoint, REST API, page that saves a card, root keys, callbacks.

It accepts what Google accepts and refuses the rest with Google's words, twenty requests a second at most. Source:
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
from ops.laptop.google_register import KINDS, Register
from ops.laptop.google_tokens import TokenDesk

PER_SECOND = 20
_DAY = 86_400_000

HANG_UP, SILENCE = 1, 2
"""Statuses in the list of answers: drop the connection; never answer."""


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What to answer to the next request that fits, instead of what is right. `does_it`: it is carried out anyway.

    kind: "loyaltyClass", "loyaltyObject", either of them with "/addMessage", "jwt/validate", or "*"
    """

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
    """

    url: str
    register: Register
    account: rsa.RSAPublicKey
    tokens: TokenDesk
    notary: Notary
    now: Callable[[], int]
    answers: list[Prescribed] = field(default_factory=list)
    calls: deque[tuple[str, str, int]] = field(default_factory=lambda: deque(maxlen=1_000))
    arrivals: list[int] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _server: ThreadingHTTPServer | None = None

    @property
    def issuer_id(self) -> str:
        return self.register.issuer_id

    @property
    def resources(self) -> dict[str, dict[str, dict[str, Any]]]:
        return self.register.resources

    @property
    def notices(self) -> list[tuple[str, int]]:
        return self.register.notices

    @property
    def changed_at(self) -> dict[str, int]:
        return self.register.changed_at

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
            return self.register.card(object_id)

    def wait_for(self, object_id: str, *, after: int, timeout: float) -> int | None:
        """When the object changed later than `after`; None when it does not within `timeout` seconds."""
        with self.register.changed:
            self.register.changed.wait_for(lambda: self.changed_at.get(object_id, 0) > after, timeout)
            changed = self.changed_at.get(object_id, 0)
        return changed if changed > after else None

    def save(self, token: str) -> str:
        """Somebody opened a save link and agreed; the object's id. Raises Refusal."""
        try:
            (asked,) = self._unsealed(token)["loyaltyObjects"]
        except (KeyError, ValueError, TypeError):
            raise Refusal(400, "invalidJwt") from None
        with self._lock:
            known = self.resources["loyaltyObject"].get(asked["id"])
            if known is None or known["classId"] != asked["classId"]:
                raise Refusal(404, "resourceNotFound")
            self.register.save(asked["id"], is_saved=True)
        self.tell(asked["id"], "save")
        return str(asked["id"])

    def delete(self, object_id: str) -> None:
        """The phone's owner deletes the card. The object stays, as it does at Google."""
        with self._lock:
            self.register.save(object_id, is_saved=False)
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
        last = name.rpartition("/")[2]
        called = f"{kind}/{last}" if last in ("addMessage", "validate") else kind
        with self._lock:
            try:
                told = self._answer(method, called, lambda: self._done(method, kind, name, body), token)
            except Refusal as refusal:
                self.calls.append((method, called, refusal.status))
                raise
            self.calls.append((method, called, 200))
            return told

    def stop(self) -> None:
        self.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, method: str, called: str, work: Callable[[], dict[str, Any]], token: str) -> dict[str, Any]:
        now = self.now()
        self.arrivals.append(now)
        prescribed = self._prescribed(method, called)
        if prescribed is not None and not prescribed.does_it:
            raise Refusal(prescribed.status, prescribed.reason)
        if not self.tokens.is_good(token):
            raise Refusal(401, "authError")
        if sum(at > now - 1_000 for at in self.arrivals[-2 * PER_SECOND :]) > PER_SECOND:
            raise Refusal(429, "rateLimitExceeded")
        told = work()
        if prescribed is not None:
            raise Refusal(prescribed.status, prescribed.reason)
        return told

    def _done(self, method: str, kind: str, name: str, body: Any) -> dict[str, Any]:
        if (method, kind, name) == ("POST", "jwt", "validate"):
            return self._validated(body)
        if kind not in KINDS:
            raise Refusal(404, "notFound")
        return self.register.done(method, kind, name, body)

    def _validated(self, body: Any) -> dict[str, Any]:
        """Whether a pass could be saved; nothing is kept. Raises Refusal."""
        match body:
            case {"jsonResource": {"json": str(text)}} if len(body) == 1:
                told = json.loads(text)
                self.register.check_payload(told.get("payload", told) if isinstance(told, dict) else told)
            case {"jwtResource": {"jwt": str(token)}} if len(body) == 1:
                self.register.check_payload(self._unsealed(token))
            case _:
                raise Refusal(400, "badRequest", "either a JSON or a JWT")
        return {}

    def _unsealed(self, token: str) -> Any:
        """What a token of the account carries. Raises Refusal."""
        try:
            claims = jwt.decode(token, self.account, algorithms=["RS256"], audience="google", issuer=EMAIL)
        except jwt.PyJWTError:
            raise Refusal(400, "invalidJwt") from None
        if claims.get("typ") != "savetowallet":
            raise Refusal(400, "invalidJwt")
        return claims.get("payload")

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
    register = Register.open(issuer_id, clock, kept_at)
    service = WalletService(url, register, account, TokenDesk(account, clock), notary, clock)
    service._server = server
    server.service = service  # type: ignore[attr-defined]  # what its handlers ask
    threading.Thread(target=server.serve_forever, args=(0.05,), name="google-stand-in", daemon=True).start()
    return service
