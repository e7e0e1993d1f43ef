"""Whether a program stays out of the red, and who is better off: in worked numbers."""

from fractions import Fraction

from history_desk import ALWAYS_USED, BEAN_STREET, replayed, sale

from chalicelib.programs.backtest.verdict import Verdict, compared, reach, verdict

TENTH = Fraction(1, 10)
HISTORY = [
    sale("2026-01-05", 1_000),
    sale("2026-01-06", 10, customer="boris"),
    sale("2026-02-05", 100, customer="boris"),
]
"""Anna: 1000 beans. Boris: 110 beans. One is worth 5 cents: all of them cost 55.50 EUR of 1110."""


def test_points_that_are_held_cost_as_much_as_those_that_were_used() -> None:
    held, used = verdict(replayed(HISTORY), TENTH), verdict(replayed(HISTORY, model=ALWAYS_USED), TENTH)
    assert (held.used, held.open, held.sales) == (0, 5_550, 111_000)
    assert used.used == 0  # ten beans are fewer than the program asks for
    more = verdict(replayed([*HISTORY, sale("2026-03-05", 100, customer="boris")], model=ALWAYS_USED), TENTH)
    # Boris pays 5.50 EUR of his last 100 with 110 beans, and earns 94.
    assert (more.used, more.open) == (550, 5_000 + 94 * 5)


def test_a_program_is_in_the_red_when_points_cost_more_than_the_margin() -> None:
    replay = replayed(HISTORY)
    good, bad = verdict(replay, TENTH), verdict(replay, Fraction(4, 100))
    assert (good.left, bad.left) == (11_100 - 5_550, 4_440 - 5_550)
    assert (good.share_of_sales, good.share_of_margin) == (Fraction(5, 100), Fraction(1, 2))


def test_more_sales_pay_for_the_program() -> None:
    """With half of the margin gone, twice the sales bring as much as no program would have."""
    replay = replayed(HISTORY)
    assert (verdict(replay, TENTH).more_sales, verdict(replay, Fraction(5, 100)).more_sales) == (1, None)


def test_without_a_margin_only_the_least_one_is_known() -> None:
    found = verdict(replayed(HISTORY), None)
    assert (found.left, found.share_of_margin, found.share_of_sales) == (None, None, Fraction(5, 100))


def test_months_that_cost_more_than_they_bring_are_named() -> None:
    found = verdict(replayed(HISTORY), Fraction(5, 100))
    assert dict(found.months) == {"2026-01": 5_050 - 5_050, "2026-02": 500 - 500}
    assert verdict(replayed(HISTORY), Fraction(4, 100)).red_months == ("2026-01", "2026-02")


def test_no_sales_cost_nothing() -> None:
    assert Verdict(Fraction(0), Fraction(0), Fraction(0), TENTH).share_of_sales == 0


def test_the_first_reward_is_counted_by_how_long_it_takes() -> None:
    found = reach(replayed(HISTORY))
    assert (found.members, found.reached, found.days, found.orders) == (2, 2, 15, Fraction(3, 2))
    assert found.within == {7: 1, 30: 1, 90: 0, 180: 0, 365: 0}


def test_members_gain_and_lose_by_what_their_points_are_worth() -> None:
    # Two beans for an order of 100 EUR and more, none below: Anna gains 1000 beans, Boris loses 10 and gains 100.
    other = BEAN_STREET.replace("give: 1 bean per 1 EUR", "give: 2 beans per 1 EUR, min_order: 500 EUR")
    found = compared(replayed(HISTORY), replayed(HISTORY, other))
    assert (found.whole.gain, found.whole.lose, found.whole.same) == (1, 1, 0)
    assert (found.whole.gained, found.whole.lost) == (5_000, 550)
    assert (found.best, found.worst, found.points) == (5_000, -550, (1_110, 2_000))
    groups = [(group.least, group.gain, group.lose) for group in found.groups]
    assert groups == [(1, 1, 0), (2, 0, 1), (6, 0, 0), (21, 0, 0)]


def test_a_program_against_itself_moves_nobody() -> None:
    found = compared(replayed(HISTORY), replayed(HISTORY))
    assert (found.whole.same, found.best, found.worst) == (2, 0, 0)
    assert all(here == there for here, there in found.levels)
