"""A payment provider beside a shop: it earns nothing, and its refunds count once, whoever tells them first."""

import itertools

import msgspec
import pytest
from whole_house import ANNA, PROGRAM, Town, town

from chalicelib.errors import TryAgain
from chalicelib.events import Amounts, Customer, OrderFacts, OrderTold, PaymentTold, Reference, RefundFacts
from chalicelib.services.evidencing import Evidence, as_order
from chalicelib.services.ports import Connection

ORDER = Reference("order/shopify/1")
PAYMENT = "stripe/pi_1"
NOON = 1_782_216_000_000


def facts(goods: int, at: int = NOON) -> OrderFacts:
    return OrderFacts(changed_at=at, occurred_at=NOON, currency="EUR", amounts=Amounts(goods=goods), is_paid=True)


def refund(amount: int, status: str = "succeeded", at: int = NOON + 60_000) -> RefundFacts:
    return RefundFacts(changed_at=at, status=status, amounts=Amounts(goods=amount))  # type: ignore[arg-type]


PAID = OrderTold(ORDER, "d1", "#1", facts(10_000), customer=Customer(email=ANNA.email), payments=(PAYMENT,))
SHOP_REFUND = OrderTold(ORDER, "d2", refunds={"9": refund(3_000)})
PROVIDER_PAID = PaymentTold(
    Reference("payment/stripe/pi_1"), "e1", aliases=(PAYMENT, "stripe/ch_1"), payment=facts(10_000)
)
PROVIDER_REFUND = PaymentTold(
    Reference("payment/stripe/pi_1"), "e2", aliases=(PAYMENT, "stripe/ch_1"), refunds={"re_1": refund(3_000)}
)
DISPUTE = PaymentTold(
    Reference("payment/stripe/pi_1"), "e3", aliases=("stripe/ch_1", PAYMENT), refunds={"dispute/dp_1": refund(5_000)}
)


def tell(here: Town, told: OrderTold | PaymentTold) -> None:
    recorder = here.house.recorder
    if isinstance(told, OrderTold):
        recorder.record(here.program, told, actor="shop", deadline=None)
    else:
        Evidence(here.own.ledger, recorder, here.clock).tell(here.program, told, actor="pay", deadline=None)


def points(here: Town) -> int:
    return here.entries(here.account(ANNA))[-1].snap.purse("beans").balance


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_shop_and_provider_in_any_order_end_at_the_money_that_was_kept(order: tuple[int, ...]) -> None:
    news = (PAID, SHOP_REFUND, PROVIDER_PAID, PROVIDER_REFUND)
    here = town()
    for number in (*order, *order):
        tell(here, news[number])
    assert points(here) == 70


def test_a_refund_that_only_the_provider_tells_is_taken_back() -> None:
    here = town()
    for told in (PROVIDER_REFUND, PAID):
        tell(here, told)
    assert points(here) == 70


def test_a_lost_dispute_counts_beside_a_refund() -> None:
    here = town()
    for told in (PAID, SHOP_REFUND, PROVIDER_REFUND, DISPUTE):
        tell(here, told)
    assert points(here) == 20


def test_evidence_alone_earns_nothing_and_creates_no_account() -> None:
    here = town()
    for told in (PROVIDER_PAID, PROVIDER_REFUND):
        tell(here, told)
    assert here.own.audit.accounts(PROGRAM) == []


def test_a_payment_that_names_its_order_needs_no_other_name() -> None:
    here = town()
    tell(here, OrderTold(ORDER, "d1", "#1", facts(10_000), customer=Customer(email=ANNA.email)))
    named = PaymentTold(Reference("payment/stripe/pi_2"), "e9", orders=(ORDER,), refunds={"re_7": refund(10_000)})
    tell(here, named)
    assert points(here) == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_dispute_finds_the_order_that_another_message_of_its_payment_named(order: tuple[int, ...]) -> None:
    bought = OrderTold(ORDER, "d1", "#1", facts(10_000), customer=Customer(email=ANNA.email))
    named = PaymentTold(PROVIDER_PAID.reference, "e1", aliases=PROVIDER_PAID.aliases, orders=(ORDER,))
    here = town()
    for number in order:
        tell(here, (bought, named, DISPUTE)[number])
    assert points(here) == 50


def test_a_provider_without_a_shop_tells_the_order_itself() -> None:
    here = town()
    alone = PaymentTold(
        Reference("payment/stripe/pi_1"), "e1", payment=facts(10_000), customer=Customer(email=ANNA.email)
    )
    tell(here, as_order(alone))
    assert (points(here), as_order(alone).reference) == (100, "order/stripe/pi_1")


def test_a_connection_that_is_evidence_keeps_its_role() -> None:
    here = town()
    here.own.programs.connect(Connection(PROGRAM, "pay", "stripe", "evidence", ("whsec_x",)))
    kept = here.own.programs.connection(PROGRAM, "pay")
    assert kept is not None
    assert kept.role == "evidence"


def test_a_lost_dispute_comes_on_top_of_a_sum_of_refunds() -> None:
    here = town()
    summed = PaymentTold(
        Reference("payment/stripe/pi_1"),
        "e4",
        aliases=(PAYMENT,),
        refunds={"cumulative": refund(1), "dispute/dp_1": refund(345)},
    )
    tell(here, msgspec.structs.replace(PAID, order=facts(12_345)))
    tell(here, summed)
    assert points(here) == 119


def test_evidence_starts_no_call_in_the_last_second() -> None:
    here = town()
    evidence = here.house.hooks.reception.evidence
    with pytest.raises(TryAgain, match="out_of_time"):
        evidence.tell(here.program, PROVIDER_REFUND, actor="pay", deadline=here.clock.now() + 999)
    assert here.own.audit.documents(PROGRAM) == []
