"""The calls by which phones fetch a pass and complain, answered from cards in memory."""

from email.utils import parsedate_to_datetime

import pytest
from pass_samples import NOW, PASS_TYPE, TOKEN_KEY
from web_shop import PHONE, Shop, listed, pass_types, proof

from chalicelib.passes.apple.webservice import RenderedPass, WebService
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.open("s1")
    return shop


# --- the latest pass ----------------------------------------------------------------------------------------------


def test_the_pass_comes_with_its_type_and_date_and_is_kept_by_nobody(shop: Shop) -> None:
    answer = shop.fetch("s1")
    assert (answer.status, answer.body) == (200, f"s1 {NOW - 60_000}".encode())
    assert answer.headers == {
        "Content-Type": "application/vnd.apple.pkpass",
        "Last-Modified": "Sun, 22 Nov 2026 11:59:00 GMT",
        "Cache-Control": "no-store",
    }


def test_an_unchanged_pass_is_neither_sent_nor_signed_again(shop: Shop) -> None:
    date = shop.fetch("s1").headers["Last-Modified"]
    answer = shop.fetch("s1", date)
    assert (answer.status, answer.body, answer.headers["Last-Modified"]) == (304, b"", date)
    assert shop.renders == 1


def test_a_change_in_the_second_of_the_last_one_is_fetched_and_then_confirmed(shop: Shop) -> None:
    shop.change("s1", NOW + 200)
    first = shop.fetch("s1").headers["Last-Modified"]
    shop.change("s1", NOW + 700)
    second = shop.fetch("s1", first)
    assert second.body == f"s1 {NOW + 1_000}".encode()
    assert shop.fetch("s1", second.headers["Last-Modified"]).status == 304


def test_head_answers_like_get_without_the_pass_and_notes_nothing(shop: Shop) -> None:
    shop.register("s1")
    shop.updates()
    got = shop.fetch("s1")
    shop.renders = 0
    asked = shop.fetch("s1", is_head=True)
    assert (asked.status, asked.headers, asked.body) == (200, got.headers, b"")
    assert shop.fetch("s1", got.headers["Last-Modified"], is_head=True).status == 304
    assert shop.renders == 0


def test_a_phone_that_learns_by_head_that_it_has_everything_is_noted(shop: Shop) -> None:
    date = shop.fetch("s1").headers["Last-Modified"]
    shop.register("s1")
    shop.updates()
    assert shop.fetch("s1", date, is_head=True).status == 304
    assert shop.held().fetched_at == NOW - 60_000


def test_head_is_no_fetch(shop: Shop) -> None:
    shop.register("s1")
    shop.updates()
    shop.fetch("s1", is_head=True)
    assert shop.held().fetched_at == 0


@pytest.mark.parametrize(
    "date", ["yesterday", "0", "Sun, 99 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 -0000", "é", "9" * 400]
)
def test_a_date_that_is_none_brings_the_pass(shop: Shop, date: str) -> None:
    assert shop.fetch("s1", date).status == 200


def test_a_change_while_the_pass_is_made_is_fetched_next_time() -> None:
    shop = Shop()
    shop.open("s1", NOW - 60_000)
    shop.clock.instant = NOW + 60_000

    def slow(card: Card, pass_type: str) -> RenderedPass:
        shop.change(card.serial, NOW)
        return RenderedPass(b"may or may not hold the change", card.changed_at)

    service = WebService(shop.cards, shop.clock, slow, pass_types, TOKEN_KEY, shop.complain)
    first = service.latest(PASS_TYPE, "s1", authorization=proof("s1"), if_modified_since=None)
    assert shop.fetch("s1", first.headers["Last-Modified"]).status == 200


def test_the_fetched_change_is_noted_with_its_own_instant(shop: Shop) -> None:
    shop.register("s1")
    shop.updates()
    shop.clock.instant += 900
    shop.fetch("s1")
    assert shop.held().fetched_at == NOW - 60_000


def test_a_repeat_that_brings_nothing_new_is_a_fetch_too(shop: Shop) -> None:
    date = shop.fetch("s1").headers["Last-Modified"]
    shop.register("s1")
    shop.updates()
    assert shop.fetch("s1", date).status == 304
    assert shop.held().fetched_at == NOW - 60_000


