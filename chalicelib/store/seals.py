"""Seals in S3, signed. The bucket keeps every version of an object, and nobody may write one over.

Keys: <program>/<yyyy-mm-dd>.json, a signed seal; <program>/<yyyy-mm-dd>/<sealed at>/<part>.z, a portion of its leaves.
"""

import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import Instant
from chalicelib.ledger.seals import Leaf, Seal, Signed, read_leaf
from chalicelib.store.aws import Client, error_code


class Objects(Protocol):
    """A bucket in which nothing is ever written over."""

    def read(self, key: str) -> bytes | None: ...

    def write(self, key: str, body: bytes) -> bool:
        """False when there is such an object already."""

    def keys(self, starts: str) -> Sequence[str]:
        """Sorted."""


class S3Objects:
    """Objects of a bucket."""

    def __init__(self, client: Client, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, key: str) -> bytes | None:
        answer = self._call("get_object", "NoSuchKey", Key=key)
        return None if answer is None else bytes(answer["Body"].read())

    def write(self, key: str, body: bytes) -> bool:
        return self._call("put_object", "PreconditionFailed", Key=key, Body=body, IfNoneMatch="*") is not None

    def keys(self, starts: str) -> Sequence[str]:
        keys: list[str] = []
        more: dict[str, str] = {}
        while True:
            answer = self._call("list_objects_v2", "", Prefix=starts, **more) or {}
            keys += [found["Key"] for found in answer.get("Contents", ())]
            if not answer.get("IsTruncated"):
                return sorted(keys)
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def _call(self, operation: str, foreseen: str, **arguments: Any) -> dict[str, Any] | None:
        """The answer; None when it is the error that was foreseen."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # see aws.py

        try:
            return self._client.call(operation, Bucket=self._bucket, **arguments)
        except (ClientError, BotoCoreError) as err:
            if error_code(err) == foreseen:
                return None
            raise TryAgain("seals_unavailable", cause=error_code(err)) from err


class SignedSeals:
    """ports.Seals. `secret`: 32 bytes that make the Ed25519 key (RFC 8032)."""

    def __init__(self, objects: Objects, *, secret: bytes) -> None:
        self._objects = objects
        self._secret = secret

    def days(self, program: str) -> Sequence[str]:
        starts = f"{quote(program, safe='')}/"
        names = (key.removeprefix(starts) for key in self._objects.keys(starts))
        return [name.removesuffix(".json") for name in names if name.endswith(".json")]

    def signed(self, program: str, day: str) -> Signed | None:
        body = self._objects.read(f"{_folder(program, day)}.json")
        if body is None:
            return None
        try:
            return msgspec.json.decode(body, type=Signed)
        except msgspec.MsgspecError as err:
            raise Broken("unreadable_seal") from err

    def leaves(self, seal: Seal) -> Iterator[Leaf]:
        for key in self._objects.keys(f"{_folder(seal.program, seal.day)}/{seal.at}/"):
            body = self._objects.read(key)
            try:
                lines = zlib.decompress(body or b"").decode("ascii").splitlines()
            except (zlib.error, UnicodeDecodeError) as err:
                raise Broken("unreadable_leaves") from err
            yield from map(read_leaf, lines)

    def put_leaves(self, program: str, day: str, at: Instant, part: int, leaves: Sequence[Leaf]) -> None:
        body = zlib.compress("".join(f"{leaf.text}\n" for leaf in leaves).encode("ascii"))
        self._objects.write(f"{_folder(program, day)}/{at}/{part:06d}.z", body)

    def put(self, seal: Seal) -> Signed | None:
        signed = Signed(seal.text, self._key.sign(seal.text), self._public)
        is_first = self._objects.write(f"{_folder(seal.program, seal.day)}.json", msgspec.json.encode(signed))
        return signed if is_first else None

    def is_signed(self, signed: Signed) -> bool:
        try:
            self._key.public_key().verify(signed.signature, signed.text)
        except InvalidSignature:
            return False
        return signed.key == self._public

    @property
    def public_key(self) -> str:
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._secret)

    @cached_property
    def _public(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _folder(program: str, day: str) -> str:
    return f"{quote(program, safe='')}/{day}"
