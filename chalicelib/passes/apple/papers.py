"""The papers of a pass type: its certificate, the key to it and Apple's intermediate, read and checked.

A phone refuses a pass with the wrong papers and says nothing, so they are refused here, before anything is signed.
What a phone demands of the certificate: the user id is the pass type, the organisational unit the team, the usage is
that of pass signing, and a mark of Apple's own holds the pass type once more. Which intermediate belongs to it is read
from the certificate: Apple has several generations, told apart by their organisational unit ("G4").
Sources: github.com/apple-oss-distributions/Security SecPolicyPriv.h, SecPolicyCreatePassbookCardSigner;
developer.apple.com/help/account/reference/wwdr-intermediate-certificates.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Self

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from chalicelib.errors import Broken
from chalicelib.events import Instant

PASS_SIGNING = x509.ObjectIdentifier("1.2.840.113635.100.4.14")
PASS_TYPE_MARK = x509.ObjectIdentifier("1.2.840.113635.100.6.1.16")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PEM_BYTES = 65_536


class Papers(msgspec.Struct, frozen=True):
    """A certificate, its intermediate and its key, which belong together.

    times: "certificate" and "intermediate" -> the instants from which and until which it is good
    """

    pass_type: str
    team: str
    certificate: x509.Certificate
    intermediate: x509.Certificate
    key: rsa.RSAPrivateKey
    times: Mapping[str, tuple[Instant, Instant]]

    @classmethod
    def read(
        cls, certificate_pem: bytes, key_pem: bytes, intermediate_pem: bytes, *, pass_type: str, team: str
    ) -> Self:
        """Read and check the three PEM files; what their time is, is asked of `check_time`.

        Raises: Broken that says which file is unreadable or does not belong to the others.
        """
        certificate = _certificate(certificate_pem, "certificate")
        intermediate = _certificate(intermediate_pem, "intermediate")
        _check_subject(certificate, NameOID.USER_ID, pass_type, "pass_type_is_not_the_certificates")
        _check_subject(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME, team, "team_is_not_the_certificates")
        _check_purpose(certificate, pass_type)
        _check_issuer(certificate, intermediate)
        times = {
            which: (_instant(each.not_valid_before_utc), _instant(each.not_valid_after_utc))
            for which, each in (("certificate", certificate), ("intermediate", intermediate))
        }
        return cls(pass_type, team, certificate, intermediate, _private_key(key_pem, certificate), times)

    @property
    def ends_at(self) -> Instant:
        """When the first of the two certificates expires; passes signed before stay good."""
        return min(ends for _, ends in self.times.values())

    def check_time(self, now: Instant) -> None:
        """Raises Broken that says which certificate is out of its time."""
        for which, (starts, ends) in self.times.items():
            if now >= ends:
                raise Broken("certificate_expired", which=which, ended=_day(ends))
            if now < starts:
                raise Broken("certificate_not_yet_valid", which=which, starts=_day(starts))


def _certificate(pem: bytes, which: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem[:_PEM_BYTES])
    except ValueError as err:
        raise Broken("certificate_unreadable", which=which) from err


def _check_subject(certificate: x509.Certificate, oid: x509.ObjectIdentifier, wanted: str, reason: str) -> None:
    found = _named(certificate.subject, oid)
    if found != [wanted]:
        raise Broken(reason, wanted=wanted, found=", ".join(found))


def _named(name: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(part.value) for part in name.get_attributes_for_oid(oid)]


def _check_purpose(certificate: x509.Certificate, pass_type: str) -> None:
    """A certificate of the same team for something else (pushes to an app) signs no passes."""
    extensions = _extensions(certificate)
    try:
        usages = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound as err:
        raise Broken("certificate_signs_no_passes", missing="usage") from err
    if PASS_SIGNING not in usages:
        raise Broken("certificate_signs_no_passes", missing="usage")
    try:
        mark = extensions.get_extension_for_oid(PASS_TYPE_MARK).value
    except x509.ExtensionNotFound as err:
        raise Broken("certificate_signs_no_passes", missing="pass_type_mark") from err
    text = mark.value[2:] if isinstance(mark, x509.UnrecognizedExtension) else b""  # behind its tag and length
    if text != pass_type.encode():
        raise Broken("certificate_signs_no_passes", missing="pass_type_mark")


def _extensions(certificate: x509.Certificate) -> x509.Extensions:
    try:
        return certificate.extensions
    except ValueError as err:
        raise Broken("certificate_unreadable", which="certificate") from err


def _check_issuer(certificate: x509.Certificate, intermediate: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(intermediate)
    except (ValueError, TypeError, InvalidSignature) as err:
        wanted, found = _generation(certificate.issuer), _generation(intermediate.subject)
        raise Broken("intermediate_did_not_issue_the_certificate", wanted=wanted, found=found) from err


def _generation(name: x509.Name) -> str:
    """Which of Apple's intermediates: "G4"; its whole name where there is no such word, as in the first one."""
    return ", ".join(_named(name, NameOID.ORGANIZATIONAL_UNIT_NAME)) or ", ".join(_named(name, NameOID.COMMON_NAME))


def _private_key(pem: bytes, certificate: x509.Certificate) -> rsa.RSAPrivateKey:
    """The key, proved by one signature that the certificate verifies.

    That shows more than the library's search for weak primes, which takes a hundred times as long at every start.
    """
    try:
        key = serialization.load_pem_private_key(pem[:_PEM_BYTES], password=None, unsafe_skip_rsa_key_validation=True)
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


def _day(instant: Instant) -> str:
    return (_EPOCH + timedelta(milliseconds=instant)).date().isoformat()
