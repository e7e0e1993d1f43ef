"""Nobody is woken without being told what to do: alarms, what the code raises, runbooks and commands fit."""

import ast
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
from chalicelib.bootstrap.lines import JsonLines
from chalicelib.bootstrap.system import LoggedAlarm
from ops.command import main
from ops.cost import record
from ops.cost.bill import BUSY, MILLION, PROFILES, PURCHASE, REFRESH, bill, total
from ops.doctor.letters import RATES
from ops.laptop.home import PROJECT
from ops.looking import all_of
from ops.packaging import PackageFailed
from ops.packaging.alarms import ring
from ops.packaging.dashboard import hang

RUNBOOKS = PROJECT / "docs" / "runbooks"
LOG = "AWS::Logs::LogGroup"
DASHBOARD: list[dict[str, Any]] = yaml.safe_load((PROJECT / "infra" / "dashboard.yaml").read_text())["Dashboard"]
ALARMS: dict[str, Any] = yaml.safe_load((PROJECT / "infra" / "alarms.yaml").read_text())["Alarms"]
OF_FUNCTIONS = {"function-errors", "function-throttles", "function-slow"}
OF_BUDGETS = {"price-of-the-day"}
OF_SES = {"mail-bounces"}
"""Its own rates: no line of our log tells of a letter that came back."""
BY_PEOPLE = {"flood", "leaked-key", "wrong-push", "wrong-rule"}
"""No alarm rings for them: somebody notices, and the first step is to pause."""


def raised() -> set[str]:
    """Every name that the code raises an alarm by."""
    return set().union(*(names_in(ast.parse(path.read_text())) for path in (PROJECT / "chalicelib").rglob("*.py")))


def names_in(tree: ast.AST, guards: frozenset[str] = frozenset()) -> set[str]:
    """The names in one tree. One that is an error's reason is what the `if` around it compares the reason with."""
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Compare):
        guards = frozenset(each.value for each in ast.walk(tree.test) if isinstance(each, ast.Constant))
    found = set().union(*(names_in(child, guards) for child in ast.iter_child_nodes(tree)))
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and tree.func.attr == "raise_":
        name = tree.args[0]
        told = {name.value} if isinstance(name, ast.Constant) else guards
        assert told, f"line {tree.lineno}: nobody can tell which name this raises"
        found |= told
    return found


def watched() -> set[str]:
    return {name for alarm in ALARMS.values() for name in alarm.get("raised", ())}


def commands(text: str, *, is_block: bool) -> Iterator[list[str]]:
    """The calls of pointpass in a runbook, in words: those of its blocks, or those that a sentence names."""
    for line in re.findall(r"^(pointpass .+)$" if is_block else r"`(pointpass [^`\n]+)`", text, re.MULTILINE):
        yield line.split()[1:]


def test_everything_that_the_code_raises_has_an_alarm() -> None:
    assert raised() - watched() == set()


def test_every_alarm_watches_something_that_is_raised() -> None:
    assert watched() - raised() == set()


def test_name_that_is_an_errors_reason_is_read_from_the_if_around_it() -> None:
    known = "if err.reason == 'late':\n    alarm.raise_(err.reason)"
    assert names_in(ast.parse(known)) == {"late"}
    with pytest.raises(AssertionError, match="line 1: nobody can tell"):
        names_in(ast.parse("alarm.raise_(err.reason)"))


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm() -> None:
    named = {alarm["runbook"] for alarm in ALARMS.values()} | OF_FUNCTIONS | OF_BUDGETS
    written = {path.stem for path in RUNBOOKS.glob("*.md")}
    assert named - written == set()
    assert written - named == {"restore"} | BY_PEOPLE


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
@pytest.mark.parametrize("is_block", [True, False], ids=["block", "sentence"])
def test_every_command_of_a_runbook_exists_with_its_options(path: Path, is_block: bool) -> None:
    """One that a sentence names may leave its options unsaid."""
    for words in commands(path.read_text(), is_block=is_block):
        command: click.Command = main
        left = list(words)
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), left.pop(0))
            assert found is not None, " ".join(words)
            command = found
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in left if word.startswith("--")} <= known, " ".join(words)
        needed = {
            option
            for each in command.params
            if isinstance(each, click.Option) and each.required
            for option in each.opts
        }
        assert needed <= set(left) or not is_block, " ".join(words)


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_every_runbook_begins_with_what_to_do_in_seconds(path: Path) -> None:
    said = re.findall(r"^\*\*(.+?)\.\*\*", path.read_text(), re.MULTILINE)
    means, first, then = ["What it means", "What a customer sees"], ["First, in seconds"], ["Look", "Mend"]
    if path.stem in BY_PEOPLE:
        assert said == first + means + then
        assert next(words[0] for words in commands(path.read_text(), is_block=True)) == "pause"
    else:
        assert said == means + first + then


def test_every_runbook_says_how_its_lines_and_all_that_belongs_to_them_are_found() -> None:
    for name, alarm in ALARMS.items():
        text = (RUNBOOKS / f"{alarm['runbook']}.md").read_text()
        asked = "".join(re.findall(r"filter event in \[(.+?)\]", text))
        assert {each for each in alarm.get("raised", ()) if f'"{each}"' not in asked} == set(), name
    for path in RUNBOOKS.glob("*.md"):
        if path.stem not in OF_BUDGETS | OF_SES | BY_PEOPLE | {"restore"}:
            assert all_of(["ID"]) in path.read_text(), path.name


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
    (made,) = rung({"missing": "seals_made", "hours": 26}).values()
    assert (made["Threshold"], made["TreatMissingData"], made["ComparisonOperator"]) == (
        1,
        "breaching",
        "LessThanThreshold",
    )


