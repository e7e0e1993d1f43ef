"""What stands still, beside a program's versions: read with them, written once, noted for ever."""

from dataclasses import replace

import msgspec
import pytest
from store_factories import NOON, PROGRAM
from store_ports import Clock, OpenTables, RawItems, SecretBox, Store
from test_ledger_budget import Meter
from test_store_programs import SHOP, publish
from whole_house import ANNA, BEANS, DEFINITION, SECRET, SETTINGS, town

from chalicelib.bootstrap.house import assembled
from chalicelib.programs.pausing import Pause
from chalicelib.services.ports import PauseLine
from chalicelib.store.audit import DynamoAudit
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.programs import DynamoPrograms
from chalicelib.store.vault import Vault

PAUSE = Pause("earning", NOON, "olga", "prices were wrong", "shop")
COST = (2.5, 4)
"""Read and write units of one more purchase of somebody who is known; as test_ledger_budget.py has it."""

LINE = PauseLine(NOON, "paused", "earning", "shop", "olga", "prices were wrong")
ENDED = PauseLine(NOON + 5, "resumed", "earning", "shop", "boris", "")


def pauses(store: Store) -> tuple[Pause, ...]:
    program = store.programs.program(PROGRAM)
    assert program is not None
    return program.pauses


def test_a_pause_comes_with_its_program_and_goes_with_its_end(store: Store) -> None:
    publish(store)
    assert pauses(store) == ()
    assert store.programs.put_pause(PROGRAM, PAUSE, LINE, was=None)
    assert pauses(store) == (PAUSE,)
    assert list(store.programs.pauses(PROGRAM)) == [PAUSE]
    assert store.programs.lift(PROGRAM, PAUSE, ENDED)
    assert (pauses(store), list(store.programs.pauses(PROGRAM))) == ((), [])


def test_pauses_of_different_things_and_connections_stand_side_by_side(store: Store) -> None:
    publish(store)
    others = [
        PAUSE,
        msgspec.structs.replace(PAUSE, connection=""),
        msgspec.structs.replace(PAUSE, what="joining", connection=""),
    ]
    for each in others:
        assert store.programs.put_pause(PROGRAM, each, LINE, was=None)
    assert set(pauses(store)) == set(others)


def test_a_pause_is_not_written_over_one_that_nobody_has_seen(store: Store) -> None:
    publish(store)
    later = msgspec.structs.replace(PAUSE, since=NOON + 1, by="boris")
    assert store.programs.put_pause(PROGRAM, PAUSE, LINE, was=None)
    assert not store.programs.put_pause(PROGRAM, later, msgspec.structs.replace(LINE, at=NOON + 1), was=None)
    assert not store.programs.put_pause(
        PROGRAM, later, msgspec.structs.replace(LINE, at=NOON + 1), was=msgspec.structs.replace(PAUSE, by="vera")
    )
    assert pauses(store) == (PAUSE,)
    assert list(store.programs.pause_trail(PROGRAM, limit=10)) == [LINE]


def test_a_pause_that_has_changed_meanwhile_is_not_taken_away(store: Store) -> None:
    publish(store)
    resuming = msgspec.structs.replace(PAUSE, resumed_at=NOON + 5)
    store.programs.put_pause(PROGRAM, PAUSE, LINE, was=None)
    assert store.programs.put_pause(PROGRAM, resuming, ENDED, was=PAUSE)
    assert not store.programs.lift(PROGRAM, PAUSE, msgspec.structs.replace(ENDED, at=NOON + 6))
    assert pauses(store) == (resuming,)


def test_the_trail_is_read_from_its_end_and_loses_nothing(store: Store) -> None:
    publish(store)
    lines = []
    for number in range(5):
        line = msgspec.structs.replace(LINE, at=NOON + number)
        pause = msgspec.structs.replace(PAUSE, what="messages", connection="", since=NOON + number)
        store.programs.put_pause(PROGRAM, pause, line, was=None)
        end = msgspec.structs.replace(ENDED, at=NOON + number, what="messages")
        store.programs.lift(PROGRAM, pause, end)
        lines += [line, end]
    assert list(store.programs.pause_trail(PROGRAM, limit=100)) == lines[::-1]
    assert list(store.programs.pause_trail(PROGRAM, limit=3)) == lines[:-4:-1]


