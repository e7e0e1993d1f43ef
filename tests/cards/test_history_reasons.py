"""Every row says what happened and why, in words, in every language."""

import re
from fractions import Fraction
from string import Formatter
from typing import Any, get_args

import msgspec
import pytest
from history_factory import ACCOUNT, BEAN_STREET, END, Book, program
from stand_ins import DAY, NOON

from chalicelib.cards.history import HistoryRow, LevelChange
from chalicelib.cards.movements import What
from chalicelib.cards.reason_words import WORDS
from chalicelib.cards.reasons import reason
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.journal import NEVER, EntryKind, Leg, Rolled
from chalicelib.programs.definition import Fixed, OrderRule, Percent
from chalicelib.programs.tiers import MoneySpent, PointsEarned

HOLD = Reference("hold/till/77")
UNTIL = NOON + 30 * 60_000


def cell(points: int, ends: int = END) -> Leg:
    return Leg("cell", "beans", points, ends=ends)


def total(place: Any, points: int) -> Leg:
    return Leg(place, "beans", points)


def held(points: int) -> Leg:
    return Leg("held", "beans", points, ends=END, at=UNTIL, document=HOLD)


def coming(points: int, at: int = NOON + 3 * DAY) -> Leg:
    return Leg("maturing", "beans", points, ends=END, at=at)


MOVEMENTS: dict[str, tuple[Leg, ...]] = {
    "earned": (total("issued", -45), cell(45)),
    "taken_back": (total("taken_back", 20), cell(-20)),
    "redeemed": (total("redeemed", 30), cell(-30)),
    "restored": (total("redeemed", -10), cell(10)),
    "held": (held(30), cell(-30)),
    "released": (held(-30), cell(30)),
    "moved": (coming(-7), coming(7, NOON + 5 * DAY)),
    "adjusted": (total("issued", -5), cell(5)),
    "transferred": (total("transferred", 8), cell(-8)),
    "corrected": (total("taken_back", 3), cell(-3)),
    "settled": (),
    "claimed": (),
    "merged": (total("issued", -9), cell(9)),
    "unmerged": (total("issued", 9), cell(-9)),
    "noted": (),
}
"""A plausible movement for every kind of entry."""


def book_with(kind: str) -> Book:
    """A journal that can take that entry, and has taken it last."""
    book = Book()
    book.earns()
    if kind == "restored":
        book.post("redeemed", *MOVEMENTS["redeemed"])
    if kind == "released":
        book.post("held", *MOVEMENTS["held"])
    if kind == "moved":
        book.post("earned", total("issued", -7), coming(7))
    book.post(kind, *MOVEMENTS[kind])
    return book


def test_every_kind_of_entry_is_covered_here() -> None:
    assert set(MOVEMENTS) == set(get_args(EntryKind))


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", get_args(EntryKind))
def test_every_kind_of_entry_has_a_sentence_without_an_internal_word(kind: str, language: str) -> None:
    book = book_with(kind)
    own = [row for row in book.rows() if row.posted_at == book.now][len(book.entries) - 1 :]
    assert own
    for row in own:
        told = reason(row, book.program, "beans", language)
        assert told.what
        assert told.why
        ids = (ACCOUNT, "order/", "hold/", "5f5f", kind if "_" in kind else "beans/")
        assert not [each for each in ids if each in told.sentence], told.sentence
        assert not re.search(r"[{}]|None|[a-z]+_[a-z]+|\d{13}", told.sentence), told.sentence
        assert bool(re.search("[а-яё]", told.sentence)) is (language == "ru")


@pytest.mark.parametrize("what", get_args(What))
def test_every_row_has_words_in_every_language(what: What) -> None:
    level = LevelChange("Silver", "Silver", 310, 300, ("beans earned",)) if what == "level" else None
    row = HistoryRow(NOON, what, 5, "#1001", NOON, amount=5, day=NOON + DAY, level=level)
    for language in WORDS:
        told = reason(row, program(), "beans", language)
        assert told.what.strip()
        assert told.why.strip()


def test_both_languages_say_the_same_things() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert list(WORDS["en"]) == list(WORDS["ru"])
    assert {key: fields(text) for key, text in WORDS["en"].items()} == {
        key: fields(text) for key, text in WORDS["ru"].items()
    }


