"""The checker finds what is wrong and nothing else; the trace says where an order stopped, and why."""

import random
from typing import Any

import msgspec
import pytest
from stand_ins import DAY, HOUR, MINUTE
from whole_house import ANNA, BORIS, LIVE, NO_GUESTS, PASS_TYPE, PROGRAM, Town, town

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.services.ports import Registration
from chalicelib.store.memory.ledger import MemoryLedger
from ops.laptop.shopify_books import Buyer, Item

GUEST = Buyer()
BUYERS = (ANNA, BORIS, Buyer(ANNA.id), Buyer(None, None, "+37120000002"), GUEST)


def busy(seed: int) -> Town:
    """A shop's year in random traffic: orders, refunds, edits, cancellations, redemptions, proofs, repeats."""
    here, chance = town(seed=seed), random.Random(seed)
    orders: list[Any] = []
    for step in range(60):
        here.clock.forward(chance.randrange(12 * HOUR, 12 * DAY))
        deed = chance.choice(["buy", "buy", "buy", "refund", "edit", "cancel", "redeem", "join", "repeat"])
        if deed == "buy" or not orders:
            orders.append(here.buys(chance.choice(BUYERS), chance.randrange(50, 40_000)))
        elif deed == "join":
            here.member(chance.choice((ANNA, BORIS)))
        elif deed == "redeem":
            _redeem_something(here, step, chance)
        else:
            order = chance.choice(orders)
            told = {
                "refund": lambda order: here.shop.refunded(order, amount=order.kept // 3),
                "edit": lambda order: here.shop.edited(order, add=[Item("Cup", 900)]),
                "cancel": here.shop.cancelled,
                "repeat": here.shop.updated,
            }[deed](order)
            for _ in range(chance.randrange(1, 3)):
                assert here.deliver(told).status == 200
        if chance.random() < 0.5:
            here.follow()
    here.follow()
    return here


def _redeem_something(here: Town, step: int, chance: random.Random) -> None:
    identity = here.identity(chance.choice((ANNA, BORIS)))
    if identity is None:
        return
    reference = Reference(f"redemption/{step}")
    try:
        here.house.redemptions.redeem(here.program, reference, identity.account, chance.randrange(1, 90), actor="till")
    except Refused:
        return


@pytest.mark.parametrize("seed", range(8))
def test_random_traffic_leaves_nothing_to_find(seed: int) -> None:
    here = busy(seed)
    found = here.house.verification.verify(here.program)
    assert found.violations == ()
    assert found.entries > 20
    assert here.alarm.raised == []


def _journal(here: Town) -> dict[tuple[str, AccountId], dict[int, Any]]:
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    return ledger.journal


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_one_flipped_byte_is_found_and_its_entry_named(place: float) -> None:
    here = busy(seed=3)
    account = here.account(ANNA)
    rows = _journal(here)[PROGRAM, account]
    seq = len(rows) // 2
    line = rows[seq].line
    at = int(len(line) * place)
    rows[seq] = msgspec.structs.replace(rows[seq], line=line[:at] + chr(ord(line[at]) ^ 1) + line[at + 1 :])
    found = here.house.verification.verify(here.program).violations
    assert (found[0].account, found[0].seq) == (account, seq)
    assert 2 in {violation.promise for violation in found}


def test_missing_entry_is_found() -> None:
    here = busy(seed=3)
    rows = _journal(here)[PROGRAM, here.account(ANNA)]
    del rows[len(rows) // 2]
    assert 1 in {violation.promise for violation in here.house.verification.verify(here.program).violations}


def test_document_that_does_not_agree_with_the_journal_is_found() -> None:
    here = town()
    order = here.buys(ANNA, 4500)
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    document = here.document(order)
    posted = (msgspec.structs.replace(document.posted[0], points=46),)
    key = (PROGRAM, document.reference)
    ledger.kept[key] = msgspec.structs.replace(
        ledger.kept[key], document=msgspec.structs.replace(document, posted=posted)
    )
    found = here.house.verification.verify(here.program).violations
    assert {violation.promise for violation in found} == {7}
    assert all(document.reference in violation.says for violation in found)


def test_view_that_was_forgotten_is_found_after_a_minute() -> None:
    here = town()
    here.buys(ANNA, 4500)
    assert here.violations() == []
    here.clock.forward(MINUTE + 1)
    assert here.violations() == ["11: the view stands at entry 0"]
    here.follow()
    assert here.violations() == []


# --- the trace ----------------------------------------------------------------------------------------------------


def trace(here: Town, order: str) -> tuple[list[str], str]:
    """The stations that were passed, and what the last one says."""
    steps = here.house.tracing.trace(here.program, order)
    return [step.station for step in steps if step.is_reached], steps[-1].says


def test_order_is_followed_from_the_shop_to_the_phone() -> None:
    here = town()
    link = here.member(ANNA)
    phone = here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    order = here.buys(ANNA, 4500)
    here.follow()
    changed_at = here.card(link).changed_at
    here.own.cards.mark_fetched(phone, changed_at, changed_at)
    reached, says = trace(here, str(order.id))
    assert reached == ["delivery", "verified", "account", "rule", "entry", "push", "fetched"]
    assert says == "fetched by 1 of 1 phones"
    assert trace(here, "#1001") == trace(here, "1001") == (reached, says)


def test_delivery_and_card_lead_the_same_way_as_their_order() -> None:
    here = town()
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    order = here.buys(ANNA, 4500)
    here.follow()
    delivery = here.newest(here.account(ANNA)).event
    by_order = here.house.tracing.trace(here.program, str(order.id))
    assert here.house.tracing.trace(here.program, delivery) == by_order
    assert here.house.tracing.trace(here.program, here.card(link).serial) == by_order
    assert {step.called for step in by_order if step.called} == {delivery}
    pushed = next(step for step in by_order if step.station == "push")
    assert (pushed.is_reached, pushed.at) == (True, here.clock.now())


def test_entry_that_no_delivery_caused_is_found_by_the_card_and_called_by_its_document() -> None:
    here = town()
    link = here.member(ANNA)
    told = {"currency": "beans", "reason": "a gift", "actor": "kim"}
    here.house.adjustments.adjust(here.program, Reference("adjustment/1"), here.account(ANNA), 100, **told)
    (entry,) = here.house.tracing.trace(here.program, here.card(link).serial)[:1]
    newest = here.newest(here.account(ANNA))
    assert (entry.station, entry.called, entry.at) == ("entry", newest.document, newest.at)
    assert "by kim" in entry.says


def test_unknown_order_stops_at_the_delivery() -> None:
    reached, says = trace(town(), "4711")
    assert reached == []
    assert says.startswith("no delivery about this order was accepted")


def test_delivery_that_waits_is_counted() -> None:
    here = town()
    broken = here.shop.sign("orders/paid", b"{}")
    here.deliver(broken)
    assert trace(here, "4711")[1].endswith("not understood: 1")


@pytest.mark.parametrize(
    ("definition", "buyer", "is_test", "says"),
    [
        (LIVE, ANNA, True, "ignored: test order, and this program is live"),
        (LIVE, GUEST, False, "ignored: the order names no customer, so there is nobody to credit"),
        (NO_GUESTS, ANNA, False, "ignored: a guest, and this program keeps no points for guests"),
    ],
)
def test_order_without_an_account_says_why(definition: str, buyer: Buyer, is_test: bool, says: str) -> None:
    here = town(definition)
    order = here.buys(buyer, 4500, is_test=is_test)
    assert trace(here, str(order.id)) == (["delivery", "verified"], says)


def test_order_in_another_currency_says_so() -> None:
    here = town()
    here.shop.currency = "USD"
    order = here.buys(ANNA, 4500)
    reached, says = trace(here, str(order.id))
    assert (reached, says) == (
        ["delivery", "verified"],
        "refused and kept: the order is in another currency than the program",
    )


def test_refund_that_waits_for_its_order_says_so() -> None:
    here = town()
    order = here.shop.order(ANNA, [Item("Beans", 4500)])
    here.shop.paid(order)
    here.deliver(here.shop.refunded(order, amount=1000))
    assert trace(here, str(order.id)) == (
        ["delivery", "verified"],
        "waiting: the order itself, paid, has not come",
    )


def test_order_that_is_worth_nothing_stops_before_the_entry() -> None:
    here = town()
    order = here.buys(ANNA, 50)
    reached, says = trace(here, str(order.id))
    assert reached == ["delivery", "verified", "account", "rule"]
    assert says == "nothing to post: the order is worth no points"


def test_order_of_somebody_without_a_card_waits_for_a_proof() -> None:
    here = town()
    order = here.buys(ANNA, 4500)
    assert trace(here, str(order.id))[1] == "nobody has a card of this account yet; the points wait for a proof"


def test_card_outside_a_wallet_is_said() -> None:
    here = town()
    here.member(ANNA)
    order = here.buys(ANNA, 4500)
    assert trace(here, str(order.id))[1] == "the card is not in a wallet yet"


def test_phone_that_was_not_pushed_or_did_not_fetch_is_said() -> None:
    here = town()
    link = here.member(ANNA)
    here.own.cards.register(Registration("phone-1", here.card(link).serial, PASS_TYPE, "token-phone-1", 0))
    order = here.buys(ANNA, 4500)
    assert trace(here, str(order.id))[1] == "pushed to 0 of 1 phones"
    here.follow()
    assert trace(here, str(order.id))[1] == "fetched by 0 of 1 phones"


def test_order_that_came_along_with_a_merge_is_still_followed_to_the_phone() -> None:
    here = town()
    early = here.buys(Buyer(ANNA.id), 3000)
    here.member(ANNA)
    here.buys(ANNA, 1000)
    reached, says = trace(here, str(early.id))
    assert reached == ["delivery", "verified", "account", "rule", "entry"]
    assert says == "the card is not in a wallet yet"


@pytest.mark.parametrize("what", ["", " "])
def test_a_name_that_is_empty_is_not_that_of_everything_without_one(what: str) -> None:
    here = town()
    here.member(ANNA)
    here.buys(ANNA, 4500)
    here.house.redemptions.redeem(here.program, Reference("use/1"), here.account(ANNA), 30, actor="till")
    with pytest.raises(Malformed, match="nothing_to_follow"):
        here.house.tracing.trace(here.program, what)
