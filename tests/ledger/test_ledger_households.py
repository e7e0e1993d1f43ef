"""Points of several members used at once: whose lots go first, and whose come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.households import back, drawn_together, of_account
from chalicelib.ledger.journal import Cell, Purse
from chalicelib.ledger.people_documents import HouseholdUseDocument, Share

A, B = AccountId("a"), AccountId("b")
MARCH, JUNE = 31, 30 + 61
PURSES = {A: Purse(cells=(Cell(MARCH, 100),)), B: Purse(cells=(Cell(JUNE, 300),))}


def document(drawn: tuple[Share, ...], returned: int = 0) -> HouseholdUseDocument:
    points = sum(share.points for share in drawn)
    return HouseholdUseDocument(Reference("u"), Reference("h"), A, "beans", points, drawn, returned)


def test_two_hundred_and_fifty_are_a_hundred_of_a_that_end_in_march_and_a_hundred_and_fifty_of_b() -> None:
    """A household pool: earliest expiry first across its members."""
    assert drawn_together(PURSES, 250) == (Share(A, MARCH, 100), Share(B, JUNE, 150))


def test_of_lots_that_end_together_the_first_members_go_first() -> None:
    both = {A: Purse(cells=(Cell(JUNE, 100),)), B: Purse(cells=(Cell(MARCH, 10), Cell(JUNE, 100)))}
    assert drawn_together(both, 120) == (Share(B, MARCH, 10), Share(A, JUNE, 100), Share(B, JUNE, 10))


def test_more_than_all_have_is_refused_with_what_there_is() -> None:
    with pytest.raises(Refused) as caught:
        drawn_together(PURSES, 401)
    assert caught.value.facts == {"asked": 401, "there": 400}
    with pytest.raises(Refused):
        drawn_together(PURSES, 0)
    with pytest.raises(Malformed):
        drawn_together(PURSES, 1.5)  # type: ignore[arg-type]


def test_what_comes_back_is_the_longest_lived_first_and_its_owners() -> None:
    used = document(drawn_together(PURSES, 250))
    assert back(used, 160) == (Share(B, JUNE, 150), Share(A, MARCH, 10))
    later = document(used.drawn, returned=160)
    assert back(later, 90) == (Share(A, MARCH, 90),)
    with pytest.raises(Refused):
        back(later, 91)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.integers(1, 50)), min_size=1, max_size=12),
    st.data(),
)
def test_whatever_is_used_comes_back_whole_to_whom_it_was_drawn_from(
    cells: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    purses = {
        AccountId(name): Purse(cells=tuple(sorted({Cell(ends, points) for who, ends, points in cells if who == name})))
        for name in dict.fromkeys(who for who, _, _ in cells)
    }
    there = sum(purse.spendable for purse in purses.values())
    used = document(drawn_together(purses, data.draw(st.integers(1, there))))
    returned: list[Share] = []
    while used.returned < used.points:
        part = data.draw(st.integers(1, used.points - used.returned))
        returned += back(used, part)
        used = document(used.drawn, used.returned + part)
    for account, purse in purses.items():
        assert of_account(returned, account) == of_account(used.drawn, account)
        assert of_account(used.drawn, account) <= purse.spendable
