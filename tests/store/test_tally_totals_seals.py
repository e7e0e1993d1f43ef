"""What stands behind the checker, the totals and the seals: a tally on disk, day rows, and a bucket that keeps."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from store_factories import PROGRAM

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.seals import Leaf, Seal, Signed
from chalicelib.ledger.sums import Moved
from chalicelib.ledger.totals import DayTotal, Flow
from chalicelib.services.ports.ledger import Viewed
from chalicelib.services.ports.tally import Head, Told
from chalicelib.services.ports.totals import Totals
from chalicelib.store.aws import Client
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.memory.books import MemoryObjects, MemoryTotals
from chalicelib.store.seals import Objects, S3Objects, SignedSeals
from chalicelib.store.tally import SqliteTally
from chalicelib.store.totals import DynamoTotals

A, B, C = AccountId("a"), AccountId("b"), AccountId("c")
ORDER = Reference("order/1")

# --- the tally -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tally() -> Iterator[SqliteTally]:
    with SqliteTally() as opened:
        yield opened


def head(account: AccountId, *, into: AccountId | None = None, is_cut: bool = False) -> Head:
    return Head(account, 1, f"hash-{account}", 5, None, is_cut, into)


def moved(points: int, reference: Reference = ORDER) -> list[Moved]:
    return [Moved(reference, "", 0), Moved(reference, "beans", points)]


def test_both_sides_of_a_document_agree(tally: SqliteTally) -> None:
    tally.journal(head(A), moved(5))
    tally.document(Told(ORDER, (A,), ""), [Moved(ORDER, "beans", 5)])
    assert list(tally.suspects()) == []


@pytest.mark.parametrize("said", [4, 6])
def test_a_document_that_says_something_else_is_a_suspect(tally: SqliteTally, said: int) -> None:
    tally.journal(head(A), moved(5))
    tally.document(Told(ORDER, (A,), ""), [Moved(ORDER, "beans", said)])
    assert list(tally.suspects()) == [ORDER]
    assert tally.journals_of(ORDER) == [A]


def test_a_document_nobody_told_is_a_suspect_even_if_its_entries_come_to_nothing(tally: SqliteTally) -> None:
    tally.journal(head(A), moved(0))
    assert list(tally.suspects()) == [ORDER]


def test_a_document_without_entries_is_a_suspect(tally: SqliteTally) -> None:
    tally.document(Told(ORDER, (A,), ""), [Moved(ORDER, "beans", 5)])
    assert list(tally.suspects()) == [ORDER]


def test_entries_in_another_journal_are_suspicious(tally: SqliteTally) -> None:
    tally.journal(head(A), [])
    tally.journal(head(B), moved(5))
    tally.document(Told(ORDER, (A,), ""), [Moved(ORDER, "beans", 5)])
    assert list(tally.suspects()) == [ORDER]


def test_documents_of_an_account_whose_beginning_has_ended_are_no_suspects(tally: SqliteTally) -> None:
    tally.journal(head(A, is_cut=True), [])
    tally.document(Told(ORDER, (A,), ""), [Moved(ORDER, "beans", 5)])
    assert list(tally.suspects()) == []


def test_one_person_is_all_accounts_that_were_merged_into_one(tally: SqliteTally) -> None:
    for account, into in ((A, B), (B, C), (C, None), (AccountId("d"), None)):
        tally.journal(head(account, into=into), [])
    for number, account in enumerate((A, C, AccountId("d"))):
        tally.document(Told(Reference(f"activity/{number}"), (account,), "review/p1"), [])
    assert list(tally.twice()) == [(C, "review/p1")]


def test_a_thing_that_two_people_did_is_not_twice(tally: SqliteTally) -> None:
    for account in (A, B):
        tally.journal(head(account), [])
        tally.document(Told(Reference(f"activity/{account}"), (account,), "review/p1"), [])
    assert list(tally.twice()) == []


def test_views_are_held_against_heads(tally: SqliteTally) -> None:
    for account in (A, B):
        tally.journal(head(account), [])
    tally.view(Viewed(A, 1, "hash-a"))
    tally.view(Viewed(C, 1, "hash-c"))
    assert list(tally.unlike()) == [Viewed(B, 0, ""), Viewed(C, 1, "hash-c")]


def test_sealed_entries_are_found_by_account_and_lost_ones_told(tally: SqliteTally) -> None:
    tally.journal(head(A), [])
    for account in (A, B):
        tally.seal(Leaf(account, 1, "h", 0))
    assert tally.sealed(A) == Leaf(A, 1, "h", 0)
    assert tally.sealed(C) is None
    assert list(tally.lost()) == [Leaf(B, 1, "h", 0)]


def test_heads_come_back_as_they_went_in_sorted(tally: SqliteTally) -> None:
    heads = [head(C), head(A, into=B), Head(B, 7, "x", 9, 10, True, None)]
    for each in heads:
        tally.journal(each, [])
    assert list(tally.heads()) == sorted(heads)


# --- day totals ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "dynamo"])
def totals(request: pytest.FixtureRequest) -> Totals:
    if request.param == "memory":
        return MemoryTotals()
    tables: Dynamo = request.getfixturevalue("tables")
    return DynamoTotals(tables)


def test_a_closed_day_stands_as_it_was_written(totals: Totals) -> None:
    days = [
        DayTotal(f"2026-06-{day}", "beans", 0, Flow(1, 2, 3, 4, 5, 6), 7, -8, is_exact=True) for day in (21, 22, 23)
    ]
    assert totals.last_closed(PROGRAM, "beans") is None
    for total in days:
        totals.close(PROGRAM, total)
    assert totals.closed(PROGRAM, "beans", "2026-06-22", "2026-06-23") == days[1:]
    assert totals.last_closed(PROGRAM, "beans") == days[2]
    assert totals.last_closed(PROGRAM, "stamps") is None


# --- seals -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bucket(aws_keys: None) -> Iterator[S3Objects]:
    """Moto's S3."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    s3 = boto3.client("s3", region_name="eu-central-1", endpoint_url=endpoint)
    s3.create_bucket(Bucket="seals", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.close()
    yield S3Objects(Client("s3", region="eu-central-1", endpoint=endpoint), bucket="seals")
    server.stop()


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> Objects:
    if request.param == "memory":
        return MemoryObjects()
    found: S3Objects = request.getfixturevalue("bucket")
    return found


@pytest.fixture
def program(request: pytest.FixtureRequest) -> str:
    """A name of each test's own: the bucket forgets nothing."""
    return f"bean street/{request.node.name}"


def seal(program: str, day: str = "2026-06-23", at: int = 5) -> Seal:
    return Seal(program, day, at, 2, 3, "root", "", {"beans": 90})


def test_the_first_seal_of_a_day_stays(objects: Objects, program: str) -> None:
    seals = SignedSeals(objects, secret=bytes(32))
    first = seals.put(seal(program))
    assert first is not None
    assert seals.put(seal(program, at=6)) is None
    assert seals.signed(program, "2026-06-23") == first
    assert seals.signed(program, "2026-06-24") is None


def test_days_are_listed_in_order_and_leaves_are_no_days(objects: Objects, program: str) -> None:
    seals = SignedSeals(objects, secret=bytes(32))
    for day in ("2026-06-24", "2026-06-23"):
        seals.put(seal(program, day))
    seals.put_leaves(program, "2026-06-25", 5, 1, [Leaf(A, 1, "h", 0)])
    assert seals.days(program) == ["2026-06-23", "2026-06-24"]
    assert seals.days("other") == []


def test_leaves_come_back_in_order_and_only_those_of_the_seal(objects: Objects, program: str) -> None:
    seals = SignedSeals(objects, secret=bytes(32))
    leaves = [Leaf(AccountId(f"a{number:02d}"), number, "h", number * 1_000) for number in range(30)]
    for part in range(12):
        seals.put_leaves(program, "2026-06-23", 5, part + 1, leaves[part * 2 : part * 2 + 2])
    seals.put_leaves(program, "2026-06-23", 4, 1, [Leaf(B, 9, "of a night that died", 0)])
    assert list(seals.leaves(seal(program))) == leaves[:24]


def test_a_signature_is_checked_by_the_public_key_alone(program: str) -> None:
    seals = SignedSeals(MemoryObjects(), secret=bytes(range(32)))
    signed = seals.put(seal(program))
    assert signed is not None
    key = load_pem_public_key(seals.public_key.encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(signed.signature, signed.text)


def test_a_seal_that_was_changed_or_signed_by_another_is_not_ours(program: str) -> None:
    seals, others = (SignedSeals(MemoryObjects(), secret=bytes([number] * 32)) for number in (1, 2))
    own, foreign = seals.put(seal(program)), others.put(seal(program))
    assert own is not None
    assert foreign is not None
    assert seals.is_signed(own)
    assert not seals.is_signed(foreign)
    assert not seals.is_signed(Signed(own.text.replace(b"90", b"91"), own.signature, own.key))
    assert not seals.is_signed(Signed(own.text, own.signature, foreign.key))


def test_what_is_no_seal_and_no_leaves_is_told(program: str) -> None:
    objects = MemoryObjects()
    seals = SignedSeals(objects, secret=bytes(32))
    seals.put(seal(program))
    seals.put_leaves(program, "2026-06-23", 5, 1, [Leaf(A, 1, "h", 0)])
    for key in objects.bodies:
        objects.bodies[key] = json.dumps({"text": 1}).encode()
    with pytest.raises(Broken):
        seals.signed(program, "2026-06-23")
    with pytest.raises(Broken):
        list(seals.leaves(seal(program)))


def test_a_bucket_that_does_not_answer_is_tried_again_later(aws_keys: None, program: str) -> None:
    nowhere: Any = Client("s3", region="eu-central-1", endpoint="http://127.0.0.1:9")
    with pytest.raises(TryAgain):
        S3Objects(nowhere, bucket="seals").keys("")
