"""What holds of a member when something happens: the rules that ask for it, judged with worked numbers."""

import msgspec
import pytest
from msgspec import structs
from program_factory import at, paid, roubles

from chalicelib.events import AccountId, Amounts, LineFacts, OrderFacts, Reference
from chalicelib.ledger.documents import Pricing
from chalicelib.ledger.journal import NEVER, Cell, Snapshot
from chalicelib.ledger.member_document import (
    Birthday,
    Chosen,
    Known,
    MemberDocument,
    PlanPeriod,
    unknown,
)
from chalicelib.programs.definition import Definition
from chalicelib.programs.member_conditions import Occasion, held, standing_benefits
from chalicelib.programs.pricing import price

ANNA = AccountId("anna")
NOON = at("2026-03-01 12:00")


def asking(give: str = "5% as points", blocks: dict[str, object] | None = None, **when: object) -> Definition:
    """A program with one rule that asks something of the member."""
    return roubles(earn={"rules": [{"name": "special", "give": give, "when": when}]}, **(blocks or {}))


def occasion(
    when: str = "2026-03-01 12:00",
    *,
    known: MemberDocument | None = None,
    opened: str = "2020-01-01 00:00",
    level: str = "",
    account: str = "anna",
    order: str = "order/shop/1",
    **counts: int,
) -> Occasion:
    """An order of a member; `counts`: the account's metrics, with _ for spaces."""
    metrics = {name.replace("_", " "): (Cell(NEVER, count),) for name, count in counts.items()}
    snap = Snapshot(opened=at(opened), status="active", metrics=metrics)
    return Occasion(AccountId(account), at(when), snap, level, Reference(order), known or unknown(AccountId(account)))


def holds(definition: Definition, moment: Occasion) -> bool:
    return held(definition, moment) == ("special",)


def born(day: str, *, since: str = "2020-01-01 00:00") -> MemberDocument:
    return replace_document(birthday=Birthday(day, at(since)))


def replace_document(**parts: object) -> MemberDocument:
    return MemberDocument(unknown(ANNA).reference, ANNA, **parts)  # type: ignore[arg-type]


# --- joining and counting orders ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "expected"),
    [("2026-03-01 12:00", True), ("2026-03-30 23:59", True), ("2026-03-31 11:59", True), ("2026-03-31 12:00", False)],
)
def test_a_newcomer_earns_more_for_thirty_days_to_the_minute(when: str, *, expected: bool) -> None:
    newcomers = asking(joined_within="30 days")
    assert holds(newcomers, occasion(when, opened="2026-03-01 12:00")) is expected


@pytest.mark.parametrize(
    ("number", "orders_before"),
    [("first", 0), (1, 0), (2, 1), (10, 9), ("every 10", 9), ("every 10", 19)],
)
def test_the_kth_order_counts_and_no_other(number: object, orders_before: int) -> None:
    rule = asking(order_number=number)
    assert holds(rule, occasion(orders_ever=orders_before))
    assert not holds(rule, occasion(orders_ever=orders_before + 1))


def test_a_challenge_of_five_orders_in_thirty_days_gives_once() -> None:
    challenge = asking("100 points", orders="5 in 30 days", once_in="30 days")
    assert not holds(challenge, occasion(orders_30_day=3))
    assert holds(challenge, occasion(orders_30_day=4))
    assert not holds(challenge, occasion(orders_30_day=5, got_special=1))


def test_a_minimum_spend_before_the_order_is_reached_at_exactly_the_amount() -> None:
    spenders = asking(spent="5000 RUB in 30 days")
    assert not holds(spenders, occasion(money_30_day=499_999))
    assert holds(spenders, occasion(money_30_day=500_000))


def test_win_back_needs_an_earlier_order_and_none_within_the_time() -> None:
    win_back = asking("300 points", back_after="180 days", once_in="90 days")
    assert not holds(win_back, occasion())
    assert holds(win_back, occasion(orders_ever=1))
    assert not holds(win_back, occasion(orders_ever=2, orders_180_day=1))


def test_win_back_happens_at_most_once_in_ninety_days() -> None:
    win_back = asking("300 points", back_after="180 days", once_in="90 days")
    assert not holds(win_back, occasion(orders_ever=1, got_special=1))


