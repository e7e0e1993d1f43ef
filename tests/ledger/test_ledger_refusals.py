"""Each no of the ledger names its rule, and the few facts that help: people, logs and alarms know it by these names."""

from collections.abc import Callable

import pytest
from ledger_factories import BEANS, CALENDAR, MINUTE, Desk, day, holding, one_bean_per_euro, paid, purse, timeline, told

from chalicelib.errors import Broken, LoyaltyError, Malformed, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.adjusting import adjust
from chalicelib.ledger.caps import counted
from chalicelib.ledger.chain import decode, encode
from chalicelib.ledger.documents import AdjustmentDocument, Cut, Lot, RedemptionDocument, Target, TransferDocument, Want
from chalicelib.ledger.holds import hold
from chalicelib.ledger.journal import Leg
from chalicelib.ledger.moves import applied
from chalicelib.ledger.redemptions import give_back, redeem
from chalicelib.ledger.seals import Signed, read_leaf
from chalicelib.ledger.transferring import transfer

HERE = AccountId("a")
HOLD = Reference("redemption/1")


def no(act: Callable[[], object]) -> tuple[type[LoyaltyError], str, dict[str, object]]:
    """The kind, the rule and the facts with which something is refused."""
    with pytest.raises(LoyaltyError) as err:
        act()
    return type(err.value), err.value.reason, dict(err.value.facts)


def asked(points: object = 10, reference: str = HOLD) -> RedemptionDocument:
    return RedemptionDocument(Reference(reference), HERE, BEANS, points)  # type: ignore[arg-type]


def rich(points: int = 100) -> Desk:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(100 * points)))
    return desk


# --- using points -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", [0, -5])
def test_nothing_and_less_than_nothing_cannot_be_used(points: int) -> None:
    snap = holding(purse((336, 100)))
    assert no(lambda: redeem(asked(points), snap)) == (Refused, "not_a_number_of_points", {"points": points})


@pytest.mark.parametrize("points", [2.5, 10.0, "10", True, None])
def test_points_are_whole_numbers(points: object) -> None:
    snap = holding(purse((336, 100)))
    expected = (Malformed, "not_a_whole_number_of_points", {})
    assert no(lambda: redeem(asked(points), snap)) == expected
    assert no(lambda: give_back(asked(), snap, points, at=day(0), grace_until=day(0))) == expected  # type: ignore[arg-type]


def test_who_has_too_little_is_told_what_there_is_and_what_is_owed() -> None:
    assert no(lambda: redeem(asked(101), holding(purse((336, 60), (340, 40))))) == (
        Refused,
        "not_enough_points",
        {"asked": 101, "there": 100, "owed": 0},
    )
    assert no(lambda: redeem(asked(1), holding(purse(debt=30)))) == (
        Refused,
        "not_enough_points",
        {"asked": 1, "there": -30, "owed": 30},
    )


def test_a_name_is_as_long_as_every_entry_can_carry() -> None:
    snap = holding(purse((336, 100)))
    facts = {"characters": 129, "most": 128}
    assert no(lambda: redeem(asked(1, "r" * 129), snap)) == (Malformed, "reference_too_long", facts)


@pytest.mark.parametrize("points", [61, 0, -1])
def test_no_more_comes_back_than_was_used_and_not_nothing(points: int) -> None:
    desk = rich()
    desk.redeem("redemption/1", 80)
    desk.give_back("redemption/1", 20)
    facts = {"asked": points, "left": 60}
    assert no(lambda: desk.give_back("redemption/1", points)) == (Refused, "more_than_was_redeemed", facts)
    desk.give_back("redemption/1", 60)


# --- holds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [0, -1, 30 + 1 / 60_000])
def test_a_hold_lasts_some_time_and_half_an_hour_at_most(minutes: float) -> None:
    milliseconds = int(minutes * MINUTE)
    facts = {"milliseconds": milliseconds, "most": 1_800_000}
    assert no(lambda: rich().hold("redemption/1", 10, minutes=minutes)) == (Malformed, "not_a_time_to_hold", facts)
    rich().hold("redemption/1", 10, minutes=30)
    rich().hold("redemption/1", 10, minutes=1 / MINUTE)


def test_a_fifth_open_hold_is_refused() -> None:
    desk = rich()
    for number in range(4):
        desk.hold(f"redemption/{number}", 1)
    assert no(lambda: desk.hold("redemption/5", 1)) == (Refused, "too_many_open_holds", {"open": 4, "most": 4})


