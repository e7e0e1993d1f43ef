"""A throw-away certificate authority: papers that look like Apple's, for a laptop and for tests.

A root, an intermediate like Apple's Worldwide Developer Relations, and a pass type certificate whose user id is the
pass type and whose organisational unit is the team; beside them a root and a server certificate for the push
service's stand-in. Nothing here is trusted by any device.
"""

import ipaddress
import os
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chalicelib.errors import Broken
from chalicelib.passes.apple.der import der
from chalicelib.passes.apple.papers import PASS_SIGNING, PASS_TYPE_MARK
from chalicelib.passes.apple.signing import Signer

_UTF8_STRING = 0x0C
_LEAF_DAYS = 396  # 13 months, as Apple's
_ROOT_DAYS = 3650
_LEFT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Papers:
    """Where the PEM files lie.

    root: what a verifier trusts     intermediate, certificate, key: what signs passes and pushes
    push_root: what the pusher trusts     push_certificate, push_key: the push stand-in's own
    """

    root: Path
    intermediate: Path
    certificate: Path
    key: Path
    push_root: Path
    push_certificate: Path
    push_key: Path

    @classmethod
    def inside(cls, directory: Path) -> Self:
        return cls(*(directory / f"{field.name.replace('_', '-')}.pem" for field in fields(cls)))


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def ensure(directory: Path, *, pass_type: str, team: str, organisation: str, now: datetime | None = None) -> Papers:
    """The papers in `directory`, made when they are missing, for another pass type, or good for less than 30 days."""
    moment = now or datetime.now(UTC)
    papers = Papers.inside(directory)
    if not _are_good(papers, pass_type=pass_type, team=team, until=moment + timedelta(days=_LEFT_DAYS)):
        directory.mkdir(parents=True, exist_ok=True)
        _make(papers, pass_type=pass_type, team=team, organisation=organisation, now=moment)
    return papers


def _are_good(papers: Papers, *, pass_type: str, team: str, until: datetime) -> bool:
    if not all(getattr(papers, field.name).is_file() for field in fields(Papers)):
        return False
    try:
        Signer.load(
            papers.certificate.read_bytes(),
            papers.key.read_bytes(),
            papers.intermediate.read_bytes(),
            pass_type=pass_type,
            team=team,
            now=int(until.timestamp() * 1000),
        )
        server = x509.load_pem_x509_certificate(papers.push_certificate.read_bytes())
    except (Broken, ValueError):
        return False
    return server.not_valid_after_utc > until


def _make(papers: Papers, *, pass_type: str, team: str, organisation: str, now: datetime) -> None:
    root = _authority("Pass Laptop Root CA", None, now)
    relations = _authority("Worldwide Developer Relations of a Laptop", root, now, unit="G0")
    subject = _name(
        (NameOID.USER_ID, pass_type),
        (NameOID.COMMON_NAME, f"Pass Type ID: {pass_type}"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, team),
        (NameOID.ORGANIZATION_NAME, organisation),
    )
    key = _key()
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH, PASS_SIGNING]
    mark = x509.UnrecognizedExtension(PASS_TYPE_MARK, der(_UTF8_STRING, pass_type.encode()))
    certificate = _leaf(subject, key, relations, usages=usages, mark=mark, now=now)
    push_root = _authority("Push Laptop Root CA", None, now)
    push_key = _key()
    names = (
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    )
    server = [ExtendedKeyUsageOID.SERVER_AUTH]
    push_subject = _name((NameOID.COMMON_NAME, "localhost"))
    push_certificate = _leaf(push_subject, push_key, push_root, usages=server, names=names, now=now)
    for path, content in (
        (papers.root, _pem(root.certificate)),
        (papers.intermediate, _pem(relations.certificate)),
        (papers.certificate, _pem(certificate)),
        (papers.key, _key_pem(key)),
        (papers.push_root, _pem(push_root.certificate)),
        (papers.push_certificate, _pem(push_certificate)),
        (papers.push_key, _key_pem(push_key)),
    ):
        _write(path, content)


def _authority(name: str, issuer: _Authority | None, now: datetime, *, unit: str = "") -> _Authority:
    """A root (without an issuer), or an intermediate that may issue leaves only. `unit`: its generation."""
    key = _key()
    generation = ((NameOID.ORGANIZATIONAL_UNIT_NAME, unit),) if unit else ()
    subject = _name((NameOID.COMMON_NAME, name), *generation, (NameOID.ORGANIZATION_NAME, "Pointpass Laptop"))
    builder = (
        _builder(subject, key, issuer, now, _ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None if issuer is None else 0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
    )
    return _Authority(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _leaf(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: _Authority,
    *,
    usages: list[x509.ObjectIdentifier],
    names: tuple[x509.GeneralName, ...] = (),
    mark: x509.ExtensionType | None = None,
    now: datetime,
) -> x509.Certificate:
    builder = (
        _builder(subject, key, issuer, now, _LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if mark is not None:
        builder = builder.add_extension(mark, critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _builder(
    subject: x509.Name, key: rsa.RSAPrivateKey, issuer: _Authority | None, now: datetime, days: int
) -> x509.CertificateBuilder:
    issuer_key = issuer.key if issuer else key
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=not is_authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Readable by its owner only, and whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
