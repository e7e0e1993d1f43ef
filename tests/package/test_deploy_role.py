"""The role that deploys: enough for every call that CloudFormation makes for a stage, and for little else.

No stand-in asks for permissions as AWS does: the role is held against CloudFormation's own schemas, as cfn-lint brings
them. Not tried on a real account.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
import yaml
from cfnlint import ManualArgs, lint_file
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from cloudformation_calls import SPARED, handled, spared
from deployed import ACCOUNT, REGION, Deployed
from described import Described
from iam_policies import Call, Statement, allows, length, listed, statements

from ops.deploying.account import Identity
from ops.deploying.deeds import circumstances, deeds
from ops.laptop.home import PROJECT

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

FILE = PROJECT / "infra" / "deploy-role.yaml"
HANDLERS = ("create", "read", "update", "delete", "tagging")
STAGES = (("dev", "small"), ("prod", "strict"))
MANAGED_LENGTH = 6_144
"""Characters of a managed policy, without white space. Source: docs.aws.amazon.com/IAM, "IAM and AWS STS quotas"."""
REGION_ROOM = 200
"""For regions whose names are longer, such as ap-southeast-1, in each of a policy's names."""
WITHOUT_RESOURCE = {"Look", "NewKeys", "Sources", "LookAtSources", "LookAtLogs"}
"""Statements whose actions know no resource, or none before it is made."""
BY_COMMAND = {
    "acm:DescribeCertificate", "cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack", "cloudformation:DescribeChangeSet", "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks", "cloudformation:ExecuteChangeSet",
    "cloudformation:ListStackResources", "cloudformation:TagResource", "cloudformation:UpdateTerminationProtection",
    "iam:CreateServiceLinkedRole", "iam:SimulatePrincipalPolicy", "kms:GenerateDataKey", "lambda:GetAccountSettings",
    "s3:PutObject", "secretsmanager:DescribeSecret", "ses:GetAccount",
}  # fmt: skip
"""What `pointpass deploy`, `rollback` and `teardown` do themselves, with a line of the trail under its key; and what
API Gateway does at an account's first host name, of which no schema tells."""
ROLES_BESIDE = ("boundary", "deploy", "keeper", "operator", "publisher", "reader", "restorer")


@cache
def template() -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml.safe_load(FILE.read_text())
    return told


def role(stage: str) -> Sequence[Statement]:
    return statements(template(), "DeployRole", {"Stage": stage, "TrustedArn": f"arn:aws:iam::{ACCOUNT}:root"})


