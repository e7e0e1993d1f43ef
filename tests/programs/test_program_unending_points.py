"""Levels on which points do not end: those that are earned there, or all of them as long as the level is held."""

from program_factory import points, roubles
from tier_shopper import Shopper

from chalicelib.ledger.journal import NEVER

BASE = {"name": "Base", "from": 0}


def endless(expires: dict[str, str], window: object) -> Shopper:
    """Buys for Gold, on which points have no end, on 1 March 2026, and once more two days later."""
    definition = roubles(
        currencies={"points": points(expires=expires)},
        tiers={
            "measure": "money spent",
            "window": window,
            "levels": [BASE, {"name": "Gold", "from": "1000 RUB", "points": "never expire"}],
        },
    )
    member = Shopper(definition)
    member.buys(1_000, "2026-03-01 12:00")
    assert member.snap("2026-03-02 00:00").purse("points").cells[0].ends < NEVER
    member.buys(1_000, "2026-03-03 12:00")
    return member


def test_points_that_are_earned_on_a_level_can_have_no_end() -> None:
    member = endless({"after": "6 months"}, "lifetime")
    assert [cell.ends == NEVER for cell in member.snap("2026-03-04 00:00").purse("points").cells] == [False, True]


def test_no_points_end_by_inactivity_as_long_as_a_level_is_held_that_forbids_it() -> None:
    there = endless({"without": "activity", "after": "6 months"}, "lifetime").snap("2029-01-01 00:00").purse("points")
    assert (there.spendable, there.expired) == (there.issued, 0)


def test_once_such_a_level_is_lost_points_end_by_inactivity_again() -> None:
    member = endless({"without": "activity", "after": "6 months"}, {"rolling": "12 months", "grain": "day"})
    lost = member.snap("2027-03-04 00:00")
    assert (lost.tier.level, lost.purse("points").expired) == ("Base", 0)
    assert member.snap("2027-09-05 00:00").purse("points").spendable == 0
    assert not member.wrong()
