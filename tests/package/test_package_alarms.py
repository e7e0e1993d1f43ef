"""Nobody is woken without being told what to do: alarms, what the code raises, runbooks and commands fit."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from chalicelib.bootstrap.bells import BELLS
from chalicelib.bootstrap.system import JsonLines, LoggedAlarm
from ops.command import main
from ops.laptop.home import PROJECT
from ops.packaging import PackageFailed
from ops.packaging.alarms import ring

RUNBOOKS = PROJECT / "docs" / "runbooks"
ALARMS: dict[str, Any] = yaml.safe_load((PROJECT / "infra" / "alarms.yaml").read_text())["Alarms"]
OF_FUNCTIONS = {"function-errors", "function-throttles", "function-slow"}
OF_BUDGETS = {"price-of-the-day"}
BY_REASON = {"clock_skew", "night_too_long"}
"""Raised by the reason of an error, not by a name of their own."""
AWAITED = {"certificate_expires", "certificate_refused", "google_class_refused", "phones_complain", "visit_broken"}
"""Names of a part that is merged later; an alarm without data is silent."""


def raised() -> set[str]:
    """Every name that the code raises an alarm by."""
    texts = (path.read_text() for path in (PROJECT / "chalicelib").rglob("*.py"))
    return {name for text in texts for name in re.findall(r'raise_\(\s*"([a-z_]+)"', text)} | BY_REASON


def watched() -> set[str]:
    return {name for alarm in ALARMS.values() for name in alarm.get("raised", ())}


def commands(text: str) -> Iterator[list[str]]:
    """Every call of pointpass in a runbook, in words."""
    for line in re.findall(r"`(pointpass [^`]+)`", text) + re.findall(r"^(pointpass .+)$", text, re.MULTILINE):
        yield line.split()[1:]


def test_everything_that_the_code_raises_has_an_alarm() -> None:
    assert raised() - watched() == set()


def test_every_alarm_watches_something_that_is_raised() -> None:
    assert watched() - raised() <= AWAITED


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm() -> None:
    named = {alarm["runbook"] for alarm in ALARMS.values()} | OF_FUNCTIONS | OF_BUDGETS
    written = {path.stem for path in RUNBOOKS.glob("*.md")}
    assert named - written == set()
    assert {path for path in written - named if not path.startswith("incident-")} == {"restore"}


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_every_command_of_a_runbook_exists_with_its_options(path: Path) -> None:
    for words in commands(path.read_text()):
        command: click.Command = main
        left = list(words)
        while isinstance(command, click.Group):
            name = left.pop(0)
            assert name in command.commands, " ".join(words)
            command = command.commands[name]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in left if word.startswith("--")} <= known, " ".join(words)
        needed = {
            option
            for each in command.params
            if isinstance(each, click.Option) and each.required
            for option in each.opts
        }
        assert needed <= set(left), " ".join(words)


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_every_runbook_begins_with_what_to_do_in_seconds(path: Path) -> None:
    said = re.findall(r"^\*\*(.+?)\.\*\*", path.read_text(), re.MULTILINE)
    if not path.stem.startswith("incident-"):
        assert said == ["What it means", "What a customer sees", "First, in seconds", "Look", "Mend"]


def test_runbooks_that_are_named_in_a_runbook_are_there() -> None:
    for path in RUNBOOKS.glob("*.md"):
        for name in re.findall(r"\b([a-z-]+)\.md", path.read_text()):
            assert (RUNBOOKS / f"{name}.md").exists() or (PROJECT / "docs" / f"{name}.md").exists(), (path.name, name)


def rung(alarm: dict[str, Any], profile: str = "small") -> dict[str, Any]:
    template: dict[str, Any] = {"Alarms": {"A": {"runbook": "parked", "says": "It is so.", **alarm}}, "Resources": {}}
    ring(template, profile=profile, front={"MetricName": "5xx"})
    assert "Alarms" not in template
    return {name: made["Properties"] for name, made in template["Resources"].items()}


def test_alarm_names_its_runbook_and_writes_letters() -> None:
    (made,) = rung({"parked": "CardsParkedQueue"}).values()
    assert made["AlarmDescription"] == "It is so. Runbook: docs/runbooks/parked.md"
    assert made["AlarmActions"] == made["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert (made["Threshold"], made["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_any_of_several_names_rings_by_one_number_that_the_code_counts() -> None:
    (made,) = rung({"raised": ["a", "b"]}).values()
    assert (made["MetricName"], made["Namespace"], made["Threshold"]) == ("A", "Pointpass", 0)
    grouped = {name: alarm for alarm, told in ALARMS.items() for name in told.get("raised", ())}
    assert grouped == BELLS


def test_line_of_an_alarm_counts_its_name_and_its_alarm_for_the_stage(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Source: docs.aws.amazon.com, "Specification: Embedded metric format": a metric is a member of its own line."""
    monkeypatch.setenv("POINTPASS_STAGE", "prod")
    monkeypatch.setattr(logging.getLogger("chalicelib"), "propagate", True)
    LoggedAlarm().raise_("journal_tampered", key="k")
    (record,) = caplog.records
    line = json.loads(JsonLines().format(record))
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("Pointpass", [["stage"]])
    assert [each["Name"] for each in metric["Metrics"]] == ["journal_tampered", "LedgerBroken"]
    assert (line["stage"], line["journal_tampered"], line["LedgerBroken"], line["key"]) == ("prod", 1, 1, "k")


def test_alarm_of_a_stage_does_not_hear_another_stage() -> None:
    (made,) = rung({"raised": ["a"]}).values()
    assert made["Dimensions"] == [{"Name": "stage", "Value": {"Ref": "Stage"}}]


def test_what_is_missing_rings_where_there_is_no_number() -> None:
    (made,) = rung({"missing": "seals_made", "hours": 24}).values()
    assert (made["Period"], made["TreatMissingData"], made["ComparisonOperator"]) == (
        86_400,
        "breaching",
        "LessThanThreshold",
    )


def test_alarm_of_the_other_profile_is_left_out() -> None:
    assert rung({"parked": "CardsParkedQueue", "only": "strict"}) == {}


@pytest.mark.parametrize("alarm", [{}, {"raised": ["a"], "parked": "CardsParkedQueue"}])
def test_alarm_that_watches_nothing_or_two_things_is_refused(alarm: dict[str, Any]) -> None:
    with pytest.raises(PackageFailed, match="the alarm A of"):
        rung(alarm)
