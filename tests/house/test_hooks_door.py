"""The door for webhooks: who is not proved changes nothing, and who is proved is never lost."""

import copy
from typing import Any

import pytest
from stand_ins import DAY
from whole_house import ANNA, PROGRAM, SECRET, Town, town

from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Signed, signature


@pytest.fixture
def here() -> Town:
    return town()


def paid(here: Town, price: int = 4599) -> Signed:
    return here.shop.paid(here.shop.order(ANNA, [Item("Beans", price)]))


def stored(here: Town) -> Any:
    """Everything that any store holds."""
    own = here.own
    held = [own.ledger, own.members, own.cards, own.views, own.inbox, here.deferred, here.pushes]
    states = [{name: value for name, value in vars(port).items() if "lock" not in name} for port in held]
    for state in states:
        state.pop("_members", None)
    return copy.deepcopy((states, here.mail.letters, here.pusher.calls))


SPOILED: dict[str, dict[str, Any]] = {
    "wrong": {"x_shopify_hmac_sha256": signature("another secret", b"x")},
    "missing": {"x_shopify_hmac_sha256": ""},
    "malformed": {"x_shopify_hmac_sha256": "!!not base64!!"},
    "non-ASCII": {"x_shopify_hmac_sha256": "подпись"},
    "lone surrogate": {"x_shopify_hmac_sha256": "\ud800"},
    "latin-1": {"x_shopify_hmac_sha256": "\xff\xfe"},
    "line break": {"x_shopify_hmac_sha256": "a\r\nb"},
    "long": {"x_shopify_hmac_sha256": "A" * 100_000},
    "unknown connection": {"connection": "nobody"},
    "unknown program": {"program": "nobody"},
    "odd connection": {"connection": "../%00\ud800é" + "x" * 3000},
    "odd program": {"program": "é\ud800#P#"},
}


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED)
def test_who_is_not_proved_gets_401_and_changes_nothing(here: Town, spoiled: dict[str, Any]) -> None:
    signed = paid(here)
    before = stored(here)
    answer = here.deliver(signed, **spoiled)
    assert (answer.status, answer.body) == (401, b"")
    assert stored(here) == before
    assert here.alarm.raised == []


def test_unknown_connection_answers_exactly_like_a_wrong_signature(here: Town) -> None:
    signed = paid(here)
    wrong = here.deliver(signed, x_shopify_hmac_sha256="AAAA")
    assert here.deliver(signed, connection="nobody") == here.deliver(signed, program="nobody") == wrong


@pytest.mark.parametrize("place", [0, 100, -1])
def test_one_changed_byte_is_401(here: Town, place: int) -> None:
    signed = paid(here)
    body = bytearray(signed.body)
    body[place] ^= 1
    assert here.deliver(Signed(signed.headers, bytes(body))).status == 401


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff" * 1000, b"[" * 100_000, b"null"])
def test_any_body_without_its_signature_is_401(here: Town, body: bytes) -> None:
    assert here.deliver(Signed(paid(here).headers, body)).status == 401


def test_connections_of_one_program_do_not_open_another(here: Town) -> None:
    here.own.programs.connect(Connection("other", "shop", "shopify", "earns", ("another secret",)))
    assert here.deliver(paid(here), program="other").status == 401


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 200), (1_000_001, 413)])
def test_body_over_a_million_bytes_is_refused(here: Town, size: int, status: int) -> None:
    signed = paid(here)
    body = signed.body[:-1] + b" " * (size - len(signed.body)) + b"}"
    before = stored(here)
    answer = here.deliver(Signed(signed.headers | {"X-Shopify-Hmac-Sha256": signature(SECRET, body)}, body))
    assert answer.status == status
    assert (stored(here) == before) is (status == 413)


NOT_UNDERSTOOD = {
    "empty object": b"{}",
    "no JSON": b"\x00\xff not JSON",
    "an array": b"[]",
    "deep": b'{"id":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "wrong types": b'{"id":"x","total_price":[]}',
}


@pytest.mark.parametrize("content", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_authentic_but_not_understood_is_kept_alarmed_and_answered_as_success(here: Town, content: bytes) -> None:
    answer = here.deliver(here.shop.sign("orders/paid", content))
    assert answer == Answer(200)
    (key,) = here.own.inbox.kept("quarantined")
    kept = here.own.inbox.read(key)
    assert kept is not None
    assert kept.body == content
    assert here.alarm.names == ["delivery_not_understood"]
    assert here.own.audit.documents(PROGRAM) == []


def test_topic_we_do_not_use_is_success_and_writes_nothing(here: Town) -> None:
    before = stored(here)
    assert here.deliver(here.shop.sign("products/update", b'{"id":1}')).status == 200
    assert stored(here) == before


def test_header_names_are_read_in_any_spelling(here: Town) -> None:
    signed = paid(here)
    for spell in (str.lower, str.upper, str.title):
        headers = {spell(name): value for name, value in signed.headers.items()}
        assert here.deliver(Signed(headers, signed.body)).status == 200
    assert here.stored_balance(ANNA) == 45


def test_newer_header_family_is_understood(here: Town) -> None:
    here.shop.family = "Shopify-"
    assert here.deliver(paid(here)).status == 200
    assert here.stored_balance(ANNA) == 45


def test_two_secrets_work_while_one_is_being_replaced(here: Town) -> None:
    here.own.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", ("the new one", SECRET)))
    old = paid(here)
    here.shop.secret = "the new one"
    assert (here.deliver(old).status, here.deliver(paid(here)).status) == (200, 200)
    here.own.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", ("the new one",)))
    assert here.deliver(old).status == 401


def test_wish_to_see_ones_data_is_kept_and_wakes_somebody(here: Town) -> None:
    assert here.deliver(here.shop.data_asked(ANNA)).status == 200
    assert here.alarm.names == ["data_requested"]
    key = here.alarm.raised[0][1]["kept"]
    kept = here.own.inbox.read(str(key))
    assert kept is not None
    assert b"anna.ozola@example.com" in kept.body


def test_probe_of_time_is_not_needed_a_delivery_may_be_days_late(here: Town) -> None:
    signed = paid(here)
    here.clock.forward(4 * DAY)
    assert here.deliver(signed).status == 200
    assert here.stored_balance(ANNA) == 45
