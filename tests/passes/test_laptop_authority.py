"""The throw-away papers of a laptop look like Apple's and are renewed in time."""

import subprocess
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pass_samples import PASS_TYPE, TEAM

from ops.laptop.authority import Papers, ensure

MADE = datetime(2026, 11, 22, 12, tzinfo=UTC)


def made(folder: Path, *, team: str = TEAM, now: datetime = MADE) -> tuple[Papers, bytes]:
    papers = ensure(folder, pass_type=PASS_TYPE, team=team, organisation="Bean Street Coffee GmbH", now=now)
    return papers, papers.certificate.read_bytes()


def openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True, text=True).stdout


def test_papers_are_made_once(tmp_path: Path) -> None:
    assert made(tmp_path) == made(tmp_path, now=MADE + timedelta(days=300))


def test_papers_that_end_within_thirty_days_are_renewed(tmp_path: Path) -> None:
    _, first = made(tmp_path)
    assert made(tmp_path, now=MADE + timedelta(days=396 - 31))[1] == first
    assert made(tmp_path, now=MADE + timedelta(days=396 - 29))[1] != first


def test_papers_of_another_team_are_made_anew(tmp_path: Path) -> None:
    assert made(tmp_path)[1] != made(tmp_path, team="OTHERTEAM1")[1]


@pytest.mark.parametrize("name", ["root", "key", "push_certificate"])
def test_a_lost_or_spoiled_paper_makes_all_of_them_anew(name: str, tmp_path: Path) -> None:
    papers, first = made(tmp_path)
    getattr(papers, name).unlink()
    assert made(tmp_path)[1] != first
    papers.intermediate.write_text("spoiled")
    made(tmp_path)
    assert papers.intermediate.read_text().startswith("-----BEGIN CERTIFICATE")


def test_the_pass_certificate_names_type_and_team_as_apples_does(papers: Papers) -> None:
    subject = openssl("x509", "-in", str(papers.certificate), "-noout", "-subject", "-nameopt", "RFC2253")
    assert f"UID={PASS_TYPE}" in subject
    assert f"OU={TEAM}" in subject
    text = openssl("x509", "-in", str(papers.certificate), "-noout", "-text")
    assert "TLS Web Client Authentication, 1.2.840.113635.100.4.14" in text


def test_openssl_follows_both_chains(papers: Papers) -> None:
    chain = ["-x509_strict", "-CAfile", str(papers.root), "-untrusted", str(papers.intermediate)]
    assert "OK" in openssl("verify", *chain, str(papers.certificate))
    server = ["-x509_strict", "-purpose", "sslserver", "-verify_ip", "127.0.0.1", "-CAfile", str(papers.push_root)]
    assert "OK" in openssl("verify", *server, str(papers.push_certificate))


def test_papers_are_for_their_owner_only(papers: Papers) -> None:
    assert {getattr(papers, field.name).stat().st_mode & 0o777 for field in fields(papers)} == {0o600}
