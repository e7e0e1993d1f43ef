"""Would members recommend the program: which answers stand, and the score of them."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_factory import roubles

from chalicelib.ledger.people_documents import Answer
from chalicelib.programs.lint import lint
from chalicelib.programs.nps import MOST_ANSWERS, Nps, Score, score, standing_answers, with_answer
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import terms

DAY = 86_400_000
ANSWERS = st.lists(st.builds(Answer, at=st.integers(1, 400).map(lambda day: day * DAY), score=st.integers(0, 10)))


def test_a_hundred_promoters_sixty_passives_and_forty_critics_are_plus_thirty() -> None:
    """Row 71, feedback: NPS. 200 answers: 50 % less 20 %."""
    told = [Answer(1, 9)] * 60 + [Answer(1, 10)] * 40 + [Answer(1, 7)] * 30 + [Answer(1, 8)] * 30
    told += [Answer(1, 0)] * 15 + [Answer(1, 6)] * 25
    assert score(told) == Score(100, 60, 40)
    assert score(told).value == 30


def test_no_answer_is_no_score_and_not_zero() -> None:
    assert score(()).value is None
    assert score((Answer(1, 8),)).value == 0


@pytest.mark.parametrize(
    ("days", "expected"),
    [((0, 90), (9,)), ((0, 91), (0, 9)), ((0, 60, 120), (3,)), ((), ())],
)
def test_a_second_answer_within_ninety_days_takes_the_place_of_the_first(
    days: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    scores = (0, 9, 3)[: len(days)]
    told = tuple(Answer((day + 1) * DAY, each) for day, each in zip(days, scores, strict=True))
    assert tuple(answer.score for answer in standing_answers(told, replace_days=90)) == expected


def test_a_stretch_of_time_counts_its_own_answers_only() -> None:
    told = (Answer(1 * DAY, 0), Answer(2 * DAY, 10))
    assert standing_answers(told, replace_days=90, until=2 * DAY) == told[:1]
    assert standing_answers(told, replace_days=90, since=2 * DAY) == told[1:]


@given(ANSWERS)
def test_answers_are_kept_alike_in_whatever_order_they_are_told(told: list[Answer]) -> None:
    def kept(answers: list[Answer]) -> tuple[Answer, ...]:
        known: tuple[Answer, ...] = ()
        for answer in [*answers, *answers]:
            known = with_answer(known, answer)
        return known

    assert kept(told) == kept(told[::-1])
    assert len(kept(told)) <= MOST_ANSWERS


@given(ANSWERS)
def test_the_score_lies_between_minus_and_plus_a_hundred(told: list[Answer]) -> None:
    value = score(told).value
    assert value is None if not told else -100 <= Fraction(value or 0) <= 100


def test_the_block_is_read_and_said() -> None:
    definition = roubles(nps={"replace_within": "90 days"})
    assert definition.nps == Nps(90)
    told = list(itertools.chain.from_iterable(section.sentences for section in terms(definition, "ru")))
    assert any("раньше чем через 90 дней" in line for line in told)


@pytest.mark.parametrize("within", ["0 days", "366 days", "3 months"])
def test_a_length_that_makes_no_sense_is_pointed_out(within: str) -> None:
    with pytest.raises(DefinitionError):
        roubles(nps={"replace_within": within})


def test_answers_that_are_rewarded_and_not_kept_are_found() -> None:
    rules = [
        {"name": "shopping", "give": "5% as points"},
        {"name": "opinion", "on": "nps.answered", "give": "10 points", "once_per": "month"},
    ]
    (finding,) = lint(roubles(earn={"rules": rules}), file="x.yaml")
    assert finding.message == "answers are rewarded and not kept"
    assert lint(roubles(earn={"rules": rules}, nps={"replace_within": "90 days"}), file="x.yaml") == []
