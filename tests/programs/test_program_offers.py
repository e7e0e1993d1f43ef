"""Rewards, stamp cards, vouchers, benefits and discounts: what a file may say, what is told of it, what is mended."""

from copy import deepcopy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from program_factory import at, paid, points, pricing, roubles, rule
from stand_ins import refusal

from chalicelib.events import Amounts
from chalicelib.programs.choosing import chosen, money_due, perks_held, voucher_ends
from chalicelib.programs.definition import Definition
from chalicelib.programs.discounts import Discount, discount_on
from chalicelib.programs.durations import Duration
from chalicelib.programs.lint import lint
from chalicelib.programs.offer_texts import offer_sections, often, paying_lines, perk_line, stamps_text
from chalicelib.programs.perks import Perk
from chalicelib.programs.pricing import price
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.rewards import Reward, StampCard, Times
from chalicelib.programs.vouchers import Automatic, Voucher

PLAIN = str.maketrans("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "  ")
MUG = {"reward": "mug", "name": {"en": "A mug", "ru": "Кружка"}, "what": "item", "price": "100 points"}
OFF = {"name": {"en": "Off", "ru": "Скидка"}, "worth": "500 RUB", "lives": "2 years"}
LOUNGE = {"name": {"en": "lounge visits", "ru": "визиты в лаундж"}, "times": "6 per year", "everyone": "yes"}
LEVELS = {
    "measure": "money spent",
    "window": "lifetime",
    "levels": [{"name": "Start", "from": 0}, {"name": "Gold", "from": "1000 RUB"}],
}
STAMPS = {
    "names": {
        "en": {"one": "stamp", "other": "stamps"},
        "ru": {"one": "штамп", "few": "штампа", "many": "штампов", "other": "штампа"},
    },
    "available": "at once",
    "expires": "never",
}
FREE = {"reward": "free-drink", "name": {"en": "A free drink", "ru": "Напиток"}, "worth": "at most 300 RUB"}


def coffee(**card: object) -> Definition:
    """A shop with a stamp card."""
    rules = [{"name": "shopping", "give": "5% as points"}, {"name": "a stamp", "give": "1 stamp", "min_order": "1 RUB"}]
    return roubles(
        currencies={"points": points(), "stamps": STAMPS},
        earn={"rules": rules},
        stamps={"stamps": {"size": 10, "gives": FREE, **card}},
    )


def found(definition: Definition) -> list[tuple[str, str]]:
    return [(note.weight, note.path) for note in lint(definition, file="corner.yaml")]


def told(definition: Definition, language: str = "en") -> dict[str, list[str]]:
    return dict(offer_sections(definition, language))


def mistake(**blocks: object) -> tuple[str, str]:
    with pytest.raises(DefinitionError) as err:
        roubles(**blocks)
    (finding,) = err.value.findings
    return finding.path, finding.message


# --- rewards ------------------------------------------------------------------------------------------------------


def test_a_reward_says_all_of_itself() -> None:
    more = {
        "worth": "at most 6 RUB",
        "stock": 50,
        "per_member": "2 per month",
        "levels": ["Gold"],
        "from": "2026-01-01",
        "until": "2026-12-31",
        "top_up": "50%",
    }
    definition = roubles(rewards=[{**MUG, **more}], tiers=LEVELS)
    assert definition.offers.rewards == (
        Reward(
            "mug",
            {"en": "A mug", "ru": "Кружка"},
            "item",
            "points",
            100,
            worth=600,
            stock=50,
            per_member=Times(2, "month"),
            levels=("Gold",),
            since=date(2026, 1, 1),
            until=date(2026, 12, 31),
            top_up=Fraction(1, 2),
        ),
    )
    assert found(definition) == []
    assert told(definition)["What you get for points"][0].replace("RUB\N{NO-BREAK SPACE}6", "RUB 6") == (
        "A mug — 100 points. Worth at most RUB 6. Up to 50% of the price can be paid in money: you need at least "
        "50 points. For members of: Gold. From January 1, 2026 on. Until December 31, 2026. For all members together "
        "there are 50. One member has it at most 2 times a calendar month."
    )
    assert told(definition, "ru")["Что можно получить за баллы"][0].translate(PLAIN) == (
        "Кружка — 100 баллов. Стоимость — не больше 6 ₽. До 50 % цены можно оплатить деньгами: нужно минимум "
        "50 баллов. Для участников уровней: Gold. Эту награду можно получить с 1 января 2026 г. и позднее. "
        "Эту награду можно получить до 31 декабря 2026 г. включительно. На всех участников вместе: 50. "
        "Один участник получает эту награду максимум 2 раза в календарный месяц."
    )


@pytest.mark.parametrize(
    ("day", "level", "why"),
    [
        ("2025-12-31 23:59", "Gold", "reward_not_yet"),
        ("2026-01-01 00:00", "Gold", ""),
        ("2026-12-31 23:59", "Gold", ""),
        ("2027-01-01 00:00", "Gold", "reward_over"),
        ("2026-06-01 12:00", "Start", "reward_not_for_level"),
    ],
)
def test_the_days_of_a_reward_are_the_programs_own(day: str, level: str, why: str) -> None:
    days = {"from": "2026-01-01", "until": "2026-12-31", "levels": ["Gold"]}
    definition = roubles(rewards=[{**MUG, **days}], tiers=LEVELS)
    assert refusal(lambda: chosen(definition, "mug", level=level, at=at(day))) == why


def test_money_for_the_rest_of_a_price_is_rounded_up_to_the_smallest_coin() -> None:
    kinds = {"points": points(worth="0.333 RUB")}
    definition = roubles(rewards=[{**MUG, "top_up": "50%"}], currencies=kinds)
    assert money_due(definition, definition.offers.rewards[0], 99) == 34


@pytest.mark.parametrize(
    ("spoiled", "path", "expected"),
    [
        ({"price": "100"}, "rewards[0].price", "points such as"),
        ({"what": "gift"}, "rewards[0].what", "one of: item, discount"),
        ({"what": "money"}, "rewards[0].worth", "is missing"),
        ({"what": "donation", "worth": "at most 5 RUB"}, "rewards[0].worth", "leave out"),
        ({"what": "voucher"}, "rewards[0].voucher", "is missing"),
        ({"voucher": "off"}, "rewards[0].voucher", "only a reward that is a voucher"),
        ({"what": "voucher", "voucher": "of"}, "rewards[0].voucher", "a kind of voucher (off)"),
        ({"what": "voucher", "voucher": "off", "worth": "5 RUB"}, "rewards[0].worth", "leave this key out"),
        ({"per_member": "2 per fortnight"}, "rewards[0].per_member", "how often, such as 2 per month"),
        ({"stock": 0}, "rewards[0].stock", "above zero"),
        ({"from": "1 January"}, "rewards[0].from", "a day such as"),
        ({"top_up": "100%"}, "rewards[0].top_up", "below all of it"),
        ({"reward": "A mug"}, "rewards[0].reward", "small letters"),
        ({"name": {"en": "x" * 61, "ru": "y"}}, "rewards[0].name.en", "at most 60 characters"),
        ({"cost": 5}, "rewards[0].cost", "not known here"),
    ],
)
def test_a_mistake_in_a_reward_is_told_with_its_path(spoiled: dict[str, Any], path: str, expected: str) -> None:
    where, message = mistake(rewards=[{**MUG, **spoiled}], vouchers={"off": OFF})
    assert (where, expected in message) == (path, True)


def test_a_catalogue_has_an_end() -> None:
    many = [{**deepcopy(MUG), "reward": f"mug-{number}"} for number in range(101)]
    assert mistake(rewards=many) == ("rewards", "expected at most 100 rewards, found a list")


@pytest.mark.parametrize(
    ("blocks", "notes"),
    [
        ({"rewards": [MUG, deepcopy(MUG)]}, [("error", "rewards[0].reward"), ("error", "rewards[1].reward")]),
        ({"rewards": [{**MUG, "name": {"en": "A mug"}}]}, [("error", "rewards[0].name")]),
        ({"rewards": [{**MUG, "levels": ["Golden"]}], "tiers": LEVELS}, [("error", "rewards[0].levels")]),
        ({"rewards": [{**MUG, "from": "2026-02-01", "until": "2026-01-31"}]}, [("error", "rewards[0].until")]),
        ({"rewards": [{**MUG, "stock": 1, "per_member": "2 per year"}]}, [("warning", "rewards[0].per_member")]),
        ({"rewards": [{**MUG, "what": "money", "worth": "101 RUB"}]}, [("warning", "rewards[0].worth")]),
        ({"rewards": [{**MUG, "reward": "money"}]}, [("error", "rewards")]),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_found(blocks: dict[str, Any], notes: list[tuple[str, str]]) -> None:
    assert found(roubles(**blocks)) == notes


@pytest.mark.parametrize(
    ("limit", "expires", "is_wrong"),
    [
        ("99 points per lifetime", "never", True),
        ("100 points per lifetime", "never", False),
        ("1 points per month", "never", False),
        ("1 points per month", {"after": "12 months"}, True),
        ("50 points per month", {"after": "12 months"}, False),
    ],
)
def test_a_price_that_the_limits_of_earning_keep_away_is_found(limit: str, expires: object, is_wrong: bool) -> None:
    """3.12: a cap below the smallest reward; a reward that nobody reaches."""
    kinds = {"points": points(expires=expires)}
    definition = roubles(rewards=[MUG], currencies=kinds, earn=rule("5% as points", at_most=limit))
    assert (("error", "rewards[0].price") in found(definition)) == is_wrong


def test_a_price_above_what_becomes_vouchers_by_itself_is_found() -> None:
    automatic = {"off": {**OFF, "by_itself": {"every": "100 points"}}}
    assert found(roubles(rewards=[MUG], vouchers=automatic)) == [("error", "rewards[0].price")]
    assert found(roubles(rewards=[{**MUG, "price": "99 points"}], vouchers=automatic)) == []


# --- stamps -------------------------------------------------------------------------------------------------------


def test_a_stamp_card_is_a_kind_of_points_and_a_reward() -> None:
    definition = coffee()
    (reward,) = definition.offers.rewards
    assert definition.offers.stamps == (StampCard("stamps", 10, "free-drink"),)
    assert (reward.currency, reward.price, reward.worth, reward.takes_all) == ("stamps", 10, 30_000, False)
    assert found(definition) == []
    assert coffee(over="reset").offers.rewards[0].takes_all


def test_vouchers_and_what_is_paid_with_them_do_not_stamp() -> None:
    definition = coffee()
    orders = [Amounts(goods=35_000), Amounts(gift_cards=35_000), Amounts(goods=0, discount=35_000)]
    given = []
    for amounts in orders:
        target = price(definition, pricing(), paid(amounts.goods, gift_cards=amounts.gift_cards), Amounts())
        given.append({worth.currency: worth.points for worth in target.worths}["stamps"])
    assert given == [1, 0, 0]


def test_one_stamp_for_each_item_is_the_rules_own_business() -> None:
    rules = [{"name": "shopping", "give": "5% as points"}, {"name": "a stamp", "give": "1 stamp per item"}]
    kinds = {"points": points(), "stamps": STAMPS}
    definition = roubles(currencies=kinds, earn={"rules": rules}, stamps={"stamps": {"size": 10, "gives": FREE}})
    assert found(definition) == []


@pytest.mark.parametrize(
    ("stamps", "text"),
    [((7, 10, 0), "7 of 10"), ((0, 10, 0), "0 of 10"), ((3, 10, 1), "3 of 10, full cards: 1")],
)
def test_a_card_says_how_full_it_is(stamps: tuple[int, int, int], text: str) -> None:
    assert stamps_text(*stamps, "en") == text
    assert stamps_text(7, 10, 0, "ru") == "7 из 10"


@pytest.mark.parametrize(("stamps", "shown"), [(0, (0, 0)), (9, (9, 0)), (10, (0, 1)), (23, (3, 2)), (-2, (0, 0))])
def test_full_cards_are_counted_beside_the_one_that_fills(stamps: int, shown: tuple[int, int]) -> None:
    assert StampCard("stamps", 10, "free").shown(stamps) == shown


@pytest.mark.parametrize(
    ("card", "path", "expected"),
    [
        ({"size": 1}, "stamps.stamps.size", "2 to 100 stamps"),
        ({"gives": "a drink"}, "stamps.stamps.gives", "a block of keys"),
        ({"over": "burn"}, "stamps.stamps.over", "carry over, reset"),
        ({"combine": "maybe"}, "stamps.stamps.combine", "one of: yes, no"),
    ],
)
def test_a_mistake_in_a_stamp_card_is_told_with_its_path(card: dict[str, Any], path: str, expected: str) -> None:
    with pytest.raises(DefinitionError) as err:
        coffee(**card)
    assert [(note.path, expected in note.message) for note in err.value.findings] == [(path, True)]


def test_a_card_of_points_that_nobody_named_is_a_mistake() -> None:
    path, message = mistake(stamps={"stars": {"size": 10, "gives": FREE}})
    assert (path, "a name of points" in message) == ("stamps.stars", True)


def test_the_terms_of_a_stamp_card_are_told_in_both_languages() -> None:
    definition = coffee(over="reset")
    assert told(definition)["Stamp cards"][0].startswith("10 stamps fill a card, and a full card is: A free drink.")
    assert told(definition, "ru")["Карты со штампами"][0].startswith(
        "Полная карта — 10 штампов. За неё вы получаете: Напиток."
    )
    assert "What you get for points" not in told(definition)


# --- vouchers -----------------------------------------------------------------------------------------------------


def test_a_voucher_says_all_of_itself() -> None:
    auto = {"every": "50 points", "from": "150 points", "in": ["May", "February"], "together": "yes"}
    definition = roubles(vouchers={"off": {**OFF, "use": "in parts", "min_order": "1000 RUB", "by_itself": auto}})
    assert definition.offers.vouchers == (
        Voucher(
            "off",
            {"en": "Off", "ru": "Скидка"},
            50_000,
            50_000,
            Duration(2, "year"),
            use="in parts",
            min_order=100_000,
            automatic=Automatic("points", 50, 150, (2, 5), is_one=True),
        ),
    )
    assert found(definition) == []
    (line,) = told(definition)["Vouchers and gift cards"]
    assert line.endswith(
        "It comes by itself: for every 50 points. From 150 points on. In these months, on their first days: "
        "February, May. All of it is one voucher."
    )
    (line,) = told(definition, "ru")["Купоны и подарочные карты"]
    assert "Приходит сам — за каждые 50 баллов. Минимум на счёте: 150 баллов." in line
    assert "февраль, май" in line


def test_a_voucher_can_be_used_to_the_end_of_its_last_day() -> None:
    definition = roubles(vouchers={"off": OFF})
    assert voucher_ends(definition, definition.offers.vouchers[0], at("2026-03-05 15:00")) == at("2028-03-06 00:00")


@pytest.mark.parametrize(
    ("spoiled", "path", "expected"),
    [
        ({"worth": "500 RUB to 100 RUB"}, "vouchers.off.worth", "the smaller amount first"),
        ({"lives": "0 days"}, "vouchers.off.lives", "above zero"),
        ({"use": "twice"}, "vouchers.off.use", "once, in parts"),
        ({"codes": "guessed"}, "vouchers.off.codes", "made, imported"),
        ({"worth": "1 RUB to 5 RUB", "by_itself": {"every": "5 points"}}, "vouchers.off.by_itself", "needs one worth"),
        ({"worth": "1 RUB to 5 RUB", "codes": "imported"}, "vouchers.off.codes", "one worth"),
        ({"by_itself": {"every": "5 points", "together": "yes"}, "codes": "imported"}, "vouchers.off.codes", "a pool"),
        ({"by_itself": {"every": "5 points", "in": ["Febuary"]}}, "vouchers.off.by_itself.in[0]", "a month"),
    ],
)
def test_a_mistake_in_a_voucher_is_told_with_its_path(spoiled: dict[str, Any], path: str, expected: str) -> None:
    where, message = mistake(vouchers={"off": {**OFF, **spoiled}})
    assert (where, expected in message) == (path, True)


def test_a_coupon_for_purchases_far_above_its_worth_is_found() -> None:
    assert found(roubles(vouchers={"off": {**OFF, "min_order": "5000 RUB"}})) == []
    assert found(roubles(vouchers={"off": {**OFF, "min_order": "5001 RUB"}})) == [("warning", "vouchers.off.min_order")]


def test_the_same_points_do_not_become_two_vouchers() -> None:
    auto = {**OFF, "by_itself": {"every": "100 points"}}
    assert found(roubles(vouchers={"one": auto, "two": deepcopy(auto)})) == [
        ("error", "vouchers.one.by_itself"),
        ("error", "vouchers.two.by_itself"),
    ]


# --- benefits -----------------------------------------------------------------------------------------------------


def test_declared_benefits_are_called_by_their_own_words() -> None:
    definition = roubles(perks={"lounge": LOUNGE}, tiers=LEVELS)
    assert definition.offers.perks == (Perk("lounge", LOUNGE["name"], Times(6, "year"), is_everyones=True),)  # type: ignore[arg-type]
    assert (perk_line(definition, "lounge", "en"), perk_line(definition, "lounge", "ru")) == (
        "lounge visits: 6 times a calendar year",
        "визиты в лаундж: 6 раз в календарный год",
    )
    assert perk_line(definition, "free_delivery", "en") == "free delivery"
    assert told(definition)["Benefits"] == ["Lounge visits: 6 times a calendar year. For all members."]
    assert found(definition) == []


def test_a_level_brings_usual_and_declared_benefits_and_everyone_has_theirs() -> None:
    levels = [{"name": "Start", "from": 0}, {"name": "Gold", "from": "1000 RUB", "perks": ["early_access", "adviser"]}]
    adviser = {"name": {"en": "an adviser", "ru": "консультант"}}
    definition = roubles(perks={"lounge": LOUNGE, "adviser": adviser}, tiers={**LEVELS, "levels": levels})
    assert perks_held(definition, "Gold") == ("lounge", "early_access", "adviser")
    assert perks_held(definition, "") == perks_held(definition, "Start") == ("lounge",)
    assert found(definition) == []


def test_of_each_benefit_it_is_said_whether_everybody_has_it() -> None:
    levels = [{"name": "Start", "from": 0}, {"name": "Gold", "from": "1000 RUB", "perks": ["adviser"]}]
    adviser = {"name": {"en": "an adviser", "ru": "консультант"}}
    definition = roubles(perks={"adviser": adviser, "lounge": LOUNGE}, tiers={**LEVELS, "levels": levels})
    assert told(definition)["Benefits"] == [
        "An adviser. The levels say for whom.",
        "Lounge visits: 6 times a calendar year. For all members.",
    ]
    assert told(definition, "ru")["Привилегии"] == [
        "Консультант. Для кого — сказано в разделе об уровнях.",
        "Визиты в лаундж: 6 раз в календарный год. Для всех участников.",
    ]


@pytest.mark.parametrize(
    ("count", "language", "text"),
    [(1, "en", "once a calendar year"), (1, "ru", "1 раз в календарный год"), (3, "ru", "3 раза в календарный год")],
)
def test_how_often_is_said_as_people_count(count: int, language: str, text: str) -> None:
    assert often(Times(count, "year"), language) == text


def test_a_benefit_that_nobody_has_is_found() -> None:
    plain = {"name": {"en": "an adviser", "ru": "консультант"}}
    assert found(roubles(perks={"adviser": plain})) == [("error", "perks.adviser")]
    assert mistake(perks={"free_delivery": LOUNGE})[0] == "perks.free_delivery"


def test_a_benefit_whose_name_has_a_hyphen_is_told_by_that_name_and_what_one_may_be() -> None:
    usual = "free_delivery, free_returns, early_access, priority_service"
    expected = f'expected a short name of small letters, digits and _ other than {usual}, found "free-mod"'
    assert mistake(perks={"free-mod": LOUNGE}) == ("perks.free-mod", expected)


@pytest.mark.parametrize(
    ("blocks", "path", "expected"),
    [
        (
            {"vouchers": {"Five_off": {"name": {"en": "a", "ru": "b"}, "worth": "5 RUB", "lives": "60 days"}}},
            "vouchers.Five_off",
            'expected a short name of small letters, digits and hyphens such as hot-drink, found "Five_off"',
        ),
        (
            {"rewards": [{"reward": "a_b", "name": {"en": "a", "ru": "b"}, "what": "item", "price": "5 points"}]},
            "rewards[0].reward",
            'expected a short name of small letters, digits and hyphens such as hot-drink, found "a_b"',
        ),
        (
            {"activities": {"came": {"says": {"en": "a", "ru": "b"}, "each": {"en": "a", "ru": "b"}}}},
            "activities.came",
            'expected a name such as tasting.attended, of at most 40 letters, found "came"',
        ),
    ],
)
def test_a_name_that_cannot_be_one_is_told_and_not_the_block_behind_it(
    blocks: dict[str, object], path: str, expected: str
) -> None:
    assert mistake(**blocks) == (path, expected)


# --- discounts ----------------------------------------------------------------------------------------------------


def test_a_fixed_discount_card_takes_its_share_off_every_purchase() -> None:
    definition = roubles(discount={"card": "5%"})
    assert definition.offers.discount == Discount(Fraction(1, 20))
    assert discount_on(definition.offers.discount, "", 99_99) == 499
    assert told(definition)["Discount"][0] == "Members pay 5% less for goods."


def test_a_cumulative_discount_grows_with_the_money_spent() -> None:
    definition = roubles(discount={"levels": {"Start": "3%", "Gold": "7%"}}, tiers=LEVELS)
    assert [discount_on(definition.offers.discount, level, 10_000) for level in ("", "Start", "Gold")] == [0, 300, 700]
    assert found(definition) == []
    assert told(definition, "ru")["Скидка"][:2] == [
        "Start: скидка на товары 3\N{NO-BREAK SPACE}%.",
        "Gold: скидка на товары 7\N{NO-BREAK SPACE}%.",
    ]


@pytest.mark.parametrize(("way", "taken"), [("both", 450), ("the larger one", 0)])
def test_a_discount_beside_a_promotion_is_both_or_the_larger_one(way: str, taken: int) -> None:
    """Goods of 100 roubles that a promotion has reduced by 10: 5% of the rest, or nothing more."""
    definition = roubles(discount={"card": "5%", "with_promotions": way})
    assert discount_on(definition.offers.discount, "", 10_000, 1_000) == taken
    assert discount_on(definition.offers.discount, "", 10_000, 100) == (495 if way == "both" else 400)


@pytest.mark.parametrize(
    ("blocks", "notes"),
    [
        ({"discount": {"levels": {"Gold": "5%"}}}, [("error", "discount.levels")]),
        ({"discount": {"levels": {"Start": "5%", "Gold": "3%"}}, "tiers": LEVELS}, [("error", "discount.levels.Gold")]),
        ({"discount": {"card": "5%", "with_points": "no"}}, [("warning", "discount.with_points")]),
    ],
)
def test_what_is_wrong_with_a_discount_is_found(blocks: dict[str, Any], notes: list[tuple[str, str]]) -> None:
    assert found(roubles(**blocks)) == notes


def test_a_discount_of_nothing_is_a_mistake() -> None:
    assert mistake(discount={"with_points": "no"})[0] == "discount"
    assert mistake(discount={"card": "0%"})[0] == "discount.card"


# --- paying -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pay", "blocks", "notes"),
    [
        ({"rate": "10 points = 1 RUB", "min": "15 points"}, {}, [("error", "redeem.pay.min")]),
        ({"at_most": {"Start": "30% of goods"}}, {"tiers": LEVELS}, [("error", "redeem.pay.at_most")]),
        (
            {"at_most": {"Start": "30% of goods", "Gold": "20% of goods"}},
            {"tiers": LEVELS},
            [("error", "redeem.pay.at_most")],
        ),
        (
            {"min": "100 points", "min_order": "150 RUB", "at_most": "50% of goods"},
            {},
            [("warning", "redeem.pay.min_order")],
        ),
        (
            {"rate": {"by": "balance", "steps": [{"from": 5, "rate": "1 point = 1 RUB"}]}},
            {},
            [("error", "redeem.pay.rate.by")],
        ),
        (
            {"rate": {"by": "balance", "steps": [{"from": 5, "rate": "1 point = 1 RUB"}]}},
            {"members": {"attributes": {"balance": "money"}}},
            [("error", "redeem.pay.rate.steps")],
        ),
    ],
)
def test_what_is_wrong_with_paying_is_found(
    pay: dict[str, Any], blocks: dict[str, Any], notes: list[tuple[str, str]]
) -> None:
    assert found(roubles(redeem={"pay": {"min": "10 points", **pay}}, **blocks)) == notes


def test_the_terms_of_paying_say_all_that_is_enforced() -> None:
    pay = {
        "min": "100 points",
        "rate": "10 points = 1 RUB",
        "step": "50 points",
        "min_order": "50 RUB",
        "at_most": {"Start": "10% of goods", "Gold": "30% of goods"},
        "leave": "1 RUB",
        "not_for": ["alcohol"],
        "confirm": {"pin": "always", "employee": "above 100 RUB"},
    }
    block = {"pay": pay, "money": {"min": "1500 points", "rate": "10 points = 1 RUB"}}
    definition = roubles(redeem=block, tiers=LEVELS)
    assert len(paying_lines(definition, "points", "en")) == len(paying_lines(definition, "points", "ru")) == 12
    lines = paying_lines(definition, "points", "ru")
    assert lines[0] == "Оплата баллами: минимум 100 баллов за один раз."
    assert lines[3] == "Start: максимум 10\N{NO-BREAK SPACE}% стоимости товаров."
