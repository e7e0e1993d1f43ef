"""What Google tells us when a card is saved or deleted: believed only with Google's signature (ECv2SigningOnly).

A root key signs an intermediate key, which signs the message. What is signed is a row of texts, each after the number
of its bytes: 4 bytes, the lowest first. Source: developers.google.com/pay/api/web/guides/resources/
payment-data-cryptography and .../use-callbacks-for-saves-and-deletions.
"""

import base64
from collections.abc import Iterable
from typing import Literal, Never, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.errors import Untrusted
from chalicelib.events import Instant
from chalicelib.passes.google.issuer import Issuer
from chalicelib.passes.google.keys import PROTOCOL, RootKeys, instant, public_key
from chalicelib.services.ports import Clock
from chalicelib.services.ports.google import DeletedTold, SavedTold, WalletTold

SENDER = "GooglePayPasses"
MOST_BYTES = 16_384
_MOST_SIGNATURES = 10
T = TypeVar("T", bound=msgspec.Struct)
_ALGORITHM = ec.ECDSA(hashes.SHA256())


class _IntermediateKey(msgspec.Struct, rename="camel"):
    signed_key: str
    signatures: list[str]


class _Envelope(msgspec.Struct, rename="camel"):
    signature: str
    intermediate_signing_key: _IntermediateKey
    protocol_version: str
    signed_message: str


class _SignedKey(msgspec.Struct, rename="camel"):
    key_value: str
    key_expiration: str


class _Message(msgspec.Struct, rename="camel"):
    class_id: str
    object_id: str
    event_type: Literal["save", "del"]
    exp_time_millis: int
    nonce: str


class Callbacks(msgspec.Struct, frozen=True):
    """Verifies messages to one issuer. `sender`: who signs, as it stands in what is signed."""

    issuer: Issuer
    keys: RootKeys
    clock: Clock
    sender: str = SENDER

    def verified(self, program: str, body: bytes) -> WalletTold:
        """What Google says of a card of `program`. Raises: Untrusted for everything else; TryAgain without keys."""
        if len(body) > MOST_BYTES:
            _refuse("google_message_too_long")
        envelope = _decoded(body, _Envelope)
        if envelope.protocol_version != PROTOCOL:
            _refuse("google_protocol_unknown")
        now = self.clock.now()
        key = self._intermediate(envelope, now)
        content = _framed(self.sender, self.issuer.id, PROTOCOL, envelope.signed_message)
        if not _is_signed(content, (envelope.signature,), (key,)):
            _refuse("google_signature_wrong")
        return self._told(program, _decoded(envelope.signed_message.encode(), _Message), now)

    def _intermediate(self, envelope: _Envelope, now: Instant) -> ec.EllipticCurvePublicKey:
        """The key that signs messages, if a root key vouches for it and it has not ended."""
        told = envelope.intermediate_signing_key
        content = _framed(self.sender, PROTOCOL, told.signed_key)
        if not _is_signed(content, told.signatures[:_MOST_SIGNATURES], self.keys.current()):
            _refuse("google_signature_wrong")
        signed = _decoded(told.signed_key.encode(), _SignedKey)
        key = public_key(signed.key_value)
        if key is None or instant(signed.key_expiration) <= now:
            _refuse("google_key_expired")
        return key

    def _told(self, program: str, message: _Message, now: Instant) -> WalletTold:
        if message.exp_time_millis <= now:
            _refuse("google_message_expired")
        serial = self.issuer.serial(message.object_id)
        if not self.issuer.is_class(message.class_id, program) or not serial or not message.nonce:
            _refuse("google_message_not_ours")
        kind = SavedTold if message.event_type == "save" else DeletedTold
        return kind(program, serial, message.nonce, message.exp_time_millis)


def _framed(*parts: str) -> bytes:
    """Each text as bytes, after their number."""
    try:
        encoded = [part.encode() for part in parts]
    except UnicodeEncodeError:
        _refuse("google_message_unreadable")
    return b"".join(len(part).to_bytes(4, "little") + part for part in encoded)


def _is_signed(content: bytes, signatures: Iterable[str], keys: Iterable[ec.EllipticCurvePublicKey]) -> bool:
    """Whether any of the keys made any of the signatures."""
    known = list(keys)
    return any(_is_by(key, signature, content) for signature in signatures for key in known)


def _is_by(key: ec.EllipticCurvePublicKey, signature: str, content: bytes) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), content, _ALGORITHM)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _refuse("google_message_unreadable")


def _refuse(reason: str) -> Never:
    raise Untrusted(reason) from None
