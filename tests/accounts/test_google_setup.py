"""Google's account is checked before its key is kept; Google is played by a transport that answers what it would."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rich.console import Console
from secret_stand_in import Vaultful
from stand_ins import NOON, HandClock

from ops.accounts import google_account, place
from ops.accounts.google_account import Finding, GoogleAddresses
from ops.command import main

ISSUER, SECRET = "3388000000000000001", "pointpass-dev-google"  # a name
AT = GoogleAddresses("https://wallet.example", "https://token.example/token")
WHERE = ("--secret", SECRET, "--region", "eu-central-1")


@pytest.fixture(scope="module")
def key_file() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return json.dumps({"client_email": "cards@example.iam.gserviceaccount.com", "private_key": pem})


def answering(token: int = 200, rights: int = 404) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "token.example":
            return httpx.Response(token, json={"access_token": "t", "expires_in": 3600})
        if request.headers["Authorization"] != "Bearer t" or f"/loyaltyClass/{ISSUER}." not in request.url.path:
            return httpx.Response(400)
        return httpx.Response(rights)

    return httpx.MockTransport(answer)


def found(key_file: str, transport: httpx.BaseTransport) -> list[Finding]:
    return list(google_account.findings(ISSUER, key_file, AT, HandClock(NOON), transport))


def test_account_that_may_use_the_issuer_is_good(key_file: str) -> None:
    assert [(each.about, each.is_good) for each in found(key_file, answering())] == [
        ("key file", True), ("token", True), ("issuer", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoiled", "about", "todo"),
    [
        ({"token": 400}, "token", "clock wrong"),
        ({"token": 503}, "token", "Try again"),
        ({"rights": 403}, "issuer", "invite cards@example.iam.gserviceaccount.com as Developer"),
        ({"rights": 500}, "issuer", "Try again"),
    ],
)
def test_looking_ends_with_what_is_wrong_and_says_what_to_do(
    key_file: str, spoiled: dict[str, int], about: str, todo: str
) -> None:
    last = found(key_file, answering(**spoiled))[-1]
    assert (last.about, last.is_good, todo in last.todo) == (about, False, True)


@pytest.mark.parametrize("text", ["{}", "garbage", '{"client_email": "e", "private_key": "k"}'])
def test_file_that_is_no_key_is_not_sent_anywhere(text: str) -> None:
    assert [(each.about, each.is_good) for each in found(text, httpx.MockTransport(lambda request: 1 / 0))] == [
        ("key file", False)
    ]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, Vaultful]]:
    def typed(*words: str, google: httpx.BaseTransport) -> tuple[Result, Vaultful]:
        store = Vaultful()
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("ops.accounts.google.place_of", lambda stage, *, region: place.Place(store))
        monkeypatch.setattr("ops.accounts.google._GOOGLE", AT)
        monkeypatch.setattr("ops.accounts.google.findings", partial(google_account.findings, transport=google))
        monkeypatch.setattr("ops.accounts.google._screen", Console(width=300, force_terminal=False))
        return CliRunner().invoke(main, ["google", "setup", *words], catch_exceptions=False), store

    return typed


Run = Callable[..., tuple[Result, Vaultful]]


def test_without_an_issuer_the_steps_are_said(run: Run) -> None:
    done, store = run(google=answering())
    assert (done.exit_code, store.texts) == (0, {})
    assert ["demo mode" in done.output, "as Developer" in done.output] == [True, True]


@pytest.fixture
def with_key(run: Run, key_file: str, tmp_path: Path) -> Callable[..., tuple[Result, Vaultful]]:
    """Set up with the key file. `issuer`: as it was typed."""
    file = tmp_path / "service-account.json"
    file.write_text(key_file)

    def typed(google: httpx.BaseTransport, issuer: str = ISSUER) -> tuple[Result, Vaultful]:
        return run("--issuer", issuer, "--key-file", str(file), *WHERE, google=google)

    return typed


def test_key_that_is_good_is_kept_as_it_is_and_demo_mode_is_said(with_key: Run, key_file: str) -> None:
    done, store = with_key(answering())
    assert (done.exit_code, store.texts) == (0, {SECRET: key_file})
    assert ["[TEST ONLY]" in done.output, "PRIVATE KEY" in done.output] == [True, False]
    assert f"GoogleIssuer={ISSUER} GoogleSecret={SECRET}" in done.output


def test_key_that_is_not_good_is_not_kept(with_key: Run) -> None:
    done, store = with_key(answering(rights=403))
    assert (done.exit_code, store.texts) == (1, {})


def test_issuer_that_is_no_number_is_refused(with_key: Run) -> None:
    done, store = with_key(answering(), issuer="BCR2DN4T")
    assert (done.exit_code, store.texts) == (1, {})
