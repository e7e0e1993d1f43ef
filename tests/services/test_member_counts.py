"""What members have done so far decides what they earn next: first orders, breaks, streaks, groups, draws."""

from hashlib import sha256

import pytest
from stand_ins import DAY
from two_people import merge, two, unmerge
from whole_house import ANNA, BORIS, DEFINITION, Town, town

from chalicelib.errors import Refused
from chalicelib.programs.entry_size import crowded_entry_bytes, item_bytes, usual_entry_bytes
from chalicelib.programs.lots_drawn import bucket

SEED = "forty-two bicycles"


def played(rule: str, blocks: str = "") -> Town:
    """Anna and Boris have joined; the program has one more rule, which gives 50 beans."""
    definition = DEFINITION.replace("    - {name: a review,", f"    - {rule}\n    - {{name: a review,")
    return two(town(definition.replace("card:\n", f"{blocks}card:\n")), anna=0, boris=0)


def earned(here: Town, price: int = 100) -> int:
    """Beans of one more order of Anna's, of a euro if nothing else is said."""
    identity = here.identity(ANNA)
    before = here.stored_balance(ANNA) if identity and here.entries(identity.account) else 0
    here.buys(ANNA, price)
    return here.stored_balance(ANNA) - before


def test_a_first_order_earns_once_and_again_if_it_went_back() -> None:
    here = played("{name: welcome, give: 50 beans, when: {order_number: first}}")
    order = here.buys(ANNA, 100)
    assert here.stored_balance(ANNA) == 51
    assert earned(here) == 1
    here.deliver(here.shop.cancelled(order))
    assert here.stored_balance(ANNA) == 1
    assert here.violations() == []


def test_when_every_order_went_back_the_next_one_is_the_first() -> None:
    here = played("{name: welcome, give: 50 beans, when: {order_number: first}}")
    here.deliver(here.shop.cancelled(here.buys(ANNA, 100)))
    assert earned(here) == 51


def test_every_third_order_earns_more() -> None:
    here = played("{name: third, give: 50 beans, when: {order_number: every 3}}")
    assert [earned(here) for _ in range(7)] == [1, 1, 51, 1, 1, 51, 1]


def test_a_member_who_comes_back_after_half_a_year_is_won_back_once() -> None:
    """180 days, to the end of their week."""
    here = played("{name: back, give: 50 beans, when: {back_after: 180 days, once_in: 90 days}}")
    assert earned(here) == 1
    here.clock.forward(170 * DAY)
    assert earned(here) == 1
    here.clock.forward(187 * DAY)
    assert (earned(here), earned(here)) == (51, 1)
    assert here.violations() == []


def test_somebody_who_only_stayed_away_for_a_while_is_not_won_back() -> None:
    here = played("{name: back, give: 50 beans, when: {back_after: 180 days}}")
    earned(here)
    here.clock.forward(179 * DAY)
    assert earned(here) == 1


def test_a_streak_of_three_orders_in_thirty_days_earns_once_until_the_time_is_over() -> None:
    here = played("{name: streak, give: 50 beans, when: {orders: 3 in 30 days, once_in: 30 days}}")
    gained = []
    for _ in range(8):
        gained.append(earned(here))
        here.clock.forward(6 * DAY)
    # Bought on days 0, 6, 12, ...: the third one earns, and 30 days after it the next one does.
    assert gained == [1, 1, 51, 1, 1, 1, 1, 51]
    here.follow()
    assert here.violations() == []


def test_a_streak_is_over_when_its_orders_leave_the_window() -> None:
    here = played("{name: streak, give: 50 beans, when: {orders: 3 in 30 days}}")
    gained = []
    for _ in range(3):
        gained.append(earned(here))
        here.clock.forward(16 * DAY)
    assert gained == [1, 1, 1]


def test_a_rule_that_gives_at_most_once_in_a_while_gives_again_on_the_very_day() -> None:
    here = played("{name: rare, give: 50 beans, when: {once_in: 10 days}}")
    gained = []
    for _ in range(11):
        gained.append(earned(here))
        here.clock.forward(DAY)
    assert gained == [51, *[1] * 9, 51]


def test_money_of_earlier_orders_opens_a_rule() -> None:
    here = played("{name: spender, give: 50 beans, when: {spent: 20 EUR in 30 days}}")
    assert [earned(here, price) for price in (1_999, 1, 100)] == [19, 0, 51]


