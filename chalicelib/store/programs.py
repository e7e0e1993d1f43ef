"""Programs and connections in DynamoDB. One read brings everything of a program, and is kept for a short while."""

import json
from collections.abc import Callable, Iterable, Sequence

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.programs.pausing import Pause
from chalicelib.programs.program import Program
from chalicelib.services.ports import Bookmark, Clock, Connection, PauseLine, Wallet
from chalicelib.store.dynamo import Delete, Dynamo, Put
from chalicelib.store.pausing import PAUSES, lifted, paused, standing, trail
from chalicelib.store.published import Published, program_of
from chalicelib.store.tables import BookmarkRow, ProgramRow, RestoringRow, SlugRow

_SLUGS, _WALLETS = "PROGRAMS", "WALLETS"
_RESTORING = "X#RESTORING"


class _Shelf(msgspec.Struct, frozen=True):
    """All that is stored of one program, as it was at `read_at`."""

    program: Program | None
    connections: dict[str, ProgramRow]
    wallets: tuple[Wallet, ...]
    is_restoring: bool
    read_at: Instant


class DynamoPrograms:
    """ports.Programs. The table holds the names of connections' secrets, never their values.

    secret: fetches (and caches) a secret by its name     keep_secret: stores one
    secrets_prefix: where connections' secrets are kept: <prefix>/<program>/<connection>, a JSON list of texts
    cache_seconds: how long this process may not notice a publication made elsewhere
    by_operator: what is being put back can be read
    """

    def __init__(
        self,
        dynamo: Dynamo,
        *,
        secret: Callable[[str], str],
        keep_secret: Callable[[str, str], None],
        secrets_prefix: str,
        clock: Clock,
        cache_seconds: int,
        by_operator: bool = False,
    ) -> None:
        self._dynamo = dynamo
        self._secret = secret
        self._keep_secret = keep_secret
        self._secrets_prefix = secrets_prefix
        self._clock = clock
        self._cache_milliseconds = 1000 * cache_seconds
        self._by_operator = by_operator
        self._shelves: dict[str, _Shelf] = {}
        self._wallets: tuple[Instant, tuple[Wallet, ...]] | None = None

    def program(self, slug: str) -> Program | None:
        return self._served(slug).program

    def publish(self, slug: str, sha: str, text: str, *, published_at: Instant, effective_at: Instant) -> None:
        row = ProgramRow(
            pk=_program_key(slug),
            sk=f"V#{published_at:015d}#{sha}",
            sha=sha,
            text=text,
            published_at=published_at,
            effective_at=effective_at,
        )
        self._dynamo.write(Put(SlugRow(pk=_SLUGS, sk=slug)), Put(row))
        self._shelves.pop(slug, None)

    def put_sheet(self, slug: str, sha: str, sheet: str) -> None:
        self._dynamo.write(Put(ProgramRow(pk=_program_key(slug), sk=f"L#{sha}", sheet=sheet)))
        self._shelves.pop(slug, None)

    def slugs(self) -> Sequence[str]:
        return [row.sk for row in self._dynamo.query(SlugRow, _SLUGS)]

    def connection(self, program: str, name: str) -> Connection | None:
        row = self._served(program).connections.get(name)
        return None if row is None else self._connection(program, row)

    def connections(self, program: str) -> Sequence[Connection]:
        return [self._connection(program, row) for row in self._served(program).connections.values()]

    def is_connected(self, program: str, name: str) -> bool:
        return name in self._served(program).connections

    def connect(self, connection: Connection) -> None:
        secret = f"{self._secrets_prefix}/{connection.program}/{connection.name}"
        self._keep_secret(secret, json.dumps(connection.secrets))
        row = ProgramRow(
            pk=_program_key(connection.program),
            sk=f"C#{connection.name}",
            provider=connection.provider,
            role=connection.role,
            secret=secret,
            options=json.dumps(dict(connection.options), sort_keys=True),
        )
        self._dynamo.write(Put(row))
        self._shelves.pop(connection.program, None)

    def wallets(self, program: str) -> Sequence[Wallet]:
        return self._shelf(program).wallets

    def every_wallet(self) -> Sequence[Wallet]:
        now = self._clock.now()
        if self._wallets is None or now - self._wallets[0] >= self._cache_milliseconds:
            rows = self._dynamo.query(ProgramRow, _WALLETS)
            self._wallets = now, _newest_first(msgspec.json.decode(row.text or "", type=Wallet) for row in rows)
        return self._wallets[1]

    def put_wallet(self, wallet: Wallet) -> None:
        body = msgspec.json.encode(wallet).decode()
        own = ProgramRow(pk=_program_key(wallet.program), sk=f"W#{wallet.pass_type}", text=body)
        self._dynamo.write(Put(own), Put(ProgramRow(pk=_WALLETS, sk=wallet.pass_type, text=body)))
        self._shelves.pop(wallet.program, None)
        self._wallets = None

    def bookmark(self, program: str, connection: str) -> Bookmark | None:
        row = self._dynamo.get(BookmarkRow, _program_key(program), f"R#{connection}")
        return None if row is None else msgspec.json.decode(row.body, type=Bookmark)

    def put_bookmark(self, program: str, connection: str, bookmark: Bookmark) -> None:
        body = msgspec.json.encode(bookmark).decode()
        self._dynamo.write(Put(BookmarkRow(pk=_program_key(program), sk=f"R#{connection}", body=body)))

    def restoring(self, slug: str) -> bool:
        return self._shelf(slug).is_restoring

    def begin_restore(self, slug: str, at: Instant) -> None:
        self._dynamo.write(Put(RestoringRow(pk=_program_key(slug), sk=_RESTORING, began_at=at)))
        self._shelves.pop(slug, None)

    def end_restore(self, slug: str) -> None:
        self._dynamo.write(Delete(RestoringRow, _program_key(slug), _RESTORING))
        self._shelves.pop(slug, None)

    def pauses(self, slug: str) -> Sequence[Pause]:
        return standing(self._dynamo.query(ProgramRow, _program_key(slug), starts=PAUSES))

    def put_pause(self, slug: str, pause: Pause, line: PauseLine, *, was: Pause | None) -> bool:
        self._shelves.pop(slug, None)
        return paused(self._dynamo, _program_key(slug), pause, line, was=was)

    def lift(self, slug: str, pause: Pause, line: PauseLine) -> bool:
        self._shelves.pop(slug, None)
        return lifted(self._dynamo, _program_key(slug), pause, line)

    def pause_trail(self, slug: str, *, limit: int) -> Sequence[PauseLine]:
        return trail(self._dynamo, _program_key(slug), limit=limit)

    def _served(self, slug: str) -> _Shelf:
        """The shelf, unless nobody is served. It comes with the read that is made anyway."""
        shelf = self._shelf(slug)
        if shelf.is_restoring and not self._by_operator:
            raise TryAgain("restoring", program=slug)
        return shelf

    def _shelf(self, slug: str) -> _Shelf:
        now = self._clock.now()
        kept = self._shelves.get(slug)
        if kept is not None and now - kept.read_at < self._cache_milliseconds:
            return kept
        rows = self._dynamo.query(ProgramRow, _program_key(slug))
        program = program_of(
            slug,
            (_published(row) for row in rows if row.sk.startswith("V#")),
            {row.sk.removeprefix("L#"): row.sheet or "" for row in rows if row.sk.startswith("L#")},
        )
        shelf = _Shelf(
            program=None if program is None else msgspec.structs.replace(program, pauses=tuple(standing(rows))),
            connections={row.sk.removeprefix("C#"): row for row in rows if row.sk.startswith("C#")},
            wallets=_newest_first(msgspec.json.decode(row.text or "", type=Wallet) for row in rows if _is_wallet(row)),
            is_restoring=any(row.sk == _RESTORING for row in rows),
            read_at=now,
        )
        if rows:  # names that lead nowhere are not kept: anybody can make them up
            self._shelves[slug] = shelf
        return shelf

    def _connection(self, program: str, row: ProgramRow) -> Connection:
        assert row.provider is not None
        assert row.role is not None
        assert row.secret is not None
        secrets = tuple(json.loads(self._secret(row.secret)))
        options = json.loads(row.options or "{}")
        return Connection(program, row.sk.removeprefix("C#"), row.provider, row.role, secrets, options)


def _program_key(slug: str) -> str:
    return f"P#{slug}"


def _is_wallet(row: ProgramRow) -> bool:
    return row.sk.startswith("W#")


def _newest_first(wallets: Iterable[Wallet]) -> tuple[Wallet, ...]:
    return tuple(sorted(wallets, key=lambda wallet: wallet.since, reverse=True))


def _published(row: ProgramRow) -> Published:
    assert row.sha is not None
    assert row.text is not None
    assert row.published_at is not None
    assert row.effective_at is not None
    return Published(row.sha, row.text, row.published_at, row.effective_at)