def test_all_lots_can_be_on_hold_and_each_hold_can_split_one_but_no_more() -> None:
    def held(lots: int) -> object:
        own = purse((336, 1), holds=((1, tuple((200 + number, 1) for number in range(lots))),))
        return hold(asked(1, "redemption/2"), holding(own), at=day(0), until=day(0) + MINUTE)

    assert held(27)
    assert no(lambda: held(28)) == (Refused, "too_many_open_holds", {"open": 1, "most": 4})


def test_the_second_end_of_a_hold_is_refused_with_the_first_ones_name() -> None:
    used, freed = rich(), rich()
    used.hold(HOLD, 80)
    used.capture(HOLD, 50)
    facts = {"document": HOLD, "used": 50}
    assert no(lambda: used.capture(HOLD, 49)) == (Refused, "already_captured", {**facts, "asked": 49})
    assert no(lambda: used.capture(HOLD)) == (Refused, "already_captured", {**facts, "asked": 80})
    assert no(lambda: used.release(HOLD)) == (Refused, "already_captured", facts)
    freed.hold(HOLD, 80)
    freed.release(HOLD)
    assert no(lambda: freed.capture(HOLD, 1)) == (Refused, "already_released", {"document": HOLD})


@pytest.mark.parametrize("points", [81, 0, -1])
def test_no_more_is_captured_than_was_held_and_not_nothing(points: int) -> None:
    desk = rich()
    desk.hold(HOLD, 80)
    facts = {"asked": points, "held": 80}
    assert no(lambda: desk.capture(HOLD, points)) == (Refused, "more_than_was_held", facts)
    assert no(lambda: desk.capture(HOLD, 2.5)) == (Malformed, "not_a_whole_number_of_points", {})  # type: ignore[arg-type]
    desk.capture(HOLD, 80)


def test_a_hold_that_has_run_out_has_nothing_to_release() -> None:
    desk = rich()
    desk.hold(HOLD, 80, minutes=15)
    until = desk.now + 15 * MINUTE
    desk.now = until
    assert no(lambda: desk.release(HOLD)) == (Refused, "expired", {"document": HOLD, "until": until})


# --- by hand, and between members -------------------------------------------------------------------------------------


def test_nobody_takes_or_gives_away_more_than_there_is() -> None:
    snap, empty = holding(purse((336, 60), (340, 40))), holding(purse())
    taken = AdjustmentDocument(Reference("adjustment/1"), HERE, BEANS, -101, "a mistake", "anna", Lot(day(336)))
    given = TransferDocument(Reference("transfer/1"), HERE, AccountId("b"), BEANS, 101)
    expected = (Refused, "not_enough_points", {"asked": 101, "there": 100})
    assert no(lambda: adjust(taken, snap, at=day(0), calendar=CALENDAR)) == expected
    assert no(lambda: transfer(given, snap, empty, CALENDAR)) == expected
    owing = holding(purse(debt=5))
    expected = (Refused, "not_enough_points", {"asked": 101, "there": -5})
    assert no(lambda: adjust(taken, owing, at=day(0), calendar=CALENDAR)) == expected
    assert no(lambda: transfer(given, owing, empty, CALENDAR)) == expected


# --- what only our own fault, or somebody else's hand, can bring about ------------------------------------------------


def test_a_limit_that_counted_and_is_gone_is_named() -> None:
    cap = Reference("cap/shopping/beans/a/2026-01")
    target = Target(wants=(Want("shopping", BEANS, 40, 100, period="2026-01"),))
    cut = Cut(cap, BEANS, 50)
    assert no(lambda: counted(target, (cut,), HERE, {cap: None})) == (Broken, "limit_is_gone", {"document": cap})


def test_a_part_below_zero_is_told_with_its_points() -> None:
    snap = holding(purse((336, 10)))
    legs = [Leg("cell", BEANS, -11, ends=day(336))]
    assert no(lambda: applied(snap, legs)) == (Broken, "negative_part", {"points": -1})


def test_an_entry_of_a_version_to_come_and_one_that_is_none_are_told_apart() -> None:
    line = encode(rich().journals["a"][0])
    other = line.replace('"v":1', '"v":2')
    assert no(lambda: decode(other, "h")) == (Broken, "unknown_entry_version", {"version": "2"})
    assert no(lambda: decode("{}", "h")) == (Broken, "unreadable_entry", {})


def test_texts_that_are_no_leaf_and_no_seal_are_named() -> None:
    assert no(lambda: read_leaf("a 1")) == (Broken, "unreadable_leaf", {})
    assert no(lambda: Signed(b"{}", b"", b"").seal) == (Broken, "unreadable_seal", {})
