"""The steps of a rehearsal, each with its time: the copy, the refusal, the repair, the check, the seal, the opening."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.bootstrap.house import House
from chalicelib.errors import LoyaltyError, Refused
from chalicelib.events import AccountId, Instant
from chalicelib.ledger.stored import Stored
from chalicelib.programs.program import Program
from chalicelib.store.tables import ROOMS
from ops.drill.backups import Backup

KeepAside = Callable[[Program, AccountId, Sequence[Stored]], None]
_FIRST = "programs"
"""The table that says that nobody is served is put back before the others are."""
_MOST_TOLD = 20
"""So many steps that a repair could not do are told one by one; the number of all is always told."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What a step did, in plain words. `is_good`: whether a restore could go on after it"""

    name: str
    says: str
    milliseconds: int
    is_good: bool = True


@dataclass
class Rehearsal:
    """A restore of `backup` under `prefix`.

    operator: a house that is served while tables are put back     door: a fresh house as a function has it
    torn: promises that did not hold before the repair, so far: 0 at the end proves nothing of a repair
    """

    backup: Backup
    prefix: str
    operator: Callable[[], House]
    door: Callable[[], House]
    now: Callable[[], Instant]
    aside: KeepAside
    torn: int = field(default=0, init=False)
    _began: Instant = field(default=0, init=False)

    def run(self) -> Iterator[Timed]:
        """Do the steps one after another, each told when it is done. Raises RestoreFailed, LoyaltyError."""
        self._began = self.now()
        moments = self.backup.take()
        torn = (max(moments.values()) - min(moments.values())) / 1_000
        yield self._told("backup", f"{len(moments)} tables, {torn:.1f} s between the first and the last")
        self.backup.put_back([_FIRST], self.prefix)
        programs = self.operator().adapters.programs
        slugs = programs.slugs()
        for slug in slugs:
            programs.begin_restore(slug, self.now())
        yield self._told("closed", f"{len(slugs)} programs are marked as being put back")
        self.backup.put_back([room for room in ROOMS if room != _FIRST], self.prefix)
        yield self._told("put back", f"{len(ROOMS)} tables as {self.prefix}-*")
        yield self._doors(slugs, 503, "refuse")
        here = self.operator()
        for slug in slugs:
            program = here.adapters.programs.program(slug)
            if program is not None:
                yield from self._repaired(here, program)
        for slug in slugs:
            here.adapters.programs.end_restore(slug)
        yield self._doors(slugs, 401, "ask who is there")

    def _repaired(self, here: House, program: Program) -> Iterator[Timed]:
        before = here.verification.verify(program)
        wrong = len(before.violations) + before.more
        self.torn += wrong
        yield self._told(f"looked at {program.slug}", f"{before.entries} entries, {wrong} promises do not hold")
        done = here.repairing.do(program, lambda account, rows: self.aside(program, account, rows))
        left = [step for step in done if not step.is_done]
        for step in left[:_MOST_TOLD]:
            yield Timed(f"repaired {program.slug}", step.says, 0, is_good=False)
        yield self._told(f"repaired {program.slug}", f"{len(done) - len(left)} of {len(done)} steps", not left)
        after = here.verification.verify(program)
        wrong = len(after.violations) + after.more
        counted = f"{after.accounts} accounts, {after.entries} entries"
        verdict = f"{wrong} promises do not hold" if wrong else "clean"
        yield self._told(f"checked {program.slug}", f"{counted}: {verdict}", not wrong)
        yield self._sealed(here, program)

    def _sealed(self, here: House, program: Program) -> Timed:
        """What a restore does with seals of entries that are gone; `nothing_is_gone` is the good news."""
        name = f"sealed {program.slug}"
        try:
            sealed = here.auditing.accept_restore(program, "a rehearsal")
        except Refused as err:
            return self._told(name, _NOT_SEALED[err.reason], err.reason == "nothing_is_gone")
        return self._told(name, f"{sealed.seal.gone} sealed entries are gone, and the new seal says so")

    def _doors(self, slugs: Sequence[str], status: int, says: str) -> Timed:
        """A webhook that nobody signed, to every program: 401 where somebody is served, 503 where nobody is."""
        found = {slug: _knocked(self.door(), slug) for slug in slugs}
        odd = {slug: answer for slug, answer in found.items() if answer != status}
        told = f"hooks {says} with {status}" if not odd else f"hooks answer {odd} and not {status}"
        return self._told("doors", told, not odd)

    def _told(self, name: str, says: str, is_good: bool = True) -> Timed:
        now = self.now()
        timed = Timed(name, says, now - self._began, is_good)
        self._began = now
        return timed


def _knocked(house: House, slug: str) -> int:
    try:
        return house.hooks.answer(slug, "nobody", headers={}, body=b"{}", source="").status
    except LoyaltyError:
        return 500


_NOT_SEALED = {
    "nothing_is_gone": "everything that was sealed is there",
    "seals_are_wrong": "the seals themselves are wrong, which no restore does",
    "ledger_is_torn": "other promises do not hold",
}
