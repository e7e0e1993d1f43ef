"""Every call that CloudFormation makes for a template, by its own schemas: what it does, and to which name.

The schemas say for each type which permissions its handlers need. They name all that a type can do; what ours never ask
for is SPARED, with the reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from deployed import ACCOUNT, REGION, Deployed
from iam_policies import Call

KEPT = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")
"""What holds facts: made, changed, and never removed by who deploys."""
HERE = f"{REGION}:{ACCOUNT}"
GATE = f"arn:aws:apigateway:{REGION}::"
ROLL_OUT = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"

SPARED: Mapping[str, tuple[str, ...]] = {
    "tables of ours are not imported, copied to other regions, streamed elsewhere or measured": (
        "dynamodb:DescribeImport", "dynamodb:ImportTable", "dynamodb:*TableReplica",
        "dynamodb:UpdateContributorInsights",
        "dynamodb:*ableKinesisStreamingDestination", "dynamodb:UpdateKinesisStreamingDestination",
        "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy", "kinesis:*", "AWS::DynamoDB::Table logs:*",
        "AWS::DynamoDB::Table s3:*", "AWS::DynamoDB::Table iam:CreateServiceLinkedRole",
    ),
    "rows are read and written for a copy in another region alone": (
        "dynamodb:Scan", "dynamodb:Query", "dynamodb:*Item",
    ),
    "grants end with their table, and keys are named without an alias": ("kms:RevokeGrant", "kms:ListAliases"),
    "a key is never turned off, and keeps its tags": ("kms:DisableKey*", "kms:EnableKey", "kms:UntagResource"),
    "functions and their sources have no key of their own": (
        "AWS::Lambda::Function kms:*", "AWS::Lambda::EventSourceMapping kms:*",
    ),
    "functions are in no network, on no disk, signed by nobody, without layers, and run as Lambda chooses": (
        "ec2:*", "elasticfilesystem:*", "s3files:*", "lambda:GetLayerVersion", "lambda:GetCodeSigningConfig",
        "lambda:PutFunctionCodeSigningConfig", "lambda:DeleteFunctionCodeSigningConfig",
        "lambda:PutRuntimeManagementConfig", "lambda:PutFunctionRecursionConfig",
        "lambda:PutFunctionScalingConfig", "lambda:P*ProvisionedConcurrencyConfig", "lambda:PassCapacityProvider",
        "lambda:DeleteProvisionedConcurrencyConfig", "lambda:AssociateRuntimeAlias",
    ),
    "packages have no versions: each has a name of its own": ("s3:GetObjectVersion",),
    "descriptions come with the template": ("AWS::ApiGateway* s3:*",),
    "front doors ask functions by the functions' own policies": ("AWS::ApiGateway* iam:PassRole",),
    "phones and shops show no certificates": ("apigateway:*Certificate*Domain",),
    "a front door keeps its tags": ("apigateway:UntagResource", "tagging apigateway:DELETE"),
    "buckets have what infra/ says, and keep it": (
        "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutBucketAbac", "s3:PutAnalyticsConfiguration", "s3:PutBucketCORS",
        "s3:PutInventoryConfiguration", "s3:PutMetricsConfiguration", "s3:PutBucketNotification",
        "s3:CreateBucketMetadata*",
        "s3:PutBucketReplication", "s3:PutReplicationConfiguration", "s3:PutBucketWebsite", "s3:PutBucketLogging",
        "s3:PutAccelerateConfiguration", "s3:Put*ObjectLockConfiguration", "s3:PutIntelligentTieringConfiguration",
        "s3:UpdateBucketMetadata*", "AWS::S3::Bucket s3:DeleteBucket*",
        "s3:DeleteObject", "s3tables:*", "AWS::S3::Bucket iam:PassRole",
    ),
    "logs go nowhere else, have no key, filter nothing, and end some day": (
        "logs:PutDataProtectionPolicy", "logs:DeleteDataProtectionPolicy", "logs:CreateLogDelivery", "logs:*KmsKey",
        "logs:PutResourcePolicy", "logs:DeleteResourcePolicy", "logs:PutIndexPolicy", "logs:DeleteIndexPolicy",
        "logs:DeleteRetentionPolicy", "logs:PutLogGroupDeletionProtection", "logs:PutBearerTokenAuthentication",
        "firehose:*", "s3:REST.PUT.OBJECT",
    ),
    "topics and clocks send by their targets' own policies, and hide nothing": (
        "AWS::SNS::* iam:*", "AWS::Events::Rule iam:PassRole", "sns:PutDataProtectionPolicy",
    ),
    "the firewall stands before API Gateway, with rules of its own": (
        "payments:*", "wafv2:*PermissionPolicy", "elasticloadbalancing:*", "appsync:*", "cognito-idp:*", "apprunner:*",
        "amplify:*", "bedrock-agentcore:*",
    ),
    "CodeDeploy moves between functions, not on computers": ("codedeploy:RegisterOnPremisesInstance",),
    "a role keeps its boundary": ("iam:DeleteRolePermissionsBoundary",),
}  # fmt: skip
"""What the schemas name and no stage needs, by the reason: patterns of an action, also with its type or handler."""


@dataclass(frozen=True)
class Handled:
    """One permission of one handler. `calls`: one for each name that it may be asked for"""

    kind: str
    name: str
    handler: str
    calls: Sequence[Call]


def handled(told: Deployed, handlers: Sequence[str]) -> Iterator[Handled]:
    """What CloudFormation does to a stage's resources, without what is SPARED. `told`: after SAM"""
    for name, made in told.resources.items():
        kind = made["Type"]
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
        for handler in handlers:
            if handler == "delete" and kind in KEPT:
                continue
            part = schema["tagging"] if handler == "tagging" else schema.get("handlers", {}).get(handler, {})
            for action in part.get("permissions", ()):
                if spared(kind, handler, action) is None and not _is_idle(made, action):
                    yield Handled(kind, name, handler, list(_calls(told, name, handler, action)))


