"""Versions of a program: their names, and which one counts when."""

import hashlib

import pytest
from program_factory import BEAN_STREET, bean_street, roubles

from chalicelib.errors import Broken
from chalicelib.programs.program import ENGINE, Program, Version, sha_of

FIRST = Version("a" * 64, roubles(), published_at=100, effective_at=100)
SECOND = Version("b" * 64, roubles(guests={"keep": "9 days"}), published_at=150, effective_at=300)
PROGRAM = Program("corner", (FIRST, SECOND))


@pytest.mark.parametrize(("at", "expected"), [(0, FIRST), (100, FIRST), (299, FIRST), (300, SECOND), (999, SECOND)])
def test_a_version_counts_from_its_effective_time_until_the_next(at: int, expected: Version) -> None:
    assert expected == PROGRAM.in_force(at)


def test_the_latest_version_is_the_one_published_last_even_before_it_counts() -> None:
    assert PROGRAM.latest == SECOND


def test_a_version_never_counts_before_it_was_published() -> None:
    hasty = Version("c" * 64, roubles(), published_at=200, effective_at=0)
    program = Program("corner", (FIRST, hasty))
    assert (FIRST, hasty) == (program.in_force(199), program.in_force(200))
    assert [reign.since for reign in program.timeline.reigns] == [100, 200]


def test_of_two_versions_published_at_once_the_later_one_is_the_latest() -> None:
    twin = Version("d" * 64, roubles(), published_at=150, effective_at=300)
    assert twin == Program("corner", (FIRST, SECOND, twin)).latest


def test_a_version_is_found_by_its_name_and_by_the_first_16_digits() -> None:
    assert (PROGRAM.version("a" * 64), PROGRAM.version("b" * 16)) == (FIRST, SECOND)


@pytest.mark.parametrize("name", ["c" * 64, "a" * 15, "", "a" * 63])
def test_an_unknown_version_is_our_own_fault(name: str) -> None:
    with pytest.raises(Broken, match="unknown_program_version"):
        PROGRAM.version(name)


def test_the_timeline_has_a_reign_for_each_version() -> None:
    assert [(reign.since, reign.version) for reign in PROGRAM.timeline.reigns] == [(100, "a" * 64), (300, "b" * 64)]
    assert PROGRAM.timeline is PROGRAM.timeline


def test_a_version_is_named_by_its_text_and_the_engine() -> None:
    assert hashlib.sha256(f"{ENGINE}\n{BEAN_STREET}".encode()).hexdigest() == sha_of(BEAN_STREET)
    assert sha_of(BEAN_STREET) != sha_of(BEAN_STREET + " ")


def test_tier_rules_of_bean_street_are_those_of_its_contract() -> None:
    program = Program("bean-street", (Version("v", bean_street(), 0, 0),))
    rules = program.timeline.reigns[0].tiers
    assert rules is not None
    assert rules.metric == "beans earned"
    assert [(level.name, level.threshold) for level in rules.levels] == [("Bean", 0), ("Silver", 300), ("Gold", 1000)]
    assert rules.grace_until(12_345) == 12_345
