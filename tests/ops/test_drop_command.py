"""Dropping at a terminal what waits for the end of a pause: shown first, asked about, and taken back."""

from collections.abc import Callable

import pytest
from click.testing import Result
from stand_ins import MINUTE, SECOND
from whole_house import ANNA, PROGRAM, Town, sqs_event

from ops.auditing import asking
from ops.auditing.deeds import DEEDS

Run = Callable[..., Result]
DROP = ("inbox", "drop", "--connection", "shop")
RESUME = f"pointpass resume earning --program {PROGRAM}"


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


def work_off(here: Town) -> None:
    """The queue, each message in its time, until it is empty."""
    while messages := here.deferred.take():
        for message, delay in messages:
            here.clock.forward(delay * SECOND)
            assert here.house.deferred(sqs_event([message])) == {"batchItemFailures": []}


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
    assert f"Done. 2 wait again. To record them: {RESUME} --connection shop" in back
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


@pytest.mark.usefixtures("waits")
def test_what_was_resumed_during_the_question_is_not_dropped(
    here: Town, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_: str) -> None:
        here.house.pausing.resume(here.program, "earning", by="olga", connection="shop")

    monkeypatch.setattr("ops.dropping.asking.make_sure", meanwhile)
    result = run(*DROP)
    assert (result.exit_code, "Done." in said(result)) == (1, False)
    assert "What shop tells does not stand still" in said(result)
    assert "were dropped before" not in said(result)
    assert places(here) == (2, 0)


@pytest.mark.usefixtures("waits")
def test_what_was_resumed_during_the_moving_is_said_with_how_many_are_in_doubt(
    here: Town, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = here.own.inbox.move

    def meanwhile(key: str, why: str) -> bool:
        here.house.pausing.resume(here.program, "earning", by="olga", connection="shop")
        return move(key, why)

    monkeypatch.setattr(here.own.inbox, "move", meanwhile)
    result = run(*DROP)
    assert (result.exit_code, "Done." in said(result)) == (1, False)
    assert "2 were dropped before that was noticed; of the last 100 of them some may be recorded, too" in said(result)


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize(
    ("first", "ends"),
    [
        ((), (f"{RESUME} --connection shop",)),
        (("pause", "earning"), (f"{RESUME} --connection shop", RESUME)),
        (("resume", "earning", "--connection", "shop"), (f"{RESUME} --connection shop",)),
    ],
)
def test_what_waits_again_is_recorded_by_the_commands_that_are_named(
    here: Town, run: Run, first: tuple[str, ...], ends: tuple[str, ...]
) -> None:
    run(*DROP)
    if first:
        assert run(*first).exit_code == 0
    lines = run(*DROP, "--back").output.split("To record them:")[1].splitlines()
    assert sorted(line.strip() for line in lines if line.strip()) == sorted(ends)
    for line in ends:
        assert run(*line.split()[1:]).exit_code == 0
    work_off(here)
    assert (places(here), here.stored_balance(ANNA)) == ((0, 0), 45 + 10)
