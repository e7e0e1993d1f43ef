"""Keyed functions over personal data: blind indexes, sealed profiles, hashed codes.

Every key comes from one master key by HKDF (RFC 5869), each for one purpose. A profile is sealed under its member's
own random key (AES-256-GCM), and that key is stored wrapped: erasing the wrapped key makes every copy of the profile
unreadable, backups included. Program and member are bound to both, so that a row moved elsewhere does not open.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Broken
from chalicelib.store.passwords import CARE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12


@functools.cache
def _slow() -> Any:
    """argon2id. It is loaded where the first code is hashed: no webhook and no phone ever needs it."""
    from passlib.hash import argon2  # noqa: PLC0415

    return argon2.using(**CARE)


class Vault:
    """ports.Vault, and the sealing of profiles. `master`: 32 secret bytes."""

    def __init__(self, master: bytes) -> None:
        if len(master) != _KEY_BYTES:
            raise Broken("master_key_length", wanted=_KEY_BYTES, got=len(master))
        self._master = master
        self._index_key = functools.lru_cache(maxsize=256)(lambda program: _derived(master, f"blind index\0{program}"))

    def purpose_key(self, purpose: str) -> bytes:
        """32 secret bytes for a purpose outside the vault ("apple-authentication-token"); the same for ever."""
        return _derived(self._master, f"purpose\0{purpose}")

    def index(self, program: str, kind: str, value: str) -> str:
        return hmac.new(self._index_key(program), f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def digest(self, secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    def mark(self, purpose: str, text: str) -> str:
        return hmac.new(self.purpose_key(purpose), text.encode(), hashlib.sha256).hexdigest()

    def code_hash(self, code: str) -> str:
        hashed: str = _slow().hash(code)
        return hashed

    def code_matches(self, code: str, hashed: str) -> bool:
        matches: bool = _slow().verify(code, hashed)
        return matches

    def new_key(self, program: str, member: str) -> bytes:
        """A fresh data key for a member, wrapped."""
        return _seal(self._wrapping, os.urandom(_KEY_BYTES), _bound("key", program, member))

    def seal(self, program: str, member: str, wrapped: bytes, plain: bytes) -> bytes:
        """`plain` under the member's wrapped data key. Raises Broken when the key is not this member's."""
        return _seal(self._member_key(program, member, wrapped), plain, _bound("profile", program, member))

    def open(self, program: str, member: str, wrapped: bytes, sealed: bytes) -> bytes:
        """The inverse of `seal`. Raises Broken when anything was changed or belongs to somebody else."""
        return _open(self._member_key(program, member, wrapped), sealed, _bound("profile", program, member))

    def lock(self, program: str, text: str) -> str:
        return _seal(self._locking, text.encode(), _bound("locked", program, "")).hex()

    def unlock(self, program: str, locked: str) -> str:
        return _open(self._locking, bytes.fromhex(locked), _bound("locked", program, "")).decode()

    @functools.cached_property
    def _wrapping(self) -> AESGCM:
        return _cipher(_derived(self._master, "member keys"))

    @functools.cached_property
    def _locking(self) -> AESGCM:
        return _cipher(_derived(self._master, "locked texts"))

    def _member_key(self, program: str, member: str, wrapped: bytes) -> AESGCM:
        return _cipher(_open(self._wrapping, wrapped, _bound("key", program, member)))


def _cipher(key: bytes) -> AESGCM:
    """AES-256-GCM. It is loaded with the first profile or text that is sealed or opened: an index needs none of it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return AESGCM(key)


def _derived(master: bytes, purpose: str) -> bytes:
    """HKDF with SHA-256, no salt, and one block of output. Source: RFC 5869, 2.2 and 2.3."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), master, hashlib.sha256)
    return hmac.digest(extracted, f"pointpass/1/{purpose}\1".encode(), hashlib.sha256)


def _bound(what: str, program: str, member: str) -> bytes:
    return "\0".join((what, program, member)).encode()


def _seal(key: AESGCM, plain: bytes, bound: bytes) -> bytes:
    # The nonce is no argument: a repeated one would break GCM, so it is drawn where it is used.
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, bound)


def _open(key: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # loaded by now: there is a key

    try:
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except InvalidTag as err:
        raise Broken("sealed_data_does_not_open") from err
