"""The doctor looks at the clock, the account, the template and the letters' way: each is spoiled once."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import msgspec
import pytest
from cloud_stand_in import CloudStandIn, refusal
from whole_house import SETTINGS

from ops.doctor.account import (
    check_alarms,
    check_clock,
    check_drift,
    check_letters_of_alarms,
    check_quotas,
    check_version,
    date_of_aws,
)
from ops.doctor.letters import check_mail

NOW = datetime(2026, 6, 23, 12, 0, tzinfo=UTC)
SES = msgspec.structs.replace(
    SETTINGS, region="eu-central-1", smtp_url="smtps://user@email-smtp.eu-central-1.amazonaws.com:465"
)


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "good"), (29, "good"), (-30, "look"), (239, "look"), (240, "bad"), (-86_400, "bad")]
)
def test_clock_beside_the_servers_is_told(seconds: int, state: str) -> None:
    there = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert [row.state for row in check_clock(NOW, there)] == [state]


def test_the_date_is_that_of_an_answer_of_aws() -> None:
    headers = {"HTTPHeaders": {"date": "Tue, 23 Jun 2026 12:00:00 GMT"}}
    cloud = CloudStandIn(get_caller_identity={"ResponseMetadata": headers})
    assert [row.state for row in check_clock(NOW, date_of_aws(cloud))] == ["good"]


@pytest.mark.parametrize(("limit", "state"), [(10, "look"), (99, "look"), (1_000, "good")])
def test_quota_of_a_new_account_is_yellow(limit: int, state: str) -> None:
    cloud = CloudStandIn(get_account_settings={"AccountLimit": {"ConcurrentExecutions": limit}})
    assert [(row.state, row.says) for row in check_quotas(cloud)] == [(state, str(limit))]


def test_every_alarm_that_rings_is_red_with_its_runbook() -> None:
    ringing = {"AlarmName": "pointpass-dev-seal", "AlarmDescription": "docs/runbooks/seal.md"}
    cloud = CloudStandIn(describe_alarms={"MetricAlarms": [ringing], "CompositeAlarms": []})
    assert [(row.about, row.state, row.todo) for row in check_alarms(cloud, "dev")] == [
        ("alarm pointpass-dev-seal", "bad", "docs/runbooks/seal.md")
    ]
    assert cloud.asked[0][2] == {"AlarmNamePrefix": "pointpass-dev-", "StateValue": "ALARM"}


def test_silent_alarms_are_good() -> None:
    cloud = CloudStandIn(describe_alarms={"MetricAlarms": [], "CompositeAlarms": []})
    assert [row.state for row in check_alarms(cloud, "dev")] == ["good"]


TOPIC = "arn:aws:sns:eu-west-1:123456789012:pointpass-dev-alarms"


@pytest.mark.parametrize(
    ("found", "state", "says"),
    [
        ([f"{TOPIC}:1"], "good", "1 of 1 addresses confirmed"),
        ([f"{TOPIC}:1", "PendingConfirmation"], "look", "1 of 2 addresses confirmed: nobody else hears them"),
        (["PendingConfirmation"], "bad", "0 of 1 addresses confirmed: nobody else hears them"),
        (["Deleted"], "bad", "0 of 1 addresses confirmed: nobody else hears them"),
        ([], "bad", "0 of 0 addresses confirmed: nobody else hears them"),
    ],
)
def test_alarms_that_nobody_confirmed_are_red(found: list[str], state: str, says: str) -> None:
    """No alarm would reach anybody, and the stage would look well."""
    cloud = CloudStandIn(
        get_caller_identity={"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/keeper/anna"},
        list_subscriptions_by_topic={"Subscriptions": [{"SubscriptionArn": each} for each in found]},
    )
    (row,) = check_letters_of_alarms(cloud, "dev", "eu-west-1")
    assert (row.state, row.says) == (state, says)
    assert cloud.asked[-1][2] == {"TopicArn": TOPIC}


def drift(*statuses: dict[str, str], resources: tuple[str, ...] = ()) -> CloudStandIn:
    told = iter(statuses)
    return CloudStandIn(
        detect_stack_drift={"StackDriftDetectionId": "d"},
        describe_stack_drift_detection_status=lambda StackDriftDetectionId: next(told),  # noqa: N803
        describe_stack_resource_drifts={"StackResourceDrifts": [{"LogicalResourceId": name} for name in resources]},
    )


RUNNING = {"DetectionStatus": "DETECTION_IN_PROGRESS"}


def test_stack_in_sync_is_good_once_aws_has_looked() -> None:
    waits: list[int] = []
    cloud = drift(RUNNING, RUNNING, {"DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": "IN_SYNC"})
    rows = list(check_drift(cloud, "pointpass-dev", lambda: waits.append(1)))
    assert ([row.state for row in rows], len(waits)) == (["good"], 2)


def test_what_was_changed_by_hand_is_yellow_by_its_name() -> None:
    done = {"DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": "DRIFTED"}
    rows = list(check_drift(drift(done, resources=("OnCards", "JournalTable")), "s", lambda: None))
    assert [(row.state, row.says) for row in rows] == [("look", "changed by hand: JournalTable, OnCards")]


@pytest.mark.parametrize(
    ("drifted", "says"), [("IN_SYNC", []), ("UNKNOWN", []), ("DRIFTED", ["changed by hand: JournalTable"])]
)
def test_what_aws_could_not_compare_is_said_with_its_reason_beside_what_it_could(drifted: str, says: list[str]) -> None:
    why = "Failed to detect drift on resource [RestAPI]: not authorized to perform apigateway:GET"
    failed = {"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": why, "StackDriftStatus": drifted}
    rows = list(check_drift(drift(failed, resources=("JournalTable",)), "s", lambda: None))
    assert {row.state for row in rows} == {"look"}
    assert [row.says for row in rows] == [f"AWS could not compare all of it: {why}", *says]
    assert "the keeper's role" in rows[0].todo


def test_drift_that_is_not_told_in_time_is_not_waited_for_for_ever() -> None:
    waits: list[int] = []
    rows = list(check_drift(drift(*[RUNNING] * 40), "s", lambda: waits.append(1)))
    assert ([row.state for row in rows], len(waits)) == (["look"], 30)


def test_without_a_stack_the_template_cannot_be_asked() -> None:
    cloud = CloudStandIn(detect_stack_drift=refusal("ValidationError"), list_stack_resources=refusal("ValidationError"))
    assert [row.state for row in check_drift(cloud, "s", lambda: None)] == ["unasked"]
    assert [row.state for row in check_version(cloud, "s", Path(__file__))] == ["unasked"]


@pytest.mark.parametrize(("deployed", "state"), [(b"same", "good"), (b"other", "look")])
def test_functions_that_run_another_zip_are_yellow(tmp_path: Path, deployed: bytes, state: str) -> None:
    zipped = tmp_path / "deployment.zip"
    zipped.write_bytes(b"same")
    digest = base64.b64encode(hashlib.sha256(deployed).digest()).decode()
    parts = [
        {"ResourceType": "AWS::Lambda::Function", "PhysicalResourceId": "pointpass-dev-hooks"},
        {"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "q"},
    ]
    cloud = CloudStandIn(
        list_stack_resources={"StackResourceSummaries": parts},
        get_function_configuration={"CodeSha256": digest},
    )
    assert [row.state for row in check_version(cloud, "s", zipped)] == [state]


def test_without_a_package_the_version_cannot_be_compared(tmp_path: Path) -> None:
    assert [row.state for row in check_version(CloudStandIn(), "s", tmp_path / "none.zip")] == ["unasked"]


def refuse(host: str, port: int) -> None:
    raise ConnectionRefusedError(f"{host}:{port}")


def accept(host: str, port: int) -> None:
    """Anything answers."""


def heard(**told: object) -> CloudStandIn:
    """An SES in order, but for what is told of its account; its newest rates of bounces and complaints."""
    rates = {f"Reputation.{name}": told.pop(name, None) for name in ("BounceRate", "ComplaintRate")}

    def points(**asked: object) -> dict[str, object]:
        rate = rates[str(asked["MetricName"])]
        older = {"Timestamp": NOW - timedelta(days=2), "Average": 0.9}
        return {"Datapoints": [] if rate is None else [{"Timestamp": NOW, "Average": rate}, older]}

    good = {"ProductionAccessEnabled": True, "SendingEnabled": True, "EnforcementStatus": "HEALTHY"}
    return CloudStandIn(get_account=good | told, get_metric_statistics=points)


def test_mail_server_that_does_not_answer_is_red() -> None:
    rows = list(check_mail(SES, CloudStandIn(), refuse, NOW))
    assert [(row.about, row.state) for row in rows] == [("mail server", "bad")]


def test_port_that_no_function_reaches_is_red_though_it_answers_here() -> None:
    told = msgspec.structs.replace(SETTINGS, smtp_url="smtp://mail.example:25")
    (row,) = check_mail(told, CloudStandIn(), accept, NOW)
    assert (row.state, "functions reach no port 25" in row.says) == ("bad", True)


def test_ses_in_order_is_green_with_its_rates() -> None:
    rows = list(check_mail(SES, heard(BounceRate=0.012, ComplaintRate=0.0), accept, NOW))
    assert [(row.about, row.state, row.says) for row in rows[1:]] == [
        ("SES", "good", "sends to everybody"),
        ("letters that bounce", "good", "1.2 %"),
        ("letters complained of", "good", "0 %"),
    ]


@pytest.mark.parametrize(
    ("told", "state", "says"),
    [
        ({"ProductionAccessEnabled": False}, "look", "in the sandbox: only verified addresses get mail"),
        ({"EnforcementStatus": "PROBATION"}, "look", "AWS reviews this account's mail (PROBATION)"),
        (
            {"EnforcementStatus": "SHUTDOWN"},
            "bad",
            "AWS has paused this account's mail (SHUTDOWN): nobody gets a letter",
        ),
        ({"SendingEnabled": False}, "bad", "sending is switched off in this account and region: nobody gets a letter"),
    ],
)
def test_standing_of_ses_is_told(told: dict[str, object], state: str, says: str) -> None:
    row = list(check_mail(SES, heard(**told), accept, NOW))[1]
    assert (row.about, row.state, row.says) == ("SES", state, says)
    assert row.todo


@pytest.mark.parametrize(
    ("name", "rate", "state", "says"),
    [
        ("BounceRate", 0.0499, "good", "4.99 %"),
        ("BounceRate", 0.05, "look", "5 %: AWS reviews from 5 %, and pauses from 10 %"),
        ("BounceRate", 0.1, "bad", "10 %: AWS reviews from 5 %, and pauses from 10 %"),
        ("ComplaintRate", 0.00099, "good", "0.099 %"),
        ("ComplaintRate", 0.001, "look", "0.1 %: AWS reviews from 0.1 %, and pauses from 0.5 %"),
        ("ComplaintRate", 0.005, "bad", "0.5 %: AWS reviews from 0.1 %, and pauses from 0.5 %"),
        ("BounceRate", None, "good", "no rate was told in two weeks"),
    ],
)
def test_rates_are_held_against_those_of_aws(name: str, rate: float | None, state: str, says: str) -> None:
    cloud = heard(**{name: rate})
    found = {row.about: row for row in check_mail(SES, cloud, accept, NOW)}
    row = found["letters that bounce" if name == "BounceRate" else "letters complained of"]
    assert (row.state, row.says) == (state, says)
    assert ("mail-bounces.md" in row.todo) is (state != "good")


def test_rates_are_those_of_the_whole_account() -> None:
    """Dimensions would ask for a configuration set's."""
    cloud = heard()
    list(check_mail(SES, cloud, accept, NOW))
    asked = [told for _, operation, told in cloud.asked if operation == "get_metric_statistics"]
    assert [told["MetricName"] for told in asked] == ["Reputation.BounceRate", "Reputation.ComplaintRate"]
    assert all(told["Namespace"] == "AWS/SES" and "Dimensions" not in told for told in asked)
    assert all((told["EndTime"] - told["StartTime"]) / timedelta(seconds=told["Period"]) <= 1_440 for told in asked)


def test_ses_of_another_region_has_no_alarm_and_that_is_said() -> None:
    there = msgspec.structs.replace(SES, region="eu-north-1")
    row = list(check_mail(there, heard(), accept, NOW))[-1]
    assert (row.about, row.state) == ("alarms of letters", "unasked")
    assert row.says == "SES is in eu-central-1: no alarm of this stage, in eu-north-1, sees its rates"


def test_other_mail_servers_have_no_sandbox() -> None:
    assert [row.about for row in check_mail(SETTINGS, CloudStandIn(), accept, NOW)] == ["mail server"]
