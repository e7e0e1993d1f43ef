"""Programs, connections and views in memory."""

import threading
from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, Instant
from chalicelib.ledger.journal import Entry
from chalicelib.programs.pausing import Pause
from chalicelib.programs.program import Program
from chalicelib.services.ports import Bookmark, Connection, PauseLine, Wallet
from chalicelib.services.ports.ledger import Viewed
from chalicelib.store.memory.dues import MemoryDues
from chalicelib.store.published import Published, program_of


class MemoryPrograms:
    """ports.Programs. A publication is seen at once. `by_operator`: what is being put back can be read"""

    def __init__(self, *, by_operator: bool = False) -> None:
        self._lock = threading.Lock()
        self._by_operator = by_operator
        self._restoring: set[str] = set()
        self._published: dict[str, tuple[Published, ...]] = {}
        self._sheets: dict[str, dict[str, str]] = {}
        self._programs: dict[str, Program] = {}
        self._connections: dict[tuple[str, str], Connection] = {}
        self._bookmarks: dict[tuple[str, str], Bookmark] = {}
        self._wallets: dict[tuple[str, str], Wallet] = {}
        self._pauses: dict[tuple[str, str, str], Pause] = {}
        self._trail: list[tuple[str, PauseLine]] = []

    def program(self, slug: str) -> Program | None:
        self._must_be_served(slug)
        with self._lock:
            known = self._programs.get(slug) or program_of(
                slug, self._published.get(slug, ()), self._sheets.get(slug, {})
            )
            if known is None:
                return None
            if slug not in self._programs:
                known = self._programs[slug] = msgspec.structs.replace(known, pauses=tuple(self._standing(slug)))
            return known

    def publish(self, slug: str, sha: str, text: str, *, published_at: Instant, effective_at: Instant) -> None:
        version = Published(sha, text, published_at, effective_at)
        with self._lock:
            others = (
                other
                for other in self._published.get(slug, ())
                if (other.published_at, other.sha) != (published_at, sha)
            )
            self._published[slug] = (*others, version)
            self._programs.pop(slug, None)

    def put_sheet(self, slug: str, sha: str, sheet: str) -> None:
        with self._lock:
            self._sheets.setdefault(slug, {})[sha] = sheet
            self._programs.pop(slug, None)

    def slugs(self) -> Sequence[str]:
        with self._lock:
            return sorted(self._published)

    def connection(self, program: str, name: str) -> Connection | None:
        self._must_be_served(program)
        with self._lock:
            return self._connections.get((program, name))

    def connections(self, program: str) -> Sequence[Connection]:
        self._must_be_served(program)
        with self._lock:
            return [connection for (owner, _), connection in sorted(self._connections.items()) if owner == program]

    def is_connected(self, program: str, name: str) -> bool:
        return self.connection(program, name) is not None

    def connect(self, connection: Connection) -> None:
        with self._lock:
            self._connections[connection.program, connection.name] = connection

    def wallets(self, program: str) -> Sequence[Wallet]:
        with self._lock:
            own = [wallet for (owner, _), wallet in self._wallets.items() if owner == program]
        return sorted(own, key=lambda wallet: wallet.since, reverse=True)

    def every_wallet(self) -> Sequence[Wallet]:
        with self._lock:
            by_type = {wallet.pass_type: wallet for wallet in self._wallets.values()}
        return sorted(by_type.values(), key=lambda wallet: wallet.since, reverse=True)

    def put_wallet(self, wallet: Wallet) -> None:
        with self._lock:
            self._wallets[wallet.program, wallet.pass_type] = wallet

    def bookmark(self, program: str, connection: str) -> Bookmark | None:
        with self._lock:
            return self._bookmarks.get((program, connection))

    def put_bookmark(self, program: str, connection: str, bookmark: Bookmark) -> None:
        with self._lock:
            self._bookmarks[program, connection] = bookmark

    def restoring(self, slug: str) -> bool:
        return slug in self._restoring

    def begin_restore(self, slug: str, at: Instant) -> None:
        self._restoring.add(slug)

    def end_restore(self, slug: str) -> None:
        self._restoring.discard(slug)

    def pauses(self, slug: str) -> Sequence[Pause]:
        with self._lock:
            return self._standing(slug)

    def put_pause(self, slug: str, pause: Pause, line: PauseLine, *, was: Pause | None) -> bool:
        return self._written(slug, pause, line, was, pause)

    def lift(self, slug: str, pause: Pause, line: PauseLine) -> bool:
        return self._written(slug, pause, line, pause, None)

    def pause_trail(self, slug: str, *, limit: int) -> Sequence[PauseLine]:
        with self._lock:
            lines = [line for owner, line in self._trail if owner == slug]
        return lines[::-1][:limit]

    def _standing(self, slug: str) -> list[Pause]:
        return [pause for (owner, *_), pause in sorted(self._pauses.items()) if owner == slug]

    def _written(self, slug: str, about: Pause, line: PauseLine, was: Pause | None, now: Pause | None) -> bool:
        place = (slug, about.what, about.connection)
        with self._lock:
            if self._pauses.get(place) != was:
                return False
            self._pauses.pop(place, None)
            if now is not None:
                self._pauses[place] = now
            self._trail.append((slug, line))
            self._programs.pop(slug, None)
            return True

    def _must_be_served(self, slug: str) -> None:
        if slug in self._restoring and not self._by_operator:
            raise TryAgain("restoring", program=slug)


class MemoryViews(MemoryDues):
    """ports.Views."""

    def put(self, entry: Entry, program: str, *, due: Instant | None = None) -> bool:
        with self._lock:
            stands = self.newest.get((program, entry.account))
            if stands is not None and stands.seq >= entry.seq:
                return False
            self.newest[program, entry.account] = entry
            self._note((program, entry.account), due)
            return True

    def each(self, program: str) -> Iterator[Viewed]:
        with self._lock:
            found = [entry for (owner, _), entry in self.newest.items() if owner == program]
        for entry in found:
            yield Viewed(entry.account, entry.seq, entry.hash)

    def moved(self, program: str, since: Instant) -> Iterator[AccountId]:
        with self._lock:
            found = [entry for (owner, _), entry in self.newest.items() if owner == program and entry.at >= since]
        for entry in found:
            yield entry.account

    def rebuild(self, entry: Entry, program: str, *, due: Instant | None = None) -> None:
        with self._lock:
            self.newest[program, entry.account] = entry
            self._note((program, entry.account), due)

    def forget(self, program: str, account: AccountId) -> None:
        with self._lock:
            self.newest.pop((program, account), None)
            self._note((program, account), None)

    def seq(self, program: str, account: AccountId) -> int:
        with self._lock:
            stands = self.newest.get((program, account))
        return 0 if stands is None else stands.seq
