"""Google Wallet hears of what happens to a card by the queue. Whoever changes cards needs no key of Google's for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from chalicelib.services.ports import Card, Queue
    from chalicelib.services.ports.google import GoogleCards


class GoogleFollowing(msgspec.Struct, frozen=True):
    """Notes which cards Google has to hear of."""

    google: GoogleCards
    queue: Queue

    def follow(self, card: Card) -> None:
        """Something happened to a card: if Google has it, the queue will see to it. Raises TryAgain."""
        state = self.google.state(card.serial)
        if state is not None and not state.is_gone:
            send(self.queue, card.serial, attempt=0, delay_seconds=0)


def send(queue: Queue, serial: str, *, attempt: int, delay_seconds: int) -> None:
    """Let the queue tell Google of a card. Raises TryAgain."""
    message: dict[str, str | int] = {"serial": serial, "wallet": "google", "attempt": attempt}
    queue.send(message, delay_seconds=delay_seconds)
