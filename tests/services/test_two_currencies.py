"""Two kinds of points in one program, from the order to the card."""

from collections.abc import Callable

import pytest
from limit_till import PLAIN, Till
from stand_ins import DAY, NOON
from whole_house import ANNA, town

from chalicelib.errors import Refused
from chalicelib.events import Reference
from chalicelib.programs.lint import lint
from chalicelib.programs.reading import read

STARS = """  stars:
    names:
      en: {one: star, other: stars}
      ru: {one: звезда, few: звезды, many: звёзд, other: звезды}
    available: {after: 14 days}
    expires: {after: 6 months, at: end of month}

earn:
"""
TENTH = "    - {name: ten percent, give: 10% as stars, at_most: [30 stars per order, 40 stars per month]}\n"
TWO = PLAIN.replace("\nearn:\n", STARS).replace("    - {name: a review", TENTH + "    - {name: a review")


def till() -> Till:
    return Till(town(TWO))


def purses(shop: Till) -> dict[str, tuple[int, int]]:
    """(balance, on the way) by currency."""
    snap = shop.here.newest(shop.here.account(ANNA)).snap
    return {currency: (purse.balance, purse.pending) for currency, purse in snap.purses.items()}


def refusal(act: Callable[[], object]) -> str:
    """Why it is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.reason


def wrong(shop: Till) -> list[str]:
    shop.here.follow()
    return shop.here.violations()


def test_an_order_gives_both_in_one_entry_each_in_its_own_lot() -> None:
    shop = till()
    shop.tell("1", 200)
    assert purses(shop) == {"beans": (200, 0), "stars": (0, 20)}
    entries = shop.here.entries(shop.here.account(ANNA))
    assert [{leg.currency for leg in entry.legs} for entry in entries] == [{"beans", "stars"}]
    assert entries[0].rules == ("every euro", "ten percent")
    assert wrong(shop) == []


def test_a_refund_takes_back_both_and_a_limit_bounds_only_its_own() -> None:
    shop = till()
    shop.tell("1", 500)
    shop.tell("2", 500)
    assert purses(shop) == {"beans": (1_000, 0), "stars": (0, 40)}
    shop.tell("2", back={"r1": 250})
    assert purses(shop) == {"beans": (750, 0), "stars": (0, 40)}
    shop.tell("1", back={"r1": 500})
    shop.tell("2", back={"r2": 250})
    assert purses(shop) == {"beans": (0, 0), "stars": (0, 0)}
    assert wrong(shop) == []


def test_the_card_tells_the_balance_of_each() -> None:
    shop = till()
    link = shop.here.member(ANNA)
    shop.tell("1", 200)
    told = shop.here.facts(link)
    assert (told["points"], told["balances"]) == (
        200,
        {"beans": {"points": 200, "pending": 0}, "stars": {"points": 0, "pending": 20}},
    )


def test_each_is_used_from_its_own_purse_and_comes_back_there() -> None:
    shop = till()
    shop.tell("1", 200)
    shop.here.clock.forward(20 * DAY)
    desk, program, account = shop.here.house.redemptions, shop.here.program, shop.here.account(ANNA)
    desk.redeem(program, Reference("redemption/s1"), account, 15, currency="stars", actor="shop")
    desk.redeem(program, Reference("redemption/b1"), account, 50, currency="beans", actor="shop")
    assert purses(shop) == {"beans": (150, 0), "stars": (5, 0)}
    too_many = refusal(lambda: desk.redeem(program, Reference("r/2"), account, 6, currency="stars", actor="shop"))
    unknown = refusal(lambda: desk.redeem(program, Reference("r/3"), account, 6, currency="moons", actor="shop"))
    assert (too_many, unknown) == ("not_enough_points", "unknown_currency")
    desk.give_back(program, Reference("redemption/s1"), 15, actor="shop", grace_until=NOON)
    assert purses(shop) == {"beans": (150, 0), "stars": (20, 0)}
    shop.tell("1", back={"r1": 200})
    assert purses(shop) == {"beans": (-50, 0), "stars": (0, 0)}
    assert wrong(shop) == []


def test_the_program_of_this_test_is_one_that_could_be_published() -> None:
    found = lint(read(TWO, file="two.yaml"), file="two.yaml")
    assert [finding.message for finding in found if finding.weight == "error"] == []
