"""Initials for shops without a logo."""

import pytest

from ops.looks.monogram import initials, letters


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bean Street Coffee", "BS"),
        ("momo salon", "MS"),
        ("The Corner Shop", "CS"),
        ("Кружок", "К"),
        ("Свой круг", "СК"),
        ("Хлеб и соль", "ХС"),
        ("ёлка", "Ё"),
        ("H&M", "HM"),
        ("T-Bank", "TB"),
        ("Domino's", "D"),
        ("7 Days", "7D"),
        ("straße", "S"),
        ("ﬁne wines", "FW"),
        ("the", "T"),
        ("咖啡", ""),
        ("—", ""),
        ("", ""),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


@pytest.mark.parametrize("name", ["W", "I", "Bean Street", "Щит", "Ёж Й", "—", "Mc Wm"])
def test_they_stand_in_the_middle_and_within_their_room(name: str) -> None:
    box = letters(name, 200, part=0.6).getbbox()

    assert box is not None
    left, top, right, bottom = box
    assert abs((left + right) / 2 - 100) <= 1.5
    assert abs((top + bottom) / 2 - 100) <= 1.5
    assert right - left <= 122
    assert bottom - top <= 122
    assert max(right - left, bottom - top) >= 60
