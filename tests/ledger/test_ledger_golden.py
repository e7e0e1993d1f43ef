"""The canonical text is written for ever: golden texts, and a hash that other tools compute alike."""

import base64
import hashlib
import json
import shutil
import string
import subprocess
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.chain import decode, digest, encode, seal, written_at
from chalicelib.ledger.journal import (
    NEVER,
    Cell,
    Entry,
    EntryKind,
    Hold,
    Leg,
    Maturing,
    PlaceKind,
    Purse,
    Rolled,
    Snapshot,
    Tier,
)

GOLDEN = Path(__file__).parent / "golden" / "entries.txt"
NOON = 1_767_265_200_000
SUB_MINUTE = 1_767_265_259_999
MONTH_END = 1_798_758_000_000

FIRST = Entry(
    account=AccountId("Zm9vYmFyYmF6cXV4MTIzNA"),
    seq=1,
    at=SUB_MINUTE,
    occurred_at=NOON,
    kind="earned",
    document=Reference("order/shopify/5821093847123"),
    name="#10234",
    event="b1a7c2de-4f5a-4c1b-9e0d-3f2a1b0c9d8e",
    actor="shopify",
    version="0123456789abcdef",
    rules=("каждый рубль", 'a "quoted" \\ rule', "зёрна ☕ 🫘"),
    legs=(Leg("issued", "зёрна", -60), Leg("cell", "зёрна", 60, ends=MONTH_END)),
    rolled=(Rolled("зёрна earned", MONTH_END, 60),),
    snap=Snapshot(
        opened=SUB_MINUTE,
        purses={"зёрна": Purse((Cell(MONTH_END, 60),), issued=60)},
        metrics={"зёрна earned": (Cell(MONTH_END, 60),)},
        tier=Tier("Зерно", NOON, None, ((NOON, "Зерно"),)),
    ),
    prev="",
    hash="",
)
NO_END = msgspec.structs.replace(
    FIRST,
    seq=2,
    kind="moved",
    rules=(),
    legs=(
        Leg("issued", "beans", -30),
        Leg("maturing", "beans", 10, ends=NEVER, at=NEVER),
        Leg("maturing", "beans", 20, ends=SUB_MINUTE + 1_000, at=SUB_MINUTE + 1),
    ),
    rolled=(Rolled("money spent", NEVER, -5),),
    snap=Snapshot(
        opened=SUB_MINUTE,
        status="active",
        purses={
            "beans": Purse(
                (), (Maturing(SUB_MINUTE + 1, SUB_MINUTE + 1_000, 20), Maturing(NEVER, NEVER, 10)), issued=30
            ),
            "stamps": Purse((Cell(SUB_MINUTE + 2, 3), Cell(MONTH_END, 4), Cell(NEVER, 7)), issued=14),
            "gone": Purse(),
        },
        metrics={"money spent": (Cell(NEVER, 12),)},
        tier=Tier("Gold", NOON, SUB_MINUTE, ((1, "Bean"), (NOON, "Silver"), (NOON, "Gold"))),
    ),
)
EVERY_LEG = msgspec.structs.replace(
    FIRST,
    seq=3,
    kind="taken_back",
    name="",
    event="",
    rules=(),
    legs=(
        Leg("cell", "beans", -1, ends=MONTH_END),
        Leg("maturing", "beans", -2, ends=MONTH_END, at=NOON),
        Leg("debt", "beans", -3),
        Leg("issued", "beans", -4),
        Leg("redeemed", "beans", 5),
        Leg("expired", "beans", -6),
        Leg("taken_back", "beans", 11),
    ),
    rolled=(),
    snap=Snapshot(
        opened=0,
        status="merged",
        merged_to=AccountId("b"),
        purses={"beans": Purse(debt=3, issued=4, redeemed=5, expired=6, taken_back=11)},
    ),
)
HELD = msgspec.structs.replace(
    FIRST,
    seq=4,
    kind="held",
    document=Reference("redemption/web/1"),
    name="",
    event="",
    rules=(),
    legs=(
        Leg("cell", "beans", -7, ends=MONTH_END),
        Leg("held", "beans", 7, ends=MONTH_END, at=SUB_MINUTE + 2, document=Reference("redemption/web/1")),
        Leg("held", "beans", -5, ends=NEVER, at=NOON, document=Reference("касса/2")),
        Leg("transferred", "beans", 5),
    ),
    rolled=(),
    snap=Snapshot(
        opened=0,
        status="active",
        purses={
            "beans": Purse(
                (Cell(MONTH_END, 3),),
                holds=(
                    Hold(NOON, Reference("касса/2"), (Cell(MONTH_END, 1), Cell(NEVER, 4))),
                    Hold(SUB_MINUTE + 2, Reference("redemption/web/1"), (Cell(MONTH_END, 7),)),
                ),
                issued=20,
                transferred=-5,
            ),
            "stamps": Purse((Cell(NEVER, 2),), transferred=2),
        },
    ),
)


