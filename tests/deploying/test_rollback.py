"""A deployment is taken back: callers of every function meet the version before, when it was shown and asked for."""

from collections.abc import Mapping

import pytest
from account_stand_in import AccountStandIn
from click.testing import CliRunner, Result

from ops.command import main
from ops.deploying import DeployFailed, command
from ops.deploying.account import Stack, Version
from ops.deploying.going_back import ahead, planned
from ops.deploying.smoke import Answered, Tried

OLD, MIDDLE, NEW = "aa11" * 16, "bb22" * 16, "cc33" * 16
DAYS = {
    OLD: "2026-06-20T12:00:00.000+0000",
    MIDDLE: "2026-06-21T12:00:00.000+0000",
    NEW: "2026-06-22T12:00:00.000+0000",
}
NAME = "pointpass-prod"


def versions(*codes: str) -> list[Version]:
    return [Version(number, code, DAYS[code]) for number, code in enumerate(codes, 1)]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> AccountStandIn:
    """Three deployments of two functions; the third is bad."""
    told = AccountStandIn()
    told.stacks[NAME] = Stack(NAME, "UPDATE_COMPLETE", told.outputs)
    told.published = {name: versions(OLD, MIDDLE, NEW) for name in ("Hooks", "Pages")}
    told.met = {"Hooks": 3, "Pages": 3}
    monkeypatch.setattr(command, "_account", lambda: told)
    good = Tried([Answered(True, "Pages: GET /health", "200")])
    monkeypatch.setattr(command, "smoke", lambda address, stage, behind: good)
    return told


def rollback(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["rollback", "--stage", "prod", *words], input=typed, catch_exceptions=False)


def led(account: AccountStandIn, to: str = "") -> Mapping[str, int]:
    """The version that each function goes to; those that stay are left out."""
    return {move.function: move.to.number for move in planned(account, NAME, to) if move.is_one}


def test_every_function_meets_the_version_before_when_the_name_was_typed(account: AccountStandIn) -> None:
    result = rollback(typed="prod\n")
    assert result.exit_code == 0, result.output
    assert account.met == {"Hooks": 2, "Pages": 2}
    told = " ".join(result.output.split())
    assert "Hooks 3 cc33cc33 2026-06-22 12:00 2 bb22bb22 2026-06-21 12:00" in told
    assert "good Pages: GET /health: 200" in told
    assert "Rolled back. https://cards.example.com" in told
    assert told.index("bb22bb22") < told.index("Type its name")
    assert "The next deployment goes on from here" in told


@pytest.mark.parametrize("typed", ["\n", "dev\n", "y\n"])
def test_other_name_than_the_stages_changes_nothing(account: AccountStandIn, typed: str) -> None:
    assert rollback(typed=typed).exit_code == 1
    assert account.met == {"Hooks": 3, "Pages": 3}


def test_looking_only_changes_nothing_and_asks_nothing(account: AccountStandIn) -> None:
    assert rollback("--check").exit_code == 0
    assert account.met == {"Hooks": 3, "Pages": 3}


def test_named_deployment_is_any_that_was(account: AccountStandIn) -> None:
    assert led(account, "aa1") == {"Hooks": 1, "Pages": 1}
    account.met = {"Hooks": 1, "Pages": 1}
    assert led(account, "CC33") == {"Hooks": 3, "Pages": 3}


@pytest.mark.parametrize(("to", "says"), [("9", "9 begins no package"), ("", "nothing was changed")])
def test_deployment_that_is_not_there_is_said_with_those_that_are(account: AccountStandIn, to: str, says: str) -> None:
    account.published = {name: versions(OLD) for name in account.published}
    account.met = dict.fromkeys(account.published, 1)
    with pytest.raises(DeployFailed, match=says):
        planned(account, NAME, to)


def test_letters_that_begin_two_packages_name_neither(account: AccountStandIn) -> None:
    account.published["Hooks"].append(Version(4, "bb33" * 16, DAYS[NEW]))
    with pytest.raises(DeployFailed, match=r"(?s)bb begins 2 packages.*bb33bb33.*bb22bb22"):
        planned(account, NAME, "bb")


def test_deployment_of_one_function_is_taken_back_for_this_one(account: AccountStandIn) -> None:
    """A parameter that Hooks alone is told makes a version of Hooks, of the same package."""
    account.published = {
        "Hooks": [*versions(OLD, MIDDLE), Version(3, MIDDLE, DAYS[NEW])],
        "Pages": versions(OLD, MIDDLE),
    }
    account.met = {"Hooks": 3, "Pages": 2}
    assert led(account) == {"Hooks": 2}


def test_function_that_came_with_the_bad_version_stays(account: AccountStandIn) -> None:
    account.published["Fresh"], account.met["Fresh"] = versions(NEW), 1
    assert led(account) == {"Hooks": 2, "Pages": 2}


