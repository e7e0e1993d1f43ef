"""No update is ever lost: the real services, phones that behave like Wallet, and bad weather, from many seeds."""

import itertools
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from device import Device
from phone_world import World

from chalicelib.events import Instant
from chalicelib.passes.apple import webservice
from chalicelib.passes.apple.complaints import kind_of
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.services.ports import Card, Held, Registration
from chalicelib.store.memory.cards import MemoryCards
from ops.laptop.authority import Papers

SEEDS = range(40)
STEPS = 30


def lived(seed: int, issuer: Issuer, papers: Papers, **changed: Any) -> World:
    """A world after its story and some quiet days."""
    world = World(seed, issuer, papers.root, **changed)
    for _ in range(STEPS):
        world.step()
    world.becomes_quiet()
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_after_quiet_days_every_phone_shows_the_newest_card(seed: int, issuer: Issuer, papers: Papers) -> None:
    world = lived(seed, issuer, papers, rough=1 + seed % 2)
    assert world.behind() == [], world.story


def test_the_weather_has_had_every_answer_of_the_push_service(issuer: Issuer, papers: Papers) -> None:
    """A story in which nothing went wrong shows nothing."""
    said: set[str] = set()
    gave_up = 0
    for seed in range(12):
        world = lived(seed, issuer, papers, rough=2)
        said |= set(world.apns.answers)
        gave_up += sum(phone.gave_up for phone in world.phones)
    assert {"DELIVERED", "Unregistered", "TooManyRequests", "InternalServerError", "ServiceUnavailable"} <= said
    assert {"Shutdown", "BadCertificate", "ExpiredProviderToken", "TopicDisallowed", "no_connection"} <= said
    assert gave_up > 0


# --- the same stories find the mistakes that others made ----------------------------------------------------------


def whole_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags of one second, compared with ">": a change in the second of the list is never told (laravel-mobile-pass)."""
    monkeypatch.setattr(webservice, "tag_of", lambda now, after: f"{now // 1_000 * 1_000:015d}")

    def is_new(service: webservice.WebService, registration: Registration, after: Instant) -> bool:
        card = service.cards.card(registration.serial)
        return card is not None and card.changed_at // 1_000 * 1_000 > after

    monkeypatch.setattr(webservice.WebService, "_is_new", is_new)


def first_token_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registering again leaves the old push token (django-walletpass, vapor wallet)."""
    register = MemoryCards.register

    def ignoring(cards: MemoryCards, registration: Registration) -> bool:
        known = [each for each in cards.registrations(registration.serial) if each.device == registration.device]
        return register(
            cards, msgspec.structs.replace(registration, push_token=known[0].push_token) if known else registration
        )

    monkeypatch.setattr(MemoryCards, "register", ignoring)


def equal_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two changes in one second, and 304 for the same second: the second one is never fetched."""
    monkeypatch.setattr(Card, "next_change", lambda card, now: max(now, card.changed_at + 1))


def the_tag_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a phone gave up fetching is not listed again, because its tag has moved on."""

    def is_new(service: webservice.WebService, registration: Registration, after: Instant) -> bool:
        card = service.cards.card(registration.serial)
        return card is not None and card.changed_at > after

    monkeypatch.setattr(webservice.WebService, "_is_new", is_new)


def the_newest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list has only the passes of the newest change (django-walletpass)."""
    registered = MemoryCards.registered

    def newest(cards: MemoryCards, device: str, pass_type: str) -> list[Registration]:
        held = registered(cards, device, pass_type)
        changes = {each.serial: card.changed_at for each in held if (card := cards.card(each.serial)) is not None}
        return [each for each in held if changes[each.serial] == max(changes.values())]

    monkeypatch.setattr(MemoryCards, "registered", newest)


def somebody_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch is noted for whoever listed last, also when it was another device's."""

    def note(service: webservice.WebService, held: Held, changed_at: Instant, now: Instant) -> None:
        last = max(held.holders, key=lambda each: each.listed_at, default=None)
        if last is not None:
            service.cards.mark_fetched(last, changed_at, now)

    monkeypatch.setattr(webservice.WebService, "_note_fetch", note)


PLANTS = [whole_seconds, first_token_for_ever, equal_seconds, the_tag_alone, the_newest_alone, somebody_has_it]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_mistake_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
    issuer: Issuer,
    papers: Papers,
) -> None:
    plant(monkeypatch)
    assert any(lived(seed, issuer, papers, verify_every=1_000, rough=2).behind() for seed in range(100))


# --- the kit itself -----------------------------------------------------------------------------------------------


def test_every_pass_that_a_phone_is_given_can_be_looked_at_by_openssl(issuer: Issuer, papers: Papers) -> None:
    world = World(1, issuer, papers.root, verify_every=1)
    for _ in range(10):
        world.step()
    assert sum(phone.seen for phone in world.phones) > 4


def test_a_phone_does_not_add_a_pass_of_somebody_else(issuer: Issuer, papers: Papers) -> None:
    world = World(1, issuer, papers.root)
    stranger = Device("stranger", world.ask, papers.certificate)
    with pytest.raises(AssertionError, match="the signature is bad"):
        stranger.add(world.download(world.links[0]), world.now)


def test_a_phone_tries_again_with_growing_delays_and_gives_up(issuer: Issuer, papers: Papers) -> None:
    world = World(1, issuer, papers.root)
    asked: list[int] = []
    phone = Device("lonely", lambda *_: asked.append(world.now), papers.root)
    phone.add(world.download(world.links[0]), world.now)
    while (due := phone.next_due()) is not None:
        world.now = due
        phone.run(world.now)
    waits = [later - before for before, later in itertools.pairwise(asked)]
    assert waits == [5_000, 30_000, 120_000, 600_000]
    assert phone.gave_up == 1


@pytest.mark.parametrize(("holds", "kinds"), [(((0, 0),), set()), (((0, 0), (0, 1)), {"unchanged"})])
def test_in_good_weather_phones_complain_of_nothing_that_wakes_anybody(
    holds: tuple[tuple[int, int], ...], kinds: set[str], issuer: Issuer, papers: Papers
) -> None:
    """A pass that changed just before a list is in the next one, too: its phone finds it unchanged, once."""
    world = World(3, issuer, papers.root, calm=True, holds=holds)
    world.apns.trouble = world.apns.loss = 0
    world.passes_time(400_000)
    for _ in range(20):
        world.buys()
        world.passes_time(world.chance.choice([300, 5_000, 40_000]))  # the journal's stream takes its time
        world.follows()
        world.passes_time(400_000)
    assert world.behind() == []
    assert {kind_of(line) for phone in world.phones for line in phone.logs} == kinds
    assert world.unnoted() == 0


def test_complaints_of_a_phone_reach_those_who_are_woken(issuer: Issuer, papers: Papers) -> None:
    world = World(1, issuer, papers.root, calm=True)
    world.phones[0].logs = ["Received invalid pass data", "Server requested update, but the pass was unchanged."]
    reply = world.phones[0].complain()
    assert reply is not None
    assert reply[0] == 200
    assert world.town.alarm.raised == [("phones_complain", {"kind": "pass_data", "lines": 1})]
