"""Checking, repairing and summing the ledger from a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from stand_ins import DAY
from whole_house import ANNA, PROGRAM, Town

from chalicelib.events import Reference
from chalicelib.store.memory.ledger import MemoryLedger
from ops.command import main

Run = Callable[..., Result]


def words(result: Result) -> str:
    return " ".join(result.output.split())


def ledger(here: Town) -> MemoryLedger:
    stored = here.own.ledger
    assert isinstance(stored, MemoryLedger)
    return stored


def spoil(here: Town) -> None:
    """One byte of Anna's first entry."""
    rows = ledger(here).journal[PROGRAM, here.account(ANNA)]
    rows[1] = msgspec.structs.replace(rows[1], line=rows[1].line.replace('"by":"shop"', '"by":"shot"'))


def test_a_clean_ledger_is_said_to_be_clean(here: Town, run: Run) -> None:
    here.buys(ANNA, 4500)
    result = run("verify")
    assert result.exit_code == 0
    assert "1 accounts, 1 entries, 1 documents: clean" in words(result)


def test_what_is_wrong_is_named_by_promise_account_and_entry(here: Town, run: Run) -> None:
    here.buys(ANNA, 4500)
    spoil(here)
    result = run("verify")
    assert result.exit_code == 1
    assert f"promise 2 {here.account(ANNA)} entry 1: the text was changed after it was written" in words(result)
    assert "1 violations" in words(result)


def test_seals_are_checked_and_their_public_key_is_shown(here: Town, run: Run) -> None:
    here.buys(ANNA, 4500)
    assert "No day is sealed yet." in words(run("verify", "--seal"))
    here.house.night(seconds=600)
    result = run("verify", "--seal")
    assert result.exit_code == 0
    assert "1 days are sealed, 2026-06-23 to 2026-06-23." in words(result)
    assert "-----BEGIN PUBLIC KEY-----" in result.output
    del ledger(here).journal[PROGRAM, here.account(ANNA)][1]
    result = run("verify", "--seal")
    assert result.exit_code == 1
    assert f"promise 14 {here.account(ANNA)} entry 1: an entry that was sealed has been taken away" in words(result)


def test_a_repair_is_dry_unless_it_is_meant(here: Town, run: Run, tmp_path: Path) -> None:
    for price in (1000, 2000, 3000):
        here.buys(ANNA, price)
    account = here.account(ANNA)
    rows = ledger(here).journal[PROGRAM, account]
    del rows[2]
    here.follow()
    result = run("repair")
    assert result.exit_code == 0
    assert f"keep {account} up to entry 1, and put the 1 behind it aside" in words(result)
    assert "Nothing was changed. To do it: add --do" in words(result)
    assert sorted(rows) == [1, 3]
    result = run("repair", "--do", "--aside", str(tmp_path / "aside"))
    assert result.exit_code == 0, result.output
    assert "The ledger is clean." in words(result)
    (file,) = (tmp_path / "aside").iterdir()
    assert [row["seq"] for row in json.loads(file.read_text())] == [3]
    assert here.stored_balance(ANNA) == 60


def test_a_whole_ledger_needs_no_repair(here: Town, run: Run) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    assert "Nothing is missing." in words(run("repair"))


def test_a_named_stage_is_repaired_only_when_it_is_named_twice(here: Town, run: Run) -> None:
    result = run("repair", "--do", "--stage", "prod")
    assert result.exit_code == 1
    assert "add --stage-name prod" in words(result)
    assert "The ledger is clean." in words(run("repair", "--do", "--stage", "prod", "--stage-name", "prod"))


def test_totals_are_told_day_by_day_and_each_day_rolls(here: Town, run: Run) -> None:
    assert "There are no totals yet." in words(run("totals"))
    here.buys(ANNA, 4500)
    here.follow()
    here.clock.forward(DAY)
    here.house.night(seconds=600)
    here.buys(ANNA, 1000)
    here.follow()
    said = words(run("totals"))
    assert "2026-06-23 beans 0 45 0 0 0 0 0 0 45" in said
    assert "2026-06-24 so far beans 45 10 0 0 0 0 0 0 55" in said
    told = json.loads(run("totals", "--json", "--from", "2026-06-24", "--to", "2026-06-24").output)
    assert [(day["day"], day["opening"], day["flow"]["issued"], day["closing"]) for day in told] == [
        ("2026-06-24", 45, 10, 55)
    ]


