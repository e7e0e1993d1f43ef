"""What any version has stored is read for ever, and what a later version added is not in the way of this one.

Two versions serve side by side while one replaces the other, and a version that is taken back finds what its
successor wrote. `golden_rows/` holds a full row of every kind. A file there is never changed. A new kind gets a file,
and one that has grown another file beside its old ones, by POINTPASS_APPROVE=1 .venv/bin/pytest tests/store -k golden.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from chalicelib.ledger.chain import decode, digest
from chalicelib.ledger.documents import Document
from chalicelib.ledger.seals import Seal, Signed
from chalicelib.members.people import Identity, Member, Proof
from chalicelib.programs.pausing import Pause
from chalicelib.services.ports import Bookmark, Card, PauseLine, Wallet
from chalicelib.services.ports.access import ApiKey, StaffUser
from chalicelib.services.ports.google import GoogleState
from chalicelib.services.ports.walks import Walk
from chalicelib.store import tables
from chalicelib.store.access import DynamoAccess
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.inbox import _Stored
from chalicelib.store.ledger import read_document
from chalicelib.store.tables import ApiKeyRow, DocumentRow, Row

GOLDEN = Path(__file__).parent / "golden_rows"
DOCUMENTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Document)}
BODIES: dict[str, type] = {
    "IdentityRow": Identity,
    "ProofRow": Proof,
    "CardRow": Card,
    "BookmarkRow": Bookmark,
    "ApiKeyRow": ApiKey,
    "PauseLineRow": PauseLine,
    "StaffRow": StaffUser,
    "GoogleRow": GoogleState,
    "WalkRow": Walk,
}
NAMED = ("SheetRow",)
"""Their text is a list of names, of which there may be any."""
NEVER_WRITTEN = ("HeldRow",)
"""Two other kinds, read together."""
ALONE: dict[str, type] = {kind.__name__.strip("_"): kind for kind in (Member, Pause, Seal, Signed, Wallet, _Stored)}
"""Kept in no row of their own: in a sealed profile, among a program's rows, and as objects in a bucket."""
LATER = "of_a_later_version"


def rows() -> dict[str, type[Row]]:
    """Every kind of row, by name."""
    kinds = [kind for kind in vars(tables).values() if isinstance(kind, type) and issubclass(kind, Row)]
    named = {kind.__name__: kind for kind in kinds if hasattr(kind, "room") and not kind.__name__.startswith("_")}
    return {name: kind for name, kind in named.items() if name not in NEVER_WRITTEN}


def full(kind: inspect.Type) -> Any:  # noqa: PLR0911  # one for each kind of type
    """A value of a type in which every field says something, as JSON."""
    match kind:
        case inspect.StructType(fields=fields, tag=tag, tag_field=tag_field):
            own = {tag_field: tag} if tag_field else {}
            return own | {field.encode_name: full(field.type) for field in fields}
        case inspect.UnionType(types=types):
            return full(next(each for each in types if not isinstance(each, inspect.NoneType)))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return [full(item)]
        case inspect.TupleType(item_types=items):
            return [full(item) for item in items]
        case inspect.DictType(key_type=key, value_type=value):
            return {str(full(key)): full(value)}
        case inspect.LiteralType(values=values):
            return values[0]
    return _PLAIN[type(kind)]


_PLAIN: dict[type, Any] = {
    inspect.IntType: 1_782_216_000_000,
    inspect.StrType: "a text",
    inspect.BoolType: True,
    inspect.BytesType: "AAEC",
    inspect.FloatType: 1.5,
}


def written() -> Iterator[tuple[str, dict[str, Any]]]:
    """A golden file of every kind that this version stores: its name and content."""
    for name, kind in rows().items():
        item: dict[str, Any] = {"pk": {"S": "P#bean-street#X"}, "sk": {"S": "X"}}
        for attribute in kind.get_attributes().values():
            if attribute.attr_name not in ("pk", "sk", "body"):
                value = {"S": "a text", "N": "1782216000000", "B": "AAEC"}[attribute.attr_type]
                item[attribute.attr_name] = {attribute.attr_type: value}
        if name == "EntryRow":
            item |= {"line": {"S": LINE}, "hash": {"S": digest(LINE)}}
        bodies = DOCUMENTS if name == "DocumentRow" else {"": BODIES[name]} if name in BODIES else {}
        if name in NAMED:
            item["body"] = {"S": json.dumps({"a text": "a text"})}
        if not bodies:
            assert name in NAMED or "body" not in kind.get_attributes(), f"{name}: what does its text say?"
            yield name, {"kind": name, "item": item}
        for body, type_ in bodies.items():
            text = json.dumps(full(inspect.type_info(type_)), sort_keys=True)
            yield f"{name}-{body}".rstrip("-"), {"kind": name, "item": item | {"body": {"S": text}}}
    for name, kind in ALONE.items():
        yield name, {"kind": name, "value": full(inspect.type_info(kind))}


