"""Devices that hold a pass. Each registration is two rows, one under its card and one under its device, made
together: both questions ("who holds this card", "what does this device hold") are strong reads of one partition.
"""

from collections.abc import Sequence

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.services.ports import Registration
from chalicelib.store.card_rows import CARD, card_key, card_of, put_of
from chalicelib.store.dynamo import Change, Delete, Dynamo, Put
from chalicelib.store.tables import CardRow, RegistrationRow

_TRIES = 3


class Registrations:
    """The part of ports.Cards that is about devices."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def registrations(self, serial: str) -> Sequence[Registration]:
        return [registration(row) for row in self._dynamo.query(RegistrationRow, f"C#{serial}", starts="D#")]

    def registered(self, device: str, pass_type: str) -> Sequence[Registration]:
        return [registration(row) for row in self._dynamo.query(RegistrationRow, _holder(device, pass_type))]

    def register(self, registration: Registration) -> bool:
        rows = _rows(registration)
        for _ in range(_TRIES):
            stored = self._dynamo.get(CardRow, card_key(registration.serial), CARD)
            touched = () if stored is None else (_touched(stored),)
            failed = self._dynamo.write(
                *(Put(row, only_if=RegistrationRow.pk.does_not_exist()) for row in rows), *touched
            )
            if not failed:
                return True
            if failed[0] < len(rows):
                self._renew(registration)
                return False
        raise TryAgain("card_moved", card=registration.serial)

    def _renew(self, registration: Registration) -> None:
        again: list[Action] = [
            RegistrationRow.device.set(registration.device),
            RegistrationRow.serial.set(registration.serial),
            RegistrationRow.pass_type.set(registration.pass_type),
            RegistrationRow.push_token.set(registration.push_token),
            RegistrationRow.registered_at.set(registration.registered_at),
            # It may have been unregistered a moment ago: then this makes it anew.
            RegistrationRow.pushed_at.set(RegistrationRow.pushed_at | 0),
            RegistrationRow.listed_at.set(RegistrationRow.listed_at | registration.listed_at),
            RegistrationRow.fetched_at.set(RegistrationRow.fetched_at | registration.fetched_at),
        ]
        self._dynamo.write(*(Change(RegistrationRow, pk, sk, again) for pk, sk in _keys(registration)))

    def unregister(self, device: str, pass_type: str, serial: str) -> None:
        self._dynamo.write(*(Delete(RegistrationRow, pk, sk) for pk, sk in _both(device, pass_type, serial)))

    def forget_token(self, registration: Registration, *, unless_since: Instant | None) -> None:
        is_dead: Condition = RegistrationRow.push_token == registration.push_token
        if unless_since is not None:
            is_dead &= RegistrationRow.registered_at <= unless_since
        self._dynamo.write(*(Delete(RegistrationRow, pk, sk, only_if=is_dead) for pk, sk in _keys(registration)))

    def mark_listed(self, registration: Registration, at: Instant) -> None:
        self._mark(registration, [RegistrationRow.listed_at.set(at)], RegistrationRow.listed_at < at)

    def mark_fetched(self, registration: Registration, change: Instant, at: Instant) -> None:
        fetched: list[Action] = [RegistrationRow.fetched_at.set(change), RegistrationRow.arrived_at.set(at)]
        self._mark(registration, fetched, RegistrationRow.fetched_at < change)

    def _mark(self, registration: Registration, times: list[Action], is_news: Condition) -> None:
        """Only the row under the card has the times. What is not there is not later: a row that is gone stays gone."""
        self._dynamo.write(Change(RegistrationRow, *_keys(registration)[0], times, only_if=is_news))


def _touched(row: CardRow) -> Put:
    """The card as it is, and another revision of it: who is about to write it has not seen the new holder."""
    card = card_of(row.body)
    return put_of(msgspec.structs.replace(card, revision=card.revision + 1))


def _holder(device: str, pass_type: str) -> str:
    return f"D#{device}#{pass_type}"


def _both(device: str, pass_type: str, serial: str) -> tuple[tuple[str, str], tuple[str, str]]:
    holder, card = _holder(device, pass_type), f"C#{serial}"
    return (card, holder), (holder, card)


def _keys(registration: Registration) -> tuple[tuple[str, str], tuple[str, str]]:
    """Of the row under the card, and of the row under the device."""
    return _both(registration.device, registration.pass_type, registration.serial)


def _rows(registration: Registration) -> Sequence[RegistrationRow]:
    return [
        RegistrationRow(
            pk=pk,
            sk=sk,
            device=registration.device,
            serial=registration.serial,
            pass_type=registration.pass_type,
            push_token=registration.push_token,
            registered_at=registration.registered_at,
            pushed_at=0,
            listed_at=registration.listed_at,
            fetched_at=registration.fetched_at,
            arrived_at=registration.arrived_at or None,
        )
        for pk, sk in _keys(registration)
    ]


def registration(row: RegistrationRow) -> Registration:
    """What a row says of a device and a pass."""
    return Registration(
        device=row.device,
        serial=row.serial,
        pass_type=row.pass_type,
        push_token=row.push_token,
        registered_at=row.registered_at,
        listed_at=row.listed_at,
        fetched_at=row.fetched_at,
        arrived_at=row.arrived_at or 0,
    )
