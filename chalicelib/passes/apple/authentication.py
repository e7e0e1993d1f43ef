"""How a phone proves that it holds a pass: "Authorization: ApplePass <token>".

The token is a keyed function of the serial, so that it is checked before anything is read, and an unknown serial
and a wrong token cost and answer the same.
"""

import hashlib
import hmac

_SCHEME = b"ApplePass "


def token_of(key: bytes, serial: str) -> str:
    """The authentication token of a pass: HMAC-SHA256 of its serial, hex. It never changes."""
    return hmac.digest(key, serial.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def is_genuine(authorization: str | None, key: bytes, serial: str) -> bool:
    """True when the header carries the token of `serial`; in constant time."""
    said = (authorization or "").encode("utf-8", "surrogatepass")
    wanted = _SCHEME + token_of(key, serial).encode("ascii")
    return hmac.compare_digest(said, wanted)
