"""What the profile strict adds to functions, tables, queues and buckets that the small one has, too."""

from typing import Any

from ops.packaging import PackageFailed
from ops.packaging.alarms import errors_alarm
from ops.packaging.roles import ROLL_OUT

Template = dict[str, Any]


def encrypt(template: Template) -> None:
    """Tables, queues and the inbox under the key of the stage; the seals under theirs."""
    for name, made in template["Resources"].items():
        properties = made.get("Properties", {})
        match made["Type"]:
            case "AWS::DynamoDB::Table":
                key = {"Fn::GetAtt": ["DataKey", "Arn"]}
                properties["SSESpecification"] = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
            case "AWS::SQS::Queue":
                del properties["SqsManagedSseEnabled"]
                properties["KmsMasterKeyId"] = {"Ref": "DataKey"}
            case "AWS::S3::Bucket":
                key = {"Fn::GetAtt": ["SealsKey" if name == "SealsBucket" else "DataKey", "Arn"]}
                default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
                # One data key for many objects, or every delivery would ask the key service.
                rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
                properties["BucketEncryption"] = {"ServerSideEncryptionConfiguration": [rule]}


def reserve(template: Template) -> None:
    """Give every function its share of the account's concurrency, as the section `Reserved` says.

    Raises PackageFailed when one is not named there, or has less than its source asks for.
    """
    reserved = template.pop("Reserved")
    functions = {name: made for name, made in template["Resources"].items() if _is_function(made)}
    if odd := sorted(functions.keys() ^ reserved.keys()):
        raise PackageFailed(
            f"infra/strict/functions.yaml reserves for other functions than there are: {', '.join(odd)}"
        )
    for name, made in functions.items():
        for source in made["Properties"].get("Events", {}).values():
            most = source["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency", 0)
            if most > reserved[name]:
                raise PackageFailed(f"the queue of {name} runs {most} at once, {reserved[name]} are reserved")
        made["Properties"]["ReservedConcurrentExecutions"] = reserved[name]


def trace(template: Template) -> None:
    for made in template["Resources"].values():
        if _is_function(made):
            made["Properties"]["Tracing"] = "Active"


def roll_out_slowly(template: Template) -> None:
    """New versions meet a part of the callers first, as the section `Canary` says, and are taken back by an alarm."""
    canary = template.pop("Canary")
    for name in canary["Functions"]:
        alarms = [{"Ref": errors_alarm(name)}, {"Ref": "RequestsBrokeAlarm"}]
        role = {"Fn::GetAtt": [ROLL_OUT, "Arn"]}
        preference = {"Type": canary["Type"], "Alarms": alarms, "Role": role}
        template["Resources"][name]["Properties"]["DeploymentPreference"] = preference


def _is_function(made: dict[str, Any]) -> bool:
    return bool(made["Type"] == "AWS::Serverless::Function")
