"""The checker finds whatever was done to a journal behind its back. Each test takes a good one and spoils one thing."""

import functools
import json
import operator
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_factories import BEANS, Desk, day, one_bean_per_euro, paid, refund, stored, tiers, timeline, told

from chalicelib.events import AccountId
from chalicelib.ledger.chain import decode, digest, encode, seal
from chalicelib.ledger.check import violations
from chalicelib.ledger.journal import Cell, Entry, Leg, Maturing, Purse, Rolled, Tier

RULES = timeline((-9, tiers(("Bean", 0), ("Gold", 150))))
Stored = list[tuple[int, str, str]]


def good() -> list[Entry]:
    """Five entries: earned, earned, redeemed, taken back, and what a year did."""
    desk = Desk(one_bean_per_euro(window=100), RULES)
    desk.tell(told(paid(10_000)))
    desk.now = day(30)
    desk.tell(told(paid(9_000, on=30), reference="order/shop/2"))
    desk.redeem("redemption/1", 120)
    desk.tell(told(r1=refund(10_000, on=30)))
    desk.now = day(400)
    desk.sweep()
    return desk.journals["a"]


GOOD = good()


def found(journal: Stored) -> list[int]:
    """The promises that do not hold, in the order in which they are told."""
    return [violation.promise for violation in violations(AccountId("a"), journal, RULES)]


def resealed(entries: list[Entry]) -> Stored:
    """A forger's work: every hash and link is computed again."""
    forged: list[Entry] = []
    for entry in entries:
        forged.append(seal(msgspec.structs.replace(entry, prev=forged[-1].hash if forged else "")))
    return stored(forged)


def forged(seq: int, change: Callable[[Entry], Entry]) -> Stored:
    return resealed([change(entry) if entry.seq == seq else entry for entry in GOOD])


def with_purse(entry: Entry, **changes: Any) -> Entry:
    purses = {**entry.snap.purses, BEANS: msgspec.structs.replace(entry.snap.purse(BEANS), **changes)}
    return msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, purses=purses))


def test_a_good_journal_keeps_every_promise() -> None:
    assert found(stored(GOOD)) == []
    assert found(resealed(GOOD)) == []
    assert [entry.kind for entry in GOOD] == ["earned", "earned", "redeemed", "taken_back", "settled"]
    assert GOOD[3].snap.purse(BEANS).balance == -30


# --- 1 no gap and no ghost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [2, 3, 4])
def test_1_a_lost_entry_is_found(lost: int) -> None:
    assert 1 in found(stored([entry for entry in GOOD if entry.seq != lost]))


def test_1_a_lost_beginning_is_found() -> None:
    journal = [
        msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, status="active")) for entry in GOOD
    ]
    assert found(resealed(journal)[1:])[0] == 1


def test_1_the_beginning_of_an_unclaimed_account_may_have_reached_its_end() -> None:
    assert GOOD[0].snap.status == "unclaimed"
    assert found(stored(GOOD)[2:]) == []


def test_1_swapped_entries_are_found() -> None:
    one, two, three, *rest = stored(GOOD)
    assert 1 in found([one, three, two, *rest])
    swapped = [one, (2, *three[1:]), (3, *two[1:]), *rest]
    assert {1, 2} <= set(found(swapped))


def test_1_an_entry_under_another_number_is_found() -> None:
    *rest, last = stored(GOOD)
    assert 1 in found([*rest, (6, *last[1:])])


def test_1_an_entry_of_another_account_is_found() -> None:
    assert 1 in found(forged(2, lambda entry: msgspec.structs.replace(entry, account=AccountId("b"))))


def test_1_an_entry_that_says_another_number_is_found() -> None:
    *rest, (_, line, hashed) = forged(5, lambda entry: msgspec.structs.replace(entry, seq=7))
    assert found([*rest, (5, line, hashed)]) == [1]


def test_1_a_journal_may_begin_with_the_claim() -> None:
    claim = msgspec.structs.replace(
        GOOD[1], kind="claimed", legs=(), rolled=(), snap=msgspec.structs.replace(GOOD[1].snap, status="active")
    )
    assert found(resealed([GOOD[0], claim])[1:]) == []


