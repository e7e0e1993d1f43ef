"""When a rule counts: how large the order is, what is in it, where, how and on what day it was placed."""

import msgspec
import pytest
from program_factory import at, paid, pricing, roubles

from chalicelib.events import Amounts, LineBack, LineFacts, OrderFacts
from chalicelib.programs.definition import Definition
from chalicelib.programs.pricing import price
from chalicelib.programs.reading import DefinitionError


def only(when: dict[str, object], **keys: object) -> Definition:
    """A shop in Moscow whose one rule gives a tenth, on a condition."""
    return roubles(earn={"rules": [{"name": "tenth", "give": "10% as points", "when": when, **keys}]})


def worth(definition: Definition, order: OrderFacts, back: int = 0, lines: dict[str, LineBack] | None = None) -> int:
    context = pricing(occurred_at=order.occurred_at)
    (one,) = price(definition, context, order, Amounts(goods=back), lines).worths
    return one.points


def placed(moment: str = "2026-03-01 12:00", goods: int = 100_000, **keys: object) -> OrderFacts:
    return msgspec.structs.replace(paid(goods), occurred_at=at(moment), **keys)


def counts(when: dict[str, object], order: OrderFacts) -> bool:
    """Does the condition hold?"""
    return worth(only(when), order) == 100


# --- the size of the order --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basket", "goods", "expected"),
    [
        ({"from": "1000 RUB"}, 100_000, 100),
        ({"from": "1000 RUB"}, 99_999, 0),
        ({"below": "1000 RUB"}, 99_999, 99),
        ({"below": "1000 RUB"}, 100_000, 0),
        ({"from": "500 RUB", "below": "1000 RUB"}, 50_000, 50),
        ({"from": "500 RUB", "below": "1000 RUB"}, 49_999, 0),
    ],
)
def test_a_basket_counts_from_one_amount_to_just_below_another(
    basket: dict[str, str], goods: int, expected: int
) -> None:
    assert expected == worth(only({"basket": basket}), paid(goods))


def test_after_a_refund_the_basket_is_what_is_left_unless_the_rule_keeps_it_in_proportion() -> None:
    recheck = only({"basket": {"from": "2000 RUB"}})
    proportional = only({"basket": {"from": "2000 RUB"}}, when_refunded_below="proportional")
    order = paid(240_000)
    assert (worth(recheck, order), worth(proportional, order)) == (240, 240)
    assert (worth(recheck, order, back=60_000), worth(proportional, order, back=60_000)) == (0, 180)


def test_the_basket_is_the_whole_order_and_min_order_the_goods_of_the_rule() -> None:
    lines = (LineFacts("1", categories=("coffee",), goods=40_000), LineFacts("2", goods=60_000))
    order = msgspec.structs.replace(paid(100_000), lines=lines)
    coffee = {"of": {"categories": ["coffee"]}}
    assert worth(only({"basket": {"from": "1000 RUB"}}, **coffee), order) == 40
    assert worth(only({"basket": {"from": "100 RUB"}}, min_order="500 RUB", **coffee), order) == 0


# --- bonus only for a required action: two units ----------------------------------------------------------------------


@pytest.mark.parametrize(("pieces", "expected"), [(1, 0), (2, 40), (3, 40)])
def test_a_bonus_for_two_units_needs_two_of_the_goods_that_the_rule_counts(pieces: int, expected: int) -> None:
    coffee = LineFacts("1", categories=("coffee",), quantity=pieces, goods=40_000)
    order = msgspec.structs.replace(paid(100_000), lines=(coffee, LineFacts("2", quantity=5, goods=60_000)))
    definition = only({"units": {"at_least": "2"}}, of={"categories": ["coffee"]})
    assert expected == worth(definition, order)


def test_two_units_of_one_kind_can_bring_points_for_the_whole_order() -> None:
    coffee = LineFacts("1", categories=("coffee",), quantity=2, goods=40_000)
    order = msgspec.structs.replace(paid(100_000), lines=(coffee, LineFacts("2", goods=60_000)))
    when: dict[str, object] = {"units": {"at_least": "2", "of": {"categories": ["coffee"]}}}
    assert worth(only(when), order) == 100
    back = {"1": LineBack(1, 20_000)}
    assert worth(only(when), order, 20_000, back) == 0
    assert worth(only(when, when_refunded_below="proportional"), order, 20_000, back) == 80


def test_a_gift_is_no_unit_and_goods_that_nobody_tells_are_none() -> None:
    gift = LineFacts("2", categories=("coffee",), goods=0)
    order = msgspec.structs.replace(paid(40_000), lines=(LineFacts("1", categories=("coffee",), goods=40_000), gift))
    assert worth(only({"units": {"at_least": "2"}}), order) == 0
    assert worth(only({"units": {"at_least": "1"}}), paid(40_000)) == 0


def test_a_rule_can_ask_for_goods_that_the_order_must_hold() -> None:
    order = msgspec.structs.replace(paid(100_000), lines=(LineFacts("1", brand="Clay", goods=10_000),))
    assert worth(only({"contains": {"brands": ["clay"]}}), order) == 100
    assert worth(only({"contains": {"brands": ["glass"]}}), order) == 0


