"""Pausing and resuming at a terminal."""

import getpass
from collections.abc import Callable

import pytest
from click.testing import Result
from stand_ins import MINUTE, SECOND
from whole_house import ANNA, PROGRAM, Town, sqs_event

Run = Callable[..., Result]


def said(result: Result) -> str:
    return " ".join(result.output.split())


def deliver(here: Town) -> None:
    for message, delay in here.deferred.take():
        here.clock.forward(delay * SECOND)
        assert here.house.deferred(sqs_event([message])) == {"batchItemFailures": []}


@pytest.fixture
def queue_works(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an operator watches, the queue is worked off, and the schedule comes by."""

    def later(_: float) -> None:
        deliver(here)
        here.clock.forward(5 * MINUTE)
        here.house.walking.revive()

    monkeypatch.setattr("ops.walks.time.sleep", later)


def test_a_pause_is_shown_with_who_when_and_why(here: Town, run: Run) -> None:
    result = run("pause", "redeeming", "--by", "olga", "--reason", "a key leaked")
    assert result.exit_code == 0, result.output
    assert f"Paused redeeming in {PROGRAM}, everywhere within 30 seconds" in said(result)
    shown = said(run("paused"))
    assert f"{PROGRAM} redeeming all 2026-06-23 12:00:00 UTC olga a key leaked stands still" in shown


def test_who_pauses_is_whoever_is_signed_in_unless_it_is_said(here: Town, run: Run) -> None:
    run("pause", "joining")
    assert [pause.by for pause in here.program.pauses] == [getpass.getuser()]


def test_pausing_twice_changes_nothing_and_says_so(here: Town, run: Run) -> None:
    run("pause", "messages", "--by", "olga")
    again = run("pause", "messages", "--by", "boris")
    assert (again.exit_code, "paused already, since 2026-06-23 12:00:00 UTC, by olga" in said(again)) == (0, True)
    assert [pause.by for pause in here.program.pauses] == ["olga"]


def test_nothing_paused_is_said(run: Run) -> None:
    assert said(run("paused")) == "Nothing is paused."


@pytest.mark.parametrize("what", ["earning", "redeeming", "joining", "messages"])
def test_what_is_not_paused_cannot_be_resumed(run: Run, what: str) -> None:
    result = run("resume", what)
    assert (result.exit_code, f"{what} is not paused" in said(result)) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pause", "selling"), "'selling' is not one of"),
        (("pause", "earning", "--connection", "nowhere"), "no connection called nowhere"),
        (("pause", "joining", "--connection", "shop"), "Only earning is paused for one connection"),
        (("pause", "earning", "--program", "tea-lane"), f"Published: {PROGRAM}"),
        (("pause", "earning", "--by", " "), "Say who does it"),
        (("pause", "earning", "--reason", "x" * 201), "at most 200 letters"),
        (("resume", "earning", "--connection", "nowhere"), "no connection called nowhere"),
    ],
)
def test_an_order_that_makes_no_sense_says_what_is_wrong(
    here: Town, run: Run, words: tuple[str, ...], says: str
) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert says in said(result)
    assert here.program.pauses == ()


def test_an_impossible_rate_is_refused(here: Town, run: Run) -> None:
    run("pause", "earning")
    result = run("resume", "earning", "--rate", "0")
    assert (result.exit_code, "from 1 to 200" in said(result)) == (1, True)
    assert [pause.resumed_at for pause in here.program.pauses] == [0]


def test_what_waited_is_watched_until_it_is_recorded(here: Town, run: Run, queue_works: None) -> None:
    run("pause", "earning", "--connection", "shop", "--by", "olga")
    here.buys(ANNA, 4599)
    here.clock.forward(SECOND)
    here.buys(ANNA, 1000)
    assert f"{PROGRAM}: 2 deliveries wait to be recorded." in said(run("paused"))
    result = run("resume", "earning", "--connection", "shop", "--watch")
    assert result.exit_code == 0, result.output
    assert "recorded 2" in said(result)
    assert "in all 2" in said(result)
    deliver(here)
    assert here.stored_balance(ANNA) == 55


def test_catching_up_is_shown_and_the_trail_says_how_it_ended(here: Town, run: Run) -> None:
    run("pause", "earning", "--by", "olga")
    here.buys(ANNA, 4599)
    result = run("resume", "earning", "--by", "boris")
    assert "How it goes: pointpass paused" in said(result)
    assert "catching up since 2026-06-23 12:00:00 UTC" in said(run("paused"))
    deliver(here)
    here.clock.forward(5 * MINUTE)
    here.house.walking.revive()
    deliver(here)
    shown = said(run("paused", "--trail", "9"))
    assert shown.startswith("Nothing is paused.")
    for line in ("earning paused all olga", "earning resumed all boris", "earning caught up all pointpass"):
        assert line in shown


def test_what_waits_is_listed_in_the_inbox_and_can_be_looked_at(here: Town, run: Run) -> None:
    run("pause", "earning")
    here.buys(ANNA, 4599)
    number = here.house.replay.kept("paused")[0].number
    assert f"{number} 2026-06-23 {PROGRAM} shop waits for the end of a pause" in said(run("inbox", "list"))
    assert "waits for the end of a pause" in said(run("inbox", "show", number))


def test_the_books_of_a_paused_connection_are_not_read_and_it_is_said_why(run: Run) -> None:
    run("pause", "earning")
    result = run("reconcile", "shop")
    assert (result.exit_code, "Earning is paused for shop" in said(result)) == (1, True)