@pytest.mark.parametrize(
    ("points", "expected"),
    [(1, "1 зерно"), (2, "2 зерна"), (5, "5 зёрен"), (21, "21 зерно"), (112, "112 зёрен"), (1_000, "1 000 зёрен")],
)
def test_russian_counts_as_russians_do(points: int, expected: str) -> None:
    book = Book()
    book.earns(points)
    assert book.says("ru")[0].replace("\N{NO-BREAK SPACE}", " ").startswith(f"Начислено за заказ #1001: {expected} (")


# --- worked sentences ---------------------------------------------------------------------------------------------


def test_earning_names_the_rule_as_it_was_written_and_the_level_that_multiplied_it() -> None:
    book = Book()
    book.earns(310, rules=("every euro",), rolled=(Rolled("beans earned", END, 310),))
    book.now += DAY
    book.earns(45, rules=("every euro",), name="#1002")
    assert book.says() == [
        "Earned for order #1001: 310 beans (1 bean per €1)",
        "Level Silver (310 beans in 12 months; Silver needs 300)",
        "Earned for order #1002: 45 beans (1 bean per €1; Silver × 1.25)",
    ]
    assert book.says("ru") == [
        "Начислено за заказ #1001: 310 зёрен (1 зерно за 1 €)".replace("1 €", "1\xa0€"),
        "Уровень Silver (310 зёрен за 12 месяцев; для Silver нужно 300)",
        "Начислено за заказ #1002: 45 зёрен (1 зерно за 1 €; Silver × 1,25)".replace("1 €", "1\xa0€"),
    ]


def test_a_price_that_a_later_version_changed_is_told_as_it_was() -> None:
    rule = OrderRule("every euro", Fixed(7, "beans"))
    book = Book()
    book.earns(45, rules=("every euro",))
    changed = msgspec.structs.replace(BEAN_STREET, earn=msgspec.structs.replace(BEAN_STREET.earn, rules=(rule,)))
    newer = msgspec.structs.replace(book.program.versions[0], sha="77" * 32, definition=changed, published_at=NOON + 1)
    book.program = msgspec.structs.replace(book.program, versions=(*book.program.versions, newer))
    assert book.says() == ["Earned for order #1001: 45 beans (1 bean per €1)"]


def test_a_share_and_a_fixed_gift_are_named_too() -> None:
    rules = (
        OrderRule("back", Percent(Fraction(5, 100), "beans")),
        OrderRule("gift", Fixed(3, "beans")),
    )
    book = Book(program(earn=msgspec.structs.replace(BEAN_STREET.earn, rules=rules)))
    book.earns(8, rules=("back", "gift"))
    assert book.says() == ["Earned for order #1001: 8 beans (5% of the amount; 3 beans for the order)"]


def test_taking_back_says_out_of_how_much_and_for_which_order() -> None:
    book = Book()
    order = Reference("order/shopify/820982911946154508")
    book.earns(45, document=order)
    book.post("taken_back", *MOVEMENTS["taken_back"], document=order)
    book.post("taken_back", total("taken_back", 25), cell(-25), document=order)
    assert book.says()[1:] == [
        "Taken back for order #1001: 20 beans (20 of the 45 it had given; money was returned or the order was changed)",
        "Taken back for order #1001: 25 beans (25 of the 25 it had given; money was returned or the order was changed)",
    ]


def test_what_an_order_had_given_is_not_guessed_when_its_beginning_is_not_shown() -> None:
    book = Book()
    order = Reference("order/shopify/1")
    book.earns(45, document=order)
    book.earns(5, document=Reference("order/shopify/2"), name="#1002")
    book.earns(10, document=order, occurred_at=NOON - DAY)
    book.post("taken_back", *MOVEMENTS["taken_back"], document=order)
    book.entries = book.entries[1:]
    assert [(row.what, row.points, row.of, row.tier) for row in book.rows()] == [
        ("earned", 10, None, ""),
        ("taken_back", -20, None, ""),
    ]


