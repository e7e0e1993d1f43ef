"""Dropping at a terminal what waits for the end of a pause: shown first, asked about, and taken back."""

from collections.abc import Callable

import pytest
from click.testing import Result
from stand_ins import MINUTE
from whole_house import ANNA, PROGRAM, Town

from ops.auditing import asking
from ops.auditing.deeds import DEEDS

Run = Callable[..., Result]
DROP = ("inbox", "drop", "--connection", "shop")


def said(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.fixture
def waits(here: Town, run: Run) -> None:
    """Two orders wait, from 12:01 and 12:02."""
    here.member(ANNA)
    run("pause", "earning", "--connection", "shop", "--by", "olga")
    for cents in (4599, 1000):
        here.clock.forward(MINUTE)
        here.buys(ANNA, cents)


def places(here: Town) -> tuple[int, int]:
    return len(here.own.inbox.kept("paused")), len(here.own.inbox.kept("dropped"))


@pytest.mark.usefixtures("waits")
def test_what_would_be_dropped_is_shown_with_its_times_and_its_sum(here: Town, run: Run) -> None:
    result = run(*DROP, "--dry-run")
    assert result.exit_code == 0, result.output
    assert said(result) == (
        f"deliveries 2 by shop, to {PROGRAM} the first 2026-06-23 12:01:00 UTC the last 2026-06-23 12:02:00 UTC "
        "orders 2 bought 55.99 EUR in 2 different orders or payments Nothing was changed."
    )
    assert places(here) == (2, 0)


@pytest.mark.usefixtures("waits")
def test_what_was_dropped_is_listed_and_comes_back(here: Town, run: Run) -> None:
    assert "Done. 2 were dropped." in said(run(*DROP))
    assert places(here) == (0, 2)
    assert said(run("inbox", "list", "--why", "dropped")).count("dropped by an operator") == 2
    back = said(run(*DROP, "--back"))
    assert "Done. 2 wait again. To record them: pointpass resume earning" in back
    assert places(here) == (2, 0)


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize(
    ("times", "left"),
    [
        (("--until", "2026-06-23T12:02"), 1),
        (("--since", "2026-06-23T12:02"), 1),
        (("--since", "2026-06-23T12:01:01", "--until", "2026-06-23T12:02:00"), 2),
        (("--since", "2026-06-23"), 0),
    ],
)
def test_only_what_came_in_the_time_is_dropped(here: Town, run: Run, times: tuple[str, ...], left: int) -> None:
    run(*DROP, *times)
    assert places(here) == (left, 2 - left)


@pytest.mark.usefixtures("waits")
def test_no_other_name_than_the_stages_drops_anything(here: Town, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The laptop alone is not asked about."""
    ask = asking.make_sure
    monkeypatch.setattr("ops.dropping.asking.make_sure", lambda _: ask("prod"))
    result = run(*DROP, typed="dev\n")
    assert (result.exit_code, "Nothing was changed. That is not the stage's name" in said(result)) == (1, True)
    assert places(here) == (2, 0)
    assert run(*DROP, typed="prod\n").exit_code == 0
    assert places(here) == (0, 2)


def test_dropping_leaves_a_line_and_looking_none() -> None:
    deed = DEEDS["inbox drop"]
    assert deed.done_with({"connection": "shop", "dry_run": False}) == "destroys"
    assert deed.done_with({"connection": "shop", "dry_run": True}) == "reads"


@pytest.mark.usefixtures("waits")
def test_what_is_not_paused_is_not_dropped_and_it_is_said_what_to_do(here: Town, run: Run) -> None:
    run("resume", "earning", "--connection", "shop")
    result = run(*DROP)
    assert (result.exit_code, "First: pointpass pause earning --connection shop" in said(result)) == (1, True)
    assert places(here) == (2, 0)


@pytest.mark.parametrize(("more", "says"), [((), "Nothing of it waits."), (("--back",), "Nothing of it was dropped.")])
def test_nothing_to_do_is_said(run: Run, more: tuple[str, ...], says: str) -> None:
    run("pause", "earning")
    result = run(*DROP, *more)
    assert (result.exit_code, said(result)) == (0, says)


def test_an_unknown_connection_is_said_plainly(run: Run) -> None:
    result = run("inbox", "drop", "--connection", "nowhere")
    assert (result.exit_code, "no connection called nowhere" in said(result)) == (1, True)