def test_1_an_entry_told_twice_is_found() -> None:
    assert 1 in found([*stored(GOOD), stored(GOOD)[-1]])


# --- 2 the chain ----------------------------------------------------------------------------------------------------


def test_2_a_changed_text_is_found() -> None:
    journal = stored(GOOD)
    seq, line, hashed = journal[1]
    journal[1] = (seq, line.replace('"by":"test"', '"by":"best"'), hashed)
    assert found(journal) == [2]


def test_2_a_changed_hash_is_found() -> None:
    journal = stored(GOOD)
    seq, line, hashed = journal[1]
    journal[1] = (seq, line, ("B" if hashed[0] == "A" else "A") + hashed[1:])
    assert found(journal) == [2, 2]


def test_2_an_entry_that_was_sealed_again_no_longer_leads_to_the_next() -> None:
    journal = stored(GOOD)
    changed = seal(msgspec.structs.replace(GOOD[1], name="#2"))
    journal[1] = (2, encode(changed), changed.hash)
    assert found(journal) == [2]


def test_2_a_text_that_cannot_be_read_is_told_and_not_a_crash() -> None:
    for line in ("", "{}", "{", '{"v":9}', "зёрна"):
        journal = stored(GOOD)
        journal[1] = (2, line, journal[1][2])
        assert found(journal) == [2]


@settings(max_examples=300)
@given(st.integers(0, len(GOOD) - 1), st.data())
def test_2_any_changed_character_is_found(number: int, data: st.DataObject) -> None:
    journal = stored(GOOD)
    seq, line, hashed = journal[number]
    place = data.draw(st.integers(0, len(line) - 1))
    character = data.draw(st.one_of(st.sampled_from('0123456789-.e,"[]{}:ж'), st.characters(codec="utf-8")))
    changed = line[:place] + character + line[place + 1 :]
    journal[number] = (seq, changed, hashed)
    assert (2 in found(journal)) == (changed != line)


def _leaves(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [leaf for key, child in children for leaf in [(*path, key), *_leaves(child, (*path, key))]]


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**13), 10**13), st.floats(), st.text(max_size=3), st.just([]), st.just({})
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.data(), VALUES)
def test_2_whatever_a_forger_writes_is_told_and_not_a_crash(number: int, data: st.DataObject, value: object) -> None:
    """Any value of a text is replaced by anything, and the chain is computed again."""
    bodies = [json.loads(encode(entry)) for entry in GOOD]
    *path, last = data.draw(st.sampled_from(_leaves(bodies[number])))
    functools.reduce(operator.getitem, path, bodies[number])[last] = value
    journal: Stored = []
    for seq, body in enumerate(bodies, start=1):
        if seq != number + 1:
            body["p"] = journal[-1][2] if journal else ""
        line = json.dumps(body, sort_keys=True, separators=(",", ":"))
        journal.append((seq, line, digest(line)))
    assert set(found(journal)) <= {1, 2, 3, 4, 5, 6}


# --- 3 legs ---------------------------------------------------------------------------------------------------------


def test_3_movements_that_do_not_sum_to_zero_are_found() -> None:
    def more(entry: Entry) -> Entry:
        legs = (entry.legs[0], msgspec.structs.replace(entry.legs[1], points=entry.legs[1].points + 5))
        return msgspec.structs.replace(with_purse(entry, cells=(Cell(day(336), 105),)), legs=legs)

    assert 3 in found(forged(1, more))


def test_3_each_currency_sums_for_itself() -> None:
    legs = (Leg("issued", BEANS, -5), Leg("cell", "stamps", 5, ends=day(99)))
    assert found(forged(1, lambda entry: msgspec.structs.replace(entry, legs=legs)))[:2] == [3, 3]


# --- 4 each snapshot follows from the one before --------------------------------------------------------------------


