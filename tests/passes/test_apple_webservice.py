"""The calls phones make, answered from cards in memory."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from pass_samples import NOW, PASS_TYPE, TOKEN_KEY, StandingClock

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.webservice import RenderedPass, WebService
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card, Registration
from chalicelib.store.memory.cards import MemoryCards

PHONE = "f0e1d2c3b4a5968778695a4b3c2d1e0f"


class CountingCards(MemoryCards):
    """Cards in memory that count what is asked of them, and can refuse to note travel times."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.is_busy = False

    def card(self, serial: str) -> Card | None:
        self.reads += 1
        return super().card(serial)

    def mark(self, registration: Registration) -> None:
        if self.is_busy:
            raise TryAgain("throttled")
        super().mark(registration)


@dataclass
class Shop:
    """A web service with its cards, its clock and what it was told."""

    cards: CountingCards = field(default_factory=CountingCards)
    clock: StandingClock = field(default_factory=StandingClock)
    complaints: list[str] = field(default_factory=list)
    renders: int = 0

    def __post_init__(self) -> None:
        self.service = WebService(self.cards, self.clock, self.render, PASS_TYPE, TOKEN_KEY, self.complain)

    def render(self, serial: str) -> RenderedPass:
        self.renders += 1
        card = MemoryCards.card(self.cards, serial)
        assert card is not None
        return RenderedPass(f"{serial} {card.changed_at}".encode(), card.changed_at)

    def complain(self, lines: Sequence[str]) -> None:
        self.complaints.extend(lines)

    def open(self, serial: str, changed_at: int = NOW - 60_000) -> None:
        card = Card("bean-street", serial, AccountId("a"), "m", f"link-{serial}", f"b-{serial}", "en", NOW, revision=1)
        assert self.cards.put_card(replace(card, changed_at=changed_at))

    def change(self, serial: str, changed_at: int) -> None:
        card = MemoryCards.card(self.cards, serial)
        assert card is not None
        assert self.cards.put_card(replace(card, revision=card.revision + 1, changed_at=changed_at))

    def register(self, serial: str, device: str = PHONE, push_token: str = "p1") -> Answer:
        body = json.dumps({"pushToken": push_token}).encode()
        return self.service.register(device, PASS_TYPE, serial, authorization=proof(serial), body=body)

    def updates(self, since: str | None = None, device: str = PHONE) -> Answer:
        return self.service.updates(device, PASS_TYPE, since=since)

    def fetch(self, serial: str, since: str | None = None, *, is_head: bool = False) -> Answer:
        return self.service.latest(
            PASS_TYPE, serial, authorization=proof(serial), if_modified_since=since, is_head=is_head
        )

    def held(self, device: str = PHONE) -> Registration:
        (registration,) = self.cards.registered(device, PASS_TYPE)
        return registration


def proof(serial: str) -> str:
    return f"ApplePass {token_of(TOKEN_KEY, serial)}"


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


def test_an_unknown_serial_is_answered_like_a_wrong_token(shop: Shop) -> None:
    assert shop.register("s9") == shop.fetch("s9") == shop.fetch("s9", is_head=True) == Answer(401)


def test_another_pass_type_is_answered_like_a_wrong_token(shop: Shop) -> None:
    said = {"authorization": proof("s1")}
    assert shop.service.latest("pass.other", "s1", if_modified_since=None, **said) == Answer(401)
    assert shop.service.register(PHONE, "pass.other", "s1", body=b'{"pushToken": "p"}', **said) == Answer(401)
    assert shop.service.unregister(PHONE, "pass.other", "s1", **said) == Answer(401)
    assert shop.cards.reads == 0


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


def listed(answer: Answer) -> tuple[set[str], str]:
    said = json.loads(answer.body)
    return set(said["serialNumbers"]), said["lastUpdated"]


def test_every_pass_changed_since_the_tag_is_listed_not_only_the_newest(shop: Shop) -> None:
    for number, serial in enumerate(("s2", "s3", "s4")):
        shop.open(serial, NOW - 40_000 + number)
        shop.register(serial)
    shop.register("s1")
    assert listed(shop.updates(f"{NOW - 41_000:015d}"))[0] == {"s2", "s3", "s4"}


