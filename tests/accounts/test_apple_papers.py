"""Apple's certificate from the request to its renewal, with openssl in Apple's place."""

import json
import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from openssl_authority import PASS_TYPE, TEAM, Authority, openssl
from secret_stand_in import SECRET, Vaultful

from ops.accounts.papers import AUTHORITIES, read_certificate, subject_of

Run = Callable[..., Result]
WHERE = ("--secret", SECRET, "--region", "eu-central-1")
REQUEST = Path("apple-papers") / f"{PASS_TYPE}.certSigningRequest"
KEY = Path("apple-papers") / f"{PASS_TYPE}.key.pem"


def installed(run: Run, authority: Authority, **signed: str) -> Path:
    """A first certificate in its place; its file."""
    assert run("apple", "request", PASS_TYPE).exit_code == 0
    certificate = authority.signs(REQUEST, Path("pass.cer"), **signed)
    done = run("apple", "install", str(certificate), *WHERE)
    assert done.exit_code == 0, done.output
    return certificate


def test_certificates_of_apple_that_are_kept_here_belong_together() -> None:
    said = openssl("verify", "-CAfile", AUTHORITIES / "apple-root-ca.pem", AUTHORITIES / "apple-wwdr-g4.pem")
    prints = {
        path.stem: openssl("x509", "-in", path, "-noout", "-fingerprint", "-sha256").decode().strip().partition("=")[2]
        for path in sorted(AUTHORITIES.glob("*.pem"))
    }
    told = (AUTHORITIES / "README.md").read_text()
    assert said.decode().strip().endswith("OK")
    assert [each.replace(":", "") in told for each in prints.values()] == [True, True]


def test_request_is_one_that_openssl_takes_over_a_key_of_2048_bits(run: Run) -> None:
    assert run("apple", "request", PASS_TYPE, "--email", "anna@example.com").exit_code == 0
    text = openssl("req", "-in", REQUEST, "-noout", "-verify", "-text").decode()
    assert "Public-Key: (2048 bit)" in text
    assert f"CN = {PASS_TYPE}" in text


def test_key_is_readable_by_its_owner_alone(run: Run) -> None:
    run("apple", "request", PASS_TYPE)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (KEY, KEY.parent)] == [0o600, 0o700]


def test_request_says_what_to_do_at_apple(run: Run) -> None:
    said = run("apple", "request", PASS_TYPE).output
    assert [step in said for step in ("Pass Type IDs", str(REQUEST), "pass.cer", "apple install")] == [True] * 4
    assert "PRIVATE KEY" not in said


def test_key_that_waits_is_not_thrown_away_by_mistake(run: Run) -> None:
    run("apple", "request", PASS_TYPE)
    before = KEY.read_bytes()
    assert run("apple", "request", PASS_TYPE).exit_code == 1
    assert KEY.read_bytes() == before
    assert run("apple", "request", PASS_TYPE, "--replace").exit_code == 0
    assert KEY.read_bytes() != before


@pytest.mark.parametrize("name", ["com.example.cards", "pass.", "pass.one two", "pass." + "x" * 121])
def test_names_that_are_no_pass_type_are_refused(run: Run, name: str) -> None:
    assert run("apple", "request", name).exit_code == 1
    assert not KEY.parent.exists()


def test_installed_papers_sign_what_openssl_verifies_up_to_the_root(
    run: Run, authority: Authority, store: Vaultful, tmp_path: Path
) -> None:
    installed(run, authority)
    assert sorted(json.loads(store.texts[SECRET])) == ["certificate", "intermediate", "key"]
    assert verified(store.texts[SECRET], authority, tmp_path)


def test_installing_says_until_when_and_what_to_tell_the_stage(run: Run, authority: Authority) -> None:
    run("apple", "request", PASS_TYPE)
    certificate = authority.signs(REQUEST, Path("pass.cer"))
    said = run("apple", "install", str(certificate), *WHERE).output
    ends = subject_of(read_certificate(certificate.read_bytes())).ends
    assert f"until {ends.date()}" in said
    assert f"AppleSecret={SECRET} ApplePassType={PASS_TYPE} AppleTeam={TEAM}" in said


