"""How fast the checker is: a million entries, made in batches of accounts and checked as they would be read."""

import pickle
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from chalicelib.bootstrap.system import SystemChance, SystemClock
from chalicelib.events import AccountId, Amounts, Customer, OrderFacts, OrderTold, Reference
from chalicelib.ledger.chain import encode, seal
from chalicelib.ledger.documents import Document, OrderDocument
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.stored import Stored
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.reading import read
from chalicelib.services.accounts import Accounts
from chalicelib.services.claiming import Claims
from chalicelib.services.ports.ledger import Kept, Viewed
from chalicelib.services.recording import Recorder
from chalicelib.services.verifying import Found, Verification
from chalicelib.store.memory.ledger import MemoryLedger
from chalicelib.store.memory.members import MemoryMembers
from chalicelib.store.memory.programs import MemoryViews
from chalicelib.store.tally import SqliteTally
from chalicelib.store.vault import Vault

TITLE = "The checker, by entries in the ledger (20 an account)"
_DEFINITION = Path(__file__).parent.parent / "programs" / "bean-street.yaml"
_SIZES = (10_000, 100_000, 1_000_000)
_EACH = 20
_BATCH = 1_000
_DAY = 86_400_000


class _Pattern:
    """One real account; every other one is the same under other names, on a chain of its own."""

    def __init__(self) -> None:
        self.program = _program()
        members, clock, vault = MemoryMembers(), _Clock(), Vault(bytes(32))
        ledger = MemoryLedger(members)
        claims = Claims(ledger, members, vault, clock)
        recorder = Recorder(ledger, Accounts(members, vault, SystemChance(), clock), claims, clock)
        for number in range(_EACH):
            recorder.record(self.program, _order(number, clock.now()), actor="bench", deadline=None)
            clock.instant += _DAY
        (account,) = ledger.accounts("bean-street")
        self.entries = ledger.entries("bean-street", account, newest_first=False, limit=None)
        self.documents = [each for each in ledger.documents("bean-street") if isinstance(each, OrderDocument)]

    def journal(self, number: int) -> list[Stored]:
        account, before, rows = AccountId(f"account-{number:014d}"), "", []
        for entry in self.entries:
            own: Entry = seal(
                msgspec.structs.replace(entry, account=account, document=_named(entry.document, number), prev=before)
            )
            rows.append(Stored(own.seq, encode(own), own.hash))
            before = own.hash
        return rows

    def document(self, number: int) -> Iterator[Document]:
        account = AccountId(f"account-{number:014d}")
        for document in self.documents:
            yield msgspec.structs.replace(document, account=account, reference=_named(document.reference, number))


class _Ledger(MemoryViews):
    """ports.Audit and ports.Views over accounts that wait in files, a batch at a time."""

    def __init__(self, pattern: _Pattern, accounts: int, folder: Path, tick: Any) -> None:
        super().__init__()
        self._journals, self._documents = folder / "journals", folder / "documents"
        self._heads: list[Viewed] = []
        with self._journals.open("wb") as journals, self._documents.open("wb") as documents:
            for start in range(0, accounts, _BATCH):
                numbers = range(start, min(start + _BATCH, accounts))
                batch = [(AccountId(f"account-{number:014d}"), pattern.journal(number)) for number in numbers]
                self._heads += [Viewed(account, rows[-1].seq, rows[-1].hash) for account, rows in batch]
                pickle.dump(batch, journals)
                pickle.dump([document for number in numbers for document in pattern.document(number)], documents)
                tick(advance=len(batch) * _EACH)

    def journals(self, program: str, *, after: AccountId | None = None) -> Iterator[tuple[AccountId, Sequence[Stored]]]:
        yield from _unpacked(self._journals)

    def kept_documents(self, program: str) -> Iterator[Kept]:
        for document in _unpacked(self._documents):
            yield Kept(document.reference, document, None)

    def each(self, program: str) -> Iterator[Viewed]:
        yield from self._heads


def _unpacked(file: Path) -> Iterator[Any]:
    with file.open("rb") as packed:
        while packed.peek(1):
            yield from pickle.load(packed)


class _Clock:
    def __init__(self) -> None:
        self.instant = SystemClock().now() - _EACH * _DAY

    def now(self) -> int:
        return self.instant

    def pause(self, most_milliseconds: int) -> None:
        raise AssertionError("nobody else writes")

    def wait(self, milliseconds: int) -> None:
        raise AssertionError("nothing goes at a pace")


def measure(screen: Console) -> Table:
    """Entries a second of one processor, and how much memory the checking took at most."""
    table = Table("entries", "violations", "seconds of a processor", "entries a second", "memory it grew by, MB")
    pattern = _Pattern()
    with Progress(console=screen, transient=True) as progress:
        for size in _SIZES:
            task = progress.add_task(f"{size:,} entries: made, then checked", total=size)
            with tempfile.TemporaryDirectory() as folder:
                source = _Ledger(pattern, size // _EACH, Path(folder), partial(progress.update, task))
                found, seconds, grown = _checked(pattern.program, source)
            assert found.entries == size
            wrong = len(found.violations) + found.more
            table.add_row(f"{size:,}", str(wrong), f"{seconds:.1f}", f"{size / seconds:,.0f}", f"{grown:.0f}")
    return table


def _checked(program: Program, source: Any) -> tuple[Found, float, float]:
    """What was found, how many seconds it took, and how many megabytes of memory were added while it was read."""
    verification = Verification(source, source, source, SystemClock(), SqliteTally)
    peak = before = _resident()
    began = time.process_time()

    def watch(what: str, count: int) -> None:
        nonlocal peak
        if count % 5_000 == 0:
            peak = max(peak, _resident())

    found = verification.verify(program, watch=watch)
    return found, time.process_time() - began, max(peak, _resident()) - before


def _resident() -> float:
    """Megabytes of memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * resource.getpagesize() / 1_048_576


def _named(reference: Reference, number: int) -> Reference:
    return Reference(f"{reference}-{number}")


def _program() -> Program:
    text = _DEFINITION.read_text()
    version = Version(sha_of(text), read(text, file=_DEFINITION.name), published_at=0, effective_at=0)
    return Program("bean-street", (version,))


def _order(number: int, at: int) -> OrderTold:
    facts = OrderFacts(changed_at=at, occurred_at=at, currency="EUR", amounts=Amounts(goods=1_250), is_paid=True)
    return OrderTold(
        reference=Reference(f"order/shopify/{5_821_093_800_000 + number}"),
        delivery=f"3f0a7c1e-0000-4000-8000-{number:012d}",
        name=f"#{1_000 + number}",
        order=facts,
        customer=Customer(email="kim@customers.example"),
    )