def chained() -> list[Entry]:
    entries: list[Entry] = []
    for entry in (FIRST, NO_END, EVERY_LEG, HELD):
        entries.append(seal(msgspec.structs.replace(entry, prev=entries[-1].hash if entries else "")))
    return entries


def golden() -> list[tuple[str, str]]:
    lines = GOLDEN.read_text(encoding="ascii").splitlines()
    return list(zip(lines[::2], lines[1::2], strict=True))


def test_entries_are_written_as_they_always_were() -> None:
    assert [(encode(entry), entry.hash) for entry in chained()] == golden()


def test_entries_that_were_once_written_can_be_read() -> None:
    assert [decode(line, hashed) for line, hashed in golden()] == chained()


def test_golden_texts_are_ascii_json_with_sorted_keys_and_no_blanks() -> None:
    for line, _ in golden():
        assert line.isascii()
        assert json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")) == line


def test_another_implementation_computes_the_same_hashes_and_links() -> None:
    before = ""
    for line, hashed in golden():
        raw = hashlib.sha256(line.encode("utf-8")).digest()
        assert hashed == base64.b64encode(raw, altchars=b"-_").decode().rstrip("=")
        assert json.loads(line)["p"] == before
        before = hashed


def test_openssl_computes_the_same_hashes() -> None:
    openssl = shutil.which("openssl")
    assert openssl is not None, "the tests of passes need openssl, too"
    for line, hashed in golden():
        done = subprocess.run(
            [openssl, "dgst", "-sha256", "-binary"], input=line.encode(), capture_output=True, check=True
        )
        assert base64.urlsafe_b64decode(hashed + "=") == done.stdout


