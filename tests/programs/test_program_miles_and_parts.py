"""Points under other names and purchases paid in parts need no block of their own."""

import pytest
from program_factory import paid, points, pricing, roubles

from chalicelib.events import Amounts
from chalicelib.programs.pricing import price
from chalicelib.programs.texts import terms

MILES = {
    "en": {"one": "mile", "other": "miles"},
    "ru": {"one": "миля", "few": "мили", "many": "миль", "other": "мили"},
}


def test_miles_are_points_with_a_name_of_their_own_beside_others() -> None:
    definition = roubles(
        currencies={"points": points(), "miles": points(names=MILES)},
        earn={
            "rules": [
                {"name": "shopping", "give": "5% as points"},
                {"name": "travel", "give": "1 mile per 30 RUB"},
            ]
        },
    )
    target = price(definition, pricing(), paid(1_000_00), Amounts())
    assert {worth.currency: worth.points for worth in target.worths} == {"points": 50, "miles": 33}
    told = [line for section in terms(definition, "ru") for line in section.sentences]
    assert any("1 миля" in line for line in told)


@pytest.mark.parametrize(("paid_so_far", "earned"), [(250_00, 12), (500_00, 25), (750_00, 37), (1_000_00, 50)])
def test_a_purchase_paid_in_instalments_earns_for_what_has_been_paid_and_in_the_end_for_all(
    paid_so_far: int, earned: int
) -> None:
    [worth] = price(roubles(), pricing(), paid(paid_so_far), Amounts()).worths
    assert worth.points == earned
