"""What went back: refunds one by one or as a sum, and disputes."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from stripe_desk import ANNA, NOON, changed, events, refund, sender, told

from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Noted, OrderTold, Reference, RefundFacts
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.orders import absorbed, returned
from ops.laptop.shopify_sender import Signed
from ops.laptop.stripe_shapes import Payment

BEFORE_BASIL = "2025-02-24.acacia"


def goods(amount: int) -> Amounts:
    return Amounts(goods=amount)


def document(messages: list[Signed]) -> OrderDocument:
    """The payment as an order, after these events."""
    known = OrderDocument(Reference("order/stripe/pi"))
    for signed in messages:
        said = told(signed)
        known = absorbed(known, OrderTold(known.reference, said.delivery, order=said.payment, refunds=said.refunds))
    return known


def kept(messages: list[Signed]) -> int:
    """What is left of the payment after these events."""
    known = document(messages)
    return known.facts.amounts.less(returned(known)).goods if known.facts else 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("succeeded", "succeeded"),
        ("pending", "pending"),
        ("requires_action", "pending"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
@pytest.mark.parametrize("type_", ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"])
def test_refund_is_told_by_its_id_with_its_status(type_, status, expected):
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    said = told(changed(account.refunded(payment, 1000), {"/type": type_, "status": status}))
    assert said.reference == f"payment/stripe/{payment.id}"
    assert said.aliases == (f"stripe/{payment.id}", f"stripe/{payment.charge}")
    assert said.refunds[payment.refunds[0].id] == RefundFacts(NOON, expected, goods(1000))
    assert said.payment is None


@pytest.mark.parametrize("status", ["?", None])
def test_refund_of_an_unknown_status_is_malformed(status):
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    with pytest.raises(Malformed):
        events(changed(account.refunded(payment), {"status": status}))


def test_refund_of_no_payment_is_noted():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    (event,) = events(changed(account.refunded(payment), {"payment_intent": None, "charge": None}))
    assert isinstance(event, Noted)


def test_refund_of_a_charge_without_an_intent_names_the_charge():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    said = told(changed(account.refunded(payment), {"payment_intent": None}))
    assert (said.reference, said.aliases) == (f"payment/stripe/{payment.charge}", (f"stripe/{payment.charge}",))


def test_charge_that_tells_only_the_sum_of_its_refunds_tells_a_cumulative_one():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    account.refunded(payment, 1000)
    account.refunded(payment, 500)
    said = told(account.charged(payment, "charge.refunded"))
    assert said.refunds == {"cumulative": RefundFacts(NOON, "succeeded", goods(1500))}
    assert said.payment.amounts == goods(4520)


def listed(payment: Payment, *, has_more: bool = False) -> dict[str, object]:
    common = {"object": "refund", "currency": "eur", "payment_intent": payment.id, "charge": payment.charge}
    data = [common | {"id": one.id, "amount": one.amount, "status": one.status} for one in payment.refunds]
    return {"refunds": {"object": "list", "data": data, "has_more": has_more}}


def test_charge_that_lists_its_refunds_tells_each():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    account.refunded(payment, 1000)
    account.refunded(payment, 500, status="pending")
    charged = account.charged(payment, "charge.refunded")
    first, second = (one.id for one in payment.refunds)
    assert told(changed(charged, listed(payment))).refunds == {
        first: RefundFacts(NOON, "succeeded", goods(1000)),
        second: RefundFacts(NOON, "pending", goods(500)),
    }
    assert list(told(changed(charged, listed(payment, has_more=True))).refunds) == ["cumulative"]


@pytest.mark.parametrize(
    ("api_version", "amount_refunded", "refunds"),
    [
        ("2026-10-28.endive", 0, {}),
        ("2026-10-28.endive", 300, {"cumulative": RefundFacts(NOON, "succeeded", goods(300))}),
        (BEFORE_BASIL, 1000, {}),
        (BEFORE_BASIL, 1300, {"cumulative": RefundFacts(NOON, "succeeded", goods(300))}),
        (None, 1000, {}),
    ],
)
def test_money_that_was_reserved_and_never_taken_is_not_refunded(api_version, amount_refunded, refunds):
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    payment.captured = 3520
    charged = account.charged(payment, "charge.captured")
    said = told(changed(charged, {"amount_refunded": amount_refunded, "/api_version": api_version}))
    assert (said.payment.amounts, said.refunds) == (goods(3520), refunds)


def test_list_of_refunds_that_holds_money_never_taken_is_told_as_a_sum():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA)
    account.refunded(payment, 1000)  # as older versions list what was released
    account.refunded(payment, 300)
    payment.captured = 3520
    charged = account.charged(payment, "charge.refunded")
    said = told(changed(charged, listed(payment) | {"/api_version": BEFORE_BASIL}))
    assert said.refunds == {"cumulative": RefundFacts(NOON, "succeeded", goods(300))}


def test_reservation_that_was_given_up_tells_no_refund():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA, captured=False)
    charged = account.charged(payment, "charge.refunded")
    said = told(changed(charged, {"amount_refunded": 4520, "/api_version": BEFORE_BASIL}))
    assert (said.payment, said.refunds) == (None, {})


def test_refund_that_failed_counts_no_longer_even_in_the_sum_told_before():
    account = sender(tick=1000)
    payment = account.payment(4520, "EUR", ANNA)
    messages = [account.paid(payment), account.refunded(payment, 1000, status="pending")]
    messages.append(account.charged(payment, "charge.refunded"))
    assert kept(messages) == 3520
    messages.append(account.refund_settled(payment, payment.refunds[0], "failed"))
    for order in itertools.permutations(messages):
        assert kept(list(order)) == 4520


@pytest.mark.parametrize(
    ("step", "status", "expected"),
    [
        ("created", "needs_response", "pending"),
        ("created", "warning_needs_response", "pending"),
        ("created", "under_review", "pending"),
        ("created", "lost", "succeeded"),
        ("funds_withdrawn", "needs_response", "succeeded"),
        ("funds_reinstated", "won", "failed"),
        ("funds_reinstated", "under_review", "failed"),
        ("funds_reinstated", "lost", "succeeded"),
        ("closed", "lost", "succeeded"),
        ("closed", "won", "failed"),
        ("closed", "warning_closed", "failed"),
        ("closed", "prevented", "failed"),
    ],
)
def test_dispute_is_a_refund_of_its_own(step, status, expected):
    account = sender()
    dispute = account.dispute(account.payment(4520, "EUR", ANNA), 4000)
    dispute.status = status
    said = told(account.disputed(dispute, step))
    assert said.reference == f"payment/stripe/{dispute.payment.id}"
    assert said.refunds == {f"dispute/{dispute.id}": RefundFacts(NOON, expected, goods(4000))}


def test_dispute_that_closed_without_an_outcome_is_malformed():
    account = sender()
    with pytest.raises(Malformed, match="dispute_closed_without_outcome"):
        events(account.dispute_closed(account.dispute(account.payment(4520, "EUR", ANNA)), "needs_response"))


def test_opening_told_a_second_after_the_money_was_taken_does_not_give_it_back():
    account = sender()
    dispute = account.dispute(account.payment(4520, "EUR", ANNA))
    taken = refund(account.disputed(dispute, "funds_withdrawn"))
    opened = refund(changed(account.disputed(dispute), {"/created": NOON // 1000 + 1}))
    assert (opened.status, taken.status) == ("pending", "succeeded")
    assert opened.changed_at <= taken.changed_at


@pytest.mark.parametrize(("outcome", "left"), [("won", 4520), ("lost", 0)])
@pytest.mark.parametrize("tick", [0, 1000])
def test_disputed_payment_counts_by_the_outcome_in_any_order(outcome, left, tick):
    """`tick` 0: opening and withdrawal within one second, as they mostly are."""
    account = sender(tick=tick)
    payment = account.payment(4520, "EUR", ANNA)
    dispute = account.dispute(payment)
    messages = [account.paid(payment), account.disputed(dispute), account.disputed(dispute, "funds_withdrawn")]
    assert {kept(list(order)) for order in itertools.permutations(messages)} == {0}
    late = sender(now=NOON + 86_400_000)
    messages.append(late.dispute_closed(dispute, outcome))
    if outcome == "won":
        messages.append(late.disputed(dispute, "funds_reinstated"))
    for order in itertools.permutations(messages):
        assert kept(list(order)) == left


@settings(max_examples=300, deadline=None)
@given(some.integers(1, 100_000), some.sampled_from([0, 400, 1000]), some.data())
def test_any_history_in_any_order_with_any_repeats_ends_at_what_is_left(amount, tick, data):
    account = sender(tick=tick)
    payment = account.payment(amount, "EUR", ANNA)
    messages = [account.paid(payment), account.charged(payment), account.checked_out(payment)]
    for _ in range(data.draw(some.integers(0, 4))):
        left = payment.captured - payment.refunded
        match data.draw(some.sampled_from(["refund", "slow refund", "news"])):
            case "refund" if left:
                messages.append(account.refunded(payment, data.draw(some.integers(1, left))))
            case "slow refund" if left:
                messages.append(account.refunded(payment, data.draw(some.integers(1, left)), status="pending"))
                messages.append(account.refund_settled(payment, payment.refunds[-1], "succeeded"))
            case "news":
                messages.append(account.charged(payment, "charge.updated"))
    messages.append(account.charged(payment, "charge.refunded"))
    repeats = data.draw(some.lists(some.sampled_from(messages), max_size=4))
    order = data.draw(some.permutations(messages + repeats))
    known = document(order)
    assert (kept(order), known.contested) == (amount - payment.refunded, False)
    assert known == document(messages)
