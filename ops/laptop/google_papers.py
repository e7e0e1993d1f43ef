"""Throw-away keys that stand in for Google's: the service account's, and those that sign callbacks."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ops.laptop.home import write_whole

EMAIL = "cards@pointpass-laptop.iam.gserviceaccount.example"
PROTOCOL = "ECv2SigningOnly"
SENDER = "GooglePayPasses"
_YEAR = 365 * 86_400_000


def service_account(path: Path) -> Path:
    """The key file of a service account at `path`, made when it is missing."""
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        pem = _pem(key)
        write_whole(path, json.dumps({"client_email": EMAIL, "private_key": pem, "private_key_id": "laptop"}).encode())
    return path


def account_public_key(path: Path) -> rsa.RSAPublicKey:
    """What the stand-in knows of the account."""
    key = serialization.load_pem_private_key(json.loads(path.read_text())["private_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.public_key()


@dataclass(frozen=True, slots=True)
class Notary:
    """Signs what Google tells, as Google does: a root key vouches for an intermediate key, which signs the message."""

    root: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    intermediate: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def ensure(cls, path: Path) -> "Notary":
        """The keys kept at `path`, made when they are missing."""
        if not path.exists():
            fresh = cls()
            write_whole(path, json.dumps([_pem(fresh.root), _pem(fresh.intermediate)]).encode())
        root, intermediate = (
            serialization.load_pem_private_key(pem.encode(), None) for pem in json.loads(path.read_text())
        )
        assert isinstance(root, ec.EllipticCurvePrivateKey)
        assert isinstance(intermediate, ec.EllipticCurvePrivateKey)
        return cls(root, intermediate)

    def published(self, now: int) -> dict[str, Any]:
        """The list of root keys, as it stands at Google's address."""
        key = {"keyValue": public_text(self.root), "protocolVersion": PROTOCOL, "keyExpiration": str(now + _YEAR)}
        return {"keys": [key]}

    def signed(
        self,
        message: Mapping[str, Any],
        *,
        issuer_id: str,
        key_expires: int,
        sender: str = SENDER,
    ) -> dict[str, Any]:
        """A callback's body. `key_expires`: when the intermediate key ends, in milliseconds."""
        key = json.dumps({"keyValue": public_text(self.intermediate), "keyExpiration": str(key_expires)})
        said = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        return {
            "signature": signature(self.intermediate, sender, issuer_id, PROTOCOL, said),
            "intermediateSigningKey": {
                "signedKey": key,
                "signatures": [signature(self.root, sender, PROTOCOL, key)],
            },
            "protocolVersion": PROTOCOL,
            "signedMessage": said,
        }


def signature(key: ec.EllipticCurvePrivateKey, *parts: str) -> str:
    """Base64 of a signature over the parts, each after the number of its bytes."""
    encoded = [part.encode() for part in parts]
    content = b"".join(len(part).to_bytes(4, "little") + part for part in encoded)
    return base64.b64encode(key.sign(content, ec.ECDSA(hashes.SHA256()))).decode()


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """Base64 of the public key in DER."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
