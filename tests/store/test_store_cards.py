"""ports.Cards: cards, and the devices that hold them."""

import msgspec
import pytest
from store_factories import ACCOUNT, NOON, OTHER_ACCOUNT, PROGRAM, card, registration
from store_ports import OpenTables, Store

from chalicelib.store.cards import DynamoCards
from chalicelib.store.connection import Spent


def test_a_card_is_found_by_serial_link_and_account(store: Store) -> None:
    assert store.cards.put_card(card())

    assert store.cards.card("serial-1") == card()
    assert store.cards.card_by_link(card().link) == card()
    assert store.cards.cards_of(PROGRAM, ACCOUNT) == [card()]


def test_nothing_is_found_of_a_card_that_was_never_written(store: Store) -> None:
    assert store.cards.card("serial-1") is None
    assert store.cards.card_by_link(card().link) is None
    assert store.cards.cards_of(PROGRAM, ACCOUNT) == []


def test_a_card_is_new_once(store: Store) -> None:
    store.cards.put_card(card())

    assert not store.cards.put_card(card(link="4d" * 32, language="ru"))
    assert store.cards.card("serial-1") == card()
    assert store.cards.card_by_link("4d" * 32) is None


def test_a_link_leads_to_one_card(store: Store) -> None:
    store.cards.put_card(card())

    assert not store.cards.put_card(card(serial="serial-2"))
    assert store.cards.card("serial-2") is None
    assert store.cards.card_by_link(card().link) == card()


def test_a_card_is_found_by_its_code_within_its_program(store: Store) -> None:
    store.cards.put_card(card())

    assert store.cards.card_by_barcode(PROGRAM, card().barcode) == card()
    assert store.cards.card_by_barcode("another-program", card().barcode) is None
    assert store.cards.card_by_barcode(PROGRAM, "code-of-nobody") is None


def test_a_code_is_one_cards_within_its_program(store: Store) -> None:
    store.cards.put_card(card())
    twin = card(serial="serial-2", link="4d" * 32, barcode=card().barcode)
    elsewhere = card(serial="serial-3", link="5e" * 32, barcode=card().barcode, program="another-program")

    assert not store.cards.put_card(twin)
    assert store.cards.put_card(elsewhere)
    assert store.cards.card("serial-2") is None
    assert store.cards.card_by_link("4d" * 32) is None
    assert store.cards.card_by_barcode(PROGRAM, card().barcode) == card()


def test_a_replaced_link_and_code_lead_nowhere_and_the_new_ones_to_the_card(store: Store) -> None:
    store.cards.put_card(card())

    assert store.cards.relink(card(), link="4d" * 32, barcode="code-2")

    changed = card(link="4d" * 32, barcode="code-2", revision=2)
    assert store.cards.card("serial-1") == changed
    assert store.cards.card_by_link("4d" * 32) == changed
    assert store.cards.card_by_barcode(PROGRAM, "code-2") == changed
    assert store.cards.cards_of(PROGRAM, ACCOUNT) == [changed]
    assert store.cards.card_by_link(card().link) is None
    assert store.cards.card_by_barcode(PROGRAM, card().barcode) is None


def test_a_link_that_was_replaced_is_told_from_one_that_never_was(store: Store) -> None:
    store.cards.put_card(card())
    store.cards.relink(card(), link="4d" * 32, barcode="code-2")

    assert store.cards.was_replaced(card().link)
    assert not store.cards.was_replaced("4d" * 32)
    assert not store.cards.was_replaced("5e" * 32)


def test_a_card_that_changed_meanwhile_keeps_its_link(store: Store) -> None:
    store.cards.put_card(card())
    changed = card(revision=2, pushed_at=NOON)
    store.cards.put_card(changed)

    assert not store.cards.relink(card(), link="4d" * 32, barcode="code-2")
    assert store.cards.card_by_link(card().link) == changed
    assert store.cards.card_by_link("4d" * 32) is None
    assert store.cards.card_by_barcode(PROGRAM, card().barcode) == changed


