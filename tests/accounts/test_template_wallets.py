"""The template asks for no wallet, and lets every function that needs one read its secret."""

from pathlib import Path

import pytest
import yaml

_PROJECT = Path(__file__).parent.parent.parent
_TOLD = yaml.safe_load((_PROJECT / "infra" / "parameters.yaml").read_text())


@pytest.mark.parametrize("name", ["AppleSecret", "ApplePassType", "AppleTeam", "GoogleIssuer", "GoogleSecret"])
def test_no_wallet_has_to_be_named(name: str) -> None:
    assert _TOLD["Parameters"][name]["Default"] == ""


def test_functions_are_told_of_both_wallets() -> None:
    told = _TOLD["Globals"]["Function"]["Environment"]["Variables"]
    names = {"APPLE_SECRET": "AppleSecret", "GOOGLE_SECRET": "GoogleSecret", "GOOGLE_ISSUER_ID": "GoogleIssuer"}
    assert {name: told[f"POINTPASS_{name}"]["Ref"] for name in names} == names


def test_whoever_starts_the_house_may_read_googles_secret_and_only_where_there_is_one() -> None:
    policies = {path.name: path.read_text() for path in (_PROJECT / ".chalice").glob("policy-*.json")}
    starting = {name for name, text in policies.items() if "${VaultSecret}" in text}
    google = {name for name, text in policies.items() if '{"Fn::If": ["HasGoogle", ' in text}
    assert len(starting) > 5
    assert google == starting
