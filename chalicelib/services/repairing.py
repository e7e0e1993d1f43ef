"""After a restore: a backup may hold half of a transaction. What is missing is found and posted by the normal rules.

A journal that lost an entry is kept up to the gap; what comes behind it is put aside, and posted anew from the
documents. A document then says what its entries did, and the difference to what it should be worth is posted. Points
under a name that nobody can look up any more are opened again: their orders are credited when they are told again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import msgspec

from chalicelib.errors import LoyaltyError
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.chain import decode
from chalicelib.ledger.documents import ActivityDocument, MergeDocument
from chalicelib.ledger.due import next_due
from chalicelib.ledger.mending import whole
from chalicelib.ledger.stored import Stored, checkable
from chalicelib.ledger.sums import Moved, done, owners, said
from chalicelib.programs.program import Program
from chalicelib.services.claiming import Claims
from chalicelib.services.limits_look import LimitsLook
from chalicelib.services.mending import Mending
from chalicelib.services.mending_limits import DayCounts, LimitMending
from chalicelib.services.mending_merges import MergeMending
from chalicelib.services.ports import Audit, Clock, Ledger, Members, Views
from chalicelib.services.ports.tally import Head, Tally, Told
from chalicelib.services.second_look import SecondLook, ended_by
from chalicelib.services.targets import once, wrong_target
from chalicelib.services.verifying import count_limits

_ROUNDS = 24
RECENT = 3 * 86_400_000
"""Senders' books are read this far back, so only what is younger is told again by itself."""

_ASKS = {
    "needs_a_person": "Nothing tells what it was. Look at the entries that were put aside, and adjust by hand.",
    "merged_with_nobody_knows_whom": (
        "Nothing tells with whom it was merged. Find the member's other account, and use pointpass merge."
    ),
    "too_late_to_unmerge": "They stay one account. Part them by hand: adjust both.",
    "merged_since": "They stay one account, which has been merged since. Undo that first, then use pointpass unmerge.",
    "too_many_orders_for_one_limit": "Too many orders count for it. Reprice its members: pointpass reprice.",
    "somebody_else_writes": "Somebody else writes. Stop all senders and repeat this.",
}
"""What a person must do where a repair cannot."""

KeepAside = Callable[[AccountId, Sequence[Stored]], None]


class Step(msgspec.Struct, frozen=True):
    """One thing to do. `says`: in plain words; `is_done`: False when it could not be, and then why."""

    says: str
    account: AccountId | None = None
    beyond: int = 0
    reference: Reference | None = None
    seen: tuple[AccountId, ...] = ()
    limits: tuple[Reference, ...] = ()
    points: int = 0
    is_done: bool = False

    @property
    def about(self) -> object:
        """What it puts right: a step for it that failed is not tried again."""
        return self.account or self.reference or self.limits


class _Survey(msgspec.Struct):
    """What was found, in the order in which it is put right; each kind is looked for anew when the one before is."""

    journals: list[Step] = msgspec.field(default_factory=list)
    merges: list[Step] = msgspec.field(default_factory=list)
    limits: list[Step] = msgspec.field(default_factory=list)
    earned: list[Step] = msgspec.field(default_factory=list)
    rewards: list[Step] = msgspec.field(default_factory=list)
    spent: list[Step] = msgspec.field(default_factory=list)
    claimed: list[Step] = msgspec.field(default_factory=list)
    counts: list[Step] = msgspec.field(default_factory=list)
    nameless: list[Step] = msgspec.field(default_factory=list)
    views: list[Step] = msgspec.field(default_factory=list)

    def of(self, reference: Reference) -> list[Step]:
        """The group of a document, by the beginning of its name."""
        kind = reference.partition("/")[0]
        return {"merge": self.merges, "order": self.earned, "activity": self.earned}.get(kind, self.spent)

    @property
    def steps(self) -> Sequence[Step]:
        return [step for group in self.groups for step in group]

    @property
    def groups(self) -> Sequence[Sequence[Step]]:
        """In the order in which they are put right: what was earned before what was spent of it."""
        return (
            self.journals,
            self.merges,
            self.limits,
            self.earned,
            self.rewards,
            self.spent,
            self.claimed,
            self.nameless,
            self.counts,
            self.views,
        )