def test_liability_is_told_by_age_and_in_exact_fractions(here: Town, run: Run) -> None:
    here.member(ANNA)
    here.buys(ANNA, 4500)
    here.follow()
    said = words(run("liability"))
    assert "beans" in said
    assert "0 45 100.0 % 100.0 % 45" in said
    (told,) = json.loads(run("liability", "--json").output)
    assert (told["points"], told["expected"]) == (45, "45")
    assert told["ages"] == [{"months": 0, "points": 45, "on_the_way": False, "likelihood": "1"}]


def test_liability_of_a_ledger_that_is_wrong_is_not_told(here: Town, run: Run) -> None:
    here.buys(ANNA, 4500)
    spoil(here)
    result = run("liability")
    assert result.exit_code == 1
    assert "See pointpass verify" in words(result) or "see pointpass verify" in words(result)


@pytest.mark.parametrize("command", ["verify", "repair", "totals", "liability"])
def test_every_command_says_what_it_does(run: Run, command: str) -> None:
    assert len(words(run(command, "--help"))) > 100


# --- night and reseal ------------------------------------------------------------------------------------------------


def sealed_and_put_back(here: Town) -> None:
    """A sealed ledger that lost its last order as a whole."""
    here.buys(ANNA, 4500)
    here.buys(ANNA, 500)
    here.follow()
    here.house.night(seconds=600)
    account = here.account(ANNA)
    newest = here.newest(account)
    del ledger(here).journal[PROGRAM, account][newest.seq]
    del ledger(here).kept[PROGRAM, newest.document]
    here.own.views.rebuild(here.newest(account), PROGRAM)


def test_a_night_can_be_made_up_for_without_its_time_limit(here: Town, run: Run) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    here.clock.forward(DAY)
    result = run("night")
    assert result.exit_code == 0
    assert "1 accounts, 1 entries, 1 documents: clean 1 totals of days closed, sealed as 2026-06-24." in words(result)
    assert "0 totals of days closed, not sealed." in words(run("night"))


def test_a_restore_is_accepted_with_its_reason_and_told_ever_after(here: Town, run: Run) -> None:
    sealed_and_put_back(here)
    assert "an entry that was sealed has been taken away" in words(run("verify", "--seal"))
    result = run("reseal", "--reason", "put back to [bold] noon")
    assert result.exit_code == 0
    told = (
        "The seal of 2026-06-23_02 does not extend the one before it: 1 sealed entries were gone. "
        "Reason: put back to [bold] noon"
    )
    assert told in words(result)
    result = run("verify", "--seal")
    assert result.exit_code == 0
    assert told in words(result)


def test_resealing_another_stage_asks_for_its_name(here: Town, run: Run) -> None:
    sealed_and_put_back(here)
    result = run("reseal", "--reason", "restored", "--stage", "prod")
    assert result.exit_code == 1
    assert "add --stage-name prod" in words(result)
    assert len(here.own.seals.days(PROGRAM)) == 1
    assert run("reseal", "--reason", "restored", "--stage", "prod", "--stage-name", "prod").exit_code == 0


def test_there_is_nothing_to_accept_while_nothing_is_gone(here: Town, run: Run) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    here.house.night(seconds=600)
    result = run("reseal", "--reason", "restored")
    assert result.exit_code == 1
    assert "Everything that was sealed is there." in words(result)
    assert "Say why the entries are gone." in words(run("reseal", "--reason", "  "))


def test_trace_ends_with_the_query_that_finds_its_lines(here: Town, run: Run) -> None:
    here.member(ANNA)
    order = here.buys(ANNA, 4500)
    delivery = here.newest(here.account(ANNA)).event
    for what in (str(order.id), delivery):
        result = run("trace", what)
        assert f'filter trace in ["{delivery}"] | sort @timestamp' in words(result)


@pytest.mark.parametrize("what", ["", "  ", "#"])
def test_what_has_no_name_is_not_traced_to_somebody_elses_points(here: Town, run: Run, what: str) -> None:
    here.member(ANNA)
    here.buys(ANNA, 4500)
    here.house.redemptions.redeem(here.program, Reference("use/1"), here.account(ANNA), 30, actor="till")
    result = run("trace", what)
    assert result.exit_code != 0
    assert "use/1" not in result.output
    assert here.account(ANNA) not in result.output


@pytest.mark.parametrize("width", [80, 120])
def test_trace_cuts_no_id_and_no_instant(here: Town, run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    here.member(ANNA)
    order = here.buys(ANNA, 4500)
    entry = here.newest(here.account(ANNA))
    monkeypatch.setattr("ops.command._screen", Console(width=width, force_terminal=False))
    table, _, _ = CliRunner().invoke(main, ["trace", str(order.id)]).output.partition("\nIts lines")
    assert max(map(len, table.splitlines())) <= width
    assert {entry.event, here.account(ANNA), "2026-06-23", "12:00:00"} <= set(table.split())
