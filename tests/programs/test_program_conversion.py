"""Orders in other money than the program's: at the rate of their day, frozen when they are first seen."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from program_factory import at, paid, roubles, rule

from chalicelib.errors import Broken
from chalicelib.events import Amounts, OrderFacts
from chalicelib.programs.conversion import Exchange, exchange
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.pricing import frozen, price
from chalicelib.programs.program import Version
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import explain_text, terms

RATES = [{"from": "2026-01-01", "rate": "100.00 RUB"}, {"from": "2026-04-01", "rate": "90 RUB"}]
MARCH, APRIL = at("2026-03-01 12:00"), at("2026-04-20 12:00")


def shop(takes: object = None, **blocks: object) -> Definition:
    return roubles(takes={"EUR": RATES} if takes is None else takes, **blocks)


def worth(definition: Definition, facts: OrderFacts, returned: Amounts | None = None) -> int:
    version = Version("v1", definition, 0, 0)
    (only,) = price(
        definition, frozen(version, facts, tier="", member_since=0, told_at=0), facts, returned or Amounts()
    ).worths
    return only.points


def test_45_20_euros_at_100_roubles_are_4520_roubles_and_five_percent_are_226() -> None:
    assert worth(shop(), paid(4_520, currency="EUR")) == 226


def test_a_refund_when_the_rate_is_90_still_takes_back_226() -> None:
    facts = paid(4_520, currency="EUR")
    context = frozen(Version("v1", shop(), 0, 0), facts, tier="", member_since=0, told_at=0)
    later = msgspec.structs.replace(facts, changed_at=APRIL)
    kept = price(shop(), context, later, Amounts()).worths[0].points
    left = price(shop(), context, later, Amounts(goods=4_520)).worths[0].points
    assert (context.money, context.rate, kept, left) == ("EUR", "100", 226, 0)


@pytest.mark.parametrize(
    ("when", "rate"),
    [
        ("2025-12-31 23:59", None),
        ("2026-01-01 00:00", "100"),
        ("2026-03-31 23:59", "100"),
        ("2026-04-01 00:00", "90"),
        ("2030-01-01 00:00", "90"),
    ],
)
def test_the_newest_rate_that_is_not_later_than_the_local_day_counts(when: str, rate: str | None) -> None:
    assert exchange(shop(), "EUR", at(when)) == (Exchange("EUR", rate) if rate else None)


def test_the_programs_own_money_needs_no_rate_and_unknown_money_has_none() -> None:
    assert (exchange(shop(), "RUB", 0), exchange(shop(), "SEK", MARCH)) == (Exchange(), None)
    with pytest.raises(Broken, match="money_is_not_taken"):
        worth(shop(), paid(100, currency="SEK"))


@pytest.mark.parametrize(
    ("money", "rate", "minor_units", "expected"),
    [
        ("JPY", "0.62 RUB", 10_000, 310),  # 10,000 yen = 6,200 roubles
        ("KWD", "250 RUB", 4_000, 50),  # 4.000 dinars = 1,000 roubles
        ("VND", "0.0035 RUB", 1_000_000, 175),
        ("IDR", "0.000000001 RUB", 10**12, 0),
    ],
)
def test_each_money_has_its_own_minor_unit(money: str, rate: str, minor_units: int, expected: int) -> None:
    definition = shop({money: [{"from": "2026-01-01", "rate": rate}]})
    assert worth(definition, paid(minor_units, currency=money)) == expected


def test_the_rate_is_an_exact_fraction_and_rounding_comes_once_at_the_end() -> None:
    definition = shop({"SEK": [{"from": "2026-01-01", "rate": "8.71 RUB"}]})
    facts = paid(333, currency="SEK")
    context = frozen(Version("v1", definition, 0, 0), facts, tier="", member_since=0, told_at=0)
    assert Fraction(context.rate) == Fraction("8.71")
    thirds = [price(definition, context, facts, Amounts(goods=back)).worths[0].points for back in (0, 111, 222, 333)]
    assert thirds == [1, 0, 0, 0]


def test_the_least_order_and_the_money_spent_follow_the_frozen_rate() -> None:
    levels = [{"name": "Base", "from": "0 RUB"}, {"name": "Top", "from": "9000 RUB"}]
    levels = [{"name": "Base", "from": 0}, levels[1]]
    tiers: dict[str, Any] = {"measure": "money spent", "window": "lifetime", "levels": levels, "downgrade": "at once"}
    definition = shop(earn=rule("5% as points", min_order="4000 RUB"), tiers=tiers)
    facts = paid(4_520, currency="EUR")
    context = frozen(Version("v1", definition, 0, 0), facts, tier="", member_since=0, told_at=0)
    whole = price(definition, context, facts, Amounts())
    less = price(definition, context, facts, Amounts(goods=600))
    assert ([whole.worths[0].points, whole.rolling[0].points]) == [226, 452_000]
    assert ([less.worths[0].points, less.rolling[0].points]) == [0, 392_000]


def test_an_order_that_changes_its_money_is_worth_nothing_in_the_new_one() -> None:
    facts = paid(4_520, currency="EUR")
    context = frozen(Version("v1", shop(), 0, 0), facts, tier="", member_since=0, told_at=0)
    changed = msgspec.structs.replace(facts, currency="RUB")
    assert price(shop(), context, changed, Amounts()).worths[0].points == 0


# --- reading, lint, texts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("takes", "says"),
    [
        ({"EUR": [{"from": "2026-01-01", "rate": "0 RUB"}]}, "expected money above zero"),
        ({"EUR": [{"from": "2026-01-01", "rate": "-1 RUB"}]}, "expected money above zero"),
        ({"EUR": [{"from": "2026-01-01", "rate": "0.0871 SEK"}]}, "expected RUB, the money of this program"),
        ({"EUR": [{"from": "1 January", "rate": "90 RUB"}]}, "expected a day such as 2026-01-01"),
        ({"EUR": [{"from": "20260101", "rate": "90 RUB"}]}, "expected a day such as 2026-01-01"),
        ({"EUR": [{"rate": "90 RUB"}]}, 'the key "from" is missing'),
        ({"EUR": []}, "expected a list of rates"),
        ({"EUR": "90 RUB"}, "expected a list of rates"),
        ({"RUB": [{"from": "2026-01-01", "rate": "1 RUB"}]}, "expected money other than RUB"),
        ({"EURO": [{"from": "2026-01-01", "rate": "90 RUB"}]}, "expected a code of money"),
        ({}, "expected 1 to 20 kinds of money"),
    ],
)
def test_rates_that_cannot_be_are_refused(takes: object, says: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        shop(takes)
    (finding,) = caught.value.findings
    assert says in finding.message


@pytest.mark.parametrize("days", [["2026-01-01", "2026-01-01"], ["2026-02-01", "2026-01-01"]])
def test_a_day_has_one_rate(days: list[str]) -> None:
    definition = shop({"EUR": [{"from": day, "rate": "90 RUB"} for day in days]})
    assert [finding.path for finding in lint(definition, file="corner.yaml")] == ["takes.EUR[1].from"]


def spaced(text: str) -> str:
    """With plain spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_the_terms_tell_the_last_rate_and_the_owner_reads_all_of_them() -> None:
    told = spaced(" ".join(terms(shop(), "en")[0].sentences))
    assert "Everything is counted in this money: Russian Ruble." in told
    assert "From April 1, 2026: €1 = RUB 90." in told
    assert "January 1" not in told
    assert "From January 1, 2026: €1 = RUB 100." in spaced(explain_text(shop(), "en"))
    assert "С 1 апреля 2026 г.: 1 € = 90 ₽." in spaced(explain_text(shop(), "ru"))