@pytest.mark.parametrize("taken", ["link", "barcode"])
def test_a_card_does_not_take_another_cards_link_or_code(store: Store, taken: str) -> None:
    other = card(serial="serial-2", link="4d" * 32)
    store.cards.put_card(card())
    store.cards.put_card(other)
    wanted = {"link": "5e" * 32, "barcode": "code-3", taken: getattr(other, taken)}

    assert not store.cards.relink(card(), **wanted)
    assert store.cards.card("serial-1") == card()
    assert store.cards.card_by_link("4d" * 32) == other
    assert store.cards.card_by_barcode(PROGRAM, other.barcode) == other


def test_a_code_that_was_replaced_may_be_given_again(store: Store) -> None:
    store.cards.put_card(card())
    store.cards.relink(card(), link="4d" * 32, barcode="code-2")
    fresh = card(serial="serial-2", link="5e" * 32, barcode=card().barcode)

    assert store.cards.put_card(fresh)
    assert store.cards.card_by_barcode(PROGRAM, card().barcode) == fresh


@pytest.mark.parametrize(("revision", "expected"), [(1, False), (2, True), (3, False)])
def test_a_card_is_written_only_over_the_revision_before_it(store: Store, revision: int, expected: bool) -> None:
    store.cards.put_card(card())

    assert store.cards.put_card(card(revision=revision, face="5e" * 32)) is expected
    assert store.cards.card("serial-1") == (card(revision=2, face="5e" * 32) if expected else card())


def test_an_attached_card_moves_to_the_other_account(store: Store) -> None:
    store.cards.put_card(card())
    store.cards.put_card(card(serial="serial-2", link="4d" * 32))

    assert store.cards.attach(card(), OTHER_ACCOUNT)

    attached = card(account=OTHER_ACCOUNT, revision=2)
    assert store.cards.card("serial-1") == attached
    assert store.cards.card_by_link(card().link) == attached
    assert store.cards.cards_of(PROGRAM, OTHER_ACCOUNT) == [attached]
    assert [other.serial for other in store.cards.cards_of(PROGRAM, ACCOUNT)] == ["serial-2"]


def test_a_card_that_changed_meanwhile_is_not_attached(store: Store) -> None:
    store.cards.put_card(card())
    changed = card(revision=2, pushed_at=NOON)
    store.cards.put_card(changed)

    assert not store.cards.attach(card(), OTHER_ACCOUNT)
    assert store.cards.cards_of(PROGRAM, ACCOUNT) == [changed]
    assert store.cards.cards_of(PROGRAM, OTHER_ACCOUNT) == []


def test_attaching_a_card_to_its_own_account_keeps_it_there(store: Store) -> None:
    store.cards.put_card(card())

    assert store.cards.attach(card(), ACCOUNT)
    assert store.cards.cards_of(PROGRAM, ACCOUNT) == [card(revision=2)]


def test_a_registration_is_found_by_card_and_by_device(store: Store) -> None:
    other_card = registration(serial="serial-2")
    other_device = registration(device="device-2", push_token="token-2")
    other_type = registration(pass_type="pass.example.other", serial="serial-3")

    for told in (registration(), other_card, other_device, other_type):
        assert store.cards.register(told)

    assert store.cards.registrations("serial-1") == [registration(), other_device]
    assert store.cards.registered("device-1", "pass.example.points") == [registration(), other_card]
    assert store.cards.registered("device-1", "pass.example.other") == [other_type]


def test_registering_again_is_not_new_and_overwrites_the_token(store: Store) -> None:
    store.cards.register(registration())
    store.cards.mark_listed(registration(), NOON + 5)

    assert not store.cards.register(registration(push_token="token-2", registered_at=NOON + 9))

    again = registration(push_token="token-2", registered_at=NOON + 9, listed_at=NOON + 5)
    assert store.cards.registrations("serial-1") == [again]
    (held,) = store.cards.registered("device-1", "pass.example.points")
    assert (held.push_token, held.registered_at) == ("token-2", NOON + 9)


def test_unregistering_removes_one_and_may_be_repeated(store: Store) -> None:
    other = registration(device="device-2")
    store.cards.register(registration())
    store.cards.register(other)

    for _ in range(2):
        store.cards.unregister("device-1", "pass.example.points", "serial-1")

    assert store.cards.registrations("serial-1") == [other]
    assert store.cards.registered("device-1", "pass.example.points") == []


