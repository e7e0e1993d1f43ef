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


def test_who_speaks_to_google_may_read_its_secret_and_nobody_else() -> None:
    policies = {path.name: path.read_text() for path in (_PROJECT / ".chalice").glob("policy-*.json")}
    google = {name for name, text in policies.items() if "${GoogleSecret}" in text}
    assert google == {"policy-wallets.json", "policy-cards.json"}
    assert all('{"Fn::If": ["HasGoogle", ' in policies[name] for name in google)


def test_half_of_a_wallet_is_refused_by_the_name_of_what_is_missing() -> None:
    said = {
        told["AssertDescription"].partition(" is missing: it belongs to ")[::2]
        for rule in _TOLD["Rules"].values()
        for told in rule["Assertions"]
    }
    assert said == {("ApplePassType", "AppleSecret"), ("AppleTeam", "AppleSecret"), ("GoogleSecret", "GoogleIssuer")}