def test_points_that_had_expired_are_not_asked_for_twice() -> None:
    book = Book()
    book.earns(45)
    book.now = END
    book.post("taken_back", total("taken_back", 20), total("expired", -20))
    rows = book.rows()
    assert [(row.what, row.points, row.posted_at) for row in rows] == [
        ("earned", 45, NOON),
        ("expired", -45, END),
        ("taken_back", 0, END),
    ]
    assert book.says()[2].endswith("expired before that and not asked for: 20)")


def test_debt_is_told_when_it_comes_and_when_it_is_paid() -> None:
    book = Book()
    book.earns(10)
    book.post("taken_back", total("taken_back", 25), cell(-10), total("debt", -15))
    book.post("earned", total("issued", -20), total("debt", 15), cell(5))
    assert book.says()[1:] == [
        "Taken back for order #1001: 25 beans (money was returned or the order was changed)",
        "Owed: 15 beans (used before they were taken back; what comes next pays for them first)",
        "Earned for order #1001: 20 beans (by the program's rules)",
        "Paid off: 15 beans (they were owed)",
    ]
    assert [row.points for row in book.rows()] == [10, -25, 0, 20, 0]


def test_a_hold_says_until_when_and_what_became_of_it() -> None:
    book = Book()
    book.earns()
    book.post("held", *MOVEMENTS["held"], name="")
    book.now += 60_000
    book.post("redeemed", held(-30), total("redeemed", 20), cell(10), name="")
    assert book.says()[1:] == [
        "Set aside: 30 beans (for a checkout, until 14:30)",  # 12:30 UTC in Berlin's summer
        "Used: 20 beans (you paid with them)",
        "Free again: 10 beans (the checkout did not need them)",
    ]


def test_a_hold_that_ran_out_stands_at_its_own_minute_before_anybody_looked() -> None:
    book = Book()
    book.earns()
    book.post("held", *MOVEMENTS["held"])
    book.now = NOON + 5 * DAY
    last = book.rows()[-1]
    assert (last.what, last.points, last.amount, last.at) == ("timed_out", 0, 30, UNTIL)
    assert book.says()[-1] == "Free again: 30 beans (the checkout was not finished by 14:30)"


def test_what_time_did_is_told_at_its_own_instants_though_a_later_event_carries_it() -> None:
    book = Book()
    book.post("earned", total("issued", -40), coming(15), coming(25, NOON + 4 * DAY))
    book.earns(12, name="#1002")
    book.now = END + DAY
    book.post("earned", total("issued", -1), cell(1, END + 9 * DAY), name="#1003")
    assert [(row.what, row.points, row.amount, row.posted_at) for row in book.rows()] == [
        ("earned", 40, 40, NOON),
        ("earned", 12, 12, NOON),
        ("matured", 0, 15, NOON + 3 * DAY),
        ("matured", 0, 25, NOON + 4 * DAY),
        ("expired", -52, 52, END),
        ("earned", 1, 1, END + DAY),
    ]


def test_points_on_the_way_say_from_when() -> None:
    book = Book()
    book.post("earned", total("issued", -40), coming(40), rules=("every euro",))
    book.post("earned", total("issued", -2), coming(2, NEVER), rules=("every euro",), name="#1002")
    assert [line.rpartition("; ")[2] for line in book.says()] == [
        "to use from 26 June 2026)",
        "to use after the delivery)",
    ]


def test_points_that_wait_for_a_delivery_in_vain_are_cancelled_and_not_said_to_have_expired() -> None:
    until = NOON + 60 * DAY
    waiting = Leg("maturing", "beans", 40, ends=until, at=until)
    book = Book()
    book.post("earned", total("issued", -40), waiting, rules=("every euro",))
    book.now = until + DAY
    assert [(row.what, row.points, row.at) for row in book.rows()] == [("earned", 40, NOON), ("given_up", -40, until)]
    assert book.says() == [
        "Earned for order #1001: 40 beans (1 bean per €1; to use after the delivery)",
        "Cancelled: 40 beans (nobody told us in time that the goods were delivered)",
    ]


