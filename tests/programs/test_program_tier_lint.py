"""Levels that can be read but should be mended, each as a real published program got it wrong."""

from typing import Any

import pytest
from program_factory import roubles

from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.reading import DefinitionError, read

BASE: dict[str, Any] = {"name": "Base", "from": 0}
CAPPED = {"rules": [{"name": "shopping", "give": "5% as points", "at_most": "100 points per month"}]}


def program(*levels: dict[str, Any], window: object = "lifetime", **keys: Any) -> Definition:
    blocks = {key: keys.pop(key) for key in ("earn", "redeem", "currencies") if key in keys}
    return roubles(tiers={"window": window, "levels": list(levels), **keys}, **blocks)


def found(definition: Definition) -> list[tuple[str, str]]:
    return [(finding.weight, finding.path) for finding in lint(definition, file="corner.yaml")]


def test_a_gap_below_the_first_level_as_at_sensual_brand_is_an_error() -> None:
    """Published: base "up to 5,000", bronze "50,000 to 70,000". Here a level goes on to the next; only a gap below the
    first one can be written."""
    bronze = {"name": "Bronze", "from": "50000 RUB"}
    assert found(program({"name": "Base", "from": "5000 RUB"}, bronze, measure="money spent")) == [
        ("error", "tiers.levels[0].from")
    ]
    assert found(program(BASE, bronze, measure="money spent")) == []


