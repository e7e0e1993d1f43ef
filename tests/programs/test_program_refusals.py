"""Each no of this room names its rule, and the few facts that help: they are logged and counted by these names."""

import pytest
from program_factory import bean_street, paid, roubles

from chalicelib.errors import Broken, LoyaltyError, Malformed, Refused
from chalicelib.programs.pricing import frozen
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.redeeming import redeemable
from chalicelib.programs.values import Unclear, duration

FIRST = Version("a" * 64, roubles(), published_at=100, effective_at=100)
PROGRAM = Program("corner", (FIRST,))


def told(error: LoyaltyError) -> tuple[type[LoyaltyError], str, dict[str, object]]:
    return type(error), error.reason, dict(error.facts)


def test_a_version_nobody_published_is_named_with_its_program() -> None:
    with pytest.raises(Broken) as err:
        PROGRAM.version("c0ffee" * 10)
    expected = {"program": "corner", "version": "c0ffeec0ffee"}
    assert told(err.value) == (Broken, "unknown_program_version", expected)


def test_money_nobody_takes_is_named() -> None:
    with pytest.raises(Broken) as err:
        frozen(FIRST, paid(100, currency="SEK"), tier="", member_since=0, told_at=0)
    assert told(err.value) == (Broken, "money_is_not_taken", {"money": "SEK"})


def test_points_nobody_knows_are_named_as_far_as_a_log_can_hold_them() -> None:
    with pytest.raises(Refused) as err:
        redeemable(PROGRAM, "x" * 1000, 100)
    assert told(err.value) == (Refused, "unknown_currency", {"currency": "x" * 40})


def test_a_file_that_is_no_definition_is_named_with_the_number_of_its_mistakes() -> None:
    with pytest.raises(DefinitionError) as err:
        read("mode: [live\n", file="shop.yaml")
    assert isinstance(err.value, Malformed)
    assert (err.value.reason, err.value.facts) == ("definition_not_understood", {"file": "shop.yaml", "mistakes": 1})


def test_a_value_that_is_not_understood_says_what_was_expected() -> None:
    with pytest.raises(Unclear) as err:
        duration("soon")
    expected = "a length of time such as 14 days or 12 months"
    assert (err.value.reason, err.value.facts, err.value.expected, err.value.nearest) == (
        "unclear_value",
        {},
        expected,
        "",
    )


def test_a_currency_the_definition_does_not_have_is_a_key_error_with_its_name() -> None:
    with pytest.raises(KeyError, match="stars"):
        bean_street().currency("stars")
