"""Levels in the terms: every rule is said, nothing that no rule backs, in English and Russian."""

from typing import Any

import pytest
from program_factory import points, roubles

from chalicelib.programs.definition import Definition
from chalicelib.programs.texts import benefits, explain_text, terms
from chalicelib.programs.tier_texts import tier_lines

BASE: dict[str, Any] = {"name": "Base", "from": 0}
GOLD: dict[str, Any] = {"name": "Gold", "from": "10000 RUB spent"}
LIMITED = {"rules": [{"name": "shopping", "give": "5% as points", "at_most": "100 points per month"}]}


def program(*levels: dict[str, Any], window: object = "lifetime", **keys: Any) -> Definition:
    return roubles(tiers={"window": window, "levels": [BASE, *(levels or (GOLD,))], **keys}, earn=LIMITED)


def said(definition: Definition, language: str) -> list[str]:
    return tier_lines(definition, language, is_for_owner=False)


@pytest.mark.parametrize(
    ("window", "english", "russian"),
    [
        (
            {"calendar": "year"},
            ["Each calendar year counts by itself.", "A level is yours to the end of that year."],
            ["Каждый календарный год считается отдельно.", "Уровень действует до конца этого года."],
        ),
        (
            {"calendar": "half-year", "valid": "through the next half-year"},
            ["Each half of a calendar year counts by itself.", "A level is yours to the end of the half-year after."],
            ["Каждое календарное полугодие считается отдельно.", "Уровень действует до конца следующего полугодия."],
        ),
        (
            {"calendar": "year", "valid": "through February after the next year"},
            [
                "Each calendar year counts by itself.",
                "A level is yours through the year after, and then to the end of February.",
            ],
            [
                "Каждый календарный год считается отдельно.",
                "Уровень действует весь следующий год и ещё в начале года после него; последний месяц — февраль.",
            ],
        ),
        (
            {"previous": "month"},
            ["Your level in a month is decided by the full calendar month before it."],
            ["Ваш уровень в каждом месяце определяет предыдущий календарный месяц."],
        ),
        (
            {"membership": "year"},
            [
                "Your own year counts, which begins on the day of your first points; each one by itself.",
                "A level is yours to the end of that year of yours.",
            ],
            [
                "Считается ваш год участия: он начинается каждый год в день ваших первых баллов. Каждый — отдельно.",
                "Уровень действует до конца этого года участия.",
            ],
        ),
    ],
)
def test_the_time_that_counts_is_said(window: object, english: list[str], russian: list[str]) -> None:
    definition = program(window=window)
    assert said(definition, "en")[1 : 1 + len(english)] == english
    assert said(definition, "ru")[1 : 1 + len(russian)] == russian


def test_a_level_of_limited_time_does_not_promise_to_be_lost_at_once() -> None:
    lines = said(program(window={"from_entry": "1 year"}), "en")
    assert "A level that you reach is yours for this long: 1 year. Then what you collected in it decides." in lines
    assert not [line for line in lines if "at once" in line]


@pytest.mark.parametrize(
    ("start", "english", "russian"),
    [
        ("1 order", "1 order", "1 заказ"),
        ("22 orders", "22 orders", "22 заказа"),
        ("5 orders", "5 orders", "5 заказов"),
        ("1 visit", "1 day with a purchase", "1 день с покупками"),
        ("3 effective referrals", "3 friends who came", "3 друга по приглашению"),
        ("5 effective referrals ever", "5 friends who came in all your time", "5 друзей по приглашению за всё время"),
        ("21 units of nights", "21 × nights", "nights: 21"),
        ("1000 RUB spent", "RUB\xa01,000 spent", "покупки на 1\xa0000\xa0₽"),
        ("300 points earned", "300 points earned", "начислено 300 баллов"),
    ],
)
def test_each_measure_is_counted_in_words_as_the_language_does(start: str, english: str, russian: str) -> None:
    definition = program({"name": "Gold", "from": start})
    assert f"Gold — {english}, points × 1." in said(definition, "en")
    assert f"Gold — {russian}, баллы × 1." in said(definition, "ru")


def test_ways_are_joined_by_or_and_needs_by_and() -> None:
    start = {"any": ["10000 RUB spent", {"all": ["2 orders", "3 effective referrals"]}]}
    definition = program({"name": "Gold", "from": start})
    english = "Gold — RUB\xa010,000 spent, or 2 orders and 3 friends who came, points × 1."
    russian = "Gold — покупки на 10\xa0000\xa0₽, или 2 заказа и 3 друга по приглашению, баллы × 1."
    assert (english in said(definition, "en"), russian in said(definition, "ru")) == (True, True)


def test_what_a_level_brings_is_said_to_customers_too() -> None:
    gold = {**GOLD, "limits": {"shopping": "300 points"}, "points": "never expire", "perks": ["early_access"]}
    lines = benefits(program(gold), "en")
    assert "Gold — “shopping” gives at most 300 points in its time." in lines
    assert "Gold — points that you earn do not expire." in lines
    assert "Gold also brings: early access." in lines


def test_points_that_end_by_inactivity_and_a_level_on_which_they_do_not_are_said() -> None:
    levels = [BASE, {**GOLD, "points": "never expire"}]
    idle = {"points": points(expires={"after": "6 months", "without": "activity"})}
    definition = roubles(currencies=idle, tiers={"window": "lifetime", "levels": levels}, earn=LIMITED)
    english = "Gold — as long as you hold it, no points end because nothing happens."
    russian = "Gold — пока у вас этот уровень, баллы не сгорают из-за отсутствия активности."
    assert (english in benefits(definition, "en"), russian in benefits(definition, "ru")) == (True, True)
    assert "Gold — points that you earn do not expire." not in benefits(definition, "en")


def test_how_levels_are_lost_is_said() -> None:
    way = {"grace": "21 days", "at": "end of month", "one_level_every": "3 months"}
    assert said(program(downgrade=way, after_refund="at once"), "ru")[-4:] == [
        "Если набранного для уровня больше не хватает, он сохраняется ещё некоторое время: 21 день.",
        "Уровень, для которого набранного больше не хватает, действует до конца того месяца.",
        "Теряется по одному уровню; следующий — не раньше чем через такой срок: 3 месяца.",
        "Если возвращены деньги, без которых уровень не был бы достигнут, он теряется сразу.",
    ]
    assert said(program(downgrade="never"), "ru")[-1] == "Со временем уровень не теряется."


def test_terms_to_hold_a_level_are_said() -> None:
    gold = {**GOLD, "keep": {"from": "5000 RUB spent", "in_each_of": "3 months"}}
    lines = said(program(gold, window={"calendar": "month"}), "en")
    kept = lines.index("This keeps Gold, too, in each of the last full periods (3 months): RUB\xa05,000 spent.")
    assert (
        lines[kept + 1] == "You keep Gold at least so long after you reach it, and each time you are found to hold it."
    )


def test_the_order_that_reaches_a_level_is_said_to_count_or_not() -> None:
    both = [said(program(new_level_from=which), "en") for which in ("the order that reaches it", "the next order")]
    assert "The order with which you reach a level already counts with it." in both[0]
    assert "The level you have before an order decides what the order earns." in both[1]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_level_by_invitation_reads_in_the_whole_terms(language: str) -> None:
    definition = program({"name": "Inner", "from": "by invitation"})
    told = {"en": "Inner — by invitation, points × 1.", "ru": "Inner — по приглашению, баллы × 1."}[language]
    assert any(told in section.sentences for section in terms(definition, language))
    assert told in explain_text(definition, language)
