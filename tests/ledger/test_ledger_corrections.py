"""What a correction moves: points to another end, contributions to another window or measure."""

from ledger_factories import BEANS, CALENDAR, cells, day, holding, purse, timeline

from chalicelib.events import Reference
from chalicelib.ledger.documents import Lot, OrderDocument, Rolling, Target, Worth
from chalicelib.ledger.journal import Cell, Snapshot
from chalicelib.ledger.orders import post
from chalicelib.ledger.settle import settle

A = "order/shop/a"
NOBODY = holding(purse())


def corrected(target: Target, document: OrderDocument, snap: Snapshot, at: float) -> tuple[OrderDocument, Snapshot]:
    posting = post(document, target, snap, at=day(at), calendar=CALENDAR)
    return posting.document, posting.snap


def test_a_correction_moves_points_to_their_right_end() -> None:
    document, snap = corrected(Target((Worth(BEANS, 100, Lot(day(28))),)), OrderDocument(Reference(A)), NOBODY, 0)
    document, snap = corrected(Target((Worth(BEANS, 70, Lot(day(336))),)), document, snap, 1)
    assert (cells(snap.purse(BEANS)), document.posted) == ([(336, 70)], (Worth(BEANS, 70, Lot(day(336))),))


def test_what_expired_before_a_correction_stays_expired_and_is_still_forgiven() -> None:
    document, snap = corrected(Target((Worth(BEANS, 100, Lot(day(28))),)), OrderDocument(Reference(A)), NOBODY, 0)
    snap = settle(snap, timeline(), since=day(0), at=day(30)).snap
    document, snap = corrected(Target((Worth(BEANS, 150, Lot(day(336))),)), document, snap, 30)
    assert (cells(snap.purse(BEANS)), snap.purse(BEANS).expired) == ([(336, 50)], 100)
    document, snap = corrected(Target((Worth(BEANS, 50, Lot(day(336))),)), document, snap, 31)
    assert (cells(snap.purse(BEANS)), snap.purse(BEANS).expired) == ([(336, 50)], 0)


def test_a_correction_moves_what_counts_for_a_level_to_its_right_window_and_measure() -> None:
    def counting(*rolling: Rolling) -> Target:
        return Target(rolling=rolling)

    document, snap = corrected(counting(Rolling("spent", 90, day(28))), OrderDocument(Reference(A)), NOBODY, 0)
    document, snap = corrected(counting(Rolling("spent", 60, day(84))), document, snap, 1)
    assert snap.metrics == {"spent": (Cell(day(84), 60),)}
    document, snap = corrected(counting(Rolling("earned", 6, day(84))), document, snap, 2)
    assert (snap.metrics, document.rolled) == ({"earned": (Cell(day(84), 6),)}, (Rolling("earned", 6, day(84)),))
    document, snap = corrected(counting(Rolling("earned", 6, day(1))), document, snap, 3)
    assert (snap.metrics, document.rolled) == ({}, (Rolling("earned", 0, day(1)),))


def test_what_has_left_the_window_stays_as_it_was_whatever_is_corrected() -> None:
    document, snap = corrected(Target(rolling=(Rolling("spent", 90, day(28)),)), OrderDocument(Reference(A)), NOBODY, 0)
    snap = settle(snap, timeline(), since=day(0), at=day(30)).snap
    document, snap = corrected(Target(rolling=(Rolling("spent", 60, day(84)),)), document, snap, 30)
    assert (snap.metrics, document.rolled) == ({}, (Rolling("spent", 90, day(28)),))
