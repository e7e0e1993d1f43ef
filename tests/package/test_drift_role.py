"""Whoever keeps a stage may read all that CloudFormation compares, by its own schemas. Not tried on a real account."""

import pytest
import yaml
from cloudformation_calls import handled
from deployed import ACCOUNT, Deployed
from described import Described
from iam_policies import allows, length, statements

from ops.laptop.home import PROJECT

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

FILE = PROJECT / "infra" / "operator-roles.yaml"
TRUSTED = f"arn:aws:iam::{ACCOUNT}:root"
CHANGES = {"apigateway:SetWebACL", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"}
"""The schema of a firewall's place names what changes it among what reads it."""
MANAGED_LENGTH = 6_144
"""Characters. Source: docs.aws.amazon.com/IAM, "IAM and AWS STS quotas"."""


def said(stage: str) -> dict[str, str]:
    return {"Stage": stage, "VaultSecret": f"pointpass-{stage}-vault", "KeeperArn": TRUSTED}


@pytest.mark.parametrize("which", [("dev", "small"), ("prod", "strict")], ids=lambda which: which[1])
def test_keeper_may_read_whatever_is_compared_with_its_template(expanded: Described, which: tuple[str, str]) -> None:
    may = statements(yaml.safe_load(FILE.read_text()), "KeeperRole", said(which[0]))
    refused = {
        f"{each.kind} {call}"
        for each in handled(expanded[which], ("read",))
        for call in each.calls
        if call.action not in CHANGES and not allows(may, call)
    }
    assert "\n".join(sorted(refused)) == ""


def test_keeper_changes_nothing_by_what_compares() -> None:
    told = yaml.safe_load(FILE.read_text())
    document = told["Resources"]["Compare"]["Properties"]["PolicyDocument"]
    actions = {action.partition(":")[2] for each in document["Statement"] for action in each["Action"]}
    assert [name for name in actions if not name.upper().startswith(("GET", "LIST", "DESCRIBE", "VIEW"))] == []


def test_every_shared_policy_fits_for_the_longest_stage() -> None:
    told = Deployed(yaml.safe_load(FILE.read_text()), said("a" * 20))
    sizes = {
        name: length(told.resolve(made["Properties"]["PolicyDocument"]))
        for name, made in told.resources.items()
        if made["Type"] == "AWS::IAM::ManagedPolicy"
    }
    assert {name: size for name, size in sizes.items() if size > MANAGED_LENGTH} == {}
