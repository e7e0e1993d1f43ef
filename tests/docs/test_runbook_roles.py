"""Every runbook says at its top which role each of its commands needs: at night nobody looks it up."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pages_read import PAGES, PROJECT, told_to_type, words
from role_rights import OPERATORS, asks, may, who

from ops.auditing.attending import leaves
from ops.auditing.deeds import DEEDS
from ops.command import main

STAGE = "prod"
RUNBOOKS = [PROJECT / "docs" / "looking.md", *(page for page in PAGES if page.parent.name == "runbooks")]
COMMANDS = dict(leaves(main))
ORDER = (*OPERATORS, "deployer", "administrator")
_CUT = re.compile(r"\s*(?:\||\[|\.\.\.|…|,).*$")


def roles(page: str) -> str:
    """The line of a page: each role with what needs it, in the order of the page."""
    page = re.sub(r"^Roles: .+\n", "", page, flags=re.MULTILINE)
    found: dict[str, list[str]] = {role: [] for role in ORDER}
    for role, label in needed(page):
        if label not in found[role]:
            found[role].append(label)
    told = [f"{role} for {', '.join(labels)}" for role, labels in found.items() if labels]
    return f"Roles: {'; '.join(told)}."


def needed(page: str) -> Iterator[tuple[str, str]]:
    """(role, what) of every command, of the AWS CLI's lines, and of queries of the log."""
    for _, command, is_whole in told_to_type(page):
        said = words(command if is_whole else _CUT.sub("", command))
        if said[0] == "pointpass" and (role := role_of(said[1:])):
            yield role
    for line in re.findall(r"^(aws .+)$|`(aws [^`]+)`", page, re.MULTILINE):
        said = words("".join(line))
        if said[2] != "wait":
            yield who(said, STAGE), f"`{' '.join([*said[:3], *_table(said)])}`"
    if re.search(r"^fields @timestamp", page, re.MULTILINE):
        yield who(["aws", "logs", "start-query"], STAGE), "the log"


def _table(said: list[str]) -> list[str]:
    """Whose table it is decides who may do it."""
    return [name for option, name in pairwise(said) if option in ("--table-name", "--target-table-name")]


def role_of(said: list[str]) -> tuple[str, str] | None:
    """Of a command of ours, as it is typed. None where it touches no stage."""
    name = next(name for size in (2, 1) if (name := " ".join(said[:size])) in DEEDS)
    deed, command = DEEDS[name], COMMANDS[name]
    given = command.make_context(name, said[len(name.split()) :], resilient_parsing=True).params
    kind = deed.done_with(given)
    if kind == "here":
        return None
    flags = [each.opts[0] for each in command.params if each.name in deed.only_with and given.get(str(each.name))]
    return deed.role_for(kind), f"`{' '.join([name, *flags])}`"


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.stem)
def test_runbook_names_the_role_of_each_of_its_commands(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.splitlines()[2] == roles(text)


def test_role_is_that_of_what_is_typed() -> None:
    page = "`pointpass repair`\n```\npointpass repair --do --stage prod\npointpass explain a.yaml\n```\n"
    assert roles(page) == "Roles: reader for `repair`; restorer for `repair --do`."


def test_line_of_the_aws_cli_that_no_operator_may_type_is_the_administrators() -> None:
    page = "```\naws dynamodb delete-table --table-name pointpass-prod-{}journal\n```\n"
    assert roles(page.format("")) == "Roles: administrator for `aws dynamodb delete-table pointpass-prod-journal`."
    assert roles(page.format("good-")) == "Roles: restorer for `aws dynamodb delete-table pointpass-prod-good-journal`."


def test_right_of_one_stage_is_none_of_another() -> None:
    row = "aws sqs start-message-move-task --source-arn arn:aws:sqs:R:A:pointpass-prod-{}-parked"
    deferred, cards, sweeps = (asks(words(row.format(name)), STAGE) for name in ("deferred", "cards", "sweeps"))
    assert all(may("operator", each, STAGE) for each in (deferred, cards, sweeps))
    assert not may("operator", deferred, "dev")
    assert not may("reader", deferred, STAGE)


def test_line_that_nobody_has_looked_up_is_noticed() -> None:
    with pytest.raises(LookupError, match="ec2:RunInstances"):
        roles("```\naws ec2 run-instances --count 1\n```\n")
