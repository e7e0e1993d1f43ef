"""What lint finds in definitions that can be read."""

import msgspec
import pytest
from program_factory import BEAN_STREET, bean_street, points, roubles, rule

from chalicelib.programs.definition import Definition
from chalicelib.programs.entry_size import crowded_entry_bytes, largest_entry_bytes, usual_entry_bytes
from chalicelib.programs.lint import lint
from chalicelib.programs.lint_card import contrast_of


def found(definition: Definition) -> list[tuple[str, str]]:
    return [(finding.weight, finding.path) for finding in lint(definition, file="x.yaml")]


def tiers(*levels: dict[str, object], **keys: object) -> Definition:
    return roubles(tiers={"measure": "points earned", "window": "lifetime", "levels": list(levels), **keys})


BASE = {"name": "Base", "from": 0}


def test_bean_street_and_a_plain_program_have_nothing_to_mend() -> None:
    assert [] == found(bean_street()) == found(roubles()) == found(tiers(BASE, {"name": "Top", "from": 9}))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([{"name": "Base", "from": 5}], [("error", "tiers.levels[0].from")]),
        ([BASE, {"name": "Top", "from": 0}], [("error", "tiers.levels[1].from")]),
        ([BASE, {"name": "Top", "from": 9}, {"name": "Mid", "from": 5}], [("error", "tiers.levels[2].from")]),
        ([BASE, {"name": "Base", "from": 5}], [("error", "tiers.levels[1].name")]),
        ([{**BASE, "multiply": 2}, {"name": "Top", "from": 9}], [("error", "tiers.levels[1].multiply")]),
        ([{**BASE, "perks": ["early_access"]}, {"name": "Top", "from": 9}], [("warning", "tiers.levels[1].perks")]),
    ],
)
def test_levels_leave_no_gap_and_never_fall(levels: list[dict[str, object]], expected: list[tuple[str, str]]) -> None:
    assert expected == found(tiers(*levels))


def test_a_gap_below_the_first_level_is_told_in_the_measures_own_terms() -> None:
    (finding,) = lint(tiers({"name": "Bronze", "from": 50_000}), file="x.yaml")
    assert finding.message == "members below 50,000 have no level"


def test_levels_that_no_order_can_reach_are_found() -> None:
    two = {"points": points(), "stars": points(names={"en": {"one": "star", "other": "stars"}})}
    rules = [
        {"name": "shopping", "give": "5% as points"},
        {"name": "review", "on": "review.created", "give": "1 star", "once_per": "object"},
    ]
    definition = roubles(
        languages=["en"],
        currencies={"points": points(names={"en": {"one": "point", "other": "points"}}), "stars": two["stars"]},
        earn={"rules": rules},
        tiers={"measure": "stars earned", "window": "lifetime", "levels": [BASE, {"name": "Top", "from": 5}]},
    )
    assert found(definition) == [("error", "tiers.measure")]


def test_points_that_no_rule_gives_are_found() -> None:
    english = {"points": points(names={"en": {"one": "point", "other": "points"}})}
    coins = points(names={"en": {"one": "coin", "other": "coins"}})
    definition = roubles(languages=["en"], currencies={**english, "coins": coins})
    assert found(definition) == [("error", "currencies.coins")]


@pytest.mark.parametrize(
    ("expires", "available", "is_wrong"),
    [
        ({"after": "1 month"}, {"after": "28 days"}, False),
        ({"after": "1 month"}, {"after": "29 days"}, True),
        ({"after": "1 month"}, {"after": "31 days"}, True),
        ({"after": "1 month", "at": "end of month"}, {"after": "31 days"}, False),
        ({"after": "14 days"}, {"after": "14 days", "at": "end of week", "from": "delivery"}, True),
        ("never", {"after": "10 years"}, False),
    ],
)
def test_points_must_be_usable_before_they_end_on_every_day_of_the_year(
    expires: object, available: object, is_wrong: bool
) -> None:
    definition = roubles(currencies={"points": points(expires=expires, available=available)})
    errors = [path for weight, path in found(definition) if weight == "error"]
    assert errors == (["currencies.points.expires"] if is_wrong else [])


@pytest.mark.parametrize(
    ("names", "path", "told"),
    [
        ({"en": {"other": "points"}}, "currencies.points.names.en", "missing: one"),
        ({"ru": {"one": "балл", "other": "балла"}}, "currencies.points.names.ru", "missing: few, many"),
    ],
)
def test_every_plural_form_a_language_counts_with_must_be_given(names: dict[str, object], path: str, told: str) -> None:
    whole = {**points()["names"], **names}  # type: ignore[dict-item]
    (finding,) = lint(roubles(currencies={"points": points(names=whole)}), file="x.yaml")
    assert (path, True) == (finding.path, told in finding.message)