def boundary(stage: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/pointpass-boundary-{stage}"


def refused(told: Deployed, may: Sequence[Statement]) -> set[str]:
    """What CloudFormation would be refused, one line each."""
    return {
        f"{each.kind} {each.handler} {call}"
        for each in handled(told, HANDLERS)
        for call in each.calls
        if not allows(may, call)
    }


@pytest.mark.parametrize("which", STAGES, ids=lambda which: which[1])
def test_role_may_make_read_change_and_take_down_everything_of_a_stage(
    expanded: Described, which: tuple[str, str]
) -> None:
    assert "\n".join(sorted(refused(expanded[which], role(which[0])))) == ""


def test_each_permission_that_is_spared_is_one_that_a_schema_names(expanded: Described) -> None:
    named = set()
    for told in expanded.values():
        for kind in {made["Type"] for made in told.resources.values()}:
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
            for handler, part in {**schema.get("handlers", {}), "tagging": schema["tagging"]}.items():
                named |= {spared(kind, handler, action) for action in part.get("permissions", ())}
    assert {each for some in SPARED.values() for each in some} - named == set()


def test_role_holds_nothing_that_neither_cloudformation_nor_a_command_needs(expanded: Described) -> None:
    made = (each for told in expanded.values() for each in handled(told, HANDLERS))
    needed = {call.action.lower() for each in made for call in each.calls} | {each.lower() for each in BY_COMMAND}
    held = {action for each in role("dev") if each["Effect"] == "Allow" for action in listed(each["Action"])}
    assert {action for action in held if action.lower() not in needed} == set()


def test_role_has_no_wild_action_and_names_what_it_touches() -> None:
    for statement in role("dev"):
        assert not [action for action in listed(statement["Action"]) if "*" in action]
        if statement["Resource"] == "*":
            assert statement["Sid"] in WITHOUT_RESOURCE


def test_role_cannot_remove_or_read_facts() -> None:
    actions = {action for statement in role("dev") for action in listed(statement["Action"])}
    assert not actions & {
        "dynamodb:DeleteTable", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:Query",
        "s3:DeleteBucket", "s3:DeleteObject", "kms:ScheduleKeyDeletion", "secretsmanager:GetSecretValue",
    }  # fmt: skip


@pytest.mark.parametrize("which", STAGES, ids=lambda which: which[1])
def test_preflight_asks_for_each_kind_of_thing_and_the_role_may(expanded: Described, which: tuple[str, str]) -> None:
    stage, profile = which
    me = Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/pointpass-deploy-{stage}", REGION)
    said, asked = circumstances(stage, me), deeds(stage, profile, me)
    calls = [Call(action, arn, said) for arn, actions in asked.items() for action in actions]
    assert [str(call) for call in calls if not allows(role(stage), call)] == []
    made = {}
    for each in handled(expanded[which], ("create",)):
        made.setdefault(each.kind, set()).update(call.action for call in each.calls)
    assert {kind for kind, actions in made.items() if not actions & {call.action for call in calls}} == set()


BOUNDED = ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary")


@pytest.mark.parametrize("action", BOUNDED)
@pytest.mark.parametrize("other", [None, boundary("prod"), "arn:aws:iam::aws:policy/AdministratorAccess"])
def test_no_role_is_made_or_given_more_without_the_boundary(action: str, other: str | None) -> None:
    hooks = f"arn:aws:iam::{ACCOUNT}:role/pointpass-dev-HooksRole-1A"
    assert allows(role("dev"), Call(action, hooks, {"iam:PermissionsBoundary": boundary("dev")}))
    assert not allows(role("dev"), Call(action, hooks, {"iam:PermissionsBoundary": other} if other else {}))


def test_nobody_who_deploys_moves_the_boundary_or_a_role_beside_the_stages_own() -> None:
    named = [f"arn:aws:iam::{ACCOUNT}:role/pointpass-{name}-dev" for name in ROLES_BESIDE]
    may = [each for each in role("dev") if each["Effect"] == "Allow"]
    touched = {
        action
        for statement in may
        for action in listed(statement["Action"])
        for arn in [*named, boundary("dev")]
        if action.startswith("iam:") and any(fnmatchcase(arn, wanted) for wanted in listed(statement["Resource"]))
    }
    assert touched == {"iam:SimulatePrincipalPolicy"}
    assert "iam:DeleteRolePermissionsBoundary" not in {action for each in may for action in listed(each["Action"])}


@pytest.mark.parametrize("name", ROLES_BESIDE)
def test_no_stage_is_called_as_a_role_is(name: str) -> None:
    for file in (FILE, FILE.with_name("operator-roles.yaml")):
        pattern = yaml.safe_load(file.read_text())["Parameters"]["Stage"]["AllowedPattern"]
        assert not re.fullmatch(pattern, name)
        assert re.fullmatch(pattern, f"{name}2")


def test_role_of_one_stage_changes_nothing_of_another_that_tells_whose_it_is(expanded: Described) -> None:
    """What has no name of its own is told apart by its tags, when it has them."""
    changed = {
        (each.kind, call.action)
        for each in handled(expanded["prod", "strict"], ("update", "delete"))
        for call in each.calls
        if allows(role("dev"), call) and not READS.search(call.action)
    }
    assert changed == OPEN_TO_OTHERS


READS = re.compile(r":(GET$|Get|Describe|List|View)")
OPEN_TO_OTHERS = {
    ("AWS::Lambda::EventSourceMapping", "lambda:TagResource"),
    ("AWS::Lambda::EventSourceMapping", "lambda:UntagResource"),
}
"""Labels of sources, by which nothing is decided."""


def test_every_policy_fits_for_the_longest_names() -> None:
    said = {"Stage": "a" * 20, "TrustedArn": ""}
    told = Deployed(template(), said)
    sizes = {
        name: length(told.resolve(made["Properties"]["PolicyDocument"]))
        for name, made in told.resources.items()
        if made["Type"] == "AWS::IAM::ManagedPolicy"
    }
    assert {name: size for name, size in sizes.items() if size > MANAGED_LENGTH - REGION_ROOM} == {}


def test_template_is_linted_and_has_no_aliases() -> None:
    """CloudFormation reads none. Source: docs.aws.amazon.com/AWSCloudFormation, "CloudFormation template format"."""
    assert lint_file(FILE, config=ManualArgs(regions=[REGION])) == []
    assert [token for token in yaml.scan(FILE.read_text()) if isinstance(token, yaml.AliasToken)] == []


@pytest.mark.parametrize(
    ("bucket", "owner", "may"),
    [
        (f"pointpass-deploy-dev-{ACCOUNT}-{REGION}", ACCOUNT, True),
        (f"pointpass-deploy-dev-{ACCOUNT}-{REGION}", "999999999999", False),
        (f"pointpass-deploy-prod-{ACCOUNT}-{REGION}", ACCOUNT, False),
    ],
)
def test_packages_go_into_the_bucket_of_their_stage_and_account(bucket: str, owner: str, may: bool) -> None:
    for action in ("s3:GetObject", "s3:PutObject"):
        call = Call(action, f"arn:aws:s3:::{bucket}/dev/0f1e.zip", {"aws:ResourceAccount": owner})
        assert allows(role("dev"), call) is may


def test_bucket_of_packages_is_closed_and_keeps_them() -> None:
    made = template()["Resources"]
    bucket = made["Packages"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert (made["Packages"]["DeletionPolicy"], made["Packages"]["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert not [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]
    (rule,) = made["PackagesPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (rule["Effect"], rule["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
