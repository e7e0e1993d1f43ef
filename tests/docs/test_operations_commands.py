"""Every command that a page tells people to type is one that we have, with those options."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from commands_known import TARGETS, VARIABLES, complaint
from pages_read import OPERATIONS, PAGES, PROJECT, Block, Kept, parts, told_to_type, words
from role_rights import asks, may

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
    assert {block.way for block in blocks} == {"here", "laptop", "aws"}


@pytest.mark.parametrize("mark", ["", "<!-- run: nowhere -->", "<!-- parsed only: it takes long -->"])
def test_block_that_is_not_run_anywhere_is_noticed(mark: str) -> None:
    with pytest.raises(ValueError, match="line 3: nothing says where"):
        parts(f"Look:\n{mark}\n```sh\npointpass doctor\n```\n")


def test_part_that_is_done_again_is_there_with_the_other_word() -> None:
    page = "\n## 1. Look\n<!-- run: aws -->\n```sh\npointpass doctor --stage dev\n```\n## 2. Go on\n"
    first, again = parts(f"{page}<!-- again: part 1, prod for dev -->\n")
    assert again == replace(first, commands=("pointpass doctor --stage prod",))
    with pytest.raises(ValueError, match="line 8: nothing says what is done again"):
        parts(f"{page}<!-- again: part 3, prod for dev -->\n")


def test_files_that_the_reader_writes_are_known() -> None:
    kept = [part.name for part in parts(OPERATIONS.read_text(encoding="utf-8")) if isinstance(part, Kept)]
    assert kept == ["~/.aws/config", "stages/dev.yaml", "~/.aws/config", "stages/prod.yaml"]


def mistyped(page: str) -> list[tuple[str, str, list[str]]]:
    """(stage, role, words) of each command that the role taken on before may not do: an administrator has none."""
    stage, role, wrong = "", "", []
    for block in (part for part in parts(page) if isinstance(part, Block)):
        for said in map(words, block.commands if block.way == "aws" else ()):
            if said[:2] in (["unset", "AWS_PROFILE"], ["export", "AWS_REGION=eu-central-1"]):
                stage, role = "", ""
            elif said[0] == "export" and said[1].startswith("AWS_PROFILE="):
                stage, _, role = said[1].removeprefix("AWS_PROFILE=").partition("-")
            elif needed := needed_for(said):
                wrong += [] if needed in ("reader", role) and stage == stage_of(said) else [(stage, role, said)]
            elif said[0] == "aws" and role and not may(role, asks(said, stage), stage):
                wrong.append((stage, role, said))
    return wrong


def test_every_command_is_typed_in_the_role_that_may_do_it() -> None:
    """An imitation of AWS asks no role; the page says which one is taken on before, and of which stage."""
    assert mistyped(OPERATIONS.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("role", "row"),
    [
        ("dev-deployer", "aws secretsmanager get-secret-value --secret-id pointpass-dev-vault"),
        ("dev-keeper", "aws lambda update-alias --function-name f --name live --function-version 1"),
        ("dev-deployer", "aws cloudformation describe-stacks --stack-name pointpass-prod"),
        ("dev-deployer", "pointpass key list --stage prod"),
        ("dev-operator", "pointpass rollback --stage dev"),
    ],
)
def test_command_that_the_role_may_not_do_is_noticed(role: str, row: str) -> None:
    page = f"<!-- run: aws -->\n```sh\nexport AWS_PROFILE={role}\n{row}\n```\n"
    stage, _, name = role.partition("-")
    assert mistyped(page) == [(stage, name, words(row))]


def test_every_line_of_the_aws_cli_is_in_the_role_that_types_it() -> None:
    """An administrator types the others, without a profile. No operator types one."""
    typed, profile = set(), ""
    for block in (part for part in parts(OPERATIONS.read_text(encoding="utf-8")) if isinstance(part, Block)):
        for command in block.commands:
            profile = "" if command == "unset AWS_PROFILE" else command.partition("AWS_PROFILE=")[2] or profile
            if profile:
                typed |= {(profile[-8:], *told) for told in re.findall(r"aws ([a-z]+) ([a-z-]+)", command)}
    assert {role for role, *_ in typed} == {"deployer"}
    wanted = {f"{service}:{operation.title().replace('-', '')}" for _, service, operation in typed}
    assert wanted - may_deploy() == {"sts:GetCallerIdentity"}  # which everybody may


def may_deploy() -> set[str]:
    """The actions of the role that deploys."""
    made = yaml.safe_load((PROJECT / "infra" / "deploy-role.yaml").read_text(encoding="utf-8"))["Resources"].values()
    attached = [each["Properties"] for each in made if "Policy" in each["Type"] and "Roles" in each["Properties"]]
    told = [each["PolicyDocument"]["Statement"] for each in attached]
    return {action for rules in told for rule in rules if rule["Effect"] == "Allow" for action in rule["Action"]}


def stage_of(said: list[str]) -> str:
    """The stage that a command of ours acts on."""
    return said[said.index("--stage") + 1] if "--stage" in said else said[2].removeprefix("STAGE=")


def needed_for(said: list[str]) -> str:
    """The role that a command of ours needs at AWS; "" for every other line."""
    if said[:2] == ["make", "deploy"]:
        return DEEDS["deploy"].role
    if said[0] != "pointpass":
        return ""
    name = next(" ".join(said[1:end]) for end in (3, 2) if " ".join(said[1:end]) in DEEDS)
    return DEEDS[name].role_for(DEEDS[name].kind)