# --- where and how ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        ("stores", "store"),
        ("terminals", "terminal"),
        ("channels", "channel"),
        ("payment_methods", "payment_method"),
        ("partners", "partner"),
    ],
)
def test_not_every_terminal_store_channel_way_to_pay_or_partner_takes_part(key: str, fact: str) -> None:
    def at_place(word: str) -> OrderFacts:
        return msgspec.structs.replace(placed(), **{fact: word})

    taking_part = [counts({key: ["T-1", "T-2"]}, at_place(word)) for word in ("T-1", "t-2", "T-3", "")]
    left_out = [counts({key: {"except": ["T-1", "T-2"]}}, at_place(word)) for word in ("T-1", "t-2", "T-3", "")]
    assert (taking_part, left_out) == ([True, True, False, False], [False, False, True, True])


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-04-30 23:59:59.999", False),
        ("2026-05-01 00:00", True),
        ("2026-05-31 23:59:59.999", True),
        ("2026-06-01 00:00", False),
    ],
)
def test_temporarily_raised_points_count_from_the_first_day_through_the_last(moment: str, expected: bool) -> None:
    assert expected == counts({"from": "2026-05-01", "until": "2026-05-31"}, placed(moment))


def test_the_day_is_that_of_the_program_and_not_of_the_server() -> None:
    january: dict[str, object] = {"until": "2026-01-31"}
    assert counts(january, placed("2026-01-31 23:50"))
    assert not counts(january, placed("2026-02-01 01:30"))  # still 31 January in UTC


@pytest.mark.parametrize(("day", "expected"), [("2026-03-06", False), ("2026-03-07", True), ("2026-03-08", True)])
def test_bonus_days_of_the_week(day: str, expected: bool) -> None:
    assert expected == counts({"weekdays": ["saturday", "sunday"]}, placed(f"{day} 12:00"))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("16:59:59.999", False),
        ("17:00", True),
        ("18:59:59.999", True),
        ("19:00", False),
    ],
)
def test_happy_hours_begin_on_the_minute_and_end_just_before_the_other(moment: str, expected: bool) -> None:
    assert expected == counts({"hours": "17:00-19:00"}, placed(f"2026-03-01 {moment}"))


@pytest.mark.parametrize(
    ("moment", "expected"), [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("02:00", False)]
)
def test_hours_can_go_over_midnight(moment: str, expected: bool) -> None:
    assert expected == counts({"hours": ["09:00-10:00", "22:00-02:00"]}, placed(f"2026-03-01 {moment}"))


def test_hours_can_end_with_the_day() -> None:
    until_midnight = {"hours": "22:00-24:00"}
    assert counts(until_midnight, placed("2026-03-01 23:59:59.999"))
    assert not counts(until_midnight, placed("2026-03-02 00:00"))


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-02-01", True), ("2026-02-15", False), ("2026-02-28", True), ("2028-02-28", False), ("2028-02-29", True)],
)
def test_chosen_days_of_the_month(day: str, expected: bool) -> None:
    assert expected == counts({"days_of_month": ["1", "last"]}, placed(f"{day} 12:00"))


def test_all_conditions_must_hold() -> None:
    when: dict[str, object] = {"weekdays": ["sunday"], "channels": ["web"]}
    held = [
        counts(when, msgspec.structs.replace(placed(moment), channel=channel))
        for moment in ("2026-03-01 12:00", "2026-03-02 12:00")
        for channel in ("web", "pos")
    ]
    assert held == [True, False, False, False]


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "path", "message"),
    [
        ({}, "", "a block of conditions"),
        ({"weekday": ["sunday"]}, ".weekday", 'Did you mean "weekdays"?'),
        ({"weekdays": ["sun"]}, ".weekdays[0]", 'Did you mean "sunday"?'),
        ({"weekdays": []}, ".weekdays", "a list of weekdays"),
        ({"hours": "5pm"}, ".hours", "hours such as 17:00-19:00"),
        ({"hours": "17:00-17:00"}, ".hours", "hours such as 17:00-19:00"),
        ({"hours": "17:00-24:30"}, ".hours", "hours such as 17:00-19:00"),
        ({"days_of_month": ["32"]}, ".days_of_month[0]", "from 1 to 31, or last"),
        ({"from": "1 May"}, ".from", "a day such as 2026-05-31"),
        ({"from": "2026-05-31", "until": "2026-05-01"}, ".until", "before the first one"),
        ({"basket": {"from": "10 EUR"}}, ".basket.from", "RUB, the money of this program"),
        ({"basket": {"from": "10 RUB", "below": "10 RUB"}}, ".basket.below", "no amount"),
        ({"basket": {}}, ".basket", "amounts such as"),
        ({"units": {"at_least": "0"}}, ".units.at_least", "from 1 to 10000"),
        ({"units": {"of": {"brands": ["a"]}}}, ".units.at_least", "is missing"),
        ({"contains": {"brand": ["a"]}}, ".contains.brand", 'Did you mean "brands"?'),
        ({"contains": {}}, ".contains", "goods such as"),
        ({"contains": {"price": "low"}}, ".contains.price", "one of: promo, regular"),
        ({"stores": {}}, ".stores", "a list of stores"),
        ({"stores": {"not": ["a"]}}, ".stores.not", "expected except"),
        ({"stores": [str(number) for number in range(101)]}, ".stores", "at most 100 stores"),
        ({"hours": ["09:00-10:00"] * 13}, ".hours", "at most 12 spans"),
    ],
)
def test_a_condition_that_cannot_be_read_says_what_was_expected(
    when: dict[str, object], path: str, message: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        only(when)
    told = [finding for finding in refused.value.findings if finding.path == f"earn.rules[0].when{path}"]
    assert any(message in f"{finding.message} {finding.suggestion}" for finding in told), refused.value.findings
