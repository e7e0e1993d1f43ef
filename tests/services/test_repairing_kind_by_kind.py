"""What is left of each kind of document after a torn restore, and what it is made into."""

import pytest
from stand_ins import HOUR
from torn_acts import (
    LIMITED,
    PLAIN_LIVE,
    SHORT,
    Act,
    adjusts,
    balances,
    captures,
    done,
    gives,
    holds,
    married_and_parted,
    members,
    orders,
    releases,
)
from torn_restore import Told, repair
from whole_house import ANNA, BORIS, PROGRAM, Town

from chalicelib.events import Reference
from chalicelib.ledger.documents import (
    AdjustmentDocument,
    ByHandDocument,
    CapDocument,
    Document,
    MergeDocument,
    RedemptionDocument,
    TransferDocument,
)
from chalicelib.store.memory.ledger import MemoryLedger
from ops.laptop.shopify_books import Buyer


@pytest.fixture
def told() -> Told:
    return members(PLAIN_LIVE)[0]


def kept(here: Town, reference: str) -> Document:
    document = here.own.ledger.document(PROGRAM, Reference(reference))
    assert document is not None
    return document


def lose(here: Town, *references: str) -> None:
    for reference in references:
        del here.own.ledger.kept[PROGRAM, Reference(reference)]  # type: ignore[attr-defined]


def lose_entry(here: Town, buyer: Buyer) -> None:
    """The newest one."""
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    account = here.account(buyer)
    del ledger.journal[PROGRAM, account][here.newest(account).seq]


def test_a_lost_adjustment_is_what_its_entry_tells(told: Told) -> None:
    here = told.here
    done(told, [adjusts(1, BORIS, 25), adjusts(2, ANNA, -15)])
    before = [kept(here, f"adjustment/{number}") for number in (1, 2)]
    lose(here, "adjustment/1", "adjustment/2")
    repair(here)
    given, taken = [kept(here, f"adjustment/{number}") for number in (1, 2)]
    assert isinstance(taken, AdjustmentDocument)
    assert given == before[0]
    assert (taken.points, taken.reason, taken.actor) == (-15, "reason 2", "olga")


def test_an_adjustment_without_its_entry_is_posted_with_its_reason(told: Told) -> None:
    here = told.here
    done(told, [adjusts(1, BORIS, -25)])
    lose_entry(here, BORIS)
    repair(here)
    entry = here.newest(here.account(BORIS))
    assert (entry.kind, entry.name, entry.actor, entry.snap.purse("beans").balance) == (
        "adjusted",
        "reason 1",
        "olga",
        55,
    )


@pytest.mark.parametrize("side", [ANNA, BORIS])
def test_the_side_of_a_gift_that_is_missing_is_posted_with_the_same_ends(told: Told, side: Buyer) -> None:
    here = told.here
    done(told, [gives(1, ANNA, BORIS, 30)])
    right = [here.newest(here.account(buyer)).snap.purse("beans").cells for buyer in (ANNA, BORIS)]
    lose_entry(here, side)
    repair(here)
    assert [here.newest(here.account(buyer)).snap.purse("beans").cells for buyer in (ANNA, BORIS)] == right
    assert here.violations() == []


def test_a_lost_gift_is_what_both_sides_tell(told: Told) -> None:
    here = told.here
    done(told, [gives(1, ANNA, BORIS, 30)])
    before = kept(here, "gift/1")
    lose(here, "gift/1")
    repair(here)
    assert isinstance(before, TransferDocument)
    assert kept(here, "gift/1") == before


def test_half_a_gift_of_which_nobody_knows_the_other_half_never_happened(told: Told) -> None:
    here = told.here
    done(told, [gives(1, ANNA, BORIS, 30), adjusts(1, ANNA, 5)])
    lose(here, "gift/1")
    lose_entry(here, BORIS)
    repair(here)
    assert balances(here) == [105, 80, 10]
    gives(1, ANNA, BORIS, 30)(here)
    assert balances(here) == [75, 110, 10]
    here.followed.clear()
    here.follow()
    assert here.violations() == []


def test_what_a_budget_granted_is_counted_anew_from_its_orders() -> None:
    """Anna had 100 of the 100 that there are, and Boris came too late."""
    here = members(SHORT)[0].here
    (reference,) = (each for each in _references(here) if each.startswith("budget/"))
    before = kept(here, reference)
    assert isinstance(before, CapDocument)
    assert (before.wanted, before.given, before.most) == (190, 100, 100)
    lose(here, reference)
    repair(here)
    assert kept(here, reference) == CapDocument(reference, "beans", 100, 1, wanted=190, given=100)