@pytest.mark.parametrize("seq", [1, 2, 3, 4, 5])
def test_4_a_forged_balance_is_found_although_every_hash_fits(seq: int) -> None:
    def richer(entry: Entry) -> Entry:
        own = entry.snap.purse(BEANS)
        cells = (*own.cells, Cell(day(999), 1_000))
        return with_purse(entry, cells=cells, debt=0, issued=own.issued + 1_000 + own.debt)

    broken = found(forged(seq, richer))
    assert 4 in broken
    assert not {1, 2, 3, 5, 6} & set(broken)


def test_4_a_forged_measure_is_found() -> None:
    metrics = {"beans earned": (Cell(day(100), 9_000),)}
    assert 4 in found(
        forged(
            1, lambda entry: msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, metrics=metrics))
        )
    )


def test_4_a_forged_tier_is_found() -> None:
    tier = Tier("Gold", 0, None, ((0, "Gold"),))
    assert 4 in found(
        forged(1, lambda entry: msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, tier=tier)))
    )


def test_4_an_older_account_is_found() -> None:
    assert 4 in found(
        forged(1, lambda entry: msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, opened=0)))
    )


def test_4_time_that_runs_backwards_is_found() -> None:
    assert 4 in found(forged(2, lambda entry: msgspec.structs.replace(entry, at=day(-1))))


def test_4_an_entry_a_moment_older_than_the_one_before_is_found() -> None:
    assert found(forged(3, lambda entry: msgspec.structs.replace(entry, at=entry.at - 1))) == [4]


def test_4_an_expiry_that_was_kept_from_happening_is_found() -> None:
    late = GOOD[4]
    before = GOOD[3]
    assert late.rolled
    kept = msgspec.structs.replace(late, rolled=(), snap=before.snap)
    assert 4 in found(resealed([*GOOD[:4], kept]))


def test_4_a_movement_that_cannot_be_is_found() -> None:
    legs = (Leg("cell", BEANS, -999, ends=day(336)), Leg("redeemed", BEANS, 999))
    assert 4 in found(forged(3, lambda entry: msgspec.structs.replace(entry, legs=legs)))


def test_4_a_measure_below_zero_is_found() -> None:
    rolled = (Rolled("beans earned", day(100), -999),)
    assert 4 in found(forged(4, lambda entry: msgspec.structs.replace(entry, rolled=rolled)))


def test_4_a_removed_entry_is_found_although_the_numbers_close_the_gap() -> None:
    rest = [msgspec.structs.replace(entry, seq=nr + 1) for nr, entry in enumerate(e for e in GOOD if e.seq != 3)]
    assert 4 in found(resealed(rest))


# --- 5 what is held is what was issued less what left ---------------------------------------------------------------


@pytest.mark.parametrize("total", ["issued", "redeemed", "expired", "taken_back", "debt"])
def test_5_a_total_that_does_not_fit_is_found(total: str) -> None:
    broken = found(forged(1, lambda entry: with_purse(entry, **{total: getattr(entry.snap.purse(BEANS), total) + 1})))
    assert {4, 5} <= set(broken)


# --- 6 nothing is negative ------------------------------------------------------------------------------------------


def test_6_a_negative_part_is_found() -> None:
    assert 6 in found(forged(1, lambda entry: with_purse(entry, expired=-5, taken_back=5)))


def test_6_points_that_are_owed_and_spendable_at_once_are_found() -> None:
    own = Purse((Cell(day(336), 110),), debt=10, issued=100)
    broken = found(forged(1, lambda entry: with_purse(entry, cells=own.cells, debt=own.debt)))
    assert 6 in broken
    assert 5 not in broken


def test_6_too_many_ends_are_found() -> None:
    cells = tuple(Cell(day(300 + number), 4) for number in range(25))
    broken = found(forged(1, lambda entry: with_purse(entry, cells=cells)))
    assert 6 in broken
    assert 5 not in broken


def test_6_too_many_days_on_the_way_are_found() -> None:
    parts = tuple(Maturing(day(300 + number), day(336), 5) for number in range(17))
    broken = found(forged(1, lambda entry: with_purse(entry, cells=(Cell(day(336), 15),), maturing=parts)))
    assert 6 in broken
    assert 5 not in broken


