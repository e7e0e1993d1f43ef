"""What a replay does with sales and returns, in worked numbers. Bean Street gives one bean for each euro."""

from fractions import Fraction

from history_desk import ALWAYS_USED, BEAN_STREET, NEVER_USED, at, back, replayed, sale

from chalicelib.events import Amounts
from chalicelib.programs.backtest.model import Model
from chalicelib.programs.backtest.replay import Replay

SHORT = BEAN_STREET.replace("{after: 12 months, at: end of month}", "{after: 2 months, at: end of month}")
PENDING = BEAN_STREET.replace("available: at once", "available: {after: 14 days}")


def beans(replay: Replay, customer: str = "anna") -> int:
    """What the customer is shown."""
    snap = replay.snapshot(customer)
    return 0 if snap is None else snap.purse("beans").balance


def test_a_member_earns_by_the_rules_of_the_program() -> None:
    replay = replayed([sale("2026-01-05", 45), sale("2026-02-05", 55)])
    assert beans(replay) == 100
    assert [month.points["beans"].issued for month in replay.months] == [45, 55]


def test_guests_earn_nothing_and_are_never_one_member() -> None:
    replay = replayed([sale("2026-01-05", 45, customer=None), sale("2026-01-06", 55, customer=None)])
    assert (replay.members, replay.books.guest_orders, replay.books.guest_sales) == (0, 2, 10_000)
    assert replay.months[0].points["beans"].issued == 0


def test_a_return_takes_from_the_latest_earlier_orders_newest_first() -> None:
    replay = replayed([sale("2026-01-05", 30), sale("2026-01-06", 20), back("2026-01-07", 25), sale("2026-01-08", 10)])
    assert beans(replay) == 35
    assert replay.books.returns == 2_500
    again = replayed([sale("2026-01-05", 30), sale("2026-01-06", 20), back("2026-01-07", 25), back("2026-01-08", 25)])
    assert (beans(again), again.books.unmatched) == (0, 0)


def test_a_return_that_names_its_order_takes_from_that_one() -> None:
    first, second = sale("2026-01-05", 30, order="1001"), sale("2026-02-06", 20, order="1002")
    replay = replayed([first, second, back("2026-02-07", 50, order="1001")])
    assert (beans(replay), replay.books.unmatched_money) == (20, 2_000)


def test_what_goes_back_beyond_anything_bought_is_counted() -> None:
    replay = replayed([sale("2026-01-05", 30), back("2026-01-06", 40), back("2026-01-07", 5, customer="boris")])
    assert (replay.books.unmatched, replay.books.unmatched_money, replay.books.returns) == (2, 1_500, 3_000)


def test_points_expire_in_the_month_that_ends_with_them() -> None:
    replay = replayed([sale("2026-01-05", 45), sale("2026-06-05", 1)], SHORT)
    assert {month.name: month.points["beans"].expired for month in replay.months} == {
        "2026-01": 0,
        "2026-02": 0,
        "2026-03": 45,
        "2026-04": 0,
        "2026-05": 0,
        "2026-06": 0,
    }
    assert [month.held.get("beans", 0) for month in replay.months] == [45, 45, 0, 0, 0, 1]


def test_a_month_without_orders_is_told_too() -> None:
    replay = replayed([sale("2025-11-05", 45), sale("2026-02-05", 1)])
    assert [month.name for month in replay.months] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_members_use_as_many_points_as_the_program_lets_them() -> None:
    # 45 beans are worth 2.25 EUR; half of 3 EUR is 30 beans, and 1.50 EUR of points earn nothing.
    replay = replayed([sale("2026-01-05", 45), sale("2026-02-05", 3)], model=ALWAYS_USED)
    assert (replay.months[1].points["beans"].redeemed, beans(replay)) == (30, 45 - 30 + 1)


def test_nobody_uses_fewer_points_than_the_program_or_the_model_asks_for() -> None:
    few = [sale("2026-01-05", 19), sale("2026-02-05", 50)]
    some = [sale("2026-01-05", 45), sale("2026-02-05", 50)]
    assert replayed(few, model=ALWAYS_USED).uses == 0
    assert replayed(some, model=Model(Fraction(1), least=46)).uses == 0
    assert replayed(some, model=Model(Fraction(1), least=45)).uses == 1


