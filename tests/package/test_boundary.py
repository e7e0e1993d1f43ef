"""The boundary of a stage's roles: every role carries it, what its functions need is within it, and little else is."""

from collections.abc import Iterator, Sequence
from functools import cache

import pytest
import yaml
from deployed import ACCOUNT, REGION, Deployed
from described import Described
from iam_policies import Call, Statement, allows, listed

from ops.laptop.home import PROJECT
from ops.packaging.roles import ROLL_OUT
from ops.packaging.template import of_type

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

STAGES = (("dev", "small"), ("prod", "strict"))
OTHER = {"dev": "prod", "prod": "dev"}
HERE = f"{REGION}:{ACCOUNT}"
ROLL_OUT_DEEDS = [
    Call("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{HERE}:alarm:pointpass-prod-parked"),
    Call("lambda:GetAlias", f"arn:aws:lambda:{HERE}:function:pointpass-prod-Hooks-1A"),
    Call("lambda:GetProvisionedConcurrencyConfig", f"arn:aws:lambda:{HERE}:function:pointpass-prod-Hooks-1A:live"),
    Call("lambda:UpdateAlias", f"arn:aws:lambda:{HERE}:function:pointpass-prod-Hooks-1A"),
]
"""What Amazon's policy for CodeDeploy lets it do to functions that have no hooks.

Source: docs.aws.amazon.com/aws-managed-policy, "AWSCodeDeployRoleForLambda".
"""


@cache
def boundary(stage: str) -> Sequence[Statement]:
    told = yaml.safe_load((PROJECT / "infra" / "deploy-role.yaml").read_text())
    document = told["Resources"]["Boundary"]["Properties"]["PolicyDocument"]
    return [Deployed(told, {"Stage": stage}).resolve(each) for each in document["Statement"]]


def needed(told: Deployed, stage: str) -> Iterator[Call]:
    """Everything that the functions' own policies allow. Keys carry the tag of their stage."""
    for made in of_type(told.template, "AWS::IAM::Role").values():
        for policy in made["Properties"].get("Policies", ()):
            for statement in told.resolve(policy["PolicyDocument"]["Statement"]):
                if statement["Effect"] == "Allow":
                    for action in listed(statement["Action"]):
                        for arn in listed(statement["Resource"]):
                            yield Call(action, arn, {"aws:ResourceTag/stage": stage})


@pytest.mark.parametrize("which", STAGES, ids=lambda which: which[1])
def test_every_role_that_cloudformation_makes_carries_the_boundary_of_its_stage(
    expanded: Described, which: tuple[str, str]
) -> None:
    told = expanded[which]
    made = of_type(told.template, "AWS::IAM::Role")
    carried = {told.resolve(each["Properties"].get("PermissionsBoundary")) for each in made.values()}
    assert carried == {f"arn:aws:iam::{ACCOUNT}:policy/pointpass-boundary-{which[0]}"}
    assert (ROLL_OUT in made) is (which[1] == "strict")


@pytest.mark.parametrize("which", STAGES, ids=lambda which: which[1])
def test_what_functions_need_is_within_the_boundary(expanded: Described, which: tuple[str, str]) -> None:
    calls = list(needed(expanded[which], which[0]))
    assert calls
    assert [str(call) for call in calls if not allows(boundary(which[0]), call)] == []


@pytest.mark.parametrize("which", STAGES, ids=lambda which: which[1])
def test_nothing_of_another_stage_is_within_the_boundary(expanded: Described, which: tuple[str, str]) -> None:
    calls = [call for call in needed(expanded[which], which[0]) if call.resource != "*"]
    assert [str(call) for call in calls if allows(boundary(OTHER[which[0]]), call)] == []


def test_code_deploy_may_move_callers_within_the_boundary_of_its_stage() -> None:
    assert [str(call) for call in ROLL_OUT_DEEDS if not allows(boundary("prod"), call)] == []
    assert [call.action for call in ROLL_OUT_DEEDS if allows(boundary("dev"), call)] == ["cloudwatch:DescribeAlarms"]


def test_boundary_has_nothing_that_no_role_needs(expanded: Described) -> None:
    wanted = {call.action for which in STAGES for call in needed(expanded[which], which[0])}
    wanted |= {call.action for call in ROLL_OUT_DEEDS}
    held = {action for each in boundary("dev") if each["Effect"] == "Allow" for action in listed(each["Action"])}
    assert held == wanted


@pytest.mark.parametrize("action", ["dynamodb:DeleteItem", "dynamodb:UpdateItem", "dynamodb:DeleteTable"])
def test_no_function_may_be_given_the_right_to_change_an_entry_or_remove_the_journal(action: str) -> None:
    assert not allows(boundary("dev"), Call(action, f"arn:aws:dynamodb:{HERE}:table/pointpass-dev-journal"))


def test_no_function_may_be_given_the_right_to_change_a_line_of_the_seals_or_a_role() -> None:
    actions = {action for each in boundary("dev") if each["Effect"] == "Allow" for action in listed(each["Action"])}
    assert not [action for action in actions if action.startswith(("iam:", "sts:", "cloudformation:")) or "*" in action]
    seals = f"arn:aws:s3:::pointpass-dev-seals-{ACCOUNT}/beans/2026-06-23.json"
    assert not allows(boundary("dev"), Call("s3:DeleteObject", seals))
