"""What IAM is asked before a deployment, and what becomes of its answers: one action in each question."""

from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ops.deploying.account import Rights
from ops.deploying.aws import Aws

NUMBER = "123456789012"
CALLER = f"arn:aws:sts::{NUMBER}:assumed-role/pointpass-deploy-prod/anna"
ROLE = f"arn:aws:iam::{NUMBER}:role/pointpass-deploy-prod"
HOOKS = f"arn:aws:iam::{NUMBER}:role/pointpass-prod-hooks"
DEEDS = {HOOKS: ("iam:CreateRole", "iam:PassRole"), "*": ("kms:CreateKey",)}
SAID = {"aws:RequestTag/stage": "prod"}
MIXED = "Invalid Input Actions: [iam:PassRole] and [iam:CreateRole] require different authorization information."


class Iam:
    """IAM, which answers what a test has laid down, in order."""

    def __init__(self, account: Aws) -> None:
        self.stub = Stubber(account._client("iam"))
        self.stub.activate()

    def says(self, action: str, arn: str, decision: str = "allowed", role: str = ROLE) -> None:
        stage = {"ContextKeyName": "aws:RequestTag/stage", "ContextKeyValues": ["prod"], "ContextKeyType": "string"}
        asked: dict[str, Any] = {"PolicySourceArn": role, "ActionNames": [action], "ContextEntries": [stage]}
        if arn != "*":
            asked["ResourceArns"] = [arn]
        told = {"EvaluationResults": [{"EvalActionName": action, "EvalDecision": decision}]}
        self.stub.add_response("simulate_principal_policy", told, asked)

    def refuses(self, code: str, message: str = "") -> None:
        self.stub.add_client_error("simulate_principal_policy", code, message)

    def knows_role(self, name: str, arn: str) -> None:
        role = {"Path": "/", "RoleName": name, "RoleId": "AROA0123456789ABC", "Arn": arn, "CreateDate": 1782216000}
        self.stub.add_response("get_role", {"Role": role}, {"RoleName": name})


@pytest.fixture
def account() -> Aws:
    return Aws(boto3.Session("testing", "testing", region_name="eu-central-1"))


@pytest.fixture
def iam(account: Aws) -> Iterator[Iam]:
    made = Iam(account)
    yield made
    made.stub.assert_no_pending_responses()
    made.stub.client.close()


def test_each_action_is_asked_for_by_itself_and_of_no_resource_where_there_is_none(account: Aws, iam: Iam) -> None:
    iam.says("iam:CreateRole", HOOKS, "implicitDeny")
    iam.says("iam:PassRole", HOOKS)
    iam.says("kms:CreateKey", "*", "explicitDeny")
    assert account.rights(CALLER, DEEDS, SAID) == Rights(["iam:CreateRole", "kms:CreateKey"], {})


def test_action_that_iam_says_nothing_of_is_told_with_its_reason_and_the_rest_is_asked(account: Aws, iam: Iam) -> None:
    iam.refuses("InvalidInput", MIXED)
    iam.refuses("InvalidInput", MIXED)
    iam.says("kms:CreateKey", "*", "implicitDeny")
    unanswered = {f"InvalidInput: {MIXED}": ["iam:CreateRole", "iam:PassRole"]}
    assert account.rights(CALLER, DEEDS, SAID) == Rights(["kms:CreateKey"], unanswered)


def test_role_with_a_path_is_asked_for_by_its_whole_name(account: Aws, iam: Iam) -> None:
    name = "AWSReservedSSO_Admin_0f1e2d3c"
    whole = f"arn:aws:iam::{NUMBER}:role/aws-reserved/sso.amazonaws.com/eu-central-1/{name}"
    iam.refuses("NoSuchEntity", "no such role")
    iam.knows_role(name, whole)
    for arn, actions in DEEDS.items():
        for action in actions:
            iam.says(action, arn, role=whole)
    caller = f"arn:aws:sts::{NUMBER}:assumed-role/{name}/anna"
    assert account.rights(caller, DEEDS, SAID) == Rights([], {})


@pytest.mark.parametrize("is_known", [True, False])
def test_caller_who_may_not_ask_gets_none(account: Aws, iam: Iam, is_known: bool) -> None:
    iam.refuses("AccessDenied")
    if is_known:
        iam.knows_role("pointpass-deploy-prod", ROLE)
    else:
        iam.stub.add_client_error("get_role", "AccessDenied")
    assert account.rights(CALLER, DEEDS, SAID) is None


@pytest.mark.parametrize(("code", "looks"), [("NoSuchEntity", True), ("Throttling", False)])
def test_refusal_that_is_not_of_one_action_is_not_asked_for_again(
    account: Aws, iam: Iam, code: str, looks: bool
) -> None:
    iam.says("iam:CreateRole", HOOKS, "implicitDeny")
    iam.refuses(code, "no")
    if looks:
        iam.stub.add_client_error("get_role", "NoSuchEntity")
    left: Sequence[str] = ["iam:PassRole", "kms:CreateKey"]
    assert account.rights(CALLER, DEEDS, SAID) == Rights(["iam:CreateRole"], {f"{code}: no": left})