def test_a_phone_without_a_tag_learns_everything_it_holds(shop: Shop) -> None:
    shop.register("s1")
    answer = shop.updates()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert listed(answer) == ({"s1"}, f"{NOW - 60_000:015d}")


def test_the_tag_is_a_string_without_a_plus(shop: Shop) -> None:
    shop.register("s1")
    tag = json.loads(shop.updates().body)["lastUpdated"]
    assert isinstance(tag, str)
    assert tag.isdigit()


def test_nothing_changed_is_said_without_a_body(shop: Shop) -> None:
    shop.register("s1")
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


@pytest.mark.parametrize(("before_tag", "status"), [(14_999, 200), (15_000, 204)])
def test_a_change_stamped_by_a_slow_clock_is_listed_up_to_fifteen_seconds_late(before_tag: int, status: int) -> None:
    shop = Shop()
    shop.open("s1", NOW - before_tag)
    shop.register("s1")
    assert shop.updates(f"{NOW:015d}").status == status


def test_a_pass_somebody_else_holds_is_not_listed(shop: Shop) -> None:
    shop.open("s2", NOW)
    shop.register("s1")
    shop.register("s2", device="another-phone")
    assert listed(shop.updates())[0] == {"s1"}


def test_listing_is_noted_for_the_listed_passes_only(shop: Shop) -> None:
    shop.open("s2", NOW)
    shop.register("s1")
    shop.register("s2")
    shop.updates(f"{NOW:015d}")
    assert {held.serial: held.listed_at for held in shop.cards.registered(PHONE, PASS_TYPE)} == {"s1": 0, "s2": NOW}


def test_figures_that_cannot_be_noted_keep_no_update_from_a_phone(shop: Shop) -> None:
    shop.register("s1")
    shop.cards.is_busy = True
    assert shop.updates().status == 200
    assert shop.fetch("s1").status == 200


# --- the latest pass ----------------------------------------------------------------------------------------------


def test_the_pass_comes_with_its_type_and_date_and_is_kept_by_nobody(shop: Shop) -> None:
    answer = shop.fetch("s1")
    assert (answer.status, answer.body) == (200, f"s1 {NOW - 60_000}".encode())
    assert answer.headers == {
        "Content-Type": "application/vnd.apple.pkpass",
        "Last-Modified": "Sun, 22 Nov 2026 11:59:01 GMT",
        "Cache-Control": "no-store",
    }


def test_an_unchanged_pass_is_neither_sent_nor_signed_again(shop: Shop) -> None:
    date = shop.fetch("s1").headers["Last-Modified"]
    answer = shop.fetch("s1", date)
    assert (answer.status, answer.body, answer.headers["Last-Modified"]) == (304, b"", date)
    assert shop.renders == 1


def test_a_change_in_the_second_of_the_last_one_is_fetched(shop: Shop) -> None:
    shop.change("s1", NOW + 200)
    shop.clock.instant = NOW + 300
    date = shop.fetch("s1").headers["Last-Modified"]
    shop.change("s1", NOW + 700)
    shop.clock.instant = NOW + 800
    assert shop.fetch("s1", date).body == f"s1 {NOW + 700}".encode()


def test_head_answers_like_get_without_the_pass_and_notes_nothing(shop: Shop) -> None:
    shop.register("s1")
    shop.updates()
    got = shop.fetch("s1")
    shop.renders = 0
    asked = shop.fetch("s1", is_head=True)
    assert (asked.status, asked.headers, asked.body) == (200, got.headers, b"")
    assert shop.fetch("s1", got.headers["Last-Modified"], is_head=True).status == 304
    assert shop.renders == 0


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

    def slow(serial: str) -> RenderedPass:
        shop.change(serial, NOW)
        return RenderedPass(b"may or may not hold the change", NOW)

    service = WebService(shop.cards, shop.clock, slow, PASS_TYPE, TOKEN_KEY, shop.complain)
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
