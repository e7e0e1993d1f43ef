"""What calls the functions: queues, the stream and the clock; and where failures wait for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from deployed import Deployed, Role

from ops.packaging.template import functions, of_type

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

LONGEST_RETENTION_SECONDS = 14 * 86_400


def queues(deployed: Deployed) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in of_type(deployed.template, "AWS::SQS::Queue"):
        yield name, deployed.queue(name)


def sources(deployed: Deployed) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every function that a queue or a stream calls, with the properties of that source."""
    for function in functions(deployed.template).values():
        for source in function["Properties"].get("Events", {}).values():
            if source["Type"] in ("SQS", "DynamoDB"):
                yield function["Properties"], source["Properties"]


def test_what_fails_in_a_queue_is_parked_for_as_long_as_sqs_can(deployed: Deployed) -> None:
    told = dict(queues(deployed))
    by_name = {queue["QueueName"]: queue for queue in told.values()}
    worked = {name: queue for name, queue in told.items() if not name.endswith("ParkedQueue")}
    for queue in worked.values():
        redrive = queue["RedrivePolicy"]
        parked = by_name[redrive["deadLetterTargetArn"].rpartition(":")[2]]
        assert redrive["maxReceiveCount"] >= 5
        assert parked["MessageRetentionPeriod"] == LONGEST_RETENTION_SECONDS > queue["MessageRetentionPeriod"]
    assert all(queue["SqsManagedSseEnabled"] is True for queue in told.values())


def test_message_stays_hidden_for_six_times_the_time_out_of_its_function(deployed: Deployed) -> None:
    """Source: docs.aws.amazon.com/lambda, "Creating and configuring an Amazon SQS event source mapping"."""
    seen = 0
    for function, source in sources(deployed):
        if "Queue" in source:
            queue = deployed.queue(source["Queue"]["Fn::GetAtt"][0])
            assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
            seen += 1
    assert seen == 3


def test_every_source_reports_single_failures_and_is_bounded(deployed: Deployed) -> None:
    for _, source in sources(deployed):
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert "FilterCriteria" not in source  # a filter that is wrong loses entries without a trace
        if "Queue" in source:
            assert source["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_poisoned_entry_is_found_by_halving_and_parked(deployed: Deployed, roles: Mapping[str, Role]) -> None:
    (source,) = [source for _, source in sources(deployed) if "Stream" in source]
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] > 0
    assert 0 < source["MaximumRecordAgeInSeconds"] < 86_400  # the stream itself forgets after a day
    parked = deployed.resolve(source["DestinationConfig"]["OnFailure"]["Destination"])
    assert roles["OnJournal"].allows("sqs:SendMessage", parked)


def test_roles_may_read_what_calls_them(deployed: Deployed, roles: Mapping[str, Role]) -> None:
    """Sources: docs.aws.amazon.com, AWSLambdaSQSQueueExecutionRole and AWSLambdaDynamoDBExecutionRole."""
    for name, made in functions(deployed.template).items():
        for source in made["Properties"].get("Events", {}).values():
            told = source["Properties"]
            match source["Type"]:
                case "SQS":
                    wanted = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
                    assert roles[name].actions("sqs", deployed.resolve(told["Queue"])) >= wanted
                case "DynamoDB":
                    wanted = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
                    assert roles[name].actions("dynamodb", deployed.resolve(told["Stream"])) == wanted


def test_reading_the_books_ends_before_the_next_time_and_is_not_repeated(deployed: Deployed) -> None:
    told = deployed.resources["OnSchedule"]["Properties"]
    (source,) = told["Events"].values()
    assert (source["Type"], source["Properties"]["Schedule"]) == ("Schedule", "rate(10 minutes)")
    assert _invoked(told) == (0, 600)
    assert told["Timeout"] < 600


def test_looking_for_what_is_due_ends_before_the_next_time_and_nothing_is_lost_without_it(deployed: Deployed) -> None:
    told = deployed.resources["OnSweep"]["Properties"]
    (source,) = told["Events"].values()
    assert (source["Type"], source["Properties"]["Schedule"]) == ("Schedule", "rate(5 minutes)")
    assert _invoked(told) == (0, 300)
    assert told["Timeout"] < 300


def _invoked(function: Mapping[str, Any]) -> tuple[int, int]:
    """How often a call of the clock is repeated, and how old it may become."""
    told = function["EventInvokeConfig"]
    return told["MaximumRetryAttempts"], told["MaximumEventAgeInSeconds"]


def test_call_of_the_clock_that_nobody_answers_is_parked(deployed: Deployed, roles: Mapping[str, Role]) -> None:
    (allowed,) = deployed.resources["ClockParkedQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    rules = deployed.resolve(allowed["Condition"]["ArnEquals"]["aws:SourceArn"])
    scheduled = {}
    for name, made in functions(deployed.template).items():
        for source in made["Properties"].get("Events", {}).values():
            if source["Type"] == "Schedule":
                scheduled[name] = (
                    f"arn:aws:events:eu-central-1:123456789012:rule/{deployed.resolve(source['Properties']['Name'])}"
                )
                parked = deployed.resolve(made["Properties"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"])
                assert roles[name].allows("sqs:SendMessage", parked["Destination"])
                assert deployed.resolve(source["Properties"]["DeadLetterConfig"]["Arn"]) == parked["Destination"]
                assert source["Properties"]["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 7_200
    assert sorted(scheduled.values()) == sorted(rules)
    assert scheduled.keys() == {"OnSchedule", "OnSweep", "OnNight"}


def test_the_night_has_all_the_time_that_lambda_gives(deployed: Deployed) -> None:
    told = deployed.resources["OnNight"]["Properties"]
    (source,) = told["Events"].values()
    assert (source["Type"], source["Properties"]["Schedule"]) == ("Schedule", "cron(20 1 * * ? *)")
    assert told["Timeout"] == 900