def test_what_was_done_by_half_is_done_in_full_by_the_same_command(account: AccountStandIn) -> None:
    account.stubborn = "Pages"
    result = rollback(typed="prod\n")
    assert (result.exit_code, account.met) == (1, {"Hooks": 2, "Pages": 3})
    assert "not led back yet: Pages. The same command once more goes on there." in " ".join(result.output.split())
    account.stubborn = ""
    assert rollback(typed="prod\n").exit_code == 0
    assert account.met == {"Hooks": 2, "Pages": 2}


def test_stack_that_is_being_changed_is_left_alone(account: AccountStandIn) -> None:
    account.stacks[NAME] = Stack(NAME, "UPDATE_IN_PROGRESS", {})
    result = rollback(typed="prod\n")
    assert (result.exit_code, account.met) == (1, {"Hooks": 3, "Pages": 3})
    assert "is being changed (UPDATE_IN_PROGRESS)" in result.output
    assert "cancel-update-stack --stack-name pointpass-prod" in " ".join(result.output.split())


def test_what_cannot_be_cancelled_is_not_told_to_be(account: AccountStandIn) -> None:
    account.stacks[NAME] = Stack(NAME, "UPDATE_ROLLBACK_IN_PROGRESS", {})
    result = rollback(typed="prod\n")
    assert (result.exit_code, account.met) == (1, {"Hooks": 3, "Pages": 3})
    assert "is being changed (UPDATE_ROLLBACK_IN_PROGRESS). Wait for its end" in result.output
    assert "cancel" not in result.output


@pytest.mark.parametrize(
    "status", ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"]
)
def test_stack_that_only_clears_up_is_no_reason_to_wait(account: AccountStandIn, status: str) -> None:
    account.stacks[NAME] = Stack(NAME, status, account.outputs)
    assert rollback(typed="prod\n").exit_code == 0
    assert account.met == {"Hooks": 2, "Pages": 2}


def test_version_before_that_does_not_answer_either_fails(
    account: AccountStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = Tried([Answered(False, "Hooks: POST /hooks/smoke-test/unsigned", "502 instead of 401")])
    monkeypatch.setattr(command, "smoke", lambda address, stage, behind: bad)
    result = rollback(typed="prod\n")
    assert result.exit_code == 1
    told = " ".join(result.output.split())
    assert "rolled back, and it does not answer as it should" in told
    assert "pointpass rollback --stage prod --to cc33cc33 leads callers to where they were" in told
    assert "to the version before" not in told
    assert led(account, "cc33cc33") == {"Hooks": 3, "Pages": 3}


def test_same_command_once_more_goes_no_version_further_back(account: AccountStandIn) -> None:
    assert rollback(typed="prod\n").exit_code == 0
    result = rollback(typed="prod\n")
    assert (result.exit_code, account.met) == (1, {"Hooks": 2, "Pages": 2})
    told = " ".join(result.output.split())
    assert "nothing was changed: callers of pointpass-prod meet an earlier version than the newest already" in told
    assert "--to cc33cc33 leads them forward" in told
    assert "aa11aa11 2026-06-20 12:00" in told
    assert rollback("--to", "aa11", typed="prod\n").exit_code == 0
    assert account.met == {"Hooks": 1, "Pages": 1}
    assert "earlier version than the newest already" in " ".join(rollback().output.split())


def test_function_that_the_bad_version_alone_knows_does_not_open_the_way_further_back(account: AccountStandIn) -> None:
    account.published["Fresh"], account.met["Fresh"] = versions(NEW), 1
    account.met |= {"Hooks": 2, "Pages": 2}
    with pytest.raises(DeployFailed, match="earlier version than the newest already"):
        planned(account, NAME)


def test_same_package_that_was_told_something_else_is_taken_back_once_and_led_forward(account: AccountStandIn) -> None:
    account.published = {
        "Hooks": [*versions(OLD, MIDDLE), Version(3, MIDDLE, DAYS[NEW])],
        "Pages": versions(OLD, MIDDLE),
    }
    account.met = {"Hooks": 2, "Pages": 2}
    with pytest.raises(DeployFailed, match=f"--to {MIDDLE[:8]} leads them forward"):
        planned(account, NAME)
    assert led(account, MIDDLE[:8]) == {"Hooks": 3}


def test_earlier_version_is_told_with_the_way_forward(account: AccountStandIn) -> None:
    assert ahead(account, NAME) == ""
    account.met["Pages"] = 2
    assert ahead(account, NAME) == NEW[:8]


def test_stage_that_is_not_there_is_said(account: AccountStandIn) -> None:
    account.stacks.clear()
    result = rollback()
    assert result.exit_code == 1
    assert "no stack pointpass-prod in account 123456789012, eu-central-1" in result.output
