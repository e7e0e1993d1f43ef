"""The token that proves to the push service who pushes, where a team uses a push key (.p8) instead of a certificate.

A token is good for an hour, and the service refuses a new one within twenty minutes of the last. Source:
developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns.
"""

import base64
import threading
from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from chalicelib.errors import Broken
from chalicelib.events import Instant

_MINUTE: Instant = 60_000
FRESH, STALE = 20 * _MINUTE, 50 * _MINUTE
"""Younger than the first, a token is never replaced; older than the second, always."""


class ProviderToken:
    """The token of one team's push key, used again for as long as it is good."""

    def __init__(self, key_pem: bytes, *, key_id: str, team: str) -> None:
        """Raises Broken for a key that is not Apple's kind."""
        try:
            key = serialization.load_pem_private_key(key_pem, password=None)
        except (ValueError, TypeError) as err:
            raise Broken("push_key_unreadable") from err
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise Broken("push_key_is_not_p_256")
        self._key = key
        self._key_id = key_id
        self._team = team
        self._made: tuple[Instant, str] | None = None
        self._turn = threading.Lock()

    def at(self, now: Instant) -> str:
        """The token to show at `now`."""
        with self._turn:
            if self._made is None or not self._made[0] <= now < self._made[0] + STALE:
                self._made = now, self._signed(now)
            return self._made[1]

    def refused(self, now: Instant) -> None:
        """The service takes the token for expired: another one is made, unless it would be the second too soon."""
        with self._turn:
            if self._made is not None and now >= self._made[0] + FRESH:
                self._made = None

    def _signed(self, now: Instant) -> str:
        head = {"alg": "ES256", "kid": self._key_id}
        said = f"{_text(head)}.{_text({'iss': self._team, 'iat': now // 1000})}"
        r, s = decode_dss_signature(self._key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{said}.{_base64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _text(part: Mapping[str, str | int]) -> str:
    return _base64(msgspec.json.encode(part))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