def test_a_language_without_a_name_for_the_points_is_found() -> None:
    names = {"en": {"one": "point", "other": "points"}}
    (finding,) = lint(roubles(currencies={"points": points(names=names)}), file="x.yaml")
    assert (finding.path, "Russian" in finding.message) == ("currencies.points.names", True)
    assert "one, few, many, other" in finding.suggestion or "few, many, one, other" in finding.suggestion


def test_a_language_in_which_no_terms_are_written_is_a_warning() -> None:
    names = {"en": {"one": "point", "other": "points"}, "de": {"one": "Punkt", "other": "Punkte"}}
    definition = roubles(languages=["en", "de"], currencies={"points": points(names=names)})
    assert found(definition) == [("warning", "languages[1]")]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_the_ratio_of_the_accessibility_guidelines(one: str, other: str, expected: float) -> None:
    assert expected == round(contrast_of(one, other), 2) == round(contrast_of(other, one), 2)


def test_colours_that_are_hard_to_read_are_a_warning() -> None:
    card = {"background": "#777777", "text": "#ffffff", "label": "#000000"}
    assert found(roubles(card=card)) == [("warning", "card.text")]


def test_points_that_pay_need_a_worth() -> None:
    worthless = points()
    del worthless["worth"]
    definition = roubles(currencies={"points": worthless}, redeem={"pay": {"min": "20 points"}})
    assert found(definition) == [("error", "currencies.points")]


def test_the_fewest_points_must_be_worth_a_coin() -> None:
    tiny = points(worth="0.0001 RUB")
    definition = roubles(currencies={"points": tiny}, redeem={"pay": {"min": "20 points"}})
    assert found(definition) == [("error", "redeem.pay.min")]


@pytest.mark.parametrize(("share", "is_wrong"), [("4% of goods", True), ("5% of goods", False)])
def test_points_that_come_faster_than_they_can_be_used_are_a_warning(share: str, is_wrong: bool) -> None:
    definition = roubles(redeem={"pay": {"min": "20 points", "at_most": share}})
    assert ([("warning", "redeem.pay")] if is_wrong else []) == found(definition)


def test_two_rules_of_one_name_are_found() -> None:
    rules = [{"name": "shopping", "give": "5% as points"}, {"name": "shopping", "give": "1 point"}]
    assert found(roubles(earn={"rules": rules})) == [("error", "earn.rules[1].name")]


def test_a_limit_below_what_the_rule_gives_is_found() -> None:
    assert found(roubles(earn=rule("20 points", at_most="10 points"))) == [("error", "earn.rules[0].at_most")]


def test_bean_street_accounts_stay_below_a_kilobyte() -> None:
    assert 700 < usual_entry_bytes(bean_street()) <= 1024
    assert usual_entry_bytes(bean_street()) < crowded_entry_bytes(bean_street()) <= 2048
    assert crowded_entry_bytes(bean_street()) < largest_entry_bytes(bean_street()) < 400 * 1024


@pytest.mark.parametrize(("days", "weight"), [(100, "note"), (2000, "error")])
def test_a_window_that_is_remembered_day_by_day_has_its_price(days: int, weight: str) -> None:
    window = {"rolling": f"{days} days", "grain": "day"}
    definition = tiers(BASE, {"name": "Top", "from": 9}, window=window)
    assert [(weight, "tiers.window")] == found(definition)


def test_a_finding_has_file_line_and_what_would_help() -> None:
    spoiled = msgspec.structs.replace(
        bean_street(), card=msgspec.structs.replace(bean_street().card, text="#2b1d14", level_colours={})
    )
    line = BEAN_STREET[: BEAN_STREET.index('text: "#')].count("\n") + 1
    (finding,) = lint(spoiled, file="bean-street.yaml")
    assert ("bean-street.yaml", line, "card.text") == (finding.file, finding.line, finding.path)
    assert finding.suggestion == "Choose a lighter or a darker colour."
    assert str(finding).startswith(f"bean-street.yaml:{line}:1: card.text: this colour is hard to read")


def test_the_line_of_something_not_written_is_that_of_the_block_around_it() -> None:
    definition = msgspec.structs.replace(roubles(), lines={"currencies": 7})
    missing = msgspec.structs.replace(definition, languages=("en", "ru", "fr"))
    places = {(finding.path, finding.line) for finding in lint(missing, file="x.yaml")}
    assert places == {("languages[2]", 1), ("currencies.points.names", 7)}


def test_findings_come_in_the_files_order() -> None:
    definition = roubles(
        card={"background": "#777777", "text": "#777777", "label": "#777777"},
        currencies={"points": points(names={"en": {"other": "points"}, "ru": {"other": "баллы"}})},
    )
    lines = [finding.line for finding in lint(definition, file="x.yaml")]
    assert len(lines) == 4
    assert lines == sorted(lines)
