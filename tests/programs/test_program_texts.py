"""Definitions in plain words, in English and Russian."""

import re
import string
from fractions import Fraction

import pytest
from program_factory import bean_street, points, roubles, rule

from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.lint import lint
from chalicelib.programs.phrases import PHRASES
from chalicelib.programs.texts import explain_text, perk, spoken, terms
from chalicelib.programs.texts import points as counted
from chalicelib.programs.tiers import PERKS
from chalicelib.programs.wording import length, money, number, period, share

LANGUAGES = ("en", "ru")
BEANS = bean_street().main.names


def said(definition: Definition, language: str) -> list[str]:
    return [sentence for section in terms(definition, language) for sentence in section.sentences]


# --- numbers in words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "language", "expected"),
    [
        (1, "en", "1 bean"),
        (0, "en", "0 beans"),
        (1000, "en", "1,000 beans"),
        (-1, "en", "-1 bean"),
        (1, "ru", "1 зерно"),
        (2, "ru", "2 зерна"),
        (5, "ru", "5 зёрен"),
        (11, "ru", "11 зёрен"),
        (21, "ru", "21 зерно"),
        (112, "ru", "112 зёрен"),
        (-3, "ru", "-3 зерна"),
    ],
)
def test_points_are_counted_as_the_language_counts(count: int, language: str, expected: str) -> None:
    assert expected == counted(BEANS, count, language).replace("\N{NO-BREAK SPACE}", " ")


def test_a_language_without_names_is_served_in_the_first_one() -> None:
    assert counted(BEANS, 5, "de") == "5 beans"


def test_a_missing_form_is_served_by_the_other_one() -> None:
    assert counted({"ru": {"other": "балла"}}, 5, "ru") == "5 балла"


@pytest.mark.parametrize(
    ("count", "unit", "expected", "alone"),
    [
        (1, "week", "1 неделю", "1 неделя"),
        (3, "week", "3 недели", "3 недели"),
        (21, "day", "21 день", "21 день"),
        (12, "month", "12 месяцев", "12 месяцев"),
        (2, "year", "2 года", "2 года"),
        (5, "year", "5 лет", "5 лет"),
    ],
)
def test_lengths_of_time_are_counted_in_russian(count: int, unit: str, expected: str, alone: str) -> None:
    time = Duration(count, unit)  # type: ignore[arg-type]
    assert (expected, alone) == (length(time, "ru"), period(time, "ru"))


@pytest.mark.parametrize(
    ("amount", "code", "english", "russian"),
    [
        (100, "EUR", "€1", "1 €"),
        (250, "EUR", "€2.50", "2,50 €"),
        (Fraction(1, 2), "EUR", "€0.005", "0,005 €"),
        (200_000, "RUB", "RUB 2,000", "2 000 ₽"),
        (100, "JPY", "¥100", "100 ¥"),
        (1_500, "KWD", "KWD 1.500", "1,500 KWD"),
        (Fraction(1, 2), "JPY", "¥0.5", "0,5 ¥"),
        (Fraction(87_125, 100_000_000), "EUR", "€0.0000087125", "0,0000087125 €"),
    ],
)
def test_money_is_written_as_the_language_writes_it(
    amount: int | Fraction, code: str, english: str, russian: str
) -> None:
    told = [money(amount, code, language).replace("\N{NO-BREAK SPACE}", " ") for language in LANGUAGES]
    assert [english, russian] == told


def test_shares_and_multipliers_are_exact() -> None:
    assert (share(Fraction(1, 40), "en"), number(Fraction(5, 4), "en"), number(Fraction(5, 4), "ru")) == (
        "2.5%",
        "1.25",
        "1,25",
    )


# --- terms --------------------------------------------------------------------------------------------------------


def test_bean_streets_terms_say_its_rules() -> None:
    told = said(bean_street(), "en")
    for sentence in (
        "For every full €1: 1 bean.",
        "For a review: 20 beans, once for each thing reviewed.",
        "What counts: goods after discounts, tax included.",
        "What does not count: delivery, gift cards, the part paid with points.",
        "They can be used at once.",
        "They live for 12 months after the order, to the end of the month in which that time is over.",
        "Gold — from 1,000 beans, points × 1.5.",
        "Gold also brings: free delivery.",
        "When too little is left for a level, you leave it at once.",
        "Pay with points: at least 20 beans at a time, for at most 50% of the goods.",
        "Their points wait for you this long: 90 days.",
        "Bean Street Coffee GmbH runs the program “Bean Street Coffee”.",
    ):
        assert sentence in told


