"""The program's pause of earning and each connection's are ended one by one, and each names its own command."""

from collections.abc import Callable

import pytest
from click.testing import Result
from stand_ins import SECOND
from whole_house import ANNA, PROGRAM, Town

Run = Callable[..., Result]
RESUME = f"pointpass resume earning --program {PROGRAM}"


def said(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pause", "earning", "--connection", "shop"), f"{RESUME} --connection shop"),
        (("pause", "earning"), RESUME),
        (("pause", "earning", "--connection", "shop", "--stage", "dev"), f"{RESUME} --connection shop --stage dev"),
    ],
)
def test_a_pause_names_the_command_that_ends_it_in_one_line(run: Run, words: tuple[str, ...], says: str) -> None:
    lines = [line.rstrip() for line in run(*words).output.splitlines()]
    assert any(line.endswith(f"is recorded after: {says}") for line in lines), lines


@pytest.mark.parametrize("waits", [0, 2])
def test_resuming_the_program_where_a_connection_is_paused_records_nothing_and_names_that(
    here: Town, run: Run, waits: int
) -> None:
    run("pause", "earning", "--connection", "shop", "--by", "olga")
    for _ in range(waits):
        here.buys(ANNA, 1000)
        here.clock.forward(SECOND)
    result = run("resume", "earning")
    assert (result.exit_code, "recorded now" in said(result)) == (1, False)
    assert f"What stands still is something else: earning of shop in {PROGRAM}: {RESUME} --connection shop" in said(
        result
    )
    assert [pause.resumed_at for pause in here.program.pauses] == [0]
    assert list(here.house.walking.of(PROGRAM, "resume")) == []


def test_resuming_a_connection_where_the_program_is_paused_names_that(here: Town, run: Run) -> None:
    run("pause", "earning", "--by", "olga")
    result = run("resume", "earning", "--connection", "shop", "--stage", "dev")
    assert result.exit_code == 1
    assert said(result).endswith(f"something else: earning in {PROGRAM}: {RESUME} --stage dev")
    assert [pause.resumed_at for pause in here.program.pauses] == [0]


def test_a_flood_that_is_held_is_not_taken_for_what_may_be_recorded(
    here: Town, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.services.pausing._COUNTED", 2)
    monkeypatch.setattr("chalicelib.services.pausing._PAGE", 1)
    run("pause", "earning", "--connection", "shop", "--by", "olga")
    for _ in range(3):
        here.buys(ANNA, 1000)
        here.clock.forward(SECOND)
    assert f"{PROGRAM}: 2 deliveries wait" in said(run("paused"))
    assert run("resume", "earning").exit_code == 1
    assert list(here.house.walking.of(PROGRAM, "resume")) == []
    run("resume", "earning", "--connection", "shop")
    assert [walk.total for walk in here.house.walking.of(PROGRAM, "resume")] == [0]


@pytest.mark.parametrize(("one", "other"), [((), ("--connection", "shop")), (("--connection", "shop"), ())])
def test_resuming_one_of_two_pauses_names_the_one_that_goes_on(
    here: Town, run: Run, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    for each in (one, other):
        run("pause", "earning", *each)
    here.buys(ANNA, 1000)
    whose = "earning of shop" if other else "earning"
    shown = said(run("resume", "earning", *one))
    assert f"Still paused: {whose} in {PROGRAM}. To end that: {' '.join((RESUME, *other))}" in shown
    last = said(run("resume", "earning", *other))
    assert "Still paused" not in last


def test_what_stands_still_is_not_counted_among_what_is_to_be_recorded(here: Town, run: Run) -> None:
    run("pause", "earning")
    run("pause", "earning", "--connection", "shop")
    here.buys(ANNA, 1000)
    run("resume", "earning")
    (walk,) = here.house.walking.of(PROGRAM, "resume")
    assert walk.total == 0
    here.clock.forward(SECOND)
    run("resume", "earning", "--connection", "shop")
    assert sorted(walk.total for walk in here.house.walking.of(PROGRAM, "resume")) == [0, 1]
