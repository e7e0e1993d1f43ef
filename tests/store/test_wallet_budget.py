"""What a phone's questions cost, in DynamoDB's own units."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from stand_ins import DAY, MINUTE, HandClock
from store_factories import ACCOUNT, NOON, PROGRAM, card, entry, registration
from store_ports import OpenTables
from whole_house import BASE_URL, DEFINITION, PASS_TYPE, TOKEN_KEY, issuer, tenants_of

from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.rendering import Rendering
from chalicelib.passes.apple.webservice import WebService
from chalicelib.programs.program import sha_of
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Commit
from chalicelib.services.showing import Showing
from chalicelib.store.cards import DynamoCards
from chalicelib.store.connection import Spent
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.memory.programs import MemoryPrograms

PHONE, SERIAL = "f0e1d2c3b4a5968778695a4b3c2d1e0f", "serial-1"
PROOF = f"ApplePass {token_of(TOKEN_KEY, SERIAL)}"


@dataclass
class Phone:
    """One phone with one pass, over the engine, with the meter running."""

    service: WebService
    clock: HandClock
    spent: list[Spent] = field(default_factory=list)
    tag: str | None = None

    def lists(self) -> Answer:
        answer = self.service.updates(PHONE, PASS_TYPE, since=self.tag)
        if answer.body:
            self.tag = json.loads(answer.body)["lastUpdated"]
        return answer

    def fetches(self, since: str | None = None, *, is_head: bool = False) -> Answer:
        return self.service.latest(PASS_TYPE, SERIAL, authorization=PROOF, if_modified_since=since, is_head=is_head)

    def costs(self, question: Callable[[], Answer]) -> tuple[int, float, float]:
        """(status, read units, write units)"""
        self.spent.clear()
        answer = question()
        reads, writes = sum(each.read_units for each in self.spent), sum(each.write_units for each in self.spent)
        return answer.status, reads, writes


@pytest.fixture
def phone(open_tables: OpenTables) -> Phone:
    spent: list[Spent] = []
    tables = open_tables(meter=spent.append)
    cards, ledger, programs, clock = DynamoCards(tables), DynamoLedger(tables), MemoryPrograms(), HandClock(NOON + DAY)
    programs.publish(PROGRAM, sha_of(DEFINITION), DEFINITION, published_at=0, effective_at=0)
    ledger.commit(Commit(PROGRAM, entries=(entry(1, version=sha_of(DEFINITION)),)))
    assert cards.put_card(card(changed_at=NOON, account=ACCOUNT))
    cards.register(registration(device=PHONE, pass_type=PASS_TYPE))
    tenants = tenants_of(programs)
    rendering = Rendering(cards, Showing(ledger, programs, clock, BASE_URL), issuer(tenants))
    service = WebService(cards, clock, rendering.render, tenants.pass_types, TOKEN_KEY, lambda lines: None)
    return Phone(service, clock, spent)


def test_an_unchanged_pass_is_confirmed_for_one_read(phone: Phone) -> None:
    phone.lists()
    date = phone.fetches().headers["Last-Modified"]
    phone.clock.forward(MINUTE)

    assert phone.costs(lambda: phone.fetches(date)) == (304, 1, 0)
    assert phone.costs(lambda: phone.fetches(date, is_head=True)) == (304, 1, 0)


def test_a_changed_pass_is_drawn_from_two_reads(phone: Phone) -> None:
    """The card with its holders is one, the newest entry the other. What arrived is noted once, in its own write."""
    phone.lists()
    phone.fetches()

    assert phone.costs(phone.fetches) == (200, 2, 0)
    assert phone.costs(lambda: phone.fetches(is_head=True)) == (200, 1, 0)


def test_eight_devices_of_one_card_are_still_one_read(phone: Phone) -> None:
    for number in range(7):
        phone.service.cards.register(
            registration(device=f"{PHONE[:-1]}{number + 1}", pass_type=PASS_TYPE, push_token="9d" * 32)
        )
    date = phone.fetches().headers["Last-Modified"]

    assert phone.costs(lambda: phone.fetches(date)) == (304, 1, 0)


def test_a_list_reads_what_the_device_holds_and_each_card(phone: Phone) -> None:
    phone.lists()
    phone.fetches()
    phone.clock.forward(MINUTE)
    phone.lists()

    assert phone.costs(phone.lists) == (204, 2, 0)


def test_a_guessed_token_costs_nothing(phone: Phone) -> None:
    stranger = replace(phone, spent=phone.spent)

    def guess() -> Answer:
        return stranger.service.latest(PASS_TYPE, SERIAL, authorization="ApplePass guess", if_modified_since=None)

    assert phone.costs(guess) == (401, 0, 0)
