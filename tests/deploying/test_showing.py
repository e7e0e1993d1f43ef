"""What a terminal shows of a deployment: few lines for much that is alike, and a name for everything that hurts."""

import io

from rich.console import Console

from ops.deploying.account import Change, Step
from ops.deploying.preflight import Finding
from ops.deploying.showing import show_changes, show_findings, show_steps

FUNCTION, TABLE = "AWS::Lambda::Function", "AWS::DynamoDB::Table"


def screen(*, is_terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=is_terminal, color_system=None)


def written(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_what_is_new_is_counted_by_kind_and_named_when_it_is_little() -> None:
    shown = screen()
    functions = [Change("Add", name, FUNCTION, "False") for name in ("Pages", "Hooks", "Wallets", "StoresApi")]
    show_changes(shown, [*functions, Change("Add", "JournalTable", TABLE, "False")])
    assert written(shown)[1:] == ["add DynamoDB::Table 1 JournalTable", "add Lambda::Function 4"]


def test_what_is_removed_or_made_anew_is_always_named() -> None:
    shown = screen()
    removed = [Change("Remove", f"Old{number}", FUNCTION, "False") for number in range(5)]
    anew = [Change("Modify", f"Role{number}", "AWS::IAM::Role", "True") for number in range(4)]
    show_changes(shown, [*removed, *anew])
    assert written(shown)[1:] == [
        "modify, made anew: true IAM::Role 4 Role0, Role1, Role2, Role3",
        "remove Lambda::Function 5 Old0, Old1, Old2, Old3, Old4",
    ]


def test_findings_are_shown_and_those_that_forbid_are_told() -> None:
    shown = screen()
    found = [Finding("good", "mail", "not by SES"), Finding("error", "names", "taken: a")]
    assert show_findings(shown, found) == ["names"]
    assert written(shown) == ["good mail: not by SES", "error names: taken: a"]


def steps(*told: tuple[str, str, str]) -> list[Step]:
    return [Step(str(place), name, FUNCTION, status, why) for place, (name, status, why) in enumerate(told)]


def test_log_has_a_line_for_each_step_that_ended() -> None:
    shown = screen()
    show_steps(shown, steps(("Hooks", "CREATE_IN_PROGRESS", ""), ("Hooks", "CREATE_COMPLETE", "")), total=2)
    assert [line for line in written(shown) if line] == ["1/2 create_complete Hooks"]


def test_step_that_failed_stays_on_a_terminal_with_its_reason() -> None:
    shown = screen(is_terminal=True)
    show_steps(shown, steps(("Hooks", "CREATE_COMPLETE", ""), ("Pages", "CREATE_FAILED", "no room")), total=2)
    assert any("create_failed Pages no room" in line for line in written(shown))
    assert not any("create_complete" in line for line in written(shown))
