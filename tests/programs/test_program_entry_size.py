"""How many lots wait at once decides how large an entry becomes: those that ripen and end together are one."""

import pytest
from program_factory import points, roubles

from chalicelib.programs.entry_size import usual_entry_bytes

MONTHLY = {"after": "1 year", "at": "end of month"}


def size(available: object, expires: object = "never") -> int:
    return usual_entry_bytes(roubles(currencies={"points": points(available=available, expires=expires)}))


def lots(available: object, expires: object = "never") -> int:
    """How many there are on the way, by what they add to an entry: each is as long as the others."""
    first, second = (size({"after": f"{days} days"}, expires) for days in (0, 1))
    more, rest = divmod(size(available, expires) - first, second - first)
    assert rest == 0
    return 1 + more


@pytest.mark.parametrize(
    ("wait", "moment", "expected"),
    [
        ("7 days", "start of day", 8),
        ("10 days", "end of week", 3),
        ("1 week", "end of week", 2),
        ("0 days", "end of month", 1),
        ("1 month", "end of month", 2),
        ("31 days", "end of month", 3),
        ("14 days", "end of quarter", 2),
        ("60 days", "end of day", 16),
    ],
)
def test_points_that_ripen_together_are_one_lot(wait: str, moment: str, expected: int) -> None:
    assert lots({"after": wait, "at": moment}) == expected


def test_points_that_ripen_together_and_end_on_different_days_are_lots_of_their_own() -> None:
    weekly = {"after": "1 week", "at": "end of week"}
    assert lots(weekly, {"after": "1 year"}) == 14
    assert lots({"after": "1 month", "at": "end of month"}, {"after": "1 year"}) == 16
    assert lots({"after": "1 month", "at": "end of month"}, MONTHLY) == 4
    assert lots(weekly, {"after": "1 year", "without": "activity"}) == 2
    assert lots(weekly, {"at": "end of membership year"}) == 3


def test_points_that_wait_for_a_delivery_until_they_give_up_end_there_day_by_day() -> None:
    waits = {"after": "0 days", "at": "end of month", "from": "delivery", "give_up": "5 days"}
    assert lots(waits) == 6
