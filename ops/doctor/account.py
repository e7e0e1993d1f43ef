"""The AWS account around a stage: clock, quotas, alarms, and whether what runs is what the checkout says."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from botocore.exceptions import ClientError

from chalicelib.store.aws import error_code
from ops.doctor.cloud import Cloud
from ops.doctor.rows import Row

_SKEW_LOOK, _SKEW_BAD = 30, 240
"""Seconds. AWS refuses requests that are five minutes off, Google tokens from the future, and Apple nothing at all."""
_FEW = 100
"""New accounts may run ten functions at once; a stage's own queues and streams alone run twenty-three."""
_DRIFT_TRIES = 30


def check_clock(here: datetime, there: str) -> Iterator[Row]:
    """there: the Date header of an answer that came just now (RFC 9110 6.6.1)"""
    off = abs((parsedate_to_datetime(there) - here).total_seconds())
    says = f"{off:.0f} seconds beside the server's"
    todo = "Let this computer set its clock by itself (NTP): signatures and tokens carry the time"
    if off >= _SKEW_BAD:
        yield Row("clock", "bad", says, todo)
    elif off >= _SKEW_LOOK:
        yield Row("clock", "look", says, todo)
    else:
        yield Row("clock", "good", says)


def date_of_aws(cloud: Cloud) -> str:
    """The Date header of an answer of AWS."""
    answer = cloud.call("sts", "get_caller_identity")
    return str(answer["ResponseMetadata"]["HTTPHeaders"]["date"])


def check_quotas(cloud: Cloud) -> Iterator[Row]:
    """How many functions the account may run at once. Source: docs.aws.amazon.com/lambda, gettingstarted-limits."""
    limit = cloud.call("lambda", "get_account_settings")["AccountLimit"]["ConcurrentExecutions"]
    if limit < _FEW:
        todo = "Ask for 1000 in Service Quotas (Lambda, Concurrent executions): else webhooks wait for each other"
        yield Row("quota of functions at once", "look", str(limit), todo)
    else:
        yield Row("quota of functions at once", "good", str(limit))


def check_alarms(cloud: Cloud, stage: str) -> Iterator[Row]:
    """Every alarm of the stage that rings."""
    answer = cloud.call("cloudwatch", "describe_alarms", AlarmNamePrefix=f"pointpass-{stage}-", StateValue="ALARM")
    ringing = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    for alarm in ringing:
        yield Row(f"alarm {alarm['AlarmName']}", "bad", "rings", alarm.get("AlarmDescription", "See docs/runbooks"))
    if not ringing:
        yield Row("alarms", "good", "none rings")


def check_letters_of_alarms(cloud: Cloud, stage: str, region: str) -> Iterator[Row]:
    """Whether anybody hears the alarms: SNS writes to nobody who has not confirmed it, and says nothing about it.

    Source: docs.aws.amazon.com/sns, "ListSubscriptionsByTopic" and "Deleting an Amazon SNS topic and subscription".
    """
    me = cloud.call("sts", "get_caller_identity")
    partition = str(me["Arn"]).split(":")[1]
    topic = f"arn:{partition}:sns:{region}:{me['Account']}:pointpass-{stage}-alarms"
    found = cloud.call("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
    heard = sum(each["SubscriptionArn"].startswith("arn:") for each in found)  # else a word such as PendingConfirmation
    says = f"{heard} of {len(found)} addresses confirmed"
    if heard and heard == len(found):
        yield Row("letters of alarms", "good", says)
        return
    asks = (
        "Follow the link in Amazon's letter to AlarmAddress. After two days it is void: aws sns subscribe --topic-arn "
        f"{topic} --protocol email --notification-endpoint ADDRESS sends another"
    )
    yield Row("letters of alarms", "look" if heard else "bad", f"{says}: nobody else hears them", asks)


def check_drift(cloud: Cloud, stack: str, wait: Callable[[], None]) -> Iterator[Row]:
    """Whether somebody changed by hand what the template made. wait: a moment, between two questions"""
    try:
        begun = cloud.call("cloudformation", "detect_stack_drift", StackName=stack)["StackDriftDetectionId"]
    except ClientError as err:
        if error_code(err) != "ValidationError":
            raise
        yield Row("template", "unasked", f"there is no stack called {stack}", "Name it with --stack")
        return
    told = _asked(cloud, begun)
    for _ in range(_DRIFT_TRIES):
        if told["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        wait()
        told = _asked(cloud, begun)
    if told["DetectionStatus"] == "DETECTION_FAILED":
        # What could be compared nevertheless is told below.
        todo = "Take on the keeper's role of infra/operator-roles.yaml: what is compared is read with your own rights"
        why = told.get("DetectionStatusReason", "for no reason that it names")
        yield Row("template", "look", f"AWS could not compare all of it: {why}", todo)
        if told.get("StackDriftStatus") != "DRIFTED":
            return
    if told.get("StackDriftStatus") == "IN_SYNC":
        yield Row("template", "good", f"{stack} is as its template says")
        return
    if told.get("StackDriftStatus") != "DRIFTED":
        yield Row("template", "look", "AWS has not said yet whether it drifted", "Ask again in a few minutes")
        return
    wanted = ["MODIFIED", "DELETED"]
    drifts = cloud.call(
        "cloudformation", "describe_stack_resource_drifts", StackName=stack, StackResourceDriftStatusFilters=wanted
    )["StackResourceDrifts"]
    names = ", ".join(sorted(each["LogicalResourceId"] for each in drifts))
    yield Row("template", "look", f"changed by hand: {names}", "Put the change into infra/, or deploy again to undo it")


def _asked(cloud: Cloud, begun: str) -> dict[str, str]:
    return cloud.call("cloudformation", "describe_stack_drift_detection_status", StackDriftDetectionId=begun)


def check_version(cloud: Cloud, stack: str, zipped: Path) -> Iterator[Row]:
    """Whether the functions run the zip that the checkout makes: it is the same to the byte wherever it is made."""
    if not zipped.exists():
        yield Row("version", "unasked", f"{zipped} is not there to compare with", "make package, for this stage")
        return
    try:
        parts = cloud.call("cloudformation", "list_stack_resources", StackName=stack)["StackResourceSummaries"]
    except ClientError as err:
        if error_code(err) != "ValidationError":
            raise
        yield Row("version", "unasked", f"there is no stack called {stack}", "Name it with --stack")
        return
    ours = base64.b64encode(hashlib.sha256(zipped.read_bytes()).digest()).decode()
    functions = [part["PhysicalResourceId"] for part in parts if part["ResourceType"] == "AWS::Lambda::Function"]
    other = [
        name
        for name in functions
        if cloud.call("lambda", "get_function_configuration", FunctionName=name)["CodeSha256"] != ours
    ]
    if other:
        todo = "Deploy, or check out what is deployed"
        yield Row("version", "look", f"{len(other)} of {len(functions)} functions run another zip", todo)
    else:
        yield Row("version", "good", f"all {len(functions)} functions run the checkout's zip")
