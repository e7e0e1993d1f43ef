"""Correcting a wrong version at a terminal: first what it would do, then doing it, once."""

from collections.abc import Callable

import pytest
from click.testing import Result
from stand_ins import MINUTE
from whole_house import ANNA, BORIS, DEFINITION, Town

from chalicelib.errors import TryAgain
from chalicelib.services.correcting import Corrections

Run = Callable[..., Result]


@pytest.fixture
def names(here: Town) -> list[str]:
    """First digits of the version that was wrong and of the one that is right; Anna is to gain 10, Boris 20 beans."""
    here.buys(ANNA, 1_000)
    here.buys(BORIS, 2_000)
    doubled = DEFINITION.replace("1 bean per 1 EUR", "2 beans per 1 EUR")
    here.clock.instant = here.house.publishing.publish(doubled, file="new.yaml").effective_at + MINUTE
    return [version.sha[:12] for version in here.program.versions]


def said(result: Result) -> str:
    return " ".join(result.output.split())


def balances(here: Town) -> tuple[int, int]:
    return here.stored_balance(ANNA), here.stored_balance(BORIS)


def test_without_do_it_says_who_gains_and_writes_nothing(here: Town, run: Run, names: list[str]) -> None:
    bad, good = names
    result = run("reprice", "--version", bad, "--with", good)
    assert result.exit_code == 0, result.output
    assert "beans 2 30 0 0 30" in said(result)
    assert "2 orders and activities of 2 accounts; 0 cards change" in said(result)
    assert "Nothing was written." in said(result)
    assert balances(here) == (10, 20)


def test_it_shows_what_members_lose(here: Town, run: Run, names: list[str]) -> None:
    bad, good = names
    run("reprice", "--version", bad, "--with", good, "--do")
    result = run("reprice", "--version", good, "--with", bad)
    assert "beans 0 0 2 -30 -30" in said(result)
    assert f"{here.account(BORIS)} beans 40 20" in said(result)


def test_with_do_the_differences_are_posted_in_the_operators_name(here: Town, run: Run, names: list[str]) -> None:
    bad, good = names
    result = run("reprice", "--version", bad, "--with", good, "--do", "--by", "olga")
    assert "Corrected 2 orders and activities." in said(result)
    assert balances(here) == (20, 40)
    entry = here.newest(here.account(ANNA))
    assert (entry.kind, entry.actor) == ("corrected", "olga")


def test_doing_it_again_changes_nothing(here: Town, run: Run, names: list[str]) -> None:
    bad, good = names
    for _ in range(2):
        result = run("reprice", "--version", bad, "--with", good, "--do")
    assert "Corrected 0 orders and activities." in said(result)
    assert balances(here) == (20, 40)


@pytest.mark.parametrize(("typed", "after"), [("live\n", (20, 40)), ("liev\n", (10, 20))])
def test_away_from_the_laptop_the_stages_name_is_asked_for(
    here: Town, run: Run, names: list[str], typed: str, after: tuple[int, int]
) -> None:
    bad, good = names
    result = run("reprice", "--version", bad, "--with", good, "--do", "--stage", "live", typed=typed)
    assert "Type its name to go on" in said(result)
    assert balances(here) == after
    assert result.exit_code == (0 if after == (20, 40) else 1)


@pytest.mark.parametrize(
    ("names_given", "says"),
    [
        (("000000", "good"), "There is no such version"),
        (("bad", "12"), "There is no such version"),
        (("good", "good"), "Both names are of one version"),
    ],
)
def test_a_name_that_means_nothing_is_said_plainly(
    run: Run, names: list[str], names_given: tuple[str, str], says: str
) -> None:
    meant = {"bad": names[0], "good": names[1]}
    bad, good = (meant.get(name, name) for name in names_given)
    result = run("reprice", "--version", bad, "--with", good)
    assert result.exit_code == 1
    assert says in said(result)


def test_when_it_stops_half_way_it_says_how_to_go_on(
    here: Town, run: Run, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = names
    real, calls = Corrections.post, iter([True, False])

    def once(self: Corrections, *args: object, **more: object) -> object:
        if not next(calls):
            raise TryAgain("too_many_races", document="correction")
        return real(self, *args, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Corrections, "post", once)
        result = run("reprice", "--version", bad, "--with", good, "--do")
    assert result.exit_code == 1
    assert "Stopped after 1 of 2 accounts" in said(result)
    run("reprice", "--version", bad, "--with", good, "--do")
    assert balances(here) == (20, 40)
