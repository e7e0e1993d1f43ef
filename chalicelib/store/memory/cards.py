"""Cards and the devices that hold them, in memory."""

import heapq
import threading
from collections.abc import Callable, Sequence

import msgspec

from chalicelib.events import AccountId, Instant
from chalicelib.services.ports import Card, CardPage, Held, ListedCard, Registration

_Key = tuple[str, str, str]


class MemoryCards:
    """ports.Cards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cards: dict[str, Card] = {}
        self._links: dict[str, str] = {}
        self._barcodes: dict[tuple[str, str], str] = {}
        self._registrations: dict[_Key, Registration] = {}

    def card(self, serial: str) -> Card | None:
        with self._lock:
            return self._cards.get(serial)

    def held(self, serial: str) -> Held | None:
        card = self.card(serial)
        return None if card is None else Held(card, self.registrations(serial))

    def card_by_link(self, link_digest: str) -> Card | None:
        with self._lock:
            card = self._cards.get(self._links.get(link_digest, ""))
            return card if card is not None and card.link == link_digest else None

    def was_replaced(self, link_digest: str) -> bool:
        with self._lock:
            card = self._cards.get(self._links.get(link_digest, ""))
            return card is not None and card.link != link_digest

    def card_by_barcode(self, program: str, code: str) -> Card | None:
        with self._lock:
            return self._cards.get(self._barcodes.get((program, code), ""))

    def cards_of(self, program: str, account: AccountId) -> Sequence[Card]:
        with self._lock:
            found = [card for card in self._cards.values() if (card.program, card.account) == (program, account)]
        return sorted(found, key=lambda card: card.serial)

    def held_by(self, program: str, account: AccountId) -> Sequence[Held]:
        found = (self.held(card.serial) for card in self.cards_of(program, account))
        return [held for held in found if held is not None]

    def listed(self, program: str, *, cursor: str, limit: int) -> CardPage:
        with self._lock:
            known = [(card.account, card.serial) for card in self._cards.values() if card.program == program]
        behind = (name for name in known if f"{name[0]}/{name[1]}" > cursor)
        page = heapq.nsmallest(limit + 1, behind, key=lambda name: f"{name[0]}/{name[1]}")
        last = page[limit - 1] if len(page) > limit else None
        return CardPage([ListedCard(*name) for name in page[:limit]], "" if last is None else f"{last[0]}/{last[1]}")

    def put_card(self, card: Card) -> bool:
        with self._lock:
            if card.revision > 1:
                return self._write(card)
            return not self._has_names_of_another(card) and self._write(card) and self._name(card)

    def relink(self, card: Card, *, link: str, barcode: str) -> bool:
        changed = msgspec.structs.replace(card, link=link, barcode=barcode, revision=card.revision + 1)
        with self._lock:
            if self._has_names_of_another(changed) or not self._write(changed):
                return False
            self._barcodes.pop((card.program, card.barcode), None)
            return self._name(changed)

    def attach(self, card: Card, account: AccountId) -> bool:
        with self._lock:
            return self._write(msgspec.structs.replace(card, account=account, revision=card.revision + 1))

    def registrations(self, serial: str) -> Sequence[Registration]:
        return self._held(lambda registration: registration.serial == serial)

    def registered(self, device: str, pass_type: str) -> Sequence[Registration]:
        return self._held(lambda registration: (registration.device, registration.pass_type) == (device, pass_type))

    def register(self, registration: Registration) -> bool:
        with self._lock:
            stored = self._registrations.get(_key(registration))
            if stored is None:
                self._registrations[_key(registration)] = registration
                card = self._cards.get(registration.serial)
                if card is not None:
                    self._cards[card.serial] = msgspec.structs.replace(card, revision=card.revision + 1)
                return True
            self._registrations[_key(registration)] = msgspec.structs.replace(
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

    def mark_listed(self, registration: Registration, at: Instant) -> None:
        with self._lock:
            stored = self._registrations.get(_key(registration))
            if stored is not None and stored.listed_at < at:
                self._registrations[_key(registration)] = msgspec.structs.replace(stored, listed_at=at)

    def mark_fetched(self, registration: Registration, change: Instant, at: Instant) -> None:
        with self._lock:
            stored = self._registrations.get(_key(registration))
            if stored is not None and stored.fetched_at < change:
                self._registrations[_key(registration)] = msgspec.structs.replace(
                    stored, fetched_at=change, arrived_at=at
                )

    def _has_names_of_another(self, card: Card) -> bool:
        return card.link in self._links or (card.program, card.barcode) in self._barcodes

    def _name(self, card: Card) -> bool:
        self._links[card.link] = card.serial
        self._barcodes[card.program, card.barcode] = card.serial
        return True

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
