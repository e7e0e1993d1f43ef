"""Activities as a program says them: what they are called, what they count once for, and what they must amount to."""

import copy

import pytest
from program_factory import at, points, pricing, roubles

from chalicelib.ledger.documents import Deed
from chalicelib.programs.activities import reward, thing
from chalicelib.programs.activity_texts import says
from chalicelib.programs.deeds import KNOWN
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.texts import terms

TASTING = {
    "tasting.attended": {
        "says": {"en": "for coming to a tasting", "ru": "за приход на дегустацию"},
        "each": {"en": "for each tasting", "ru": "за каждую дегустацию"},
    }
}


def shop(*rules: dict[str, object], **blocks: object) -> Definition:
    """Orders earn, and so do the activities of these rules."""
    named = [{"name": f"rule {number}", **rule} for number, rule in enumerate(rules)]
    return roubles(earn={"rules": [{"name": "shopping", "give": "5% as points"}, *named]}, **blocks)


def doing(activity: str, give: str = "10 points", once: str = "object", **keys: object) -> dict[str, object]:
    return {"on": activity, "give": give, "once_per": once, **keys}


def worth(definition: Definition, activity: str, deed: Deed) -> int:
    return sum(worth.points for worth in reward(definition, pricing(), activity, (deed,)).worths)


@pytest.mark.parametrize("activity", KNOWN)
def test_every_known_activity_can_be_rewarded_and_is_said_in_both_languages(activity: str) -> None:
    """Rows 37, 38, 39: reviews, sharing, contests, surveys, webinars; rows 22 and 80: good deeds and votes."""
    definition = shop(doing(activity))
    for language in ("en", "ru"):
        line = terms(definition, language)[0].sentences[2]
        assert line[0].isupper()
        assert line.lower().startswith(says(definition, activity, language).lower())
    assert worth(definition, activity, Deed(done_at=1)) == 10


def test_a_program_declares_an_activity_of_its_own_with_its_words() -> None:
    definition = shop(doing("tasting.attended"), activities=TASTING)
    assert "For coming to a tasting: 10 points, once for each tasting." in terms(definition, "en")[0].sentences
    assert "За приход на дегустацию: 10 баллов, один раз за каждую дегустацию." in terms(definition, "ru")[0].sentences


@pytest.mark.parametrize(
    ("once", "expected"),
    [("object", "kenya"), ("member", "once"), ("day", "2026-03-08"), ("week", "2026-W10"), ("month", "2026-03")],
)
def test_a_deed_counts_once_for_what_the_rule_says(once: str, expected: str) -> None:
    """Sunday, 8 March 2026, half past midnight in Moscow: still Saturday in Greenwich."""
    definition = shop(doing("visit.checked_in", once=once))
    assert thing(definition, "visit.checked_in", "kenya", at("2026-03-08 00:30")) == expected


@pytest.mark.parametrize(("length", "expected"), [(99, 0), (100, 20)])
def test_a_review_must_be_long_enough(length: int, expected: int) -> None:
    definition = shop(doing("review.created", "20 points", min_length="100 letters"))
    assert worth(definition, "review.created", Deed(done_at=1, length=length)) == expected


@pytest.mark.parametrize(("paid", "expected"), [(29_99, 0), (30_00, 10), (90_00, 10)])
def test_a_card_reloaded_with_thirty_gives_ten_and_with_less_nothing(paid: int, expected: int) -> None:
    definition = shop(doing("card.reloaded", min_amount="30 RUB"))
    assert worth(definition, "card.reloaded", Deed(done_at=1, amount=paid)) == expected


def test_the_small_print_of_an_activity_is_told() -> None:
    definition = shop(
        doing("review.created", min_length="21 letters"), doing("card.reloaded", once="day", min_amount="30 RUB")
    )
    told = terms(definition, "ru")[0].sentences
    assert "Минимальная длина текста: 21 знак." in told
    assert "За пополнение карты: 10 баллов, один раз в день." in told
    assert "Минимальная сумма за один раз: 30 ₽." in "\n".join(told).replace("\N{NO-BREAK SPACE}", " ")


def test_ikea_family_as_published_gives_each_action_once_a_week() -> None:
    """IKEA Family UK: log in 1, wish list 2, profile 5, event 20, planning appointment 25; each once a week at most.

    Source: moneysavingexpert.com, IKEA Family points.
    """
    published = {"login.made": 1, "wishlist.made": 2, "profile.filled": 5, "event.attended": 20, "planning.booked": 25}
    own = {
        key: {
            "says": {"en": f"for {key}", "ru": f"за {key}"},
            "each": {"en": "for each one", "ru": "за каждый раз"},
        }
        for key in published
        if key not in KNOWN
    }
    rules = [doing(key, f"{count} points" if count > 1 else "1 point", "week") for key, count in published.items()]
    definition = shop(*rules, activities=own, currencies={"points": points(expires={"after": "18 months"})})
    assert lint(definition, file="ikea.yaml") == []
    for key, count in published.items():
        assert worth(definition, key, Deed(done_at=1)) == count
        monday, sunday = (thing(definition, key, "x", at(f"2026-03-{day} 12:00")) for day in ("02", "08"))
        assert monday == sunday != thing(definition, key, "x", at("2026-03-09 12:00"))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (doing("reviews.created"), 'Did you mean "review.created"?'),
        (doing("review.created", once="objet"), 'Did you mean "object"?'),
        (doing("review.created", min_length="100"), "a length such as 100 letters"),
        (doing("review.created", min_length="0 letters"), "a length such as 100 letters"),
        (doing("card.reloaded", min_amount="30 EUR"), "RUB, the money of this program"),
        ({"give": "5 points", "min_length": "9 letters"}, "only a rule for an activity has this key"),
        (doing("review.created", min_order="9 RUB"), "only a rule for orders has this key"),
    ],
)
def test_what_an_activity_cannot_say_is_pointed_out(rule: dict[str, object], expected: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        shop(rule)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("activities", "expected"),
    [
        ({"review.created": TASTING["tasting.attended"]}, "an activity that is not known already"),
        ({"order.paid": TASTING["tasting.attended"]}, "an activity that is not known already"),
        ({"Tasting": TASTING["tasting.attended"]}, "a name such as tasting.attended"),
        ({"tasting.attended": {"says": {"en": "for it"}, "each": {"en": "x", "ru": "x"}}}, 'the key "ru" is missing'),
        ({f"a.{chr(97 + n)}": copy.deepcopy(TASTING["tasting.attended"]) for n in range(21)}, "at most 20 activities"),
    ],
)
def test_what_cannot_be_declared_is_pointed_out(activities: object, expected: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        shop(activities=activities)
    assert expected in str(caught.value)


def test_rules_that_disagree_about_once_and_activities_without_a_rule_are_found() -> None:
    definition = shop(
        doing("review.created"),
        doing("review.created", once="day"),
        doing("app.installed", min_length="9 letters"),
        doing("review.created", min_amount="9 RUB"),
        activities=TASTING,
    )
    assert [finding.message for finding in lint(definition, file="x.yaml")] == [
        '"rule 0" rewards the same activity once per object',
        "nothing is written in this activity",
        "nothing is paid in this activity",
        "no rule rewards this activity",
    ]
