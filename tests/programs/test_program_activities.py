"""What an activity is worth: its rules added up, in lots and measures like those of an order, without the level."""

import pytest
from program_factory import at, paid, points, pricing, roubles

from chalicelib.events import Amounts
from chalicelib.ledger.documents import Lot, Pricing, Rolling, Target, Want, Worth
from chalicelib.ledger.journal import NEVER
from chalicelib.programs.activities import reward, rewarded
from chalicelib.programs.definition import Definition
from chalicelib.programs.pricing import price
from chalicelib.programs.texts import terms

REVIEW = {"on": "review.created", "once_per": "object"}
LEVELS = [{"name": "Base", "from": 0}, {"name": "Top", "from": 10, "multiply": 2}]
STARS = {
    "en": {"one": "star", "other": "stars"},
    "ru": {"one": "звезда", "few": "звезды", "many": "звёзд", "other": "звезды"},
}


def shop(measure: str = "points earned") -> Definition:
    """A review gives 20 points and 5 more, and 3 stars; 5% of an order comes back in points."""
    currencies = {
        "points": points(expires={"after": "12 months", "without": "activity"}),
        "stars": points(names=STARS, available={"after": "1 week"}, expires={"after": "1 year", "at": "end of month"}),
    }
    rules = [
        {"name": "shopping", "give": "5% as points"},
        {"name": "a review", "give": "20 points", **REVIEW},
        {"name": "a star", "give": "3 stars", "at_most": "9 stars per month", **REVIEW},
        {"name": "spring", "give": "5 points", "budget": {"of": "500 points", "when_short": "partial"}, **REVIEW},
    ]
    levels = [LEVELS[0], {**LEVELS[1], "from": "10 RUB"}] if measure == "money spent" else LEVELS
    tiers = {"measure": measure, "window": {"rolling": "12 months"}, "levels": levels}
    return roubles(currencies=currencies, earn={"rules": rules}, tiers=tiers)


def test_an_activity_is_worth_all_its_rules_and_the_level_multiplies_none_of_them() -> None:
    assert reward(shop(), pricing("Top"), "review.created") == Target(
        worths=(
            Worth("points", 25, Lot(at("2027-03-02 00:00"))),
            Worth("stars", 3, Lot(at("2027-04-01 00:00"), at("2026-03-08 00:00"))),
        ),
        rolling=(Rolling("points earned", 25, at("2027-04-01 00:00")),),
        keep_alive={"points": at("2027-03-02 00:00")},
        rules=("a review", "a star", "spring"),
        wants=(
            Want("a star", "stars", 3, 9, period="2026-03"),
            Want("spring", "points", 5, 500, metric="points earned", when_short="partial"),
        ),
    )


def test_an_activity_nobody_rewards_is_worth_nothing_but_keeps_points_alive() -> None:
    target = reward(shop(), pricing(), "newsletter.joined")
    assert target == Target(keep_alive={"points": at("2027-03-02 00:00")})
    assert rewarded(shop(), "newsletter.joined") == ()


@pytest.mark.parametrize("measure", ["money spent", "stars earned"])
def test_an_activity_counts_only_for_levels_by_the_points_it_gives(measure: str) -> None:
    rolling = reward(shop(measure), pricing(), "review.created").rolling
    assert [(part.metric, part.points) for part in rolling] == ([("stars earned", 3)] if measure[0] == "s" else [])


def test_an_activity_that_gives_other_points_than_the_levels_count_adds_nothing_to_them() -> None:
    rules = [{"name": "shopping", "give": "5% as points"}, {"name": "a star", "give": "3 stars", **REVIEW}]
    two = {"points": points(), "stars": points(names=STARS)}
    tiers = {"measure": "points earned", "window": "lifetime", "levels": LEVELS}
    definition = roubles(currencies=two, earn={"rules": rules}, tiers=tiers)
    assert reward(definition, pricing(), "review.created").rolling == ()
    assert reward(roubles(currencies=two, earn={"rules": rules}), pricing(), "review.created").rolling == ()


