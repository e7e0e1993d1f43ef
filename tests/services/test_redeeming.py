"""Points are used: nobody spends more than they have, and each redemption happens once."""

from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import DAY, fifty_at_once, refusal
from whole_house import ANNA, BORIS, DEFINITION, Town, town, town_on

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import Purse
from chalicelib.services.claiming import Claims
from chalicelib.services.journaling import standing
from ops.laptop.engine import Engine

PENDING = DEFINITION.replace("available: at once", "available: {after: 14 days}")


def redeem(here: Town, number: int, points: int, buyer: Any = ANNA) -> Any:
    reference = Reference(f"redemption/{number}")
    return here.house.redemptions.redeem(here.program, reference, here.account(buyer), points, actor="till")


REF = Reference("redemption/1")
MINUTE = 60_000
STAMPS = DEFINITION.replace("currencies:", """currencies:
  stamps:
    names:
      en: {one: stamp, other: stamps}
      ru: {one: штамп, few: штампа, many: штампов, other: штампа}
    available: at once
    expires: never""").replace(
    "  rules:", "  rules:\n    - {name: a stamp, give: 1 stamp per 10 EUR, rounding: {down: per order}}"
)  # fmt: skip
INACTIVE = DEFINITION.replace(
    "expires: {after: 12 months, at: end of month}", "expires: {after: 90 days, without: activity}"
)


def hold(here: Town, number: int, points: int, *, minutes: float = 15, **more: Any) -> RedemptionDocument:
    reference, until = Reference(f"redemption/{number}"), here.clock.now() + int(minutes * MINUTE)
    account = here.account(ANNA)
    return here.house.redemptions.hold(here.program, reference, account, points, until=until, actor="web", **more)


def shown(here: Town, currency: str = "beans") -> Purse:
    """The purse as it is shown now, whatever was written last."""
    stand = standing(here.own.ledger, here.program, here.account(ANNA), here.clock.now())
    return stand.snap.purse(currency)


def balance(here: Town, currency: str = "beans") -> int:
    return shown(here, currency).balance


def held(here: Town) -> int:
    return shown(here).held


@pytest.fixture
def rich() -> Town:
    here = town()
    here.buys(ANNA, 10_000)
    return here


def test_redemption_takes_its_points(rich: Town) -> None:
    redeem(rich, 1, 60)
    assert rich.stored_balance(ANNA) == 40
    assert rich.violations() == []


def test_more_than_there_is_is_refused_and_changes_nothing(rich: Town) -> None:
    before = rich.newest(rich.account(ANNA))
    with pytest.raises(Refused, match="not_enough_points"):
        redeem(rich, 1, 101)
    assert rich.newest(rich.account(ANNA)) == before


@pytest.mark.parametrize("points", [0, -5])
def test_no_points_cannot_be_redeemed(rich: Town, points: int) -> None:
    with pytest.raises(Refused):
        redeem(rich, 1, points)


def test_repeated_redemption_is_answered_as_the_first_was(rich: Town) -> None:
    assert redeem(rich, 1, 60) == redeem(rich, 1, 60)
    assert rich.stored_balance(ANNA) == 40


def test_a_reference_is_good_for_one_redemption(rich: Town) -> None:
    redeem(rich, 1, 60)
    with pytest.raises(Refused, match="another_redemption"):
        redeem(rich, 1, 20)
    rich.buys(BORIS, 10_000)
    with pytest.raises(Refused, match="another_redemption"):
        redeem(rich, 1, 60, BORIS)


def test_returned_points_come_back_to_their_own_day(rich: Town) -> None:
    (cell,) = rich.newest(rich.account(ANNA)).snap.purse("beans").cells
    redeem(rich, 1, 60)
    rich.clock.forward(40 * DAY)
    rich.house.redemptions.give_back(rich.program, Reference("redemption/1"), 60, actor="till", grace_until=0)
    assert rich.newest(rich.account(ANNA)).snap.purse("beans").cells == (cell,)
    assert rich.violations() == []


def test_more_than_was_redeemed_is_not_given_back(rich: Town) -> None:
    redeem(rich, 1, 60)
    with pytest.raises(Refused, match="more_than_was_redeemed"):
        rich.house.redemptions.give_back(rich.program, Reference("redemption/1"), 61, actor="till", grace_until=0)
    with pytest.raises(Refused, match="redemption_unknown"):
        rich.house.redemptions.give_back(rich.program, Reference("redemption/2"), 1, actor="till", grace_until=0)


