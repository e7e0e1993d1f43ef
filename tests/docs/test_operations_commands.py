"""Every command that a page tells people to type is one that we have, with those options."""

import re
from pathlib import Path

import pytest
from commands_known import TARGETS, VARIABLES, complaint
from pages_read import OPERATIONS, PAGES, Block, Kept, parts, told_to_type, words

from ops.auditing.deeds import DEEDS

_CUT = re.compile(r"\s*(?:\||\[|\.\.\.|…|,).*$")


def wrong(page: str) -> list[str]:
    """The complaints about a page's commands. A command in a sentence may leave out what stands around it."""
    found = []
    for line, command, is_whole in told_to_type(page):
        said = words(command if is_whole else _CUT.sub("", command))
        if problem := complaint(said, is_whole=is_whole):
            found.append(f"{line}: {command}: {problem}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_is_known(page: Path) -> None:
    assert wrong(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("pointpass pubish a.yaml", "there is no command pubish"),
        ("pointpass publish a.yaml --now", "there is no option --now"),
        ("pointpass publish a.yaml b.yaml", "nothing asks for b.yaml"),
        ("pointpass publish --yes", "FILE is missing"),
        ("pointpass inbox", "a command is missing"),
        (
            "pointpass deploy --stage dev --profile big",
            "Invalid value for '--profile': 'big' is not one of 'small', 'strict'.",
        ),
        ("make deplo STAGE=dev", "the Makefile has no deplo"),
        ("make deploy STAGES=dev", "the Makefile has no STAGES=dev"),
    ],
)
def test_command_that_we_do_not_have_is_noticed(row: str, problem: str) -> None:
    assert wrong(f"```\n{row}\n```\n") == [f"2: {row}: {problem}"]


def test_makefile_is_read() -> None:
    assert {"run", "test", "package", "deploy", "needs-run"} <= TARGETS
    assert {"STAGE", "PROFILE", "PORT"} <= VARIABLES


def test_every_block_of_the_operators_page_says_where_it_is_run() -> None:
    blocks = [part for part in parts(OPERATIONS.read_text(encoding="utf-8")) if isinstance(part, Block)]
    assert {block.way for block in blocks} == {"here", "laptop", "aws", ""}


def test_block_without_a_mark_is_noticed() -> None:
    with pytest.raises(ValueError, match="line 3: nothing says where"):
        parts("Look:\n\n```sh\npointpass doctor\n```\n")


PARSED_ONLY = {
    "it is what the tests of the laptop start themselves": 1,
    "a shell remembers it, and each test is one": 1,
    "the commands of part 5 with another name; the tests of the package deploy both profiles": 1,
}
"""What of the operators' page is not run, and how many blocks each reason takes out."""


def test_what_is_not_run_is_little_and_has_its_reason() -> None:
    blocks = [part for part in parts(OPERATIONS.read_text(encoding="utf-8")) if isinstance(part, Block)]
    reasons = [block.reason for block in blocks if block.reason]
    assert {reason: reasons.count(reason) for reason in reasons} == PARSED_ONLY


def test_files_that_the_reader_writes_are_known() -> None:
    kept = [part.name for part in parts(OPERATIONS.read_text(encoding="utf-8")) if isinstance(part, Kept)]
    assert kept == ["~/.aws/config", "stages/dev.yaml", "stages/prod.yaml"]


def test_every_command_is_typed_in_the_role_that_may_do_it() -> None:
    """An imitation of AWS asks no role; the page says which one is taken on before."""
    role, wrong = "", []
    for block in (part for part in parts(OPERATIONS.read_text(encoding="utf-8")) if isinstance(part, Block)):
        for said in map(words, block.commands if block.way == "aws" else ()):
            if said[:2] in (["unset", "AWS_PROFILE"], ["export", "AWS_REGION=eu-central-1"]):
                role = ""
            elif said[0] == "export" and said[1].startswith("AWS_PROFILE=dev-"):
                role = said[1].removeprefix("AWS_PROFILE=dev-")
            elif (needed := needed_for(said)) and (not role or needed not in ("reader", role)):
                wrong.append((role, needed, said))
    assert wrong == []


def needed_for(said: list[str]) -> str:
    """The role that a command of ours needs at AWS; "" for every other line."""
    if said[:2] == ["make", "deploy"]:
        return DEEDS["deploy"].role
    if said[0] != "pointpass":
        return ""
    name = next(" ".join(said[1:end]) for end in (3, 2) if " ".join(said[1:end]) in DEEDS)
    return DEEDS[name].role_for(DEEDS[name].kind)
