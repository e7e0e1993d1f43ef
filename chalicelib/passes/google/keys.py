"""Google's root keys, by which its messages are known. Kept until the first of them ends, and no longer than a day.

Source: developers.google.com/wallet/retail/loyalty-cards/use-cases/use-callbacks-for-saves-and-deletions.
"""

import base64
import threading
from collections.abc import Sequence

import httpx
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.services.ports import Clock

KEYS_URL = "https://pay.google.com/gp/m/issuer/keys"
PROTOCOL = "ECv2SigningOnly"
_DAY = 86_400_000  # a key that Google takes back is forgotten by then


class _Key(msgspec.Struct, rename="camel"):
    key_value: str
    protocol_version: str = ""
    key_expiration: str = ""


class _Keys(msgspec.Struct):
    keys: list[_Key]


class RootKeys:
    """The keys at an address; threads may share them."""

    def __init__(self, url: str = KEYS_URL, *, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._http = httpx.Client(timeout=httpx.Timeout(3.0, connect=1.0), follow_redirects=False, trust_env=False)
        self._lock = threading.Lock()
        self._kept: tuple[ec.EllipticCurvePublicKey, ...] = ()
        self._good_until: Instant = 0

    def current(self) -> Sequence[ec.EllipticCurvePublicKey]:
        """The keys that have not ended. Raises TryAgain when they cannot be had."""
        with self._lock:
            now = self._clock.now()
            if now >= self._good_until:
                self._kept, self._good_until = self._fetched(now)
            return self._kept

    def close(self) -> None:
        self._http.close()

    def _fetched(self, now: Instant) -> tuple[tuple[ec.EllipticCurvePublicKey, ...], Instant]:
        try:
            response = self._http.get(self._url)
            told = msgspec.json.decode(response.raise_for_status().content, type=_Keys)
        except (httpx.HTTPError, msgspec.DecodeError) as err:
            raise TryAgain("google_keys_unavailable", cause=type(err).__name__) from None
        alive = [
            (key, ends)
            for each in told.keys
            if each.protocol_version == PROTOCOL
            and (ends := instant(each.key_expiration)) > now
            and (key := public_key(each.key_value)) is not None
        ]
        if not alive:
            raise TryAgain("google_keys_unavailable", cause="none")
        return tuple(key for key, _ in alive), min(now + _DAY, *(ends for _, ends in alive))


def public_key(value: str) -> ec.EllipticCurvePublicKey | None:
    """A key of the curve P-256 from its base64 of DER; None for anything else."""
    try:
        key = serialization.load_der_public_key(base64.b64decode(value, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    is_fitting = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return key if isinstance(key, ec.EllipticCurvePublicKey) and is_fitting else None


def instant(text: str) -> Instant:
    """Milliseconds written as digits; 0, which is long over, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
