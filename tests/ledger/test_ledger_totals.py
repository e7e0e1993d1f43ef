"""Day totals: what an entry moves, and that days roll into each other to the point."""

import msgspec
from ledger_factories import BEANS, Desk, day, one_bean_per_euro, paid, refund, timeline, told

from chalicelib.ledger.journal import Entry, Leg
from chalicelib.ledger.totals import DayTotal, Flow, flows, owned, rolled


def busy() -> Desk:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.tell(told(paid(9_000, on=1), reference="order/shop/2"), account="b")
    desk.redeem("redemption/1", 60)
    desk.give_back("redemption/1", 10)
    desk.tell(told(r1=refund(10_000, on=2)))
    desk.merge("b", "a")
    desk.now = day(400)
    desk.sweep()
    return desk


def entries(desk: Desk) -> list[Entry]:
    return [entry for journal in desk.journals.values() for entry in journal]


def test_each_movement_counts_where_it_belongs() -> None:
    one, *rest = busy().journals["a"]
    assert flows(one) == {BEANS: Flow(issued=100)}
    assert [flows(entry) for entry in rest[:3]] == [
        {BEANS: Flow(redeemed=60)},
        {BEANS: Flow(redeemed=-10)},
        {BEANS: Flow(taken_back=100)},
    ]


def test_movements_of_one_kind_in_one_entry_add_up() -> None:
    entry = busy().journals["a"][0]
    legs = (Leg("expired", BEANS, 5), Leg("expired", BEANS, 7), Leg("issued", BEANS, -2), Leg("issued", BEANS, -3))
    assert flows(msgspec.structs.replace(entry, legs=legs)) == {BEANS: Flow(issued=5, expired=12)}
    taken = (Leg("taken_back", BEANS, 5), Leg("issued", BEANS, -3))
    assert flows(_adjusted(entry, taken)) == {BEANS: Flow(adjusted=-2)}


def test_points_by_hand_are_neither_earned_nor_taken_back() -> None:
    entry = busy().journals["a"][0]
    given = (Leg("issued", BEANS, -5), Leg("cell", BEANS, 5, ends=day(9)))
    taken = (Leg("taken_back", BEANS, 5), Leg("cell", BEANS, -5, ends=day(9)))
    assert [flows(_adjusted(entry, legs)) for legs in (given, taken)] == [
        {BEANS: Flow(adjusted=5)},
        {BEANS: Flow(adjusted=-5)},
    ]


def _adjusted(entry: Entry, legs: tuple[Leg, ...]) -> Entry:
    return msgspec.structs.replace(entry, kind="adjusted", legs=legs)


def test_a_transfer_comes_to_nothing_when_both_sides_are_there() -> None:
    entry = busy().journals["a"][0]
    sent = _adjusted(entry, (Leg("transferred", BEANS, 7), Leg("cell", BEANS, -7, ends=day(9))))
    got = _adjusted(entry, (Leg("transferred", BEANS, -7), Leg("cell", BEANS, 7, ends=day(9))))
    assert flows(sent)[BEANS].plus(flows(got)[BEANS]) == Flow()


def test_a_merge_moves_nothing_between_the_shop_and_its_members() -> None:
    merged = [flows(entry).get(BEANS, Flow()) for entry in entries(busy()) if entry.kind == "merged"]
    assert len(merged) == 2
    assert merged[0].plus(merged[1]) == Flow()


def test_all_flows_together_are_what_members_hold() -> None:
    desk = busy()
    whole = Flow()
    for entry in entries(desk):
        whole = whole.plus(flows(entry).get(BEANS, Flow()))
    held = sum(owned(journal[-1].snap.purse(BEANS)) for journal in desk.journals.values())
    assert whole.net == held


def test_days_open_with_the_closing_before_them() -> None:
    days = [("2026-06-22", Flow(issued=100)), ("2026-06-23", Flow(redeemed=30, expired=5))]
    one, two = rolled(BEANS, 7, days, closing=72)
    assert one == DayTotal("2026-06-22", BEANS, 7, Flow(issued=100), 0, 107, is_exact=True)
    assert two == DayTotal("2026-06-23", BEANS, 107, Flow(redeemed=30, expired=5), 0, 72, is_exact=True)
    assert one.difference == two.difference == 0


def test_what_the_flows_do_not_explain_has_ended_with_its_guests() -> None:
    (total,) = rolled(BEANS, 100, [("2026-06-22", Flow(issued=10))], closing=90)
    assert (total.ended, total.closing, total.difference) == (20, 90, 0)


def test_no_days_are_no_totals() -> None:
    assert rolled(BEANS, 100, [], closing=100) == []
