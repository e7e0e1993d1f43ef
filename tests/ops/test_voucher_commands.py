"""Vouchers and gift cards at a terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from offers_town import PLENTY
from whole_house import ANNA, Town, town

from chalicelib.events import Reference

Run = Callable[..., Result]


@pytest.fixture
def here() -> Town:
    return town(PLENTY)


def code_of(told: Result) -> str:
    assert told.exit_code == 0, told.output
    return told.output.split("\n")[0].strip()


def test_a_gift_card_is_sold_once_looked_at_used_and_given_back(run: Run) -> None:
    sold = run("voucher", "issue", "gift-card", "--worth", "25.00", "--reference", "sale-1")
    code = code_of(sold)
    assert "Gift card: €25 of €25 left, open, last day 2029-06-23" in sold.output
    assert code_of(run("voucher", "issue", "gift-card", "--worth", "25.00", "--reference", "sale-1")) == code
    used = run("voucher", "use", code, "10.50", "--goods", "12", "--reference", "till-1")
    assert "€14.50 of €25 left" in used.output
    assert "Checkout: till-1" in used.output
    assert "€17 of €25 left" in run("voucher", "give-back", code, "2.50", "--reference", "till-1").output
    assert "€17 of €25 left" in run("voucher", "look", code).output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("issue", "gift-card"), "worth 1000 to 50000 minor units"),
        (("issue", "teapot"), "no such voucher: teapot"),
        (("issue", "five-off", "--reference", "a b"), "letters, digits"),
        (("look", "0000"), "There is no such voucher."),
        (("use", "0000", "ten"), "This is not an amount of money."),
        (("use", "0000", "10", "--stage", "prod"), "Nothing was changed."),
        (("undo", "nothing"), "There is no such redemption."),
    ],
)
def test_what_cannot_be_done_with_a_voucher_is_said_plainly(run: Run, words: tuple[str, ...], says: str) -> None:
    told = run("voucher", *words, typed="no\n")
    assert told.exit_code == 1
    assert says in told.output


def test_codes_of_somebody_else_are_brought_out_of_a_file(here: Town, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("\ufeffFILM-1\n\nFILM-2 \nFILM-1\n", encoding="utf-8")
    assert "2 new, 1 there before" in run("voucher", "bring", "cinema", str(file)).output
    assert code_of(run("voucher", "issue", "cinema")) == "FILM-1"
    file.write_text("\n")
    assert "1 to 100,000 codes" in run("voucher", "bring", "cinema", str(file)).output
    file.write_text("x\n")
    assert "Line 1 is not a code" in run("voucher", "bring", "cinema", str(file)).output


def test_points_for_a_reward_that_was_not_handed_out_are_given_back(here: Town, run: Run) -> None:
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    reference = Reference("redemption/api/r1")
    here.house.catalogue.redeem(here.program, reference, here.account(ANNA), "mug", actor="till")
    assert "60 beans are back" in run("voucher", "undo", "r1").output
    assert here.stored_balance(ANNA) == 100
