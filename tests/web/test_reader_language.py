"""Which language a page speaks, and how it says numbers, days and points."""

from datetime import date

import pytest
from web_samples import NAMES

from chalicelib.programs.tiers import PERKS
from chalicelib.web.language import Speech, choose

_TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-US,en;q=0.9,ru;q=0.8", "en"),
        ("ru;q=0.3, en;q=0.7", "en"),
        ("de, ru;q=0.5", "ru"),
        ("de, fr", "en"),
        ("RU", "ru"),
        ("en;q=0, *", "ru"),
        ("en;q=0", "en"),  # nothing else is wished for: the program's default
        ("*", "en"),
        ("ru;q=1.5, en;q=0.1", "en"),  # not a weight: the range is ignored
        ("ru;q=", "en"),
        (";;;,,,=", "en"),
        ("ru" * 10_000, "en"),
    ],
)
def test_the_best_wish_that_the_program_speaks_wins(header: str, expected: str) -> None:
    assert expected == choose(header, ("en", "ru"))


def test_equal_wishes_are_met_in_the_readers_order() -> None:
    assert choose("ru, en", ("en", "ru")) == "ru"


def test_the_programs_first_language_is_the_default() -> None:
    assert choose("de", ("ru", "en")) == "ru"


def test_an_explicit_choice_wins_when_it_can_be_had() -> None:
    assert choose("en", ("en", "ru"), asked="ru") == "ru"
    assert choose("en", ("en", "ru"), asked="de") == "en"


def test_a_program_in_other_languages_still_gets_pages() -> None:
    assert choose("de", ("de",)) == "en"


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [
        (0, "0 beans", "0 зёрен"),
        (1, "1 bean", "1 зерно"),
        (3, "3 beans", "3 зерна"),
        (5, "5 beans", "5 зёрен"),
        (11, "11 beans", "11 зёрен"),
        (21, "21 beans", "21 зерно"),
        (-1, "−1 bean", "−1 зерно"),
        (1_250, "1,250 beans", "1 250 зёрен"),
    ],
)
def test_points_follow_the_plural_rules_of_the_language(count: int, english: str, russian: str) -> None:
    assert english == Speech("en").points(count, NAMES).replace("\u00a0", " ")
    assert russian == Speech("ru").points(count, NAMES).replace("\u00a0", " ")


def test_a_day_names_its_year_only_when_it_is_another_one() -> None:
    assert Speech("en").day(date(2026, 12, 31), today=_TODAY) == "31 December"
    assert Speech("en").day(date(2027, 1, 31), today=_TODAY) == "31 January 2027"
    assert Speech("ru").day(date(2026, 12, 31), today=_TODAY) == "31 декабря"
    assert Speech("ru").day(date(2027, 1, 31), today=_TODAY).replace("\u202f", " ") == "31 января 2027 г."


def test_a_day_begins_where_the_program_is() -> None:
    half_past_eleven_in_london = 1_798_759_800_000  # 31 December 2026, 23:30 UTC

    assert Speech("en", "Europe/London").local_date(half_past_eleven_in_london) == date(2026, 12, 31)
    assert Speech("en", "Europe/Berlin").local_date(half_past_eleven_in_london) == date(2027, 1, 1)


def test_a_change_is_written_with_its_sign() -> None:
    speech = Speech("en")

    assert [speech.signed(change) for change in (5, 0, -5)] == ["+5", "0", "−5"]


def test_every_perk_is_a_line_of_words_in_both_languages() -> None:
    assert Speech("ru").perk("free_delivery") == "Бесплатная доставка"
    assert all("_" not in Speech(language).perk(name) for language in ("en", "ru") for name in PERKS)
