"""Each promise between journals, documents, views and time: a good ledger keeps it, and one thing spoiled is found."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from stand_ins import DAY, HOUR, MINUTE
from whole_house import ANNA, BORIS, PROGRAM, Town, town, town_on

from chalicelib.events import AccountId, OrderTold, Reference, RefundFacts
from chalicelib.events import Amounts as Money
from chalicelib.ledger.chain import encode, seal
from chalicelib.ledger.documents import (
    ActivityDocument,
    CapDocument,
    Cut,
    Document,
    Drawn,
    Lot,
    RedemptionDocument,
    Worth,
)
from chalicelib.ledger.journal import Cell, Entry, Hold, Leg, Maturing
from chalicelib.services.journaling import Line, next_entry, standing
from chalicelib.services.ports import Commit
from chalicelib.store.memory.ledger import KeptDocument, KeptEntry, MemoryLedger
from chalicelib.store.memory.programs import MemoryViews
from ops.laptop.engine import Engine, find


@pytest.fixture
def here() -> Town:
    return town()


def ledger(here: Town) -> MemoryLedger:
    stored = here.own.ledger
    assert isinstance(stored, MemoryLedger)
    return stored


def found(here: Town) -> list[int]:
    """The promises that do not hold."""
    return [violation.promise for violation in here.house.verification.verify(here.program).violations]


def says(here: Town) -> str:
    """What the one violation says."""
    (violation,) = here.house.verification.verify(here.program).violations
    return violation.says


def keep(here: Town, document: Document) -> None:
    ledger(here).kept[PROGRAM, document.reference] = KeptDocument(document, None)


def forget(here: Town, reference: Reference) -> None:
    del ledger(here).kept[PROGRAM, reference]


def post(here: Town, account: AccountId, kind: Any, reference: Reference, *legs: Leg) -> Entry:
    """An entry that no service would make, on a good chain."""
    stand = standing(here.own.ledger, here.program, account, here.clock.now())
    version = here.program.latest.sha
    entry = next_entry(stand, here.program, Line(kind, reference, stand.at, "test", version, legs=legs))
    here.own.ledger.commit(Commit(PROGRAM, entries=(entry,)))
    return entry


def used(here: Town, points: int = 20, reference: str = "redemption/1") -> RedemptionDocument:
    """Anna has 45 beans and uses some of them."""
    here.member(ANNA)
    here.buys(ANNA, 4500)
    return here.house.redemptions.redeem(here.program, Reference(reference), here.account(ANNA), points, actor="till")


# --- 7 documents and entries come to the same ------------------------------------------------------------------------


def test_7_a_redemption_that_says_other_points_than_its_entry_is_found(here: Town) -> None:
    document = used(here)
    keep(here, msgspec.structs.replace(document, used=19, points=19))
    assert found(here) == [7]
    assert says(here) == "redemption/1 says 19 beans used, its entries say 20"


def test_7_points_that_an_entry_issued_beyond_its_document_are_found(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    reference = here.document(order).reference
    end = here.newest(here.account(ANNA)).snap.purse("beans").cells[0].ends
    post(here, here.account(ANNA), "earned", reference, Leg("issued", "beans", -5), Leg("cell", "beans", 5, ends=end))
    assert found(here) == [7]
    assert says(here) == f"{reference} says 45 beans, its entries say 50"


def test_7_a_measure_that_an_entry_moved_beyond_its_document_is_found(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    document = here.document(order)
    (rolled,) = document.rolled
    keep(here, msgspec.structs.replace(document, rolled=(msgspec.structs.replace(rolled, points=44),)))
    assert says(here) == f"{document.reference} says 44 beans earned measured, its entries say 45"


def test_7_an_order_that_is_worth_other_points_than_its_rules_give_is_found(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    document = here.document(order)
    assert document.facts is not None
    cheaper = msgspec.structs.replace(document.facts, amounts=Money(goods=4400))
    keep(here, msgspec.structs.replace(document, facts=cheaper))
    assert says(here) == f"{document.reference} should be worth 44 beans, but 45 beans was posted"


def test_7_a_refused_order_that_was_posted_is_found(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    keep(here, msgspec.structs.replace(here.document(order), state="refused"))
    assert found(here) == [7]


def test_7_a_document_that_cannot_be_read_is_found_and_not_a_crash(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    keep(here, msgspec.structs.replace(here.document(order), pricing=None))
    assert 7 in found(here)


def test_7_a_limit_that_does_not_agree_with_its_orders_is_found(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    cap = Reference("cap/a month/x/2026-06")
    document = here.document(order)
    cut = Cut(cap, "beans", wanted=45)
    keep(here, msgspec.structs.replace(document, cuts=(cut,)))
    keep(here, CapDocument(cap, "beans", 100, wanted=45, given=45))
    assert found(here) == []
    keep(here, CapDocument(cap, "beans", 100, wanted=45, given=44))
    assert says(here) == f"{cap} counts 44 of 45 points, its orders 45 of 45"
    keep(here, CapDocument(cap, "beans", 40, wanted=45, given=45))
    assert says(here) == f"{cap} gave 45 of 45 points, and its limit is 40"


# --- 8 no fact counts twice ------------------------------------------------------------------------------------------


def test_8_an_order_that_is_counted_in_anothers_journal_is_found(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    here.buys(BORIS, 1000)
    reference, boris = here.document(order).reference, here.account(BORIS)
    end = here.newest(boris).snap.purse("beans").cells[0].ends
    legs = (Leg("issued", "beans", -45), Leg("cell", "beans", 45, ends=end))
    entry = post(here, boris, "earned", reference, *legs)
    (violation,) = here.house.verification.verify(here.program).violations
    assert (violation.promise, violation.account, violation.seq) == (8, boris, entry.seq)
    assert violation.says == f"{reference} belongs to {here.account(ANNA)}, and is counted here too"


def test_8_news_of_an_order_may_be_in_the_journal_that_its_account_was_merged_into(here: Town) -> None:
    order = here.buys(ANNA, 4500)
    here.buys(BORIS, 1000)
    here.house.recorder.claims.merge(here.program, here.account(ANNA), here.account(BORIS))
    here.deliver(here.shop.refunded(order, amount=1000))
    assert here.newest(here.account(BORIS)).document == here.document(order).reference
    assert found(here) == []


def activity(here: Town, account: AccountId, thing: str) -> ActivityDocument:
    order = here.buys(ANNA, 4500)
    pricing = here.document(order).pricing
    assert pricing is not None
    return ActivityDocument(Reference(f"activity/review/{account}/{thing}"), account, pricing, revision=1)


def test_8_one_person_is_not_rewarded_twice_for_one_thing_although_two_accounts_became_one(here: Town) -> None:
    here.buys(BORIS, 1000)
    here.buys(ANNA, 1000)
    one, two = here.account(ANNA), here.account(BORIS)
    posted = (Worth("beans", 50, Lot(here.clock.now() + DAY)),)
    for account in (one, two):
        keep(here, msgspec.structs.replace(activity(here, account, "p1"), posted=posted))
    assert 8 not in found(here)
    here.house.recorder.claims.merge(here.program, one, two)
    wrong = [each for each in here.house.verification.verify(here.program).violations if each.promise == 8]
    assert [(each.account, each.says) for each in wrong] == [
        (two, "one person was rewarded more than once for review/p1")
    ]


# --- 9 what was used is there exactly once, and nothing is there for nobody ------------------------------------------


def test_9_a_redemption_without_its_entry_is_found(here: Town) -> None:
    document = used(here)
    keep(here, msgspec.structs.replace(document, reference=Reference("redemption/2")))
    assert set(found(here)) == {9}


@pytest.mark.parametrize("what", ["order", "redemption"])
def test_9_an_entry_whose_document_is_not_there_is_found(here: Town, what: str) -> None:
    document = used(here)
    order = here.buys(ANNA, 1000)
    reference = here.document(order).reference if what == "order" else document.reference
    seq = next(entry.seq for entry in here.entries(here.account(ANNA)) if entry.document == reference)
    forget(here, reference)
    (violation,) = here.house.verification.verify(here.program).violations
    assert (violation.promise, violation.account, violation.seq) == (9, here.account(ANNA), seq)


def test_9_an_entry_that_moved_nothing_needs_its_document_too(here: Town) -> None:
    here.buys(ANNA, 4500)
    post(here, here.account(ANNA), "noted", Reference("order/shopify/4711"))
    assert says(here) == "there is no document order/shopify/4711, but an entry was made for it"


def test_9_what_time_or_a_proof_did_needs_no_document(here: Town) -> None:
    here.buys(ANNA, 4500)
    here.member(ANNA)
    post(here, here.account(ANNA), "settled", Reference("sweep/1"))
    assert found(here) == []


def test_9_a_sweep_that_gives_points_is_found(here: Town) -> None:
    here.buys(ANNA, 4500)
    end = here.newest(here.account(ANNA)).snap.purse("beans").cells[0].ends
    legs = (Leg("issued", "beans", -5), Leg("cell", "beans", 5, ends=end))
    post(here, here.account(ANNA), "settled", Reference("sweep/1"), *legs)
    assert found(here) == [9]


# --- 10 a hold is captured once at most ------------------------------------------------------------------------------


def test_10_points_that_were_used_twice_for_one_redemption_are_found(here: Town) -> None:
    document = used(here, 10)
    end = document.drawn[0].ends
    legs = (Leg("cell", "beans", -10, ends=end), Leg("redeemed", "beans", 10))
    post(here, document.account, "redeemed", document.reference, *legs)
    assert sorted(found(here)) == [7, 10]


def held(here: Town, *, until: int) -> RedemptionDocument:
    """A hold as the ledger keeps it: the points stand in the hold, the document says how long."""
    here.member(ANNA)
    here.buys(ANNA, 4500)
    account = here.account(ANNA)
    end = here.newest(account).snap.purse("beans").cells[0].ends
    reference = Reference("redemption/hold")
    keep(
        here,
        RedemptionDocument(
            reference, account, "beans", 10, revision=1, state="held", until=until, drawn=(Drawn(end, 10),)
        ),
    )
    legs = (
        Leg("cell", "beans", -10, ends=end),
        Leg("held", "beans", 10, ends=end, at=until, document=reference),
    )
    post(here, account, "held", reference, *legs)
    document = ledger(here).document(PROGRAM, reference)
    assert isinstance(document, RedemptionDocument)
    return document


def test_10_an_open_hold_and_one_that_has_run_out_are_as_their_documents_say(here: Town) -> None:
    document = held(here, until=here.clock.now() + 30 * MINUTE)
    assert found(here) == []
    here.clock.forward(HOUR)
    here.follow()
    assert found(here) == []
    post(here, document.account, "settled", Reference("sweep/1"))
    here.follow()
    assert here.newest(document.account).snap.purse("beans").holds == ()
    assert found(here) == []


def test_10_held_points_that_the_document_does_not_know_are_found(here: Town) -> None:
    document = held(here, until=here.clock.now() + 30 * MINUTE)
    keep(here, msgspec.structs.replace(document, points=11))
    assert found(here) == [7]


# --- 11 views --------------------------------------------------------------------------------------------------------


def views(here: Town) -> MemoryViews:
    kept = here.own.views
    assert isinstance(kept, MemoryViews)
    return kept


def test_11_a_view_ahead_of_its_journal_is_found(here: Town) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    account = here.account(ANNA)
    views(here).rebuild(msgspec.structs.replace(here.newest(account), seq=7), PROGRAM)
    assert says(here) == "the view stands at entry 7"


def test_11_a_view_of_an_entry_that_was_replaced_is_found(here: Town) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    views(here).rebuild(seal(msgspec.structs.replace(here.newest(here.account(ANNA)), name="#9")), PROGRAM)
    assert found(here) == [11]


def test_11_a_view_without_a_journal_is_found(here: Town) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    account = here.account(ANNA)
    forget(here, here.newest(account).document)
    del ledger(here).journal[PROGRAM, account]
    assert says(here) == "the view shows an account that has no journal"


# --- 12 nothing waits too long ---------------------------------------------------------------------------------------


def test_12_a_refund_whose_order_never_came_is_found_after_a_week(here: Town) -> None:
    now = here.clock.now()
    refund = RefundFacts(changed_at=now, status="succeeded", amounts=Money(goods=100))
    told = OrderTold(Reference("order/shopify/4711"), delivery="d", refunds={"1": refund})
    here.house.recorder.record(here.program, told, actor="shop", deadline=None)
    here.clock.forward(7 * DAY)
    assert found(here) == []
    here.clock.forward(1)
    assert says(here) == "a refund of order/shopify/4711 waits for its order: 7 days"


@pytest.mark.parametrize(
    ("part", "says_"),
    [
        ({"cells": (Cell(0, 45),)}, "beans that have ended were not swept"),
        ({"maturing": (Maturing(0, 10**15, 45),)}, "beans that have become usable were not swept"),
        (
            {"holds": (Hold(0, Reference("r"), (Cell(10**15, 45),)),)},
            "beans of a hold whose time is over were not freed",
        ),
    ],
)
def test_12_points_whose_day_has_come_long_ago_are_found(here: Town, part: dict[str, Any], says_: str) -> None:
    here.member(ANNA)
    here.buys(ANNA, 4500)
    account = here.account(ANNA)
    newest = here.newest(account)
    purse = msgspec.structs.replace(newest.snap.purse("beans"), **{"cells": (), **part})
    spoiled = seal(msgspec.structs.replace(newest, snap=msgspec.structs.replace(newest.snap, purses={"beans": purse})))
    row = KeptEntry(spoiled, encode(spoiled), spoiled.hash, None)
    ledger(here).journal[PROGRAM, account][newest.seq] = row
    violations = here.house.verification.verify(here.program).violations
    assert [each.says for each in violations if each.promise == 12] == [says_]


# --- what is not wrong -----------------------------------------------------------------------------------------------


def test_entries_that_reach_their_end_may_be_removed_in_any_order(here: Town) -> None:
    for price in (1000, 2000, 3000, 4000):
        here.buys(ANNA, price)
        here.clock.forward(DAY)
    account = here.account(ANNA)
    here.member(ANNA)
    here.buys(ANNA, 500)
    here.follow()
    rows = ledger(here).journal[PROGRAM, account]
    assert [seq for seq, row in rows.items() if row.ends_at is not None] == [1, 2, 3, 4]
    here.clock.forward(100 * DAY)
    for gone in (2, 4, 1, 3):
        del rows[gone]
        assert [promise for promise in found(here) if promise != 12] == []


def test_an_entry_that_is_removed_before_its_end_is_found(here: Town) -> None:
    for price in (1000, 2000, 3000):
        here.buys(ANNA, price)
    here.follow()
    rows = ledger(here).journal[PROGRAM, here.account(ANNA)]
    del rows[2]
    assert 1 in found(here)


def test_what_changes_while_it_is_read_is_not_called_wrong() -> None:
    buying: list[Callable[[], object]] = []

    def through(name: str, call: Callable[[], Any]) -> Any:
        if name == "kept_documents" and buying:
            buying.pop()()
        if name == "journals":
            return list(call())  # read to its end before anything else happens
        return call()

    here = town(around={"audit": through})
    order = here.buys(ANNA, 4500)
    buying.append(lambda: (here.deliver(here.shop.refunded(order, amount=1000)), here.buys(BORIS, 700)))
    assert here.violations() == []
    assert buying == []
    assert here.stored_balance(ANNA) == 35


def test_the_result_tells_how_fast_it_was(here: Town) -> None:
    here.buys(ANNA, 4500)
    result = here.house.verification.verify(here.program)
    assert (result.accounts, result.entries, result.documents) == (1, 1, 1)
    assert msgspec.structs.replace(result, entries=30_000, milliseconds=2_000).per_second == 15_000
    assert msgspec.structs.replace(result, milliseconds=0).per_second == 0


def test_whoever_watches_is_told_how_far_it_is(here: Town) -> None:
    here.buys(ANNA, 4500)
    here.buys(BORIS, 4500)
    seen: list[tuple[str, int]] = []
    here.house.verification.verify(here.program, watch=lambda what, count: seen.append((what, count)))
    assert seen == [("entries", 1), ("entries", 2), ("documents", 1), ("documents", 2)]


# --- on disk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_disk(tmp_path: Path, aws_keys: None) -> Iterator[tuple[Engine, Path]]:
    file = tmp_path / "ledger.db"
    engine = Engine.start(find(os.environ.get("DYNOXIDE", "")), database=file)
    yield engine, file
    engine.stop()


def spoil(file: Path, account: AccountId, seq: int, old: str, new: str) -> None:
    """Change one byte of one item of the journal, in the engine's own file."""
    assert len(old) == len(new)
    with sqlite3.connect(file) as database:
        (table,) = database.execute("SELECT table_name FROM _tables WHERE table_name LIKE '%-journal'").fetchone()
        where = f"WHERE pk = 'S:P#{PROGRAM}#A#{account}' AND sk = 'S:E#{seq:012d}'"
        (before,) = database.execute(f'SELECT item_json FROM "{table}" {where}').fetchone()
        assert old in before
        database.execute(f'UPDATE "{table}" SET item_json = ? {where}', (before.replace(old, new, 1),))
    database.close()


def test_one_byte_that_is_changed_in_the_engines_file_is_found_and_its_entry_named(
    on_disk: tuple[Engine, Path],
) -> None:
    engine, file = on_disk
    here = town_on(engine)
    for price in (1000, 2000, 3000):
        here.buys(ANNA, price)
    here.buys(BORIS, 500)
    here.follow()
    account = here.account(ANNA)
    assert here.violations() == []
    engine.stop()
    spoil(file, account, 2, '[\\"cell\\",\\"beans\\",20', '[\\"cell\\",\\"beans\\",90')
    again = Engine.start(find(os.environ.get("DYNOXIDE", "")), database=file, port=engine.port)
    try:
        violations = here.house.verification.verify(here.program).violations
    finally:
        again.stop()
    assert (violations[0].promise, violations[0].account, violations[0].seq) == (2, account, 2)
    assert violations[0].says == "the text was changed after it was written"
    assert {(each.account, each.seq) for each in violations} <= {(account, 2), (account, 3)}
