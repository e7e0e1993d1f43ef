"""What DynamoDB's failures become: a write without an answer is unknown, a read is tried again."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from store_factories import ACCOUNT, NOON, PROGRAM, card, identity, member, order, purchase

from chalicelib.errors import Broken, TryAgain
from chalicelib.services.ports import Commit, Outcome
from chalicelib.store.connection import POSTING, Patience
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.vault import Vault

ONE = Commit(PROGRAM, documents=(order(),))
MANY = purchase(1, identities=(identity(),))


def tables_at(port: int, patience: Patience = POSTING) -> Dynamo:
    return Dynamo("pointpass-silent", region="eu-central-1", endpoint=f"http://127.0.0.1:{port}", patience=patience)


class Server(ThreadingHTTPServer):
    """Says the same to everybody. `calls` counts them."""

    daemon_threads = True
    calls = 0
    status = 500
    body = b""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.server.calls += 1
        self.rfile.read(int(self.headers["content-length"]))
        if self.server.status == 0:  # hang up without a word
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            self.close_connection = True
            return
        self.send_response(self.server.status)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


Answering = Callable[[int, bytes], Server]


@pytest.fixture
def answering(aws_keys: None) -> Iterator[Answering]:
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def answer(status: int, body: bytes) -> Server:
        server.status, server.body = status, body
        return server

    yield answer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hung(aws_keys: None) -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def closed(aws_keys: None) -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def refusal(code: str, reasons: list[str] | None = None) -> bytes:
    """The body of an error answer. Source: "Error handling with DynamoDB", developer guide."""
    body: dict[str, object] = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "told"}
    if reasons is not None:
        body["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return json.dumps(body).encode()


@pytest.mark.parametrize("commit", [ONE, MANY], ids=["one item", "a transaction"])
def test_a_commit_without_an_answer_is_unknown_within_a_webhooks_deadline(hung: int, commit: Commit) -> None:
    ledger = DynamoLedger(tables_at(hung))
    started = time.monotonic()

    assert ledger.commit(commit) == Outcome.UNKNOWN

    assert time.monotonic() - started < 4  # a webhook is answered within four seconds, on a busy machine too


def test_a_read_without_an_answer_is_tried_again(hung: int) -> None:
    tables = tables_at(hung, Patience(connect_seconds=0.3, read_seconds=0.1, attempts=1))
    ledger = DynamoLedger(tables)
    members = DynamoMembers(tables, posting=tables, vault=Vault(bytes(32)))

    with pytest.raises(TryAgain):
        ledger.document(PROGRAM, order().reference)
    with pytest.raises(TryAgain):
        ledger.newest(PROGRAM, ACCOUNT)
    with pytest.raises(TryAgain):
        members.identity(PROGRAM, "index")
    with pytest.raises(TryAgain):
        members.identities(PROGRAM)
    with pytest.raises(TryAgain):
        members.count(PROGRAM, "mail", ends_at=NOON)


@pytest.mark.parametrize("commit", [ONE, MANY], ids=["one item", "a transaction"])
def test_a_commit_to_a_closed_port_is_unknown_and_a_read_is_tried_again(closed: int, commit: Commit) -> None:
    ledger = DynamoLedger(tables_at(closed))

    assert ledger.commit(commit) == Outcome.UNKNOWN
    with pytest.raises(TryAgain):
        ledger.newest(PROGRAM, ACCOUNT)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, refusal("InternalServerError")),
        (503, refusal("ServiceUnavailable")),
        (502, b"<html>a proxy's own page</html>"),
        (200, b"this is not JSON"),
        (400, refusal("TransactionInProgressException")),
        (0, b""),
    ],
    ids=["500", "503", "a proxy", "garbage", "still running", "hung up"],
)
@pytest.mark.parametrize("commit", [ONE, MANY], ids=["one item", "a transaction"])
def test_a_commit_with_an_answer_that_says_nothing_is_unknown_and_not_repeated(
    answering: Answering, status: int, body: bytes, commit: Commit
) -> None:
    server = answering(status, body)
    ledger = DynamoLedger(tables_at(server.server_port))

    assert ledger.commit(commit) == Outcome.UNKNOWN
    assert server.calls == 1
    with pytest.raises(TryAgain):
        ledger.document(PROGRAM, order().reference)


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_a_throttled_call_is_tried_again_later(answering: Answering, code: str) -> None:
    server = answering(400, refusal(code))
    ledger = DynamoLedger(tables_at(server.server_port))

    for act in (lambda: ledger.commit(ONE), lambda: ledger.commit(MANY), lambda: ledger.newest(PROGRAM, ACCOUNT)):
        with pytest.raises(TryAgain) as caught:
            act()
        assert caught.value.reason == "store_throttled"
    assert server.calls == 3


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["ConditionalCheckFailed", "None", "None"], Outcome.DOCUMENT_MOVED),
        (["None", "ConditionalCheckFailed", "None"], Outcome.ENTRY_TAKEN),
        (["None", "None", "ConditionalCheckFailed"], Outcome.IDENTITY_TAKEN),
        (["None", "ConditionalCheckFailed", "ConditionalCheckFailed"], Outcome.ENTRY_TAKEN),
        (["TransactionConflict", "None", "None"], Outcome.CONFLICT),
        (["TransactionConflict", "ConditionalCheckFailed", "None"], Outcome.ENTRY_TAKEN),
        (["ThrottlingError", "TransactionConflict", "None"], Outcome.CONFLICT),
        (["ThrottlingError", "None", "None"], TryAgain),
        (["None", "ProvisionedThroughputExceeded", "None"], TryAgain),
        (["ConditionalCheckFailed", "ValidationError", "None"], Broken),
        (["TransactionConflict", "ValidationError", "None"], Broken),
        (["ItemCollectionSizeLimitExceeded", "None", "None"], Broken),
    ],
)
def test_each_reason_of_a_cancelled_transaction_has_its_own_outcome(
    answering: Answering, reasons: list[str], expected: Outcome | type[Exception]
) -> None:
    server = answering(400, refusal("TransactionCanceledException", reasons))
    ledger = DynamoLedger(tables_at(server.server_port))

    if isinstance(expected, Outcome):
        assert ledger.commit(MANY) == expected
    else:
        with pytest.raises(expected):
            ledger.commit(MANY)
    assert server.calls == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ConditionalCheckFailedException", Outcome.DOCUMENT_MOVED), ("TransactionConflictException", Outcome.CONFLICT)],
)
def test_a_single_put_may_be_refused_or_meet_a_transaction(answering: Answering, code: str, expected: Outcome) -> None:
    server = answering(400, refusal(code))

    assert DynamoLedger(tables_at(server.server_port)).commit(ONE) == expected


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "AccessDeniedException"])
def test_a_call_that_can_never_succeed_is_our_own_fault(answering: Answering, code: str) -> None:
    server = answering(400, refusal(code))
    ledger = DynamoLedger(tables_at(server.server_port))

    for act in (lambda: ledger.commit(ONE), lambda: ledger.commit(MANY), lambda: ledger.newest(PROGRAM, ACCOUNT)):
        with pytest.raises(Broken) as caught:
            act()
        assert caught.value.facts == {"code": code}
    assert server.calls == 3


def test_ordinary_calls_are_tried_twice(answering: Answering) -> None:
    server = answering(500, refusal("InternalServerError"))
    tables = tables_at(server.server_port, Patience(connect_seconds=1, read_seconds=2, attempts=2))
    members = DynamoMembers(tables, posting=tables, vault=Vault(bytes(32)))

    with pytest.raises(TryAgain):
        members.member(PROGRAM, member().id)

    assert server.calls == 2


def test_a_failure_tells_no_key_and_no_content(answering: Answering) -> None:
    body = json.dumps({"__type": "x#ValidationException", "message": f"bad item {card().link}"}).encode()
    server = answering(400, body)

    with pytest.raises(Broken) as caught:
        DynamoLedger(tables_at(server.server_port)).commit(MANY)

    assert card().link not in str(caught.value)
