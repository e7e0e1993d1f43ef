"""Hearing a new connection's first event, from what it leaves behind in the stores."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from chalicelib.bootstrap.house import House
from chalicelib.events import Reference
from chalicelib.ledger.documents import ActivityDocument, Document, OrderDocument, PaymentDocument
from chalicelib.services.ports import Connection

_BECAME = {
    "test_order": "ignored: a test order, and this program is live",
    "nobody_to_credit": "it names no customer, so there is nobody to credit",
    "guests_are_not_kept": "a guest, and this program keeps no points for guests",
    "another_currency": "refused and kept: another currency than the program's",
}
_LEAST_SECONDS = 2.0
_SHARE = 10
"""Reading whole tables takes at most one part in so many of the waiting."""


@dataclass(slots=True)
class Listening:
    """What was there when we began, so that what is new can be told."""

    house: House
    connection: Connection
    revisions: Mapping[Reference, int] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    patience_seconds: float = _LEAST_SECONDS

    @classmethod
    def begin(cls, house: House, connection: Connection) -> Self:
        listening = cls(house, connection)
        listening.revisions = {document.reference: document.revision for document in listening._documents()}
        listening.kept = frozenset(listening._unclear())
        return listening

    def heard(self) -> Sequence[tuple[str, str]]:
        """What is new, and what became of it; nothing when there is nothing."""
        began = time.monotonic()
        grown = [each for each in self._documents() if each.revision > self.revisions.get(each.reference, 0)]
        unclear = set(self._unclear()) - self.kept
        self.patience_seconds = max(_LEAST_SECONDS, _SHARE * (time.monotonic() - began))
        told = [(_what(document), _became(document)) for document in grown]
        return told + [
            ("a message", f"not understood and kept: pointpass inbox show {_number(key)}") for key in unclear
        ]

    def _documents(self) -> list[Document]:
        provider = self.connection.provider
        documents = self.house.adapters.audit.documents(self.connection.program)
        if provider == "standard":
            return [document for document in documents if isinstance(document, ActivityDocument)]
        return [document for document in documents if f"/{provider}/" in document.reference]

    def _unclear(self) -> list[str]:
        begins = f"{self.connection.program}/{self.connection.name}/"
        return [key for key in self.house.adapters.inbox.kept("quarantined") if key.startswith(begins)]


def _number(key: str) -> str:
    return key.rpartition("/")[2][:12]


def _what(document: Document) -> str:
    match document:
        case OrderDocument(name=name) if name:
            return f"order {name}"
        case OrderDocument():
            return "an order"
        case PaymentDocument():
            return "a payment"
    return "an activity"


def _became(document: Document) -> str:
    match document:
        case OrderDocument(state="parked"):
            return "waiting: it has not been paid, or only a part of it has been told"
        case OrderDocument(reason=reason) if reason:
            return _BECAME.get(reason, reason.replace("_", " "))
        case OrderDocument(posted=posted) | ActivityDocument(posted=posted):
            return f"{sum(worth.points for worth in posted)} points"
        case PaymentDocument(order=None):
            return "kept: the shop's order that it paid for has not come yet"
    return "it belongs to an order of the shop"
