"""The Wallet REST API: classes and objects are inserted once and patched ever after.

Source: developers.google.com/wallet/reference/rest. Every answer has its reaction: not there -> insert; there -> patch;
the token is refused -> one new one; somebody else changed it -> read again; the notifications of the day are used up
-> the same without one. No call goes out faster than the pace that all workers keep together.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from chalicelib.errors import Broken, TryAgain
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.answers import Ask, Heard, heard, unheard
from chalicelib.passes.google.tokens import AccessTokens
from chalicelib.services.ports import Clock
from chalicelib.services.ports.google import Pace, WalletAnswer, WalletReaction

API_URL = "https://walletobjects.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
PER_SECOND = 20
"""Google's limit for one issuer (developers.google.com/wallet/generic/resources/faq)."""

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 3.0
TURN_MILLISECONDS = 2_000
"""Longer than this nobody waits for a turn: the work goes back to the queue."""

CALLS = 6
"""At most for one class or object: insert, patch, read, patch, and one more of two for a new token or silence."""

Body = Mapping[str, Any]


class WalletClient:
    """Calls of one issuer. Make one per container; threads may share it.

    api_url, token_url: Google's or a stand-in's      pace: kept with all other workers
    wait: sleeps so many seconds
    """

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
        self._http = httpx.Client(
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS), follow_redirects=False, trust_env=False
        )
        self._tokens = AccessTokens(account, token_url, http=self._http, clock=clock)

    def put(self, kind: str, body: Body, *, is_known: bool, is_notice: bool = False) -> WalletAnswer:
        """Make what Google has equal to `body`. Never raises for what Google answers.

        kind: "loyaltyClass" or "loyaltyObject"     is_known: it was there the last time
        is_notice: notify the phone's owner of what a patch changes
        """
        try:
            return self._put(kind, body, Ask.PATCH if is_known else Ask.INSERT, is_notice)
        except TryAgain as err:
            return WalletAnswer(WalletReaction.LATER, err.reason)
        except Broken as err:
            return WalletAnswer(WalletReaction.STOP, err.reason)

    def close(self) -> None:
        self._http.close()

    def _put(self, kind: str, body: Body, step: Ask, is_notice: bool) -> WalletAnswer:
        token = self._tokens.token()
        done: set[Ask] = set()  # what was asked or tried: nothing goes round in circles
        last = Heard(Ask.LATER, "too_many_changes")
        is_silenced = False
        for _ in range(CALLS):
            last = self._call(step, kind, body, token, is_notice and not is_silenced)
            match last.ask:
                case Ask.ACCEPTED if step is Ask.READ:
                    step = Ask.PATCH
                case Ask.ACCEPTED:
                    return WalletAnswer(WalletReaction.DONE, "", is_silenced=is_silenced)
                case Ask.RENEW if Ask.RENEW not in done:
                    token = self._tokens.token(instead_of=token)
                case Ask.SILENCE if is_notice and not is_silenced:
                    is_silenced = True
                case Ask.INSERT if step is not Ask.INSERT and Ask.INSERT not in done:
                    step = Ask.INSERT
                case Ask.INSERT if step is Ask.INSERT and kind == "loyaltyObject":
                    return WalletAnswer(WalletReaction.NO_CLASS, last.reason)
                case Ask.PATCH if step is Ask.INSERT and Ask.PATCH not in done:
                    step = Ask.PATCH
                case Ask.PATCH | Ask.READ if Ask.READ not in done:
                    step = Ask.READ
                case _:
                    break
            done |= {last.ask, step}
        return _given_up(last, step)

    def _call(self, step: Ask, kind: str, body: Body, token: str, is_notice: bool) -> Heard:
        """One request, when its turn has come."""
        turn = self._pace.turn(self._clock.now(), within=TURN_MILLISECONDS)
        if turn is None:
            return Heard(Ask.LATER, "pace")
        if turn:
            self._wait(turn / 1_000)
        url = f"{self._url}/{kind}"
        one = f"{url}/{quote(str(body['id']), safe='')}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            match step:
                case Ask.INSERT:
                    present = {name: value for name, value in body.items() if value is not None}
                    return heard(self._http.post(url, content=msgspec.json.encode(present), headers=headers))
                case Ask.READ:
                    return heard(self._http.get(one, headers=headers))
                case _:
                    told = {**body, "notifyPreference": "NOTIFY_ON_UPDATE"} if is_notice else body
                    return heard(self._http.patch(one, content=msgspec.json.encode(told), headers=headers))
        except httpx.HTTPError as err:
            lost = unheard(err)
            return replace(lost, may_have_happened=False) if step is Ask.READ else lost


def _given_up(last: Heard, step: Ask) -> WalletAnswer:
    """It keeps changing under us: later. A class that cannot be inserted because something is missing: our mistake."""
    is_later = last.ask in (Ask.LATER, Ask.READ, Ask.PATCH) or (last.ask is Ask.INSERT and step is not Ask.INSERT)
    reaction = WalletReaction.LATER if is_later else WalletReaction.STOP
    return WalletAnswer(reaction, last.reason, may_have_happened=last.may_have_happened)
