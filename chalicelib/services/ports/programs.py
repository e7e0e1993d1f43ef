"""Programs and the senders that are connected to them."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from chalicelib.events import Instant
from chalicelib.programs.pausing import Pause, What
from chalicelib.programs.program import Program


class Connection(msgspec.Struct, frozen=True):
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
    options: Mapping[str, str] = msgspec.field(default_factory=dict)


class Wallet(msgspec.Struct, frozen=True):
    """A pass type of a program's own at Apple.

    program: "" for the one of the deployment, which programs without their own share
    team: Apple's name of the owner      since: new cards are of the newest; those that are out stay what they are
    secret: the name of the secret {"certificate", "key", "intermediate"} (PEM): "pointpass-<stage>-apple/<name>", which
    only those who sign and push may read. With {"push_key" (.p8), "push_key_id"} beside them, pushes are proved by
    that key instead of the certificate.
    """

    program: str
    pass_type: str
    team: str
    secret: str
    since: Instant = 0


class Bookmark(msgspec.Struct, frozen=True):
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


class PauseLine(msgspec.Struct, frozen=True):
    """One line of the trail of pauses: who did what to which, when, and why. connection: "" for the whole program."""

    at: Instant
    did: Literal["paused", "resumed", "caught_up"]
    what: What
    connection: str
    by: str
    why: str


class Programs(Protocol):
    """While a program's tables are being put back, `program`, `connection` and `connections` raise
    TryAgain("restoring"), but to an operator: its senders repeat, its queues wait, its pages say "later".
    """

    def program(self, slug: str) -> Program | None:
        """The program with all its versions; cached for a short while, no longer than publishing waits."""

    def publish(self, slug: str, sha: str, text: str, *, published_at: Instant, effective_at: Instant) -> None: ...

    def put_sheet(self, slug: str, sha: str, sheet: str) -> None:
        """Name the pictures that were prepared for a version, which may be published afterwards; see Version.sheet."""

    def slugs(self) -> Sequence[str]: ...

    def connection(self, program: str, name: str) -> Connection | None: ...

    def connections(self, program: str) -> Sequence[Connection]: ...

    def is_connected(self, program: str, name: str) -> bool:
        """Whether there is a connection of this name; asks for no secret."""

    def connect(self, connection: Connection) -> None: ...

    def wallets(self, program: str) -> Sequence[Wallet]:
        """The program's own pass types, newest first; none for a program that uses the deployment's."""

    def every_wallet(self) -> Sequence[Wallet]:
        """Every program's own pass types; cached for a short while."""

    def put_wallet(self, wallet: Wallet) -> None:
        """Give a program a pass type, or a known one another secret."""

    def bookmark(self, program: str, connection: str) -> "Bookmark | None":
        """How far the provider's books have been read, as it stands now; None before the first time."""

    def put_bookmark(self, program: str, connection: str, bookmark: "Bookmark") -> None: ...

    def restoring(self, slug: str) -> bool:
        """Whether the program is not served now; read with its versions, and cached as they are."""

    def begin_restore(self, slug: str, at: Instant) -> None:
        """Serve the program no longer. Other processes notice it when their cache ends."""

    def end_restore(self, slug: str) -> None: ...

    # --- what stands still: Program.pauses, cached as the program is

    def pauses(self, slug: str) -> Sequence[Pause]:
        """All that stands still, as it is stored now."""

    def put_pause(self, slug: str, pause: Pause, line: PauseLine, *, was: Pause | None) -> bool:
        """Write it with its line of the trail; False when what is stored is not `was` (None: nothing)."""

    def lift(self, slug: str, pause: Pause, line: PauseLine) -> bool:
        """Take it away, with its line of the trail; False when it is not stored like this any more."""

    def pause_trail(self, slug: str, *, limit: int) -> Sequence[PauseLine]:
        """The newest lines of what was paused and resumed, newest first."""
