"""`pointpass deploy` and `pointpass teardown`: nothing happens before the stage's name was typed."""

import json
from pathlib import Path

import pytest
from account_stand_in import TEMPLATE, AccountStandIn
from click.testing import CliRunner, Result

from ops.command import main
from ops.deploying import command
from ops.deploying.account import Stack
from ops.deploying.smoke import Answered

LINES = "DomainName: cards.example.com\n"


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AccountStandIn:
    """An account in order, a package, and a stage that answers."""
    told = AccountStandIn()
    build, stages = tmp_path / "build" / "prod", tmp_path / "stages"
    build.mkdir(parents=True)
    stages.mkdir()
    parameters = {name: {"Type": "String", "Default": ""} for name in ("DomainName", "CertificateArn", "SmtpUrl")}
    template = TEMPLATE | {"Parameters": TEMPLATE["Parameters"] | parameters}
    (build / "template.json").write_text(json.dumps(template))
    (build / "deployment.zip").write_bytes(b"zip")
    monkeypatch.setattr(command, "_PROJECT", tmp_path)
    monkeypatch.setattr(command, "_account", lambda: told)
    monkeypatch.setattr(command.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(command, "smoke", lambda address, stage: [Answered(True, f"GET {address}/health", "200")])
    return told


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=typed, catch_exceptions=False)


def deploy(*words: str, typed: str = "", profile: str = "strict") -> Result:
    return run("deploy", "--stage", "prod", "--profile", profile, *words, typed=typed)


def test_change_is_shown_asked_for_done_protected_and_tried(account: AccountStandIn) -> None:
    result = deploy(typed="prod\n")
    assert result.exit_code == 0, result.output
    assert account.done == ["execute", "protect"]
    assert "account 123456789012, eu-central-1" in result.output
    assert "Lambda::Function" in result.output
    assert "Deployed. https://cards.example.com" in result.output


@pytest.mark.parametrize("typed", ["\n", "dev\n", "y\n", "Prod\n"])
def test_other_name_than_the_stages_changes_nothing(account: AccountStandIn, typed: str) -> None:
    result = deploy(typed=typed)
    assert result.exit_code == 1
    assert account.done == ["withdraw"]


def test_script_says_the_name_as_an_option(account: AccountStandIn) -> None:
    assert deploy("--stage-name", "prod").exit_code == 0
    assert account.done == ["execute", "protect"]


def test_error_of_the_preflight_uploads_nothing(account: AccountStandIn) -> None:
    account.limit = 10
    result = deploy(typed="prod\n")
    assert result.exit_code == 1
    assert "nothing was changed: concurrency first" in result.output
    assert account.uploaded == {}
    assert account.done == []


def test_looking_only_changes_nothing(account: AccountStandIn) -> None:
    assert deploy("--check").exit_code == 0
    assert account.uploaded == {}


def test_nothing_to_change_is_said_and_tried(account: AccountStandIn) -> None:
    account.changes = []
    account.stacks["pointpass-prod"] = Stack(
        "pointpass-prod", "UPDATE_COMPLETE", {"Address": "https://cards.example.com"}
    )
    result = deploy()
    assert "Nothing changes." in result.output
    assert account.done == ["protect"]


def test_stage_that_does_not_answer_fails_and_says_how_to_go_back(
    account: AccountStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "smoke", lambda address, stage: [Answered(False, "GET", "502")])
    result = deploy(typed="prod\n")
    assert result.exit_code == 1
    assert "Roll back" in result.output


def test_package_of_another_profile_is_refused(account: AccountStandIn) -> None:
    result = deploy(profile="small")
    assert result.exit_code == 1
    assert "make package STAGE=prod PROFILE=small" in result.output


def test_teardown_asks_for_the_name_and_says_what_stays(account: AccountStandIn) -> None:
    account.stacks["pointpass-prod"] = Stack("pointpass-prod", "UPDATE_COMPLETE", {})
    assert run("teardown", "--stage", "prod", typed="yes\n").exit_code == 1
    assert account.done == []
    result = run("teardown", "--stage", "prod", typed="prod\n")
    assert result.exit_code == 0, result.output
    assert account.done == ["unprotect", "delete"]
    assert "Tables, buckets and keys stay" in " ".join(result.output.split())


def test_teardown_of_what_is_not_there_says_where_it_looked(account: AccountStandIn) -> None:
    result = run("teardown", "--stage", "prod")
    assert result.exit_code == 1
    assert "no stack pointpass-prod in account 123456789012, eu-central-1" in result.output