def test_what_two_accounts_have_ordered_counts_together_and_can_be_parted() -> None:
    here = played("{name: third, give: 50 beans, when: {order_number: every 3}}")
    here.buys(ANNA, 100)
    here.buys(BORIS, 100)
    anna = here.account(ANNA)
    merge(here)
    assert earned(here) == 51
    unmerge(here, anna)
    assert here.violations() == []


# --- by lot ---------------------------------------------------------------------------------------------------------

HALF = "holdout: {share: 50%, salt: lift}\n"


def test_a_group_is_drawn_by_the_account_and_a_merge_keeps_the_bucket_of_the_one_that_stays() -> None:
    here = played("{name: campaign, give: 50 beans, when: {group: not holdout}}", HALF)
    for buyer in (ANNA, BORIS):
        here.buys(buyer, 100)
    treated = {buyer.email: bucket(here.account(buyer), "lift") >= 50 for buyer in (ANNA, BORIS)}
    assert {buyer.email: here.stored_balance(buyer) == 51 for buyer in (ANNA, BORIS)} == treated
    merge(here)
    assert earned(here) == (51 if treated[BORIS.email] else 1)


def test_a_surprise_is_the_same_however_often_the_order_is_told() -> None:
    here = played("{name: lucky, give: 50 beans, when: {surprise: {share: 50%, seed: spring}}}")
    orders = [here.buys(ANNA, 100) for _ in range(20)]
    lucky = [order for order in orders if "lucky" in here.document(order).pricing.held]  # type: ignore[union-attr]
    assert 0 < len(lucky) < 20
    before = here.stored_balance(ANNA)
    for order in orders:
        here.deliver(here.shop.updated(order))
    assert here.stored_balance(ANNA) == before == 20 + 50 * len(lucky)
    drawn = [
        int(sha256(f"spring\n{here.document(order).reference}".encode()).hexdigest()[:16], 16) < 1 << 63
        for order in orders
    ]
    assert [order in lucky for order in orders] == drawn


# --- prize draws ----------------------------------------------------------------------------------------------------


def raffle(closes: str) -> Town:
    sha = sha256(SEED.encode()).hexdigest()
    block = f"draws: {{summer: {{tickets: beans, closes: {closes}, winners: 1, seed_sha256: {sha}}}}}\n"
    return played("{name: ticket, give: 1 bean}", block)


def test_tickets_are_counted_as_they_were_when_the_draw_closed() -> None:
    here = raffle("2026-07-01")
    here.buys(ANNA, 300)
    here.buys(BORIS, 100)
    draws, draw = here.house.draws, here.house.draws.named(here.program, "summer")
    with pytest.raises(Refused, match="draw_open"):
        draws.tickets(here.program, draw)
    here.clock.forward(30 * DAY)
    here.buys(BORIS, 100_000)  # too late for this draw
    assert draws.tickets(here.program, draw) == {here.account(ANNA): 4, here.account(BORIS): 2}
    (winner,) = draws.draw(here.program, draw, SEED).winners
    assert winner.account in {here.account(ANNA), here.account(BORIS)}
    with pytest.raises(Refused, match="another_seed"):
        draws.draw(here.program, draw, "another word")


def test_a_draw_that_nobody_declared_is_refused() -> None:
    here = raffle("2026-07-01")
    with pytest.raises(Refused, match="draw_unknown"):
        here.house.draws.named(here.program, "winter")


def test_an_account_that_counts_for_its_rules_is_as_large_as_lint_says_at_most() -> None:
    rules = (
        "{name: streak, give: 50 beans, when: {orders: 25 in 30 days, once_in: 30 days}}\n"
        "    - {name: back, give: 50 beans, when: {back_after: 180 days, spent: 20 EUR in 60 days}}"
    )
    here = played(rules)
    for _ in range(70):
        here.buys(ANNA, 99_999)
        here.clock.forward(DAY)
    definition = here.program.latest.definition
    entry = here.newest(here.account(ANNA))
    assert len(entry.snap.metrics["orders 30 day"]) == 30
    assert len(entry.snap.metrics["orders 180 day"]) == 11
    assert len(entry.snap.metrics["money 60 day"]) == 9
    size = item_bytes(definition.program, entry)
    assert size <= usual_entry_bytes(definition) <= crowded_entry_bytes(definition)
    assert size > usual_entry_bytes(definition) * 0.6
