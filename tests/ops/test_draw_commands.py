"""A prize draw at a terminal: the list, the winners, and the same winners for anybody who draws again."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import Result
from stand_ins import DAY
from whole_house import ANNA, BORIS, DEFINITION, Town, town

Run = Callable[..., Result]

SEED = "forty-two bicycles"
SHA = sha256(SEED.encode()).hexdigest()
RAFFLE = DEFINITION.replace(
    "card:\n", f"draws: {{summer: {{tickets: beans, closes: 2026-07-01, winners: 2, seed_sha256: {SHA}}}}}\ncard:\n"
)


@pytest.fixture
def here() -> Town:
    """Anna has three tickets and Boris one; the draw has closed."""
    made = town(RAFFLE)
    for buyer, price in ((ANNA, 300), (BORIS, 100)):
        made.member(buyer)
        made.buys(buyer, price)
    made.clock.forward(30 * DAY)
    return made


def accounts(output: str) -> list[str]:
    return re.findall(r"^\s*\d+\s+\d+\s+(\S+)$", output, re.MULTILINE)


def test_anybody_draws_the_same_winners_from_the_published_list_and_seed(here: Town, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    assert "4 tickets of 2 members" in run("draw", "tickets", "summer", str(file)).output
    drawn = run("draw", "winners", "summer", "--seed", SEED)
    assert drawn.exit_code == 0, drawn.output
    again = run("draw", "check", str(file), "--seed", SEED, "--sha", SHA.upper(), "--winners", "2")
    assert again.output == drawn.output
    assert sorted(accounts(drawn.output)) == sorted([here.account(ANNA), here.account(BORIS)])
    assert sha256(file.read_bytes()).hexdigest() in drawn.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("winners", "winter", "--seed", SEED), "The program has no such draw: winter."),
        (("winners", "summer", "--seed", "x"), "This is not the seed whose SHA-256 was told before."),
        (("tickets", "winter", "never.csv"), "The program has no such draw: winter."),
    ],
)
def test_a_draw_that_cannot_be_held_is_said_plainly(run: Run, words: tuple[str, ...], says: str) -> None:
    told = run("draw", *words)
    assert (told.exit_code, says in told.output) == (1, True)


def test_a_draw_is_not_held_before_it_closes(here: Town, run: Run) -> None:
    here.clock.forward(-29 * DAY)
    assert "The draw is open until 2026-07-01." in run("draw", "winners", "summer", "--seed", SEED).output


def test_a_list_that_somebody_changed_draws_from_another_digest(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    run("draw", "tickets", "summer", str(file))
    honest = run("draw", "check", str(file), "--seed", SEED, "--sha", SHA, "--winners", "2").output
    file.write_text(file.read_text() + "zzz-a-friend,1\n")
    changed = run("draw", "check", str(file), "--seed", SEED, "--sha", SHA, "--winners", "2").output
    assert honest.splitlines()[-1] != changed.splitlines()[-1]
    file.write_text("not a list\n")
    broken = run("draw", "check", str(file), "--seed", SEED, "--sha", SHA, "--winners", "2")
    assert "cannot be understood at line 1" in broken.output
