"""The papers that sign: what belongs together, and what a phone would refuse in silence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pass_samples import PASS_TYPE, TEAM

from chalicelib.errors import Broken
from chalicelib.passes.apple.papers import PASS_SIGNING, PASS_TYPE_MARK
from chalicelib.passes.apple.signing import Signer
from ops.laptop.authority import Papers, ensure


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """The papers of somebody else with the same names."""
    return ensure(tmp_path_factory.mktemp("stranger"), pass_type=PASS_TYPE, team=TEAM, organisation="Other")


def load(papers: Papers, *, stranger: Papers | None = None, swap: str = "", **spoiled: object) -> Signer:
    """Load the good papers, one of them swapped for the stranger's, one argument spoiled."""
    files = {
        name: getattr(stranger if name == swap else papers, name).read_bytes()
        for name in ("certificate", "key", "intermediate")
    }
    made = int(papers.certificate.stat().st_mtime * 1000)
    arguments = {"pass_type": PASS_TYPE, "team": TEAM, "now": made} | spoiled
    return Signer.load(files["certificate"], files["key"], files["intermediate"], **arguments)


def reason(papers: Papers, **arguments: object) -> Broken:
    with pytest.raises(Broken) as caught:
        load(papers, **arguments)
    return caught.value


def test_another_pass_type_is_refused_with_both_names(papers: Papers) -> None:
    error = reason(papers, pass_type="pass.example.other")
    assert error.reason == "pass_type_is_not_the_certificates"
    assert error.facts == {"wanted": "pass.example.other", "found": PASS_TYPE}


def test_another_team_is_refused(papers: Papers) -> None:
    assert reason(papers, team="OTHERTEAM1").reason == "team_is_not_the_certificates"


def test_an_intermediate_that_did_not_issue_the_certificate_is_refused(papers: Papers, stranger: Papers) -> None:
    error = reason(papers, stranger=stranger, swap="intermediate")
    assert error.reason == "intermediate_did_not_issue_the_certificate"  # of the right name, even


def test_a_key_of_another_certificate_is_refused(papers: Papers, stranger: Papers) -> None:
    assert reason(papers, stranger=stranger, swap="key").reason == "key_is_not_the_certificates"


def test_an_expired_certificate_is_refused_and_says_when(papers: Papers) -> None:
    leaf = x509.load_pem_x509_certificate(papers.certificate.read_bytes())
    ends = int(leaf.not_valid_after_utc.timestamp() * 1000)
    error = reason(papers, now=ends)
    assert error.reason == "certificate_expired"
    assert error.facts == {"which": "certificate", "ended": leaf.not_valid_after_utc.date().isoformat()}
    assert load(papers, now=ends - 1).ends_at == ends


def test_a_certificate_of_the_future_is_refused(papers: Papers) -> None:
    assert reason(papers, now=0).reason == "certificate_not_yet_valid"


@pytest.mark.parametrize("swap", ["certificate", "key", "intermediate"])
def test_a_file_that_is_no_pem_is_named(swap: str, papers: Papers, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN NOTHING-----\n")
    spoiled = replace(papers, **{swap: broken})
    error = reason(papers, stranger=spoiled, swap=swap)
    expected = ("key_unreadable", {}) if swap == "key" else ("certificate_unreadable", {"which": swap})
    assert (error.reason, error.facts) == expected


# --- what a phone demands of the certificate ------------------------------------------------------------------------

DAY = datetime(2026, 11, 22, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
USAGE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, PASS_SIGNING])


def mark(text: str) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(PASS_TYPE_MARK, b"\x0c" + bytes((len(text),)) + text.encode())


def relations(unit: str) -> x509.Name:
    """An intermediate of a generation."""
    name = x509.NameAttribute(NameOID.COMMON_NAME, "Worldwide Developer Relations")
    return x509.Name([name, x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)])


def signed(
    subject: x509.Name, issuer: x509.Name, extensions: Sequence[x509.ExtensionType] = (), public: object = None
) -> bytes:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public or KEY.public_key())  # type: ignore[arg-type]
    builder = builder.serial_number(1).not_valid_before(DAY).not_valid_after(DAY + timedelta(days=9))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def loaded(
    extensions: Sequence[x509.ExtensionType] = (USAGE, mark(PASS_TYPE)),
    *,
    issuer: str = "G4",
    intermediate: str = "G4",
    key: object = KEY,
    **more: object,
) -> Signer:
    """A good certificate and its papers, or spoiled ones."""
    parts = ((NameOID.USER_ID, PASS_TYPE), (NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM))
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])
    leaf = signed(subject, relations(issuer), extensions, **more)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = key.private_bytes(*form)  # type: ignore[attr-defined]
    above = signed(relations(intermediate), relations(intermediate))
    now = int((DAY + timedelta(days=1)).timestamp() * 1000)
    return Signer.load(leaf, pem, above, pass_type=PASS_TYPE, team=TEAM, now=now)


def test_a_good_certificate_is_taken() -> None:
    assert loaded().pass_type == PASS_TYPE


@pytest.mark.parametrize(
    ("extensions", "missing"),
    [
        ([mark(PASS_TYPE)], "usage"),
        ([x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), mark(PASS_TYPE)], "usage"),
        ([USAGE], "pass_type_mark"),
        ([USAGE, mark("pass.example.other")], "pass_type_mark"),
        ([USAGE, mark("")], "pass_type_mark"),
    ],
)
def test_a_certificate_for_something_else_is_refused(extensions: Sequence[x509.ExtensionType], missing: str) -> None:
    with pytest.raises(Broken) as caught:
        loaded(extensions)
    assert (caught.value.reason, caught.value.facts) == ("certificate_signs_no_passes", {"missing": missing})


@pytest.mark.parametrize(("issuer", "intermediate"), [("G4", "G1"), ("G6", "G4")])
def test_the_intermediate_must_be_of_the_generation_that_issued(issuer: str, intermediate: str) -> None:
    with pytest.raises(Broken) as caught:
        loaded(issuer=issuer, intermediate=intermediate)
    assert caught.value.reason == "intermediate_did_not_issue_the_certificate"
    assert caught.value.facts == {"wanted": issuer, "found": intermediate}


def test_a_certificate_with_a_key_of_another_kind_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(Broken, match="key_is_not_rsa"):
        loaded(key=key, public=key.public_key())
