"""The service account: who we are to Google, and the key that says so.

Source: developers.google.com/identity/protocols/oauth2/service-account; RFC 7515 (the signature), RFC 7519 (claims).
"""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from chalicelib.errors import Broken


class _KeyFile(msgspec.Struct):
    """The JSON file that Google hands out with a new key."""

    client_email: str
    private_key: str
    private_key_id: str = ""


class ServiceAccount(msgspec.Struct, frozen=True):
    """Signs in the account's name. Made once per container: loading a key checks it, which takes 60 ms."""

    email: str
    key_id: str
    _key: rsa.RSAPrivateKey

    def __repr__(self) -> str:
        return f"ServiceAccount({self.email!r}, {self.key_id!r})"

    @classmethod
    def load(cls, key_file: str) -> "ServiceAccount":
        """From the text of the key file. Raises Broken."""
        try:
            told = msgspec.json.decode(key_file, type=_KeyFile)
            key = serialization.load_pem_private_key(told.private_key.encode(), None)
        except (msgspec.DecodeError, ValueError, TypeError):
            raise Broken("google_account_unreadable") from None  # the cause may quote the key
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Broken("google_account_unreadable")
        return cls(told.client_email, told.private_key_id, key)

    def signed(self, claims: Mapping[str, Any]) -> str:
        """The claims as a JSON web token, RS256."""
        header = {"alg": "RS256", "typ": "JWT"} | ({"kid": self.key_id} if self.key_id else {})
        content = f"{_encoded(msgspec.json.encode(header))}.{_encoded(msgspec.json.encode(claims))}"
        signature = self._key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{content}.{_encoded(signature)}"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
