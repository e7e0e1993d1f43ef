"""What a body says of a deed beside its object: that it was undone, how long, how much, and which answer."""

import pytest
from standard_desk import NOON, delivery, sender, told
from test_standard_activities import body

from chalicelib.connectors import standard
from chalicelib.errors import Malformed


def test_a_deed_that_was_undone_says_when_beside_the_time_at_which_it_was_done() -> None:
    activity = told(body(undone_at="2025-11-23T12:00:00Z"))
    assert (activity.occurred_at, activity.undone_at) == (NOON, NOON + 86_400_000)
    assert told(body()).undone_at is None


def test_length_amount_and_answer_are_read() -> None:
    activity = told(body(length=250, amount=3_000, currency="EUR", score=9))
    assert (activity.length, activity.amount, activity.money, activity.score) == (250, 3_000, "EUR", 9)


@pytest.mark.parametrize(
    "changes",
    [
        {"undone_at": "2025-11-23T12:00:00"},
        {"undone_at": 5},
        {"length": -1},
        {"length": 2_000_000},
        {"amount": -1},
        {"amount": 1.5},
        {"currency": "euro"},
        {"score": 11},
        {"score": -1},
    ],
)
def test_what_cannot_be_is_not_understood(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed, match="not_an_activity"):
        standard.translate(delivery(sender().sign(body(**changes), id_="msg_8")))
