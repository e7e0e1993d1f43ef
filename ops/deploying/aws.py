"""The account as boto3 reaches it. Not tried on a real one: its calls are held against AWS's own descriptions."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.deploying import DeployFailed
from ops.deploying.account import Certificate, Change, Identity, Rights, Stack, Step, Version
from ops.deploying.rights import rights

_MISSING = (
    "ResourceNotFoundException",
    "404",
    "NoSuchBucket",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
)
_FORBIDDEN = ("AccessDenied", "AccessDeniedException", "403")
_LIVE = "live"
"""The alias that everything calls: of ops/packaging/doors.py."""
_NOT_PUBLISHED = "$LATEST"


class Aws:
    """`session`: of boto3, with a region."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._clients: dict[str, Any] = {}

    def identity(self) -> Identity:
        if not self._session.region_name:
            raise DeployFailed("no region is named: set AWS_REGION, such as eu-central-1")
        try:
            told = self._client("sts").get_caller_identity()
        except (ClientError, BotoCoreError) as err:
            raise DeployFailed(f"nobody is signed in to AWS: {err}") from err
        return Identity(told["Account"], told["Arn"], self._session.region_name)

    def concurrent_executions(self) -> int:
        return int(self._client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"])

    def certificate(self, arn: str) -> Certificate | None:
        try:
            told = self._client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        except ClientError as err:
            if _code(err) in ("ResourceNotFoundException", "ValidationException", "InvalidArnException"):
                return None
            raise
        return Certificate(told["Status"], [told["DomainName"], *told.get("SubjectAlternativeNames", [])])

    def mail_is_in_sandbox(self, region: str) -> bool:
        return not self._client("sesv2", region).get_account()["ProductionAccessEnabled"]

    def has_secret(self, name: str) -> bool:
        try:
            return "DeletedDate" not in self._client("secretsmanager").describe_secret(SecretId=name)
        except ClientError as err:
            if _code(err) in _MISSING:
                return False
            raise

    def taken(self, kind: str, names: Sequence[str]) -> Sequence[str]:
        return [name for name in names if self._exists(kind, name)]

    def _exists(self, kind: str, name: str) -> bool:
        try:
            match kind:
                case "AWS::DynamoDB::Table":
                    self._client("dynamodb").describe_table(TableName=name)
                case "AWS::SQS::Queue":
                    self._client("sqs").get_queue_url(QueueName=name)
                case "AWS::S3::Bucket":
                    self._client("s3").head_bucket(Bucket=name)
                case _:
                    raise LookupError(kind)
        except ClientError as err:
            if _code(err) in _MISSING:
                return False
            if kind == "AWS::S3::Bucket" and _code(err) in _FORBIDDEN:
                return True  # somebody else's: names of buckets are the world's
            raise
        return True

    def rights(
        self, caller: str, deeds: Mapping[str, Sequence[str]], circumstances: Mapping[str, str]
    ) -> Rights | None:
        return rights(self._client("iam"), caller, deeds, circumstances)

    def stack(self, name: str) -> Stack | None:
        try:
            told = self._client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as err:
            if _code(err) == "ValidationError" and "does not exist" in str(err):
                return None
            raise
        outputs = {each["OutputKey"]: each["OutputValue"] for each in told.get("Outputs", [])}
        return Stack(told["StackName"], told["StackStatus"], outputs)

    def upload(self, bucket: str, key: str, content: Path | bytes, *, owner: str) -> str:
        s3 = self._client("s3")
        body = content if isinstance(content, bytes) else content.read_bytes()
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, ExpectedBucketOwner=owner)
        except ClientError as err:
            if _code(err) in (*_MISSING, *_FORBIDDEN):
                help_ = "infra/deploy-role.yaml makes it, in the account and region of the stage"
                raise DeployFailed(f"the bucket {bucket} is not there, or not yours ({_code(err)}): {help_}") from err
            raise
        return f"{s3.meta.endpoint_url}/{bucket}/{key}"

    def propose(
        self, stack: str, change_set: str, *, address: str, parameters: Mapping[str, str], is_new: bool
    ) -> None:
        self._client("cloudformation").create_change_set(
            StackName=stack,
            ChangeSetName=change_set,
            ChangeSetType="CREATE" if is_new else "UPDATE",
            TemplateURL=address,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": "application", "Value": "pointpass"}, {"Key": "stage", "Value": parameters["Stage"]}],
        )

    def proposed(self, stack: str, change_set: str) -> Sequence[Change] | None:
        cloudformation = self._client("cloudformation")
        told = cloudformation.describe_change_set(StackName=stack, ChangeSetName=change_set)
        if told["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            return None
        if told["Status"] == "FAILED":
            reason = told.get("StatusReason", "")
            if "didn't contain changes" in reason or "No updates are to be performed" in reason:
                return []
            raise DeployFailed(f"CloudFormation refuses the change set: {reason}")
        pages = cloudformation.get_paginator("describe_change_set").paginate(StackName=stack, ChangeSetName=change_set)
        changes = [each["ResourceChange"] for page in pages for each in page["Changes"]]
        return [
            Change(each["Action"], each["LogicalResourceId"], each["ResourceType"], each.get("Replacement", "False"))
            for each in changes
        ]

    def withdraw(self, stack: str, change_set: str) -> None:
        self._client("cloudformation").delete_change_set(StackName=stack, ChangeSetName=change_set)

    def execute(self, stack: str, change_set: str) -> None:
        self._client("cloudformation").execute_change_set(StackName=stack, ChangeSetName=change_set)

    def delete(self, stack: str) -> None:
        try:
            self._client("cloudformation").delete_stack(StackName=stack)
        except ClientError as err:
            if _code(err) == "ValidationError":
                raise DeployFailed(f"{stack} cannot be deleted: {err}") from err
            raise

    def protect(self, stack: str, *, on: bool) -> None:
        self._client("cloudformation").update_termination_protection(StackName=stack, EnableTerminationProtection=on)

    def steps(self, stack: str) -> Iterator[Step]:
        pages = self._client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
        for page in pages:
            for each in page["StackEvents"]:
                name, kind = each.get("LogicalResourceId", ""), each.get("ResourceType", "")
                yield Step(each["EventId"], name, kind, each["ResourceStatus"], each.get("ResourceStatusReason", ""))

    def functions(self, stack: str) -> Mapping[str, str]:
        pages = self._client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        rows = (row for page in pages for row in page["StackResourceSummaries"])
        made = (row for row in rows if row["ResourceType"] == "AWS::Lambda::Function" and "PhysicalResourceId" in row)
        return {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in made}

    def versions(self, function: str) -> Sequence[Version]:
        pages = self._client("lambda").get_paginator("list_versions_by_function").paginate(FunctionName=function)
        told = (each for page in pages for each in page["Versions"] if each["Version"] != _NOT_PUBLISHED)
        return [
            Version(int(each["Version"]), base64.b64decode(each["CodeSha256"]).hex(), each["LastModified"])
            for each in told
        ]

    def live(self, function: str) -> int:
        return int(self._client("lambda").get_alias(FunctionName=function, Name=_LIVE)["FunctionVersion"])

    def lead(self, function: str, version: int) -> None:
        # Without weights: also the callers of a version that is tried by a part of them.
        self._client("lambda").update_alias(
            FunctionName=function,
            Name=_LIVE,
            FunctionVersion=str(version),
            RoutingConfig={"AdditionalVersionWeights": {}},
        )

    def _client(self, service: str, region: str = "") -> Any:
        name = f"{service} {region}"
        if name not in self._clients:
            self._clients[name] = self._session.client(service, region_name=region or None)
        return self._clients[name]


def _code(err: ClientError) -> str:
    return str(err.response.get("Error", {}).get("Code", ""))
