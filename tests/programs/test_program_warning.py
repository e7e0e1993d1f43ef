"""Members are told before their points end, where the definition says so."""

from datetime import date

import pytest
from program_factory import points, roubles

from chalicelib.ledger.journal import NEVER
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.lint import lint
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import explain_text, terms
from chalicelib.programs.warning import warned_from

MOSCOW = ZoneCalendar("Europe/Moscow")
YEAR = {"after": "12 months", "at": "end of month"}


def warning(text: str, **expires: object) -> Definition:
    return roubles(currencies={"points": points(expires={**(expires or YEAR), "warn": text})})


def end_of(*day: int) -> int:
    """The first instant at which points can no longer be used whose last day it is."""
    return MOSCOW.start(date(*day)) + 86_400_000


@pytest.mark.parametrize("expires", [YEAR, {**YEAR, "without": "activity"}, {"at": "end of membership year"}])
def test_warning_is_written_beside_the_life_of_the_points(expires: dict[str, object]) -> None:
    assert warning("14 days before", **expires).currencies[0].warn == Duration(14, "day")
    assert roubles(currencies={"points": points(expires=expires)}).currencies[0].warn is None


@pytest.mark.parametrize("text", ["14 days", "before", "soon before", "0.5 days before", "14 before"])
def test_warning_that_names_no_length_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        warning(text)
    assert [finding.path for finding in refused.value.findings] == ["currencies.points.expires.warn"]


@pytest.mark.parametrize(
    ("text", "last_day", "told"),
    [
        ("14 days before", (2027, 6, 30), (2027, 6, 16)),
        ("2 weeks before", (2027, 6, 30), (2027, 6, 16)),
        ("1 month before", (2027, 3, 31), (2027, 2, 28)),
        ("1 year before", (2028, 2, 29), (2027, 2, 28)),
        ("0 days before", (2027, 6, 30), (2027, 6, 30)),
    ],
)
def test_warning_counts_from_the_last_day_and_comes_in_the_morning(
    text: str, last_day: tuple[int, ...], told: tuple[int, ...]
) -> None:
    assert warned_from(warning(text), "points", end_of(*last_day)) == MOSCOW.at_hour(date(*told), 10)


def test_nobody_is_told_of_points_that_do_not_end_or_are_not_known() -> None:
    definition = warning("14 days before")
    assert warned_from(definition, "points", NEVER) is None
    assert warned_from(definition, "stars", end_of(2027, 6, 30)) is None
    assert warned_from(roubles(), "points", end_of(2027, 6, 30)) is None


def test_ledger_hears_of_it_in_the_versions_reign() -> None:
    (reign,) = Program("corner", (Version("a" * 64, warning("14 days before"), 5, 5),)).timeline.reigns
    assert reign.warned_from("points", end_of(2027, 6, 30)) == MOSCOW.at_hour(date(2027, 6, 16), 10)


@pytest.mark.parametrize(
    ("text", "expires", "expected"),
    [
        ("14 days before", {"after": "1 month"}, []),
        ("14 days before", {"after": "13 days"}, [("error", "currencies.points.expires.warn")]),
        ("2 months before", {"after": "1 month", "at": "end of month"}, [("error", "currencies.points.expires.warn")]),
    ],
)
def test_warning_that_would_come_before_the_points_is_found(
    text: str, expires: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    found = lint(warning(text, **expires), file="corner.yaml")
    assert [(finding.weight, finding.path) for finding in found if finding.path.endswith("warn")] == expected


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Your card tells you 14 days before their last day."),
        ("ru", "За 14 дней до последнего дня карта напомнит о них."),
    ],
)
def test_terms_promise_the_warning(language: str, sentence: str) -> None:
    said = [line for section in terms(warning("14 days before"), language) for line in section.sentences]
    assert sentence in said


def test_owner_is_told_that_nobody_is_warned() -> None:
    silent = roubles(currencies={"points": points(expires=YEAR)})
    assert "Nobody is told before they end." in explain_text(silent, "en")
    assert "Nobody is told before they end." not in explain_text(roubles(), "en")
    assert "Nobody is told" not in explain_text(warning("14 days before"), "en")