def test_nothing_is_redeemed_in_debt() -> None:
    here = town()
    order = here.buys(ANNA, 10_000)
    redeem(here, 1, 80)
    here.deliver(here.shop.refunded(order))
    assert here.stored_balance(ANNA) == -80
    with pytest.raises(Refused):
        redeem(here, 2, 1)
    here.buys(ANNA, 10_000)
    assert here.stored_balance(ANNA) == 20  # what comes in pays the debt first
    assert here.violations() == []


def test_expired_points_are_never_spendable_however_late_the_sweep_is(rich: Town) -> None:
    rich.clock.forward(400 * DAY)
    assert rich.stored_balance(ANNA) == 100  # nothing was written since
    with pytest.raises(Refused, match="not_enough_points"):
        redeem(rich, 1, 1)


def test_pending_points_are_not_spendable_before_their_day() -> None:
    here = town(PENDING)
    here.buys(ANNA, 10_000)
    with pytest.raises(Refused, match="not_enough_points"):
        redeem(here, 1, 1)
    here.clock.forward(16 * DAY)
    redeem(here, 1, 100)
    assert here.stored_balance(ANNA) == 0
    assert here.violations() == []


def test_a_hold_is_captured_and_leaves_the_rest(rich: Town) -> None:
    hold(rich, 1, 80)
    assert (balance(rich), held(rich)) == (20, 80)
    document = rich.house.redemptions.capture(rich.program, REF, 50, actor="web")
    assert (document.used, balance(rich), held(rich)) == (50, 50, 0)
    assert [entry.kind for entry in rich.entries(rich.account(ANNA))] == ["earned", "held", "redeemed"]
    rich.follow()
    assert rich.violations() == []


def test_a_released_hold_changes_nothing_in_the_end(rich: Town) -> None:
    before = shown(rich)
    hold(rich, 1, 80)
    rich.house.redemptions.release(rich.program, REF, actor="web")
    assert shown(rich) == before
    assert rich.newest(rich.account(ANNA)).kind == "released"
    assert rich.violations() == []


def test_every_step_of_a_hold_can_be_repeated(rich: Town) -> None:
    own = rich.house.redemptions
    first = hold(rich, 1, 80)
    rich.clock.forward(MINUTE)
    assert hold(rich, 1, 80) == first
    captured = own.capture(rich.program, REF, actor="web")
    assert own.capture(rich.program, REF, 80, actor="web") == captured == hold(rich, 1, 80)
    hold(rich, 2, 20)
    released = own.release(rich.program, Reference("redemption/2"), actor="web")
    assert own.release(rich.program, Reference("redemption/2"), actor="web") == released
    assert len(rich.entries(rich.account(ANNA))) == 5
    assert rich.violations() == []


def test_a_hold_and_a_redemption_do_not_share_a_reference(rich: Town) -> None:
    hold(rich, 1, 60)
    redeem(rich, 2, 10)
    assert refusal(lambda: redeem(rich, 1, 60)) == "another_redemption"
    assert refusal(lambda: hold(rich, 2, 10)) == "another_redemption"
    assert refusal(lambda: hold(rich, 1, 61)) == "another_redemption"


def test_an_expired_hold_is_shown_right_and_needs_no_write(rich: Town) -> None:
    hold(rich, 1, 80)
    rich.clock.forward(15 * MINUTE)
    assert (balance(rich), held(rich)) == (100, 0)
    assert len(rich.entries(rich.account(ANNA))) == 2
    assert refusal(lambda: rich.house.redemptions.release(rich.program, REF, actor="web")) == "expired"
    redeem(rich, 2, 100)
    assert refusal(lambda: rich.house.redemptions.capture(rich.program, REF, actor="web")) == "not_enough_points"
    assert rich.violations() == []


@pytest.mark.parametrize(
    ("points", "more", "refused"),
    [
        (0, {}, "not_a_number_of_points"),
        (-1, {}, "not_a_number_of_points"),
        (101, {}, "not_enough_points"),
        (10, {"currency": "miles"}, "unknown_currency"),
        (19, {"goods": 10_000}, "below_minimum"),
        (100, {"goods": 900}, "more_than_the_share"),
        (100, {"goods": 1_000}, ""),
    ],
)
def test_what_the_rules_forbid_is_refused_and_changes_nothing(
    points: int, more: dict[str, Any], refused: str, rich: Town
) -> None:
    account = rich.account(ANNA)
    before = rich.newest(account)
    own, number = rich.house.redemptions, Reference("redemption/9")
    assert refusal(lambda: hold(rich, 1, points, **more)) == refused
    if refused:
        assert refusal(lambda: own.redeem(rich.program, number, account, points, actor="till", **more)) == refused
        assert rich.newest(account) == before
        assert rich.own.ledger.document(rich.program.slug, REF) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda here: redeem(here, 1, 1.5),  # type: ignore[arg-type]
        lambda here: hold(here, 1, 1.5),  # type: ignore[arg-type]
        lambda here: hold(here, 1, 10, minutes=31),
        lambda here: hold(here, 1, 10, minutes=0),
        lambda here: hold(here, 1, 10.5, goods=10_000),  # type: ignore[arg-type]
    ],
)
def test_what_is_malformed_changes_nothing(act: Callable[[Town], object], rich: Town) -> None:
    with pytest.raises(Malformed):
        act(rich)
    assert len(rich.entries(rich.account(ANNA))) == 1
    assert rich.own.ledger.document(rich.program.slug, REF) is None


