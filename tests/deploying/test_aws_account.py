"""The account over boto3: every call and answer is held against AWS's own description of its services."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from account_stand_in import CERTIFICATE
from botocore.stub import Stubber

from ops.deploying import DeployFailed
from ops.deploying.account import Certificate, Change, Identity, Stack, Step, Version
from ops.deploying.aws import Aws

ARN = "arn:aws:sts::123456789012:assumed-role/pointpass-deploy-prod/anna"
STACK_ARN = "arn:aws:cloudformation:eu-central-1:123456789012:stack/pointpass-prod/1"


class Desk:
    """An account whose services answer what a test has laid down, in order."""

    def __init__(self) -> None:
        self.account = Aws(boto3.Session("testing", "testing", region_name="eu-central-1"))
        self.stubs: dict[str, Stubber] = {}

    def answers(self, service: str, operation: str, answer: dict[str, Any], region: str = "", **asked: Any) -> None:
        self._stub(service, region).add_response(operation, answer, asked or None)

    def refuses(self, service: str, operation: str, code: str, message: str = "", status: int = 400) -> None:
        self._stub(service).add_client_error(operation, code, message, http_status_code=status)

    def _stub(self, service: str, region: str = "") -> Stubber:
        if service not in self.stubs:
            self.stubs[service] = Stubber(self.account._client(service, region))
            self.stubs[service].activate()
        return self.stubs[service]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    for stub in made.stubs.values():
        stub.assert_no_pending_responses()
        stub.client.close()


def test_identity_names_account_caller_and_region(desk: Desk) -> None:
    desk.answers("sts", "get_caller_identity", {"Account": "123456789012", "Arn": ARN})
    assert desk.account.identity() == Identity("123456789012", ARN, "eu-central-1")


def test_nobody_signed_in_is_said(desk: Desk) -> None:
    desk.refuses("sts", "get_caller_identity", "ExpiredToken", "expired")
    with pytest.raises(DeployFailed, match="nobody is signed in"):
        desk.account.identity()


def test_quota_and_sandbox_are_read(desk: Desk) -> None:
    desk.answers("lambda", "get_account_settings", {"AccountLimit": {"ConcurrentExecutions": 10}})
    desk.answers("sesv2", "get_account", {"ProductionAccessEnabled": False}, region="eu-west-1")
    assert desk.account.concurrent_executions() == 10
    assert desk.account.mail_is_in_sandbox("eu-west-1") is True
    assert desk.stubs["sesv2"].client.meta.region_name == "eu-west-1"


def test_certificate_has_all_its_names_or_is_none(desk: Desk) -> None:
    told = {"Status": "ISSUED", "DomainName": "example.com", "SubjectAlternativeNames": ["*.example.com"]}
    desk.answers("acm", "describe_certificate", {"Certificate": told}, CertificateArn=CERTIFICATE)
    desk.refuses("acm", "describe_certificate", "ResourceNotFoundException")
    assert desk.account.certificate(CERTIFICATE) == Certificate("ISSUED", ["example.com", "*.example.com"])
    assert desk.account.certificate(CERTIFICATE) is None


def test_secret_that_is_being_deleted_is_none(desk: Desk) -> None:
    desk.answers("secretsmanager", "describe_secret", {"Name": "a"}, SecretId="a")
    desk.refuses("secretsmanager", "describe_secret", "ResourceNotFoundException")
    desk.answers("secretsmanager", "describe_secret", {"Name": "c", "DeletedDate": 1782216000})
    assert [desk.account.has_secret(name) for name in "abc"] == [True, False, False]


def test_names_that_are_taken_are_found_also_where_they_are_somebody_elses(desk: Desk) -> None:
    desk.refuses("dynamodb", "describe_table", "ResourceNotFoundException")
    desk.answers("dynamodb", "describe_table", {"Table": {}}, TableName="b")
    assert desk.account.taken("AWS::DynamoDB::Table", ["a", "b"]) == ["b"]
    desk.refuses("s3", "head_bucket", "404", status=404)
    desk.refuses("s3", "head_bucket", "403", status=403)
    assert desk.account.taken("AWS::S3::Bucket", ["a", "b"]) == ["b"]
    desk.refuses("sqs", "get_queue_url", "AWS.SimpleQueueService.NonExistentQueue")
    assert desk.account.taken("AWS::SQS::Queue", ["a"]) == []


def test_stack_is_found_with_its_outputs_or_is_none(desk: Desk) -> None:
    told = {"StackName": "pointpass-prod", "StackStatus": "UPDATE_COMPLETE", "CreationTime": 1782216000}
    outputs = [{"OutputKey": "Address", "OutputValue": "https://cards.example.com"}]
    desk.answers(
        "cloudformation", "describe_stacks", {"Stacks": [told | {"Outputs": outputs}]}, StackName="pointpass-prod"
    )
    desk.refuses("cloudformation", "describe_stacks", "ValidationError", "Stack with id x does not exist")
    found = Stack("pointpass-prod", "UPDATE_COMPLETE", {"Address": "https://cards.example.com"})
    assert desk.account.stack("pointpass-prod") == found
    assert desk.account.stack("x") is None


def test_package_is_put_into_a_bucket_of_the_account_alone(desk: Desk, tmp_path: Path) -> None:
    asked = {"Bucket": "b", "Key": "k", "Body": b"zip", "ExpectedBucketOwner": "123456789012"}
    desk.answers("s3", "put_object", {}, **asked)
    (tmp_path / "z").write_bytes(b"zip")
    said = desk.account.upload("b", "k", tmp_path / "z", owner="123456789012")
    assert said == "https://s3.eu-central-1.amazonaws.com/b/k"


@pytest.mark.parametrize(("code", "status"), [("NoSuchBucket", 404), ("AccessDenied", 403)])
def test_bucket_that_is_missing_or_somebody_elses_gets_no_package(desk: Desk, code: str, status: int) -> None:
    desk.refuses("s3", "put_object", code, status=status)
    with pytest.raises(DeployFailed, match=rf"b is not there, or not yours \({code}\): infra/deploy-role"):
        desk.account.upload("b", "k", b"zip", owner="123456789012")


def test_change_set_is_proposed_worked_out_and_read(desk: Desk) -> None:
    desk.answers(
        "cloudformation",
        "create_change_set",
        {},
        StackName="pointpass-prod",
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateURL="https://b/t",
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": "prod"}],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Tags=[{"Key": "application", "Value": "pointpass"}, {"Key": "stage", "Value": "prod"}],
    )
    desk.account.propose("pointpass-prod", "c", address="https://b/t", parameters={"Stage": "prod"}, is_new=True)
    change = {
        "Action": "Modify",
        "LogicalResourceId": "T",
        "ResourceType": "AWS::DynamoDB::Table",
        "Replacement": "True",
    }
    for status in ("CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_COMPLETE"):
        desk.answers(
            "cloudformation",
            "describe_change_set",
            {"Status": status, "Changes": [{"Type": "Resource", "ResourceChange": change}]},
        )
    assert desk.account.proposed("pointpass-prod", "c") is None
    assert desk.account.proposed("pointpass-prod", "c") == [Change("Modify", "T", "AWS::DynamoDB::Table", "True")]


def test_change_set_without_changes_is_empty_and_a_refused_one_says_why(desk: Desk) -> None:
    nothing = "The submitted information didn't contain changes."
    desk.answers("cloudformation", "describe_change_set", {"Status": "FAILED", "StatusReason": nothing})
    assert desk.account.proposed("pointpass-prod", "c") == []
    desk.answers(
        "cloudformation", "describe_change_set", {"Status": "FAILED", "StatusReason": "Rule DomainHasCertificate"}
    )
    with pytest.raises(DeployFailed, match="Rule DomainHasCertificate"):
        desk.account.proposed("pointpass-prod", "c")


def test_protected_stack_is_not_deleted_and_that_is_said(desk: Desk) -> None:
    desk.refuses("cloudformation", "delete_stack", "ValidationError", "TerminationProtection is enabled")
    with pytest.raises(DeployFailed, match="TerminationProtection"):
        desk.account.delete("pointpass-prod")


def test_calls_that_only_do_are_as_aws_describes_them(desk: Desk) -> None:
    named = {"StackName": "s", "ChangeSetName": "c"}
    desk.answers("cloudformation", "execute_change_set", {}, **named)
    desk.answers("cloudformation", "delete_change_set", {}, **named)
    desk.answers("cloudformation", "update_termination_protection", {}, StackName="s", EnableTerminationProtection=True)
    desk.account.execute("s", "c")
    desk.account.withdraw("s", "c")
    desk.account.protect("s", on=True)


def test_steps_are_read_from_all_pages(desk: Desk) -> None:
    def event(number: str, **more: str) -> dict[str, Any]:
        named = {"StackId": STACK_ARN, "StackName": "s", "EventId": number, "Timestamp": 1782216000}
        return {**named, "LogicalResourceId": "Hooks", "ResourceType": "AWS::Lambda::Function", **more}

    first = {
        "StackEvents": [event("2", ResourceStatus="CREATE_FAILED", ResourceStatusReason="no room")],
        "NextToken": "n",
    }
    desk.answers("cloudformation", "describe_stack_events", first)
    desk.answers(
        "cloudformation", "describe_stack_events", {"StackEvents": [event("1", ResourceStatus="CREATE_IN_PROGRESS")]}
    )
    kind = "AWS::Lambda::Function"
    assert list(desk.account.steps("s")) == [
        Step("2", "Hooks", kind, "CREATE_FAILED", "no room"),
        Step("1", "Hooks", kind, "CREATE_IN_PROGRESS", ""),
    ]


def test_versions_of_a_stacks_functions_are_read_and_callers_are_led(desk: Desk) -> None:
    rows = (("Hooks", "pointpass-prod-Hooks-1A", "AWS::Lambda::Function"), ("Queue", "q", "AWS::SQS::Queue"))
    summaries = [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": called,
            "ResourceType": kind,
            "ResourceStatus": "CREATE_COMPLETE",
            "LastUpdatedTimestamp": 1782216000,
        }
        for name, called, kind in rows
    ]
    desk.answers(
        "cloudformation", "list_stack_resources", {"StackResourceSummaries": summaries}, StackName="pointpass-prod"
    )
    told = {"CodeSha256": "qrs=", "LastModified": "2026-06-23T12:00:00.000+0000"}
    versions = [told | {"Version": "$LATEST"}, told | {"Version": "7"}]
    desk.answers("lambda", "list_versions_by_function", {"Versions": versions}, FunctionName="f")
    desk.answers("lambda", "get_alias", {"FunctionVersion": "7"}, FunctionName="f", Name="live")
    desk.answers(
        "lambda",
        "update_alias",
        {},
        FunctionName="f",
        Name="live",
        FunctionVersion="6",
        RoutingConfig={"AdditionalVersionWeights": {}},
    )
    assert desk.account.functions("pointpass-prod") == {"Hooks": "pointpass-prod-Hooks-1A"}
    assert desk.account.versions("f") == [Version(7, "aabb", "2026-06-23T12:00:00.000+0000")]
    assert desk.account.live("f") == 7
    desk.account.lead("f", 6)