# --- what an order adds to the counts -------------------------------------------------------------------------------


def rolled(definition: Definition, facts: OrderFacts, returned: Amounts | None = None) -> dict[str, tuple[int, int]]:
    context = Pricing(version="v1", tier="", occurred_at=facts.occurred_at, member_since=0, held=("special",))
    target = price(definition, context, facts, returned or Amounts())
    return {rolling.metric: (rolling.points, rolling.leaves) for rolling in target.rolling}


def test_an_order_counts_until_the_day_on_which_the_time_is_over() -> None:
    challenge = asking("100 points", orders="5 in 30 days", once_in="90 days")
    assert rolled(challenge, paid(100_000)) == {
        "orders 30 day": (1, at("2026-03-31 00:00")),
        "got special": (1, at("2026-05-30 00:00")),
    }


def test_half_a_year_without_an_order_is_counted_to_the_end_of_its_week() -> None:
    win_back = asking("300 points", back_after="180 days")
    # 180 days after 1 March is Friday, 28 August; that week ends with Sunday, 30 August.
    assert rolled(win_back, paid(100_000)) == {
        "orders ever": (1, NEVER),
        "orders 180 day": (1, at("2026-08-31 00:00")),
    }


def test_an_order_that_went_back_whole_is_no_order() -> None:
    first = asking("100 points", order_number="first", spent="10 RUB in 30 days")
    assert rolled(first, paid(100_000), Amounts(goods=40_000)) == {
        "orders ever": (1, NEVER),
        "money 30 day": (60_000, at("2026-03-31 00:00")),
    }
    assert rolled(first, paid(100_000), Amounts(goods=100_000)) == {}


def test_a_rule_that_gave_nothing_has_not_been_used_up() -> None:
    rare = asking("100 points", once_in="90 days")
    assert "got special" in rolled(rare, paid(100_000))
    assert rolled(rare, replace_amounts(paid(100_000))) == {}


def replace_amounts(facts: OrderFacts) -> OrderFacts:
    return OrderFacts(facts.changed_at, facts.occurred_at, facts.currency, facts.amounts, is_paid=False)


def test_a_program_without_such_rules_counts_nothing_of_members() -> None:
    assert price(roubles(), Pricing("v1", "", NOON, 0), paid(100_000), Amounts()).rolling == ()


# --- birthdays ------------------------------------------------------------------------------------------------------

AROUND = {"before": "3 days", "after": "3 days"}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-07-11 23:59", False),
        ("2026-07-12 00:00", True),
        ("2026-07-15 12:00", True),
        ("2026-07-18 23:59", True),
        ("2026-07-19 00:00", False),
    ],
)
def test_the_birthday_window_is_three_days_before_the_day_and_three_after(when: str, *, expected: bool) -> None:
    """Seven days inclusive, by the program's clock (Magnit 2019)."""
    assert holds(asking(birthday=AROUND), occasion(when, known=born("1990-07-15"))) is expected


def test_a_birthday_around_new_year_belongs_to_two_years() -> None:
    birthday = asking(birthday=AROUND)
    assert holds(birthday, occasion("2026-12-30 10:00", known=born("1990-01-02")))
    assert holds(birthday, occasion("2026-01-02 10:00", known=born("1990-12-31")))


@pytest.mark.parametrize(
    ("leap_day", "first", "last"),
    [("28 February", "2026-02-25", "2026-03-03"), ("1 March", "2026-02-26", "2026-03-04")],
)
def test_a_birthday_on_29_february_is_kept_on_the_day_that_the_program_says(
    leap_day: str, first: str, last: str
) -> None:
    birthday = asking(birthday={**AROUND, "leap_day": leap_day})
    known = born("1992-02-29")
    days = [f"2026-02-{day}" for day in range(23, 29)] + [f"2026-03-0{day}" for day in range(1, 8)]
    held_on = [day for day in days if holds(birthday, occasion(f"{day} 12:00", known=known))]
    assert (held_on[0], held_on[-1], len(held_on)) == (first, last, 7)


