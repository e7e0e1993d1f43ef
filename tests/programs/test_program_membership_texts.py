"""What members read of conditions on them, and when a paid plan is said to pay off."""

import re

import pytest
from approved_files import APPROVED
from program_factory import roubles

from chalicelib.programs.breaking_even import pays_off_above
from chalicelib.programs.definition import Definition
from chalicelib.programs.membership_phrases import MEMBERSHIP_PHRASES
from chalicelib.programs.texts import terms


def test_both_languages_say_the_same_things_about_the_same_places() -> None:
    places = {
        language: {key: sorted(re.findall(r"{([a-z_]+)}", phrase)) for key, phrase in phrases.items()}
        for language, phrases in MEMBERSHIP_PHRASES.items()
    }
    assert places["ru"] == places["en"]


@pytest.mark.parametrize("language", sorted(MEMBERSHIP_PHRASES))
def test_every_phrase_about_members_is_part_of_an_approved_text(language: str) -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in (APPROVED / "texts").glob(f"*.{language}.txt"))
    parts = {key: re.split(r"{[a-z_]+}", phrase) for key, phrase in MEMBERSHIP_PHRASES[language].items()}
    unsaid = [key for key, phrase in parts.items() if not re.search(".+".join(map(re.escape, phrase)), told)]
    assert unsaid == []


def plans(fee: str, *rules: dict[str, object], worth: str | None = "1 RUB") -> Definition:
    points: dict[str, object] = {
        "names": {
            "en": {"one": "point", "other": "points"},
            "ru": {"one": "балл", "few": "балла", "many": "баллов", "other": "балла"},
        },
        "available": "at once",
        "expires": "never",
    }
    return roubles(
        currencies={"points": points | ({"worth": worth} if worth else {})},
        plans={"pro": {"fee": fee, "every": "1 month"}},
        earn={"rules": list(rules)},
    )


def pro(give: str) -> dict[str, object]:
    return {"name": "pro", "give": give, "when": {"plan": "pro"}}


@pytest.mark.parametrize(
    ("give", "worth", "kopecks"),
    [
        ("10% as points", "1 RUB", 199_000),  # 199 roubles of fee at 10% are 1 990
        ("10% as points", "0.50 RUB", 398_000),
        ("1 point per 20 RUB", "1 RUB", 398_000),
        ("3% as points", "1 RUB", 663_334),  # 6 633.33 would bring a little less than the fee
    ],
)
def test_a_paid_membership_shows_from_which_spending_on_it_pays_off(give: str, worth: str, kopecks: int) -> None:
    """Its worth depends on how much somebody buys, so the member sees the break-even."""
    definition = plans("199 RUB", pro(give), worth=worth)
    assert pays_off_above(definition, definition.membership.plans[0]) == kopecks


def test_what_everybody_earns_without_the_plan_is_not_its_merit() -> None:
    without = {"name": "plain", "give": "2% as points", "when": {"without_plan": "pro"}}
    definition = plans("199 RUB", pro("10% as points"), without)
    assert pays_off_above(definition, definition.membership.plans[0]) == 248_750


@pytest.mark.parametrize(("give", "worth"), [("50 points", "1 RUB"), ("10% as points", None)])
def test_nothing_is_said_of_a_plan_whose_points_have_no_share_or_no_worth(give: str, worth: str | None) -> None:
    definition = plans("199 RUB", pro(give), worth=worth)
    assert pays_off_above(definition, definition.membership.plans[0]) is None


def test_ages_in_russian_take_the_case_that_their_number_needs() -> None:
    ages = {"age": "21 and over"}, {"age": "under 31"}, {"age": "under 18"}, {"age": "under 111"}
    rules = [{"name": f"rule {number}", "give": "5 points", "when": when} for number, when in enumerate(ages)]
    told = "\n".join(line for section in terms(roubles(earn={"rules": rules}), "ru") for line in section.sentences)
    for words in ("не меньше 21 года", "меньше 31 года", "меньше 18 лет", "меньше 111 лет"):
        assert words in told


def test_a_program_that_asks_nothing_of_members_says_nothing_of_them() -> None:
    titles = [section.title for section in terms(roubles(), "en")]
    assert MEMBERSHIP_PHRASES["en"]["title"] not in titles
