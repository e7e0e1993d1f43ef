"""`pointpass pass-type` gives a program a pass type whose papers can sign, and nothing else."""

from collections.abc import Callable

import pytest
from click.testing import Result
from whole_house import PASS_TYPE, PROGRAM, TEAM, Town

from chalicelib.services.ports import Wallet

Run = Callable[..., Result]


@pytest.fixture
def folder(here: Town) -> str:
    return f"pointpass-{here.house.settings.stage}-apple/"


def test_a_program_gets_a_pass_type_whose_papers_can_sign(here: Town, run: Run, folder: str) -> None:
    result = run("pass-type", PROGRAM, "--name", PASS_TYPE, "--team", TEAM, "--secret", f"{folder}shop")
    assert result.exit_code == 0, result.output
    expected = Wallet(PROGRAM, PASS_TYPE, TEAM, f"{folder}shop", since=here.clock.now())
    assert here.own.programs.wallets(PROGRAM) == [expected]
    assert PASS_TYPE in result.output


@pytest.mark.parametrize(
    "wrong",
    [
        ("pass.example.other", TEAM, "pass type is not the certificates"),
        (PASS_TYPE, "OTHER12345", "team is not the certificates"),
    ],
)
def test_papers_of_another_pass_type_or_team_are_refused(
    here: Town, run: Run, folder: str, wrong: tuple[str, str, str]
) -> None:
    name, team, why = wrong
    result = run("pass-type", PROGRAM, "--name", name, "--team", team, "--secret", f"{folder}shop")
    assert result.exit_code == 1
    assert why in result.output
    assert not here.own.programs.wallets(PROGRAM)


def test_a_pass_type_of_another_program_is_refused(here: Town, run: Run, folder: str) -> None:
    here.own.programs.put_wallet(Wallet("tea-lane", PASS_TYPE, TEAM, f"{folder}tea"))
    result = run("pass-type", PROGRAM, "--name", PASS_TYPE, "--team", TEAM, "--secret", f"{folder}shop")
    assert result.exit_code == 1
    assert "belongs to tea-lane" in result.output
    assert not here.own.programs.wallets(PROGRAM)


def test_a_secret_that_nobody_who_signs_may_read_is_refused(here: Town, run: Run) -> None:
    result = run("pass-type", PROGRAM, "--name", PASS_TYPE, "--team", TEAM, "--secret", "shop")
    assert result.exit_code == 2
    assert not here.own.programs.wallets(PROGRAM)


def test_a_program_without_one_shares_that_of_the_system(here: Town, run: Run) -> None:
    assert "shares the pass type of this system" in run("pass-type", PROGRAM).output
