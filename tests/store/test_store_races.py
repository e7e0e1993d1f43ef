"""Somebody is faster: between the moment a row is read and the moment it is written."""

from collections.abc import Callable
from typing import Any

import pytest
from store_factories import NOON, PROGRAM, card, identity, registration
from store_ports import Store

from chalicelib.errors import TryAgain
from chalicelib.store.dynamo import Change, Check, Delete, Dynamo, Put
from chalicelib.store.tables import DocumentRow

Interrupt = Callable[..., None]


@pytest.fixture
def interrupt(tables: Dynamo, monkeypatch: pytest.MonkeyPatch) -> Interrupt:
    """Lets `meanwhile` happen right after each of the next `times` reads of a row."""
    read = tables.get

    def interrupt(meanwhile: Callable[[], object], *, times: int = 1) -> None:
        left = [meanwhile] * times

        def get(*given: Any, **named: Any) -> Any:
            row = read(*given, **named)
            if left:
                act = left.pop()
                monkeypatch.setattr(tables, "get", read)
                act()
                monkeypatch.setattr(tables, "get", get)
            return row

        monkeypatch.setattr(tables, "get", get)

    return interrupt


def test_an_identity_proved_meanwhile_is_not_overwritten(dynamo_store: Store, interrupt: Interrupt) -> None:
    members = dynamo_store.members
    members.put_identity(PROGRAM, identity(), was=None)
    faster, slower = identity(proved_at=NOON, member="faster"), identity(proved_at=NOON, member="slower")

    interrupt(lambda: members.put_identity(PROGRAM, faster, was=identity()))

    assert not members.put_identity(PROGRAM, slower, was=identity())
    assert members.identity(PROGRAM, identity().index) == faster


def test_a_phone_that_comes_while_its_card_changes_tries_again(dynamo_store: Store, interrupt: Interrupt) -> None:
    cards = dynamo_store.cards
    cards.put_card(card())

    interrupt(lambda: cards.put_card(card(revision=2, face="new")))

    assert cards.register(registration())
    assert cards.card("serial-1") == card(revision=3, face="new")


def test_a_phone_whose_card_never_rests_is_told_to_come_later(dynamo_store: Store, interrupt: Interrupt) -> None:
    cards = dynamo_store.cards
    cards.put_card(card())
    revisions = iter(range(2, 100))

    interrupt(lambda: cards.put_card(card(revision=next(revisions))), times=100)

    with pytest.raises(TryAgain):
        cards.register(registration())
    assert cards.registrations("serial-1") == []


def test_failed_conditions_are_told_by_position_whatever_the_order_they_are_sent_in(tables: Dynamo) -> None:
    is_there = DocumentRow.pk.exists()
    sound = DocumentRow.pk.does_not_exist()
    writes = {
        "put": lambda name, condition: Put(
            DocumentRow(pk=name, sk="D", body="{}", revision=1), only_if=condition
        ),
        "change": lambda name, condition: Change(
            DocumentRow, name, "D", [DocumentRow.revision.set(1)], only_if=condition
        ),
        "delete": lambda name, condition: Delete(DocumentRow, name, "D", only_if=condition),
        "check": lambda name, condition: Check(DocumentRow, name, "D", only_if=condition),
    }  # fmt: skip
    kinds = ["change", "put", "check", "delete"]

    for wrong in range(4):
        told = [
            writes[kind](kind, is_there if position == wrong else sound) for position, kind in enumerate(kinds)
        ]  # fmt: skip
        assert tables.write(*told) == (wrong,)
    assert tables.write(*(writes[kind](kind, is_there) for kind in kinds)) == (0, 1, 2, 3)
    assert tables.write(*(writes[kind](kind, sound) for kind in kinds)) == ()
