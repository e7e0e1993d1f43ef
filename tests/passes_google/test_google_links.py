"""The save link: short, signed, and silent about everything but which card it is."""

import base64
import json
import subprocess
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from google_samples import CLASS_ID, FACE, ISSUER_ID, OBJECT_ID, SERIAL, Google
from stand_ins import NOON, HandClock

from chalicelib.errors import Broken
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.links import SAVE_URL, SaveLinks
from ops.laptop.google_papers import EMAIL, account_public_key

ORIGIN = "https://cards.example"


@pytest.fixture
def token(account: ServiceAccount) -> str:
    link = SaveLinks(account, clock=HandClock(), origins=(ORIGIN,)).link(OBJECT_ID, CLASS_ID)
    address, _, token = link.rpartition("/")
    assert address == SAVE_URL == "https://pay.google.com/gp/v/save"
    return token


def part(token: str, number: int) -> bytes:
    text = token.split(".")[number]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_link_is_short(token: str) -> None:
    assert len(token) < 1_800


def test_the_link_names_the_card_and_nothing_else(token: str) -> None:
    assert json.loads(part(token, 1)) == {
        "iss": EMAIL,
        "aud": "google",
        "typ": "savetowallet",
        "iat": NOON // 1_000,
        "origins": [ORIGIN],
        "payload": {"loyaltyObjects": [{"id": OBJECT_ID, "classId": CLASS_ID}]},
    }


def test_the_link_holds_no_secret(token: str, key_file: Path) -> None:
    told = b"".join(part(token, number) for number in (0, 1)).decode()
    secret = json.loads(key_file.read_text())["private_key"]

    assert FACE.barcode not in told
    assert not any(line in told for line in secret.splitlines() if line)
    assert json.loads(part(token, 0)) == {"alg": "RS256", "typ": "JWT", "kid": "laptop"}


def test_pyjwt_accepts_the_link_under_the_accounts_public_key(token: str, key_file: Path) -> None:
    claims = jwt.decode(token, account_public_key(key_file), algorithms=["RS256"], audience="google")

    assert claims["typ"] == "savetowallet"


def test_openssl_accepts_the_signature_and_refuses_a_changed_link(token: str, key_file: Path, tmp_path: Path) -> None:
    public = account_public_key(key_file)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "public.pem").write_bytes(public.public_bytes(serialization.Encoding.PEM, form))
    (tmp_path / "signature").write_bytes(part(token, 2))
    command = ["openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "content"]
    content = token.rpartition(".")[0]

    def verdict(text: str) -> int:
        (tmp_path / "content").write_text(text)
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert verdict(content) == 0
    assert verdict(content[:-1] + ("A" if content[-1] != "A" else "B")) != 0


def test_a_link_that_browsers_would_cut_off_is_not_made(account: ServiceAccount) -> None:
    links = SaveLinks(account, clock=HandClock(), origins=tuple(f"{ORIGIN}/{number}" for number in range(100)))

    with pytest.raises(Broken):
        links.link(OBJECT_ID, CLASS_ID)


def test_a_card_is_saved_with_its_link(google: Google) -> None:
    wallet = google.wallet(callback_url=lambda _: "http://127.0.0.1:1/nobody")
    wallet.put_class(FACE, is_known=False)
    wallet.put_object(FACE, SERIAL, level_class="", is_known=False, is_move=False, is_notice=False)

    page = httpx.get(wallet.save_link(FACE, SERIAL, level_class=""), trust_env=False)

    assert (page.status_code, "Saved" in page.text) == (200, True)
    card = google.service.card(OBJECT_ID)
    assert card is not None
    assert card["hasUsers"] is True


def test_a_link_to_a_card_that_google_does_not_have_saves_nothing(google: Google) -> None:
    assert httpx.get(google.wallet().save_link(FACE, SERIAL, level_class=""), trust_env=False).status_code == 400


def test_a_link_that_somebody_else_signed_saves_nothing(google: Google) -> None:
    wallet = google.wallet()
    wallet.put_class(FACE, is_known=False)
    wallet.put_object(FACE, SERIAL, level_class="", is_known=False, is_move=False, is_notice=False)
    link = wallet.save_link(FACE, SERIAL, level_class="")
    content, _, signature = link.rpartition(".")
    forged = f"{content}.{signature[:-8]}{'A' * 8}"

    assert httpx.get(forged, trust_env=False).status_code == 400
    assert f"{ISSUER_ID}." in json.dumps(google.service.card(OBJECT_ID))
    assert google.service.resources["loyaltyObject"][OBJECT_ID]["hasUsers"] is False
