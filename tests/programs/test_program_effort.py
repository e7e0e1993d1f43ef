"""Deciding takes as much more work for each more rule: counted in calls, which are exact, not in time."""

import sys
from types import FrameType
from typing import Any

from bench.decide import decide, with_rules


def calls(rules: int) -> int:
    """How many functions are called to price an order by so many rules."""
    definition = with_rules(rules)
    decide(definition)  # what is worked out once and remembered is no part of it
    count = 0

    def counted(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        decide(definition)
    finally:
        sys.setprofile(before)
    return count


def test_each_more_rule_costs_as_much_as_the_one_before() -> None:
    ten, twenty, forty = (calls(rules) for rules in (10, 20, 40))
    assert forty - twenty == 2 * (twenty - ten)
