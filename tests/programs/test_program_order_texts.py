"""What members are told about conditions, goods and groups, in both languages."""

from collections.abc import Mapping

import pytest
from program_factory import roubles

from chalicelib.programs.order_phrases import ORDER_PHRASES
from chalicelib.programs.texts import benefits, terms


def said(rule: Mapping[str, object], language: str, **earn: object) -> list[str]:
    """The terms' sentences about one rule."""
    definition = roubles(earn={"rules": [{"name": "tenth", "give": "10% as points", **rule}], **earn})
    return [plain(line) for line in terms(definition, language)[0].sentences]


def plain(line: str) -> str:
    """With blanks as they are typed."""
    return line.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("when", "english", "russian"),
    [
        (
            {"basket": {"from": "1000 RUB"}},
            "The order must come to at least RUB 1,000.",
            "Сумма заказа должна быть не меньше 1 000 ₽.",
        ),
        (
            {"basket": {"below": "1000 RUB"}},
            "The order must come to less than RUB 1,000.",
            "Сумма заказа должна быть меньше 1 000 ₽.",
        ),
        (
            {"units": {"at_least": "2"}},
            "Pieces that must be bought, at least: 2.",
            "Сколько единиц товара нужно купить, не меньше: 2.",
        ),
        (
            {"units": {"at_least": "2", "of": {"categories": ["tea"]}}},
            "Pieces of these goods that must be bought, at least 2: categories: tea.",
            "Сколько единиц этих товаров нужно купить, не меньше 2: категории: tea.",
        ),
        (
            {"contains": {"brands": ["Clay"]}},
            "The order must hold some of these goods: brands: Clay.",
            "В заказе должны быть такие товары: бренды: Clay.",
        ),
        ({"stores": ["Arbat"]}, "Only in these stores: Arbat.", "Только в этих магазинах: Arbat."),
        (
            {"terminals": {"except": ["T-9"]}},
            "At all tills but these: T-9.",
            "На всех кассах, кроме этих: T-9.",
        ),
        ({"payment_methods": ["sbp"]}, "Only if it is paid by: sbp.", "Только при такой оплате: sbp."),
        (
            {"from": "2026-03-01", "until": "2026-05-31"},
            "From March 1, 2026 to May 31, 2026, both days included.",
            "С 1 марта 2026 г. по 31 мая 2026 г. включительно.",
        ),
        ({"from": "2026-03-01"}, "From March 1, 2026 on.", "Начиная с 1 марта 2026 г. и дальше."),
        (
            {"until": "2026-05-31"},
            "Until May 31, 2026, that day included.",
            "По 31 мая 2026 г. включительно.",
        ),
        (
            {"weekdays": ["friday", "monday"]},
            "On these days of the week: Monday, Friday.",
            "По этим дням недели: понедельник, пятница.",
        ),
        (
            {"days_of_month": ["15", "last", "1"]},
            "On these days of the month: 1, 15, the last one.",
            "По этим числам месяца: 1, 15, последнее.",
        ),
        (
            {"hours": "17:00-24:00"},
            "At these times: from 17:00 until just before 24:00.",
            "В это время: с 17:00 и до 24:00, не включая 24:00.",
        ),
    ],
)
def test_a_condition_is_told_in_both_languages(when: dict[str, object], english: str, russian: str) -> None:
    assert english in said({"when": when}, "en")
    assert russian in said({"when": when}, "ru")


@pytest.mark.parametrize(
    ("rule", "english", "russian"),
    [
        (
            {"of": {"categories": ["tea", "coffee"]}},
            "Only these goods count: categories: tea, coffee.",
            "Учитываются только эти товары — категории: tea, coffee.",
        ),
        (
            {"of": {"categories": ["tea"], "price": "promo"}},
            "Only goods that are all of this count: categories: tea; goods below their usual price.",
            "Учитываются только товары, к которым относится всё это, — категории: tea; товары по сниженной цене.",
        ),
        (
            {"except": {"skus": ["T-*"], "price": "regular"}},
            "These goods do not count: item numbers: T-*; goods at their usual price.",
            "Не учитываются эти товары — артикулы: T-*; товары по обычной цене.",
        ),
        (
            {"of": {"brands": ["Clay"]}, "min_order": "500 RUB"},
            "These goods must come to at least RUB 500.",
            "Сумма этих товаров должна быть не меньше 500 ₽.",
        ),
        (
            {"at_most": "15% of order"},
            "At most 15% of an order comes back as points.",
            "Баллами возвращается не больше 15 % суммы заказа.",
        ),
        (
            {"rounding": {"half even": "per item"}},
            "Fractions of a point are rounded for each piece of goods on its own, a half to the even number.",
            "Дробная часть балла округляется отдельно для каждой единицы товара, половина — до чётного числа.",
        ),
        ({"give": "5 points per item"}, "For each piece of goods: 5 points.", "За каждую единицу товара: 5 баллов."),
        ({"give": "1 point per item"}, "For each piece of goods: 1 point.", "За каждую единицу товара: 1 балл."),
    ],
)
def test_goods_and_bounds_are_told_in_both_languages(rule: dict[str, object], english: str, russian: str) -> None:
    assert english in said(rule, "en")
    assert russian in said(rule, "ru")


def test_each_step_says_for_which_orders_it_is() -> None:
    rules = [
        {
            "name": "by size",
            "steps": [{"below": "555 RUB", "give": "1 point per 20 RUB"}, {"give": "1 point per 10 RUB"}],
        }
    ]
    definition = roubles(earn={"rules": rules})
    assert [plain(line) for line in terms(definition, "en")[0].sentences[:2]] == [
        "On an order below RUB 555: for every full RUB 20: 1 point.",
        "On an order of RUB 555 or more: for every full RUB 10: 1 point.",
    ]
    assert [plain(line) for line in terms(definition, "ru")[0].sentences[:2]] == [
        "Если сумма заказа меньше 555 ₽: за каждую полную сумму в 20 ₽ — 1 балл.",
        "Если сумма заказа — 555 ₽ или больше: за каждую полную сумму в 10 ₽ — 1 балл.",
    ]


def test_a_group_says_what_its_rules_give_together_and_within_which_bounds() -> None:
    group = {"g": {"take": "largest", "at_most": ["20% of order", "3000 points per month"]}}
    sentences = said({"group": "g"}, "en", groups=group)
    assert "Of these rules only the one that gives most counts: “tenth”." in sentences
    assert "At most 20% of an order comes back as points." in sentences
    assert "At most in one calendar month: 3,000 points." in sentences


def test_what_a_rule_promises_is_never_told_without_its_conditions() -> None:
    rule = {"name": "tenth", "give": "10% as points", "when": {"weekdays": ["monday"]}}
    (line,) = benefits(roubles(earn={"rules": [rule]}), "en")
    assert line.endswith("On these days of the week: Monday.")


def test_goods_that_no_rule_counts_are_told_once() -> None:
    sentences = said({}, "ru", base={"except": {"categories": ["табак"]}})
    assert "Ни одно правило не учитывает эти товары — категории: табак." in sentences


def test_every_sentence_is_written_in_both_languages() -> None:
    assert list(ORDER_PHRASES["en"]) == list(ORDER_PHRASES["ru"])
