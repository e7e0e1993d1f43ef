"""The alarms of infra/alarms.yaml, as CloudWatch knows them, and three for each function where a profile has them.

Every description ends with the name of a runbook: what a person who was woken does first.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ops.packaging import PackageFailed

Template = dict[str, Any]
RUNBOOKS = "docs/runbooks"
NAMESPACE = "Pointpass"
_STAGE = [{"Name": "stage", "Value": {"Ref": "Stage"}}]
_KINDS = ("raised", "older", "parked", "behind", "missing", "counted", "front", "price", "rate")


def ring(template: Template, *, profile: str, front: Mapping[str, Any]) -> None:
    """Make CloudWatch's alarms of the section `Alarms`, which is taken out.

    front: the metric of the profile's front door that counts its own failures     Raises PackageFailed.
    """
    told: Mapping[str, Any] = template.pop("Alarms")
    for name, alarm in told.items():
        if alarm.get("only", profile) == profile:
            made = _alarm(name, alarm, _watched(name, alarm, front))
            template["Resources"][f"{name}Alarm"] = made | ({"Condition": alarm["if"]} if "if" in alarm else {})
    if profile == "strict":
        for function, properties in _functions(template):
            for name, made in _of_function(function, properties["Timeout"]):
                template["Resources"][name] = made


def errors_alarm(function: str) -> str:
    """The alarm that takes a new version of a function back."""
    return f"{function}ErrorsAlarm"


def _watched(name: str, alarm: Mapping[str, Any], front: Mapping[str, Any]) -> dict[str, Any]:
    """What an alarm looks at, and when it rings."""
    kinds = [kind for kind in _KINDS if kind in alarm]
    if len(kinds) != 1:
        raise PackageFailed(f"the alarm {name} of infra/alarms.yaml needs exactly one of {', '.join(_KINDS)}")
    match kinds[0]:
        case "raised":
            watched = _raised(name)
        case "older":
            watched = _queue("ApproximateAgeOfOldestMessage", alarm["older"], alarm["seconds"])
        case "parked":
            watched = _queue("ApproximateNumberOfMessagesVisible", alarm["parked"], 0)
        case "behind":
            watched = _behind(alarm["behind"], alarm["seconds"])
        case "missing":
            rings = {"ComparisonOperator": "LessThanThreshold", "Threshold": 1, "TreatMissingData": "breaching"}
            watched = _counted(alarm["missing"], hours=alarm["hours"]) | rings
        case "counted":
            watched = _counted(alarm["counted"], hours=1) | _over(alarm["at_least"] - 1)
        case "price":
            watched = _priced(alarm["price"])
        case "rate":
            watched = _rate_of_letters(alarm["rate"], alarm["at_least"])
        case _:
            watched = {**front, "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, **_over(5)}
    return watched


def _behind(function: str, seconds: int) -> dict[str, Any]:
    """Late twice in a row: one slow batch is nobody's trouble."""
    dimensions = [{"Name": "FunctionName", "Value": {"Ref": function}}]
    late = {"Namespace": "AWS/Lambda", "MetricName": "IteratorAge", "Dimensions": dimensions}
    return {**late, "Statistic": "Maximum", "Period": 300, "EvaluationPeriods": 2, **_over(1_000 * seconds)}


def _counted(name: str, *, hours: int) -> dict[str, Any]:
    """Made of the log's lines by a filter, which cannot say a stage but in the name. Every one of so many hours rings.

    Hours, because a day that slides with the clock is empty whenever a night is slower than the one before it, and
    because CloudWatch waits for some more empty periods before it believes that one is missing. Seven days at most.
    Sources, read 23 Nov 2026: docs.aws.amazon.com/AmazonCloudWatch, "Alarm evaluation window" and "PutMetricAlarm";
    stackoverflow.com/questions/72093282.
    """
    counted = {"Namespace": NAMESPACE, "MetricName": {"Fn::Sub": f"{name}_${{Stage}}"}}
    return {**counted, "Statistic": "Sum", "Period": 3_600, "EvaluationPeriods": hours}


