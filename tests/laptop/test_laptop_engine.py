"""The DynamoDB engine: found or said to be missing, started, and its file outlives it."""

import os
import stat
from pathlib import Path
from typing import Any

import boto3
import pytest

from ops.laptop.engine import Engine, EngineFailed, EngineMissing, find


def client(engine: Engine) -> Any:
    return boto3.client("dynamodb", region_name="eu-central-1", endpoint_url=engine.url)


def test_a_named_engine_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing) as caught:
        find(str(tmp_path / "none"))

    assert str(caught.value) == f"DYNOXIDE names {tmp_path / 'none'}, and there is no such file"


def test_an_engine_found_nowhere_is_said_with_the_line_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("ops.laptop.engine.PROJECT", tmp_path)

    with pytest.raises(EngineMissing) as caught:
        find()

    assert "npm ci" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_engine_is_found_by_name_then_on_the_path_then_in_node_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, on_path, installed = (
        tmp_path / "named",
        tmp_path / "bin" / "dynoxide",
        tmp_path / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide",
    )
    for binary in (named, on_path, installed):
        binary.parent.mkdir(parents=True, exist_ok=True)
        binary.write_text("#!/bin/sh\n")
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setattr("ops.laptop.engine.PROJECT", tmp_path)

    assert find(str(named)) == named
    assert find() == on_path
    on_path.unlink()
    assert find() == installed


@pytest.mark.parametrize("content", ["#!/bin/sh\necho 'no room' >&2; exit 3\n", "\0not a program"])
def test_an_engine_that_does_not_start_says_why(tmp_path: Path, content: str) -> None:
    binary = tmp_path / "dynoxide"
    binary.write_text(content)
    binary.chmod(0o700)

    with pytest.raises(EngineFailed) as caught:
        Engine.start(binary)

    assert "no room" in str(caught.value) or "cannot be run here" in str(caught.value)


def test_a_taken_port_is_said_and_the_one_who_has_it_goes_on(engine: Engine) -> None:
    with pytest.raises(EngineFailed) as caught:
        Engine.start(find(os.environ.get("DYNOXIDE", "")), port=engine.port)

    assert str(engine.port) in str(caught.value)
    assert engine.answers()


def test_what_was_written_outlives_the_engine(tmp_path: Path, aws_keys: None) -> None:
    binary, database = find(os.environ.get("DYNOXIDE", "")), tmp_path / "ledger.sqlite"
    first = Engine.start(binary, database=database)
    tables = client(first)
    tables.create_table(
        TableName="pointpass-kept",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    tables.put_item(TableName="pointpass-kept", Item={"pk": {"S": "kept"}})
    tables.close()
    first.stop()
    first.stop()  # harmless
    assert not first.answers()

    second = Engine.start(binary, database=database)
    tables = client(second)
    found = tables.get_item(TableName="pointpass-kept", Key={"pk": {"S": "kept"}}, ConsistentRead=True)
    tables.close()
    second.stop()

    assert found["Item"] == {"pk": {"S": "kept"}}