def test_in_a_leap_year_29_february_is_the_day_itself() -> None:
    on_the_day = asking(birthday="the day")
    assert holds(on_the_day, occasion("2028-02-29 12:00", known=born("1992-02-29")))
    assert not holds(on_the_day, occasion("2028-02-28 12:00", known=born("1992-02-29")))


@pytest.mark.parametrize(("filled", "expected"), [("2026-07-08 23:59", True), ("2026-07-09 00:00", False)])
def test_a_birthday_must_have_been_filled_in_seven_days_before(filled: str, *, expected: bool) -> None:
    """Koza Club: 500 points for 3 + 1 + 3 days, if the profile was filled a week before."""
    koza = asking("500 points", birthday={**AROUND, "known_for": "7 days"})
    assert holds(koza, occasion("2026-07-16 12:00", known=born("1990-07-15", since=filled))) is expected


def test_only_the_first_order_of_the_birthday_window_earns_more() -> None:
    first, every = asking(birthday=AROUND), asking(birthday={**AROUND, "orders": "all"})
    again = occasion("2026-07-16 12:00", known=born("1990-07-15"), got_special=1)
    assert not holds(first, again)
    assert holds(every, again)


def test_a_birthday_that_is_moved_does_not_come_twice_within_a_year() -> None:
    leaves = rolled(asking(birthday=AROUND), paid(100_000))["got special"]
    assert leaves == (1, at("2027-01-25 00:00"))  # 330 days after 1 March


# --- age and standing conditions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "under_18", "over_18", "up_to_17"),
    [("2026-07-14 23:59", True, False, True), ("2026-07-15 00:00", False, True, False)],
)
def test_an_age_changes_at_the_start_of_the_birthday(
    when: str, *, under_18: bool, over_18: bool, up_to_17: bool
) -> None:
    """Young and old members have mechanics of their own (age-dependent mechanics)."""
    moment = occasion(when, known=born("2008-07-15"))
    assert holds(asking(age="under 18"), moment) is under_18
    assert holds(asking(age="18 and over"), moment) is over_18
    assert holds(asking(age="12 to 17"), moment) is up_to_17


BALANCE = {"members": {"attributes": {"balance": "money", "student": "yes or no", "city": "text", "since": "date"}}}
RICH_OR_YOUNG = {"any_of": [{"attribute": "balance at least 50000 RUB"}, {"age": "under 18"}]}
FREE = [{"name": "free service", "while": RICH_OR_YOUNG}]


@pytest.mark.parametrize(
    ("balance", "birthday", "expected"),
    [
        (5_000_000, "1990-01-01", ("free service",)),
        (4_999_999, "1990-01-01", ()),
        (0, "2008-03-02", ("free service",)),
        (0, "2008-03-01", ()),
    ],
)
def test_free_service_holds_from_exactly_50_000_roubles_or_until_the_18th_birthday(
    balance: int, birthday: str, expected: tuple[str, ...]
) -> None:
    """A standing condition, with its boundaries at the amount and at the birthday."""
    bank = roubles(**BALANCE, benefits=FREE)
    known = replace_document(attributes={"balance": (Known(0, balance),)}, birthday=Birthday(birthday, 0))
    assert standing_benefits(bank, occasion(known=known)) == expected


def test_free_service_drops_when_the_balance_does() -> None:
    bank = roubles(**BALANCE, benefits=FREE)
    known = replace_document(
        attributes={"balance": (Known(at("2026-01-01 00:00"), 6_000_000), Known(at("2026-02-01 00:00"), 1))}
    )
    assert standing_benefits(bank, occasion("2026-01-31 23:59", known=known)) == ("free service",)
    assert standing_benefits(bank, occasion("2026-02-01 00:00", known=known)) == ()


def test_a_late_order_is_judged_by_what_held_on_its_own_day() -> None:
    known = replace_document(
        attributes={"student": (Known(at("2025-09-01 00:00"), value=True), Known(at("2026-02-15 00:00"), value=False))}
    )
    students = asking(blocks=BALANCE, attribute="student is yes")
    assert holds(students, occasion("2026-02-14 12:00", known=known))
    assert not holds(students, occasion("2026-02-16 12:00", known=known))