def test_a_members_limit_gives_what_it_may_to_the_orders_that_are_left() -> None:
    told, _ = members(LIMITED)
    here = told.here
    _, big = orders(told, ANNA, 9_000)
    done(told, [big])
    assert balances(here)[0] == 150
    first = here.entries(here.account(ANNA))[0]
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    ledger.journal[PROGRAM, here.account(ANNA)].clear()
    lose(here, first.document)
    repair(here)
    assert balances(here)[0] == 90
    assert [violation for violation in here.violations() if not violation.startswith("11")] == []


def test_the_count_of_a_day_is_what_was_moved(told: Told) -> None:
    here = told.here
    done(told, [adjusts(1, BORIS, 25), adjusts(2, ANNA, -15), gives(1, ANNA, BORIS, 30)])
    counts = [each for each in _references(here) if each.startswith("by-hand/")]
    before = [kept(here, each) for each in counts]
    lose(here, *counts)
    repair(here)
    for each, was in zip(counts, before, strict=True):
        now = kept(here, each)
        assert isinstance(now, ByHandDocument)
        assert isinstance(was, ByHandDocument)
        assert (now.points, now.by, now.currency) == (was.points, was.by, was.currency)
    assert sorted(each.points for each in before if isinstance(each, ByHandDocument)) == [30, 40]


def _references(here: Town) -> list[str]:
    return [kept.reference for kept in here.own.audit.kept_documents(PROGRAM)]


def test_a_hold_that_only_its_document_knows_is_over_and_can_still_be_captured(told: Told) -> None:
    here = told.here
    done(told, [holds(1, ANNA, 20)])
    lose_entry(here, ANNA)
    repair(here)
    assert here.newest(here.account(ANNA)).snap.purse("beans").held == 0
    done(told, [captures(1, ANNA, 20)])
    assert balances(here)[0] == 80


def test_a_hold_that_only_its_entry_knows_is_captured_or_runs_out(told: Told) -> None:
    here = told.here
    done(told, [holds(1, ANNA, 20)])
    before = kept(here, "hold/1")
    lose(here, "hold/1")
    repair(here)
    assert kept(here, "hold/1") == before
    captures(1, ANNA, 20)(here)
    assert balances(here)[0] == 80


@pytest.mark.parametrize("ending", [captures(1, ANNA, 12), releases(1)])
def test_an_open_hold_whose_end_only_its_document_knows_ends_the_same_way(told: Told, ending: Act) -> None:
    here = told.here
    done(told, [holds(1, ANNA, 20), ending])
    right = here.newest(here.account(ANNA)).snap.purse("beans").balance
    lose_entry(here, ANNA)
    repair(here)
    newest = here.newest(here.account(ANNA)).snap.purse("beans")
    assert (newest.balance, newest.held) == (right, 0)
    document = kept(here, "hold/1")
    assert isinstance(document, RedemptionDocument)
    assert document.state in ("used", "released")


def test_a_lost_document_of_a_merge_is_what_both_sides_tell_and_it_can_be_undone() -> None:
    told, _ = married_and_parted(is_parted=False)
    here = told.here
    (reference,) = (each for each in _references(here) if each.startswith("merge/"))
    before = kept(here, reference)
    lose(here, reference)
    repair(here)
    after = kept(here, reference)
    assert isinstance(before, MergeDocument)
    assert isinstance(after, MergeDocument)
    facts = ("account", "into", "at", "arrived", "share", "status", "actor", "reversed", "noted", "undone")
    assert [getattr(after, fact) for fact in facts] == [getattr(before, fact) for fact in facts]
    here.house.merges.unmerge(here.program, before.account, actor="olga")
    here.followed.clear()
    here.follow()
    assert here.violations() == []


def test_a_parting_that_comes_too_late_to_be_done_again_is_told_with_what_to_do() -> None:
    told, _ = married_and_parted()
    here = told.here
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    for rows in ledger.journal.values():
        for seq in [seq for seq, row in rows.items() if row.entry.kind == "unmerged"]:
            for gone in [each for each in rows if each >= seq]:
                del rows[gone]
    here.clock.forward(400 * 24 * HOUR)
    done = here.house.repairing.do(here.program, lambda account, rows: None)
    (said,) = [step.says for step in done if not step.is_done]
    assert said.endswith("not possible. They stay one account. Part them by hand: adjust both.")
