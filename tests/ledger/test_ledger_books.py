"""What a document has written off: let go, or paid for in money as the shop agreed before it refunded."""

from typing import Any

from ledger_factories import BEANS, CALENDAR, coming, day, holding, purse

from chalicelib.events import Reference
from chalicelib.ledger.books import Books, books_of, carried_over, closed
from chalicelib.ledger.documents import ActivityDocument, Agreement, Lot, OrderDocument, Pricing, Target, Worth
from chalicelib.ledger.orders import post

LOT = Lot(day(336))
NAME = Reference("order/shop/1")


def agreed(points: int, worth: int, **more: Any) -> Agreement:
    return Agreement("quote/1", more.pop("currency", BEANS), points, worth, day(1), **{"is_accepted": True, **more})


def test_points_are_let_go_and_an_increase_cancels_that_down_to_none() -> None:
    books = Books({}, [])
    for points, left in ((30, 30), (-10, 20), (5, 25), (-40, 0)):
        books.let(BEANS, points)
        assert books.written_off(BEANS) == left
    assert books.written_off("stars") == 0


def test_money_pays_for_what_the_order_lost_since_the_shop_asked_and_no_more_than_was_agreed() -> None:
    books = Books({}, [agreed(40, worth=100)])
    assert [books.pay(BEANS, target) for target in (100, 90, 50, 80, 120)] == [0, 10, 30, -20, -20]
    assert books.booked(BEANS) == 0


def test_only_what_was_accepted_and_is_paid_in_money_counts_each_currency_for_itself() -> None:
    reward = agreed(40, 100, redemption=Reference("redemption/1"), booked=3)
    books = Books({}, [agreed(40, 100, is_accepted=False), agreed(40, 100, currency="stars"), reward])
    assert books.pay(BEANS, 0) == 0
    assert (books.booked(BEANS), books.booked("stars")) == (3, 0)
    assert books.pay("stars", 70) == 30


def test_a_documents_books_are_what_was_let_go_beside_what_money_paid() -> None:
    document = OrderDocument(NAME, written_off={BEANS: 50, "stars": 7}, agreed=(agreed(40, 100, booked=30),))
    books = books_of(document)
    assert (books.let_go, books.booked(BEANS)) == ({BEANS: 20, "stars": 7}, 30)
    assert books.target(BEANS, 60) == 10
    assert books.target("coins", 60) == 60
    assert closed(document, books) == document


def test_closed_books_hold_no_currency_without_points_and_are_sorted() -> None:
    books = Books({"stars": 5, BEANS: 0, "coins": 2}, [agreed(40, 100, currency="pins", booked=4)])
    now = closed(OrderDocument(NAME), books)
    assert list(now.written_off.items()) == [("coins", 2), ("pins", 4), ("stars", 5)]
    assert now.agreed == tuple(books.agreed)


def test_points_that_money_paid_for_are_no_new_ones_on_the_way_and_pay_what_was_owed() -> None:
    """100 on the way, all of them used up elsewhere before 40 went back: 40 are owed until the shop keeps money."""
    waiting = Worth(BEANS, 60, Lot(day(84), day(5)))
    document = OrderDocument(NAME, posted=(waiting,), agreed=(agreed(40, worth=100),))
    own = purse(maturing=((5, 84, 60),), debt=40)
    done = post(document, Target((waiting,)), holding(own), at=day(0), calendar=CALENDAR)
    now = done.snap.purse(BEANS)
    assert (now.debt, coming(now)) == (0, [(5, 84, 60)])
    assert (done.document.posted[0].points, dict(done.document.written_off)) == (100, {BEANS: 40})


def test_an_activity_has_no_books() -> None:
    review = ActivityDocument(Reference("activity/1"), "a", Pricing("v", "", 0, 0))  # type: ignore[arg-type]
    assert books_of(review) == Books({}, [])
    assert closed(review, Books({BEANS: 5}, [])) is review


def test_under_other_rules_an_agreement_pays_for_as_many_points_as_before() -> None:
    """Worth 100 when the shop asked, 70 now and 30 paid in money: under rules that double it, 140 and still 30."""
    document = OrderDocument(
        NAME,
        posted=(Worth(BEANS, 100, LOT), Worth("stars", 9, LOT)),
        written_off={BEANS: 30},
        agreed=(agreed(40, 100, booked=30), agreed(5, 9, currency="stars"), agreed(1, 2, currency="coins")),
    )
    now = carried_over(document, {BEANS: 140, "stars": 12})
    assert [each.worth for each in now.agreed] == [170, 12, 2]
    books = books_of(now)
    assert (books.pay(BEANS, 140), books.booked(BEANS)) == (0, 30)
    assert [each.worth for each in carried_over(document, {}).agreed] == [30, 0, 2]
