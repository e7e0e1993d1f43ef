"""One request after the other to the Wallet REST API: signed with a token, and never faster than the common pace."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx
import msgspec

from chalicelib import trace
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.answers import Ask, Heard, heard, unheard
from chalicelib.passes.google.tokens import AccessTokens
from chalicelib.services.ports import Clock
from chalicelib.services.ports.google import Pace

API_URL = "https://walletobjects.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 3.0
TURN_MILLISECONDS = 2_000
"""Longer than this nobody waits for a turn: the work goes back to the queue."""

Body = Mapping[str, Any]
Method = Literal["GET", "POST", "PATCH"]


class Line:
    """To Google or a stand-in. Make one per container; threads may share it. `wait`: sleeps so many seconds."""

    def __init__(
        self,
        account: ServiceAccount,
        *,
        pace: Pace,
        clock: Clock,
        api_url: str = API_URL,
        token_url: str = TOKEN_URL,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = f"{api_url.rstrip('/')}/walletobjects/v1"
        self._pace = pace
        self._clock = clock
        self._wait = wait
        self.http = httpx.Client(
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS), follow_redirects=False, trust_env=False
        )
        self._tokens = AccessTokens(account, token_url, http=self.http, clock=clock)

    def talk(self) -> "Talk":
        """Begin one. Raises: TryAgain, Broken (the account is not accepted)."""
        return Talk(self, self._tokens.token())

    def renewed(self, token: str) -> str:
        """Another token than one that Google has just refused. Raises: TryAgain, Broken."""
        return self._tokens.token(instead_of=token)

    def send(self, method: Method, path: str, body: Body | None, token: str) -> Heard:
        """One request, when its turn has come. Raises TryAgain when turns cannot be had at all."""
        turn = self._pace.turn(self._clock.now(), within=TURN_MILLISECONDS)
        if turn is None:
            return Heard(Ask.LATER, "pace")
        if turn:
            self._wait(turn / 1_000)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        known = trace.current()
        if known is not None:
            headers["X-Request-Id"] = trace.shown_outside(known)
        content = None if body is None else msgspec.json.encode(body)
        try:
            return heard(self.http.request(method, f"{self._url}/{path}", content=content, headers=headers))
        except httpx.HTTPError as err:
            lost = unheard(err)
            return msgspec.structs.replace(lost, may_have_happened=False) if method == "GET" else lost


class Talk:
    """Requests that belong together. A refused token is renewed once in all of them."""

    def __init__(self, line: Line, token: str) -> None:
        self._line = line
        self._token = token
        self._is_renewed = False

    def ask(self, method: Method, path: str, body: Body | None = None) -> Heard:
        """`path`: below the API's own. Raises: TryAgain, Broken."""
        answer = self._line.send(method, path, body, self._token)
        if answer.ask is not Ask.RENEW or self._is_renewed:
            return answer
        self._is_renewed = True
        self._token = self._line.renewed(self._token)
        return self._line.send(method, path, body, self._token)
