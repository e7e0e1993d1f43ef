"""docs/data.md says how long what is kept; here each figure is compared with what is really set."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from whole_house import DEFINITION

from chalicelib.members import proving
from chalicelib.programs.reading import read
from chalicelib.services import guessing, messages, staff
from chalicelib.services.pausing import KEPT_DAYS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data.md").read_text()
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SECONDS_A_DAY = 86_400


def rows() -> dict[str, list[str]]:
    """The table, by what is kept."""
    lines = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines[1:]}


def kept(begins: str) -> str:
    """How long something is kept, as the page says it."""
    (told,) = [cells for what, cells in rows().items() if what.startswith(begins)]
    return told[1]


def infra(name: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "infra" / f"{name}.yaml").read_text())
    return told


@pytest.mark.parametrize(
    ("begins", "really"),
    [
        ("proofs of an address", f"{proving.LIFE // MINUTE} minutes"),
        ("counts of mails", f"{proving.COUNTING // MINUTE} minutes"),
        ("sign-ins of those", f"{staff.SESSION // HOUR} hours"),
        ("wrong sign-ins", f"{guessing.TRIES_KEPT // HOUR} hours"),
        ("messages that a card was told", f"{messages.A_WEEK // DAY} days, and the last one until the next"),
    ],
)
def test_what_ends_in_a_table_ends_when_the_page_says(begins: str, really: str) -> None:
    assert kept(begins) == really


@pytest.mark.parametrize(("begins", "parameter"), [("raw messages of shops", "InboxDays"), ("logs,", "LogDays")])
def test_what_an_operator_can_set_is_named_with_its_usual_figure(begins: str, parameter: str) -> None:
    (told,) = [cells for what, cells in rows().items() if what.startswith(begins)]
    usual = infra("parameters")["Parameters"][parameter]["Default"]
    assert (told[1], told[2]) == (f"{usual} days", f"parameter `{parameter}`")


def test_the_inbox_and_the_logs_are_set_by_those_parameters() -> None:
    (rule,) = infra("deliveries")["Resources"]["InboxBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "InboxDays"}
    groups = [made for made in infra("functions")["Resources"].values() if made.get("Type") == "AWS::Logs::LogGroup"]
    assert {str(group["Properties"]["RetentionInDays"]) for group in groups} == {str({"Ref": "LogDays"})}


def test_an_operator_who_pauses_is_promised_no_more_days_than_any_stage_keeps() -> None:
    assert infra("parameters")["Parameters"]["InboxDays"]["MinValue"] == KEPT_DAYS


def test_a_parked_message_finds_its_body() -> None:
    parked = {days for name, days in _queue_days().items() if "Parked" in name}
    assert infra("parameters")["Parameters"]["InboxDays"]["MinValue"] > max(parked)


def test_queues_keep_what_the_page_says() -> None:
    days = _queue_days()
    assert {f"{each} days" for name, each in days.items() if "Parked" not in name} == {kept("messages in a queue")}
    assert {f"{each} days" for name, each in days.items() if "Parked" in name} == {kept("messages that failed")}


def test_copies_of_every_table_are_kept_as_long_as_the_page_says() -> None:
    tables = [made for made in infra("tables")["Resources"].values() if made["Type"] == "AWS::DynamoDB::Table"]
    days = {made["Properties"]["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] for made in tables}
    assert {f"{each} days" for each in days} == {kept("copies of all tables")}
    assert set(re.findall(r"after (\d+) days", PAGE)) == {str(each) for each in days}


def test_the_example_of_a_programs_own_time_is_the_demo_shops() -> None:
    (told,) = [cells for what, cells in rows().items() if what.startswith("points of guests")]
    days = read(DEFINITION, file="bean-street.yaml").guests.keep_days
    assert told[2] == f"`guests: {{keep: {days} days}}` of the program"


def test_what_is_kept_for_ever_has_nothing_that_ends_it() -> None:
    assert [what for what in ("journal of points", "orders,", "seals of the journal") if kept(what) != "ever"] == []
    buckets = infra("seals")["Resources"]["SealsBucket"]["Properties"]
    assert "LifecycleConfiguration" not in buckets


def _queue_days() -> dict[str, int]:
    queues = {
        name: made["Properties"]
        for name, made in infra("deliveries")["Resources"].items()
        if made["Type"] == "AWS::SQS::Queue"
    }
    return {name: queue["MessageRetentionPeriod"] // SECONDS_A_DAY for name, queue in queues.items()}


def test_the_runbook_of_a_flood_promises_what_is_stored_no_longer_than_a_pause_does() -> None:
    flood = (ROOT / "docs" / "runbooks" / "flood.md").read_text()
    assert re.findall(r"([0-9]+) days", flood) == [str(KEPT_DAYS)]


def test_the_runbook_of_a_request_for_data_writes_down_all_of_it() -> None:
    page = (ROOT / "docs" / "runbooks" / "data-requested.md").read_text()
    assert "pointpass member export MEMBER --to member.json --stage prod" in page
    assert "pointpass statement" not in page
