"""The trial: kill the poster or the engine at random moments, and look at what is there afterwards."""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Literal

from chalicelib.ledger.documents import OrderDocument, RedemptionDocument
from chalicelib.ledger.journal import Entry
from chalicelib.services.accounts import Found
from chalicelib.store.connection import ORDINARY
from ops.kill9.facts import BUYERS, Fact
from ops.kill9.poster import post_for_ever
from ops.kill9.posting import Posting, opened, posting
from ops.laptop.engine import Engine

Victim = Literal["poster", "engine", "both"]
_FIRST_SECONDS = 20.0
_CHECK_EVERY = 10
_PROGRAM = "bean-street"


@dataclass(slots=True)
class Report:
    """What a trial did and found. `violations`: in plain words; empty when every promise held.

    kills: rounds that ended in SIGKILL, by what was killed      unanswered: facts on the way at a kill that were there
    """

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    refused: int = 0
    unanswered: int = 0
    entries: int = 0
    documents: int = 0
    checks: int = 0
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


def trial(
    binary: Path, database: Path, *, kills: int, seed: int, watch: Callable[[Report], None] = lambda report: None
) -> Report:
    """`kills` rounds on one engine with its state in the file `database`. Each ends in at least one SIGKILL."""
    began = time.monotonic()
    chance, report = Random(seed), Report(seed)  # noqa: S311  # when to kill is no secret
    engine = Engine.start(binary, database=database)
    try:
        opened(engine.url, ORDINARY).create_tables()
        house = posting(engine.url, ORDINARY)
        for number in range(1, kills + 1):
            victim: Victim = chance.choice(("poster", "engine", "both"))
            engine, acknowledged = _round(binary, engine, number, victim, chance)
            report.kills[victim] += 1
            judge(house, number, acknowledged, report)
            if number % _CHECK_EVERY == 0 or number == kills:
                _check(house, report)
            report.seconds = time.monotonic() - began
            watch(report)
    finally:
        engine.stop()
    return report


@dataclass(slots=True)
class _Listener:
    """Hears acknowledgements until the poster is gone."""

    heard: list[tuple[Fact, bool]] = field(default_factory=list)
    first: threading.Event = field(default_factory=threading.Event)

    def listen(self, line: Connection) -> None:
        while True:
            try:
                self.heard.append(line.recv())
            except (EOFError, OSError):  # the poster died, perhaps in the middle of a word
                return
            self.first.set()


def _round(
    binary: Path, engine: Engine, number: int, victim: Victim, chance: Random
) -> tuple[Engine, list[tuple[Fact, bool]]]:
    with _poster(engine.url, number, chance.randrange(1 << 30)) as (process, listener):
        if not listener.first.wait(_FIRST_SECONDS):
            raise RuntimeError("the poster never posted anything")
        time.sleep(chance.uniform(0.0, 0.4))
        if victim == "both":
            process.kill()
        if victim != "poster":
            engine.process.kill()
            engine.process.wait()
            engine = Engine.start(binary, database=engine.database, port=engine.port)
        if victim == "engine":
            time.sleep(chance.uniform(0.0, 0.3))  # the poster goes on, with what it does not know
        process.kill()
    return engine, listener.heard


@contextmanager
def _poster(url: str, number: int, seed: int) -> Iterator[tuple[multiprocessing.process.BaseProcess, _Listener]]:
    """A poster from a server that has everything imported already, and somebody who hears it; both gone afterwards."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ops.kill9.poster"])
    hears, tells = context.Pipe(duplex=False)
    process = context.Process(target=post_for_ever, args=(url, number, seed, tells), daemon=True)
    process.start()
    tells.close()
    listener = _Listener()
    thread = threading.Thread(target=listener.listen, args=(hears,))
    thread.start()
    try:
        yield process, listener
    finally:
        process.kill()
        process.join()
        thread.join()
        hears.close()


def judge(house: Posting, number: int, heard: list[tuple[Fact, bool]], report: Report) -> None:
    """Every acknowledged fact is there exactly once, a refused one never, and any other one once at most."""
    entries = _entries(house, number)
    times = Counter(entry.event or entry.document for entry in entries)
    known = set()
    for fact, became in heard:
        known.add(_mark(fact))
        report.acknowledged += became
        report.refused += not became
        wrong = _wrong(house, fact, times[_mark(fact)]) if became else _refused_but_there(house, fact)
        report.violations += [f"round {number}: {fact.kind} {fact.name} {wrong}"] if wrong else []
    report.unanswered += sum(mark not in known for mark in times)
    report.violations += [f"round {number}: {mark} was posted {n} times" for mark, n in times.items() if n > 1]


def _mark(fact: Fact) -> str:
    """By what an entry names the fact that caused it."""
    return fact.reference if fact.kind == "use" else fact.name


def _entries(house: Posting, number: int) -> list[Entry]:
    """All entries of the people of one round."""
    found: list[Entry] = []
    for buyer in range(BUYERS):
        customer = Fact(f"{number}-0-0", "use", buyer, 0).customer
        known = house.accounts.of_customer(house.program, customer, strong=True)
        if isinstance(known, Found):
            found += house.ledger.entries(_PROGRAM, known.account, newest_first=False, limit=None)
    return found


def _wrong(house: Posting, fact: Fact, times: int) -> str:
    document = house.ledger.document(_PROGRAM, fact.reference)
    match document:
        case None:
            return "was acknowledged and is gone"
        case OrderDocument() if fact.kind == "order" and document.facts is None:
            return "was acknowledged and its facts are gone"
        case OrderDocument() if fact.kind == "refund" and fact.name not in document.refunds:
            return "was acknowledged and is gone from its order"
        case RedemptionDocument() if document.points != fact.size:
            return f"uses {document.points} points instead of {fact.size}"
        case _:
            return "" if times == 1 else f"was posted {times} times"


def _refused_but_there(house: Posting, fact: Fact) -> str:
    return "was refused and is there" if house.ledger.document(_PROGRAM, fact.reference) else ""


def _check(house: Posting, report: Report) -> None:
    found = house.check()
    report.checks += 1
    report.entries, report.documents = found.entries, found.documents
    report.violations += [f"promise {each.promise}: {each.says}" for each in found.violations]
