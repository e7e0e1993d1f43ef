"""Limits that span orders, as owners write them: what is read and refused, which period counts, what people read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from program_factory import MOSCOW, at, paid, points, pricing, roubles, rule

from chalicelib.events import Amounts
from chalicelib.programs.activities import reward
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.counting import period
from chalicelib.programs.definition import Definition
from chalicelib.programs.limits import Budget, Limit, Span
from chalicelib.programs.lint import lint
from chalicelib.programs.pricing import price
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import explain_text, terms

HERE = ZoneCalendar(MOSCOW)


def limited(**keys: object) -> Definition:
    return roubles(earn=rule("5% as points", **keys))


def mistakes(**keys: object) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as caught:
        limited(**keys)
    return [(finding.path, finding.message) for finding in caught.value.findings]


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("span", ["day", "week", "month", "year", "billing period", "lifetime"])
def test_a_rule_may_have_a_limit_for_a_length_of_time(span: Span) -> None:
    (only,) = limited(at_most=f"3000 points per {span}").earn.orders
    assert (only.at_most, only.limit) == (None, Limit(3_000, span))


@pytest.mark.parametrize("text", ["300 points", "300 points per order"])
def test_a_limit_without_a_length_of_time_is_one_for_each_order(text: str) -> None:
    (only,) = limited(at_most=text).earn.orders
    assert (only.at_most, only.limit) == (300, None)


def test_a_rule_may_have_a_limit_for_each_order_and_one_for_a_length_of_time() -> None:
    (only,) = limited(at_most=["300 points per order", "3000 points per month"]).earn.orders
    assert (only.at_most, only.limit) == (300, Limit(3_000, "month"))


@pytest.mark.parametrize("when_short", ["partial", "all or nothing"])
def test_a_rule_may_have_a_budget_for_all_members(when_short: str) -> None:
    (only,) = limited(budget={"of": "10000 points", "when_short": when_short}).earn.orders
    assert only.limit == Budget(10_000, when_short)  # type: ignore[arg-type]


def test_a_rule_for_an_activity_may_have_a_limit_too() -> None:
    review = {"name": "a review", "on": "review.created", "give": "20 points", "once_per": "object"}
    definition = roubles(earn={"rules": [{**review, "at_most": "100 points per month"}]})
    assert definition.earn.activities[0].limit == Limit(100, "month")
    (want,) = reward(definition, pricing(), "review.created").wants
    assert (want.rule, want.points, want.most, want.period) == ("a review", 20, 100, "2026-03")


@pytest.mark.parametrize(
    ("keys", "path", "says"),
    [
        ({"at_most": "3000 points per moth"}, "at_most", "expected per order, day, week, month, year, billing period"),
        ({"at_most": "0 points per month"}, "at_most", "expected points such as"),
        ({"at_most": "-5 points per month"}, "at_most", "expected points such as"),
        ({"at_most": "2.5 points per month"}, "at_most", "expected points such as"),
        ({"at_most": "3000 stars per month"}, "at_most", "expected a name of points"),
        ({"at_most": ["30 points per day", "300 points per month"]}, "at_most", "at most one limit per order"),
        ({"at_most": []}, "at_most", "expected points such as 3000 points per month"),
        ({"budget": {"of": "10000 points"}}, "budget.when_short", "is missing"),
        ({"budget": {"of": "10000 points", "when_short": "some"}}, "budget.when_short", "all or nothing"),
        ({"budget": "10000 points"}, "budget", "expected a budget such as"),
        (
            {"at_most": "30 points per day", "budget": {"of": "100 points", "when_short": "partial"}},
            "budget",
            "a budget or a limit for each member, not both",
        ),
    ],
)
def test_what_cannot_be_a_limit_is_refused_with_what_would_be_one(
    keys: dict[str, object], path: str, says: str
) -> None:
    ((found, message),) = mistakes(**keys)
    assert found.removesuffix("[0]") == f"earn.rules[0].{path}"
    assert says in message


def test_an_activity_has_no_order_to_limit() -> None:
    review = {"name": "a review", "on": "review.created", "give": "20 points", "once_per": "object"}
    with pytest.raises(DefinitionError, match="an activity has no order"):
        roubles(earn={"rules": [{**review, "at_most": "100 points"}]})


def test_a_limit_counts_the_points_that_its_rule_gives() -> None:
    two = {"points": points(), "stars": points(names={"en": {"one": "star", "other": "stars"}})}
    with pytest.raises(DefinitionError, match="expected the points that this rule gives"):
        roubles(currencies=two, earn=rule("5% as points", at_most="30 stars per month"))


# --- periods --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "name"),
    [
        ("day", "2026-01-31"),
        ("week", "2026-W05"),
        ("month", "2026-01"),
        ("year", "2026"),
        ("lifetime", "lifetime"),
    ],
)
def test_a_late_event_of_31_january_23_50_in_moscow_counts_in_january(span: Span, name: str) -> None:
    assert period(span, HERE, occurred_at=at("2026-01-31 23:50"), member_since=0) == name


def test_half_past_one_on_1_february_in_moscow_is_february_though_it_is_january_in_utc() -> None:
    assert period("month", HERE, occurred_at=at("2026-02-01 01:30"), member_since=0) == "2026-02"


@pytest.mark.parametrize(
    ("when", "start"),
    [
        ("2026-03-16 00:00", "2026-03-16"),
        ("2026-04-15 23:59", "2026-03-16"),
        ("2026-04-16 00:00", "2026-04-16"),
        ("2026-01-03 12:00", "2025-12-16"),
        ("2025-10-20 12:00", "2025-10-16"),  # an order older than the account
    ],
)
def test_a_billing_period_is_16_march_to_15_april(when: str, start: str) -> None:
    since = at("2026-01-16 18:30")
    assert period("billing period", HERE, occurred_at=at(when), member_since=since) == f"from-{start}"


@pytest.mark.parametrize(
    ("when", "start"),
    [
        ("2026-02-27 12:00", "2026-01-31"),
        ("2026-02-28 00:00", "2026-02-28"),
        ("2026-03-30 12:00", "2026-02-28"),
        ("2026-03-31 00:00", "2026-03-31"),
    ],
)
def test_a_billing_period_of_a_31st_begins_on_the_last_day_of_a_shorter_month(when: str, start: str) -> None:
    since = at("2026-01-31 09:00")
    assert period("billing period", HERE, occurred_at=at(when), member_since=since) == f"from-{start}"


@given(
    born=some.integers(0, 20_000),
    earlier=some.integers(0, 20_000),
    days=some.integers(0, 31),
    hour=some.integers(0, 23),
)
def test_billing_periods_follow_each_other_without_gap_or_overlap(
    born: int, earlier: int, days: int, hour: int
) -> None:
    def start(day: int) -> str:
        when = HERE.start(HERE.day(0)) + day * 86_400_000 + hour * 3_600_000
        return period("billing period", HERE, occurred_at=when, member_since=born * 86_400_000)

    first, second = start(earlier), start(earlier + days)
    assert first <= second
    assert first.removeprefix("from-") <= HERE.day(earlier * 86_400_000 + hour * 3_600_000).isoformat()


def test_iso_weeks_belong_to_the_year_of_their_thursday() -> None:
    assert period("week", HERE, occurred_at=at("2027-01-01 12:00"), member_since=0) == "2026-W53"


# --- pricing --------------------------------------------------------------------------------------------------------


def test_an_order_says_what_limits_have_to_count_after_its_own_limit_and_rounding() -> None:
    definition = limited(at_most=["300 points per order", "3000 points per month"])
    target = price(definition, pricing(), paid(1_000_000), Amounts())
    (want,) = target.wants
    assert (want.points, want.most, want.period, want.metric) == (300, 3_000, "2026-03", "")
    assert target.worths[0].points == 300  # the limit itself is not applied here


def test_a_limit_counts_for_the_level_that_counts_its_points() -> None:
    levels = [{"name": "Base", "from": 0}, {"name": "Top", "from": 300}]
    tiers = {"measure": "points earned", "window": {"rolling": "12 months", "grain": "month"}, "levels": levels}
    definition = roubles(
        earn=rule("5% as points", at_most="3000 points per month"), tiers={**tiers, "downgrade": "at once"}
    )
    (want,) = price(definition, pricing(), paid(100_000), Amounts()).wants
    assert want.metric == "points earned"


# --- lint and texts -------------------------------------------------------------------------------------------------


def found(definition: Definition) -> list[tuple[str, str]]:
    return [(finding.path, finding.message) for finding in lint(definition, file="corner.yaml")]


def test_a_definition_may_have_eight_limits_and_not_nine() -> None:
    def many(count: int) -> Definition:
        rules = [{"name": f"r{n}", "give": "1% as points", "at_most": "9 points per day"} for n in range(count)]
        return roubles(earn={"rules": rules})

    assert [path for path, _ in found(many(8))] == []
    assert [path for path, _ in found(many(9))] == ["earn.rules"]


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"at_most": "10 points per month"}, "earn.rules[0].at_most"),
        ({"budget": {"of": "10 points", "when_short": "partial"}}, "earn.rules[0].budget"),
        ({"at_most": ["40 points per order", "30 points per month"]}, "earn.rules[0].at_most"),
    ],
)
def test_a_limit_that_makes_no_sense_is_found(keys: dict[str, object], path: str) -> None:
    assert [place for place, _ in found(roubles(earn=rule("20 points", **keys)))] == [path]


SPANS = ["day", "week", "month", "year", "billing period", "lifetime"]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("span", SPANS)
def test_the_terms_tell_each_limit_and_that_the_surplus_is_lost(span: str, language: str) -> None:
    lines = terms(limited(at_most=f"3000 points per {span}"), language)[0].sentences
    assert any("3,000 points" in line or "3\N{NO-BREAK SPACE}000 баллов" in line for line in lines)
    assert any("not kept for later" in line or "сгорают" in line for line in lines)


def test_the_terms_of_all_lengths_of_time_differ() -> None:
    told = {span: explain_text(limited(at_most=f"3000 points per {span}"), "ru") for span in SPANS}
    assert len(set(told.values())) == len(SPANS)


def test_the_terms_tell_what_a_budget_does_when_it_is_short() -> None:
    def told(when_short: str) -> str:
        return explain_text(limited(budget={"of": "10000 points", "when_short": when_short}), "en")

    assert "For all members together: 10,000 points." in told("partial")
    assert "you get what is left" in told("partial")
    assert "you get none" in told("all or nothing")
    assert "No limit for any length of time." in explain_text(roubles(), "en")