# --- in plain words -------------------------------------------------------------------------------------------------


def says(journal: Stored) -> list[tuple[int, int, str]]:
    """Of each violation the entry, the promise and the words."""
    told = list(violations(AccountId("a"), journal, RULES))
    assert {each.account for each in told} <= {AccountId("a")}
    return [(each.seq, each.promise, each.says) for each in told]


def test_what_is_missing_is_named() -> None:
    gap = [stored(GOOD)[place] for place in (0, 3, 4)]
    assert says(gap)[:2] == [
        (4, 1, "entries 2 to 3 are missing"),
        (4, 2, "it does not follow the entry before it"),
    ]
    active = resealed(
        [msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, status="active")) for entry in GOOD]
    )
    assert says(active[2:])[0] == (3, 1, "entries 1 to 2 are missing")


def test_what_stands_under_another_number_is_named() -> None:
    assert says(forged(2, lambda entry: msgspec.structs.replace(entry, account=AccountId("b"), seq=2)))[0] == (
        2,
        1,
        "the entry says it is number 2 of b",
    )


def test_what_was_changed_is_named() -> None:
    journal = stored(GOOD)
    seq, line, hashed = journal[1]
    journal[1] = (seq, line.replace('"by":"test"', '"by":"best"'), hashed)
    assert says(journal) == [(2, 2, "the text was changed after it was written")]
    journal[1] = (seq, "{", hashed)
    assert says(journal) == [(2, 2, "the entry cannot be read: unreadable_entry")]
    unlinked = stored([seal(msgspec.structs.replace(GOOD[0], prev="x" * 43)), *GOOD[1:]])
    assert (1, 2, "it does not follow the entry before it") in says(unlinked)


def test_what_does_not_add_up_is_named() -> None:
    legs = (Leg("issued", BEANS, -5), Leg("cell", "stamps", 5, ends=day(99)))
    assert says(forged(1, lambda entry: msgspec.structs.replace(entry, legs=legs)))[:2] == [
        (1, 3, "the movements of beans do not sum to zero but to -5"),
        (1, 3, "the movements of stamps do not sum to zero but to 5"),
    ]
    assert (1, 5, "100 beans are held, but the totals say otherwise") in says(
        forged(1, lambda entry: with_purse(entry, issued=99))
    )


def test_a_step_that_cannot_be_is_named() -> None:
    assert says(forged(3, lambda entry: msgspec.structs.replace(entry, at=entry.at - 1))) == [
        (3, 4, "it is older than the entry before it")
    ]
    kept = msgspec.structs.replace(GOOD[4], rolled=(), snap=GOOD[3].snap)
    assert says(resealed([*GOOD[:4], kept])) == [
        (5, 4, "what time did to the account since the entry before it is missing")
    ]
    legs = (Leg("cell", BEANS, -999, ends=day(336)), Leg("redeemed", BEANS, 999))
    assert says(forged(3, lambda entry: msgspec.structs.replace(entry, legs=legs)))[0] == (
        3,
        4,
        "its movements are impossible: negative_part (points=-899)",
    )
    tier = Tier("Gold", 0, None, ((0, "Gold"),))
    assert says(
        forged(1, lambda entry: msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, tier=tier)))
    )[0] == (
        1,
        4,
        "its balance is not the one before it plus its movements",
    )


def test_what_no_purse_may_hold_is_named() -> None:
    own = Purse((Cell(day(336), 110),), debt=10, issued=100)
    many = tuple(Cell(day(300 + number), 4) for number in range(25))
    for changes, words in (
        ({"expired": -5, "taken_back": 5}, "a part of beans is negative"),
        ({"cells": own.cells, "debt": own.debt}, "beans are owed and spendable at once"),
        ({"cells": many}, "beans have too many different days"),
    ):
        told = [each for each in says(forged(1, lambda entry, how=changes: with_purse(entry, **how))) if each[1] == 6]
        assert told[0] == (1, 6, words)


def test_the_fixture_is_read_as_it_was_written() -> None:
    assert [decode(line, hashed) for _, line, hashed in stored(GOOD)] == GOOD
