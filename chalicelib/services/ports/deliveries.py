"""What arrives and what is sent: webhooks, providers' books, queues and letters."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from chalicelib.errors import Malformed
from chalicelib.events import Event, Instant
from chalicelib.services.ports.programs import Connection


class Delivery(msgspec.Struct, frozen=True):
    """A webhook as it arrived: exact bytes, lower-case header names. `source`: the address it came from."""

    program: str
    connection: str
    received_at: Instant
    headers: Mapping[str, str]
    body: bytes
    source: str = ""


class Listed(msgspec.Struct, frozen=True):
    """One thing that a provider lists, understood as if a webhook had told it.

    delivery: the webhook that would have told it, always the same for the same version; `received_at` is when the
        provider changed it last      unclear: why it could not be understood; there are no events then
    """

    delivery: Delivery
    events: Sequence[Event] = ()
    unclear: Malformed | None = None


class Page(msgspec.Struct, frozen=True):
    """One page of a provider's books. `cursor` opens the next one, `wait_seconds` from now at the earliest."""

    listed: Sequence[Listed]
    cursor: str
    is_last: bool
    wait_seconds: int = 0


class Books(Protocol):
    """What providers can be asked for, where they have an API and the connection may use it."""

    def recent(self, connection: Connection, *, since: Instant, cursor: str) -> Page:
        """A page of all that changed since then, in any order; `cursor` "" for the first.

        Raises: TryAgain (fact `retry_after` in seconds where the provider says it), Refused (`no_api_access`,
        `cursor_unknown`: begin anew), Malformed.
        """

    def subscribe(self, connection: Connection) -> Sequence[str]:
        """Make the webhooks that are missing; their topics. Empty where the provider has no API for it. As `recent`."""


class Inbox(Protocol):
    """Raw bodies that were stored: deferred, paused, dropped, quarantined or refused ones. Encrypted, gone after 30
    days.
    """

    def keep(self, delivery: Delivery, why: str) -> str:
        """Store and return its key. Raises TryAgain."""

    def read(self, key: str) -> Delivery | None: ...

    def kept(self, why: str) -> Sequence[str]: ...

    def waiting(self, program: str, *, behind: str, limit: int) -> Sequence[str]:
        """Keys of what was stored while earning was paused, in the order in which it came, whoever told it.

        behind: only what comes after this key, whether it is there or not; "" for all      Raises TryAgain.
        """

    def move(self, key: str, why: str) -> bool:
        """Keep one for another reason from now on, both times "paused" or "dropped"; False where it is gone.

        Idempotent, and never lost: after a death it may be there twice until the move is repeated. Raises TryAgain,
        Broken (unknown_inbox_reason).
        """

    def remove(self, key: str) -> None:
        """Forget one before its time. Idempotent."""


def arrival(key: str) -> str:
    """What keys of waiting deliveries are sorted by, whoever told them: their day and instant. Of "" it is ""."""
    # By its place, not by the word: a connection may be called "paused", too.
    return key.split("/", 3)[-1]


class Queue(Protocol):
    """A queue of small JSON messages, at least once, in no order."""

    def send(self, message: Mapping[str, str | int], *, delay_seconds: int = 0) -> None:
        """Raises TryAgain."""


class Mailer(Protocol):
    """Letters to people, in their language."""

    def send_proof(self, to: str, *, language: str, business: str, code: str, link: str) -> None:
        """The mail that proves an address: six digits and a link. Raises TryAgain when it could not be handed over."""

    def send_link(self, to: str, *, language: str, business: str, link: str, is_known: bool) -> None:
        """The mail that brings a card: a link that opens it, or to where one can be had. Raises TryAgain."""

    def send_farewell(self, to: str, *, language: str, business: str, code: str) -> None:
        """The mail whose six digits end a membership. Raises TryAgain."""


class Translate(Protocol):
    """A connector's understanding of its provider."""

    def __call__(self, delivery: Delivery) -> Sequence[Event]:
        """What an authentic delivery says. Raises Malformed."""