def test_less_than_nothing_is_not_given_back(rich: Town) -> None:
    redeem(rich, 1, 60)
    assert refusal(lambda: rich.house.redemptions.give_back(rich.program, REF, -1, actor="till")) == (
        "not_a_number_of_points"
    )


@pytest.mark.parametrize("step", ["capture", "release", "give_back", "reverse"])
def test_a_redemption_that_nobody_made_is_refused(step: str, rich: Town) -> None:
    act = getattr(rich.house.redemptions, step)
    more = (1,) if step == "give_back" else ()
    assert refusal(lambda: act(rich.program, REF, *more, actor="web")) == "redemption_unknown"


def test_any_currency_can_be_used_and_each_by_itself() -> None:
    here = town(STAMPS)
    here.buys(ANNA, 10_000)
    assert (balance(here), balance(here, "stamps")) == (100, 10)
    own, account = here.house.redemptions, here.account(ANNA)
    own.redeem(here.program, REF, account, 4, currency="stamps", actor="till")
    hold(here, 2, 6, currency="stamps")
    assert (balance(here), balance(here, "stamps")) == (100, 0)
    assert refusal(lambda: hold(here, 3, 1, currency="stamps")) == "not_enough_points"
    assert refusal(lambda: own.redeem(here.program, REF, account, 4, currency="beans", actor="till")) == (
        "another_redemption"
    )
    own.capture(here.program, Reference("redemption/2"), actor="web")
    own.give_back(here.program, REF, 4, actor="till")
    assert balance(here, "stamps") == 4
    assert here.violations() == []


def test_without_a_name_the_main_currency_is_used() -> None:
    here = town(STAMPS)
    here.buys(ANNA, 10_000)
    assert redeem(here, 1, 5).currency == here.program.latest.definition.main.key


@pytest.mark.parametrize("way", ["redeem", "capture"])
def test_using_points_is_activity_that_keeps_the_rest_alive(way: str) -> None:
    here = town(INACTIVE)
    here.buys(ANNA, 10_000)
    here.clock.forward(80 * DAY)
    if way == "redeem":
        redeem(here, 1, 60)
    else:
        hold(here, 1, 60)
        here.house.redemptions.capture(here.program, REF, actor="web")
    here.clock.forward(80 * DAY)
    assert balance(here) == 40
    here.follow()
    assert here.violations() == []
    here.clock.forward(20 * DAY)
    assert balance(here) == 0


def test_looking_at_points_or_holding_them_is_no_activity() -> None:
    here = town(INACTIVE)
    here.buys(ANNA, 10_000)
    here.clock.forward(80 * DAY)
    hold(here, 1, 60)
    here.house.redemptions.release(here.program, REF, actor="web")
    here.clock.forward(80 * DAY)
    assert balance(here) == 0


def test_points_that_come_back_share_the_end_of_the_others_that_live_by_activity() -> None:
    here = town(INACTIVE)
    here.buys(ANNA, 10_000)
    redeem(here, 1, 60)
    here.clock.forward(80 * DAY)
    here.buys(ANNA, 1_000)
    here.house.redemptions.give_back(here.program, REF, 60, actor="till", grace_until=0)
    (cell,) = shown(here).cells
    assert cell.points == 110
    here.follow()
    assert here.violations() == []


def test_a_coupon_that_was_never_used_is_reversed_to_its_own_lots(rich: Town) -> None:
    (cell,) = shown(rich).cells
    redeem(rich, 1, 60)
    rich.clock.forward(40 * DAY)
    document = rich.house.redemptions.reverse(rich.program, REF, actor="connection/shop")
    assert (document.returned, shown(rich).cells) == (60, (cell,))
    assert rich.house.redemptions.reverse(rich.program, REF, actor="connection/shop") == document
    assert rich.violations() == []


