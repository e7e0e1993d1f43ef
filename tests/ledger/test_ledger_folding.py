"""Messages fold into one document: newer facts replace older ones, and of equal age the stricter one counts."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_factories import day, paid, refund, told

from chalicelib.events import Amounts, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.orders import absorbed

EMPTY = OrderDocument(Reference("order/shop/1"))


def folded(*events: OrderTold) -> OrderDocument:
    document = EMPTY
    for event in events:
        document = absorbed(document, event)
    return document


NOT_PAID = OrderFacts(day(1), day(0), "EUR", Amounts(goods=100), is_paid=False)


@pytest.mark.parametrize(
    ("stricter", "other", "is_contested"),
    [
        (paid(10_000, changed=1, is_cancelled=True), paid(10_000, changed=1), True),
        (paid(8_000, changed=1), paid(10_000, changed=1), True),
        (paid(10_000, changed=1), NOT_PAID, True),
        (paid(100, changed=1), NOT_PAID, False),
        (
            OrderFacts(day(1), day(0), "EUR", Amounts(goods=100), is_paid=False, is_cancelled=True),
            paid(100, changed=1),
            True,
        ),
        (paid(10_000, changed=2), paid(8_000, changed=1, is_cancelled=True), False),
    ],
)
def test_of_two_versions_the_newer_counts_and_of_equal_age_the_stricter(
    stricter: OrderFacts, other: OrderFacts, is_contested: bool
) -> None:
    for one, two in itertools.permutations([stricter, other]):
        document = folded(told(one), told(two), told(one))
        assert (document.facts, document.contested) == (stricter, is_contested)


@pytest.mark.parametrize(
    ("counts", "other"),
    [
        (refund(500, on=2, status="failed"), refund(500, on=1)),
        (refund(500, on=1), refund(500, on=1, status="failed")),
        (refund(500, on=1, status="failed"), refund(500, on=1, status="pending")),
        (refund(700, on=1), refund(500, on=1)),
        (
            RefundFacts(day(1), "succeeded", Amounts(goods=500, shipping=300)),
            RefundFacts(day(1), "succeeded", Amounts(goods=700)),
        ),
    ],
)
def test_of_two_versions_of_a_refund_the_newer_counts_and_of_equal_age_the_one_that_gives_more_back(
    counts: RefundFacts, other: RefundFacts
) -> None:
    for one, two in itertools.permutations([counts, other]):
        assert folded(told(r1=one), told(r1=two)).refunds == {"r1": counts}


def test_a_contested_version_is_settled_by_a_newer_one_and_not_by_an_older_one() -> None:
    contested = [told(paid(10_000, changed=2)), told(paid(8_000, changed=2))]
    assert folded(*contested, told(paid(9_000, changed=1))).contested
    assert folded(*contested, contested[1]).contested
    assert folded(*contested, contested[0], contested[1]).contested
    assert not folded(*contested, told(paid(9_000, changed=3))).contested
    assert not folded(*contested, told(paid(9_000, changed=3)), *contested).contested


def test_a_contested_order_stays_contested_when_a_third_version_agrees_with_one() -> None:
    late = paid(8_000, changed=2, delivered_at=day(1))
    for events in itertools.permutations([told(paid(10_000, changed=2)), told(paid(8_000, changed=2)), told(late)]):
        assert folded(*events).contested


facts = st.builds(
    paid,
    st.sampled_from([5_000, 8_000]),
    changed=st.sampled_from([1, 2]),
    is_cancelled=st.booleans(),
    is_paid=st.booleans(),
    delivered_at=st.sampled_from([None, day(1)]),
)
refunds = st.builds(
    refund,
    st.sampled_from([100, 900]),
    on=st.sampled_from([1, 2]),
    status=st.sampled_from(["pending", "succeeded", "failed"]),
)
events = st.builds(
    OrderTold,
    reference=st.just(Reference("order/shop/1")),
    delivery=st.just(""),
    name=st.sampled_from(["", "#1", "#2"]),
    order=st.one_of(st.none(), facts),
    refunds=st.dictionaries(st.sampled_from(["r1", "cumulative"]), refunds, max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(events, max_size=5), st.randoms(use_true_random=False))
def test_folding_knows_no_order_and_no_repeats(some: list[OrderTold], chance: object) -> None:
    once = folded(*some)
    shuffled = list(some)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert folded(*shuffled) == once
    assert folded(*shuffled, *some, *shuffled) == once
