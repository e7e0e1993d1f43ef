"""A service account at Google, checked before anything relies on it.

Sources: developers.google.com/wallet/generic/getting-started/auth/rest (the account and its key; its e-mail is invited
as a user of the issuer); developers.google.com/wallet/reference/rest/v1/loyaltyclass/get;
developers.google.com/wallet/generic/test-and-go-live/request-publishing-access (demo mode).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from chalicelib.errors import Broken, TryAgain
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.tokens import AccessTokens
from chalicelib.services.ports import Clock

DEMO_MODE = (
    "See it at https://pay.google.com/business/console (Google Wallet API, Manage), or on a card: it begins with "
    "[TEST ONLY] until publishing access is granted"
)
_UNKNOWN_CLASS = "pointpass-never-made"
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    about: str
    is_good: bool
    says: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class GoogleAddresses:
    """Google's, or a stand-in's."""

    api_url: str
    token_url: str


def findings(
    issuer: str,
    key_file: str,
    addresses: GoogleAddresses,
    clock: Clock,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[Finding]:
    """The key file, the token and the right to the issuer's classes; it ends with the first that is not good."""
    try:
        account = ServiceAccount.load(key_file)
    except Broken:
        yield Finding("key file", False, "this is no key of a service account", "Make a JSON key for it, see setup")
        return
    yield Finding("key file", True, f"of {account.email}")
    with httpx.Client(timeout=_SECONDS, transport=transport, trust_env=False) as http:
        try:
            token = AccessTokens(account, addresses.token_url, http=http, clock=clock).token()
        except Broken:
            todo = "Was the key deleted, or is this computer's clock wrong? Make a new key of the account"
            yield Finding("token", False, "Google does not accept the key", todo)
            return
        except TryAgain as err:
            yield Finding("token", False, f"Google does not answer ({err.reason})", "Try again in a while")
            return
        yield Finding("token", True, "Google accepts the key")
        url = f"{addresses.api_url.rstrip('/')}/walletobjects/v1/loyaltyClass/{issuer}.{_UNKNOWN_CLASS}"
        yield _rights(issuer, account.email, lambda: http.get(url, headers={"Authorization": f"Bearer {token}"}))


def _rights(issuer: str, email: str, ask: Callable[[], httpx.Response]) -> Finding:
    """A class that is not there: whoever may see the issuer's classes hears just that."""
    try:
        status = ask().status_code
    except httpx.HTTPError as err:
        return Finding("issuer", False, f"Google does not answer ({type(err).__name__})", "Try again in a while")
    if status in (200, 404):
        return Finding("issuer", True, f"the account may use {issuer}")
    if status == 403:
        todo = (
            f"In the Google Pay & Wallet console, Users: invite {email} as Developer. Is the Google Wallet API enabled "
            "in its Cloud project, and is the issuer id right?"
        )
        return Finding("issuer", False, f"the account may not use {issuer}", todo)
    return Finding("issuer", False, f"Google answered with {status}", "Try again in a while")
