"""YooKassa's lists: first the payments, then the refunds, as their notifications tell them."""

import json

import pytest
from yookassa_desk import NOON, SECRET, FakeApi, connection, delivery, shop

from chalicelib.connectors import yookassa
from chalicelib.connectors.yookassa import listing
from chalicelib.errors import Malformed, Refused, TryAgain
from chalicelib.events import PaymentTold
from chalicelib.services.ports import Listed, Page


def page(api: FakeApi, cursor: str = "") -> Page:
    return listing.recent(connection(), api, since=NOON, cursor=cursor)


def everything(api: FakeApi) -> list[Listed]:
    told, cursor = [], ""
    for _ in range(100):
        got = page(api, cursor)
        told += got.listed
        cursor = got.cursor
        if got.is_last:
            return told
    raise AssertionError("the list does not end")


def test_what_is_listed_tells_what_its_notification_told() -> None:
    till = shop()
    paid = till.paid(450_00, {"email": "anna@example.com"})
    till.opened(100_00)  # nobody has paid it
    back = till.refunded(paid["object"]["id"], 100_00)
    api = FakeApi(till)

    told = everything(api)

    by_notification = [yookassa.fetch(delivery(each), connection(), api)[0] for each in (paid, back)]
    by_list = [listed.events[0] for listed in told]
    assert len(by_list) == 2
    for listed, notified in zip(by_list, by_notification, strict=True):
        assert isinstance(listed, PaymentTold)
        assert isinstance(notified, PaymentTold)
        assert (listed.reference, listed.payment, listed.refunds, listed.customer) == (
            notified.reference,
            notified.payment,
            notified.refunds,
            notified.customer,
        )


def test_a_kept_one_can_be_replayed_like_a_notification() -> None:
    till = shop()
    till.refunded(till.paid(450_00)["object"]["id"])
    api = FakeApi(till)
    for listed in everything(api):
        (again,) = yookassa.fetch(listed.delivery, connection(), api)
        (told,) = listed.events
        assert isinstance(again, PaymentTold)
        assert isinstance(told, PaymentTold)
        assert again.refunds == told.refunds


def test_all_pages_of_both_lists_are_read() -> None:
    till = shop()
    for _ in range(150):
        till.refunded(till.paid(100_00)["object"]["id"], 10_00)
    told = everything(FakeApi(till))
    assert len({listed.delivery.body for listed in told}) == 300


def test_an_object_that_is_not_understood_does_not_hide_the_others() -> None:
    till = shop()
    first = till.paid(100_00)["object"]["id"]
    till.paid(200_00)
    till.objects["payments"][first]["amount"] = {"value": "ten", "currency": "RUB"}
    assert sorted(listed.unclear is None for listed in everything(FakeApi(till))) == [False, True]


def test_trouble_is_told_apart() -> None:
    api = FakeApi(shop(secrets=("test_other",)))
    with pytest.raises(TryAgain, match="provider_refuses_our_key"):
        page(api)
    odd = FakeApi(shop(secrets=(SECRET,)), changes=[lambda _: b"<html>", lambda _: {"items": [{"id": "x"}]}])
    for _ in range(2):
        with pytest.raises(Malformed, match="unexpected_answer"):
            page(odd)


@pytest.mark.parametrize("cursor", ["gone", "refunds:gone"])
def test_a_cursor_that_is_not_known_begins_anew(cursor: str) -> None:
    till = shop(refusals=[400])
    with pytest.raises(Refused, match="cursor_unknown"):
        page(FakeApi(till), cursor)


def test_refunds_are_listed_from_further_back_than_payments() -> None:
    api = FakeApi(shop())
    everything(api)
    payments, refunds = (url for url, _ in api.calls)
    assert "captured_at.gte=2025-11-22T12%3A00%3A00.000Z" in payments
    assert "created_at.gte=2025-11-19T12%3A00%3A00.000Z" in refunds
    assert json.dumps(api.calls).count(SECRET) == 0
