"""Taking a deployment back asks for nothing that the role that deploys has not."""

from typing import Any

import boto3
import pytest
import yaml
from botocore.stub import Stubber
from deployed import ACCOUNT, REGION
from iam_policies import Call, allows, statements

from ops.deploying.aws import Aws
from ops.deploying.going_back import go_back, planned
from ops.laptop.home import PROJECT

pytestmark = pytest.mark.package

STACK, HOOKS = "pointpass-dev", "pointpass-dev-Hooks-1A2B3C"
NAMES = {
    "cloudformation": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/0f1e2d3c",
    "lambda": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{HOOKS}",
}
RESOURCE = {
    "LogicalResourceId": "Hooks",
    "PhysicalResourceId": HOOKS,
    "ResourceType": "AWS::Lambda::Function",
    "ResourceStatus": "UPDATE_COMPLETE",
    "LastUpdatedTimestamp": 1782216000,
}
VERSIONS = [
    {"Version": str(number), "CodeSha256": code, "LastModified": f"2026-06-2{number}T12:00:00.000+0000"}
    for number, code in ((1, "qrs="), (2, "zd0="))
]
STANDS = {"StackName": STACK, "StackStatus": "UPDATE_COMPLETE", "CreationTime": 1782216000}
TOLD = (
    ("cloudformation", "describe_stacks", {"Stacks": [STANDS]}),
    ("cloudformation", "list_stack_resources", {"StackResourceSummaries": [RESOURCE]}),
    ("lambda", "list_versions_by_function", {"Versions": VERSIONS}),
    ("lambda", "get_alias", {"FunctionVersion": "2"}),
    ("lambda", "update_alias", {"FunctionVersion": "1"}),
)


def taken_back() -> list[Call]:
    """What is asked of AWS while one function is led back."""
    account, asked = Aws(boto3.Session("testing", "testing", region_name=REGION)), set[tuple[str, str]]()

    def note(model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        asked.add((f"{service}:{model.name}", NAMES[service]))

    clients = {service: account._client(service) for service in NAMES}
    stubs = {service: Stubber(client) for service, client in clients.items()}
    for service, operation, answer in TOLD:
        stubs[service].add_response(operation, answer)
    for service, client in clients.items():
        client.meta.events.register(f"before-parameter-build.{service}", note)
        stubs[service].activate()
    account.stack(STACK)
    assert [move.to.number for move in go_back(account, planned(account, STACK))] == [1]
    for client in clients.values():
        client.close()
    return [Call(*each, {"aws:ResourceAccount": ACCOUNT}) for each in sorted(asked)]


def test_role_that_deploys_may_take_a_deployment_back() -> None:
    template = yaml.safe_load((PROJECT / "infra" / "deploy-role.yaml").read_text())
    may = statements(template, "DeployRole", {"Stage": "dev", "TrustedArn": f"arn:aws:iam::{ACCOUNT}:root"})
    asked = taken_back()
    assert len(asked) == len(TOLD)
    assert [str(call) for call in asked if not allows(may, call)] == []