def test_a_reward_that_had_counted_twice_is_not_called_a_returned_order() -> None:
    book = Book()
    book.earns(20, document=Reference(f"activity/review.created/{ACCOUNT}/9"), name="", rules=("a review",))
    book.post(
        "taken_back", total("taken_back", 20), cell(-20), document=Reference(f"activity/review.created/{ACCOUNT}/9"),
        name="",
    )  # fmt: skip
    assert book.says() == [
        "Earned for a review: 20 beans (20 beans for a review)",
        "Taken back: 20 beans (something that counts once had been counted twice)",
    ]


def test_expiry_says_the_last_day() -> None:
    book = Book()
    book.post("earned", total("issued", -12), cell(12, 1_774_994_400_000 + 365 * DAY))  # 1 April 2027, 00:00 in Berlin
    book.now = END + DAY
    assert book.says()[-1] == "Expired: 12 beans (their last day was 31 March 2027)"
    assert book.says("ru")[-1] == "Сгорело: 12 зёрен (последний день был 31 марта 2027\u202fг.)"


def test_leaving_a_level_says_what_was_missing() -> None:
    book = Book(program(tiers=msgspec.structs.replace(BEAN_STREET.tiers, grace=None)))
    book.earns(310, rolled=(Rolled("beans earned", NOON + 9 * DAY, 250), Rolled("beans earned", END, 60)))
    book.now += 20 * DAY
    last = book.rows()[-1]
    assert (last.what, last.at, last.level) == (
        "level",
        NOON + 9 * DAY,
        LevelChange("Bean", "Silver", 60, 300, ("beans earned",)),
    )
    assert book.says()[-1] == "Level Bean (60 beans in 12 months; Silver needs 300)"


def test_levels_by_money_are_told_in_money() -> None:
    tiers = msgspec.structs.replace(BEAN_STREET.tiers, measure=MoneySpent())
    book = Book(program(tiers=tiers))
    book.earns(10, rolled=(Rolled("money spent", END, 30_050),))
    assert book.says()[-1] == "Level Gold (€300.50 spent in 12 months; Gold needs €10)"
    assert isinstance(BEAN_STREET.tiers.measure, PointsEarned)


def test_a_change_by_hand_says_the_shops_own_reason() -> None:
    book = Book()
    book.earns()
    book.post("adjusted", total("taken_back", 40), cell(-40), name="Wrong card scanned")
    assert book.says()[-1] == "Changed by the shop: −40 beans (Wrong card scanned)"


def test_points_of_other_members_name_nobody() -> None:
    book = Book()
    book.earns()
    book.post("transferred", total("transferred", 8), cell(-8), document=Reference(f"transfer/{ACCOUNT}/1"), name="")
    book.post("transferred", total("transferred", -3), cell(3), document=Reference("transfer/x/1"), name="")
    assert book.says()[1:] == ["Sent: 8 beans (to another member)", "Received: 3 beans (from another member)"]


def test_a_merge_is_told_from_both_sides() -> None:
    book = Book()
    book.earns()
    book.post("merged", total("issued", -9), cell(9), name="")
    into = AccountId("Lp9dK4hJ6gVu0eXi2oZs8b")
    book.post("merged", total("issued", 109), cell(-109), name="", status="merged", merged_to=into)
    assert book.says()[1:] == [
        "Brought together: +9 beans (your earlier points joined this card)",
        "Brought together: −109 beans (these points are on your other card now)",
    ]


# --- sums ---------------------------------------------------------------------------------------------------------


def test_several_rules_give_one_row_with_the_sum_of_all() -> None:
    """odoo/odoo#211188: a history that showed 200 of the 300 points that three rules had given."""
    book = Book()
    parts = [Leg("cell", "beans", 100, ends=END + part * DAY) for part in range(3)]
    book.post("earned", *[total("issued", -100)] * 3, *parts, rules=("every euro", "reviews"))
    assert [(row.what, row.points, row.amount) for row in book.rows()] == [("earned", 300, 300)]
    assert book.says()[0].startswith("Earned for order #1001: 300 beans (")


def test_another_currencys_points_are_not_this_ones() -> None:
    book = Book()
    stamps = (Leg("issued", "stamps", -3), Leg("cell", "stamps", 3, ends=END))
    book.post("earned", total("issued", -45), cell(45), *stamps)
    book.post("earned", *stamps)
    assert [(row.what, row.points) for row in book.rows()] == [("earned", 45)]
