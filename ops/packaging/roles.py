"""What is true of every role, whatever its policy file says."""

from collections.abc import Iterator
from typing import Any

from ops.packaging import PackageFailed

Template = dict[str, Any]
Statement = dict[str, Any]

BOUNDARY = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/pointpass-boundary-${Stage}"}
"""What no role of the stage exceeds. infra/deploy-role.yaml makes it, and lets nobody deploy a role without it."""
ROLL_OUT = "RollOutRole"
"""CodeDeploy's, and no function's: it has Amazon's policy for it, and none of its own."""

_CHANGES = (
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
)


def bound(template: Template) -> None:
    """No role may more than the boundary, whatever its policies say."""
    for made in template["Resources"].values():
        if made["Type"] == "AWS::IAM::Role":
            made["Properties"]["PermissionsBoundary"] = dict(BOUNDARY)


def keep_journal(template: Template) -> None:
    """No function changes or removes an entry, whatever somebody once writes into a policy file."""
    for statements in _policies(template):
        statements.append(
            {
                "Sid": "KeepJournal",
                "Effect": "Deny",
                "Action": list(_CHANGES),
                "Resource": {"Fn::GetAtt": ["JournalTable", "Arn"]},
            }
        )


def allow_keys(template: Template) -> None:
    """Roles that touch what is encrypted under a key of ours may use that key, for that alone.

    Reading a table, a message or an object opens it; writing a message or an object asks for a key to close it with.
    Sources: docs.aws.amazon.com, "DynamoDB encryption at rest usage notes", "Configuring AWS KMS permissions for
    Amazon SQS", "Using server-side encryption with AWS KMS keys (SSE-KMS)".
    """
    for statements in _policies(template):
        told = list(statements)
        for key, is_meant in (("DataKey", _is_data), ("SealsKey", _is_seals)):
            actions = {action for each in told if is_meant(each) for action in each["Action"]}
            if actions:
                closes = actions & {"sqs:SendMessage", "s3:PutObject"}
                wanted = ["kms:Decrypt", "kms:GenerateDataKey"] if closes else ["kms:Decrypt"]
                statements.append(
                    {"Sid": key, "Effect": "Allow", "Action": wanted, "Resource": {"Fn::GetAtt": [key, "Arn"]}}
                )


def allow_tracing(template: Template) -> None:
    """X-Ray knows no resources: its two actions are the only ones that name none.

    Source: docs.aws.amazon.com/service-authorization, "Actions, resources, and condition keys for AWS X-Ray".
    """
    for statements in _policies(template):
        actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        statements.append({"Sid": "Trace", "Effect": "Allow", "Action": actions, "Resource": "*"})


def _is_data(statement: Statement) -> bool:
    services = {action.partition(":")[0] for action in statement["Action"]}
    return statement["Effect"] == "Allow" and bool(services & {"dynamodb", "sqs", "s3"}) and not _is_seals(statement)


def _is_seals(statement: Statement) -> bool:
    return "SealsBucket" in str(statement["Resource"])


def _policies(template: Template) -> Iterator[list[Statement]]:
    """The statements of each role, to be added to. Raises PackageFailed for a role that has other policies, too."""
    for name, made in template["Resources"].items():
        if made["Type"] == "AWS::IAM::Role" and name != ROLL_OUT:
            policies = made["Properties"]["Policies"]
            if len(policies) != 1:
                raise PackageFailed(f"{name} has {len(policies)} policies; every role has its own one")
            yield policies[0]["PolicyDocument"]["Statement"]