instants = st.one_of(st.integers(0, NEVER), st.just(NEVER), st.integers(0, NEVER // 60_000).map(lambda n: n * 60_000))
amounts = st.integers(-(10**12), 10**12)
positive = st.integers(0, 10**12)
texts = st.text(max_size=8)
names = st.one_of(st.sampled_from(["beans", "зёрна", "stamps"]), texts)
references = st.text(min_size=1, max_size=8)


@st.composite
def legs(draw: st.DrawFn) -> Leg:
    place = draw(st.sampled_from(get_args(PlaceKind)))
    return Leg(
        place,
        draw(names),
        draw(amounts),
        ends=draw(instants) if place in ("cell", "maturing", "held") else None,
        at=draw(instants) if place in ("maturing", "held") else None,
        document=draw(references) if place == "held" else None,
    )


cells = st.dictionaries(instants, positive, max_size=4).map(
    lambda held: tuple(Cell(ends, points) for ends, points in sorted(held.items()))
)
parts = st.lists(st.builds(Maturing, instants, instants, positive), max_size=3).map(lambda some: tuple(sorted(some)))
holds = st.lists(st.builds(Hold, instants, references, cells), max_size=4).map(lambda some: tuple(sorted(some)))
purses = st.builds(
    Purse,
    cells=cells,
    maturing=parts,
    holds=holds,
    debt=positive,
    issued=positive,
    redeemed=positive,
    expired=positive,
    taken_back=positive,
    transferred=amounts,
)


@st.composite
def a_tier(draw: st.DrawFn) -> Tier:
    changes = tuple(sorted(draw(st.lists(st.tuples(instants, texts), max_size=4)), key=lambda change: change[0]))
    lapses = draw(st.one_of(st.none(), instants.filter(bool)))
    return Tier(changes[-1][1], changes[-1][0], lapses, changes) if changes else Tier()


entries = st.builds(
    Entry,
    account=texts,
    seq=positive,
    at=instants,
    occurred_at=instants,
    kind=st.sampled_from(get_args(EntryKind)),
    document=texts,
    name=texts,
    event=texts,
    actor=texts,
    version=st.text(string.hexdigits, max_size=16),
    rules=st.lists(texts, max_size=3).map(tuple),
    legs=st.lists(legs(), max_size=6).map(tuple),
    rolled=st.lists(st.builds(Rolled, names, instants, amounts), max_size=3).map(tuple),
    snap=st.builds(
        Snapshot,
        opened=instants,
        status=st.sampled_from(["unclaimed", "active", "merged", "closed"]),
        merged_to=st.one_of(st.none(), st.text(min_size=1, max_size=4)),
        purses=st.dictionaries(names, purses, max_size=3),
        metrics=st.dictionaries(names, cells.filter(bool), max_size=2),
        tier=a_tier(),
    ),
    prev=texts,
    hash=st.just(""),
)


@given(entries)
def test_what_is_read_is_what_was_written(entry: Entry) -> None:
    sealed = seal(entry)
    line = encode(sealed)
    assert decode(line, sealed.hash) == sealed
    assert encode(decode(line, "")) == line
    assert digest(line) == sealed.hash
    assert line.isascii()


@given(entries, entries)
def test_different_entries_have_different_texts(one: Entry, other: Entry) -> None:
    assert (encode(one) == encode(other)) == (one == other)


def spoiled(**changes: object) -> str:
    body = json.loads(encode(FIRST))
    body.update(changes)
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no json",
        "[]",
        "null",
        "7",
        "{}",
        encode(FIRST)[:-1],
        spoiled(v=2),
        spoiled(n="1"),
        spoiled(n=1.5),
        spoiled(k="stolen"),
        spoiled(l=[["cell", "beans", 5]]),
        spoiled(l=[["issued", "beans", 5, 7]]),
        spoiled(l=[["pocket", "beans", 5]]),
        spoiled(l=[["held", "beans", 5, 7]]),
        spoiled(l=[["held", "beans", 5, 7, "r"]]),
        spoiled(l=[["held", "beans", 5, 7, 7, 7]]),
        spoiled(l=[["held", "beans", 5]]),
        spoiled(l=[["issued", "beans", "5"]]),
        spoiled(l=[[["issued"], "beans", 5]]),
        spoiled(r=[5]),
        spoiled(s=[]),
        spoiled(s={"o": 5}),
        spoiled(s={"o": 5, "st": "rich"}),
        spoiled(s={"o": 5, "st": "active", "p": {"beans": {"c": [1]}}}),
        spoiled(s={"o": 5, "st": "active", "p": {"beans": {"c": [1, "9"]}}}),
        spoiled(s={"o": 5, "st": "active", "p": {"beans": {"b": None}}}),
        spoiled(s={"o": 5, "st": "active", "p": {"beans": {"h": [[7]]}}}),
        spoiled(s={"o": 5, "st": "active", "p": {"beans": {"h": [[7, "r", 5]]}}}),
        spoiled(s={"o": 5, "st": "active", "p": {"beans": {"x": "5"}}}),
        spoiled(s={"o": 5, "st": "active", "t": [0]}),
    ],
)
def test_a_text_that_is_no_entry_is_our_own_fault(line: str) -> None:
    with pytest.raises(Broken):
        decode(line, "")


@pytest.mark.parametrize("line", ["", "[]", '{"t":"noon"}', "{}"])
def test_when_a_text_was_written_is_not_guessed(line: str) -> None:
    assert written_at('{"a":"anna","t":1782216000000}') == 1_782_216_000_000
    with pytest.raises(Broken):
        written_at(line)
