"""Devices that hold a pass. Each registration is two rows, one under its card and one under its device, made
together: both questions ("who holds this card", "what does this device hold") are strong reads of one partition.
"""

from collections.abc import Iterable, Sequence

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.services.ports import Registration
from chalicelib.store.dynamo import Change, Delete, Dynamo, Put
from chalicelib.store.tables import RegistrationRow

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
        is_new = RegistrationRow.pk.does_not_exist()
        if not self._dynamo.write(*(Put(row, only_if=is_new) for row in _rows(registration))):
            return True
        again: list[Action] = [
            RegistrationRow.device.set(registration.device),
            RegistrationRow.serial.set(registration.serial),
            RegistrationRow.pass_type.set(registration.pass_type),
            RegistrationRow.push_token.set(registration.push_token),
            RegistrationRow.registered_at.set(registration.registered_at),
            # It may have been unregistered a moment ago: then this makes it anew.
            RegistrationRow.pushed_at.set(RegistrationRow.pushed_at | registration.pushed_at),
            RegistrationRow.listed_at.set(RegistrationRow.listed_at | registration.listed_at),
            RegistrationRow.fetched_at.set(RegistrationRow.fetched_at | registration.fetched_at),
        ]
        self._dynamo.write(*(Change(RegistrationRow, pk, sk, again) for pk, sk in _keys(registration)))
        return False

    def unregister(self, device: str, pass_type: str, serial: str) -> None:
        self._dynamo.write(*(Delete(RegistrationRow, pk, sk) for pk, sk in _both(device, pass_type, serial)))

    def forget_token(self, registration: Registration, *, unless_since: Instant | None) -> None:
        is_dead: Condition = RegistrationRow.push_token == registration.push_token
        if unless_since is not None:
            is_dead &= RegistrationRow.registered_at <= unless_since
        self._dynamo.write(*(Delete(RegistrationRow, pk, sk, only_if=is_dead) for pk, sk in _keys(registration)))

    def mark(self, registration: Registration) -> None:
        # Pusher, list and fetch mark different times at once, each with an old idea of the others: the latest stay.
        (pk, sk), _ = _keys(registration)
        for _ in range(_TRIES):
            stored = self._dynamo.get(RegistrationRow, pk, sk)
            if stored is None:
                return
            if not self._dynamo.write(_mark(stored, registration)):
                self._mark_fetched(stored, registration)
                return
        raise TryAgain("registration_busy")

    def _mark_fetched(self, stored: RegistrationRow, told: Registration) -> None:
        """Only what was fetched is told under the device, too, and by a write of its own: a transaction costs double.

        Lost between the two, the device is given the card in its list once more than it needs.
        """
        if told.fetched_at > stored.fetched_at:
            is_news = RegistrationRow.fetched_at < told.fetched_at
            _, (pk, sk) = _keys(told)
            self._dynamo.write(
                Change(RegistrationRow, pk, sk, [RegistrationRow.fetched_at.set(told.fetched_at)], only_if=is_news)
            )


def _mark(stored: RegistrationRow, told: Registration) -> Change:
    """The row under the card has every time."""
    unchanged = (
        (RegistrationRow.pushed_at == stored.pushed_at)
        & (RegistrationRow.listed_at == stored.listed_at)
        & (RegistrationRow.fetched_at == stored.fetched_at)
    )
    latest: list[Action] = [
        RegistrationRow.pushed_at.set(max(stored.pushed_at, told.pushed_at)),
        RegistrationRow.listed_at.set(max(stored.listed_at, told.listed_at)),
        RegistrationRow.fetched_at.set(max(stored.fetched_at, told.fetched_at)),
        RegistrationRow.arrived_at.set(max(stored.arrived_at or 0, told.arrived_at)),
    ]
    return Change(RegistrationRow, *_keys(told)[0], latest, only_if=unchanged)


def _holder(device: str, pass_type: str) -> str:
    return f"D#{device}#{pass_type}"


def _both(device: str, pass_type: str, serial: str) -> tuple[tuple[str, str], tuple[str, str]]:
    holder, card = _holder(device, pass_type), f"C#{serial}"
    return (card, holder), (holder, card)


def _keys(registration: Registration) -> tuple[tuple[str, str], tuple[str, str]]:
    """Of the row under the card, and of the row under the device."""
    return _both(registration.device, registration.pass_type, registration.serial)


def _rows(registration: Registration) -> Iterable[RegistrationRow]:
    for pk, sk in _keys(registration):
        yield RegistrationRow(
            pk=pk,
            sk=sk,
            device=registration.device,
            serial=registration.serial,
            pass_type=registration.pass_type,
            push_token=registration.push_token,
            registered_at=registration.registered_at,
            pushed_at=registration.pushed_at,
            listed_at=registration.listed_at,
            fetched_at=registration.fetched_at,
            arrived_at=registration.arrived_at or None,
        )


def registration(row: RegistrationRow) -> Registration:
    """What a row says of a device and a pass."""
    return Registration(
        device=row.device,
        serial=row.serial,
        pass_type=row.pass_type,
        push_token=row.push_token,
        registered_at=row.registered_at,
        pushed_at=row.pushed_at,
        listed_at=row.listed_at,
        fetched_at=row.fetched_at,
        arrived_at=row.arrived_at or 0,
    )
