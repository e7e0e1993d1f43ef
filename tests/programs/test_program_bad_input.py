"""Whatever a file holds, its author gets findings, never a crash; and whatever is accepted can be used everywhere."""

import copy

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from program_factory import BEAN_STREET, paid, pricing

from chalicelib.events import Amounts
from chalicelib.programs.lint import lint
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.texts import explain_text, terms

Path = tuple[str | int, ...]


def paths(value: object, so_far: Path = ()) -> list[Path]:
    """Every place in a tree of blocks and lists."""
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [so_far] if so_far else []
    for key, below in keys:
        found += paths(below, (*so_far, key))
    return found


SHOP = yaml.safe_load(BEAN_STREET)
PATHS = paths(SHOP)
WORDS = some.sampled_from(
    [
        "1 bean per 3 EUR",
        "5% as beans",
        "20 beans",
        "never",
        "lifetime",
        "money spent",
        "1000 years",
        "100 years",
        "0 days",
        "end of membership year",
        "delivery",
        "JPY",
        "0.01 JPY",
        "99999999 beans",
        "ignore",
        "UTC",
        "Pacific/Apia",
        "fr",
        "½",
        "٣ days",
        "1e9",
        "null",
        "~",
        "'",
        "#",
    ]
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | WORDS | some.text(max_size=8),
    lambda below: some.lists(below, max_size=3) | some.dictionaries(WORDS | some.text(max_size=8), below, max_size=3),
    max_leaves=5,
)


def use(text: str) -> None:
    definition = read(text, file="x.yaml")
    lint(definition, file="x.yaml")
    for language in ("en", "ru", "de"):
        assert terms(definition, language)
        assert explain_text(definition, language)
    order = paid(123_456, currency=definition.money, tax=10_000, points_paid=1_000)
    target = price(definition, pricing("Gold"), order, Amounts(goods=50_000))
    assert all(worth.points >= 0 for worth in target.worths)
    assert Program(definition.program, (Version("v", definition, 0, 0),)).timeline.reigns


def refusal(text: str) -> DefinitionError | None:
    """What is said against a definition; None when it can be used everywhere."""
    try:
        use(text)
    except DefinitionError as refused:
        return refused
    return None


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.sampled_from(PATHS), VALUES)
@example(("time_zone",), "Europe")
@example(("languages",), ["en", "en"])
@example(("earn", "rules", 0, "give"), "1 bean per 999999999999 EUR")
@example(("earn", "rules", 0, "give"), "1 beans per ")
@example(("currencies", "beans", "expires"), {"after": "100 years", "at": "end of year"})
@example(("currencies", "beans", "available"), {"after": "100 years", "at": "end of half-year", "from": "delivery"})
@example(("tiers", "window"), {"rolling": "100 years", "grain": "day"})
@example(("tiers", "downgrade"), {"grace": "100 years"})
def test_a_definition_with_anything_anywhere_is_read_or_refused_with_findings(path: Path, value: object) -> None:
    shop = copy.deepcopy(SHOP)
    block = shop
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = value
    refused = refusal(yaml.safe_dump(shop, allow_unicode=True))
    assert refused is None or refused.findings


@settings(deadline=None)
@given(some.text(max_size=200))
def test_any_text_at_all_is_refused_with_findings(text: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(text, file="x.yaml")
    assert refused.value.findings


@settings(deadline=None)
@given(some.integers(0, len(BEAN_STREET) - 1), some.text(max_size=3))
def test_a_slip_of_the_hand_anywhere_is_read_or_refused_with_findings(place: int, slip: str) -> None:
    refused = refusal(BEAN_STREET[:place] + slip + BEAN_STREET[place + 1 :])
    assert refused is None or str(refused).startswith("x.yaml:")
