"""The signature of a pass: detached CMS over its manifest, by the pass type's certificate.

Apple: the signature is DER, detached, carries its signing time and the intermediate certificate; the certificate's
user id is the pass type and its organisational unit the team. A mismatch is the commonest reason why a phone refuses
a pass, silently, so it is refused here when the certificate is loaded.
Source: developer.apple.com/documentation/walletpasses/building-a-pass.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from chalicelib.errors import Broken
from chalicelib.events import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPTIONS = [
    pkcs7.PKCS7Options.DetachedSignature,
    pkcs7.PKCS7Options.Binary,  # else line feeds are rewritten and a manifest of several lines does not verify
    pkcs7.PKCS7Options.NoCapabilities,  # they are of use to mail programs only
]


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate, its key and its intermediate, loaded and checked once per container.

    ends_at: when the first of the two certificates expires; passes signed before stay good
    """

    pass_type: str
    team: str
    ends_at: Instant
    _certificate: x509.Certificate
    _key: rsa.RSAPrivateKey
    _intermediate: x509.Certificate

    @classmethod
    def load(
        cls, certificate_pem: bytes, key_pem: bytes, intermediate_pem: bytes, *, pass_type: str, team: str, now: Instant
    ) -> Self:
        """Read and check the three PEM files.

        Raises: Broken that says which file is unreadable, does not belong to the others, or is out of its time.
        """
        certificate = _certificate(certificate_pem, "certificate")
        intermediate = _certificate(intermediate_pem, "intermediate")
        _check_subject(certificate, NameOID.USER_ID, pass_type, "pass_type_is_not_the_certificates")
        _check_subject(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME, team, "team_is_not_the_certificates")
        try:
            certificate.verify_directly_issued_by(intermediate)
        except (ValueError, TypeError, InvalidSignature) as err:
            raise Broken("intermediate_did_not_issue_the_certificate") from err
        for each, which in ((certificate, "certificate"), (intermediate, "intermediate")):
            _check_time(each, which, now)
        ends_at = min(_instant(each.not_valid_after_utc) for each in (certificate, intermediate))
        return cls(pass_type, team, ends_at, certificate, _private_key(key_pem, certificate), intermediate)

    def sign(self, manifest: bytes) -> bytes:
        """The file `signature`, DER."""
        return (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(manifest)
            .add_signer(self._certificate, self._key, hashes.SHA256())
            .add_certificate(self._intermediate)
            .sign(serialization.Encoding.DER, _OPTIONS)
        )


def _certificate(pem: bytes, which: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as err:
        raise Broken("certificate_unreadable", which=which) from err


def _check_subject(certificate: x509.Certificate, oid: x509.ObjectIdentifier, wanted: str, reason: str) -> None:
    found = [str(part.value) for part in certificate.subject.get_attributes_for_oid(oid)]
    if found != [wanted]:
        raise Broken(reason, wanted=wanted, found=", ".join(found))


def _check_time(certificate: x509.Certificate, which: str, now: Instant) -> None:
    starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now >= _instant(ends):
        raise Broken("certificate_expired", which=which, ended=ends.date().isoformat())
    if now < _instant(starts):
        raise Broken("certificate_not_yet_valid", which=which, starts=starts.date().isoformat())


def _private_key(pem: bytes, certificate: x509.Certificate) -> rsa.RSAPrivateKey:
    """The key, proved by one signature that the certificate verifies.

    That shows more than the library's search for weak primes, which takes a hundred times as long at every start.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError) as err:
        raise Broken("key_unreadable") from err
    public = certificate.public_key()
    if not isinstance(key, rsa.RSAPrivateKey) or not isinstance(public, rsa.RSAPublicKey):
        raise Broken("key_is_not_rsa")
    probe = b"does this key belong to the certificate?"
    try:
        public.verify(key.sign(probe, padding.PKCS1v15(), hashes.SHA256()), probe, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError) as err:
        raise Broken("key_is_not_the_certificates") from err
    return key


def _instant(moment: datetime) -> Instant:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
