"""The signature of a pass: detached CMS over its manifest, by the pass type's certificate.

Apple: the signature is DER, detached, carries its signing time and the intermediate certificate. All of it but three
values is the same for every pass of a pass type, so it is made once: the manifest's digest and the signing time are
put between the prepared parts, and the key signs them.
Source: developer.apple.com/documentation/walletpasses/building-a-pass; RFC 5652 5.1 (SignedData), 5.3 (SignerInfo),
5.4 (what is signed), 11 (the attributes).
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Self

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.events import Instant
from chalicelib.passes.apple.der import (
    CONTEXT_0,
    GENERALIZED_TIME,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    SET,
    UTC_TIME,
    der,
    integer,
    oid,
    set_of,
)
from chalicelib.passes.apple.papers import Papers

_DATA = oid("1.2.840.113549.1.7.1")
_SHA_256 = der(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"), NULL)
_RSA = der(SEQUENCE, oid("1.2.840.113549.1.1.1"), NULL)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_2050 = (datetime(2050, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_SHORT_TIME, _LONG_TIME = (UTC_TIME, 13), (GENERALIZED_TIME, 15)
_PADDING, _HASH = padding.PKCS1v15(), hashes.SHA256()


class _Form(msgspec.Struct, frozen=True):
    """A whole signature with three gaps: the signing time, the manifest's digest, and what the key makes of both."""

    head: bytes
    to_time: bytes
    to_digest: bytes
    tail: bytes

    @classmethod
    def for_time(cls, papers: Papers, tag: int, length: int) -> Self:
        """The form for times of that kind and length: it is made with zeros in the gaps, and cut there."""
        time, digest, signature = bytes(length), bytes(32), bytes(papers.key.key_size // 8)
        signed = _attributes(der(tag, time), digest)
        whole = _signed_data(papers, signed, signature)
        to_time, _, to_digest = signed.removesuffix(digest).rpartition(time)
        head, _, rest = whole.partition(signed[1:])
        return cls(head, to_time, to_digest, rest.removesuffix(signature))


class Signer(msgspec.Struct, frozen=True):
    """Checked papers, and the parts of a signature that never change."""

    papers: Papers
    _until_2050: _Form
    _from_2050: _Form

    @classmethod
    def load(
        cls, certificate_pem: bytes, key_pem: bytes, intermediate_pem: bytes, *, pass_type: str, team: str, now: Instant
    ) -> Self:
        """Read and check the three PEM files.

        Raises: Broken that says which file is unreadable, does not belong to the others, or is out of its time.
        """
        papers = Papers.read(certificate_pem, key_pem, intermediate_pem, pass_type=pass_type, team=team)
        papers.check_time(now)
        return cls.of(papers)

    @classmethod
    def of(cls, papers: Papers) -> Self:
        """Prepare what does not change."""
        early, late = (_Form.for_time(papers, tag, length) for tag, length in (_SHORT_TIME, _LONG_TIME))
        return cls(papers, early, late)

    @property
    def pass_type(self) -> str:
        return self.papers.pass_type

    @property
    def team(self) -> str:
        return self.papers.team

    @property
    def ends_at(self) -> Instant:
        """When the first of the two certificates expires; passes signed before stay good."""
        return self.papers.ends_at

    def sign(self, manifest: bytes, now: Instant) -> bytes:
        """The file `signature`, DER, signed at `now`. Raises Broken when a certificate is out of its time by then."""
        self.papers.check_time(now)
        form = self._until_2050 if now < _2050 else self._from_2050
        signed = form.to_time + _time(now // 1000) + form.to_digest + hashlib.sha256(manifest).digest()
        # RFC 5652 5.4: what is signed begins with SET, what is sent with [0]; the rest of the bytes are the same.
        return form.head + signed[1:] + form.tail + self.papers.key.sign(signed, _PADDING, _HASH)


def _attributes(time: bytes, digest: bytes) -> bytes:
    """The signed attributes, in the one order that a SET OF has. The digest is the last of their bytes."""
    return set_of(
        der(SEQUENCE, oid("1.2.840.113549.1.9.3"), der(SET, _DATA)),
        der(SEQUENCE, oid("1.2.840.113549.1.9.5"), der(SET, time)),
        der(SEQUENCE, oid("1.2.840.113549.1.9.4"), der(SET, der(OCTET_STRING, digest))),
    )


def _signed_data(papers: Papers, signed: bytes, signature: bytes) -> bytes:
    """The whole structure. signed: the attributes as a SET"""
    certificates = (each.public_bytes(Encoding.DER) for each in (papers.certificate, papers.intermediate))
    signer = der(
        SEQUENCE,
        integer(1),
        der(SEQUENCE, papers.certificate.issuer.public_bytes(), integer(papers.certificate.serial_number)),
        _SHA_256,
        bytes((CONTEXT_0,)) + signed[1:],
        _RSA,
        der(OCTET_STRING, signature),
    )
    content = der(
        SEQUENCE,
        integer(1),
        der(SET, _SHA_256),
        der(SEQUENCE, _DATA),
        set_of(*certificates, tag=CONTEXT_0),
        der(SET, signer),
    )
    return der(SEQUENCE, oid("1.2.840.113549.1.7.2"), der(CONTEXT_0, content))


@lru_cache(maxsize=2)
def _time(second: int) -> bytes:
    """A signing time. Source: RFC 5652 11.3: two digits of the year until 2049, four from then on."""
    moment = _EPOCH + timedelta(seconds=second)
    return moment.strftime("%y%m%d%H%M%SZ" if second * 1000 < _2050 else "%Y%m%d%H%M%SZ").encode()
