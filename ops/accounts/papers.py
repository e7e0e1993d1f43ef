"""The papers of a pass type: a key and a request made without a Mac, and what Apple answers, checked to the root.

Sources: developer.apple.com/help/account/capabilities/create-wallet-identifiers-and-certificates;
developer.apple.com/help/account/reference/wwdr-intermediate-certificates; RFC 2986 (the request).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.passes.apple.signing import Signer

AUTHORITIES = Path(__file__).parent / "authorities"
_KEY_BITS = 2048
"""Apple takes no other length for a pass type. Source: developer.apple.com/help/account/certificates."""
_FILE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose certificate it is. team: Apple's ten characters     number: its serial number, in hexadecimal"""

    pass_type: str
    team: str
    number: str
    starts: datetime
    ends: datetime

    def days_left(self, now: datetime) -> int:
        """Whole days; negative when it has expired."""
        return (self.ends - now) // timedelta(days=1)


def new_request(pass_type: str, email: str) -> tuple[bytes, bytes]:
    """A fresh key and the request to be signed, both PEM. Apple writes the subject anew; the name is for people."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = [x509.NameAttribute(NameOID.COMMON_NAME, pass_type[:64])]
    name += [x509.NameAttribute(NameOID.EMAIL_ADDRESS, email)] if email else []
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(name)).sign(key, hashes.SHA256())
    plain_key = key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return plain_key, request.public_bytes(Encoding.PEM)


def read_certificate(data: bytes) -> x509.Certificate:
    """A certificate as Apple's site hands it out (DER), or as PEM. Raises Broken."""
    if len(data) > _FILE_BYTES:
        raise Broken("certificate_unreadable")
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as err:
        raise Broken("certificate_unreadable") from err


def subject_of(certificate: x509.Certificate) -> Subject:
    """Raises Broken for a certificate that is not a pass type's."""
    pass_type, team = (
        ", ".join(str(part.value) for part in certificate.subject.get_attributes_for_oid(oid))
        for oid in (NameOID.USER_ID, NameOID.ORGANIZATIONAL_UNIT_NAME)
    )
    if not pass_type.startswith("pass.") or not team:
        raise Broken("not_of_a_pass_type")
    starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return Subject(pass_type, team, f"{certificate.serial_number:x}", starts, ends)


def authorities(folder: Path) -> tuple[Sequence[x509.Certificate], Sequence[x509.Certificate]]:
    """The roots and the intermediates in a folder of PEM files."""
    known = [read_certificate(path.read_bytes()) for path in sorted(folder.glob("*.pem"))]
    return [each for each in known if each.issuer == each.subject], [e for e in known if e.issuer != e.subject]


def intermediate_of(certificate: x509.Certificate, folder: Path, given: bytes | None = None) -> x509.Certificate:
    """The certificate that issued this one, itself issued by a root that phones trust.

    given: an intermediate that is not in the folder yet
    Raises: Broken (no_intermediate with the issuer's name, not_of_apples_root, intermediate_expired).
    """
    roots, known = authorities(folder)
    for candidate in [read_certificate(given)] if given is not None else known:
        if _issued(certificate, candidate):
            if not any(_issued(candidate, root) for root in roots):
                raise Broken("not_of_apples_root", issuer=candidate.subject.rfc4514_string())
            return candidate
    raise Broken("no_intermediate", issuer=certificate.issuer.rfc4514_string())


def secret_of(certificate: x509.Certificate, key: bytes, intermediate: x509.Certificate) -> dict[str, str]:
    """What the stage's secret holds."""
    pems = {"certificate": certificate, "intermediate": intermediate}
    return {name: each.public_bytes(Encoding.PEM).decode() for name, each in pems.items()} | {"key": key.decode()}


def proved(secret: Mapping[str, str], *, pass_type: str, team: str, now: datetime) -> None:
    """Load papers as the house does when it starts: the key signs, the certificate verifies, all are in their time.

    Raises: Broken that says what is wrong.
    """
    pems = [secret[name].encode() for name in ("certificate", "key", "intermediate")]
    Signer.load(*pems, pass_type=pass_type, team=team, now=_instant(now))


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _instant(moment: datetime) -> Instant:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
