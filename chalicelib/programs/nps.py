"""Would members recommend the program: what was answered, and the net promoter score of it.

Nine and ten are promoters, seven and eight passives, the rest critics; the score is the share of promoters less that
of critics, in percentage points. Source: Reichheld, "The One Number You Need to Grow", HBR 12/2003.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import zip_longest

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.people_documents import Answer

ASKED = "nps.answered"
"""The activity that carries an answer."""

MOST_ANSWERS = 24
"""Of one member, the newest."""
_DAY = 86_400_000


class Nps(msgspec.Struct, frozen=True):
    """Answers are kept. A second one within `replace_days` takes the place of the first."""

    replace_days: int = 90


class Score(msgspec.Struct, frozen=True):
    """How many answered what."""

    promoters: int = 0
    passives: int = 0
    critics: int = 0

    @property
    def answers(self) -> int:
        return self.promoters + self.passives + self.critics

    @property
    def value(self) -> Fraction | None:
        """From -100 to 100; None while nobody has answered, which is not 0."""
        if not self.answers:
            return None
        return Fraction(100 * (self.promoters - self.critics), self.answers)


def score(answers: Iterable[Answer]) -> Score:
    """The score of answers that stand."""
    found = [answer.score for answer in answers]
    promoters, critics = (sum(least <= each <= most for each in found) for least, most in ((9, 10), (0, 6)))
    return Score(promoters, len(found) - promoters - critics, critics)


def with_answer(answers: Sequence[Answer], told: Answer) -> tuple[Answer, ...]:
    """The answers with one more, oldest first, whatever was told first. Of two at one moment the lower one counts."""
    by_time = {answer.at: answer for answer in sorted((*answers, told), key=lambda each: -each.score)}
    return tuple(by_time[at] for at in sorted(by_time))[-MOST_ANSWERS:]


def standing_answers(
    answers: Sequence[Answer], *, replace_days: int, since: Instant = 0, until: Instant | None = None
) -> tuple[Answer, ...]:
    """The answers that no other one took the place of, oldest first, of a stretch of time that ends before `until`."""
    inside = [answer for answer in answers if since <= answer.at and (until is None or answer.at < until)]
    reach = replace_days * _DAY
    return tuple(
        answer for answer, later in zip_longest(inside, inside[1:]) if later is None or later.at - answer.at > reach
    )