def test_points_come_back_with_the_goods_they_paid_for() -> None:
    history = [sale("2026-01-05", 40), sale("2026-02-05", 100, order="paid"), back("2026-02-06", 100, order="paid")]
    replay = replayed(history, model=ALWAYS_USED)
    assert (replay.uses, beans(replay)) == (1, 40)
    assert replay.months[1].points["beans"].redeemed == 0


def test_half_of_the_goods_gives_half_of_the_points_back() -> None:
    # 40 beans pay 2 EUR of 100: 98 are earned. Half goes back: 20 beans return, and 49 of the 98 are taken back.
    history = [sale("2026-01-05", 40), sale("2026-02-05", 100, order="paid"), back("2026-02-06", 50, order="paid")]
    assert beans(replayed(history, model=ALWAYS_USED)) == 20 + 49


def test_chance_is_the_same_for_every_program() -> None:
    history = [sale(f"2026-{month:02d}-05", 50, order=f"{month}") for month in range(1, 13)]
    model = Model(Fraction(1, 2), seed=3)
    dear = BEAN_STREET.replace("1 bean per 1 EUR", "2 beans per 1 EUR")
    one, two = replayed(history, model=model), replayed(history, dear, model)
    assert 0 < one.uses < 12
    assert one.uses == two.uses
    assert one.uses != replayed(history, model=Model(Fraction(1, 2), seed=5)).uses


def test_a_reward_is_reached_when_enough_points_can_be_used() -> None:
    ((_, soon),) = replayed([sale("2026-01-05", 15), sale("2026-01-09", 15)]).outcomes()
    ((_, late),) = replayed([sale("2026-01-05", 25), sale("2026-03-09", 1)], PENDING).outcomes()
    ((_, never),) = replayed([sale("2026-01-05", 15)]).outcomes()
    day = 86_400_000
    assert (soon.waited, soon.after) == (4 * day, 2)
    assert (late.waited, late.after) == (at("2026-01-18 23:00") - at("2026-01-05"), 1)  # the start of that day, Berlin
    assert never.waited is None


def test_levels_are_counted_at_the_end_of_each_month() -> None:
    history = [sale("2026-01-05", 400), sale("2026-01-06", 10, customer="boris"), sale("2026-02-06", 700)]
    replay = replayed(history)
    assert [dict(month.levels) for month in replay.months] == [{"Silver": 1, "Bean": 1}, {"Gold": 1, "Bean": 1}]


def test_other_money_is_counted_and_earns_nothing() -> None:
    replay = replayed([sale("2026-01-05", 400, currency="JPY"), back("2026-01-06", 400, currency="JPY")])
    assert (dict(replay.books.other_money), replay.books.orders) == ({"JPY": 2}, 0)


def test_shipping_goes_back_after_goods_and_earns_nothing() -> None:
    bought = sale("2026-01-05", 0, amounts=Amounts(goods=5_000, shipping=500))
    replay = replayed([bought, back("2026-01-06", 55)])
    assert (beans(replay), replay.books.kept) == (0, 0)
    assert beans(replayed([bought, back("2026-01-06", 20)])) == 30


def test_a_limit_that_spans_orders_holds_in_a_replay_too() -> None:
    limited = BEAN_STREET.replace("{down: per order}}", "{down: per order}, at_most: 60 beans per month}")
    history = [sale("2026-01-05", 50), sale("2026-01-06", 50), sale("2026-02-06", 50)]
    assert beans(replayed(history, limited)) == 110


def test_the_last_month_ends_with_the_history() -> None:
    replay = replayed([sale("2026-01-05", 50), sale("2026-03-31 20:00", 1)], SHORT, NEVER_USED)
    assert (replay.months[-1].ends, replay.months[-1].points["beans"].expired) == (at("2026-03-31 22:00"), 0)
