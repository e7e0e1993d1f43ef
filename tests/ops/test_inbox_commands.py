"""The inbox at a terminal: what is kept and why, shown without people, replayed with the difference first."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from stand_ins import NOON
from whole_house import ANNA, PROGRAM, Town

from chalicelib.services.ports import Delivery
from chalicelib.store.inbox import delivery_text
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Signed
from ops.redacting import safe_body, safe_headers

Run = Callable[..., Result]


def paid(here: Town, price: int = 4_500, **more: Any) -> Signed:
    return here.shop.paid(here.shop.order(ANNA, [Item("Kenya AA", price)], shipping=490, **more))


def kept(here: Town, signed: Signed, why: str = "quarantined") -> str:
    """The number of a delivery that was kept."""
    low = {name.lower(): text for name, text in signed.headers.items()}
    delivery = Delivery(PROGRAM, "shop", NOON, low, signed.body, "203.0.113.9")
    return here.own.inbox.keep(delivery, why).rpartition("/")[2][:12]


def state(here: Town) -> Any:
    ledger: Any = here.own.ledger
    members: Any = here.own.members
    inbox: Any = here.own.inbox
    return (
        dict(ledger.kept),
        {key: dict(rows) for key, rows in ledger.journal.items()},
        dict(members.known),
        dict(inbox._kept),
    )


def test_the_list_says_what_is_kept_and_why(here: Town, run: Run) -> None:
    assert "Nothing is kept." in run("inbox", "list").output
    unclear, refused = kept(here, paid(here)), kept(here, paid(here), "refused")
    whole = run("inbox", "list").output
    assert (unclear in whole, refused in whole) == (True, True)
    assert "not understood" in whole
    assert "2026-06-23" in whole
    some = run("inbox", "list", "--why", "refused", "--connection", "shop").output
    assert (unclear in some, refused in some) == (False, True)
    assert "Nothing is kept." in run("inbox", "list", "--connection", "pay").output


def test_a_delivery_is_shown_without_its_signature_and_its_people(here: Town, run: Run) -> None:
    order = here.shop.order(ANNA, [Item("Kenya AA", 4_500)], shipping=490)
    signed = here.shop.paid(order)
    shown = run("inbox", "show", kept(here, signed)).output

    people = (ANNA.email, ANNA.phone, "Anna", "Ozola", "Long Street", "LV-1001", str(ANNA.id))
    for hidden in (signed.headers["X-Shopify-Hmac-Sha256"], "Kenya", *people):
        assert str(hidden) not in shown
    for said in (str(order.id), "49.90", "EUR", "paid", "orders/paid", "#1001", "x-shopify-webhook-id"):
        assert said in shown


def test_an_unknown_number_is_said_plainly(here: Town, run: Run) -> None:
    for words in (("show", "123"), ("replay", "123")):
        result = run("inbox", *words)
        assert result.exit_code == 1
        assert "Nothing called 123 is kept." in result.output


def test_a_number_that_several_begin_with_is_not_guessed(here: Town, run: Run) -> None:
    for _ in range(17):  # two of them must begin alike
        kept(here, paid(here))
    begins = [key.rpartition("/")[2][0] for key in here.own.inbox.kept("quarantined")]
    twice = next(first for first in begins if begins.count(first) > 1)
    assert "Several begin with" in run("inbox", "show", twice).output


@pytest.mark.parametrize("flags", [(), ("--dry-run",)])
def test_a_replay_shows_the_difference_and_changes_nothing(here: Town, run: Run, flags: tuple[str, ...]) -> None:
    number = kept(here, paid(here))
    before = state(here)
    result = run("inbox", "replay", number, *flags)
    assert result.exit_code == 0, result.output
    assert " ".join(result.output.split()).startswith(
        "what currency points now after difference then it is #1001 beans 0 45 +45 posted"
    )
    assert "Nothing was changed." in result.output
    assert state(here) == before
    assert here.alarm.raised == []


def test_a_replay_with_yes_does_what_it_showed(here: Town, run: Run) -> None:
    result = run("inbox", "replay", kept(here, paid(here)), "--yes")
    assert "+45" in result.output
    assert here.stored_balance(ANNA) == 45
    assert here.violations() == []
    again = run("inbox", "replay", kept(here, paid(here)), "--yes")
    assert again.exit_code == 0


def test_what_is_known_already_changes_nothing(here: Town, run: Run) -> None:
    signed = paid(here)
    here.deliver(signed)
    result = run("inbox", "replay", kept(here, signed))
    assert "nothing that is not known already" in result.output


def test_a_refund_shows_the_points_it_takes(here: Town, run: Run) -> None:
    order = here.buys(ANNA, 4_500)
    result = run("inbox", "replay", kept(here, here.shop.refunded(order)))
    assert "#1001 beans 45 0 -45 posted" in " ".join(result.output.split())
    assert here.stored_balance(ANNA) == 45


def test_what_is_refused_shows_why(here: Town, run: Run) -> None:
    order = here.shop.order(ANNA, [Item("Beans", 4_500)])
    here.shop.paid(order)
    order.currency = "USD"
    result = run("inbox", "replay", kept(here, here.shop.updated(order)))
    assert "none refused: another currency" in " ".join(result.output.split())


def test_what_is_still_not_understood_is_said(here: Town, run: Run) -> None:
    result = run("inbox", "replay", kept(here, here.shop.sign("orders/paid", {"id": "x"})))
    assert result.exit_code == 1
    assert "still not understood: not what the topic promises" in " ".join(result.output.split())


def test_a_wish_to_be_forgotten_is_named_and_not_rehearsed(here: Town, run: Run) -> None:
    link = here.member(ANNA)
    result = run("inbox", "replay", kept(here, here.shop.erasure_asked(ANNA), "deferred"))
    assert "It asks to: forget one person." in result.output
    assert not here.card(link).is_void


def test_a_delivery_of_a_connection_that_is_gone_is_not_replayed(here: Town, run: Run) -> None:
    number = kept(here, paid(here))
    here.own.programs._connections.clear()  # type: ignore[attr-defined]
    result = run("inbox", "replay", number)
    assert result.exit_code == 1
    assert "connection gone" in result.output


def test_both_at_once_is_refused(here: Town, run: Run) -> None:
    result = run("inbox", "replay", kept(here, paid(here)), "--yes", "--dry-run")
    assert result.exit_code == 1
    assert here.own.audit.documents(PROGRAM) == []


def test_headers_that_prove_or_locate_somebody_are_hidden() -> None:
    told = {
        "stripe-signature": "t=1,v1=aa",
        "authorization": "Bearer x",
        "cookie": "a=b",
        "x-forwarded-for": "203.0.113.9",
        "x-api-key": "k",
        "content-type": "application/json",
        "x-wc-webhook-topic": "order.updated",
    }
    shown = safe_headers(told)
    assert [name for name, text in shown.items() if text != "•••"] == ["content-type", "x-wc-webhook-topic"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"name=Anna&email=anna%40example.com",
        b'{"a": NaN}',
        b'"anna@example.com"',
        b'{"e": ["anna@example.com", "Anna Ozola"], "k": {"Anna Ozola": {"mobile": "x y"}}}',
    ],
)
def test_any_body_is_shown_without_people(body: bytes) -> None:
    shown = safe_body(body)
    assert "anna@example.com" not in shown
    assert "Anna Ozola" not in shown.replace('"Anna Ozola": {', "")


def test_a_body_of_a_payment_keeps_what_happened_and_loses_who() -> None:
    charge = {
        "id": "ch_3MmlLrLkdIwHu7ix",
        "amount": 1099,
        "currency": "eur",
        "status": "succeeded",
        "receipt_email": "anna@example.com",
        "billing_details": {"name": "Anna", "phone": "37120000001"},
        "payment_method_details": {"card": {"last4": "4242"}},
    }
    body = {"id": "evt_1NG8Du2eZvKYlo2C", "type": "charge.refunded", "created": 1700000000, "data": {"object": charge}}
    shown = json.loads(safe_body(json.dumps(body).encode()))
    assert (shown["type"], shown["data"]["object"]["amount"]) == ("charge.refunded", 1099)
    told = shown["data"]["object"]
    assert (told["id"], told["currency"], told["status"]) == ("ch_3MmlLrLkdIwHu7ix", "eur", "succeeded")
    assert (told["receipt_email"], told["billing_details"]) == ("•••", "•••")
    assert told["payment_method_details"]["card"] == "•••"


def test_a_kept_delivery_reads_as_it_was() -> None:
    delivery = Delivery(PROGRAM, "shop", NOON, {"a": "b"}, b"\x00\xff", "203.0.113.9")
    assert json.loads(delivery_text(delivery))["source"] == "203.0.113.9"