@pytest.mark.parametrize("unless_since", [None, NOON, NOON + 1])
def test_a_dead_token_is_forgotten(store: Store, unless_since: int | None) -> None:
    store.cards.register(registration())

    store.cards.forget_token(registration(), unless_since=unless_since)

    assert store.cards.registrations("serial-1") == []
    assert store.cards.registered("device-1", "pass.example.points") == []


def test_a_device_that_registered_again_is_not_forgotten(store: Store) -> None:
    again = registration(registered_at=NOON + 1)
    store.cards.register(again)

    store.cards.forget_token(registration(), unless_since=NOON)

    assert store.cards.registrations("serial-1") == [again]


def test_a_device_with_a_fresh_token_is_not_forgotten_for_its_old_one(store: Store) -> None:
    fresh = registration(push_token="token-2")
    store.cards.register(fresh)

    store.cards.forget_token(registration(), unless_since=None)

    assert store.cards.registered("device-1", "pass.example.points") == [fresh]


def test_forgetting_an_unknown_registration_changes_nothing(store: Store) -> None:
    store.cards.forget_token(registration(), unless_since=None)

    assert store.cards.registrations("serial-1") == []


def test_travel_times_are_marked_and_never_go_back(store: Store) -> None:
    store.cards.register(registration())

    store.cards.mark_listed(registration(), NOON + 2)
    store.cards.mark_fetched(registration(), NOON + 3, NOON + 4)  # an old idea of `listed_at` does not undo it
    store.cards.mark_listed(registration(), NOON + 1)
    store.cards.mark_fetched(registration(), NOON + 2, NOON + 9)

    marked = msgspec.structs.replace(registration(), listed_at=NOON + 2, fetched_at=NOON + 3, arrived_at=NOON + 4)
    assert store.cards.registrations("serial-1") == [marked]


def test_marking_does_not_bring_a_registration_back(store: Store) -> None:
    store.cards.mark_listed(registration(), NOON)
    store.cards.mark_fetched(registration(), NOON, NOON)

    assert store.cards.registrations("serial-1") == []
    assert store.cards.registered("device-1", "pass.example.points") == []


def test_a_card_and_its_holders_come_in_one_read(store: Store) -> None:
    two = registration(device="device-2", push_token="token-2")
    store.cards.put_card(card())
    for told in (registration(), two, registration(serial="serial-2")):
        store.cards.register(told)

    held = store.cards.held("serial-1")

    assert held is not None
    assert (held.card, list(held.holders)) == (card(revision=3), [registration(), two])
    assert store.cards.held_by(PROGRAM, ACCOUNT) == [held]
    assert store.cards.held_by(PROGRAM, OTHER_ACCOUNT) == []


def test_who_read_the_holders_cannot_write_the_card_when_another_phone_has_come(store: Store) -> None:
    store.cards.put_card(card())
    store.cards.register(registration())
    held = store.cards.held("serial-1")
    assert held is not None
    written = msgspec.structs.replace(held.card, revision=held.card.revision + 1, face="new")

    store.cards.register(registration(push_token="token-2"))  # known: nobody new has come
    assert store.cards.put_card(written)
    store.cards.register(registration(device="device-2"))

    assert not store.cards.put_card(msgspec.structs.replace(written, revision=written.revision + 1))
    assert store.cards.card("serial-1") == msgspec.structs.replace(written, revision=written.revision + 1)


def test_holders_of_a_card_that_is_gone_are_nobodys(store: Store) -> None:
    store.cards.register(registration())

    assert store.cards.held("serial-1") is None


def test_a_scanned_card_costs_two_reads_and_a_new_one_a_transaction_of_four(
    open_tables: OpenTables,
) -> None:
    spent: list[Spent] = []
    cards = DynamoCards(open_tables(meter=spent.append))
    cards.put_card(card())
    opened = sum(call.write_units for call in spent)
    spent.clear()

    cards.card_by_barcode(PROGRAM, card().barcode)
    found = sum(call.read_units for call in spent)
    spent.clear()
    cards.relink(card(), link="4d" * 32, barcode="code-2")

    assert (opened, found) == (8, 2)  # card, link, code and listing; a transaction counts twice
    assert sum(call.write_units for call in spent) == 8  # card, link, the new code, and the old one's end
