"""The whole way of a till that tells its orders itself, line by line."""

import itertools
from typing import Any

from standard_desk import SECRET
from whole_house import ANNA, DEFINITION, PROGRAM, Town, town

from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.laptop.standard_sender import StandardSender

RULE = "    - {name: every euro, give: 1 bean per 1 EUR, rounding: {down: per order}}\n"
AT_TILLS = """    - name: coffee
      give: 10 beans per 1 EUR
      of: {categories: [coffee]}
      when: {terminals: {except: [T-9]}, units: {at_least: 2}}
"""


def told(here: Town, seconds: int, **changes: Any) -> None:
    """A version of Anna's order, so many seconds later."""
    lines = [{"id": "1", "categories": ["Coffee"], "quantity": 2, "goods": 1000}, {"id": "2", "goods": 500}]
    order = {"id": "A-1", "status": "paid", "currency": "EUR", "goods": 1500, "lines": lines, "terminal": "T-7"}
    at = f"2026-01-02T12:00:{seconds:02d}Z"
    content = {
        "type": "order.updated",
        "timestamp": at,
        "data": {**order, "customer": {"email": ANNA.email}, **changes},
    }
    ids = itertools.count(seconds)
    signed = StandardSender(SECRET, clock=here.clock.now, new_id=lambda: next(ids)).sign(content)
    assert here.deliver(signed, connection="till") == Answer(204)


def till() -> Town:
    here = town(DEFINITION.replace(RULE, AT_TILLS))
    here.own.programs.connect(Connection(PROGRAM, "till", "standard", "earns", (SECRET,)))
    return here


def test_not_every_terminal_takes_part() -> None:
    here = till()
    told(here, 1)
    assert here.stored_balance(ANNA) == 100
    told(here, 2, terminal="T-9")
    assert here.stored_balance(ANNA) == 0
    told(here, 3)
    assert here.stored_balance(ANNA) == 100


def test_a_till_that_takes_one_of_two_pieces_back_takes_the_bonus_for_two_back() -> None:
    here = till()
    told(here, 1)
    told(here, 2, refunds=[{"id": "R", "goods": 500, "lines": [{"line": "1", "quantity": 1, "goods": 500}]}])
    assert here.stored_balance(ANNA) == 0
    told(here, 1)
    assert here.stored_balance(ANNA) == 0
