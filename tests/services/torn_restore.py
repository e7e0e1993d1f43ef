"""A town that remembers what it wrote, and a table that comes back with half of the last of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from whole_house import LIVE, PROGRAM, Town, town

from chalicelib.events import Reference
from chalicelib.ledger.chain import encode
from chalicelib.ledger.stored import Stored
from chalicelib.members.people import Identity
from chalicelib.services.ports import Commit, Outcome
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.identities import identity_row
from chalicelib.store.ledger import DynamoLedger, _document, _entry
from chalicelib.store.memory.ledger import KeptDocument, KeptEntry, MemoryLedger
from ops.laptop.shopify_books import Buyer

CARLA = Buyer(7_000_000_000_000_003, "carla.berzina@example.com", None, "Carla", "Berzina")


@dataclass
class Told:
    """A town in which every message and every commit is remembered."""

    here: Town
    commits: list[Commit] = field(default_factory=list)
    deliveries: list[Any] = field(default_factory=list)
    spent: list[tuple[str, Buyer, int]] = field(default_factory=list)

    def deliver(self, signed: Any) -> None:
        self.deliveries.append(signed)
        assert self.here.deliver(signed).status == 200

    def uses(self, reference: str, buyer: Buyer, points: int) -> None:
        self.spent.append((reference, buyer, points))
        redeem(self.here, reference, buyer, points)


def redeem(here: Town, reference: str, buyer: Buyer, points: int) -> None:
    here.house.redemptions.redeem(here.program, Reference(reference), here.account(buyer), points, actor="till")


def remembering(definition: str = LIVE) -> Told:
    here = town(definition)
    told = Told(here)
    ledger = here.own.ledger
    real = ledger.commit

    def commit(written: Commit) -> Outcome:
        outcome = real(written)
        if outcome is Outcome.COMMITTED:
            told.commits.append(written)
        return outcome

    ledger.commit = commit  # type: ignore[method-assign]
    return told


def torn(commits: list[Commit], last: int, seed: int) -> Iterator[tuple[Commit, list[object]]]:
    """Each commit with the items of it that are still there: all, but for the last ones a random half."""
    chance = random.Random(seed)
    for place, commit in enumerate(commits):
        items: list[object] = [*commit.documents, *commit.entries, *commit.identities]
        if place >= len(commits) - last:
            items = [item for item in items if chance.random() < 0.5]
        yield commit, items


def tear(told: Told, last: int, seed: int) -> None:
    """What the memory store would hold if it came back from such a backup."""
    ledger = told.here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    first_seen = {identity.index for commit in told.commits for identity in commit.identities}
    ledger.journal.clear()
    ledger.kept.clear()
    known = ledger._members.known
    later = {key: known[key] for key in list(known) if key[1] in first_seen and known[key].proved_at is not None}
    for key in [key for key in known if key[1] in first_seen]:
        del known[key]
    known.update(later)
    for commit, items in torn(told.commits, last, seed):
        for item in items:
            if item in commit.documents:
                kept = KeptDocument(item, commit.ends_at)  # type: ignore[arg-type]
                ledger.kept[PROGRAM, item.reference] = kept  # type: ignore[attr-defined]
            elif item in commit.entries:
                row = KeptEntry(item, encode(item), item.hash, commit.ends_at)  # type: ignore[arg-type, attr-defined]
                ledger.journal.setdefault((PROGRAM, item.account), {})[item.seq] = row  # type: ignore[attr-defined]
            elif isinstance(item, Identity):
                known.setdefault((PROGRAM, item.index), item)


def tear_on(there: Town, told: Told, last: int, seed: int) -> None:
    """The same in the engine's tables."""
    ledger = there.own.ledger
    assert isinstance(ledger, DynamoLedger)
    tables: Dynamo = ledger._dynamo
    for commit, items in torn(told.commits, last, seed):
        for item in items:
            if item in commit.documents:
                tables.write(Put(_document(commit, item).row))  # type: ignore[arg-type]
            elif item in commit.entries:
                tables.write(Put(_entry(commit, item).row))  # type: ignore[arg-type]
            elif isinstance(item, Identity):
                tables.write(Put(identity_row(PROGRAM, item)))
    for identity in told.here.own.members.identities(PROGRAM):
        if identity.proved_at is not None:
            known = there.own.members.identity(PROGRAM, identity.index, strong=True)
            there.own.members.put_identity(PROGRAM, identity, was=known)


def repair(here: Town) -> list[str]:
    """What was done; nothing must have failed."""
    aside: list[tuple[str, list[Stored]]] = []
    done = here.house.repairing.do(here.program, lambda account, rows: aside.append((account, list(rows))))
    assert [step.says for step in done if not step.is_done] == []
    return [step.says for step in done]
