"""The access token that every call to the Wallet API carries: bought with a signed claim, kept until it is old.

Source: developers.google.com/identity/protocols/oauth2/service-account#httprest; RFC 7523.
"""

import threading

import httpx
import msgspec

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import Instant
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.services.ports import Clock

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CLAIM_SECONDS = 3_600  # Google refuses longer ones
_MARGIN_SECONDS = 120  # a token is not used in its last minutes: a call takes a while, and clocks differ


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: int = _CLAIM_SECONDS


class AccessTokens:
    """Tokens of one service account; threads may share it.

    url: Google's token endpoint or a stand-in; it is the claim's audience, too
    """

    def __init__(self, account: ServiceAccount, url: str, *, http: httpx.Client, clock: Clock) -> None:
        self._account = account
        self._url = url
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until: Instant = 0

    def token(self, *, instead_of: str = "") -> str:
        """A token that is good for a while. `instead_of`: one that Google has just refused.

        Raises: TryAgain, Broken (the account is not accepted).
        """
        with self._lock:
            now = self._clock.now()
            if self._token in ("", instead_of) or now >= self._good_until:
                granted = self._buy(now)
                self._token = granted.access_token
                self._good_until = now + max(0, granted.expires_in - _MARGIN_SECONDS) * 1_000
            return self._token

    def _buy(self, now: Instant) -> _Granted:
        issued = now // 1_000
        claims = {
            "iss": self._account.email,
            "scope": SCOPE,
            "aud": self._url,
            "iat": issued,
            "exp": issued + _CLAIM_SECONDS,
        }
        form = {"grant_type": _GRANT, "assertion": self._account.signed(claims)}
        try:
            response = self._http.post(self._url, data=form)
        except httpx.HTTPError as err:
            raise TryAgain("google_token_unavailable", cause=type(err).__name__) from None
        if response.status_code == 429 or response.status_code >= 500:
            raise TryAgain("google_token_unavailable", status=response.status_code)
        if response.status_code != 200:
            raise Broken("google_account_refused", status=response.status_code)
        try:
            return msgspec.json.decode(response.content, type=_Granted)
        except msgspec.DecodeError:
            raise TryAgain("google_token_unavailable", cause="unreadable") from None
