"""The calls by which phones register and ask what changed, answered from cards in memory."""

import json

import msgspec
import pytest
from pass_samples import NOW, PASS_TYPE
from web_shop import PHONE, Shop, listed, proof

from chalicelib.services.answer import Answer


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.open("s1")
    return shop


# --- who is asking ------------------------------------------------------------------------------------------------

STRANGERS = [
    None,
    "",
    "ApplePass",
    "ApplePass ",
    "ApplePass wrong",
    proof("s2"),
    proof("s1")[:-1],
    proof("s1") + "0",
    proof("s1").upper(),
    proof("s1").replace("ApplePass", "Bearer"),
    "ApplePass тайна",
    "ApplePass \ud800",
]


@pytest.mark.parametrize("authorization", STRANGERS)
def test_a_wrong_token_is_refused_before_anything_is_read(shop: Shop, authorization: str | None) -> None:
    said = {"authorization": authorization}
    answers = [
        shop.service.register(PHONE, PASS_TYPE, "s1", body=b'{"pushToken": "p"}', **said),
        shop.service.unregister(PHONE, PASS_TYPE, "s1", **said),
        shop.service.latest(PASS_TYPE, "s1", if_modified_since=None, **said),
        shop.service.latest(PASS_TYPE, "s1", if_modified_since=None, is_head=True, **said),
    ]
    assert answers == [Answer(401)] * 4
    assert shop.cards.reads == 0
    assert not shop.cards.registrations("s1")


