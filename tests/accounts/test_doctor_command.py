"""The doctor's table as it is printed, and its exit code."""

from collections.abc import Callable

import pytest
from click import ClickException
from click.testing import CliRunner, Result
from cloud_stand_in import refusal
from rich.console import Console
from secret_stand_in import Vaultful
from whole_house import SETTINGS

from ops.accounts.place import Place
from ops.command import main
from ops.doctor.rows import Row

Run = Callable[..., Result]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str) -> Result:
        monkeypatch.setattr("ops.doctor.command._screen", Console(width=200, force_terminal=False))
        return CliRunner().invoke(main, ["doctor", *words], catch_exceptions=False)

    return run


@pytest.mark.parametrize(("state", "code"), [("good", 0), ("look", 0), ("bad", 1)])
def test_table_says_what_was_found_and_what_to_do(
    typed: Run, monkeypatch: pytest.MonkeyPatch, state: str, code: int
) -> None:
    row = Row("queue cards", state, "12 [messages]", "look at it")  # type: ignore[arg-type]
    monkeypatch.setattr("ops.doctor.command.examined", lambda stage, stack: [row])
    done = typed()
    assert done.exit_code == code
    assert [text in done.output for text in ("queue cards", "12 [messages]", "look at it")] == [True] * 3


@pytest.mark.parametrize("width", [80, 120])
def test_no_name_and_no_path_is_cut_and_a_page_has_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    todo = "pointpass night says what is wrong; the clock calls it at 01:20 UTC. docs/runbooks/seal-missing.md"
    rows = [
        Row(
            "table journal", "good", "pointpass-laptop-documents is there, and so are its stream and its index of days"
        ),
        Row("seal of bean-street", "bad", "the seal of 2026-07-02 is gone", todo),
    ]
    monkeypatch.setattr("ops.doctor.command.examined", lambda stage, stack: rows)
    monkeypatch.setattr("ops.doctor.command._screen", Console(width=width, force_terminal=False))
    told = CliRunner().invoke(main, ["doctor"]).output
    lines = [line.strip() for line in told.splitlines()]
    assert max(map(len, told.splitlines())) <= width
    assert "docs/runbooks/seal-missing.md" in lines
    assert {"pointpass-laptop-documents", "2026-07-02", "01:20"} <= set(told.split())


def test_stack_is_named_after_the_stage_unless_another_is_named(typed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr("ops.doctor.command.examined", lambda stage, stack: asked.append((stage, stack)) or [])
    typed("--stage", "dev")
    typed("--stage", "dev", "--stack", "other")
    assert asked == [("dev", "pointpass-dev"), ("dev", "other")]


def test_settings_that_are_missing_are_the_one_red_row(typed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(stage: str) -> None:
        raise ClickException("dev is deployed without what this version needs: POINTPASS_BASE_URL")

    monkeypatch.setattr("ops.accounts.place.settings_of", nowhere)
    done = typed("--stage", "dev")
    assert done.exit_code == 1
    assert "POINTPASS_BASE_URL" in done.output


def test_account_that_lets_nobody_in_is_the_one_red_row(typed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(stage: str, *, region: str) -> None:
        raise refusal("ExpiredToken")

    monkeypatch.setattr("ops.doctor.command.place_of", refuses)
    done = typed("--stage", "test")
    assert (done.exit_code, "ExpiredToken" in done.output, "@" in done.output) == (1, True, False)


def test_stage_that_answers_nothing_is_red_row_by_row_and_never_an_exception(
    typed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        def __init__(self, settings: object) -> None: ...

        def call(self, service: str, operation: str, **arguments: object) -> dict[str, object]:
            raise ConnectionRefusedError

    def no_way(host: str, port: int) -> None:
        raise ConnectionRefusedError

    def nothing(settings: object, *, by_operator: bool) -> None:
        raise KeyError("master")

    monkeypatch.setattr("ops.doctor.command.place_of", lambda stage, *, region: Place(Vaultful(), SETTINGS))
    monkeypatch.setattr("ops.doctor.command.StageCloud", Silent)
    monkeypatch.setattr("ops.doctor.command.connect", no_way)
    monkeypatch.setattr("ops.doctor.command.adapters", nothing)
    done = typed("--stage", "test")
    red = [line.split()[1] for line in done.output.splitlines() if "●" in line]
    assert done.exit_code == 1
    expected = {"tables", "queues", "secret", "mail", "clock", "certificates", "push", "house", "quota", "alarms"}
    assert expected <= set(red), done.output
