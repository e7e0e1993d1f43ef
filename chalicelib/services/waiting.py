"""Points that nobody has claimed yet, counted: by e-mail, by phone, by a shop's customer id without any address."""

from collections import Counter

import msgspec

from chalicelib.programs.program import Program
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Clock, Ledger, Members


class Waiting(msgspec.Struct, frozen=True):
    """How many identities of a kind wait, and the points that wait with them."""

    kind: str
    identities: int
    points: int


class Unclaimed(msgspec.Struct, frozen=True):
    """Counts what waits. Reads every identity: for operators, not for pages."""

    ledger: Ledger
    members: Members
    clock: Clock

    def count(self, program: Program) -> tuple[Waiting, ...]:
        """One row per kind, in a fixed order; kinds without anything are there with zeros."""
        people: Counter[str] = Counter()
        points: Counter[str] = Counter()
        currency = program.latest.definition.currencies[0].key
        for identity in self.members.identities(program.slug):
            if identity.proved_at is None:
                stand = standing(self.ledger, program, identity.account, self.clock.now())
                purse = stand.snap.purse(currency)
                people[identity.kind] += 1
                points[identity.kind] += purse.balance + purse.pending
        return tuple(Waiting(kind, people[kind], points[kind]) for kind in ("email", "phone", "customer"))
