"""The package and its signature, judged by openssl and by Python's zip reader."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given
from hypothesis import strategies as st
from pass_samples import FACE, IDENTITY, PASS_TYPE, TEAM, TOKEN_KEY, files_of, openssl_verify, pass_json

from chalicelib.errors import Broken
from chalicelib.passes.apple.archive import Archive
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.fields import content_of
from chalicelib.passes.apple.images import pictures
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.package import build, prepare
from chalicelib.passes.apple.signing import Signer
from chalicelib.passes.apple.texts import words
from ops.laptop.authority import Papers, ensure

TOOLS = pytest.mark.parametrize("tool", ["smime", "cms"])


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
def test_a_signature_without_the_intermediate_fails(tool: str, papers: Papers, tmp_path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(papers.certificate.read_bytes())
    key = serialization.load_pem_private_key(papers.key.read_bytes(), None)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"{}").add_signer(certificate, key, hashes.SHA256())
    signature = builder.sign(serialization.Encoding.DER, options)
    assert openssl_verify(tool, tmp_path, signature=signature, content=b"{}", root=papers.root) != 0


def test_a_manifest_of_several_lines_verifies(signer: Signer, papers: Papers, tmp_path: Path) -> None:
    manifest = b'{\n  "icon.png": "00"\n}\n'
    assert openssl_verify("cms", tmp_path, signature=signer.sign(manifest), content=manifest, root=papers.root) == 0


def test_the_signature_is_detached_dated_and_sha_256(issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "signature").write_bytes(files_of(issuer.issue(FACE, "s1"))["signature"])
    command = ["openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "signature"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True).stdout
    assert "signingTime" in printed
    assert "eContent: <ABSENT>" in printed
    assert re.search(r"digestAlgorithm:\s+algorithm: sha256", printed)


def test_the_manifest_has_the_sha_1_of_every_other_file(issuer: Issuer) -> None:
    files = files_of(issuer.issue(FACE, "s1"))
    rest = {name: data for name, data in files.items() if name not in ("manifest.json", "signature")}
    assert json.loads(files["manifest.json"]) == {name: hashlib.sha1(data).hexdigest() for name, data in rest.items()}


def test_the_package_holds_what_a_store_card_needs(issuer: Issuer) -> None:
    sharp = {f"{kind}{scale}.png" for kind in ("icon", "logo", "strip") for scale in ("", "@2x", "@3x")}
    strings = {"en.lproj/pass.strings", "ru.lproj/pass.strings"}
    assert set(files_of(issuer.issue(FACE, "s1"))) == sharp | strings | {"pass.json", "manifest.json", "signature"}


def test_a_program_without_pictures_gets_the_neutral_ones(issuer: Issuer) -> None:
    files = files_of(issuer.issue(replace(FACE, program="corner-shop"), "s1"))
    assert files["icon@3x.png"] == pictures("default")["icon@3x.png"] != pictures("bean-street")["icon@3x.png"]


@pytest.mark.parametrize("program", ["..", "../default", "", "bean-street/", "BEAN"])
def test_a_program_name_never_leads_out_of_the_pictures(program: str) -> None:
    assert pictures(program) == pictures("default")


def test_the_pictures_are_small() -> None:
    assert sum(len(data) for program in ("bean-street", "default") for data in pictures(program).values()) < 60_000


def test_members_are_stored_and_equal_content_gives_equal_bytes() -> None:
    files = (("a/b.txt", b"one"), ("c.txt", b""))
    whole = Archive().plus(*files).closed()
    assert whole == Archive().plus(files[0]).plus(files[1]).closed()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=300), max_size=9))
def test_any_files_are_read_back(files: dict[str, bytes]) -> None:
    assert files_of(Archive().plus(*files.items()).closed()) == files


def test_each_card_has_its_own_serial_and_token(issuer: Issuer) -> None:
    first, second = (pass_json(issuer.issue(FACE, serial)) for serial in ("s1", "s2"))
    assert (first["serialNumber"], second["serialNumber"]) == ("s1", "s2")
    assert first["authenticationToken"] == token_of(TOKEN_KEY, "s1") != second["authenticationToken"]


def test_a_pass_of_another_type_is_not_signed(signer: Signer) -> None:
    said = words(FACE.names, FACE.languages, "en")
    content = content_of(FACE, replace(IDENTITY, pass_type="pass.example.other"), said, news="points")
    with pytest.raises(Broken, match="passTypeIdentifier"):
        build(prepare(pictures("bean-street"), said.tables), content, signer)


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
    assert error.reason == "intermediate_did_not_issue_the_certificate"


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
