"""Households as a program says them."""

import pytest
from program_factory import roubles

from chalicelib.programs.households import Households
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import terms


def test_a_program_says_how_many_members_use_points_together() -> None:
    definition = roubles(households={"members": 6})
    assert definition.households == Households(6)
    for language, title, count in (("en", "Households", "6."), ("ru", "Семейные группы", "6.")):
        (section,) = [section for section in terms(definition, language) if section.title == title]
        assert section.sentences[1].endswith(count)
    assert all(section.title != "Households" for section in terms(roubles(), "en"))


@pytest.mark.parametrize("members", ["1", "9", "many"])
def test_a_number_that_one_transaction_cannot_hold_is_pointed_out(members: str) -> None:
    with pytest.raises(DefinitionError):
        roubles(households={"members": members})