def test_bean_streets_terms_are_as_full_in_russian() -> None:
    told = [sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in said(bean_street(), "ru")]
    assert len(told) == len(said(bean_street(), "en"))
    for sentence in (
        "За каждую полную сумму в 1 € — 1 зерно.",
        "Они действуют 12 месяцев после заказа, до конца месяца, в котором истекает этот срок.",
        "Silver — порог: 300 зёрен, баллы × 1,25.",
        "Оплата баллами: минимум 20 зёрен за один раз, максимум 50 % стоимости товаров.",
        "Баллы за них ждут вас. Срок хранения: 90 дней.",
    ):
        assert sentence in told


VARIED = {
    "waiting": roubles(
        currencies={"points": points(available={"after": "30 days", "from": "delivery"}, expires={"after": "90 days"})},
        guests={"keep": "21 days"},
        earn={
            "base": {"paid_with_points": "no points at all", "shipping": "included"},
            **rule("2.5% as points", count_full="100 RUB", at_most="3000 points"),
        },
    ),
    "forgetting": roubles(
        currencies={"points": points(expires={"after": "12 months", "without": "activity"})},
        earn={
            "base": {"tax": "excluded", "discounts": "ignored", "gift_cards": "included"},
            **rule(
                "10% as points",
                min_order="2000 RUB",
                when_refunded_below="proportional",
                rounding={"half even": "per order"},
            ),
        },
        tiers={
            "measure": "money spent",
            "window": {"rolling": "1 week", "grain": "day"},
            "levels": [
                {"name": "Base", "from": 0},
                {"name": "Gold", "from": "10000 RUB", "perks": ["early_access", "free_returns"]},
            ],
            "downgrade": {"grace": "1 week"},
        },
        redeem={"pay": {"min": "1 point", "at_most": "50% of goods"}},
    ),
    "yearly": roubles(
        currencies={
            "points": points(
                available={"after": "1 day", "at": "end of half-year"}, expires={"at": "end of membership year"}
            )
        },
        earn=rule("21 points", min_order="500 RUB", rounding={"half up": "per order"}),
        tiers={"measure": "points earned", "window": "lifetime", "levels": [{"name": "Base", "from": 0}]},
        business={
            "name": "Corner",
            "legal_name": "Corner LLC",
            "contact": "https://corner.example/help",
            "privacy": "https://corner.example/p",
            "terms": "https://corner.example/t",
        },
    ),
    "plain": roubles(),
    "beans": bean_street(),
}


@pytest.mark.parametrize(
    ("name", "language", "sentence"),
    [
        ("waiting", "en", "They can be used 30 days after the delivery, from the start of that day."),
        ("waiting", "ru", "Их можно использовать через 30 дней после доставки, с начала того дня."),
        ("waiting", "en", "2.5% of the amount comes back in points: RUB 1,000 gives 25 points."),
        ("waiting", "en", "An order that is partly paid with points earns none."),
        ("waiting", "en", "At most for one order: 3,000 points."),
        ("waiting", "ru", "Баллы за них ждут вас. Срок хранения: 21 день."),
        (
            "waiting",
            "en",
            "When there are very many different last days, some points live a little longer, never shorter.",
        ),
        ("waiting", "en", "Points that wait for many different days may be released at the end of their week."),
        (
            "forgetting",
            "ru",
            "Все они действуют 12 месяцев после последнего заказа или траты баллов, "
            "до конца дня, в который истекает этот срок.",
        ),
        ("forgetting", "en", "This needs an order of at least RUB 2,000."),
        ("forgetting", "en", "After a refund, the part of the order that you keep still earns."),
        (
            "forgetting",
            "ru",
            "Если набранного для уровня больше не хватает, он сохраняется ещё некоторое время: 1 неделя.",
        ),
        ("forgetting", "ru", "Учитывается последний период: 1 неделя."),
        ("forgetting", "en", "What counts: the last 1 week."),
        ("forgetting", "en", "Gold — from RUB 10,000, points × 1."),
        ("forgetting", "ru", "Gold — это ещё и ранний доступ, бесплатный возврат."),
        ("yearly", "ru", "За заказ: 21 балл."),
        ("yearly", "en", "Further terms: https://corner.example/t."),
        ("plain", "en", "They do not expire."),
        ("plain", "en", "They earn no points."),
    ],
)
def test_each_policy_has_its_sentence(name: str, language: str, sentence: str) -> None:
    told = [line.replace("\N{NO-BREAK SPACE}", " ") for line in said(VARIED[name], language)]
    assert sentence in told


@pytest.mark.parametrize(
    ("wait", "is_many"),
    [
        *[(text, False) for text in ("16 days", "2 weeks")],
        *[(text, True) for text in ("17 days", "3 weeks", "1 month", "1 year")],
    ],
)
def test_points_of_more_than_sixteen_days_may_be_released_together(wait: str, is_many: bool) -> None:
    definition = roubles(currencies={"points": points(available={"after": wait})})
    told = "Points that wait for many different days may be released at the end of their week."
    assert (told in said(definition, "en")) == is_many


