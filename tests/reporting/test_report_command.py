"""The report at a terminal, as JSON and as a page: the figures of what was bought and used here."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from stand_ins import DAY
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.events import Reference
from chalicelib.store.memory.ledger import MemoryLedger
from ops.reporting.command import report
from ops.reporting.voice import WORDS

Run = Callable[..., Result]


@pytest.fixture
def here() -> Town:
    """Anna bought twice and used points, Boris bought once, half a year before."""
    shop = town()
    for buyer in (ANNA, BORIS):
        shop.member(buyer)
        shop.buys(buyer, 100_00)
    shop.clock.instant += 190 * DAY
    shop.buys(ANNA, 50_00)
    shop.house.redemptions.redeem(shop.program, Reference("redemption/1"), shop.account(ANNA), 40, actor="till")
    shop.follow()
    return shop


@pytest.fixture
def run(here: Town, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("ops.reporting.command.house_of", lambda stage: here.house)

    def typed(*words: str) -> Result:
        monkeypatch.setattr("ops.reporting.command._screen", Console(width=200, force_terminal=False))
        return CliRunner().invoke(report, list(words), catch_exceptions=False)

    return typed


def words(result: Result) -> str:
    return " ".join(result.output.split())


def test_the_figures_are_those_of_the_shop(run: Run) -> None:
    told = json.loads(run("--json", "--margin", "40%").output)
    expected = {
        "members": 2,
        "buyers": 2,
        "orders": 3,
        "sales": 250_00,
        "repeat_rate": 0.5,
        "engagement": 1.0,
        "inactive_share": 0.5,
        "average_order": 8333,
        "lifetime_value": 125_00,
        "days_to_first_reward": 190.0,
        "rewarded_share": 0.5,
        "worth_used": 200,
        "left_of_margin": 98_00,
    }
    assert {key: told[key] for key in expected} == expected
    assert told["points"]["beans"] == {
        "issued": 250, "used": 40, "expired": 0, "redemption_rate": 0.16, "breakage": 0.0,
    }  # fmt: skip
    assert sum(month["sales"] for month in told["by_month"]) == 250_00
    assert len(told["by_month"]) == 12


def test_a_person_reads_whether_the_program_pays(run: Run) -> None:
    told = words(run("--margin", "40%"))
    assert "The program pays for itself: of the margin of €100, €98 are left" in told
    assert "Members inactive for 180 days 50%" in told
    assert "Average order €83.33" in told


def test_points_that_cost_more_than_the_margin_are_red(run: Run) -> None:
    assert "The program costs more than it brings" in words(run("--margin", "0.5%"))


def test_without_a_margin_the_share_of_sales_is_told(run: Run) -> None:
    assert "worth €2: 0.8% of what members bought" in words(run())


def test_russian_is_spoken_on_request(run: Run) -> None:
    told = words(run("--margin", "40%", "--language", "ru"))
    assert "Программа окупается: из маржи 100 € после потраченных баллов остаётся 98 €." in told
    assert "Средний чек 83,33 €" in told.replace("\N{NO-BREAK SPACE}", " ")


def test_a_day_limits_the_period(run: Run) -> None:
    told = json.loads(run("--json", "--from", "2026-12-01").output)
    assert (told["orders"], told["sales"], told["lifetime_value"]) == (1, 50_00, 125_00)


@pytest.mark.parametrize("wrong", [("--from", "2031-01-01"), ("--margin", "a lot"), ("--margin", "0%")])
def test_what_cannot_be_is_refused(run: Run, wrong: tuple[str, str]) -> None:
    assert run(*wrong).exit_code == 2


def test_the_page_says_the_same_and_fetches_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    run("--margin", "40%", "--html", str(file))
    page = file.read_text(encoding="utf-8")
    assert "€98 are left" in page
    assert page.count("<svg") == 4
    assert "<script" not in page
    assert 'src="http' not in page


def test_a_ledger_that_is_not_clean_makes_no_report(here: Town, run: Run) -> None:
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    del ledger.journal[PROGRAM, here.account(ANNA)][1]
    result = run()
    assert result.exit_code == 1
    assert "The ledger is not clean" in result.output


def test_both_languages_say_the_same_things() -> None:
    assert set(WORDS["en"]) == set(WORDS["ru"])