def test_another_program_is_not_paused(store: Store) -> None:
    publish(store)
    publish(store, slug="tea-lane")
    store.programs.put_pause(PROGRAM, PAUSE, LINE, was=None)
    other = store.programs.program("tea-lane")
    assert other is not None
    assert (other.pauses, list(store.programs.pause_trail("tea-lane", limit=1))) == ((), [])


def test_a_pause_of_a_later_version_with_more_to_say_can_be_ended(
    dynamo_store: Store, raw_items: RawItems, dynamodb: object, prefix: str
) -> None:
    publish(dynamo_store)
    dynamo_store.programs.put_pause(PROGRAM, PAUSE, LINE, was=None)
    (row,) = [row for row in raw_items("programs") if row["sk"]["S"].startswith("X#PAUSE")]
    row["text"] = {"S": row["text"]["S"].replace("{", '{"of_a_later_version":1,', 1)}
    dynamodb.put_item(TableName=f"{prefix}-programs", Item=row)  # type: ignore[attr-defined]
    assert list(dynamo_store.programs.pauses(PROGRAM)) == [PAUSE]
    assert dynamo_store.programs.lift(PROGRAM, PAUSE, ENDED)


# --- what it costs, and how soon it counts


def over(tables: Dynamo, clock: Clock) -> DynamoPrograms:
    box = SecretBox()
    return DynamoPrograms(
        tables,
        secret=box.fetch,
        keep_secret=box.keep,
        secrets_prefix="pointpass-test",
        clock=clock,
        cache_seconds=30,
    )


def test_every_container_knows_of_a_pause_when_its_cache_ends(dynamo_store: Store, tables: Dynamo) -> None:
    publish(dynamo_store)
    clock = Clock()
    elsewhere = over(tables, clock)
    assert elsewhere.program(PROGRAM).pauses == ()  # type: ignore[union-attr]
    dynamo_store.programs.put_pause(PROGRAM, PAUSE, LINE, was=None)
    clock.instant += 29_999
    assert elsewhere.program(PROGRAM).pauses == ()  # type: ignore[union-attr]
    clock.instant += 1
    assert elsewhere.program(PROGRAM).pauses == (PAUSE,)  # type: ignore[union-attr]


@pytest.mark.parametrize("pauses", [0, 3])
def test_a_purchase_costs_what_it_cost_whatever_else_is_paused(open_tables: OpenTables, pauses: int) -> None:
    meter, here = Meter(), town()
    tables = open_tables(meter=meter)
    programs = over(tables, here.clock)  # type: ignore[arg-type]
    members = DynamoMembers(tables, posting=tables, vault=Vault(bytes(range(32))))
    own = here.own.replaced(ledger=DynamoLedger(tables), members=members, audit=DynamoAudit(tables), programs=programs)
    here = replace(here, house=assembled(SETTINGS, own))
    text = town().program.latest
    programs.publish(PROGRAM, text.sha, DEFINITION, published_at=text.published_at, effective_at=text.effective_at)
    programs.connect(msgspec.structs.replace(SHOP, secrets=(SECRET,)))
    for what in ("redeeming", "joining", "messages")[:pauses]:
        programs.put_pause(PROGRAM, Pause(what, NOON, "olga", ""), LINE, was=None)  # type: ignore[arg-type]
    here.deliver(here.shop.paid(here.shop.order(ANNA, [BEANS])))
    meter.take()
    here.deliver(here.shop.paid(here.shop.order(ANNA, [BEANS])))
    assert meter.take() == COST


def test_a_delivery_that_waits_costs_no_unit(open_tables: OpenTables) -> None:
    meter, here = Meter(), town()
    tables = open_tables(meter=meter)
    own = here.own.replaced(ledger=DynamoLedger(tables), audit=DynamoAudit(tables))
    here = replace(here, house=assembled(SETTINGS, own))
    own.programs.put_pause(PROGRAM, msgspec.structs.replace(PAUSE, connection=""), LINE, was=None)
    meter.take()
    assert here.deliver(here.shop.paid(here.shop.order(ANNA, [BEANS]))).status == 200
    assert meter.take() == (0, 0)
