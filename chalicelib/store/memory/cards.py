"""Cards and the devices that hold them, in memory."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from chalicelib.events import AccountId, Instant
from chalicelib.services.ports import Card, Registration

_Key = tuple[str, str, str]


class MemoryCards:
    """ports.Cards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cards: dict[str, Card] = {}
        self._links: dict[str, str] = {}
        self._registrations: dict[_Key, Registration] = {}

    def card(self, serial: str) -> Card | None:
        with self._lock:
            return self._cards.get(serial)

    def card_by_link(self, link_digest: str) -> Card | None:
        with self._lock:
            serial = self._links.get(link_digest)
            return None if serial is None else self._cards.get(serial)

    def cards_of(self, program: str, account: AccountId) -> Sequence[Card]:
        with self._lock:
            found = [card for card in self._cards.values() if (card.program, card.account) == (program, account)]
        return sorted(found, key=lambda card: card.serial)

    def put_card(self, card: Card) -> bool:
        with self._lock:
            if card.revision == 1:
                if card.link in self._links:
                    return False
                if card.serial not in self._cards:
                    self._links[card.link] = card.serial
            return self._write(card)

    def attach(self, card: Card, account: AccountId) -> bool:
        with self._lock:
            return self._write(replace(card, account=account, revision=card.revision + 1))

    def registrations(self, serial: str) -> Sequence[Registration]:
        return self._held(lambda registration: registration.serial == serial)

    def registered(self, device: str, pass_type: str) -> Sequence[Registration]:
        return self._held(lambda registration: (registration.device, registration.pass_type) == (device, pass_type))

    def register(self, registration: Registration) -> bool:
        with self._lock:
            stored = self._registrations.get(_key(registration))
            if stored is None:
                self._registrations[_key(registration)] = registration
                return True
            self._registrations[_key(registration)] = replace(
                stored, push_token=registration.push_token, registered_at=registration.registered_at
            )
            return False

    def unregister(self, device: str, pass_type: str, serial: str) -> None:
        with self._lock:
            self._registrations.pop((device, pass_type, serial), None)

    def forget_token(self, registration: Registration, *, unless_since: Instant | None) -> None:
        with self._lock:
            stored = self._registrations.get(_key(registration))
            if stored is None or stored.push_token != registration.push_token:
                return
            if unless_since is None or stored.registered_at <= unless_since:
                del self._registrations[_key(registration)]

    def mark(self, registration: Registration) -> None:
        with self._lock:
            stored = self._registrations.get(_key(registration))
            if stored is not None:
                self._registrations[_key(registration)] = replace(
                    stored,
                    pushed_at=max(stored.pushed_at, registration.pushed_at),
                    listed_at=max(stored.listed_at, registration.listed_at),
                    fetched_at=max(stored.fetched_at, registration.fetched_at),
                )

    def _write(self, card: Card) -> bool:
        stored = self._cards.get(card.serial)
        if (0 if stored is None else stored.revision) != card.revision - 1:
            return False
        self._cards[card.serial] = card
        return True

    def _held(self, wanted: Callable[[Registration], bool]) -> Sequence[Registration]:
        with self._lock:
            return [registration for _, registration in sorted(self._registrations.items()) if wanted(registration)]


def _key(registration: Registration) -> _Key:
    return registration.device, registration.pass_type, registration.serial
