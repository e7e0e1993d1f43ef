"""`pointpass deploy` and `pointpass teardown`: nothing happens before the stage's name was typed."""

import json
from pathlib import Path

import pytest
from account_stand_in import TEMPLATE, AccountStandIn
from botocore.exceptions import ClientError
from click.testing import CliRunner, Result

from ops.command import main
from ops.deploying import command
from ops.deploying.account import Stack, Version
from ops.deploying.aws import Aws
from ops.deploying.smoke import Answered, Tried

GOOD = Tried([Answered(True, "Pages: GET /health", "200")])
LINES = "DomainName: cards.example.com\n"


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AccountStandIn:
    """An account in order, a package, and a stage that answers."""
    told = AccountStandIn()
    build, stages = tmp_path / "build" / "prod", tmp_path / "stages"
    build.mkdir(parents=True)
    stages.mkdir()
    said = {"DomainName": "", "CertificateArn": "", "SmtpUrl": "smtp://mail.example:587"}
    parameters = {name: {"Type": "String", "Default": value} for name, value in said.items()}
    template = TEMPLATE | {"Parameters": TEMPLATE["Parameters"] | parameters}
    (build / "template.json").write_text(json.dumps(template))
    (build / "deployment.zip").write_bytes(b"zip")
    monkeypatch.setattr(command, "_PROJECT", tmp_path)
    monkeypatch.setattr(command, "_account", lambda: told)
    monkeypatch.setattr(command.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(command, "smoke", lambda address, stage, behind: GOOD)
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
    assert account.done == ["withdraw", "protect"]


def test_package_that_was_rolled_back_changes_nothing_and_the_way_forward_is_said(account: AccountStandIn) -> None:
    account.changes = []
    account.stacks["pointpass-prod"] = Stack("pointpass-prod", "UPDATE_COMPLETE", account.outputs)
    account.published = {"Hooks": [Version(1, "aa" * 32, "2026-06-20"), Version(2, "bb" * 32, "2026-06-21")]}
    account.met = {"Hooks": 1}
    result = deploy()
    assert result.exit_code == 0, result.output
    told = " ".join(result.output.split())
    assert "callers meet an earlier version: it was rolled back" in told
    assert "pointpass rollback --stage prod --to bbbbbbbb" in told


def test_stage_that_does_not_answer_fails_and_says_how_to_go_back(
    account: AccountStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = Tried([Answered(False, "GET", "502")])
    monkeypatch.setattr(command, "smoke", lambda address, stage, behind: bad)
    result = deploy(typed="prod\n")
    assert result.exit_code == 1
    assert "docs/operations.md" in result.output


def test_stage_that_was_rolled_back_and_does_not_answer_is_not_sent_further_back(
    account: AccountStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.changes = []
    account.stacks["pointpass-prod"] = Stack("pointpass-prod", "UPDATE_COMPLETE", account.outputs)
    account.published = {"Hooks": [Version(1, "aa" * 32, "2026-06-20"), Version(2, "bb" * 32, "2026-06-21")]}
    account.met = {"Hooks": 1}
    bad = Tried([Answered(False, "GET", "502")])
    monkeypatch.setattr(command, "smoke", lambda address, stage, behind: bad)
    told = " ".join(deploy().output.split())
    assert "--to bbbbbbbb leads callers forward" in told
    assert "to the version before" not in told


def test_stage_whose_host_has_no_record_is_deployed_and_says_which_to_make(
    account: AccountStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.outputs["DnsName"] = "d-1.execute-api.eu-central-1.amazonaws.com"
    asked: list[str] = []

    def smoke(address: str, stage: str, behind: str) -> Tried:
        asked.append(behind)
        return Tried(GOOD.answers, has_record=False)

    monkeypatch.setattr(command, "smoke", smoke)
    result = deploy(typed="prod\n")
    assert (result.exit_code, asked) == (0, [account.outputs["DnsName"]])
    assert f"in the DNS of cards.example.com: a CNAME or alias record to {asked[0]}" in result.output


def test_what_aws_refuses_is_one_sentence(account: AccountStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> AccountStandIn:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeStacks")

    monkeypatch.setattr(command, "_account", refused)
    result = deploy()
    assert result.exit_code == 1
    assert result.output.startswith("Error: AWS refuses: An error occurred (AccessDenied)")


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


def test_region_is_read_as_the_aws_cli_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 itself knows AWS_DEFAULT_REGION alone."""
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    account = command._account()
    assert isinstance(account, Aws)
    assert account._session.region_name == "eu-north-1"