def test_a_phone_that_has_not_listed_a_change_is_never_noted_as_having_it(shop: Shop) -> None:
    shop.register("s1", device="sleeping")
    shop.register("s1", device="awake")
    shop.updates(device="awake")
    shop.fetch("s1")
    shop.fetch("s1")
    assert shop.held("sleeping").fetched_at == 0
    assert shop.held("awake").fetched_at == NOW - 60_000


def test_a_list_from_before_the_change_does_not_count(shop: Shop) -> None:
    shop.register("s1", device="sleeping")
    shop.updates(device="sleeping")
    shop.clock.instant += 60_000
    shop.change("s1", NOW + 50_000)
    shop.fetch("s1")
    assert shop.held("sleeping").fetched_at == 0


def test_when_two_devices_have_just_listed_nobody_knows_which_one_fetches(shop: Shop) -> None:
    """One that were noted and gave up would never be told again."""
    for device in ("one", "two"):
        shop.register("s1", device=device)
        shop.updates(device=device)
    shop.fetch("s1")
    assert [shop.held(device).fetched_at for device in ("one", "two")] == [0, 0]


def test_a_fetch_long_after_a_list_is_somebody_elses(shop: Shop) -> None:
    shop.register("s1")
    shop.updates()
    shop.clock.instant += 60_001
    shop.fetch("s1")
    assert shop.held().fetched_at == 0


def test_the_arrival_is_noted_with_the_time(shop: Shop) -> None:
    shop.register("s1")
    shop.updates()
    shop.clock.instant += 900
    shop.fetch("s1")
    assert shop.held().arrived_at == NOW + 900


# --- complaints ---------------------------------------------------------------------------------------------------


def test_complaints_are_handed_on_and_accepted(shop: Shop) -> None:
    assert shop.service.log(b'{"logs": ["no pass", "no luck"]}') == Answer(200)
    assert shop.complaints == ["no pass", "no luck"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"5", b'{"logs": "x"}', b'{"logs": [1, null, ""]}'])
def test_json_without_complaints_is_accepted_and_nobody_is_told(shop: Shop, body: bytes) -> None:
    assert shop.service.log(body) == Answer(200)
    assert shop.complaints == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"logs=1", b"\xff", b"[" * 50_000, b'{"logs": ["' + b"x" * 64_000 + b'"]}']
)
def test_what_is_no_json_or_too_large_is_refused(shop: Shop, body: bytes) -> None:
    assert shop.service.log(body) == Answer(400)
    assert shop.complaints == []


# --- what went wrong elsewhere ------------------------------------------------------------------------------------


def test_one_phone_with_two_passes_has_one_token_and_both_registrations(shop: Shop) -> None:
    """django-walletpass looked registrations up by their token, and failed on the second one."""
    shop.open("s2")
    for serial in ("s1", "s2"):
        assert shop.register(serial, push_token="same") == Answer(201)
    assert {held.serial for held in shop.cards.registered(PHONE, PASS_TYPE)} == {"s1", "s2"}
    assert listed(shop.updates())[0] == {"s1", "s2"}


def test_one_token_may_come_under_several_device_names(shop: Shop) -> None:
    """github.com/coorasse/passkit/issues/6; developer.apple.com/forums/thread/130425"""
    for number in range(100):
        assert shop.register("s1", device=f"device-{number}", push_token="same") == Answer(201)
    assert len(shop.cards.registrations("s1")) == 100
    assert shop.fetch("s1").status == 200


def test_a_token_that_changed_leaves_no_registration_under_the_old_one(shop: Shop) -> None:
    """vapor-community/wallet kept the old row, and pushed to it for ever."""
    shop.register("s1", push_token="old")
    shop.register("s1", push_token="new")
    assert [held.push_token for held in shop.cards.registrations("s1")] == ["new"]


def test_the_date_of_a_pass_is_one_that_http_knows(shop: Shop) -> None:
    """edutap.wallet_apple wrote Python's own way of showing a date."""
    date = shop.fetch("s1").headers["Last-Modified"]
    assert parsedate_to_datetime(date).timestamp() * 1_000 == NOW - 60_000
    assert date.endswith(" GMT")


def test_a_pass_that_changed_within_the_second_of_its_tag_is_listed(shop: Shop) -> None:
    """laravel-mobile-pass compares tags of whole seconds with ">"."""
    shop.receives("s1")
    tag = listed(shop.updates())[1]
    shop.change("s1", NOW + 1)
    assert listed(shop.updates(tag))[0] == {"s1"}
