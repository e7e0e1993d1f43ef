"""The token endpoint of the stand-in for Google: access tokens for a signed claim.

Source: developers.google.com/identity/protocols/oauth2/service-account#httprest; RFC 7523.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from ops.laptop.google_http import Refusal
from ops.laptop.google_papers import EMAIL

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LONGEST_SECONDS = 3_600
_CLOCKS_DIFFER_SECONDS = 300


@dataclass(slots=True)
class TokenDesk:
    """`granted`: tokens and when they end, in milliseconds     seconds: how long a new one lives"""

    account: rsa.RSAPublicKey
    now: Callable[[], int]
    seconds: int = _LONGEST_SECONDS
    granted: dict[str, int] = field(default_factory=dict)

    def grant(self, form: Mapping[str, str], *, audience: str) -> dict[str, Any]:
        """A new token. Raises Refusal."""
        if form.get("grant_type") != _GRANT:
            raise Refusal(400, "unsupported_grant_type")
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self.account,
                algorithms=["RS256"],
                audience=audience,
                issuer=EMAIL,
                # The stand-in's own clock decides below.
                options={"require": ["exp", "iat"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            raise Refusal(400, "invalid_grant") from None
        seconds = self.now() // 1_000
        is_current = claims["iat"] - _CLOCKS_DIFFER_SECONDS <= seconds < claims["exp"]
        if not is_current or claims["exp"] - claims["iat"] > _LONGEST_SECONDS:
            raise Refusal(400, "invalid_grant")
        if claims.get("scope") != SCOPE:
            raise Refusal(400, "invalid_scope")
        token = secrets.token_urlsafe(24)
        self.granted[token] = self.now() + self.seconds * 1_000
        return {"access_token": token, "expires_in": self.seconds, "token_type": "Bearer"}

    def is_good(self, token: str) -> bool:
        return self.granted.get(token, 0) > self.now()