class Repairing(msgspec.Struct, frozen=True):
    """Plans and does a repair. To be run while nobody else writes."""

    ledger: Ledger
    audit: Audit
    views: Views
    members: Members
    mending: Mending
    merges: MergeMending
    limits: LimitMending
    claims: Claims
    clock: Clock
    new_tally: Callable[[], AbstractContextManager[Tally]]

    def plan(self, program: Program) -> Sequence[Step]:
        """What would be done first. What follows from it is found on the way. Raises TryAgain."""
        return self._survey(program).steps

    def do(self, program: Program, keep_aside: KeepAside) -> Sequence[Step]:
        """Repair until nothing is left to do. `keep_aside`: is given what is taken from a journal, before it is."""
        told: list[Step] = []
        for _ in range(_ROUNDS):
            survey = self._survey(program)
            failed = {step.about for step in told if not step.is_done}
            left = [[step for step in group if step.about not in failed] for group in survey.groups]
            group = next((steps for steps in left if steps), None)
            if group is None:
                break
            told += [self._done(program, step, survey, keep_aside) for step in group]
        return told

    def _done(self, program: Program, step: Step, survey: _Survey, keep_aside: KeepAside) -> Step:
        try:
            self._do(program, step, survey, keep_aside)
        except LoyaltyError as err:
            return msgspec.structs.replace(step, says=f"{step.says}: not possible. {_ASKS.get(err.reason) or err}")
        return msgspec.structs.replace(step, is_done=True)

    def _do(self, program: Program, step: Step, survey: _Survey, keep_aside: KeepAside) -> None:
        def cut(account: AccountId, beyond: int) -> None:
            self._cut(program, account, beyond, keep_aside)

        if step in survey.journals:
            assert step.account is not None
            cut(step.account, step.beyond)
        elif step in survey.merges:
            assert step.reference is not None
            self.merges.mend(program, step.reference, step.seen, cut)
        elif step in survey.limits:
            self.limits.recount(program, step.limits)
        elif step in survey.earned or step in survey.spent:
            assert step.reference is not None
            self.mending.mend(program, step.reference, step.seen, cut)
        elif step in survey.rewards:
            assert step.reference is not None
            document = self.ledger.document(program.slug, step.reference)
            assert isinstance(document, MergeDocument | ActivityDocument)
            self.merges.reward_once(program, document)
        elif step in survey.counts:
            assert step.reference is not None
            self.limits.write_count(program, step.reference, step.points)
        elif step in survey.claimed:
            assert step.account is not None
            self.claims.activate(program, step.account)
        elif step in survey.nameless:
            assert step.account is not None
            self.mending.open_again(program, step.account)
        else:
            self._rebuild(program, step)

    def _cut(self, program: Program, account: AccountId, beyond: int, keep_aside: KeepAside) -> None:
        gone = [row for row in self.audit.raw_journal(program.slug, account) if row.seq > beyond]
        if gone:
            keep_aside(account, gone)
            self.audit.drop_entries(program.slug, account, beyond=beyond)

    def _rebuild(self, program: Program, step: Step) -> None:
        assert step.account is not None
        newest = self.ledger.newest(program.slug, step.account)
        if newest is None:
            self.views.forget(program.slug, step.account)
            return
        due = next_due(newest.snap, program.timeline, newest.at)
        self.views.rebuild(newest, program.slug, due=due)

    def _survey(self, program: Program) -> _Survey:
        survey, now = _Survey(), self.clock.now()
        with self.new_tally() as tally:
            for viewed in self.views.each(program.slug):
                tally.view(viewed)
            by_hand = DayCounts(program, now - RECENT)
            young = self._read_journals(program, tally, survey, now, by_hand)
            worth_wrong = self._read_documents(program, tally, now, by_hand)
            limits = self._limits(program, tally, [each for each in worth_wrong if _is_limit(each)])
            survey.rewards += [
                Step(f"let rewards of {reference} be there once for each person", reference=reference)
                for reference in self._rewarded_wrong(program)
            ]
            if limits:
                says = f"count anew what orders have had of {', '.join(limits)}"
                survey.limits.append(Step(says, limits=tuple(limits)))
            for reference, points in by_hand.wrong(now):
                says = f"let {reference} say that {points} points were moved"
                survey.counts.append(Step(says, reference=reference, points=points))
            look = SecondLook(self.ledger, self.audit, self.views, self.clock)
            for reference in sorted({*tally.suspects(), *(each for each in worth_wrong if not _is_limit(each))}):
                kind = survey.of(reference)
                seen = tuple(tally.journals_of(reference))
                if reference not in worth_wrong and look.is_right(program, reference, seen):
                    continue
                kind.append(Step(f"bring {reference} and its entries together", reference=reference, seen=seen))
            survey.claimed += self._claimed(program)
            survey.nameless += self._nameless(program, young)
            survey.views += [
                Step(f"show the newest entry of {viewed.account}, and not entry {viewed.seq}", viewed.account)
                for viewed in tally.unlike()
            ]
        return survey

    def _limits(self, program: Program, tally: Tally, wrong: Sequence[Reference]) -> Sequence[Reference]:
        """Limits that are wrong by themselves, or do not agree with the orders that count towards them."""
        suspects = list(tally.overdrawn())
        if not suspects:
            return wrong
        cut = {head.account for head in tally.heads() if head.is_cut}
        look = LimitsLook(self.ledger, self.audit, self.clock)
        found = look.each_wrong(program, suspects, is_whole=lambda account: account not in cut)
        return sorted({*wrong, *(reference for reference, _ in found)})

    def _read_journals(
        self, program: Program, tally: Tally, survey: _Survey, now: Instant, by_hand: DayCounts
    ) -> Sequence[AccountId]:
        """Accounts nobody claimed whose journals began lately."""
        young = []
        for account, stored in self.audit.journals(program.slug):
            rows = checkable(stored, now)
            good = whole(account, rows, program.timeline, ended_by=ended_by(program, now))
            if len(good) < len(rows):
                beyond = good[-1].seq if good else rows[0].seq - 1
                says = f"keep {account} up to entry {beyond}, and put the {len(rows) - len(good)} behind it aside"
                survey.journals.append(Step(says, account, beyond))
            if not good:
                continue
            entries = [decode(row.line, row.hash) for row in good]
            for entry in entries:
                by_hand.entry(entry)
            newest = entries[-1]
            is_cut = entries[0].seq > 1 or good[0].has_ended(now)
            head = Head(account, newest.seq, newest.hash, newest.at, None, is_cut, newest.snap.merged_to)
            tally.journal(head, (moved for entry in entries for moved in done(entry)))
            if newest.snap.status == "unclaimed" and entries[0].at > now - RECENT:
                young.append(account)
        return young

    def _read_documents(self, program: Program, tally: Tally, now: Instant, by_hand: DayCounts) -> Sequence[Reference]:
        """Documents that were not posted as their rules say."""
        wrong = []
        for kept in self.audit.kept_documents(program.slug):
            document = kept.document
            if document is None:
                continue
            sums = said(document, now)
            told = Told(kept.reference, owners(document), once(document))
            tally.document(told, (Moved(kept.reference, *each) for each in sums.items()))
            count_limits(tally, document)
            by_hand.document(document)
            if any(True for _ in wrong_target(program, document)):
                wrong.append(kept.reference)
        return wrong

    def _rewarded_wrong(self, program: Program) -> Iterator[Reference]:
        if not any(version.definition.earn.activities for version in program.versions):
            return
        for kept in self.audit.kept_documents(program.slug):
            match kept.document:
                case MergeDocument() as document if self.merges.is_half_done(program, document):
                    yield kept.reference
                case ActivityDocument() as document if self.merges.is_apart(program, document):
                    yield kept.reference
                case _:
                    pass

    def _claimed(self, program: Program) -> Iterator[Step]:
        """Accounts of people who proved who they are, of which the journal does not know it any more."""
        proved = {each.account for each in self.members.identities(program.slug) if each.proved_at is not None}
        for account in sorted(proved):
            newest = self.ledger.newest(program.slug, account)
            if newest is not None and newest.snap.status == "unclaimed":
                yield Step(f"let {account} be a member's account again", account)

    def _nameless(self, program: Program, young: Sequence[AccountId]) -> Iterator[Step]:
        named = {identity.account for identity in self.members.identities(program.slug)}
        for account in young:
            stand = self.mending.pen.stand(program, account)
            if account not in named and any(purse.issued != purse.taken_back for purse in stand.snap.purses.values()):
                yield Step(f"open the orders of {account} again: nothing leads to it, nobody could claim it", account)


def _is_limit(reference: Reference) -> bool:
    return reference.startswith(("cap/", "budget/"))
