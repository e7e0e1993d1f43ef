"""Points that somebody of the shop gives or takes by hand."""

from ledger_factories import BEANS, CALENDAR, cells, coming, day, holding, purse

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.adjusting import adjust
from chalicelib.ledger.documents import AdjustmentDocument, Lot
from chalicelib.ledger.journal import Purse
from chalicelib.ledger.moves import applied


def after(own: Purse, points: int, lot: Lot, *, alive: float | None = None) -> Purse:
    document = AdjustmentDocument(Reference("adjustment/1"), AccountId("a"), BEANS, points, "a gift", "anna", lot)
    until = None if alive is None else day(alive)
    legs = adjust(document, holding(own), at=day(0), calendar=CALENDAR, alive=until)
    assert sum(leg.points for leg in legs) == 0
    return applied(holding(own), legs).purse(BEANS)


def test_points_that_are_given_come_into_their_lot_and_pay_what_is_owed() -> None:
    own = after(purse((336, 10)), 30, Lot(day(340)))
    assert (cells(own), own.issued) == ([(336, 10), (340, 30)], 40)
    assert coming(after(purse(), 30, Lot(day(340), day(5)))) == [(5, 340, 30)]
    owing = after(purse(debt=12), 30, Lot(day(340)))
    assert (cells(owing), owing.debt) == ([(340, 18)], 0)


def test_where_points_live_as_long_as_their_owner_is_active_all_of_them_live_on() -> None:
    own = after(purse((100, 10), (336, 20)), 30, Lot(day(150)), alive=200)
    assert cells(own) == [(200, 40), (336, 20)]


def test_points_that_are_taken_are_those_that_end_first() -> None:
    own = after(purse((100, 10), (200, 20), (336, 30)), -25, Lot(day(336)), alive=999)
    assert (cells(own), own.taken_back) == ([(200, 5), (336, 30)], 25)


def test_a_gift_stays_within_bounds() -> None:
    many = purse(*((300 + number, 1) for number in range(24)))
    assert len(after(many, 30, Lot(day(400))).cells) <= 24