@pytest.mark.parametrize(
    ("life", "is_many"),
    [
        *[(text, False) for text in ("700 days", "100 weeks", "22 months", "1 year")],
        *[(text, True) for text in ("701 days", "101 weeks", "23 months", "2 years")],
    ],
)
def test_points_of_more_than_two_dozen_months_may_live_a_little_longer(life: str, is_many: bool) -> None:
    definition = roubles(currencies={"points": points(expires={"after": life, "at": "end of month"})})
    told = "When there are very many different last days, some points live a little longer, never shorter."
    assert (told in said(definition, "en")) == is_many


def test_the_owner_is_told_every_default_as_well() -> None:
    told = explain_text(roubles(), "en")
    for sentence in (
        "Rule “shopping”.",
        "No order is too small.",
        "No limit for one order.",
        "Fractions of a point are dropped, once for each order.",
        "There are no levels.",
        "Nothing can be paid with points.",
        "The program is live.",
        "The card has no logo.",
    ):
        assert f"  {sentence}\n" in told


def test_a_language_we_do_not_write_is_served_in_one_we_do() -> None:
    assert (spoken(bean_street(), "ru"), spoken(bean_street(), "de")) == ("ru", "en")
    assert terms(bean_street(), "de") == terms(bean_street(), "en")
    assert [perk("free_delivery", code) for code in ("en", "de", "ru")] == [
        *["free delivery"] * 2,
        "бесплатная доставка",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_perk_has_a_name(language: str) -> None:
    assert all(perk(name, language) != name for name in PERKS)


def test_both_languages_have_the_same_sentences_with_the_same_blanks() -> None:
    blanks = {
        language: {
            key: {field for _, field, _, _ in string.Formatter().parse(text) if field} for key, text in table.items()
        }
        for language, table in PHRASES.items()
    }
    assert blanks["en"] == blanks["ru"]


# --- no internal words --------------------------------------------------------------------------------------------

INTERNAL = re.compile(
    r"\b(snapshot|cell|purse|ledger|journal|sha|none|null|true|false|enum|dataclass|document|lot|leg|maturing|metric"
    r"|grain|target|fraction\(|pricing|multiplier|threshold|node|scalar|mapping|sequence|p[0-9]{1,2})\b|[a-z]+_[a-z_]+|[A-Z]+_[A-Z]+|[{}<>]",
    re.IGNORECASE,
)


def texts(name: str, language: str) -> list[str]:
    titles = [section.title for section in terms(VARIED[name], language)]
    return [*titles, *said(VARIED[name], language), explain_text(VARIED[name], language)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIED)
def test_no_text_for_people_holds_an_internal_word(name: str, language: str) -> None:
    spoken_of = [text.replace("earns none.", "") for text in texts(name, language)]
    assert [hit[0] for text in spoken_of for hit in INTERNAL.finditer(text)] == []


@pytest.mark.parametrize("name", VARIED)
def test_russian_texts_are_in_russian_but_for_names(name: str) -> None:
    own = r"Bean|Silver|Gold|Street|Coffee|GmbH|Base|Corner|LLC|every euro|a review|shopping|corner|bean-street|QR|#[0-9a-f]{6}|\S+@\S+|https://\S+|\S+\.png"
    told = " ".join(texts(name, "ru"))
    assert re.findall(r"[A-Za-z]{2,}", re.sub(own, "", told)) == []


def test_no_finding_holds_an_internal_word() -> None:
    definition = roubles(
        languages=["en", "de"],
        currencies={
            "points": points(
                names={"en": {"other": "points"}},
                worth="0.0001 RUB",
                expires={"after": "1 day"},
                available={"after": "5 days"},
            )
        },
        earn={
            "rules": [{"name": "a", "give": "20 points", "at_most": "10 points"}, {"name": "a", "give": "5% as points"}]
        },
        tiers={
            "measure": "points earned",
            "window": {"rolling": "2000 days", "grain": "day"},
            "levels": [
                {"name": "Top", "from": 5, "multiply": 2, "perks": ["early_access"]},
                {"name": "Top", "from": 4},
            ],
        },
        redeem={"pay": {"min": "1 points"}},
        card={"background": "#777777", "text": "#777777", "label": "#777777"},
    )
    findings = lint(definition, file="x.yaml")
    assert len(findings) == 15
    told = " ".join(f"{finding.message} {finding.suggestion}" for finding in findings)
    assert [hit[0] for hit in INTERNAL.finditer(told)] == []
