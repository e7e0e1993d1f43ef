"""The doctor looks at certificates, the push service and Google: each is spoiled once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openssl_authority import PASS_TYPE, Authority

from chalicelib.errors import TryAgain
from ops.accounts.google_account import Finding
from ops.accounts.papers import authorities, new_request, read_certificate, secret_of
from ops.doctor.wallets import check_certificates, check_google, check_push_service

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def papers(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A secret whose certificate is good for 365 days."""
    folder = tmp_path_factory.mktemp("papers")
    key, request = new_request(PASS_TYPE, "")
    (folder / "request").write_bytes(request)
    certificate = read_certificate(authority.signs(folder / "request", folder / "pass.cer").read_bytes())
    return {PASS_TYPE: json.dumps(secret_of(certificate, key, authorities(authority.folder)[1][0]))}


def states(papers: dict[str, str], now: datetime, folder: Path | None) -> dict[str, str]:
    return {row.about.partition(" ")[0]: row.state for row in check_certificates(papers, now, folder)}


@pytest.mark.parametrize(
    ("left", "state"), [(364, "good"), (61, "good"), (60, "look"), (30, "look"), (8, "look"), (7, "bad"), (-1, "bad")]
)
def test_certificate_is_told_60_30_and_7_days_before_its_end(
    papers: dict[str, str], authority: Authority, left: int, state: str
) -> None:
    ends = read_certificate(json.loads(papers[PASS_TYPE])["certificate"].encode()).not_valid_after_utc
    now = ends - timedelta(days=left, hours=1)
    found = states(papers, now, authority.folder)
    assert found == {"certificate": state, "intermediate": "good", "chain": "good"}


def test_the_last_month_is_urgent(papers: dict[str, str], authority: Authority) -> None:
    ends = read_certificate(json.loads(papers[PASS_TYPE])["certificate"].encode()).not_valid_after_utc
    todos = [
        next(iter(check_certificates(papers, ends - timedelta(days=left, hours=1), authority.folder))).todo
        for left in (31, 30)
    ]
    assert [todo.startswith("This week") for todo in todos] == [False, True]


def test_intermediate_that_ends_is_told_like_the_certificate(papers: dict[str, str], authority: Authority) -> None:
    ends = read_certificate(authority.intermediate.read_bytes()).not_valid_after_utc
    found = states(papers, ends - timedelta(days=40), authority.folder)
    assert (found["certificate"], found["intermediate"]) == ("bad", "look")


def test_chain_to_another_root_is_red(papers: dict[str, str], tmp_path: Path) -> None:
    other = Authority.made(tmp_path / "other", "Orange")
    assert states(papers, NOW, other.folder)["chain"] == "bad"


def test_a_laptops_own_chain_is_not_asked_for(papers: dict[str, str]) -> None:
    assert states(papers, NOW, None)["chain"] == "unasked"


def test_push_service_is_connected_to_at_its_port_and_nothing_more() -> None:
    opened: list[tuple[str, int]] = []
    rows = list(check_push_service("https://api.push.apple.com", lambda host, port: opened.append((host, port))))
    assert ([row.state for row in rows], opened) == (["good"], [("api.push.apple.com", 443)])


def test_push_service_that_does_not_answer_is_yellow() -> None:
    def refuse(host: str, port: int) -> None:
        raise TimeoutError

    rows = list(check_push_service("https://127.0.0.1:2197", refuse))
    assert [(row.state, row.says) for row in rows] == [("look", "127.0.0.1 does not answer (TimeoutError)")]


@dataclass(frozen=True)
class Objection:
    about: str
    reason: str
    words: str = ""


GOOD = [Finding("key file", True, "of a"), Finding("token", True, "yes"), Finding("issuer", True, "may")]


def google(found: Sequence[Finding], *flaws: Objection | TryAgain) -> list[tuple[str, str]]:
    def preflight(program: str) -> Sequence[Objection]:
        for flaw in flaws:
            if isinstance(flaw, TryAgain):
                raise flaw
        return [flaw for flaw in flaws if isinstance(flaw, Objection)]

    return [(row.about.removeprefix("Google "), row.state) for row in check_google(lambda: found, ["bean"], preflight)]


def test_google_that_takes_our_cards_is_good_and_demo_mode_is_always_said() -> None:
    assert google(GOOD) == [
        ("key file", "good"), ("token", "good"), ("issuer", "good"), ("card of bean", "good"), ("demo mode", "unasked"),
    ]  # fmt: skip


def test_finding_that_is_not_good_is_red() -> None:
    assert google([Finding("token", False, "no", "do")])[0] == ("token", "bad")


@pytest.mark.parametrize(
    "flaw", [Objection("card", "invalid", "Name is too long"), TryAgain("google_token_unavailable")]
)
def test_card_that_google_refuses_is_red(flaw: Objection | TryAgain) -> None:
    assert google(GOOD, flaw)[3] == ("card of bean", "bad")


def test_without_a_preflight_only_the_account_is_looked_at() -> None:
    rows = list(check_google(lambda: GOOD, ["bean"], None))
    assert [row.about for row in rows] == ["Google key file", "Google token", "Google issuer", "Google demo mode"]