def test_seal_of_a_slower_night_comes_before_it_is_missed() -> None:
    """Every hour of the window must be empty. A window that slides ends up to one period before now."""
    (made,) = rung(ALARMS["SealMissing"]).values()
    assert "DatapointsToAlarm" not in made
    longest = 900  # of a function, and so of a night
    day, whole = 86_400, (made["EvaluationPeriods"] - 1) * made["Period"]
    assert made["Period"] == 3_600
    assert whole > day + longest
    assert made["EvaluationPeriods"] * made["Period"] <= 7 * day  # CloudWatch takes no more


@pytest.mark.parametrize(
    ("name", "metric", "review"), [("MailBounces", "BounceRate", 0.05), ("MailComplaints", "ComplaintRate", 0.001)]
)
def test_rates_of_ses_ring_where_aws_begins_to_review(name: str, metric: str, review: float) -> None:
    """As AWS advises: at the rate or above, and without a letter an alarm stays as it is. The rate has no dimension."""
    (made,) = rung(ALARMS[name]).values()
    assert (made["Namespace"], made["MetricName"], made["Statistic"]) == ("AWS/SES", f"Reputation.{metric}", "Average")
    assert (made["Threshold"], made["ComparisonOperator"]) == (review, "GreaterThanOrEqualToThreshold")
    assert (made["TreatMissingData"], "Dimensions" in made) == ("ignore", False)
    assert RATES[metric].review == review


def test_alarm_of_a_condition_is_made_where_it_holds() -> None:
    template: dict[str, Any] = {"Alarms": dict(ALARMS), "Resources": {}}
    ring(template, profile="small", front={})
    bound = {name: made["Condition"] for name, made in template["Resources"].items() if "Condition" in made}
    assert bound == {"MailBouncesAlarm": "MailBySesHere", "MailComplaintsAlarm": "MailBySesHere"}


def test_price_of_an_hour_is_held_against_the_budget_of_the_day() -> None:
    (made,) = rung({"price": 0.00001}).values()
    counted, price = made["Metrics"]
    assert counted["MetricStat"]["Metric"] == {"Namespace": "AWS/Lambda", "MetricName": "Invocations"}
    assert (price["Expression"], made["Threshold"]) == ("calls * 0.000040", {"Ref": "DailyBudget"})


def test_price_of_a_call_is_that_of_the_dearest_way_and_not_much_more() -> None:
    kept, told = record.read(), ALARMS["PriceRuns"]["price"]
    ways = [
        total(bill(kept, hops, profile)) / MILLION / len(hops)
        for hops in (PURCHASE, REFRESH, BUSY)
        for profile in PROFILES
    ]
    assert told / 3 < max(ways) <= told
    assert f'"expression": "calls * {12 * told:.5f}"' in json.dumps(DASHBOARD)  # twelve times five minutes


def board() -> list[dict[str, Any]]:
    """The dashboard's widgets, in the smallest template that has the alarms."""
    template: dict[str, Any] = {"Alarms": dict(ALARMS), "Dashboard": DASHBOARD, "Resources": {"L": {"Type": LOG}}}
    ring(template, profile="strict", front={"MetricName": "5xx"})
    hang(template)
    body = template["Resources"]["StageDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets: list[dict[str, Any]] = json.loads(body)["widgets"]
    return widgets


def test_every_alarm_that_every_stage_has_is_on_the_dashboard() -> None:
    """A name of what is not made could not be deployed; the rates of letters are drawn instead."""
    (shown,) = (widget["properties"]["alarms"] for widget in board() if widget["type"] == "alarm")
    assert shown == sorted(f"${{{name}Alarm.Arn}}" for name, alarm in ALARMS.items() if "if" not in alarm)
    drawn = json.dumps([widget["properties"].get("metrics") for widget in board()])
    assert [each for each in ALARMS.values() if "if" in each and f'"Reputation.{each["rate"]}"' not in drawn] == []


def test_every_figure_that_is_added_up_is_on_the_dashboard() -> None:
    source = (PROJECT / "chalicelib" / "bootstrap" / "figures.py").read_text()
    counted = set(re.findall(r'"(\w+_ms|points_given|points_taken|certificate_days|pause_hours)"', source))
    drawn = json.dumps([widget["properties"].get("metrics") for widget in board()])
    assert len(counted) == 8
    assert {name for name in counted if name not in drawn} == set()


def test_figures_of_groups_are_searched_for_in_their_stage() -> None:
    (given,) = (each["properties"] for each in board() if each["properties"].get("title") == "Points given")
    seen = '{Pointpass,stage,program} stage="${Stage}" MetricName="points_given"'
    assert given["metrics"] == [[{"expression": f"SEARCH('{seen}', 'Sum', 300)"}]]


def test_what_rang_is_read_from_every_log() -> None:
    (query,) = (widget["properties"]["query"] for widget in board() if widget["type"] == "log")
    assert query.startswith("SOURCE '${L}' | fields @timestamp, event, trace, why | filter level = \"ERROR\"")


def test_alarm_of_the_other_profile_is_left_out() -> None:
    assert rung({"parked": "CardsParkedQueue", "only": "strict"}) == {}


@pytest.mark.parametrize("alarm", [{}, {"raised": ["a"], "parked": "CardsParkedQueue"}])
def test_alarm_that_watches_nothing_or_two_things_is_refused(alarm: dict[str, Any]) -> None:
    with pytest.raises(PackageFailed, match="the alarm A of"):
        rung(alarm)