def _raised(name: str) -> dict[str, Any]:
    """One number for all names that ring this alarm: the code counts it beside them (chalicelib/bootstrap/bells.py)."""
    counted = {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": _STAGE}
    return {**counted, "Statistic": "Sum", "Period": 600, "EvaluationPeriods": 1, **_over(0)}


def _queue(metric: str, queue: str, limit: int) -> dict[str, Any]:
    dimensions = [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    told = {"Namespace": "AWS/SQS", "MetricName": metric, "Dimensions": dimensions}
    return {**told, "Statistic": "Maximum", "Period": 300, "EvaluationPeriods": 1, **_over(limit)}


def _priced(dollars: float) -> dict[str, Any]:
    """What an hour's calls of all functions of the account cost, four times over, beside what a day may cost.

    Without a dimension Lambda counts all functions of a region together.
    """
    counted = {"Metric": {"Namespace": "AWS/Lambda", "MetricName": "Invocations"}, "Period": 3_600, "Stat": "Sum"}
    metrics = [
        {"Id": "calls", "MetricStat": counted, "ReturnData": False},
        {"Id": "price", "Expression": f"calls * {4 * dollars:f}", "Label": "US dollars", "ReturnData": True},
    ]
    over = {"ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"}
    return {"Metrics": metrics, "EvaluationPeriods": 1, "Threshold": {"Ref": "DailyBudget"}, **over}


def _rate_of_letters(name: str, limit: float) -> dict[str, Any]:
    """Of the whole account in this region: without a dimension. SES tells it while letters are sent, as a share of 1.

    Source, read 23 Nov 2026: docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html. It also says
    what an alarm does while nothing is told: it stays as it is.
    """
    told = {"Namespace": "AWS/SES", "MetricName": f"Reputation.{name}", "Statistic": "Average", "Period": 3_600}
    reached = {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": limit}
    return {**told, "EvaluationPeriods": 1, **reached, "TreatMissingData": "ignore"}


def _over(limit: int) -> dict[str, Any]:
    return {"ComparisonOperator": "GreaterThanThreshold", "Threshold": limit, "TreatMissingData": "notBreaching"}


def _of_function(function: str, seconds: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Its failures, its refusals for want of room, and times that come near its time-out. Milliseconds."""
    for kind, metric, says, limit in (
        ("Errors", "Errors", "fails", 0),
        ("Throttles", "Throttles", "was refused for want of room", 0),
        ("Slow", "Duration", "takes more than four fifths of its time", 800 * seconds),
    ):
        statistic = {"ExtendedStatistic": "p99"} if kind == "Slow" else {"Statistic": "Sum"}
        dimensions = [{"Name": "FunctionName", "Value": {"Ref": function}}]
        watched = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions, **statistic}
        alarm = {"runbook": f"function-{kind.lower()}", "says": f"{function} {says}."}
        name = f"{function}{kind}"
        yield f"{name}Alarm", _alarm(name, alarm, {**watched, "Period": 300, "EvaluationPeriods": 1, **_over(limit)})


def _alarm(name: str, alarm: Mapping[str, Any], watched: Mapping[str, Any]) -> dict[str, Any]:
    properties = {
        "AlarmName": {"Fn::Sub": f"pointpass-${{Stage}}-{name}"},
        "AlarmDescription": f"{alarm['says']} Runbook: {RUNBOOKS}/{alarm['runbook']}.md",
        "AlarmActions": [{"Ref": "AlarmTopic"}],
        "OKActions": [{"Ref": "AlarmTopic"}],
        **watched,
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _functions(template: Template) -> list[tuple[str, Mapping[str, Any]]]:
    made = template["Resources"].items()
    return [(name, each["Properties"]) for name, each in sorted(made) if each["Type"] == "AWS::Serverless::Function"]
