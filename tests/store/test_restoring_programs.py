"""A program whose tables are being put back is served to operators alone, and asking for that costs no read."""

from collections.abc import Callable

import pytest
from store_factories import NOON, PROGRAM
from store_ports import Clock, OpenTables, SecretBox, Store
from test_store_programs import SHOP, publish

from chalicelib.errors import TryAgain
from chalicelib.services.ports import Programs
from chalicelib.store.connection import Spent
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.programs import DynamoPrograms

ASKED: dict[str, Callable[[Programs], object]] = {
    "program": lambda programs: programs.program(PROGRAM),
    "connection": lambda programs: programs.connection(PROGRAM, "shop"),
    "connections": lambda programs: programs.connections(PROGRAM),
}


def over(tables: Dynamo, *, by_operator: bool = False) -> DynamoPrograms:
    box = SecretBox()
    box.keep("pointpass-test/bean-street/shop", '["shpss_new"]')
    return DynamoPrograms(
        tables,
        secret=box.fetch,
        keep_secret=box.keep,
        secrets_prefix="pointpass-test",
        clock=Clock(),
        cache_seconds=30,
        by_operator=by_operator,
    )


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_nobody_is_served_until_it_is_over(store: Store, ask: Callable[[Programs], object]) -> None:
    publish(store)
    store.programs.connect(SHOP)
    before = ask(store.programs)
    store.programs.begin_restore(PROGRAM, NOON)
    with pytest.raises(TryAgain) as caught:
        ask(store.programs)
    assert (caught.value.reason, caught.value.facts) == ("restoring", {"program": PROGRAM})
    store.programs.end_restore(PROGRAM)
    assert ask(store.programs) == before


def test_other_programs_go_on(store: Store) -> None:
    publish(store)
    publish(store, slug="tea-lane")
    store.programs.begin_restore(PROGRAM, NOON)
    assert store.programs.program("tea-lane") is not None
    assert [store.programs.restoring(slug) for slug in store.programs.slugs()] == [True, False]


def test_program_that_only_the_mark_is_left_of_is_not_served(store: Store) -> None:
    """The first rows that come back may be of anything."""
    store.programs.begin_restore(PROGRAM, NOON)
    with pytest.raises(TryAgain):
        store.programs.program(PROGRAM)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_operator_is_served(tables: Dynamo, ask: Callable[[Programs], object]) -> None:
    programs = over(tables, by_operator=True)
    programs.connect(SHOP)
    programs.begin_restore(PROGRAM, NOON)
    ask(programs)
    assert programs.restoring(PROGRAM)


@pytest.mark.parametrize("is_restoring", [False, True])
def test_mark_comes_with_the_read_of_the_program(open_tables: OpenTables, is_restoring: bool) -> None:
    over(open_tables()).connect(SHOP)
    if is_restoring:
        over(open_tables()).begin_restore(PROGRAM, NOON)
    spent: list[Spent] = []
    programs = over(open_tables(meter=spent.append))
    spent.clear()
    for _ in range(3):
        assert programs.restoring(PROGRAM) is is_restoring
        try:
            programs.connection(PROGRAM, "shop")
        except TryAgain:
            assert is_restoring
    assert [(each.operation, each.read_units) for each in spent] == [("Query", 1.0)]
