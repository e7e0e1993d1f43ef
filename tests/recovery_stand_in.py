"""DynamoDB's recovery and backups in front of the engine, which has none of both.

A table is put back as it is now, unless a test says what it was.
"""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from stand_ins import serving

from ops.laptop.cloud import client

RESTORES, BACKS_UP, FROM_BACKUP = "RestoreTableToPointInTime", "CreateBackup", "RestoreTableFromBackup"
NEEDED_ON_TARGET = ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
"""Reading and writing. Source: docs.aws.amazon.com/amazondynamodb, "Using IAM with DynamoDB backup and restore"."""
_SHAPE = ("AttributeDefinitions", "KeySchema")
_INDEX = ("IndexName", "KeySchema", "Projection")
_ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/"
Row = Mapping[str, Any]


@dataclass
class _Kept:
    """`past`: the rows that tables had, by name     `backups`: shape and rows, by ARN"""

    engine: str
    past: Mapping[str, Sequence[Row]]
    backups: dict[str, tuple[Mapping[str, Any], Sequence[Row]]] = field(default_factory=dict)

    def answer(self, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """None for what the engine does."""
        dynamodb = client("dynamodb", self.engine)
        try:
            match operation:
                case "DescribeContinuousBackups":
                    return _described()
                case "RestoreTableToPointInTime":
                    source = asked["SourceTableName"]
                    shape, rows = _read(dynamodb, source)
                    return _made(dynamodb, asked["TargetTableName"], shape, self.past.get(source, rows))
                case "CreateBackup":
                    arn = f"{_ARN}{asked['TableName']}/backup/{len(self.backups):08d}"
                    self.backups[arn] = _read(dynamodb, asked["TableName"])
                    return {"BackupDetails": _details(arn)}
                case "DescribeBackup":
                    return {"BackupDescription": {"BackupDetails": _details(asked["BackupArn"])}}
                case "RestoreTableFromBackup":
                    return _made(dynamodb, asked["TargetTableName"], *self.backups[asked["BackupArn"]])
        finally:
            dynamodb.close()
        return None


def recovery(engine: str, past: Mapping[str, Sequence[Row]] | None = None) -> AbstractContextManager[str]:
    """Its address, while it runs. `engine`: the address of what does everything else     `past`: what tables were"""
    kept = _Kept(engine, past or {})

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            answer = kept.answer(operation, json.loads(body))
            if answer is None:
                self._pass(body)
            else:
                self._say(200, json.dumps(answer).encode())

        def _pass(self, body: bytes) -> None:
            line = http.client.HTTPConnection(urlsplit(engine).netloc, timeout=30)
            try:
                line.request("POST", "/", body, dict(self.headers.items()))
                answer = line.getresponse()
                self._say(answer.status, answer.read())
            finally:
                line.close()

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    return serving(Desk)


def _described() -> Mapping[str, Any]:
    told = {"PointInTimeRecoveryStatus": "ENABLED", "LatestRestorableDateTime": int(time.time())}
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": told,
        }
    }


def _details(arn: str) -> Mapping[str, Any]:
    return {
        "BackupArn": arn,
        "BackupName": "good",
        "BackupStatus": "AVAILABLE",
        "BackupType": "USER",
        "BackupCreationDateTime": int(time.time()),
    }


def _read(dynamodb: Any, table: str) -> tuple[Mapping[str, Any], Sequence[Row]]:
    told = dynamodb.describe_table(TableName=table)["Table"]
    indexes = [{part: index[part] for part in _INDEX} for index in told.get("GlobalSecondaryIndexes", ())]
    shape = {part: told[part] for part in _SHAPE} | ({"GlobalSecondaryIndexes": indexes} if indexes else {})
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return shape, [row for page in pages for row in page["Items"]]


def _made(dynamodb: Any, table: str, shape: Mapping[str, Any], rows: Sequence[Row]) -> Mapping[str, Any]:
    dynamodb.create_table(TableName=table, BillingMode="PAY_PER_REQUEST", **shape)
    for row in rows:
        dynamodb.put_item(TableName=table, Item=row)
    return {"TableDescription": {"TableName": table, "TableStatus": "CREATING"}}
