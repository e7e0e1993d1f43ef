"""A package becomes a stack, and never at the price of facts."""

import json
from pathlib import Path

import pytest
from account_stand_in import ME, AccountStandIn, plan

from ops.deploying import DeployFailed
from ops.deploying.account import Change, Stack
from ops.deploying.shipping import follow, propose, ship

SLEPT: list[float] = []


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    path = tmp_path / "deployment.zip"
    path.write_bytes(b"zip")
    return path


def test_code_and_template_are_uploaded_under_what_they_are(zipped: Path) -> None:
    account = AccountStandIn()
    propose(plan(), account, ME, zipped, SLEPT.append)
    code, template = sorted(account.uploaded, key=lambda key: key.endswith(".json"))
    assert code.startswith("pointpass-deploy-prod-123456789012-eu-central-1/prod/")
    told = json.loads(account.uploaded[template])
    bucket, _, key = code.partition("/")
    assert told["Resources"]["Hooks"]["Properties"]["CodeUri"] == {"Bucket": bucket, "Key": key}
    assert (
        account.proposals[0]["address"]
        == f"https://{bucket}.s3.eu-central-1.amazonaws.com/{template.partition('/')[2]}"
    )
    assert plan().template["Resources"]["Hooks"]["Properties"]["CodeUri"] == "./deployment.zip"


def test_same_package_is_uploaded_once_and_proposed_by_a_new_name_each_time(zipped: Path) -> None:
    """CloudFormation refuses a change set whose name it has seen."""
    told = [AccountStandIn(), AccountStandIn(), AccountStandIn()]
    plans = (plan(), plan(), plan(DomainName="cards.example.org"))
    names = [propose(each, account, ME, zipped, SLEPT.append)[0] for each, account in zip(plans, told, strict=True)]
    assert told[0].uploaded.keys() == told[1].uploaded.keys() != told[2].uploaded.keys()
    assert len(set(names)) == 3


def test_change_set_that_changes_nothing_is_withdrawn(zipped: Path) -> None:
    account = AccountStandIn(changes=[])
    assert propose(plan(), account, ME, zipped, SLEPT.append)[1] == []
    assert account.done == ["withdraw"]


@pytest.mark.parametrize(("status", "is_new"), [(None, True), ("REVIEW_IN_PROGRESS", True), ("UPDATE_COMPLETE", False)])
def test_stack_that_was_only_proposed_is_still_new(zipped: Path, status: str | None, is_new: bool) -> None:
    account = AccountStandIn(stacks={"pointpass-prod": Stack("pointpass-prod", status, {})} if status else {})
    propose(plan(), account, ME, zipped, SLEPT.append)
    assert account.proposals[0]["is_new"] is is_new


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"])
@pytest.mark.parametrize(("action", "replaces"), [("Modify", "True"), ("Modify", "Conditional"), ("Remove", "False")])
def test_change_that_would_lose_facts_is_withdrawn(zipped: Path, kind: str, action: str, replaces: str) -> None:
    account = AccountStandIn(changes=[Change(action, "JournalTable", kind, replaces)])
    with pytest.raises(DeployFailed, match="what holds facts: JournalTable"):
        propose(plan(), account, ME, zipped, SLEPT.append)
    assert account.done == ["withdraw"]


@pytest.mark.parametrize(
    "change",
    [
        Change("Modify", "JournalTable", "AWS::DynamoDB::Table", "False"),
        Change("Add", "JournalTable", "AWS::DynamoDB::Table", "False"),
        Change("Remove", "HooksV1", "AWS::Lambda::Version", "False"),
    ],
)
def test_change_that_keeps_facts_is_proposed(zipped: Path, change: Change) -> None:
    assert propose(plan(), AccountStandIn(changes=[change]), ME, zipped, SLEPT.append)[1] == [change]


def test_every_step_is_told_once_until_the_stack_is_done() -> None:
    account = AccountStandIn()
    account.told = []
    steps = [step.status for step in ship(plan(), account, "set", SLEPT.append)]
    assert steps == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_failure_is_told_by_the_first_reason() -> None:
    account = AccountStandIn(ends_as="ROLLBACK_COMPLETE")
    with pytest.raises(DeployFailed, match=r"ended as ROLLBACK_COMPLETE\. First failure: Hooks: no room"):
        list(ship(plan(), account, "set", SLEPT.append))


def test_stack_that_is_gone_is_done() -> None:
    assert list(follow(AccountStandIn(), "pointpass-prod", set(), SLEPT.append)) == []


def test_stack_that_never_ends_is_not_waited_for_for_ever() -> None:
    account = AccountStandIn(stacks={"pointpass-prod": Stack("pointpass-prod", "UPDATE_IN_PROGRESS", {})})
    waited: list[float] = []
    with pytest.raises(DeployFailed, match="not done after an hour"):
        list(follow(account, "pointpass-prod", set(), waited.append))
    assert sum(waited) == 3_600
