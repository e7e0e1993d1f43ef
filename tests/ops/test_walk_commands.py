"""Looks, messages and phones at a terminal."""

from collections.abc import Callable

import pytest
from click.testing import Result
from stand_ins import MINUTE, SECOND
from whole_house import ANNA, PROGRAM, Town, sqs_event

Run = Callable[..., Result]
EN, RU = "Cherry pie is back.", "Вишнёвый пирог снова здесь."
TEXTS = ("--text", f"en={EN}", "--text", f"ru={RU}")


@pytest.fixture
def queue_works(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an operator watches, the queue is worked off."""
    monkeypatch.setattr("ops.walks.time.sleep", lambda _: deliver(here))


def said(result: Result) -> str:
    return " ".join(result.output.split())


def deliver(here: Town) -> None:
    for message, delay in here.sweeps.take():
        here.clock.forward(delay * SECOND)
        assert here.house.sweeps(sqs_event([message])) == {"batchItemFailures": []}


def joined(here: Town, count: int = 3, agrees: int = 2) -> list[str]:
    links = []
    for number in range(count):
        links.append(here.join(f"{number}@example.com", **({"marketing": "yes"} if number < agrees else {})))
        here.adds_to_wallet(links[-1], f"phone-{number}")
    here.clock.forward(MINUTE)
    return links


# --- republish


def test_republish_is_watched_to_its_end(here: Town, run: Run, queue_works: None) -> None:
    joined(here)
    result = run("republish", PROGRAM, "--watch")
    assert result.exit_code == 0, result.output
    assert "cards pushed 3" in said(result)
    assert "in all 3" in said(result)
    assert "set to 20" in said(result)


def test_republish_is_stopped_and_resumed(here: Town, run: Run, queue_works: None) -> None:
    joined(here)
    assert "running" in run("republish", PROGRAM, "--rate", "7").output
    assert "under way" in run("republish", PROGRAM).output
    assert "stopped" in run("republish", PROGRAM, "--stop").output
    deliver(here)
    assert here.pusher.calls == []
    result = run("republish", PROGRAM, "--resume", "--watch")
    assert "done" in said(result)
    assert "set to 7" in said(result)
    assert "to its end already" in run("republish", PROGRAM, "--stop").output


@pytest.mark.parametrize(("option", "says"), [("--stop", "There is none"), ("--resume", "There is none")])
def test_what_never_began_is_not_there(run: Run, option: str, says: str) -> None:
    result = run("republish", PROGRAM, option)
    assert (result.exit_code, says in result.output) == (1, True)


def test_impossible_rates_are_refused(run: Run) -> None:
    result = run("republish", PROGRAM, "--rate", "0")
    assert (result.exit_code, "from 1 to 200" in result.output) == (1, True)


# --- message


def test_a_message_is_shown_sent_watched_and_taken_back(here: Town, run: Run, queue_works: None) -> None:
    links = joined(here)
    result = run("message", PROGRAM, *TEXTS, "--watch")
    assert result.exit_code == 0, result.output
    assert EN in said(result)
    assert RU in said(result)
    assert "told 2" in said(result)
    assert "no consent 1" in said(result)
    (walk,) = here.house.walking.of(PROGRAM, "message")
    assert f"--withdraw {walk.id}" in said(result)
    result = run("message", PROGRAM, "--withdraw", walk.id, "--watch")
    assert "withdrawn 2" in said(result)
    assert [here.card(link).message for link in links] == [None] * 3


def test_a_dry_run_counts_by_level_and_sends_nothing(here: Town, run: Run) -> None:
    joined(here)
    result = run("message", PROGRAM, *TEXTS, "--dry-run")
    assert "level told no consent Bean 2 1" in said(result)
    assert "2 cards would get it now" in said(result)
    assert here.sweeps.take() == []


def test_a_message_at_night_says_until_when_it_rests(here: Town, run: Run, queue_works: None) -> None:
    joined(here)
    here.clock.forward(9 * 60 * MINUTE)
    result = run("message", PROGRAM, *TEXTS, "--watch")
    assert "rests until 2026-06-24 07:00:00 UTC" in said(result)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--text", f"en={EN}"), "The program speaks ru, too."),
        ((*TEXTS, "--text", "de=Kuchen"), "does not speak de"),
        ((*TEXTS, "--text", f"en={'x' * 300}"), "has 300 letters"),
        ((*TEXTS, "--level", "Tin"), "no level Tin"),
        ((*TEXTS, "--segment", "vip"), "no segment vip"),
        (("--text", "Cherry pie"), "LANGUAGE="),
        ((), "Say what"),
        (
            ("--withdraw", "message-1"),
            "No message of bean-street is called message-1. See the newest: pointpass message bean-street",
        ),
        ((*TEXTS, "--rate", "1000"), "from 1 to 200"),
    ],
)
def test_what_cannot_be_said_is_told_plainly(run: Run, words: tuple[str, ...], says: str) -> None:
    result = run("message", PROGRAM, *words)
    assert result.exit_code != 0
    assert says in said(result)


# --- phones


def test_phones_says_who_was_told_who_came_and_who_did_not(here: Town, run: Run) -> None:
    link = here.member(ANNA)
    for device in ("phone-1", "phone-2"):
        here.adds_to_wallet(link, device)
    here.clock.forward(MINUTE)
    here.buys(ANNA, 1000)
    here.follow()
    card = here.card(link)
    first = here.own.cards.registrations(card.serial)[0]
    here.own.cards.mark_listed(first, card.pushed_at + 2 * SECOND)
    here.own.cards.mark_fetched(first, card.changed_at, card.changed_at + 3 * SECOND)
    here.clock.forward(5 * MINUTE)
    told = said(run("phones", PROGRAM))
    assert "hold a card 2 told of the last change 2" in told
    assert "asked what is new 1 2.0 s 2.0 s" in told
    assert "fetched it 1 3.0 s 3.0 s" in told
    assert "under a minute 0 under an hour 1 under a day 0 a day or longer 0" in told


def test_phones_of_nobody_are_none(run: Run) -> None:
    assert "hold a card 0 told of the last change 0" in said(run("phones", PROGRAM))
