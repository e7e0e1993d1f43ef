"""The signature, judged by openssl and compared with the one that the cryptography library makes."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st
from pass_samples import FACE, PASS_TYPE, TEAM, files_of, openssl_verify

from chalicelib.errors import Broken
from chalicelib.passes.apple.der import der, integer, oid, set_of
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.signing import Signer
from ops.laptop.authority import Papers, ensure

TOOLS = pytest.mark.parametrize("tool", ["smime", "cms"])
SIGNED_AT = 1_795_350_000_000  # 22 November 2026, 12:20:00 UTC
MANIFEST = b'{\n  "icon.png": "00"\n}\n'


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """Papers of the last day of 2049."""
    made = datetime(2049, 12, 31, 12, tzinfo=UTC)
    folder = tmp_path_factory.mktemp("long-lived")
    return ensure(folder, pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee GmbH", now=made)


def signer_of(papers: Papers, now: int) -> Signer:
    pems = [path.read_bytes() for path in (papers.certificate, papers.key, papers.intermediate)]
    return Signer.load(*pems, pass_type=PASS_TYPE, team=TEAM, now=now)


def made_at(papers: Papers) -> int:
    return int(papers.certificate.stat().st_mtime * 1000)


def printed(tool: str, folder: Path, data: bytes) -> str:
    """How openssl reads DER: "asn1parse", or "cms", as a whole structure."""
    (folder / "data").write_bytes(data)
    command = {"asn1parse": ["asn1parse"], "cms": ["cms", "-cmsout", "-print", "-noout"]}[tool]
    command = ["openssl", *command, "-inform", "DER", "-in", "data"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout


@TOOLS
def test_openssl_verifies_the_signature(tool: str, issuer: Issuer, papers: Papers, tmp_path: Path) -> None:
    files = files_of(issuer.issue(FACE, "s1"))
    arguments = {"signature": files["signature"], "content": files["manifest.json"], "root": papers.root}
    assert openssl_verify(tool, tmp_path, **arguments) == 0


@TOOLS
def test_one_flipped_bit_of_the_manifest_fails(tool: str, issuer: Issuer, papers: Papers, tmp_path: Path) -> None:
    files = files_of(issuer.issue(FACE, "s1"))
    spoiled = bytearray(files["manifest.json"])
    spoiled[len(spoiled) // 2] ^= 1
    arguments = {"signature": files["signature"], "content": bytes(spoiled), "root": papers.root}
    assert openssl_verify(tool, tmp_path, **arguments) != 0


@TOOLS
def test_one_flipped_bit_of_the_signing_time_fails(tool: str, papers: Papers, tmp_path: Path) -> None:
    signature = signer_of(papers, made_at(papers)).sign(MANIFEST, made_at(papers))
    time = re.search(rb"\x17\x0d\d{12}Z", signature.partition(b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05")[2])
    assert time is not None
    spoiled = signature.replace(time[0], time[0][:-2] + bytes((time[0][-2] ^ 1, time[0][-1])))
    assert openssl_verify(tool, tmp_path, signature=spoiled, content=MANIFEST, root=papers.root) != 0


@TOOLS
def test_a_signature_without_the_intermediate_fails(tool: str, papers: Papers, tmp_path: Path) -> None:
    whole = signer_of(papers, made_at(papers)).sign(MANIFEST, made_at(papers))
    (tmp_path / "whole").write_bytes(whole)
    certificate = x509.load_pem_x509_certificate(papers.certificate.read_bytes())
    key = serialization.load_pem_private_key(papers.key.read_bytes(), None)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(MANIFEST).add_signer(certificate, key, hashes.SHA256())
    signature = builder.sign(serialization.Encoding.DER, options)
    assert openssl_verify(tool, tmp_path, signature=signature, content=MANIFEST, root=papers.root) != 0
    assert openssl_verify(tool, tmp_path, signature=whole, content=MANIFEST, root=papers.root) == 0


def test_the_signature_is_the_librarys_but_for_its_time(papers: Papers, tmp_path: Path) -> None:
    """Byte for byte: both put a SET OF in its one order."""
    signer = signer_of(papers, made_at(papers))
    checked = signer.papers
    builder = pkcs7.PKCS7SignatureBuilder().set_data(MANIFEST)
    builder = builder.add_signer(checked.certificate, checked.key, hashes.SHA256())
    options = [getattr(pkcs7.PKCS7Options, name) for name in ("DetachedSignature", "Binary", "NoCapabilities")]
    theirs = builder.add_certificate(checked.intermediate).sign(serialization.Encoding.DER, options)
    at = re.search(r"UTCTIME\s+:(\d{12}Z)", printed("asn1parse", tmp_path, theirs).rpartition("signingTime")[2])
    assert at is not None
    moment = datetime.strptime(at[1] + "+0000", "%y%m%d%H%M%SZ%z")
    assert signer.sign(MANIFEST, int(moment.timestamp() * 1000)) == theirs


def test_the_signature_is_detached_sha_256_and_dated_by_the_clock(papers: Papers, tmp_path: Path) -> None:
    now = made_at(papers)
    told = printed("cms", tmp_path, signer_of(papers, now).sign(MANIFEST, now))
    assert "eContent: <ABSENT>" in told
    assert re.search(r"digestAlgorithm:\s+algorithm: sha256", told)
    expected = datetime.fromtimestamp(now // 1000, UTC).strftime("%b %e %H:%M:%S %Y GMT")
    assert re.search(r"signingTime.*?UTCTIME:(.*?)\n", told, re.DOTALL)[1] == expected


@TOOLS
def test_from_2050_on_the_year_has_four_digits(tool: str, long_lived: Papers, tmp_path: Path) -> None:
    last, first = (int(datetime(*day, tzinfo=UTC).timestamp() * 1000) for day in ((2049, 12, 31, 23), (2050, 1, 1)))
    signer = signer_of(long_lived, last)
    for now, expected in ((last, "UTCTIME:Dec 31 23:00:00 2049"), (first, "GENERALIZEDTIME:Jan  1 00:00:00 2050")):
        signature = signer.sign(MANIFEST, now)
        assert expected in printed("cms", tmp_path, signature)
        (tmp_path / "manifest.json").write_bytes(MANIFEST)
        (tmp_path / "signature").write_bytes(signature)
        command = ["openssl", tool, "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content"]
        command += ["manifest.json", "-CAfile", str(long_lived.root), "-purpose", "any", "-out", "verified"]
        command += ["-attime", str(now // 1000)]
        assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_nothing_is_signed_once_a_certificate_has_expired(papers: Papers) -> None:
    signer = signer_of(papers, made_at(papers))
    assert signer.sign(MANIFEST, signer.ends_at - 1)
    with pytest.raises(Broken, match="certificate_expired"):
        signer.sign(MANIFEST, signer.ends_at)


@pytest.mark.parametrize("dotted", ["1.2.840.113549.1.7.2", "2.16.840.1.101.3.4.2.1", "0.9.2342.19200300.100.1.1"])
def test_openssl_reads_our_object_identifiers(dotted: str, tmp_path: Path) -> None:
    command = ["openssl", "asn1parse", "-genstr", f"OID:{dotted}", "-out", "expected", "-noout"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert oid(dotted) == (tmp_path / "expected").read_bytes()


@settings(max_examples=20)
@given(st.integers(0, 2**160))
def test_openssl_reads_our_numbers(number: int) -> None:
    command = ["openssl", "asn1parse", "-inform", "DER"]
    told = subprocess.run(command, input=integer(number), capture_output=True, check=True).stdout.decode()
    assert int(told.rpartition(":")[2], 16) == number


@pytest.mark.parametrize("length", [0, 127, 128, 255, 256, 65_535, 65_536])
def test_openssl_reads_our_lengths(length: int, tmp_path: Path) -> None:
    told = printed("asn1parse", tmp_path, der(0x30, der(0x04, bytes(length))))
    assert re.findall(r" l=\s*(\d+)", told)[1] == str(length)


def test_a_set_has_one_order() -> None:
    members = (integer(300), integer(2), integer(1))
    assert set_of(*members) == set_of(*reversed(members)) == bytes.fromhex("310a020101020102") + integer(300)
