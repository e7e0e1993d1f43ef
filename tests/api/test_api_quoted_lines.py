"""A quote knows what is in the basket, and where it is bought."""

import pytest
from api_store import Store
from whole_house import DEFINITION, town

import app as front

RULE = "    - {name: every euro, give: 1 bean per 1 EUR, rounding: {down: per order}}\n"
BY_GOODS = """    - name: coffee
      give: 10 beans per 1 EUR
      of: {categories: [coffee]}
      when: {terminals: {except: [T-9]}}
    - {name: the rest, give: 1 bean per 1 EUR, except: {categories: [coffee]}}
"""


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> Store:
    assert RULE in DEFINITION
    here = town(DEFINITION.replace(RULE, BY_GOODS))
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)


def test_a_quote_counts_goods_by_their_lines_and_the_till_they_are_bought_at(till: Store) -> None:
    lines = [{"goods": 1_000, "categories": ["Coffee"], "quantity": 2}, {"goods": 500, "sku": "CUP-1"}]
    order = {"goods": 1_500, "currency": "EUR", "lines": lines}
    rules = till.told("POST", "/quotes", {"order": order})["rules"]
    assert rules == [
        {"rule": "coffee", "currency": "beans", "points": 100, "lines": {"0": 100}},
        {"rule": "the rest", "currency": "beans", "points": 5, "lines": {"1": 5}},
    ]
    elsewhere = till.told("POST", "/quotes", {"order": {**order, "terminal": "T-9"}})
    assert elsewhere["points"] == {"beans": 5}


def test_a_quote_refuses_a_line_that_it_does_not_understand(till: Store) -> None:
    order = {"goods": 1_500, "currency": "EUR", "lines": [{"goods": 1_000, "category": "coffee"}]}
    status, _, _ = till.refused("POST", "/quotes", {"order": order})
    assert status == 400
