"""Programs and the senders that are connected to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.events import Instant
from chalicelib.programs.program import Program


@dataclass(frozen=True, slots=True)
class Connection:
    """One sender's configured endpoint. Secrets are the values themselves here, never logged.

    role: "earns" for a shop; "evidence" for a payment provider beside one, which confirms and never earns
    secrets: active ones, newest first, at most two kinds of two versions; see the connector
    options: what else the connector needs to know, none of it secret ({"shop_id": "54401"}); see the connector
    """

    program: str
    name: str
    provider: str
    role: str
    secrets: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a provider's books have been read. Instants up to `since` are the provider's own.

    since: all that changed before has been recorded       began: when they were first opened
    A reading that is under way: page (the next one's cursor, "" for none), opened_at, and newest, the newest change
    seen in it so far.
    """

    since: Instant
    began: Instant
    page: str = ""
    opened_at: Instant = 0
    newest: Instant = 0


class Programs(Protocol):
    """While a program's tables are being put back, `program`, `connection` and `connections` raise
    TryAgain("restoring"), but to an operator: its senders repeat, its queues wait, its pages say "later".
    """

    def program(self, slug: str) -> Program | None:
        """The program with all its versions; cached for a short while, no longer than publishing waits."""

    def publish(self, slug: str, sha: str, text: str, *, published_at: Instant, effective_at: Instant) -> None: ...

    def slugs(self) -> Sequence[str]: ...

    def connection(self, program: str, name: str) -> Connection | None: ...

    def connections(self, program: str) -> Sequence[Connection]: ...

    def connect(self, connection: Connection) -> None: ...

    def bookmark(self, program: str, connection: str) -> "Bookmark | None":
        """How far the provider's books have been read, as it stands now; None before the first time."""

    def put_bookmark(self, program: str, connection: str, bookmark: "Bookmark") -> None: ...

    def restoring(self, slug: str) -> bool:
        """Whether the program is not served now; read with its versions, and cached as they are."""

    def begin_restore(self, slug: str, at: Instant) -> None:
        """Serve the program no longer. Other processes notice it when their cache ends."""

    def end_restore(self, slug: str) -> None: ...
