"""A sender of activities in the manner of Standard Webhooks: the demo's reviews, and those of tests.

A secret is "whsec_" and base64 of 24 to 64 bytes, or "whsk_" and base64 of an Ed25519 private key, whose public half
the receiver knows. Whoever has the secret may be the sender.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ops.laptop.shopify_sender import Signed


def signature(secret: str, content: bytes) -> str:
    """One signature of the signed content, with its version."""
    if secret.startswith("whsk_"):
        seed = base64.b64decode(secret.removeprefix("whsk_"))[:32]
        return "v1a," + base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(content)).decode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


class StandardSender:
    """`secrets`: each signs every message, as during a change of keys. `clock` gives milliseconds since 1970 UTC."""

    def __init__(self, *secrets: str, clock: Callable[[], int], new_id: Callable[[], int]) -> None:
        self.secrets: Sequence[str] = secrets
        self._clock = clock
        self._new_id = new_id

    def activity(self, type_: str, object_: str, email: str) -> Signed:
        """Somebody did something: `type_` "review.created" to the thing `object_`."""
        happened = datetime.fromtimestamp(self._clock() / 1000, UTC).isoformat(timespec="milliseconds")
        data = {"id": f"act_{self._new_id()}", "customer": {"email": email}, "object": object_}
        return self.sign({"type": type_, "timestamp": happened.replace("+00:00", "Z"), "data": data})

    def sign(self, content: Mapping[str, object] | bytes, *, id_: str | None = None) -> Signed:
        """Any content as a delivery. The same message sent again keeps its id and is signed anew."""
        body = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
        said, seconds = id_ or f"msg_{self._new_id()}", str(self._clock() // 1000)
        signed = f"{said}.{seconds}.".encode() + body
        headers = {
            "Content-Type": "application/json",
            "webhook-id": said,
            "webhook-timestamp": seconds,
            "webhook-signature": " ".join(signature(secret, signed) for secret in self.secrets),
        }
        return Signed(headers, body)