def test_a_guess_is_counted_in_the_log_and_nothing_of_it_is_told(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        shop.service.latest(PASS_TYPE, "s1", authorization="ApplePass guess", if_modified_since=None)
    assert [(record.message, getattr(record, "facts", {})) for record in caplog.records] == [("pass_token_refused", {})]


def test_an_unknown_serial_is_answered_like_a_wrong_token(shop: Shop) -> None:
    assert shop.register("s9") == shop.fetch("s9") == shop.fetch("s9", is_head=True) == Answer(401)


def test_another_pass_type_is_answered_like_a_wrong_token(shop: Shop) -> None:
    said = {"authorization": proof("s1")}
    assert shop.service.latest("pass.other", "s1", if_modified_since=None, **said) == Answer(401)
    assert shop.service.register(PHONE, "pass.other", "s1", body=b'{"pushToken": "p"}', **said) == Answer(401)
    assert not shop.cards.registered(PHONE, "pass.other")


def test_unregistering_under_another_pass_type_changes_nothing(shop: Shop) -> None:
    shop.register("s1")
    assert shop.service.unregister(PHONE, "pass.other", "s1", authorization=proof("s1")) == Answer(200)
    assert shop.held().serial == "s1"


def test_a_card_that_is_out_under_its_programs_former_pass_type_is_still_answered(shop: Shop) -> None:
    shop.service = msgspec.structs.replace(shop.service, pass_types=lambda program: ["pass.new", PASS_TYPE])
    assert shop.register("s1") == Answer(201)
    assert shop.fetch("s1").status == 200


# --- register and unregister --------------------------------------------------------------------------------------


def test_a_new_device_is_created_and_a_known_one_is_not(shop: Shop) -> None:
    assert shop.register("s1") == Answer(201)
    assert shop.register("s1") == Answer(200)


def test_registering_again_replaces_the_push_token(shop: Shop) -> None:
    shop.register("s1", push_token="old")
    shop.clock.instant += 5_000
    shop.register("s1", push_token="new")
    assert (shop.held().push_token, shop.held().registered_at) == ("new", NOW + 5_000)


def test_a_push_token_may_have_512_characters(shop: Shop) -> None:
    assert shop.register("s1", push_token="t" * 512).status == 201
    assert shop.held().push_token == "t" * 512


BODIES = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"{",
    b'{"pushToken": ""}',
    b'{"pushToken": 5}',
    b'{"pushToken": null}',
    b'{"pushToken": "a b"}',
    b'{"pushToken": "\\u0000"}',
    b'{"pushToken": "\xff"}',
    b'{"pushToken": "' + b"t" * 513 + b'"}',
    b'{"pushToken": "t"}' + b" " * 5_000,
    b"[" * 4_000,
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_without_a_usable_push_token_is_refused(shop: Shop, body: bytes) -> None:
    assert shop.service.register(PHONE, PASS_TYPE, "s1", authorization=proof("s1"), body=body) == Answer(400)
    assert not shop.cards.registrations("s1")


@pytest.mark.parametrize("device", ["", "a b", "d" * 129, "é"])
def test_a_device_without_a_usable_name_is_refused(shop: Shop, device: str) -> None:
    assert shop.register("s1", device=device) == Answer(400)
    assert shop.updates(device=device) == Answer(204)


def test_unregistering_forgets_the_device_and_may_be_repeated(shop: Shop) -> None:
    shop.register("s1")
    for _ in range(2):
        assert shop.service.unregister(PHONE, PASS_TYPE, "s1", authorization=proof("s1")) == Answer(200)
    assert not shop.cards.registrations("s1")


# --- what changed -------------------------------------------------------------------------------------------------


def test_every_pass_changed_since_the_tag_is_listed_not_only_the_newest(shop: Shop) -> None:
    for number, serial in enumerate(("s2", "s3", "s4")):
        shop.open(serial, NOW - 40_000 + number)
        shop.register(serial)
    shop.receives("s1")
    assert listed(shop.updates(f"{NOW - 41_000:015d}"))[0] == {"s2", "s3", "s4"}


def test_a_phone_without_a_tag_learns_everything_it_holds(shop: Shop) -> None:
    shop.register("s1")
    answer = shop.updates()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert listed(answer) == ({"s1"}, f"{NOW - 15_001:015d}")


def test_the_tag_is_a_string_without_a_plus(shop: Shop) -> None:
    shop.register("s1")
    tag = json.loads(shop.updates().body)["lastUpdated"]
    assert isinstance(tag, str)
    assert tag.isdigit()


def test_nothing_changed_is_said_without_a_body(shop: Shop) -> None:
    shop.receives("s1")
    assert shop.updates(f"{NOW:015d}") == Answer(204)


def test_an_unknown_device_has_no_updates(shop: Shop) -> None:
    assert shop.updates(device="nobody") == Answer(204)


def test_another_pass_type_has_no_updates(shop: Shop) -> None:
    shop.register("s1")
    assert shop.service.updates(PHONE, "pass.other", since=None) == Answer(204)


@pytest.mark.parametrize("tag", ["", "yesterday", "-1", "1795348800000", "+00001795348800", "9" * 15, "٣" * 15, "1e9"])
def test_a_tag_that_is_not_ours_asks_for_everything(shop: Shop, tag: str) -> None:
    shop.register("s1")
    assert listed(shop.updates(tag))[0] == {"s1"}


@pytest.mark.parametrize(("slow", "status"), [(15_000, 200), (15_001, 204)])
def test_a_change_stamped_by_a_slow_clock_is_listed_up_to_fifteen_seconds_late(slow: int, status: int) -> None:
    shop = Shop()
    shop.open("s1")
    shop.receives("s1")
    tag = listed(shop.updates())[1]
    shop.change("s1", NOW - slow)
    shop.cards.mark_fetched(shop.held(), NOW, NOW)  # the tag alone must bring it
    assert shop.updates(tag).status == status


def test_a_pass_that_a_phone_gave_up_fetching_is_listed_again_although_its_tag_has_moved_on(shop: Shop) -> None:
    """passd keeps the tag of a list whatever becomes of the passes that stood there."""
    shop.receives("s1")
    shop.clock.instant += 60_000
    shop.change("s1", NOW + 50_000)
    tag = listed(shop.updates())[1]
    shop.clock.instant += 3_600_000
    assert listed(shop.updates(tag))[0] == {"s1"}


def test_the_tag_moves_on_with_each_list_and_never_back(shop: Shop) -> None:
    shop.register("s1")
    tags = []
    for wait in (0, 5_000, 60_000):
        shop.clock.instant += wait
        tags.append(listed(shop.updates(tags[-1] if tags else None))[1])
    assert tags == sorted(set(tags))
    shop.clock.instant -= 7_000  # another container answers
    assert listed(shop.updates(tags[-1]))[1] == tags[-1]


def test_a_pass_somebody_else_holds_is_not_listed(shop: Shop) -> None:
    shop.open("s2", NOW)
    shop.register("s1")
    shop.register("s2", device="another-phone")
    assert listed(shop.updates())[0] == {"s1"}


def test_listing_is_noted_for_the_listed_passes_only(shop: Shop) -> None:
    shop.receives("s1")
    shop.open("s2", NOW)
    shop.register("s2")
    shop.clock.instant += 5_000
    shop.updates(f"{NOW - 1:015d}")
    times = {held.serial: held.listed_at for held in shop.cards.registered(PHONE, PASS_TYPE)}
    assert times == {"s1": NOW, "s2": NOW + 5_000}


def test_figures_that_cannot_be_noted_keep_no_update_from_a_phone(shop: Shop) -> None:
    shop.register("s1")
    shop.cards.is_busy = True
    assert shop.updates().status == 200
    assert shop.fetch("s1").status == 200
