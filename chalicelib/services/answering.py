"""Members say whether they would recommend the program: their answers are kept, and summed to its score."""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, ActivityTold, Instant, Reference
from chalicelib.ledger.people_documents import Answer, AnswersDocument
from chalicelib.members.people import Identity
from chalicelib.programs.nps import ASKED, Score, score, standing_answers, with_answer
from chalicelib.programs.program import Program
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Audit, Clock, Commit, Ledger, Outcome

_ROUNDS = 12


def is_answer(program: Program, told: ActivityTold) -> bool:
    """Is it an answer that the program keeps?"""
    asks = program.in_force(told.occurred_at).definition.nps is not None
    return asks and told.type == ASKED and told.score is not None and told.undone_at is None


class Answers(msgspec.Struct, frozen=True):
    """Keeps answers, one document for each account."""

    ledger: Ledger
    clock: Clock

    def keep(
        self, program: Program, account: AccountId, told: ActivityTold, first_seen: Sequence[Identity] = ()
    ) -> bool:
        """Keep an answer once, however often it is told; whether it was new. Raises TryAgain."""
        assert told.score is not None
        reference = Reference(f"nps/{account}")
        for _ in range(_ROUNDS):
            stored = self.ledger.document(program.slug, reference)
            known = stored if isinstance(stored, AnswersDocument) else AnswersDocument(reference, account)
            answers = with_answer(known.answers, Answer(told.occurred_at, told.score))
            if answers == known.answers:
                return False
            grown = AnswersDocument(reference, account, answers, known.revision + 1)
            commit = Commit(program.slug, documents=(grown,), identities=() if known.revision else tuple(first_seen))
            if self.ledger.commit(commit) is Outcome.COMMITTED:
                return True
            self.clock.pause(50)
        raise TryAgain("too_many_races", document=reference)


class Recommending(msgspec.Struct, frozen=True):
    """Reads all answers of a program."""

    ledger: Ledger
    audit: Audit
    clock: Clock

    def score(self, program: Program, *, since: Instant = 0, until: Instant | None = None) -> Score:
        """The score of the answers that stand, of a stretch of time. Accounts of one person answer as one."""
        asks = program.latest.definition.nps
        if asks is None:
            return Score()
        told: dict[AccountId, tuple[Answer, ...]] = {}
        for kept in self.audit.kept_documents(program.slug):
            if isinstance(kept.document, AnswersDocument):
                person = standing(self.ledger, program, kept.document.account, self.clock.now()).account
                for answer in kept.document.answers:
                    told[person] = with_answer(told.get(person, ()), answer)
        return score(
            answer
            for answers in told.values()
            for answer in standing_answers(answers, replace_days=asks.replace_days, since=since, until=until)
        )
