"""An account that remembers what was done to it, with everything in order until a test spoils one thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import ClientError

from ops.deploying import DeployFailed
from ops.deploying.account import Certificate, Change, Identity, Rights, Stack, Step, Version
from ops.deploying.preflight import Plan

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0f1e2d3c"
ME = Identity("123456789012", "arn:aws:sts::123456789012:assumed-role/pointpass-deploy-prod/anna", "eu-central-1")
STACK = "AWS::CloudFormation::Stack"
MAIL_REGION = "eu-west-1"
"""Not the stage's: SES may be anywhere."""
TEMPLATE = {
    "Description": "Pointpass, stage prod, profile strict",
    "Parameters": {"Stage": {"Type": "String", "Default": "prod"}},
    "Resources": {
        "Hooks": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"CodeUri": "./deployment.zip", "ReservedConcurrentExecutions": 50},
        },
        "JournalTable": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"TableName": {"Fn::Sub": "pointpass-${Stage}-journal"}},
        },
        "InboxBucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": {"Fn::Sub": "pointpass-${Stage}-inbox-${AWS::AccountId}"}},
        },
    },
}
PARAMETERS = {
    "Stage": "prod",
    "DomainName": "cards.example.com",
    "CertificateArn": CERTIFICATE,
    "VaultSecret": "pointpass-prod-vault",
    "SmtpSecret": "",
    "SmtpUrl": f"smtps://u@email-smtp.{MAIL_REGION}.amazonaws.com:465",
}


def plan(**said: str) -> Plan:
    return Plan("prod", "strict", TEMPLATE, PARAMETERS | said)


@dataclass
class AccountStandIn:
    """`ends_as`: what the stack becomes when a change set is executed     `published`: the versions of each function
    `met`: the one that its callers meet     `stubborn`: a function that cannot be led
    """

    limit: int = 1_000
    certificates: dict[str, Certificate] = field(
        default_factory=lambda: {CERTIFICATE: Certificate("ISSUED", ["cards.example.com"])}
    )
    is_sandboxed: bool = False
    secrets: set[str] = field(default_factory=lambda: {"pointpass-prod-vault"})
    there: set[str] = field(default_factory=set)
    forbidden: Sequence[str] | None = ()
    unanswered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stacks: dict[str, Stack] = field(default_factory=dict)
    changes: Sequence[Change] = (Change("Add", "Hooks", "AWS::Lambda::Function", "False"),)
    ends_as: str = "CREATE_COMPLETE"
    uploaded: dict[str, bytes] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    told: list[Step] = field(default_factory=list)
    proposals: list[dict[str, object]] = field(default_factory=list)
    waits: int = 2
    outputs: dict[str, str] = field(default_factory=lambda: {"Address": "https://cards.example.com"})
    published: dict[str, list[Version]] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)
    stubborn: str = ""

    def identity(self) -> Identity:
        return ME

    def concurrent_executions(self) -> int:
        return self.limit

    def certificate(self, arn: str) -> Certificate | None:
        return self.certificates.get(arn)

    def mail_is_in_sandbox(self, region: str) -> bool:
        return self.is_sandboxed and region == MAIL_REGION

    def has_secret(self, name: str) -> bool:
        return name in self.secrets

    def taken(self, kind: str, names: Sequence[str]) -> Sequence[str]:
        return [name for name in names if name in self.there]

    def rights(
        self, caller: str, deeds: Mapping[str, Sequence[str]], circumstances: Mapping[str, str]
    ) -> Rights | None:
        asked = [action for actions in deeds.values() for action in actions]
        if self.forbidden is None:
            return None
        return Rights([action for action in asked if action in self.forbidden], self.unanswered)

    def stack(self, name: str) -> Stack | None:
        return self.stacks.get(name)

    def upload(self, bucket: str, key: str, content: Path | bytes, *, owner: str) -> str:
        assert owner == ME.account
        self.uploaded[f"{bucket}/{key}"] = content if isinstance(content, bytes) else content.read_bytes()
        return f"https://{bucket}.s3.eu-central-1.amazonaws.com/{key}"

    def propose(
        self, stack: str, change_set: str, *, address: str, parameters: Mapping[str, str], is_new: bool
    ) -> None:
        self.proposals.append({"address": address, "parameters": dict(parameters), "is_new": is_new})
        self.stacks.setdefault(stack, Stack(stack, "REVIEW_IN_PROGRESS", {}))

    def proposed(self, stack: str, change_set: str) -> Sequence[Change] | None:
        self.waits -= 1
        return None if self.waits > 0 else self.changes

    def withdraw(self, stack: str, change_set: str) -> None:
        self.done.append("withdraw")

    def execute(self, stack: str, change_set: str) -> None:
        self.done.append("execute")
        self.stacks[stack] = Stack(stack, self.ends_as, self.outputs)
        self._tell(stack, "CREATE_IN_PROGRESS")
        if self.ends_as not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            self.told.insert(0, Step("why", "Hooks", "AWS::Lambda::Function", "CREATE_FAILED", "no room"))
        self._tell(stack, self.ends_as)

    def delete(self, stack: str) -> None:
        if "unprotect" not in self.done:
            raise DeployFailed("protected")
        self.done.append("delete")
        del self.stacks[stack]

    def protect(self, stack: str, *, on: bool) -> None:
        self.done.append("protect" if on else "unprotect")

    def steps(self, stack: str) -> Iterator[Step]:
        yield from list(self.told)

    def functions(self, stack: str) -> Mapping[str, str]:
        return {name: f"{stack}-{name}-1A2B" for name in self.published}

    def versions(self, function: str) -> Sequence[Version]:
        return self.published[function.split("-")[2]]

    def live(self, function: str) -> int:
        return self.met[function.split("-")[2]]

    def lead(self, function: str, version: int) -> None:
        name = function.split("-")[2]
        if name == self.stubborn:
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "slower"}}, "UpdateAlias")
        self.met[name] = version

    def _tell(self, stack: str, status: str) -> None:
        self.told.insert(0, Step(f"{len(self.told)}", stack, STACK, status, ""))