def test_a_graduate_keeps_what_the_student_had() -> None:
    known = replace_document(
        attributes={"student": (Known(at("2025-09-01 00:00"), value=True), Known(at("2026-02-15 00:00"), value=False))}
    )
    graduates = asking(blocks=BALANCE, attribute="student was yes")
    assert holds(graduates, occasion("2026-03-01 12:00", known=known))
    assert not holds(graduates, occasion("2025-08-01 12:00", known=known))


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("city is Tver", True),
        ("city is not Tver", False),
        ("city is not Tula", True),
        ("since from 2026-01-15", True),
        ("since before 2026-01-15", False),
        ("since is 2026-01-15", True),
        ("balance below 10.01 RUB", True),
        ("balance below 10 RUB", False),
        ("student is not yes", False),
    ],
)
def test_attributes_are_compared_by_their_kind_and_unknown_ones_fulfil_nothing(test: str, *, expected: bool) -> None:
    known = replace_document(
        attributes={"city": (Known(0, "Tver"),), "since": (Known(0, "2026-01-15"),), "balance": (Known(0, 1_000),)}
    )
    assert holds(asking(blocks=BALANCE, attribute=test), occasion(known=known)) is expected


# --- segments, levels, plans, choices -------------------------------------------------------------------------------


def test_a_closed_program_is_for_those_on_its_list() -> None:
    """Invite-only: families, students, pensioners, gamers are lists that the store keeps."""
    club = asking(blocks={"segments": ["vip", "staff"]}, **{"in": "vip"}, not_in="staff")
    invited = replace_document(lists={"vip": (Known(0, value=True),)})
    left = replace_document(lists={"vip": (Known(0, value=True), Known(NOON, value=False))})
    staff = replace_document(lists={"vip": (Known(0, value=True),), "staff": (Known(0, value=True),)})
    assert [holds(club, occasion(known=known)) for known in (None, invited, left, staff)] == [False, True, False, False]


def test_a_rule_can_be_for_one_level() -> None:
    gold = asking(level=["Gold", "Black"])
    assert holds(gold, occasion(level="Gold"))
    assert not holds(gold, occasion(level="Silver"))


PRO = {"plans": {"pro": {"fee": "199 RUB", "every": "1 month", "trial": "14 days"}}}


@pytest.mark.parametrize(
    ("when", "expected"),
    [("2026-02-28 23:59", False), ("2026-03-01 00:00", True), ("2026-03-31 23:59", True), ("2026-04-01 00:00", False)],
)
def test_a_paid_subscription_counts_from_its_first_instant_until_it_lapses(when: str, *, expected: bool) -> None:
    known = replace_document(plans=(PlanPeriod("pro", at("2026-03-01 00:00"), at("2026-04-01 00:00"), 19_900),))
    assert holds(asking(blocks=PRO, plan="pro"), occasion(when, known=known)) is expected
    assert holds(asking(blocks=PRO, without_plan="pro"), occasion(when, known=known)) is not expected


@pytest.mark.parametrize(("way", "expected"), [("ends at once", False), ("runs out", True)])
def test_a_refunded_fee_ends_a_subscription_if_the_program_says_so(way: str, *, expected: bool) -> None:
    paid_until = (at("2026-02-15 00:00"), at("2026-03-15 00:00"))
    known = replace_document(plans=(PlanPeriod("pro", *paid_until, 19_900, refunded_at=at("2026-02-20 00:00")),))
    plans = {"plans": {"pro": {"fee": "199 RUB", "every": "1 month", "refund": way}}}
    assert holds(asking(blocks=plans, plan="pro"), occasion(known=known)) is expected
    assert holds(asking(blocks=plans, plan="pro"), occasion("2026-02-19 23:59", known=known))


FAVOURITES = {"choices": {"favourites": {"of": ["tea", "coffee", "cakes", "all"], "pick": 2, "always": ["all"]}}}


def test_members_earn_more_in_the_categories_that_they_chose_and_in_the_one_that_is_always_there() -> None:
    march = (at("2026-03-01 00:00"), at("2026-04-01 00:00"))
    known = replace_document(choices=(Chosen("favourites", ("tea", "cakes"), *march),))
    has = [holds(asking(blocks=FAVOURITES, chosen=each), occasion(known=known)) for each in ("tea", "coffee", "all")]
    assert has == [True, False, True]
    assert not holds(asking(blocks=FAVOURITES, chosen="tea"), occasion("2026-04-01 00:00", known=known))
    assert holds(asking(blocks=FAVOURITES, chosen="all"), occasion())


