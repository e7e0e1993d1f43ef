"""What is known of a member stays small, remembers in the order of time, and reads as it was written."""

import msgspec
import pytest

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import Document
from chalicelib.ledger.member_document import (
    MOST_JOINED,
    REMEMBERED_PERIODS,
    REMEMBERED_VALUES,
    Birthday,
    Chosen,
    Known,
    MemberDocument,
    PlanPeriod,
    completed,
    erased,
    member_reference,
    newest_periods,
    remembered,
    unknown,
)

ANNA, BORIS = AccountId("a" * 22), AccountId("b" * 22)


def anna(**parts: object) -> MemberDocument:
    return MemberDocument(member_reference(ANNA), ANNA, **parts)  # type: ignore[arg-type]


def test_values_are_remembered_by_the_time_since_which_they_hold() -> None:
    values: tuple[Known, ...] = ()
    for known in (Known(20, "b"), Known(10, "a"), Known(30, "c"), Known(20, "B")):
        values = remembered(values, known)
    assert values == (Known(10, "a"), Known(20, "B"), Known(30, "c"))
    document = anna(attributes={"city": values})
    assert [document.attribute("city", at) for at in (9, 10, 19, 20, 30)] == [None, "a", "a", "B", "c"]


def test_only_the_newest_values_are_remembered() -> None:
    values: tuple[Known, ...] = ()
    for since in range(9):
        values = remembered(values, Known(since, since))
    assert [known.value for known in values] == [9 - number for number in range(REMEMBERED_VALUES, 0, -1)]


def test_a_value_that_was_taken_away_is_none() -> None:
    document = anna(attributes={"city": (Known(1, "Riga"), Known(5))}, lists={"vip": (Known(1, True), Known(5, False))})
    assert (document.attribute("city", 4), document.attribute("city", 5)) == ("Riga", None)
    assert (document.is_on("vip", 4), document.is_on("vip", 5), document.was("city", "Riga", 5)) == (True, False, True)


def test_it_is_stored_and_read_as_it_is() -> None:
    whole = anna(
        revision=3,
        attributes={"city": (Known(1, "Riga"),), "age": (Known(2, 7),), "student": (Known(3, True), Known(4))},
        lists={"vip": (Known(5, value=True),)},
        choices=(Chosen("drinks", ("tea",), 6, 7),),
        plans=(PlanPeriod("pro", 8, 9, 500, is_trial=False, refunded_at=10),),
        birthday=Birthday("1990-02-28", 11, 2026),
        joined=(BORIS,),
    )
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Document) == whole


def test_at_its_fullest_it_is_read_with_two_units_and_written_with_eight() -> None:
    """4 KB for each unit of a strong read, 1 KB for each unit of a write."""
    at = 1_767_222_000_000
    values = tuple(Known(at + number, "ж" * 40) for number in range(REMEMBERED_VALUES))
    ons = tuple(Known(at + number, number % 2 == 0) for number in range(REMEMBERED_VALUES))
    full = anna(
        revision=99,
        attributes={f"attribute_{number}".ljust(24, "x"): values for number in range(8)},
        lists={f"list_{number}".ljust(24, "x"): ons for number in range(12)},
        choices=(Chosen("c" * 24, ("o" * 24, "p" * 24), at, at),) * REMEMBERED_PERIODS,
        plans=(PlanPeriod("p" * 24, at, at, 99_900, refunded_at=at),) * REMEMBERED_PERIODS,
        birthday=Birthday("1990-02-28", at, 2026),
        joined=(BORIS,) * MOST_JOINED,
    )
    assert len(msgspec.json.encode(full)) <= 8 * 1024


# --- two accounts of one person -------------------------------------------------------------------------------------


def test_what_both_know_stays_and_what_only_the_other_one_knows_comes_along() -> None:
    own = anna(attributes={"city": (Known(1, "Riga"),)}, choices=(Chosen("drinks", ("tea",), 10, 20),))
    other = MemberDocument(
        member_reference(BORIS),
        BORIS,
        attributes={"city": (Known(2, "Tver"),), "age": (Known(3, 7),)},
        choices=(Chosen("drinks", ("milk",), 15, 25), Chosen("drinks", ("milk",), 1, 5)),
        birthday=Birthday("1990-02-28", 5),
        plans=(PlanPeriod("pro", 1, 9),),
    )
    both = completed(own, other)
    assert both.attributes == {"city": (Known(1, "Riga"),), "age": (Known(3, 7),)}
    assert [(each.picked, each.since) for each in both.choices] == [(("milk",), 1), (("tea",), 10)]
    assert (both.birthday, both.plans, both.joined) == (other.birthday, other.plans, (BORIS,))
    assert completed(both, other) == both


def test_periods_are_few_and_the_newest() -> None:
    long_one = PlanPeriod("premium", 0, 100)
    periods = (long_one, *(PlanPeriod("pro", since, since + 1) for since in range(20, 0, -1)))
    kept = newest_periods(periods)
    assert [each.since for each in kept] == [16, 17, 18, 19, 20, 0]
    assert kept[-1] == long_one


def test_nothing_personal_is_left_of_somebody_who_was_erased() -> None:
    known = anna(
        attributes={"city": (Known(1, "Riga"),)},
        lists={"vip": (Known(1, True),)},
        choices=(Chosen("drinks", ("tea",), 1, 2),),
        birthday=Birthday("1990-02-28", 1),
        plans=(PlanPeriod("pro", 1, 9, 500),),
    )
    assert erased(known) == anna(plans=known.plans)


@pytest.mark.parametrize("account", [ANNA, BORIS])
def test_nobody_is_known_before_something_is_told(account: AccountId) -> None:
    assert unknown(account) == MemberDocument(Reference(f"member/{account}"), account)