def test_the_key_leaves_the_folder_once_it_is_kept(run: Run, authority: Authority) -> None:
    installed(run, authority)
    assert (KEY.exists(), REQUEST.exists()) == (False, True)


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ("garbage", "This is no certificate"),
        ("other_key", "does not belong to this certificate"),
        ("expired", "ended on"),
        ("not_a_pass", "not of a Pass Type ID"),
        ("other_authority", "is not known here"),
        ("no_request", "There is no key of"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said_and_nothing_is_kept(
    *, run: Run, authority: Authority, store: Vaultful, tmp_path: Path, spoiled: str, says: str
) -> None:
    run("apple", "request", PASS_TYPE)
    file = Path("pass.cer")
    match spoiled:
        case "garbage":
            file.write_bytes(b"<html>Sign in</html>")
        case "other_key":
            authority.signs(REQUEST, file)
            run("apple", "request", PASS_TYPE, "--replace")
        case "expired":
            authority.signs(REQUEST, file, days=-1)
        case "not_a_pass":
            authority.signs(REQUEST, file, pass_type="com.example.app")
        case "other_authority":
            Authority.made(tmp_path / "other", "Orange").signs(REQUEST, file)
        case _:
            authority.signs(REQUEST, file)
            KEY.unlink()
    done = run("apple", "install", str(file), *WHERE)
    assert (done.exit_code, says in done.output, store.texts) == (1, True, {}), done.output


def test_intermediate_of_another_root_is_refused_also_when_it_is_given(run: Run, tmp_path: Path) -> None:
    other = Authority.made(tmp_path / "other", "Orange")
    run("apple", "request", PASS_TYPE)
    file = other.signs(REQUEST, Path("pass.cer"))
    done = run("apple", "install", str(file), "--intermediate", str(other.intermediate), *WHERE)
    assert (done.exit_code, "was not issued by Apple's root" in done.output) == (1, True)


def test_newer_intermediate_of_the_same_root_can_be_given(
    run: Run, authority: Authority, store: Vaultful, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_root = tmp_path / "only-root"
    only_root.mkdir()
    (only_root / "root.pem").write_bytes(authority.root.read_bytes())
    monkeypatch.setattr("ops.accounts.papers.AUTHORITIES", only_root)
    run("apple", "request", PASS_TYPE)
    file = authority.signs(REQUEST, Path("pass.cer"))
    assert run("apple", "install", str(file), *WHERE).exit_code == 1
    done = run("apple", "install", str(file), "--intermediate", str(authority.intermediate), *WHERE)
    assert done.exit_code == 0, done.output
    assert verified(store.texts[SECRET], authority, tmp_path)


def test_second_certificate_is_not_installed_over_the_first(run: Run, authority: Authority, store: Vaultful) -> None:
    installed(run, authority)
    before = dict(store.texts)
    run("apple", "request", PASS_TYPE)
    file = authority.signs(REQUEST, Path("second.cer"))
    assert run("apple", "install", str(file), *WHERE).exit_code == 1
    assert store.texts == before


def test_renewed_papers_sign_and_keep_whatever_else_the_secret_held(
    run: Run, authority: Authority, store: Vaultful, tmp_path: Path
) -> None:
    installed(run, authority)
    before = json.loads(store.texts[SECRET]) | {"push_key": "kept"}
    store.texts[SECRET] = json.dumps(before)
    run("apple", "request", PASS_TYPE)
    done = run("apple", "renew", str(authority.signs(REQUEST, Path("second.cer"))), *WHERE)
    after = json.loads(store.texts[SECRET])
    assert done.exit_code == 0, done.output
    assert (after["push_key"], after["key"] == before["key"]) == ("kept", False)
    assert verified(store.texts[SECRET], authority, tmp_path)


@pytest.mark.parametrize(
    ("pass_type", "team"), [("pass.com.example.other", TEAM), (PASS_TYPE, "OTHER12345")], ids=["pass type", "team"]
)
def test_renewal_for_another_pass_type_or_team_is_refused(
    run: Run, authority: Authority, store: Vaultful, pass_type: str, team: str
) -> None:
    installed(run, authority)
    before = dict(store.texts)
    run("apple", "request", pass_type)
    request = Path("apple-papers") / f"{pass_type}.certSigningRequest"
    file = authority.signs(request, Path("second.cer"), pass_type=pass_type, team=team)
    done = run("apple", "renew", str(file), *WHERE)
    assert (done.exit_code, store.texts) == (1, before)
    assert f"The certificate is of {pass_type}, team {team}." in done.output


def test_certificate_in_use_is_no_renewal(run: Run, authority: Authority, store: Vaultful) -> None:
    certificate = installed(run, authority)
    KEY.write_text(json.loads(store.texts[SECRET])["key"])
    done = run("apple", "renew", str(certificate), *WHERE)
    assert (done.exit_code, "in use already" in done.output) == (1, True)


def test_old_papers_are_put_back_when_what_was_stored_does_not_sign(
    run: Run, authority: Authority, store: Vaultful, tmp_path: Path
) -> None:
    installed(run, authority)
    before = store.texts[SECRET]
    run("apple", "request", PASS_TYPE)
    file = authority.signs(REQUEST, Path("second.cer"))
    store.spoils = lambda text: json.dumps(json.loads(text) | {"key": json.loads(before)["key"]})
    done = run("apple", "renew", str(file), *WHERE)
    assert (done.exit_code, store.texts[SECRET], KEY.exists()) == (1, before, True)
    assert verified(store.texts[SECRET], authority, tmp_path)


def test_nothing_to_renew_says_to_install(run: Run, authority: Authority) -> None:
    run("apple", "request", PASS_TYPE)
    done = run("apple", "renew", str(authority.signs(REQUEST, Path("pass.cer"))), *WHERE)
    assert (done.exit_code, "install" in done.output) == (1, True)


def test_show_says_whose_it_is_and_never_the_key(run: Run, authority: Authority) -> None:
    certificate = installed(run, authority)
    ends = subject_of(read_certificate(certificate.read_bytes())).ends
    said = run("apple", "show", *WHERE).output
    days = (ends - datetime.now(UTC)).days
    assert [each in said for each in (PASS_TYPE, TEAM, f"{ends.date()}, {days} days left")] == [True] * 3
    assert "PRIVATE" not in said


def verified(secret: str, authority: Authority, folder: Path) -> bool:
    """Whether openssl verifies, up to the root, what openssl signed with what the secret holds."""
    paths = {}
    for name, pem in json.loads(secret).items():
        paths[name] = folder / f"stored-{name}.pem"
        paths[name].write_text(pem)
    signed = openssl("cms", "-sign", "-binary", "-signer", paths["certificate"], "-inkey", paths["key"],
                     "-certfile", paths["intermediate"], "-outform", "DER", given=b"manifest")  # fmt: skip
    (folder / "signature").write_bytes(signed)
    (folder / "manifest").write_bytes(b"manifest")
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "signature", "-content",
               folder / "manifest", "-CAfile", authority.root, "-purpose", "any"]  # fmt: skip
    return subprocess.run(command, capture_output=True, check=False).stdout == b"manifest"