def spared(kind: str, handler: str, action: str) -> str | None:
    """The pattern by which a permission is not needed."""
    patterns = [each for some in SPARED.values() for each in some]
    names = (action, f"{kind} {action}", f"{handler} {action}")
    return next((each for each in patterns if any(fnmatchcase(name, each) for name in names)), None)


def _is_idle(made: Mapping[str, Any], action: str) -> bool:
    """A role that has policies of its own alone is given no other."""
    return action in ("iam:AttachRolePolicy", "iam:DetachRolePolicy") and "ManagedPolicyArns" not in made["Properties"]


def _calls(told: Deployed, name: str, handler: str, action: str) -> Iterator[Call]:
    """On what it is done, and with what the request says. A fresh resource's tags do not count yet."""
    made, stage = told.resources[name], told.parameters["Stage"]
    tags = {"application": "pointpass", "stage": stage}
    said = {} if handler == "create" else {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    if handler == "create" or "Tag" in action:
        said |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    if "PermissionsBoundary" in made["Properties"]:
        said["iam:PermissionsBoundary"] = told.resolve(made["Properties"]["PermissionsBoundary"])
    said |= {
        "aws:ResourceAccount": ACCOUNT,
        "iam:PassedToService": f"{'codedeploy' if 'CodeDeploy' in made['Type'] else 'lambda'}.amazonaws.com",
        "iam:PolicyARN": ROLL_OUT,
        "lambda:FunctionArn": f"arn:aws:lambda:{HERE}:function:pointpass-{stage}-{name}-1A2B:live",
    }
    if made["Type"] == "AWS::DynamoDB::Table":
        said["kms:ViaService"] = f"dynamodb.{REGION}.amazonaws.com"
    for arn in _names(told, name, handler, action):
        yield Call(action, arn, said)


def _names(told: Deployed, name: str, handler: str, action: str) -> Sequence[str]:
    stage, kind = told.parameters["Stage"], told.resources[name]["Type"]
    service = action.partition(":")[0]
    if action in _ELSEWHERE:
        return [_ELSEWHERE[action].format(stage=stage, name=name)]
    if service == "apigateway":
        return _doors(kind, handler, action)
    if service in ("codedeploy", "kms"):
        is_group = "Group" in action or (kind.endswith("Group") and action != "codedeploy:RegisterApplicationRevision")
        which = service if service == "kms" else ("group" if is_group else "application")
        return [_WITHIN[which].format(stage=stage, name=name)]
    mine, named = f"pointpass-{stage}-{name}-1A2B3C", _named(told, name)
    return [each.format(here=HERE, account=ACCOUNT, stage=stage, mine=mine, named=named) for each in _ARNS[kind]]


_WITHIN = {
    "kms": f"arn:aws:kms:{HERE}:key/0f1e2d3c",
    "application": f"arn:aws:codedeploy:{HERE}:application:pointpass-{{stage}}-ServerlessDeploymentApplication-1A",
    "group": (
        f"arn:aws:codedeploy:{HERE}:deploymentgroup:"
        "pointpass-{stage}-ServerlessDeploymentApplication-1A/pointpass-{stage}-{name}-1A2B3C"
    ),
}
_ELSEWHERE = {
    "iam:PassRole": f"arn:aws:iam::{ACCOUNT}:role/pointpass-{{stage}}-{{name}}Role-1A2B3C",
    "kms:CreateKey": "*",
    "lambda:CreateEventSourceMapping": "*",
    "logs:DescribeLogGroups": "*",
    "logs:DescribeResourcePolicies": "*",
    "s3:GetObject": f"arn:aws:s3:::pointpass-deploy-{{stage}}-{ACCOUNT}-{REGION}/{{stage}}/0f1e.zip",
    "cloudwatch:DescribeAlarms": f"arn:aws:cloudwatch:{HERE}:alarm:*",
    "billing:GetBillingViewData": f"arn:aws:billing::{ACCOUNT}:billingview/primary",
    "codedeploy:GetDeploymentConfig": (
        f"arn:aws:codedeploy:{HERE}:deploymentconfig:CodeDeployDefault.LambdaCanary10Percent5Minutes"
    ),
    "apigateway:SetWebACL": f"{GATE}/restapis/a1b2c3/stages/live",
}
_FUNCTION = ("arn:aws:lambda:{here}:function:{mine}", "arn:aws:lambda:{here}:function:{mine}:live")
_ARNS = {
    "AWS::Budgets::Budget": ("arn:aws:budgets::{account}:budget/{named}",),
    "AWS::CloudWatch::Alarm": ("arn:aws:cloudwatch:{here}:alarm:{mine}",),
    "AWS::CloudWatch::Dashboard": ("arn:aws:cloudwatch::{account}:dashboard/{named}",),
    "AWS::DynamoDB::Table": ("arn:aws:dynamodb:{here}:table/{named}",),
    "AWS::Events::Rule": ("arn:aws:events:{here}:rule/{named}",),
    "AWS::IAM::Role": ("arn:aws:iam::{account}:role/{mine}",),
    "AWS::Lambda::Alias": _FUNCTION,
    "AWS::Lambda::EventInvokeConfig": _FUNCTION,
    "AWS::Lambda::EventSourceMapping": ("arn:aws:lambda:{here}:event-source-mapping:0f1e2d3c",),
    "AWS::Lambda::Function": _FUNCTION[:1],
    "AWS::Lambda::Permission": _FUNCTION,
    "AWS::Lambda::Version": _FUNCTION,
    "AWS::Logs::LogGroup": ("arn:aws:logs:{here}:log-group:{named}", "arn:aws:logs:{here}:log-group:{named}:*"),
    "AWS::Logs::MetricFilter": ("arn:aws:logs:{here}:log-group:{named}",),
    "AWS::S3::Bucket": ("arn:aws:s3:::{named}",),
    "AWS::S3::BucketPolicy": ("arn:aws:s3:::{named}",),
    "AWS::SNS::Subscription": (
        "arn:aws:sns:{here}:pointpass-{stage}-alarms", "arn:aws:sns:{here}:pointpass-{stage}-alarms:0f1e2d3c",
    ),
    "AWS::SNS::Topic": ("arn:aws:sns:{here}:{named}",),
    "AWS::SNS::TopicPolicy": ("arn:aws:sns:{here}:pointpass-{stage}-alarms",),
    "AWS::SQS::Queue": ("arn:aws:sqs:{here}:{named}",),
    "AWS::SQS::QueuePolicy": ("arn:aws:sqs:{here}:pointpass-{stage}-clock-parked",),
    "AWS::WAFv2::WebACL": ("arn:aws:wafv2:{here}:regional/webacl/{named}/0f1e2d3c",),
    "AWS::WAFv2::WebACLAssociation": (
        "arn:aws:wafv2:{here}:regional/webacl/pointpass-{stage}/0f1e2d3c", f"{GATE}/restapis/a1b2c3/stages/live",
    ),
}  # fmt: skip
_SAID = (
    "TableName", "QueueName", "BucketName", "TopicName", "LogGroupName", "DashboardName", "Bucket", "Name",
)  # fmt: skip


def _named(told: Deployed, name: str) -> str:
    """The name that the template gives, where it gives one."""
    properties = told.resources[name]["Properties"]
    if "Budget" in properties:
        properties = {"Name": properties["Budget"]["BudgetName"]}
    said = next((properties[each] for each in _SAID if each in properties), "")
    match said:
        case {"Ref": other} if other in told.resources:
            return _named(told, other)
    return str(told.resolve(said))


_DOORS = {"AWS::ApiGateway": ("/restapis", "a1b2c3"), "AWS::ApiGatewayV2": ("/apis", "a1b2c3")}


def _doors(kind: str, handler: str, action: str) -> Sequence[str]:
    """Front doors have no names of their own. What is put in or under them is below them."""
    service, _, what = kind.rpartition("::")
    whole, one = _DOORS[service]
    if what in ("DomainName", "BasePathMapping", "ApiMapping"):
        whole, one = "/domainnames", "cards.example.com"
    below = {"Api": "", "RestApi": "", "DomainName": ""}.get(what, f"/{what.lower()}s")
    if "Tag" in action or (handler == "tagging" and action != "apigateway:PATCH"):
        tags = f"{GATE}/tags/{quote(f'{GATE}{whole}/{one}{below}', safe='')}"
        # CloudFormation's schema names an action that IAM's own list has not: on what it is asked for, neither says.
        return [tags, f"{GATE}{whole}/{one}{below}"] if "Tag" in action else [tags]
    if action == "apigateway:POST":
        return [f"{GATE}{whole}/{one}{below}" if below else f"{GATE}{whole}"]
    return [f"{GATE}{whole}/{one}{below and f'{below}/0f1e'}"]
