"""Figures for the dashboard: added up in the container, told in CloudWatch's format once a minute."""

import json
import logging
from typing import Any

import msgspec
import pytest
from stand_ins import MINUTE, NOON
from whole_house import SETTINGS

from chalicelib import trace
from chalicelib.bootstrap import system
from chalicelib.bootstrap.figures import MOST_GROUPS, MOST_VALUES, Figures, figure_of
from chalicelib.bootstrap.house import house


class Container:
    """One container's figures: what is logged in it, and what it writes."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.figures = Figures("prod", lambda line: self.lines.append(json.loads(line)))

    def logs(self, event: str, at: int, **facts: str | int) -> None:
        record = logging.LogRecord("chalicelib", logging.INFO, "", 0, event, (), None)
        record.created, record.facts = at / 1_000, facts  # type: ignore[attr-defined]
        self.figures.handle(record)


@pytest.fixture
def container() -> Container:
    return Container()


def hooked(container: Container, *, took: int, provider: str = "shopify", began: int = NOON) -> None:
    with trace.following("d", began):
        trace.called("d", provider=provider)
        container.logs("order_told", began + took, result="posted")


def test_group_is_one_line_in_the_embedded_metric_format(container: Container) -> None:
    """Source: docs.aws.amazon.com, "Specification: Embedded metric format": dimensions and values are root members."""
    hooked(container, took=35)
    hooked(container, took=41)
    container.figures.request_ends(NOON + 50)
    directive = {"Namespace": "Pointpass", "Dimensions": [["stage", "provider"]], "Metrics": [{"Name": "webhook_ms"}]}
    assert container.lines == [
        {
            "timestamp": "2026-06-23T12:00:00.035Z",
            "level": "INFO",
            "event": "figures",
            "stage": "prod",
            "provider": "shopify",
            "webhook_ms": [35, 41],
            "_aws": {"Timestamp": NOON + 35, "CloudWatchMetrics": [directive]},
        }
    ]


def test_figures_are_told_once_a_minute_and_none_is_told_twice(container: Container) -> None:
    told = []
    for second in range(0, 121, 10):
        hooked(container, took=35, began=NOON + second * 1_000)
        container.figures.request_ends(NOON + second * 1_000 + 50)
        told.append(len(container.lines))
    assert told == [1] * 6 + [2] * 6 + [3]
    assert [len(line["webhook_ms"]) for line in container.lines] == [1, 6, 6]


def test_request_that_counts_nothing_writes_nothing(container: Container) -> None:
    container.logs("walk_done", NOON)
    container.figures.request_ends(NOON + MINUTE)
    assert container.lines == []


def test_no_line_has_more_values_than_cloudwatch_takes(container: Container) -> None:
    for _ in range(MOST_VALUES + 1):
        hooked(container, took=35)
    assert [len(line["webhook_ms"]) for line in container.lines] == [MOST_VALUES]


def test_groups_are_few_whatever_the_programs_are_called(container: Container) -> None:
    for number in range(MOST_GROUPS):
        container.logs("points_moved", NOON, program=f"p{number}", given=1, taken=0)
    assert len(container.lines) == MOST_GROUPS


def test_what_waited_in_a_queue_is_no_webhooks_time() -> None:
    with trace.carried({"trace": "d", "trace_since": NOON}):
        trace.called("d", provider="stripe")
        figure = figure_of("payment_told", {}, trace.current(), NOON + MINUTE)
    assert figure is not None
    assert (figure.group, figure.numbers) == ((("provider", "stripe"),), {"deferred_ms": MINUTE})


@pytest.mark.parametrize(
    ("event", "facts", "group", "numbers"),
    [
        ("pushed", {"outcome": "later"}, {"wallet": "apple", "outcome": "later"}, {"push_ms": 900}),
        ("google_told", {"outcome": "done"}, {"wallet": "google", "outcome": "done"}, {"push_ms": 900}),
        ("fetched", {"changed_to_fetched": 7_000}, {}, {"fetched_ms": 7_000}),
        ("certificates_end", {"days": 61}, {}, {"certificate_days": 61}),
        ("pause_stands", {"program": "p", "what": "joining", "hours": 5}, {"program": "p"}, {"pause_hours": 5}),
        (
            "points_moved",
            {"program": "bean-street", "given": 145, "taken": 0},
            {"program": "bean-street"},
            {"points_given": 145, "points_taken": 0},
        ),
    ],
)
def test_each_line_counts_for_its_group(
    event: str, facts: dict[str, str | int], group: dict[str, str], numbers: dict[str, int]
) -> None:
    with trace.following("d", NOON):
        figure = figure_of(event, facts, trace.current(), NOON + 900)
    assert figure is not None
    assert (dict(figure.group), figure.numbers) == (group, numbers)


@pytest.fixture
def house_log() -> Any:
    log = logging.getLogger("chalicelib")
    kept = log.handlers, log.level, log.propagate
    yield log
    log.handlers, log.level, log.propagate = kept


@pytest.mark.parametrize(("said", "heard"), [("yes", ["StreamHandler", "Figures"]), ("no", ["StreamHandler"])])
def test_figures_are_kept_where_there_is_a_dashboard(
    monkeypatch: pytest.MonkeyPatch, house_log: logging.Logger, said: str, heard: list[str]
) -> None:
    """A metric is paid for by the month, whether anybody looks at it or not."""
    for name, told in msgspec.structs.asdict(SETTINGS).items():
        monkeypatch.setenv(f"POINTPASS_{name.upper()}", str(told))
    monkeypatch.setenv("POINTPASS_FIGURES", said)
    house.__wrapped__()
    assert [type(handler).__name__ for handler in house_log.handlers] == heard


def test_what_is_only_counted_is_not_written(house_log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    system.log_as_json()
    system.keep_figures("prod")
    house_log.debug("points_moved", extra={"facts": {"program": "bean-street", "given": 145, "taken": 0}})
    house_log.info("fetched", extra={"facts": {"card": "c", "changed_to_fetched": 12}})
    system.request_ends()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["fetched", "figures", "figures"]
    assert [line.get("points_given") for line in lines] == [None, [145], None]