LINE = (Path(__file__).parents[1] / "ledger" / "golden" / "entries.txt").read_text().splitlines()[0]
"""The journal's own golden texts are kept with the ledger."""
FILES = sorted(GOLDEN.glob("*.json"))


def test_every_field_of_every_kind_of_row_has_a_golden_one() -> None:
    missing = {}
    for name, content in written():
        kept = [json.loads(file.read_text()) for file in sorted(GOLDEN.glob(f"{name}.*json"))]
        if unseen := set(places(content)).difference(*map(places, kept)):
            missing[name] = unseen
            if os.environ.get("POINTPASS_APPROVE"):
                text = json.dumps(content, indent=1, sort_keys=True) + "\n"
                (GOLDEN / f"{name}.{len(kept) + 1}.json").write_text(text)
    assert missing == {}


def places(value: Any, path: str = "") -> Iterator[str]:
    """The path of every field, also of those in a row's text."""
    match value:
        case dict():
            for name, inner in value.items():
                read = json.loads(inner["S"]) if name == "body" and isinstance(inner, dict) else inner
                yield from places(read, f"{path}.{name}")
        case [first, *_]:
            yield from places(first, f"{path}[]")
        case _:
            yield path


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_row_that_was_ever_stored_is_read(file: Path) -> None:
    told = json.loads(file.read_text())
    if "value" in told:
        assert lost(told["value"], msgspec.convert(told["value"], ALONE[told["kind"]], strict=False)) == []
        return
    row = rows()[told["kind"]].from_raw_data(told["item"])
    assert row.serialize() == told["item"]
    if "body" in told["item"]:
        assert lost(json.loads(told["item"]["body"]["S"]), body_of(row)) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_later_version_added_is_not_in_the_way(file: Path) -> None:
    told = json.loads(file.read_text())
    if "value" in told:
        kind = ALONE[told["kind"]]
        assert msgspec.convert(grown(told["value"]), kind) == msgspec.convert(told["value"], kind)
        return
    kind_of_row = rows()[told["kind"]]
    row = kind_of_row.from_raw_data({**told["item"], LATER: {"S": "something"}})
    assert row.serialize() == told["item"]
    if "body" in told["item"] and told["kind"] not in NAMED:
        body = json.dumps(grown(json.loads(told["item"]["body"]["S"])))
        later = kind_of_row.from_raw_data({**told["item"], "body": {"S": body}})
        assert body_of(later) == body_of(row)


def test_entry_that_was_ever_stored_is_read_and_may_have_grown() -> None:
    entry = decode(LINE, digest(LINE))
    later = json.dumps(json.loads(LINE) | {"zz": [1, 2]}, sort_keys=True, separators=(",", ":"))
    assert decode(later, digest(LINE)) == entry


def test_key_that_another_version_wrote_can_be_ended(tables: Dynamo) -> None:
    """What is compared before a write is the text as it stands, not what this version would have written."""
    access = DynamoAccess(tables)
    body = json.dumps(grown(full(inspect.type_info(ApiKey)) | {"ends_at": None}))
    tables.write(Put(ApiKeyRow(pk="K#a text", sk="API", body=body)))
    key = access.key("a text")
    assert key is not None
    assert access.put_key(msgspec.structs.replace(key, ends_at=1), was=key)


def body_of(row: Row) -> Any:
    """What a row's text says, by the type that the store reads it as."""
    if isinstance(row, DocumentRow):
        return read_document(row)
    name = type(row).__name__
    return msgspec.json.decode(row.body, type=dict[str, str] if name in NAMED else BODIES[name])


def grown(value: Any) -> Any:
    """With a field that nobody knows: in itself, and in every thing that it lists."""
    if isinstance(value, list):
        return [grown(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {name: grown(each) if isinstance(each, list) else each for name, each in value.items()}
    return inner | {LATER: {"of": "any shape"}}


def lost(stored: Any, read: Any, path: str = "") -> list[str]:
    """The fields that were stored and are not in what was read: a name that changed, or a value that did."""
    inner: list[tuple[str, Any, Any]] = []
    if isinstance(stored, dict):
        named = read if isinstance(read, dict) else None
        for name, value in stored.items():
            if name == "kind" and not hasattr(read, name):
                continue  # the tag, which chose the type
            other = named.get(name) if named is not None else getattr(read, name, None)
            inner.append((f"{path}.{name}", value, other))
    elif isinstance(stored, list) and len(stored) == len(read):
        inner = [(f"{path}[{place}]", one, read[place]) for place, one in enumerate(stored)]
    else:
        return [] if stored == json.loads(msgspec.json.encode(read)) else [path]
    return [each for where, one, other in inner for each in lost(one, other, where)]