def test_two_shares_for_one_level_as_in_published_copies_cannot_be_written() -> None:
    text = "redeem:\n  pay: {min: 1 point, at_most: 20% of goods, at_most: 99% of goods}\n"
    with pytest.raises(DefinitionError, match="each key once"):
        read(text, file="corner.yaml")


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([{"name": "A", "from": "5 orders"}, {"name": "B", "from": "5 orders"}], [("error", "tiers.levels[2].from")]),
        ([{"name": "A", "from": "6 orders"}, {"name": "B", "from": "5 orders"}], [("error", "tiers.levels[2].from")]),
        (
            [
                {"name": "A", "from": {"any": ["9 RUB spent", "3 orders"]}},
                {"name": "B", "from": {"any": ["8 RUB spent", "2 orders"]}},
            ],
            [("error", "tiers.levels[2].from")],
        ),
        (
            [
                {"name": "A", "from": {"any": ["9 RUB spent", "3 orders"]}},
                {"name": "B", "from": {"any": ["10 RUB spent", "2 orders"]}},
            ],
            [],
        ),
        (
            [
                {"name": "A", "from": {"all": ["9 RUB spent", "3 orders"]}},
                {"name": "B", "from": "9 RUB spent"},
            ],
            [("error", "tiers.levels[2].from")],
        ),
        ([{"name": "A", "from": "5 orders"}, {"name": "B", "from": "by invitation"}], []),
        ([{"name": "A", "from": "9 RUB spent"}, {"name": "B", "from": "9 RUB spent ever"}], []),
    ],
)
def test_a_level_on_which_nobody_stays_is_an_error(
    levels: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    assert found(program(BASE, *levels)) == expected


@pytest.mark.parametrize(
    ("window", "start", "expected"),
    [
        ({"calendar": "month"}, "301 points earned", [("error", "tiers.levels[1].from")]),
        ({"calendar": "month"}, "300 points earned", []),
        ({"calendar": "quarter"}, "94 visits", [("error", "tiers.levels[1].from")]),
        ({"calendar": "quarter"}, "92 visits", []),
        ({"calendar": "month"}, "1000000 RUB spent", []),
    ],
)
def test_a_level_above_what_limits_or_days_allow_cannot_be_reached(
    window: object, start: str, expected: list[tuple[str, str]]
) -> None:
    assert found(program(BASE, {"name": "Top", "from": start}, window=window, earn=CAPPED)) == expected


def test_a_level_that_one_of_two_ways_leads_to_can_be_reached() -> None:
    top = {"name": "Top", "from": {"any": ["1000 points earned", "9 orders"]}}
    assert found(program(BASE, top, window={"calendar": "month"}, earn=CAPPED)) == []


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ({"points": "never expire"}, {}, [("error", "tiers.levels[2].points")]),
        ({}, {"points": "never expire"}, []),
        ({"limits": {"shopping": "300 points"}}, {}, [("error", "tiers.levels[2].limits")]),
        ({"limits": {"shopping": "300 points"}}, {"limits": {"shopping": "300 points"}}, []),
        ({"limits": {"shoping": "300 points"}}, {}, [("error", "tiers.levels[1].limits.shoping")]),
    ],
)
def test_benefits_that_fall_as_levels_rise_are_errors(
    low: dict[str, Any], high: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    first, second = {"name": "A", "from": "1 RUB spent", **low}, {"name": "B", "from": "2 RUB spent", **high}
    told = found(program(BASE, first, second, earn=CAPPED))
    assert [each for each in told if each[1] in dict(map(reversed, expected)) or expected == []] == expected


def test_a_share_payable_that_falls_as_levels_rise_is_an_error() -> None:
    pay = {"min": "1 point", "at_most": {"Base": "30% of goods", "Gold": "20% of goods"}}
    definition = program(BASE, {"name": "Gold", "from": "1 RUB spent"}, redeem={"pay": pay})
    assert ("error", "redeem.pay.at_most") in found(definition)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"window": {"from_entry": "12 months"}}, [("warning", "tiers")]),
        ({"window": {"from_entry": "12 months"}, "after_refund": "at once"}, []),
        ({"window": {"rolling": "12 months"}, "downgrade": "never"}, [("warning", "tiers")]),
        ({"window": {"rolling": "12 months"}}, []),
    ],
)
def test_a_level_that_an_order_sent_back_leaves_is_warned_of(
    keys: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found(program(BASE, {"name": "Gold", "from": "1 RUB spent"}, **keys)) == expected


def test_terms_to_hold_what_is_never_lost_are_an_error() -> None:
    gold = {"name": "Gold", "from": "9 RUB spent", "keep": {"from": "1 RUB spent", "in": "1 month"}}
    assert ("error", "tiers.levels[1].keep") in found(program(BASE, gold, after_refund="at once"))


@pytest.mark.parametrize(
    ("tiers", "path", "expected"),
    [
        ({"window": {"calendar": "decade"}}, "tiers.window.calendar", "month, quarter, half-year, year"),
        ({"window": {"calendar": "year", "valid": "through the next month"}}, "tiers.window.valid", "the next year"),
        ({"window": {"calendar": "year", "rolling": "1 year"}}, "tiers.window", "lifetime, or a block"),
        ({"window": {"previous": "month", "valid": "x"}}, "tiers.window.valid", "only a calendar period"),
        ({"window": {"calendar": "month", "grain": "day"}}, "tiers.window.grain", "only a length of time"),
        ({"downgrade": {"one_level_every": "0 days"}}, "tiers.downgrade.one_level_every", "above zero"),
        ({"downgrade": {}}, "tiers.downgrade", "at once, never"),
        ({"categories": ["tea"]}, "tiers.categories", 'no level asks for "categories used"'),
        ({"after_refund": "later"}, "tiers.after_refund", "at once, as downgrade"),
        ({"levels": [BASE, {"name": "A", "from": "2 categories used"}]}, "tiers.levels[1].from", "categories"),
        ({"levels": [BASE, {"name": "A", "from": {"any": ["3 orders"] * 5}}]}, "tiers.levels[1].from", "at most 4"),
        ({"levels": [BASE, {"name": "A", "from": {"any": ["3 oders"]}}]}, "tiers.levels[1].from.any[0]", "3 effective"),
        (
            {"levels": [BASE, {"name": "A", "from": "9 orders", "keep": {"from": "3 orders"}}]},
            "tiers.levels[1].keep",
            "what holds the level",
        ),
        (
            {"window": {"from_entry": "1 year"}, "downgrade": {"grace": "3 days"}},
            "tiers.downgrade.grace",
            "is judged when that is over",
        ),
        (
            {"levels": [BASE, {"name": "A", "from": "3 visits"}], "new_level_from": "the order that reaches it"},
            "tiers.new_level_from",
            "say the next order",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_path(tiers: dict[str, Any], path: str, expected: str) -> None:
    usual = {"window": "lifetime", "levels": [BASE, {"name": "A", "from": "3 orders"}]}
    with pytest.raises(DefinitionError) as refused:
        roubles(tiers={**usual, **tiers})
    (finding,) = refused.value.findings
    assert finding.path == path
    assert expected in finding.message
    assert finding.line > 1


def test_a_plain_number_needs_to_say_what_it_counts() -> None:
    with pytest.raises(DefinitionError, match='the key "measure" is missing: what is counted'):
        program(BASE, {"name": "A", "from": "300"})


def test_one_line_is_told_with_its_number_and_a_suggestion() -> None:
    definition = program(BASE, {"name": "A", "from": "6 orders"}, {"name": "B", "from": "5 orders"})
    (finding,) = lint(definition, file="corner.yaml")
    assert str(finding).startswith("corner.yaml:")
    assert finding.suggestion == "List the levels from low to high, each beginning above the one before."
    assert '"B"' in finding.message


def test_an_entry_of_many_measures_is_found_to_be_too_large() -> None:
    names = [f"category number {number}" for number in range(12)]
    definition = program(
        BASE, {"name": "A", "from": "2 categories used"}, window={"rolling": "5 years"}, categories=names
    )
    assert ("error", "currencies") in found(definition)
    small = program(BASE, {"name": "A", "from": "2 categories used"}, window={"calendar": "year"}, categories=names[:3])
    assert found(small) == []
