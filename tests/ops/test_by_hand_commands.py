"""What an operator does to accounts, and to stores' keys, at a terminal."""

import re
from collections.abc import Callable

import pytest
from click.testing import Result
from whole_house import ANNA, BORIS, Town

Run = Callable[..., Result]


@pytest.fixture
def people(here: Town) -> Town:
    """Anna has a hundred beans, Boris two hundred."""
    for buyer, price in ((ANNA, 10_000), (BORIS, 20_000)):
        here.member(buyer)
        here.buys(buyer, price)
    return here


def balance(here: Town, account: str) -> int:
    return here.newest(account).snap.purse("beans").balance  # type: ignore[arg-type]


def test_points_are_given_and_taken_with_a_reason_once_under_a_name(people: Town, run: Run) -> None:
    anna = people.account(ANNA)
    for _ in range(2):
        told = run("adjust", str(ANNA.email), "30", "--reason", "Sorry", "--reference", "case-7")
        assert told.exit_code == 0, told.output
    assert "+30 beans. Reference: case-7" in told.output
    assert run("adjust", anna, "-50", "--reason", "Counted twice").exit_code == 0
    assert balance(people, anna) == 80
    assert people.newest(anna).actor.startswith("operator/")
    assert people.newest(anna).name == "Counted twice"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody@example.com", "5", "--reason", "x"), "Nobody is called so."),
        ((str(ANNA.email), "-500", "--reason", "x"), "There are not enough points: 500 were asked for, 100 are there."),
        ((str(ANNA.email), "0", "--reason", "x"), "This is not a number of points."),
        ((str(ANNA.email), "5", "--reason", " "), "Say why: the member reads it."),
        ((str(ANNA.email), "5", "--reason", "x", "--currency", "stars"), "The program has no such points: stars."),
        ((str(ANNA.email), "5", "--reason", "x", "--reference", "a/b"), "Write the reference in letters"),
        ((str(ANNA.email), "5"), "Missing option '--reason'"),
    ],
)
def test_what_cannot_be_adjusted_is_said_plainly(people: Town, run: Run, words: tuple[str, ...], says: str) -> None:
    told = run("adjust", *words)
    assert told.exit_code != 0
    assert says in told.output
    assert balance(people, people.account(ANNA)) == 100


def test_outside_the_laptop_the_stages_name_is_typed(people: Town, run: Run) -> None:
    words = ("adjust", str(ANNA.email), "5", "--reason", "x", "--stage", "prod")
    assert "Nothing was changed." in run(*words, typed="yes\n").output
    assert balance(people, people.account(ANNA)) == 100
    assert run(*words, typed="prod\n").exit_code == 0
    assert balance(people, people.account(ANNA)) == 105


def test_two_accounts_are_joined_and_parted_as_the_command_says(people: Town, run: Run) -> None:
    anna, boris = people.account(ANNA), people.account(BORIS)
    told = run("merge", str(ANNA.email), boris, "--reason", "one person")
    assert told.exit_code == 0, told.output
    assert balance(people, boris) == 300
    assert "has been joined to another one" in run("merge", anna, boris, "--reason", "again").output
    command = re.search(r"pointpass (unmerge \S+)", told.output)
    assert command is not None
    assert run(*command[1].split()).exit_code == 0
    assert (balance(people, anna), balance(people, boris)) == (100, 200)
    assert "have been parted already" in run("unmerge", anna).output


def test_a_key_is_made_shown_once_listed_rotated_and_revoked(here: Town, run: Run) -> None:
    made = run("key", "create", "till 1", "--scope", "read", "--scope", "redeem")
    key = made.output.splitlines()[0]
    assert re.fullmatch(r"pp_test_[A-Za-z0-9_-]{32,}", key)
    listed = run("key", "list").output
    assert f"{key[:16]}..." in listed
    assert "read, redeem" in listed
    assert key not in listed
    fresh = run("key", "rotate", key[:16]).output.splitlines()[0]
    assert fresh != key
    assert run("key", "revoke", f"{fresh[:16]}...").exit_code == 0
    assert "There is no such key." in run("key", "revoke", "pp_test_nothing0").output
    assert run("key", "create", "till 2").exit_code != 0


def test_a_level_is_given_until_a_day_and_taken_back(people: Town, run: Run) -> None:
    anna = people.account(ANNA)
    told = run("level", str(ANNA.email), "Gold", "--until", "2030-12-31", "--reason", "A guest", "--reference", "vip-1")
    assert told.exit_code == 0, told.output
    assert "Done: Gold. Reference: vip-1" in told.output
    assert (people.newest(anna).snap.tier.level, people.newest(anna).name) == ("Gold", "A guest")
    told = run("level", str(ANNA.email), "--withdraw", "--reference", "vip-1")
    assert "Taken back: Gold" in told.output
    assert people.newest(anna).snap.tier.level == "Bean"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Platinum", "--reason", "x"), "The program has no level Platinum; it has: Bean, Silver, Gold."),
        (("Gold",), "Say why: the member reads it."),
        (("Gold", "--until", "2020-01-01", "--reason", "x"), "This day is over."),
        (("--withdraw", "--reference", "vip-9"), "No level was given under this id."),
    ],
)
def test_a_level_that_cannot_be_given_is_said_plainly(
    people: Town, run: Run, words: tuple[str, ...], says: str
) -> None:
    told = run("level", str(ANNA.email), *words)
    assert told.exit_code != 0
    assert says in told.output.replace("\n", " ")
