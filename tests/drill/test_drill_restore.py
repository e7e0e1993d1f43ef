"""A backup whose tables are of different seconds is put back beside the stage, repaired, and thrown away."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from drilled_stage import PROGRAM, Stage, torn
from whole_house import ANNA

from chalicelib.errors import TryAgain
from chalicelib.store.tables import ROOMS
from ops.command import main
from ops.drill.backups import Copies, PointInTime, RestoreFailed
from ops.drill.command import backup_of, rehearsal
from ops.drill.house import house_beside, prefix_of, set_beside
from ops.drill.rehearsal import Timed
from ops.laptop.cloud import Cloud, client

BEFORE = ["backup", "closed", "put back", "doors", f"looked at {PROGRAM}"]
AFTER = [f"checked {PROGRAM}", f"sealed {PROGRAM}", "doors"]


def rehearsed(stage: Stage, backup: Copies, folder: Path) -> list[Timed]:
    return list(rehearsal(set_beside(stage.settings), backup, folder).run())


def says(steps: list[Timed], name: str) -> list[str]:
    return [step.says for step in steps if step.name == name]


def rows(stage: Stage, room: str) -> list[dict[str, Any]]:
    pages = stage.dynamodb.get_paginator("scan").paginate(TableName=stage.settings.table(room), ConsistentRead=True)
    return [row for page in pages for row in page["Items"]]


def test_torn_tables_are_put_back_and_repaired(stage: Stage, tmp_path: Path) -> None:
    stage.buys(ANNA, 4_500)
    steps = rehearsed(stage, torn(stage), tmp_path)
    names = [step.name for step in steps]
    repairs = [name for name in names if name == f"repaired {PROGRAM}"]
    assert names == [*BEFORE, *repairs, *AFTER]
    assert [step.name for step in steps if not step.is_good] == []
    (looked,) = says(steps, f"looked at {PROGRAM}")
    assert looked == "1 entries, 2 promises do not hold"
    (checked,) = says(steps, f"checked {PROGRAM}")
    assert checked.endswith(": clean")


def test_doors_refuse_what_is_half_put_back_and_open_when_it_is_right(stage: Stage, tmp_path: Path) -> None:
    steps = rehearsed(stage, torn(stage), tmp_path)
    assert says(steps, "doors") == ["hooks refuse with 503", "hooks ask who is there with 401"]


def test_nobody_is_served_while_a_table_is_missing(stage: Stage, tmp_path: Path) -> None:
    """The tables come back one after another; the first of them says that nobody is served."""
    backup = torn(stage)
    beside = set_beside(stage.settings)
    plan = rehearsal(beside, backup, tmp_path)
    steps = plan.run()
    assert [next(steps).name, next(steps).name] == ["backup", "closed"]
    with pytest.raises(TryAgain) as caught:
        house_beside(beside, by_operator=False).adapters.programs.program(PROGRAM)
    assert caught.value.reason == "restoring"
    backup.remove(prefix_of(beside))


def test_stage_is_not_changed_by_a_rehearsal(stage: Stage, tmp_path: Path) -> None:
    stage.buys(ANNA, 4_500)
    stage.house.night(seconds=600)
    before = {room: rows(stage, room) for room in ROOMS}
    backup = backup_of(stage.settings, 0)
    assert isinstance(backup, Copies)
    rehearsed(stage, backup, tmp_path)
    assert {room: rows(stage, room) for room in ROOMS} == before
    assert not stage.house.adapters.programs.restoring(PROGRAM)


def test_sealed_entries_that_are_gone_are_told_and_the_stages_seals_stay(stage: Stage, tmp_path: Path) -> None:
    backup = backup_of(stage.settings, 0)
    assert isinstance(backup, Copies)
    backup.take()
    stage.buys(ANNA, 4_500)
    stage.house.night(seconds=600)
    sealed = stage.house.adapters.seals.days(PROGRAM)
    old = backup.kept
    backup.take = lambda: dict.fromkeys(old, 0)  # type: ignore[method-assign]
    steps = rehearsed(stage, backup, tmp_path)
    assert says(steps, f"sealed {PROGRAM}") == ["1 sealed entries are gone, and the new seal says so"]
    assert stage.house.adapters.seals.days(PROGRAM) == sealed
    program = stage.house.adapters.programs.program(PROGRAM)
    assert program is not None
    assert list(stage.house.auditing.against_seal(program).violations) == []


def test_rehearsal_whose_seals_are_wrong_is_said_to_be_bad(stage: Stage, tmp_path: Path, cloud: Cloud) -> None:
    stage.buys(ANNA, 4_500)
    stage.house.night(seconds=600)
    s3 = client("s3", cloud.url)
    bucket, key = stage.settings.seals_bucket, f"{PROGRAM}/{stage.house.adapters.seals.days(PROGRAM)[0]}.json"
    told = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    forged = {**told, "signature": base64.b64encode(bytes(64)).decode()}
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(forged).encode())
    s3.close()
    steps = rehearsed(stage, torn(stage), tmp_path)
    assert [(step.name, step.says) for step in steps if not step.is_good] == [
        (f"sealed {PROGRAM}", "the seals themselves are wrong, which no restore does")
    ]


def test_command_tells_each_step_with_its_time_and_drops_its_tables(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.drill.command.settings_of", lambda _: stage.settings)
    stage.buys(ANNA, 4_500)
    result = CliRunner().invoke(main, ["drill", "restore", "--apart", "0", "--aside", str(tmp_path)])
    assert result.exit_code == 0, result.output
    told = " ".join(result.output.split())
    assert f"checked {PROGRAM}" in told
    assert all(not name.startswith(prefix_of(set_beside(stage.settings))) for name in stage.tables())


def test_quiet_stage_proves_no_repair_and_the_command_says_so(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.drill.command.settings_of", lambda _: stage.settings)
    result = CliRunner().invoke(main, ["drill", "restore", "--apart", "0", "--aside", str(tmp_path)])
    assert result.exit_code == 0, result.output
    told = " ".join(result.output.split())
    assert "The tables came back. Nothing was torn, so no repair was tried: rehearse while people buy" in told
    assert "The backup can be put back." not in told


def test_backup_that_was_torn_and_put_right_can_be_put_back(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.drill.command.settings_of", lambda _: stage.settings)
    monkeypatch.setattr("ops.drill.command.backup_of", lambda settings, apart: torn(stage))
    stage.buys(ANNA, 4_500)
    result = CliRunner().invoke(main, ["drill", "restore", "--aside", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "2 promises did not hold, and all do now. The backup can be put back." in " ".join(result.output.split())


def test_folder_that_cannot_be_written_to_is_said_before_anything_is_put_back(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.drill.command.settings_of", lambda _: stage.settings)
    (tmp_path / "file").write_text("")
    before = stage.tables()
    result = CliRunner().invoke(main, ["drill", "restore", "--keep", "--aside", str(tmp_path / "file" / "aside")])
    assert (result.exit_code, stage.tables()) == (1, before)
    assert "Nothing was done: entries that a repair takes from a journal cannot be kept in" in result.output


class TestPointInTime:
    """DynamoDB's own recovery, as moto imitates it; not tried on a real account."""

    @pytest.fixture
    def recovery(self, aws_keys: None) -> Any:
        import boto3
        from moto import mock_aws

        with mock_aws():
            dynamodb = boto3.client("dynamodb", region_name="eu-central-1")
            for room in ROOMS:
                dynamodb.create_table(
                    TableName=f"pointpass-live-{room}",
                    KeySchema=[
                        {"AttributeName": "pk", "KeyType": "HASH"},
                        {"AttributeName": "sk", "KeyType": "RANGE"},
                    ],
                    AttributeDefinitions=[
                        {"AttributeName": "pk", "AttributeType": "S"},
                        {"AttributeName": "sk", "AttributeType": "S"},
                    ],
                    BillingMode="PAY_PER_REQUEST",
                )
                dynamodb.update_continuous_backups(
                    TableName=f"pointpass-live-{room}",
                    PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
                )
            yield dynamodb
            dynamodb.close()

    def test_each_table_comes_back_as_of_its_own_second(self, recovery: Any) -> None:
        row = {"pk": {"S": "P#a"}, "sk": {"S": "D"}}
        recovery.put_item(TableName="pointpass-live-documents", Item=row)
        backup = PointInTime(recovery, "pointpass-live", apart=2)
        moments = backup.take()
        spread = [moments[room] - moments[ROOMS[0]] for room in ROOMS]
        assert spread == [2_000 * place for place in range(len(ROOMS))]
        backup.put_back(ROOMS, "pointpass-live-drill")
        assert recovery.scan(TableName="pointpass-live-drill-documents")["Items"] == [row]
        backup.remove("pointpass-live-drill")
        assert sorted(recovery.list_tables()["TableNames"]) == sorted(f"pointpass-live-{room}" for room in ROOMS)

    def test_table_without_recovery_is_named(self, recovery: Any) -> None:
        recovery.update_continuous_backups(
            TableName="pointpass-live-cards",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
        )
        with pytest.raises(RestoreFailed, match="pointpass-live-cards has no point-in-time recovery"):
            PointInTime(recovery, "pointpass-live", apart=1).take()
