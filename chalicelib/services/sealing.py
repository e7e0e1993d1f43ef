"""The day's seal: made at night over every newest entry, and held against the journal ever after.

A chain of hashes can be computed anew by whoever can write the table. A seal cannot: it is signed with a key that the
table's writers do not have, names the seal before it, and is kept outside.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId
from chalicelib.ledger.check import Violation
from chalicelib.ledger.seals import Leaf, Seal, Signed, Tree, parts
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.services.ports import Clock
from chalicelib.services.ports.seals import Seals
from chalicelib.services.ports.tally import Tally

_HOUR = 3_600_000
STALE = 36 * _HOUR
"""A seal is made every night; one that is older means that a night was left out."""


class Sealing(msgspec.Struct, frozen=True):
    """Makes seals and checks them. What is wrong is a violation of promise 14."""

    seals: Seals
    clock: Clock

    def load(self, program: Program, tally: Tally, *, newest: int | None = None) -> Sequence[Violation]:
        """Check the seals, and let the tally know what the last one sealed. Nothing is wrong before the first seal.

        newest: check only so many of the latest ones; None checks all
        """
        days = self.seals.days(program.slug)
        if not days:
            return ()
        checked = days if newest is None else days[-newest:]
        wrong: list[Violation] = []
        last: Signed | None = None
        for day in checked:
            signed, says = self._checked(program, day, last, is_first=day == days[0])
            wrong += [_violation(day, text) for text in says]
            last = signed
        if last is not None:
            wrong += [_violation(days[-1], says) for says in self._load_leaves(last.seal, tally)]
        return wrong

    def stale(self, program: Program) -> Sequence[Violation]:
        """That the newest seal is too old, if it is; nothing before the first seal. `load` tells what is unreadable."""
        days = self.seals.days(program.slug)
        if not days:
            return ()
        try:
            signed = self.seals.signed(program.slug, days[-1])
            age = self.clock.now() - signed.seal.at if signed else 0
        except Broken:
            return ()
        return [_violation(days[-1], f"the newest seal is {age // _HOUR} hours old")] if age > STALE else ()

    def breaks(self, program: Program) -> Sequence[Seal]:
        """The seals that somebody made although sealed entries were gone, oldest first. `load` tells what is wrong."""
        found: list[Seal] = []
        for day in self.seals.days(program.slug):
            with suppress(Broken):
                signed = self.seals.signed(program.slug, day)
                if signed is not None and signed.seal.accepted:
                    found.append(signed.seal)
        return found

    def seal(
        self,
        program: Program,
        tally: Tally,
        *,
        entries: int,
        points: Mapping[str, int],
        gone: int = 0,
        accepted: str = "",
    ) -> Signed | None:
        """Seal what the tally knows; None when today is sealed already.

        gone, accepted: see Seal; a seal that accepts a loss may be another one of the same day
        """
        now = self.clock.now()
        day = ZoneCalendar(program.latest.definition.time_zone).day(now).isoformat()
        days = self.seals.days(program.slug)
        if accepted:
            day = _once_more(day, days)
        elif days and days[-1] >= day:
            return None
        before = self.seals.signed(program.slug, days[-1]) if days else None
        tree = Tree()
        for number, part in enumerate(parts(_leaves(tally), tree), start=1):
            self.seals.put_leaves(program.slug, day, now, number, part)
        return self.seals.put(
            Seal(
                program=program.slug,
                day=day,
                at=now,
                accounts=tree.size,
                entries=entries,
                root=tree.root,
                previous=before.digest if before else "",
                points=points,
                gone=gone,
                accepted=accepted,
            )
        )

    def _checked(
        self, program: Program, day: str, last: Signed | None, *, is_first: bool
    ) -> tuple[Signed | None, Sequence[str]]:
        """One seal, and what is wrong with it."""
        try:
            signed = self.seals.signed(program.slug, day)
            seal = signed.seal if signed else None
        except Broken:
            return None, ["the seal cannot be read"]
        if signed is None or seal is None:
            return None, ["the seal is gone"]
        wrong = []
        if not self.seals.is_signed(signed):
            wrong.append("the seal's signature is not ours")
        if (seal.program, seal.day) != (program.slug, day):
            wrong.append(f"the seal is that of {seal.program}, {seal.day}")
        if last is not None and seal.previous != last.digest:
            wrong.append("the seal does not follow the one before it")
        if is_first and seal.previous:
            wrong.append("the seal names one before it, and there is none")
        return signed, wrong

    def _load_leaves(self, seal: Seal, tally: Tally) -> Iterator[str]:
        tree = Tree()
        try:
            for part in parts(self.seals.leaves(seal), tree):
                for leaf in part:
                    tally.seal(leaf)
        except Broken:
            yield "what was sealed cannot be read"
            return
        if (tree.size, tree.root) != (seal.accounts, seal.root):
            yield "what was sealed has been changed: it does not lead to the seal's root"


def _leaves(tally: Tally) -> Iterator[Leaf]:
    for head in tally.heads():
        yield Leaf(head.account, head.seq, head.hash, head.ends_at or 0)


def _once_more(day: str, days: Sequence[str]) -> str:
    """The day, or a name that sorts behind all names that it has had ("2026-06-23_02")."""
    times = sum(sealed.startswith(day) for sealed in days)
    return f"{day}_{times + 1:02d}" if times else day


def _violation(day: str, says: str) -> Violation:
    return Violation(AccountId(f"seal of {day}"), 0, 14, says)
