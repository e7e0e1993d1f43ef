"""ports.Pictures: kept once, by what is in them, and never read twice."""

import pytest
from store_factories import NOON, PROGRAM
from store_ports import Clock, OpenTables, RawItems, SecretBox, Store
from test_store_programs import TEXT, publish

from chalicelib.errors import Malformed
from chalicelib.programs.program import sha_of
from chalicelib.services.ports.pictures import NEUTRAL, address_of, digest_in, digest_of, sheet_of
from chalicelib.store.connection import Spent
from chalicelib.store.kept_pictures import MOST_BYTES, Held
from chalicelib.store.pictures import DynamoPictures
from chalicelib.store.programs import DynamoPrograms

LOOK = {"apple/icon.png": b"small", "apple/icon@2x.png": b"larger", "web/logo.png": b"small"}
OTHER_LOOK = {**LOOK, "web/logo.png": b"another"}


def test_a_look_reads_as_it_was_kept(store: Store) -> None:
    name = store.pictures.keep(LOOK)

    sheet = store.pictures.sheet(name)

    assert sheet == {path: digest_of(content) for path, content in LOOK.items()}
    assert {path: store.pictures.picture(digest) for path, digest in sheet.items()} == LOOK


def test_what_was_never_kept_is_not_there(store: Store) -> None:
    assert store.pictures.sheet("0" * 32) is None
    assert store.pictures.picture("0" * 32) is None


def test_the_same_pictures_are_the_same_look_in_any_order(store: Store) -> None:
    first = store.pictures.keep(LOOK)

    assert store.pictures.keep(dict(reversed(LOOK.items()))) == first
    assert store.pictures.keep(OTHER_LOOK) != first


def test_the_neutral_pictures_are_always_there(store: Store) -> None:
    sheet = store.pictures.sheet(NEUTRAL)

    assert sheet is not None
    assert {"apple/icon.png", "apple/icon@2x.png", "apple/icon@3x.png", "google/logo.png"} <= set(sheet)
    for digest in sheet.values():
        content = store.pictures.picture(digest)
        assert content is not None
        assert digest_of(content) == digest
        assert content.startswith(b"\x89PNG")


def test_a_look_that_was_never_kept_is_the_neutral_one(store: Store) -> None:
    assert sheet_of(store.pictures, "0" * 32) == store.pictures.sheet(NEUTRAL)


def test_a_picture_too_large_for_a_row_is_refused_and_nothing_is_kept(store: Store) -> None:
    pictures = {"apple/icon.png": b"first", "apple/strip/plain.png": b"x" * (MOST_BYTES + 1)}

    with pytest.raises(Malformed, match=r"apple/strip/plain\.png"):
        store.pictures.keep(pictures)

    assert store.pictures.picture(digest_of(b"first")) is None


def test_a_picture_as_large_as_a_row_allows_is_kept(store: Store) -> None:
    largest = b"x" * MOST_BYTES
    store.pictures.keep({"apple/strip/plain.png": largest})

    assert store.pictures.picture(digest_of(largest)) == largest


def test_pictures_are_no_programs(store: Store) -> None:
    store.pictures.keep(LOOK)

    assert store.programs.slugs() == []


