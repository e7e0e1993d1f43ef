"""Tags by which a bill can be split: on everything that can carry them.

SAM gives its clock rules and its sources none; they get the stack's, which are the same (ops/deploying/aws.py).
"""

from typing import Any

_TAGS = {"application": "pointpass", "stage": {"Ref": "Stage"}}
_PAIRS = "list of pairs"
_MAP = "map"

FORMS = {
    "AWS::ApiGateway::DomainName": ("Tags", _PAIRS),
    "AWS::ApiGatewayV2::Api": ("Tags", _MAP),
    "AWS::ApiGatewayV2::DomainName": ("Tags", _MAP),
    "AWS::ApiGatewayV2::Stage": ("Tags", _MAP),
    "AWS::Budgets::Budget": ("ResourceTags", _PAIRS),
    "AWS::CloudWatch::Alarm": ("Tags", _PAIRS),
    "AWS::CloudWatch::Dashboard": ("Tags", _PAIRS),
    "AWS::DynamoDB::Table": ("Tags", _PAIRS),
    "AWS::IAM::Role": ("Tags", _PAIRS),
    "AWS::KMS::Key": ("Tags", _PAIRS),
    "AWS::Logs::LogGroup": ("Tags", _PAIRS),
    "AWS::S3::Bucket": ("Tags", _PAIRS),
    "AWS::SNS::Topic": ("Tags", _PAIRS),
    "AWS::SQS::Queue": ("Tags", _PAIRS),
    "AWS::Serverless::Api": ("Tags", _MAP),
    "AWS::Serverless::Function": ("Tags", _MAP),
    "AWS::WAFv2::WebACL": ("Tags", _PAIRS),
}
"""Where each type keeps its tags, and in which form. What SAM makes of a function is given the function's."""


def tag(template: dict[str, Any]) -> None:
    """Put the tags on every resource whose type has a place for them."""
    for made in template["Resources"].values():
        if made["Type"] in FORMS:
            place, form = FORMS[made["Type"]]
            properties = made["Properties"]
            if form == _MAP:
                properties[place] = dict(_TAGS)
            else:
                properties[place] = [{"Key": key, "Value": value} for key, value in sorted(_TAGS.items())]
        if made["Type"] in ("AWS::Serverless::Api", "AWS::Serverless::Function"):
            made["Properties"]["PropagateTags"] = True