def test_a_reversed_coupon_whose_points_ended_meanwhile_has_the_programs_grace(rich: Town) -> None:
    """bean-street says: usable for 14 days at least."""
    redeem(rich, 1, 60)
    rich.clock.forward(400 * DAY)
    rich.house.redemptions.reverse(rich.program, REF, actor="connection/shop")
    assert balance(rich) == 60
    rich.follow()
    assert rich.violations() == []
    rich.clock.forward(14 * DAY)
    assert balance(rich) == 60
    rich.clock.forward(DAY)
    assert balance(rich) == 0


def test_a_hold_is_reversed_by_releasing_it(rich: Town) -> None:
    hold(rich, 1, 60)
    assert rich.house.redemptions.reverse(rich.program, REF, actor="web").state == "released"
    assert balance(rich) == 100


def test_holds_follow_their_account_into_the_one_it_was_merged_with(rich: Town) -> None:
    rich.buys(BORIS, 5_000)
    hold(rich, 1, 60)
    anna, boris = rich.account(ANNA), rich.account(BORIS)
    own = rich.own
    Claims(own.ledger, own.members, own.vault, own.clock).merge(rich.program, anna, boris)
    document = rich.house.redemptions.capture(rich.program, REF, 50, actor="web")
    assert (document.account, rich.newest(boris).snap.purse("beans").balance) == (AccountId(anna), 100)
    rich.follow()
    assert rich.violations() == []


def _fifty_redemptions(here: Town, price: int) -> int:
    """How many of fifty redemptions at once succeed; the rest is refused for want of points."""
    ends = fifty_at_once(lambda number: redeem(here, number, price))
    assert set(ends) <= {"", "not_enough_points"}
    return ends[""]


@pytest.mark.parametrize(("price", "most"), [(20, 5), (30, 3), (100, 1), (101, 0)])
def test_fifty_redemptions_at_once_succeed_as_often_as_the_balance_allows(price: int, most: int, rich: Town) -> None:
    assert _fifty_redemptions(rich, price) == most
    assert rich.stored_balance(ANNA) == 100 - most * price
    assert rich.violations() == []


@pytest.mark.parametrize(("price", "most"), [(20, 5), (30, 3)])
def test_fifty_redemptions_at_once_on_the_engine(price: int, most: int, engine: Engine) -> None:
    here = town_on(engine)
    here.buys(ANNA, 10_000)
    assert _fifty_redemptions(here, price) == most
    assert here.stored_balance(ANNA) == 100 - most * price
    here.follow()
    assert here.violations() == []


@pytest.mark.parametrize(("price", "most"), [(20, 4), (30, 3), (51, 1), (101, 0)])
def test_fifty_holds_at_once_succeed_as_often_as_places_and_balance_allow(price: int, most: int, rich: Town) -> None:
    ends = fifty_at_once(lambda number: hold(rich, number, price))
    assert ends[""] == most
    assert set(ends) <= {"", "not_enough_points", "too_many_open_holds"}
    assert (balance(rich), held(rich)) == (100 - most * price, most * price)
    assert rich.violations() == []


@pytest.mark.parametrize(("price", "most"), [(20, 4), (30, 3)])
def test_fifty_holds_at_once_on_the_engine(price: int, most: int, engine: Engine) -> None:
    here = town_on(engine)
    here.buys(ANNA, 10_000)
    ends = fifty_at_once(lambda number: hold(here, number, price))
    assert ends[""] == most
    assert set(ends) <= {"", "not_enough_points", "too_many_open_holds"}
    assert (balance(here), held(here)) == (100 - most * price, most * price)
    here.follow()
    assert here.violations() == []


def test_one_hold_is_captured_once_however_many_try(rich: Town) -> None:
    hold(rich, 1, 80)
    ends = fifty_at_once(
        lambda number: rich.house.redemptions.capture(rich.program, REF, 10 + number % 2, actor="till")
    )
    assert ends == {"": 25, "already_captured": 25}
    assert balance(rich) in (89, 90)
    assert rich.violations() == []


def test_a_capture_and_a_release_at_once_end_in_one_of_them(rich: Town) -> None:
    hold(rich, 1, 80)
    own = rich.house.redemptions
    ends = fifty_at_once(lambda number: (own.capture if number % 2 else own.release)(rich.program, REF, actor="till"))
    assert ends in ({"": 25, "already_captured": 25}, {"": 25, "already_released": 25})
    assert balance(rich) in (20, 100)
    assert rich.violations() == []


def test_two_redemptions_of_eighty_out_of_a_hundred_cannot_both_succeed(rich: Town) -> None:
    done: list[Callable[[], Any]] = []
    for number in (1, 2):
        try:
            done.append(redeem(rich, number, 80))
        except Refused:
            continue
    assert len(done) == 1
    assert rich.stored_balance(ANNA) == 20