def test_two_looks_share_what_they_have_in_common(raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.pictures.keep(LOOK)
    dynamo_store.pictures.keep(OTHER_LOOK)

    kept = sorted(row["pk"]["S"] for row in raw_items("programs"))

    contents = {*LOOK.values(), *OTHER_LOOK.values()}
    assert [key for key in kept if key.startswith("I#")] == sorted(f"I#{digest_of(content)}" for content in contents)
    assert sum(key.startswith("S#") for key in kept) == 2


def test_keeping_what_is_there_reads_its_name_and_writes_nothing(open_tables: OpenTables) -> None:
    spent: list[Spent] = []
    name = DynamoPictures(open_tables()).keep(LOOK)
    elsewhere = DynamoPictures(open_tables(meter=spent.append))

    assert elsewhere.keep(LOOK) == name
    assert spent == [Spent("Query", read_units=1, write_units=0)]


def test_what_was_read_once_is_not_read_again(open_tables: OpenTables) -> None:
    calls: list[str] = []
    name = DynamoPictures(open_tables()).keep(LOOK)
    elsewhere = DynamoPictures(open_tables(meter=lambda spent: calls.append(spent.operation)))

    for _ in range(3):
        sheet = elsewhere.sheet(name)
        assert sheet is not None
        assert elsewhere.picture(sheet["web/logo.png"]) == b"small"

    assert calls == ["Query", "Query"]


def test_a_process_holds_no_more_than_its_share(open_tables: OpenTables) -> None:
    calls: list[str] = []
    tables = open_tables(meter=lambda spent: calls.append(spent.operation))
    pictures = DynamoPictures(tables, held_bytes=10)
    pictures.keep({"a": b"123456", "b": b"abcdef"})
    calls.clear()

    for content in (b"123456", b"123456", b"abcdef", b"123456"):
        assert pictures.picture(digest_of(content)) == content

    assert calls == ["Query"] * 3


def test_what_was_asked_for_longest_ago_is_let_go_first() -> None:
    held = Held(6)
    held.put("a", b"12")
    held.put("b", b"34")
    held.put("c", b"56")
    assert held.get("a") == b"12"

    held.put("d", b"78")
    held.put("too large", b"1234567")

    assert [held.get(name) for name in "abcd"] == [b"12", None, b"56", b"78"]
    assert held.get("too large") is None


def test_only_what_can_be_an_address_names_a_digest() -> None:
    digest = digest_of(b"small")

    assert digest_in(address_of(digest).rpartition("/")[2]) == digest
    for name in ("", ".png", f"{digest}.PNG", digest, f"../{digest}.png", f"{digest[:-1]}.png", f"{digest}.png\n"):
        assert digest_in(name) is None


# --- the look of a version ----------------------------------------------------------------------------------------


def sheet_shown(store: Store) -> list[str]:
    program = store.programs.program(PROGRAM)
    assert program is not None
    return [version.sheet for version in program.versions]


def test_a_version_has_no_pictures_until_some_are_named(store: Store) -> None:
    first = publish(store)
    assert sheet_shown(store) == [""]

    store.programs.put_sheet(PROGRAM, first, "one")
    assert sheet_shown(store) == ["one"]

    store.programs.put_sheet(PROGRAM, first, "two")
    assert sheet_shown(store) == ["two"]


def test_each_version_has_its_own_pictures(store: Store) -> None:
    first = publish(store)
    second = publish(store, TEXT + "\n# second\n", at=NOON + 1, effective_at=NOON + 1)
    store.programs.put_sheet(PROGRAM, second, "two")

    assert sheet_shown(store) == ["", "two"]
    store.programs.put_sheet(PROGRAM, first, "one")
    assert sheet_shown(store) == ["one", "two"]


def test_pictures_may_be_named_before_the_version(store: Store) -> None:
    store.programs.put_sheet(PROGRAM, sha_of(TEXT), "one")
    assert store.programs.program(PROGRAM) is None

    publish(store)

    assert sheet_shown(store) == ["one"]


def test_the_pictures_of_a_version_come_with_the_one_read_of_its_program(open_tables: OpenTables) -> None:
    calls: list[str] = []

    def programs(**more: object) -> DynamoPrograms:
        box = SecretBox()
        return DynamoPrograms(
            open_tables(**more),
            secret=box.fetch,
            keep_secret=box.keep,
            secrets_prefix="pointpass-test",
            clock=Clock(),
            cache_seconds=30,
        )

    writer = programs()
    writer.put_sheet(PROGRAM, sha_of(TEXT), "one")
    writer.publish(PROGRAM, sha_of(TEXT), TEXT, published_at=NOON, effective_at=NOON)
    program = programs(meter=lambda spent: calls.append(spent.operation)).program(PROGRAM)

    assert program is not None
    assert [version.sheet for version in program.versions] == ["one"]
    assert calls == ["Query"]
