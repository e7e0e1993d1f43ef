"""ports.Programs and ports.Views."""

from pathlib import Path

import msgspec
import pytest
from store_factories import ACCOUNT, NOON, PROGRAM, entry
from store_ports import Clock, RawItems, SecretBox, Store

from chalicelib.errors import Broken
from chalicelib.programs.program import sha_of
from chalicelib.services.ports import Bookmark, Connection, Wallet
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.programs import DynamoPrograms
from chalicelib.store.tables import ROOMS

TEXT = (Path(__file__).parents[2] / "programs" / "bean-street.yaml").read_text(encoding="utf-8")
SHOP = Connection(PROGRAM, "shop", provider="shopify", role="earns", secrets=("shpss_new", "shpss_old"))


def publish(store: Store, text: str = TEXT, *, at: int = NOON, effective_at: int = NOON, slug: str = PROGRAM) -> str:
    sha = sha_of(text)
    store.programs.publish(slug, sha, text, published_at=at, effective_at=effective_at)
    return sha


def test_an_unpublished_program_is_unknown(store: Store) -> None:
    assert store.programs.program(PROGRAM) is None
    assert store.programs.slugs() == []
    assert store.programs.connection(PROGRAM, "shop") is None
    assert store.programs.connections(PROGRAM) == []


def test_a_published_program_has_its_versions_in_the_order_they_take_effect(store: Store) -> None:
    third = publish(store, TEXT + "\n# third\n", at=NOON, effective_at=NOON + 3)
    first = publish(store, at=NOON + 1, effective_at=NOON + 1)
    second = publish(store, TEXT + "\n# second\n", at=NOON + 2, effective_at=NOON + 2)

    program = store.programs.program(PROGRAM)

    assert program is not None
    assert program.slug == PROGRAM
    assert [version.sha for version in program.versions] == [first, second, third]
    assert program.in_force(NOON + 2).sha == second
    assert program.latest.published_at == NOON + 2


def test_a_text_may_come_back_after_another_one(store: Store) -> None:
    first = publish(store, at=NOON, effective_at=NOON)
    second = publish(store, TEXT + "\n# second\n", at=NOON + 1, effective_at=NOON + 1)
    publish(store, at=NOON + 2, effective_at=NOON + 2)

    program = store.programs.program(PROGRAM)

    assert program is not None
    assert [version.sha for version in program.versions] == [first, second, first]


def test_publishing_twice_is_publishing_once(store: Store) -> None:
    publish(store)
    publish(store)

    program = store.programs.program(PROGRAM)

    assert program is not None
    assert len(program.versions) == 1


def test_programs_are_listed_by_name(store: Store) -> None:
    publish(store, slug="tea-lane")
    publish(store, slug="bean-street")
    publish(store, TEXT + "\n# second\n", slug="tea-lane", at=NOON + 1)

    assert store.programs.slugs() == ["bean-street", "tea-lane"]


def test_a_stored_text_that_cannot_be_read_is_our_own_fault(store: Store) -> None:
    publish(store, "program: [")

    with pytest.raises(Broken):
        store.programs.program(PROGRAM)


def test_a_connection_reads_as_it_was_written_and_can_be_replaced(store: Store) -> None:
    payments = Connection(PROGRAM, "pay", provider="stripe", role="evidence", secrets=("whsec_1",))
    store.programs.connect(SHOP)
    store.programs.connect(payments)

    assert store.programs.connection(PROGRAM, "shop") == SHOP
    assert store.programs.connections(PROGRAM) == [payments, SHOP]
    assert store.programs.connection("other-street", "shop") is None

    rotated = Connection(PROGRAM, "shop", provider="shopify", role="earns", secrets=("shpss_newest", "shpss_new"))
    store.programs.connect(rotated)
    assert store.programs.connection(PROGRAM, "shop") == rotated


def test_a_program_has_its_own_pass_types_newest_first(store: Store) -> None:
    first = Wallet(PROGRAM, "pass.example.first", "TEAM123456", "apple/first", since=NOON)
    second = Wallet(PROGRAM, "pass.example.second", "TEAM123456", "apple/second", since=NOON + 1)
    other = Wallet("tea-lane", "pass.example.tea", "TEAM654321", "apple/tea", since=NOON + 2)
    assert [*store.programs.wallets(PROGRAM), *store.programs.every_wallet()] == []

    for wallet in (second, other, first):
        store.programs.put_wallet(wallet)
    assert list(store.programs.wallets(PROGRAM)) == [second, first]
    assert list(store.programs.wallets("tea-lane")) == [other]
    assert list(store.programs.every_wallet()) == [other, second, first]

    renewed = msgspec.structs.replace(first, secret="apple/renewed")
    store.programs.put_wallet(renewed)
    assert list(store.programs.wallets(PROGRAM)) == [second, renewed]
    assert list(store.programs.every_wallet()) == [other, second, renewed]


def test_a_publication_made_elsewhere_is_seen_after_the_cache_time(tables: Dynamo) -> None:
    clock, secrets = Clock(NOON), SecretBox()

    def container() -> DynamoPrograms:
        return DynamoPrograms(
            tables,
            secret=secrets.fetch,
            keep_secret=secrets.keep,
            secrets_prefix="pointpass-test",
            clock=clock,
            cache_seconds=30,
        )

    def versions(programs: DynamoPrograms) -> int:
        program = programs.program(PROGRAM)
        return 0 if program is None else len(program.versions)

    here, elsewhere = container(), container()
    elsewhere.publish(PROGRAM, "1" * 64, TEXT, published_at=NOON, effective_at=NOON)
    assert versions(here) == 1
    elsewhere.publish(PROGRAM, "2" * 64, TEXT, published_at=NOON + 1, effective_at=NOON + 1)

    clock.instant = NOON + 29_999
    assert versions(here) == 1
    assert versions(elsewhere) == 2
    clock.instant = NOON + 30_000
    assert versions(here) == 2


def test_secret_values_never_come_into_the_tables(raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.programs.connect(SHOP)

    stored = repr([raw_items(room) for room in ROOMS])

    assert "shopify" in stored
    assert "shpss_" not in stored


def test_a_view_stands_at_the_newest_entry_shown_to_it(store: Store) -> None:
    assert store.views.seq(PROGRAM, ACCOUNT) == 0

    for number, expected in ((2, 2), (1, 2), (2, 2), (7, 7)):
        store.views.put(entry(number), PROGRAM)
        assert store.views.seq(PROGRAM, ACCOUNT) == expected

    assert store.views.seq("other-street", ACCOUNT) == 0


def test_a_bookmark_reads_as_it_was_put_and_is_its_own_connections(store: Store) -> None:
    first = Bookmark(since=NOON, began=NOON + 1, page="eyJ4==", opened_at=NOON + 2, newest=NOON + 3)
    assert store.programs.bookmark(PROGRAM, "shop") is None

    store.programs.put_bookmark(PROGRAM, "shop", Bookmark(since=1, began=1))
    store.programs.put_bookmark(PROGRAM, "shop", first)

    assert store.programs.bookmark(PROGRAM, "shop") == first
    assert store.programs.bookmark(PROGRAM, "pay") is None
    assert store.programs.bookmark("other-street", "shop") is None


def test_a_bookmark_is_neither_a_version_nor_a_connection(store: Store) -> None:
    publish(store)
    store.programs.connect(SHOP)
    store.programs.put_bookmark(PROGRAM, "shop", Bookmark(since=1, began=1))
    store.clock.instant += 60_000

    program = store.programs.program(PROGRAM)
    assert program is not None
    assert len(program.versions) == 1
    assert store.programs.connections(PROGRAM) == [SHOP]