def test_an_order_is_worth_its_rules_in_lots_measures_limits_and_names() -> None:
    """1,000 roubles of goods at the highest level: 5% doubled."""
    rules = [
        {"name": "shopping", "give": "5% as points", "at_most": "3000 points per year"},
        {"name": "stars", "give": "1 star per 300 RUB", "budget": {"of": "50 stars", "when_short": "all or nothing"}},
        {"name": "big", "give": "7 points", "min_order": "1000.01 RUB"},
    ]
    currencies = {"points": points(expires={"after": "12 months", "without": "activity"}), "stars": points(names=STARS)}
    tiers = {"measure": "stars earned", "window": {"rolling": "12 months"}, "levels": LEVELS}
    definition = roubles(currencies=currencies, earn={"rules": rules}, tiers=tiers)
    assert price(definition, pricing("Top"), paid(100_000), Amounts()) == Target(
        worths=(Worth("points", 100, Lot(at("2027-03-02 00:00"))), Worth("stars", 6, Lot(NEVER))),
        rolling=(Rolling("stars earned", 6, at("2027-04-01 00:00")),),
        keep_alive={"points": at("2027-03-02 00:00")},
        rules=("shopping", "stars"),
        wants=(
            Want("shopping", "points", 100, 3000, period="2026"),
            Want("stars", "stars", 6, 50, metric="stars earned", when_short="all or nothing"),
        ),
    )


def told_late(definition: Definition, told: str) -> Lot:
    context = pricing()
    late = Pricing(context.version, "", context.occurred_at, member_since=0, told_at=at(told))
    return price(definition, late, paid(100_000), Amounts()).worths[0].lot


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ("2026-03-01 12:00", "2026-04-01 00:00"),
        ("2026-03-24 23:59", "2026-04-01 00:00"),
        ("2026-03-25 00:00", "2026-04-02 00:00"),
        ("2026-06-10 08:00", "2026-06-18 00:00"),
    ],
)
def test_points_told_late_live_at_least_a_week_from_then(told: str, end: str) -> None:
    expires = {"after": "30 days", "late": {"min_life": "7 days"}}
    assert told_late(roubles(currencies={"points": points(expires=expires)}), told) == Lot(at(end))


def test_points_of_an_activity_told_late_live_as_long() -> None:
    expires = {"after": "30 days", "late": {"min_life": "7 days"}}
    rules = [{"name": "a review", "give": "20 points", **REVIEW}]
    definition = roubles(currencies={"points": points(expires=expires)}, earn={"rules": rules})
    context = pricing()
    late = Pricing(context.version, "", context.occurred_at, member_since=0, told_at=at("2026-06-10 08:00"))
    assert reward(definition, late, "review.created").worths[0].lot == Lot(at("2026-06-18 00:00"))


def test_points_without_a_least_life_end_when_they_would_have_ended() -> None:
    expires = {"after": "30 days"}
    assert told_late(roubles(currencies={"points": points(expires=expires)}), "2026-06-10 08:00") == Lot(
        at("2026-04-01 00:00")
    )


@pytest.mark.parametrize(
    ("give_up", "expires", "expected"),
    [
        ("60 days", {"after": "1 year"}, Lot(at("2026-05-01 00:00"), at("2026-05-01 00:00"))),
        ("12 months", {"after": "1 year"}, Lot(at("2027-03-02 00:00"), NEVER)),
        ("60 days", "never", Lot(at("2026-05-01 00:00"), at("2026-05-01 00:00"))),
    ],
)
def test_points_stop_waiting_for_a_delivery_at_the_end_of_a_day_unless_they_end_before(
    give_up: str, expires: object, expected: Lot
) -> None:
    waits = {"after": "14 days", "from": "delivery", "give_up": give_up}
    definition = roubles(currencies={"points": points(available=waits, expires=expires)})
    assert price(definition, pricing(), paid(100_000), Amounts()).worths[0].lot == expected
    delivered = paid(100_000, delivered_at=at("2026-03-04 09:00"))
    assert price(definition, pricing(), delivered, Amounts()).worths[0].lot.at == at("2026-03-18 00:00")


@pytest.mark.parametrize(
    ("language", "without", "with_deeds"),
    [
        (
            "en",
            "All of them live for 12 months after your last order or use of points,",
            "All of them live for 12 months after the last time that you order, use points "
            "or do something else that brings points,",
        ),
        (
            "ru",
            "Все они действуют 12 месяцев после последнего заказа или траты баллов,",
            "Все они действуют 12 месяцев после последнего заказа, траты баллов "
            "или другого действия, за которое есть баллы,",
        ),
    ],
)
def test_members_read_that_rewarded_activities_keep_points_alive_too(
    language: str, without: str, with_deeds: str
) -> None:
    currencies = {"points": points(expires={"after": "12 months", "without": "activity"})}
    rules = [{"name": "shopping", "give": "5% as points"}, {"name": "review", "give": "20 points", **REVIEW}]
    for earn, expected in (({"rules": rules[:1]}, without), ({"rules": rules}, with_deeds)):
        sections = terms(roubles(currencies=currencies, earn=earn), language)
        lives = [line for section in sections for line in section.sentences if line.startswith(expected[:12])]
        assert [line.partition(",")[0] for line in lives] == [expected.partition(",")[0]]
        assert lives[0].startswith(expected)
