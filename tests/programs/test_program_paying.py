"""Points become money: at the till, paid out, and off a past order."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from program_factory import points, roubles

from chalicelib.errors import Refused
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.paying import Confirm, PayOff, PayOut, Purchase, Rate, Rates
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.redeeming import allowed, exchanged, paid, payable

LEVELS = {
    "measure": "money spent",
    "window": "lifetime",
    "levels": [{"name": "Start", "from": 0}, {"name": "Gold", "from": "1000 RUB"}],
}


def paying(**keys: object) -> Definition:
    return roubles(redeem={"pay": {"min": "10 points", **keys}}, tiers=LEVELS)


def no(definition: Definition, count: int, goods: Purchase | int) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refused) as err:
        allowed(definition, count, goods)
    return err.value.reason, dict(err.value.facts)


def wrong(**redeem: object) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as err:
        roubles(redeem=redeem)
    return [(finding.path, finding.message) for finding in err.value.findings]


def test_partial_payment_with_points_of_a_balance_of_657_pays_65_roubles_and_7_stay() -> None:
    """Worked number 3.5 c: 10 points are 1 rouble."""
    definition = paying(rate="10 points = 1 RUB")
    assert (payable(definition, 657, 100_000), paid(definition, 650, {})) == (650, 6_500)
    assert no(definition, 657, 100_000) == ("not_in_steps", {"asked": 657, "step": 10})
    allowed(definition, 650, 100_000)


def test_the_exchange_rate_in_steps_of_500_makes_one_voucher_of_650_points() -> None:
    """Worked number 3.5 e: 650 points, a step of 500: one, and 150 are carried."""
    definition = paying(rate="500 points = 500 RUB")
    assert (payable(definition, 650, 100_000), paid(definition, 650, {})) == (500, 50_000)


def test_a_step_may_be_larger_than_the_rates_own() -> None:
    definition = paying(rate="10 points = 1 RUB", step="100 points")
    assert payable(definition, 657, 100_000) == 600
    assert no(definition, 650, 100_000) == ("not_in_steps", {"asked": 650, "step": 100})


def test_without_a_rate_points_pay_what_they_are_worth() -> None:
    definition = paying()
    assert (payable(definition, 657, 100_000), paid(definition, 657, {})) == (657, 65_700)


def test_points_work_only_above_an_amount_of_the_order() -> None:
    definition = paying(min_order="50 RUB")
    assert no(definition, 10, 4_999) == ("order_too_small", {"goods": 4_999, "least": 5_000})
    assert payable(definition, 10, 4_999) == 0
    allowed(definition, 10, 5_000)


def test_a_rouble_is_left_to_be_paid_in_money() -> None:
    definition = paying(leave="1 RUB")
    assert payable(definition, 1_000, 10_000) == 99
    assert no(definition, 100, 10_000)[0] == "more_than_the_share"
    assert payable(definition, 1_000, 100) == 0


def test_the_largest_share_is_by_level() -> None:
    definition = paying(at_most={"Start": "10% of goods", "Gold": "30% of goods"})
    shares = [payable(definition, 1_000, Purchase(100_000, level=level)) for level in ("Start", "Gold", "")]
    assert shares == [100, 300, 100]
    assert no(definition, 101, Purchase(100_000, level="Start"))[1]["most"] == 100


def test_points_do_not_pay_for_excluded_goods() -> None:
    definition = paying(not_for=["Alcohol", "tobacco"], at_most="50% of goods")
    purchase = Purchase(100_000, by_category={"alcohol": 30_000, "bread": 1_000})
    assert payable(definition, 1_000, purchase) == 350
    assert no(definition, 351, purchase)[1]["most"] == 350
    assert no(definition, 10, 100_000) == ("categories_needed", {"not_for": "alcohol, tobacco"})


def test_a_pin_or_an_employee_confirms_above_an_amount() -> None:
    definition = paying(confirm={"pin": "always", "employee": "above 100 RUB"})
    asked = Purchase(100_000, confirmed=frozenset({"pin"}))
    assert definition.pay is not None
    assert definition.pay.confirm == (Confirm("pin"), Confirm("employee", 10_000))
    assert no(definition, 10, 100_000) == ("confirmation_needed", {"how": "pin", "above": 0})
    allowed(definition, 100, asked)
    assert no(definition, 101, asked) == ("confirmation_needed", {"how": "employee", "above": 10_000})
    allowed(definition, 101, msgspec.structs.replace(asked, confirmed=frozenset({"pin", "employee"})))


def test_the_exchange_rate_of_points_depends_on_the_average_balance() -> None:
    """As at Gazprombank: from 1 500 points, the rate by the average balance."""
    steps = [{"from": 10_000, "rate": "10 points = 5 RUB"}, {"from": 50_000, "rate": "10 points = 10 RUB"}]
    definition = roubles(redeem={"money": {"min": "1500 points", "rate": {"by": "average_balance", "steps": steps}}})
    change = definition.pay_out
    assert change is not None
    assert change == PayOut(
        "points", Rates("average_balance", ((10_000, Rate(10, 500)), (50_000, Rate(10, 1_000)))), 1_500
    )
    known = [{"average_balance": balance} for balance in (10_000, 49_999, 50_000)]
    assert [exchanged(change, 1_500, each) for each in known] == [75_000, 75_000, 150_000]
    for asked, attributes, why in (
        (1_490, known[0], "below_minimum"),
        (1_501, known[0], "not_in_steps"),
        (1_500, {"average_balance": 9_999}, "rate_not_known"),
        (1_500, {}, "rate_not_known"),
    ):
        with pytest.raises(Refused) as err:
            exchanged(change, asked, attributes)
        assert err.value.reason == why


@pytest.mark.parametrize("start", [0, "0 RUB", "0.00 RUB"])
def test_the_first_step_of_a_rate_may_begin_at_nothing_with_and_without_its_money(start: object) -> None:
    steps = [{"from": start, "rate": "10 points = 5 RUB"}, {"from": "500 RUB", "rate": "10 points = 10 RUB"}]
    definition = roubles(redeem={"money": {"min": "10 points", "rate": {"by": "average_balance", "steps": steps}}})
    rates = Rates("average_balance", ((0, Rate(10, 500)), (50_000, Rate(10, 1_000))), is_money=True)
    assert definition.pay_out == PayOut("points", rates, 10)


def test_a_first_step_of_no_money_counts_in_the_money_of_the_program() -> None:
    steps = [{"from": "0 EUR", "rate": "10 points = 5 RUB"}]
    with pytest.raises(DefinitionError) as err:
        roubles(redeem={"money": {"min": "10 points", "rate": {"by": "average_balance", "steps": steps}}})
    assert [(finding.path, finding.message) for finding in err.value.findings] == [
        ("redeem.money.rate.steps[0].from", 'expected RUB, the money of this program, found "0 EUR"')
    ]


def test_points_pay_down_a_past_order() -> None:
    block = {"min": "100 points", "rate": "1 point = 1 RUB", "within": "90 days", "min_order": "1500 RUB"}
    definition = roubles(redeem={"past_order": block})
    assert definition.pay_off == PayOff("points", Rate(1, 100), Duration(90, "day"), 100, 150_000)
    assert exchanged(definition.pay_off, 250, {}) == 25_000


@pytest.mark.parametrize(
    ("redeem", "path", "expected"),
    [
        ({}, "redeem", "how points are used"),
        ({"pay": {"min": "5 points", "rate": "10 points for 1 RUB"}}, "redeem.pay.rate", "a rate such as"),
        ({"pay": {"min": "5 points", "rate": "10 points = 1 EUR"}}, "redeem.pay.rate", "RUB, the money"),
        (
            {"pay": {"min": "5 points", "rate": "10 points = 1 RUB", "step": "15 points"}},
            "redeem.pay.step",
            "steps of 10",
        ),
        ({"pay": {"min": "5 points", "at_most": {"Gold": "120% of goods"}}}, "redeem.pay.at_most.Gold", "50% of goods"),
        ({"pay": {"min": "5 points", "confirm": "fingerprint"}}, "redeem.pay.confirm", "one of: pin, employee"),
        ({"pay": {"min": "5 points", "confirm": {"pin": "below 5 RUB"}}}, "redeem.pay.confirm.pin", "always"),
        ({"money": {"min": "5 points"}}, "redeem.money.rate", "is missing"),
        (
            {
                "money": {
                    "min": "5 points",
                    "rate": {"by": "Balance!", "steps": [{"from": 0, "rate": "1 point = 1 RUB"}]},
                }
            },
            "redeem.money.rate.by",
            "small letters",
        ),
        (
            {"past_order": {"min": "5 points", "rate": "1 point = 1 RUB", "within": "0 days"}},
            "redeem.past_order.within",
            "above zero",
        ),
        ({"pay": {"min": "5 points", "leave_over": "1 RUB"}}, "redeem.pay.leave_over", "not known here"),
    ],
)
def test_a_mistake_in_the_block_is_told_with_its_path(redeem: dict[str, object], path: str, expected: str) -> None:
    found = wrong(**redeem)
    assert [(where, expected in message) for where, message in found] == [(path, True)]


def test_what_was_said_before_means_what_it_meant() -> None:
    definition = roubles(
        redeem={"pay": {"min": "5 points", "at_most": "50% of goods"}}, currencies={"points": points()}
    )
    assert definition.pay is not None
    assert (definition.pay.at_most, definition.pay.step, definition.pay.rate) == (Fraction(1, 2), 1, None)