# --- drawn by lot ---------------------------------------------------------------------------------------------------

HOLDOUT = {"holdout": {"share": "10%", "salt": "lift-2026"}}


def test_one_in_ten_members_is_held_out_and_stays_so() -> None:
    """bucket = hash(salt, member) mod 100; the control group is what is below 10."""
    campaign = asking(blocks=HOLDOUT, group="not holdout")
    treated = [holds(campaign, occasion(account=f"member-{number}")) for number in range(1_000)]
    assert treated.count(False) == 92  # a tenth, as this salt falls
    again = [holds(campaign, occasion("2027-01-01 12:00", account=f"member-{number}")) for number in range(1_000)]
    assert again == treated


def test_a_pilot_tries_a_rule_on_a_small_group_first() -> None:
    pilot = asking(blocks={"pilot": {"share": "5%", "salt": "first-try"}}, group="pilot")
    drawn = sum(holds(pilot, occasion(account=f"member-{number}")) for number in range(1_000))
    assert 30 < drawn < 70


def test_a_surprise_is_decided_by_the_order_and_the_seed_alone() -> None:
    lucky = asking("50 points", surprise={"share": "10%", "seed": "spring"})
    orders = [f"order/shop/{number}" for number in range(1_000)]
    drawn = [holds(lucky, occasion(order=order)) for order in orders]
    assert 70 < sum(drawn) < 130
    assert drawn == [holds(lucky, occasion("2028-01-01 12:00", account="boris", order=order)) for order in orders]
    other = asking("50 points", surprise={"share": "10%", "seed": "autumn"})
    assert drawn != [holds(other, occasion(order=order)) for order in orders]


def test_an_order_that_is_only_asked_about_is_promised_no_surprise() -> None:
    lucky = asking("50 points", surprise={"share": "99%", "seed": "spring"})
    assert not holds(lucky, msgspec.structs.replace(occasion(), reference=None))


# --- worked together ------------------------------------------------------------------------------------------------


MAGNIT = {
    "choices": {"favourite": {"of": ["cosmetics", "bakery"], "pick": 1, "locked": "30 days"}},
    "earn": {
        "rules": [
            {"name": "base", "give": "0.5% as points"},
            {"name": "newcomer", "give": "0.5% as points", "when": {"joined_within": "30 days"}},
            {"name": "birthday", "give": "2% as points", "when": {"birthday": AROUND}},
            *(
                {"name": each, "give": "2% as points", "of": {"categories": [each]}, "when": {"chosen": each}}
                for each in ("cosmetics", "bakery")
            ),
        ]
    },
}


def test_base_newcomer_birthday_and_the_chosen_category_add_up_to_38() -> None:
    """Magnit 2019: 1 000 roubles, 400 of them in the category, in the birthday week of the first month."""
    magnit = roubles(**MAGNIT)
    chosen = Chosen("favourite", ("cosmetics",), at("2026-02-20 10:00"), at("2026-03-22 10:00"))
    known = replace_document(birthday=Birthday("1990-03-02", 0), choices=(chosen,))
    moment = occasion(known=known, opened="2026-02-20 10:00")
    names = held(magnit, moment)
    lines = (
        LineFacts("1", categories=("cosmetics",), goods=40_000),
        LineFacts("2", categories=("bakery",), goods=60_000),
    )
    order = structs.replace(paid(100_000), lines=lines)
    target = price(magnit, Pricing("v1", "", NOON, moment.snap.opened, held=names), order, Amounts())
    assert names == ("newcomer", "birthday", "cosmetics")
    assert [worth.points for worth in target.worths] == [38]
    assert target.rules == ("base", "newcomer", "birthday", "cosmetics")


def test_a_rule_with_a_condition_gives_nothing_when_it_did_not_hold() -> None:
    plain = asking(level="Gold")
    assert [worth.points for worth in price(plain, Pricing("v1", "", NOON, 0), paid(100_000), Amounts()).worths] == [0]
