"""A real restore in the order of docs/runbooks/restore.md: nobody is let in before the ledger is right again."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from botocore import xform_name
from click.testing import CliRunner, Result
from drilled_stage import PROGRAM, Stage, torn
from recovery_stand_in import Row, recovery
from whole_house import ANNA

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import assembled
from chalicelib.config import Settings
from chalicelib.errors import LoyaltyError
from chalicelib.store.tables import ROOMS
from ops.command import main
from ops.laptop.cloud import client
from ops.laptop.home import PROJECT

YOUNG = (PROJECT / "programs" / f"{PROGRAM}.yaml").read_text().replace(f"program: {PROGRAM}", "program: young")
AT = "2026-06-23T11:59:00Z"


def type_(*words: str) -> Result:
    """What an operator types. It answers for the fixture's stage, which has a name where a copy is made."""
    named = ["--stage", "prod"] if words[:2] == ("restoring", "copy") else []
    return CliRunner().invoke(main, [*words, *named], catch_exceptions=False)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr("ops.drill.command.time.sleep", made.append)
    return made


@pytest.fixture
def restored(stage: Stage, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The stage with a recovery that knows its tables as they were before it was closed, each of another moment."""
    stage.buys(ANNA, 4_500)
    with recovery(stage.settings.dynamodb_endpoint_url, torn_rows(stage)) as url:
        settings = msgspec.structs.replace(stage.settings, dynamodb_endpoint_url=url)
        monkeypatch.setattr("ops.drill.command.settings_of", lambda _: settings)
        for command in ("drill.command", "verifying"):
            house = assembled(settings, adapters(settings, by_operator=True))
            monkeypatch.setattr(f"ops.{command}.house_of", lambda _, house=house: house)
        yield settings


def torn_rows(stage: Stage) -> dict[str, list[Row]]:
    """The rows of each table, between which Anna and Boris go on buying."""
    backup = torn(stage)
    backup.take()
    return {stage.settings.table(room): list(rows) for room, rows in backup.kept.items()}


def answer(settings: Settings, program: str = PROGRAM) -> int:
    """What somebody gets whom nobody knows, from a function that starts now: 401 where the doors are open."""
    house = assembled(settings, adapters(settings, by_operator=False))
    try:
        return house.hooks.answer(program, "nobody", headers={}, body=b"{}", source="").status
    except LoyaltyError:
        return 503


def replaced(said: str) -> list[tuple[str, str]]:
    """The tables that an administrator replaces, with their backups: what the lines `aws` say that were printed."""
    rows = [line.split() for line in said.splitlines() if line.startswith("aws dynamodb restore-table-from-backup")]
    return [(row[row.index("--target-table-name") + 1], row[row.index("--backup-arn") + 1]) for row in rows]


def test_nobody_is_let_in_from_the_first_moment_until_the_ledger_is_right(
    restored: Settings, waits: list[float], tmp_path: Path
) -> None:
    assert answer(restored) == 401
    assert type_("restoring", "begin").exit_code == 0
    copied = type_("restoring", "copy", *ROOMS, "--at", AT)
    assert copied.exit_code == 0, copied.output
    dynamodb, answers = client("dynamodb", restored.dynamodb_endpoint_url), []
    for table, backup in replaced(copied.output):
        dynamodb.delete_table(TableName=table)
        answers.append(answer(restored))
        dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=backup)
        answers.append(answer(restored))
    dynamodb.close()
    assert [table for table, _ in replaced(copied.output)] == [restored.table(room) for room in ROOMS]
    assert answers == [503] * 2 * len(ROOMS)
    assert type_("restoring", "end").exit_code == 1, "a ledger that is torn stays closed"
    assert answer(restored) == 503
    assert type_("repair", "--do", "--aside", str(tmp_path)).exit_code == 0
    assert type_("restoring", "end").exit_code == 0
    assert answer(restored) == 401


def test_program_that_is_younger_than_the_copy_is_closed_in_it(restored: Settings, stage: Stage) -> None:
    """Its webhooks come again, until it is published anew: unknown ones would be sent away for good."""
    stage.house.publishing.publish(YOUNG, file="young.yaml")
    type_("restoring", "begin")
    told = type_("restoring", "copy", "programs", "--at", AT)
    ((table, backup),) = replaced(told.output)
    dynamodb = client("dynamodb", restored.dynamodb_endpoint_url)
    dynamodb.delete_table(TableName=table)
    dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=backup)
    dynamodb.close()
    assert answer(restored, "young") == 503


def test_table_that_is_lost_is_copied_too(restored: Settings, stage: Stage) -> None:
    stage.dynamodb.delete_table(TableName=restored.table("programs"))
    told = type_("restoring", "copy", "views", "--at", AT)
    assert told.exit_code == 0, told.output
    assert "cannot be read: nobody is let in" in told.output


def test_backup_is_asked_for_when_it_holds_the_mark_for_certain(restored: Settings, waits: list[float]) -> None:
    type_("restoring", "begin")
    assert type_("restoring", "copy", "programs", "--at", AT).exit_code == 0
    assert max(waits) > 60


def test_other_tables_wait_for_no_mark(restored: Settings, waits: list[float]) -> None:
    type_("restoring", "begin")
    assert type_("restoring", "copy", "views", "--at", AT).exit_code == 0
    assert waits == []


def test_lines_for_the_administrator_are_those_of_the_aws_cli(restored: Settings, stage: Stage) -> None:
    type_("restoring", "begin")
    told = type_("restoring", "copy", "views", "--at", AT).output
    model = stage.dynamodb.meta.service_model
    seen = []
    for line in (line.split() for line in told.splitlines() if line.startswith("aws ")):
        waits_for = line[3] if line[2] == "wait" else ""
        assert line[1] == "dynamodb"
        assert not waits_for or waits_for.replace("-", "_") in stage.dynamodb.waiter_names
        called = "DescribeTable" if waits_for else line[2].title().replace("-", "")
        members = {xform_name(name, "-") for name in model.operation_model(called).input_shape.members}
        assert {word.removeprefix("--").removeprefix("no-") for word in line if word.startswith("--")} <= members
        seen.append(called)
    assert seen == ["UpdateTable", "DeleteTable", "DescribeTable", "RestoreTableFromBackup", "DescribeTable"]


def test_open_doors_are_closed_before_anything_is_copied(restored: Settings, stage: Stage) -> None:
    before = stage.tables()
    told = type_("restoring", "copy", "journal", "--at", AT)
    assert (told.exit_code, stage.tables()) == (1, before)
    assert f"Somebody is served: {PROGRAM}. Close the doors first: pointpass restoring begin" in told.output


def test_second_copy_beside_the_first_is_refused_and_the_stage_is_not_changed(restored: Settings) -> None:
    type_("restoring", "begin")
    assert type_("restoring", "copy", "views", "--at", AT).exit_code == 0
    told = type_("restoring", "copy", "views", "--at", AT)
    assert told.exit_code == 1
    assert "Nothing of the stage was changed, and not every copy was made" in told.output


@pytest.mark.parametrize("words", [("tables", "--at", AT), ("views", "--at", "yesterday"), ("views",), ("--at", AT)])
def test_table_and_second_are_named_as_they_are(words: tuple[str, ...]) -> None:
    assert type_("restoring", "copy", *words).exit_code == 2


def test_laptop_is_told_that_its_tables_keep_no_past(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(stage: str) -> Settings:
        raise AssertionError(stage)

    monkeypatch.setattr("ops.drill.command.settings_of", asked)
    told = CliRunner().invoke(main, ["restoring", "copy", "views", "--at", AT], catch_exceptions=False)
    assert told.exit_code == 1
    assert told.output == (
        "Error: The tables of the laptop keep no past to copy: name a stage with --stage. What a restore is like on "
        "the laptop: pointpass drill restore\n"
    )
