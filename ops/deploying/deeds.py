"""What a deployment does, by what it is done to. IAM is asked beforehand: a first one that fails leaves tables behind.

One deed of each kind of thing, its tags and what must be handed over: not every call, which is what
tests/package/test_deploy_role.py holds infra/deploy-role.yaml against.
"""

from collections.abc import Mapping, Sequence

from ops.deploying.account import Identity

_Deeds = Mapping[str, Sequence[str]]

_ALL: _Deeds = {
    "cloudformation:{here}:stack/pointpass-{stage}/*": (
        "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "cloudformation:DescribeStacks",
        "cloudformation:TagResource",
    ),
    "s3:::pointpass-deploy-{stage}-{account}-{region}/{stage}/code.zip": ("s3:GetObject", "s3:PutObject"),
    "dynamodb:{here}:table/pointpass-{stage}-journal": (
        "dynamodb:CreateTable", "dynamodb:UpdateContinuousBackups", "dynamodb:TagResource",
    ),
    "s3:::pointpass-{stage}-inbox-{account}": (
        "s3:CreateBucket", "s3:PutLifecycleConfiguration", "s3:PutBucketPolicy", "s3:PutBucketTagging",
        "s3:TagResource",
    ),
    "sqs:{here}:pointpass-{stage}-deferred": ("sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue"),
    "iam::{account}:role/pointpass-{stage}-hooks": (
        "iam:CreateRole", "iam:PutRolePolicy", "iam:TagRole", "iam:PassRole",
    ),
    "iam::{account}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway": (
        "iam:CreateServiceLinkedRole",
    ),
    "lambda:{here}:function:pointpass-{stage}-hooks": (
        "lambda:CreateFunction", "lambda:PublishVersion", "lambda:CreateAlias", "lambda:AddPermission",
        "lambda:PutFunctionEventInvokeConfig", "lambda:TagResource",
    ),
    "lambda:{here}:event-source-mapping:new": ("lambda:TagResource",),
    "*": ("lambda:CreateEventSourceMapping",),
    "events:{here}:rule/pointpass-{stage}-night": ("events:PutRule", "events:PutTargets", "events:TagResource"),
    "logs:{here}:log-group:/pointpass/{stage}/hooks": (
        "logs:CreateLogGroup", "logs:PutMetricFilter", "logs:PutRetentionPolicy", "logs:TagResource",
    ),
    "cloudwatch:{here}:alarm:pointpass-{stage}-parked": ("cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"),
    "cloudwatch::{account}:dashboard/pointpass-{stage}": ("cloudwatch:PutDashboard", "cloudwatch:TagResource"),
    "sns:{here}:pointpass-{stage}-alarms": (
        "sns:CreateTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource",
    ),
    "budgets::{account}:budget/pointpass-{stage}-price-of-the-day": ("budgets:ModifyBudget", "budgets:TagResource"),
    "apigateway:{region}::/domainnames": ("apigateway:POST",),
    "apigateway:{region}::/tags/new": ("apigateway:PUT",),
}  # fmt: skip
_SMALL: _Deeds = {
    "apigateway:{region}::/apis": ("apigateway:POST",),
    "apigateway:{region}::/apis/new/routes": ("apigateway:POST",),
}
_STRICT: _Deeds = {
    "*": ("kms:CreateKey", "kms:TagResource"),
    "kms:{here}:key/new": ("kms:CreateGrant", "kms:DescribeKey", "kms:EnableKeyRotation"),
    "apigateway:{region}::/restapis": ("apigateway:POST",),
    "apigateway:{region}::/restapis/new": ("apigateway:PUT",),
    "apigateway:{region}::/restapis/new/stages/live": ("apigateway:SetWebACL", "wafv2:AssociateWebACL"),
    "wafv2:{here}:regional/webacl/pointpass-{stage}/new": (
        "wafv2:CreateWebACL", "wafv2:AssociateWebACL", "wafv2:TagResource",
    ),
    "iam::{account}:role/pointpass-{stage}-RollOutRole-new": ("iam:AttachRolePolicy",),
    "codedeploy:{here}:application:pointpass-{stage}-new": ("codedeploy:CreateApplication", "codedeploy:TagResource"),
    "codedeploy:{here}:deploymentgroup:pointpass-{stage}-new/hooks": ("codedeploy:CreateDeploymentGroup",),
}  # fmt: skip
_OF: Mapping[str, Sequence[_Deeds]] = {"small": (_ALL, _SMALL), "strict": (_ALL, _STRICT)}


def deeds(stage: str, profile: str, me: Identity) -> _Deeds:
    """By the name of what it is done to; `*` where there is none yet."""
    told = {"stage": stage, "account": me.account, "region": me.region, "here": f"{me.region}:{me.account}"}
    found: dict[str, Sequence[str]] = {}
    for some in _OF[profile]:
        for name, actions in some.items():
            arn = name if name == "*" else f"arn:{_partition(me)}:{name.format(**told)}"
            found[arn] = (*found.get(arn, ()), *actions)
    return found


def circumstances(stage: str, me: Identity) -> Mapping[str, str]:
    """What the requests of a deployment say, by the condition keys of IAM that infra/deploy-role.yaml asks for."""
    iam = f"arn:{_partition(me)}:iam::"
    return {
        "aws:RequestTag/application": "pointpass",
        "aws:RequestTag/stage": stage,
        "aws:ResourceAccount": me.account,
        "aws:ResourceTag/application": "pointpass",
        "aws:ResourceTag/stage": stage,
        "iam:AWSServiceName": "ops.apigateway.amazonaws.com",
        "iam:PassedToService": "lambda.amazonaws.com",
        "iam:PermissionsBoundary": f"{iam}{me.account}:policy/pointpass-boundary-{stage}",
        "iam:PolicyARN": f"{iam}aws:policy/service-role/AWSCodeDeployRoleForLambda",
        "kms:ViaService": f"dynamodb.{me.region}.amazonaws.com",
        "lambda:FunctionArn": (
            f"arn:{_partition(me)}:lambda:{me.region}:{me.account}:function:pointpass-{stage}-hooks"
        ),
    }


def _partition(me: Identity) -> str:
    return me.arn.split(":")[1]
