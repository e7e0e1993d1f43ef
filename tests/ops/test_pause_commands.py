"""Pausing and resuming at a terminal."""

import getpass
from collections.abc import Callable, Mapping

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from stand_ins import MINUTE, SECOND
from whole_house import ANNA, PROGRAM, Town, sqs_event

from ops.command import main

Run = Callable[..., Result]


def said(result: Result) -> str:
    return " ".join(result.output.split())


def deliver(here: Town) -> None:
    for message, delay in here.deferred.take():
        here.clock.forward(delay * SECOND)
        assert here.house.deferred(sqs_event([message])) == {"batchItemFailures": []}


@pytest.fixture
def looks(here: Town, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """While an operator watches, the queue is worked off as its messages are due, and no schedule comes by.

    One for each time that was looked.
    """
    due: list[tuple[int, Mapping[str, str | int], Callable[..., object]]] = []
    count: list[int] = []

    def later(seconds: float) -> None:
        count.append(1)
        assert len(count) < 1_000, "it does not come to an end"
        for queue, work in ((here.deferred, here.house.deferred), (here.sweeps, here.house.sweeps)):
            due.extend((here.clock.now() + delay * SECOND, message, work) for message, delay in queue.take())
        for each in [each for each in due if each[0] <= here.clock.now()]:
            due.remove(each)
            assert each[2](sqs_event([each[1]])) == {"batchItemFailures": []}
        here.clock.forward(int(seconds * SECOND))

    monkeypatch.setattr("ops.walks.time.sleep", later)
    return count


def test_a_pause_is_shown_with_who_when_and_why(here: Town, run: Run) -> None:
    result = run("pause", "redeeming", "--by", "olga", "--reason", "a key leaked")
    assert result.exit_code == 0, result.output
    assert f"Paused redeeming in {PROGRAM}, everywhere within 30 seconds" in said(result)
    shown = said(run("paused"))
    assert f"{PROGRAM} redeeming all 2026-06-23 12:00:00 olga a key leaked stands still" in shown


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


def test_what_waited_is_watched_until_it_is_recorded(here: Town, run: Run, looks: list[int]) -> None:
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


@pytest.mark.parametrize("orders", [0, 3])
def test_watching_ends_when_what_waited_is_recorded_and_says_what_comes_by_itself(
    here: Town, run: Run, looks: list[int], orders: int
) -> None:
    run("pause", "earning", "--by", "olga")
    for _ in range(orders):
        here.buys(ANNA, 1000)
        here.clock.forward(SECOND)
    ends = 43_200 + orders + 60
    shown = said(run("resume", "earning", "--watch"))
    assert len(looks) == 1
    assert f"in all {orders} rests until 2026-06-23 12:{ends // 60 % 60:02}:{ends % 60:02} UTC" in shown
    assert "It has come to the end of what waited. One more look comes by itself then" in shown


def test_a_last_look_that_is_to_come_does_not_look_like_a_pause(here: Town, run: Run, looks: list[int]) -> None:
    run("pause", "earning", "--by", "olga")
    run("resume", "earning", "--watch")
    shown = said(run("paused"))
    assert shown.startswith("Nothing is paused.")
    assert "One more look comes by itself then" in shown
    assert "running" not in shown
    for message, delay in here.deferred.take():
        here.deferred.send(message, delay_seconds=delay)
    here.clock.forward(2 * MINUTE)
    here.house.walking.revive()
    deliver(here)
    assert said(run("paused")) == "Nothing is paused."


def test_a_resumption_has_its_name_in_one_line_and_counts_deliveries(here: Town, run: Run) -> None:
    run("pause", "earning", "--by", "olga")
    here.buys(ANNA, 4599)
    lines = [line.strip() for line in run("resume", "earning", "--by", "boris").output.splitlines()]
    (walk,) = here.house.walking.of(PROGRAM, "resume")
    place = lines.index(walk.id)
    assert [line.split() for line in lines[place + 1 : place + 3]] == [["deliveries"], ["in", "all", "0"]]


def test_catching_up_is_shown_and_the_trail_says_how_it_ended(here: Town, run: Run) -> None:
    run("pause", "earning", "--by", "olga")
    here.buys(ANNA, 4599)
    result = run("resume", "earning", "--by", "boris")
    assert "How it goes: pointpass paused" in said(result)
    assert "catching up since 2026-06-23 12:00:00" in said(run("paused"))
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


# --- messages


EN, RU = "Cherry pie is back.", "Вишнёвый пирог снова здесь."
TEXTS = ("--text", f"en={EN}", "--text", f"ru={RU}")


def joined(here: Town, count: int = 3) -> None:
    for number in range(count):
        link = here.join(f"{number}@example.com", marketing="yes")
        here.adds_to_wallet(link, f"phone-{number}")
    here.clock.forward(MINUTE)


def test_a_message_is_refused_while_messages_are_paused_and_nothing_goes_out_on_resume(here: Town, run: Run) -> None:
    joined(here)
    run("pause", "messages", "--by", "olga")
    result = run("message", PROGRAM, *TEXTS)
    assert result.exit_code == 1
    assert EN not in said(result)
    assert f"Messages are paused in {PROGRAM}, so nothing was begun and nothing will go out by itself." in said(result)
    assert f"pointpass resume messages --program {PROGRAM}" in said(result)
    run("resume", "messages")
    assert (here.house.walking.of(PROGRAM, "message"), here.sweeps.take()) == ([], [])


def test_who_would_get_a_message_is_counted_while_messages_are_paused(here: Town, run: Run) -> None:
    joined(here)
    run("pause", "messages")
    result = run("message", PROGRAM, *TEXTS, "--dry-run")
    assert (result.exit_code, "3 cards would get it now" in said(result)) == (0, True)


@pytest.mark.parametrize("words", [("message", PROGRAM, *TEXTS), ("republish", PROGRAM)])
def test_watching_what_a_pause_stopped_ends_and_says_so(
    here: Town, run: Run, looks: list[int], words: tuple[str, ...]
) -> None:
    joined(here)
    run(*words)
    run("pause", "messages")
    shown = said(run(words[0], PROGRAM, "--watch"))
    assert "Messages are paused. It goes on by itself within five minutes of their end" in shown
    assert len(looks) <= 2


def test_looks_that_are_sent_while_messages_are_paused_wait_and_it_is_said(here: Town, run: Run) -> None:
    joined(here)
    run("pause", "messages")
    assert "Messages are paused. It goes on by itself" in said(run("republish", PROGRAM))


def test_what_goes_on_with_the_messages_is_shown_before_and_said_when_they_are_resumed(
    here: Town, run: Run, looks: list[int]
) -> None:
    joined(here)
    run("message", PROGRAM, *TEXTS)
    run("pause", "messages")
    run("message", PROGRAM, "--watch")
    (walk,) = here.house.walking.of(PROGRAM, "message")
    assert f"{walk.id} cards in all 0" in said(run("paused"))
    assert f"{walk.id} goes on within five minutes: 0 of 3 so far." in said(run("resume", "messages"))


@pytest.mark.parametrize("width", [80, 120])
def test_tables_of_pauses_cut_no_name_and_no_instant(run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    why = "a wrong rule doubled every order since lunch"
    by = "boris.petrov@customers.example"
    run("pause", "earning", "--connection", "shop", "--by", by, "--reason", why)
    monkeypatch.setattr("ops.pausing._screen", Console(width=width, force_terminal=False))
    told = CliRunner().invoke(main, ["paused", "--trail", "5"]).output
    assert max(map(len, told.splitlines())) <= width
    assert [told.split().count(word) for word in (by, PROGRAM, "2026-06-23", "12:00:00", "doubled")] == [2] * 5


def test_closed_doors_are_told_beside_what_is_paused(here: Town, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.own.programs, "_by_operator", True)
    here.own.programs.begin_restore(PROGRAM, here.clock.now())
    closed = said(run("paused"))
    assert closed.startswith(f"{PROGRAM} is closed: its tables are being put back, and nobody is served.")
    assert "pointpass restoring end" in closed
    assert "Nothing is paused" not in closed
    here.own.programs.end_restore(PROGRAM)
    assert said(run("paused")) == "Nothing is paused."
