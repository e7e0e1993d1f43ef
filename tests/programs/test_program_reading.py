"""Reading definitions: what is accepted, and what a mistake's author is told."""

import re
from fractions import Fraction

import pytest
from program_factory import BEAN_STREET, bean_street, points, roubles, rule

from chalicelib.programs.card import CardLook
from chalicelib.programs.definition import (
    ActivityRule,
    After,
    AtOnce,
    Base,
    Fixed,
    Guests,
    Inactivity,
    Lasting,
    MembershipYear,
    Moment,
    OrderRule,
    Percent,
    PerStep,
)
from chalicelib.programs.durations import Duration
from chalicelib.programs.finding import Finding
from chalicelib.programs.paying import Pay
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.refunds import Refunds
from chalicelib.programs.tiers import PointsEarned, RollingWindow, TierLevel, Tiers


def mistakes(old: str, new: str) -> tuple[Finding, ...]:
    """What is said about Bean Street when one thing in it is spoiled."""
    assert BEAN_STREET.count(old) == 1
    with pytest.raises(DefinitionError) as refused:
        read(BEAN_STREET.replace(old, new), file="bean-street.yaml")
    return refused.value.findings


def line_of(text: str) -> int:
    return BEAN_STREET[: BEAN_STREET.index(text)].count("\n") + 1


# --- what the demo program says -----------------------------------------------------------------------------------


def test_bean_street_reads_as_its_contract_says() -> None:
    shop = bean_street()
    assert (shop.program, shop.mode, shop.money, shop.time_zone) == ("bean-street", "test", "EUR", "Europe/Berlin")
    assert (("en", "ru"), Guests(90), "Bean Street Coffee") == (shop.languages, shop.guests, shop.business.name)
    (beans,) = shop.currencies
    assert (Fraction(5), AtOnce()) == (beans.worth, beans.available)
    assert Lasting(Duration(12, "month"), Moment.END_OF_MONTH) == beans.expires
    assert beans.names["ru"] == {"one": "зерно", "few": "зерна", "many": "зёрен", "other": "зерна"}
    assert Base() == shop.earn.base
    assert shop.earn.rules == (
        OrderRule("every euro", PerStep(1, 100, "beans")),
        ActivityRule("a review", "review.created", Fixed(20, "beans")),
    )
    levels = (
        TierLevel("Bean", 0),
        TierLevel("Silver", 300, Fraction(5, 4)),
        TierLevel("Gold", 1000, Fraction(3, 2), ("free_delivery",)),
    )
    assert Tiers(PointsEarned("beans"), RollingWindow(Duration(12, "month"), "month"), levels) == shop.tiers
    assert Pay("beans", 20, Fraction(1, 2)) == shop.pay
    assert (shop.refunds.restore_grace_days, shop.card.pictures.logo) == (14, "bean-street/logo.png")


def test_lines_are_kept_by_path() -> None:
    lines = bean_street().lines
    assert line_of("- {name: every euro") == lines["earn.rules[0].give"]
    assert line_of("  levels:") == lines["tiers.levels"]


@pytest.mark.parametrize(
    "text", ["1 bean per 1 EUR", "1 beans per 1.00 EUR", "1 зерно per 1 EUR", "1 Bean per 1 EUR", "1 зёрен per 1 EUR"]
)
def test_points_may_be_called_by_any_of_their_names(text: str) -> None:
    told = BEAN_STREET.replace("1 bean per 1 EUR", text)
    assert PerStep(1, 100, "beans") == read(told, file="x").earn.orders[0].give


@pytest.mark.parametrize(
    ("give", "expected"),
    [
        ("5% as points", Percent(Fraction(1, 20), "points")),
        ("2.5 % as points", Percent(Fraction(1, 40), "points")),
        ("3 points per 20.50 RUB", PerStep(3, 2_050, "points")),
        ("20 points", Fixed(20, "points")),
        ("1 point", Fixed(1, "points")),
    ],
)
def test_what_a_rule_gives_is_written_as_people_say_it(give: str, expected: object) -> None:
    assert expected == roubles(earn=rule(give)).earn.orders[0].give


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        ({"after": "30 days"}, Lasting(Duration(30, "day"), Moment.END_OF_DAY)),
        ({"after": "2 years", "at": "end of year"}, Lasting(Duration(2, "year"), Moment.END_OF_YEAR)),
        ({"after": "1 month", "without": "activity"}, Inactivity(Duration(1, "month"), Moment.END_OF_DAY)),
        ({"at": "end of membership year"}, MembershipYear()),
    ],
)
def test_every_expiry_policy_can_be_written(expires: object, expected: object) -> None:
    assert expected == roubles(currencies={"points": points(expires=expires)}).main.expires


@pytest.mark.parametrize(
    ("available", "expected"),
    [
        ({"after": "14 days"}, After(Duration(14, "day"), Moment.START_OF_DAY)),
        ({"after": "1 week", "at": "end of week"}, After(Duration(1, "week"), Moment.END_OF_WEEK)),
        ({"after": "14 days", "from": "delivery"}, After(Duration(14, "day"), Moment.START_OF_DAY, "delivery")),
    ],
)
def test_every_waiting_policy_can_be_written(available: object, expected: object) -> None:
    assert expected == roubles(currencies={"points": points(available=available)}).main.available


def test_what_a_block_leaves_out_is_as_if_nothing_was_said() -> None:
    levels = [{"name": "Base", "from": 0}]
    shop = roubles(
        earn={"base": {}, **rule("1 point", on="order.paid")},
        refunds={},
        redeem={"pay": {"min": "5 points"}},
        tiers={"measure": "points earned", "window": {"rolling": "1 year"}, "levels": levels},
        currencies={"points": points(available={"after": "1 day"}, expires={"after": "1 day"})},
    )
    assert (shop.earn.base, shop.refunds, shop.pay) == (Base(), Refunds(), Pay("points", 5, Fraction(1)))
    assert shop.earn.rules == (OrderRule("shopping", Fixed(1, "points")),)
    window = RollingWindow(Duration(1, "year"), "month")
    assert shop.tiers == Tiers(PointsEarned("points"), window, (TierLevel("Base", 0, Fraction(1), ()),), None)
    assert shop.main.available == After(Duration(1, "day"), Moment.START_OF_DAY, "order", None)
    assert shop.main.expires == Lasting(Duration(1, "day"), Moment.END_OF_DAY, None)


def test_a_colour_is_kept_in_small_letters() -> None:
    assert roubles(card={"background": "#00AAFF", "text": "#FFFFFF", "label": "#Ffffff"}).card == CardLook(
        "#00aaff", "#ffffff", "#ffffff"
    )


@pytest.mark.parametrize(
    ("length", "is_read"),
    [
        *[(text, True) for text in ("36500 days", "5200 weeks", "1200 months", "100 years", "0 days", "1 days")],
        *[(text, False) for text in ("36501 days", "5201 weeks", "1201 months", "101 years", "123456 days", "1day")],
    ],
)
def test_a_length_of_time_is_at_most_a_hundred_years(length: str, is_read: bool) -> None:
    spoiled = BEAN_STREET.replace("after: 12 months", f"after: {length}")
    if is_read:
        read(spoiled, file="x.yaml")
    else:
        with pytest.raises(DefinitionError):
            read(spoiled, file="x.yaml")


@pytest.mark.parametrize("size", ["slug", "key", "text", "file"])
def test_the_longest_of_each_is_read_and_one_letter_more_is_not(size: str) -> None:
    def written(more: int) -> str:
        match size:
            case "slug":
                return BEAN_STREET.replace("program: bean-street", f"program: {'s' * (40 + more)}")
            case "key":
                return BEAN_STREET.replace("  beans:\n", f"  {'b' * (24 + more)}:\n")
            case "text":
                return BEAN_STREET.replace("name: Bean Street Coffee\n", f"name: {'B' * (200 + more)}\n")
            case _:
                return BEAN_STREET + "#" * (64_000 + more - len(BEAN_STREET))

    assert read(written(0), file="x.yaml")
    with pytest.raises(DefinitionError):
        read(written(1), file="x.yaml")


MONEYS = re.findall("[A-Z]+", "AUD BGN BRL CAD CHF CNY CZK DKK GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD")


@pytest.mark.parametrize(("what", "most"), [("rules", 50), ("levels", 12), ("points", 4), ("moneys", 20)])
def test_as_many_of_each_as_are_possible_are_read(what: str, most: int) -> None:
    names = [{"en": {"one": f"p{n}", "other": f"q{n}"}} for n in range(most)]
    blocks: dict[str, dict[str, object]] = {
        "rules": {"earn": {"rules": [{"name": f"r{n}", "give": "1 point"} for n in range(most)]}},
        "levels": {
            "tiers": {
                "measure": "points earned",
                "window": "lifetime",
                "levels": [{"name": f"l{n}", "from": n} for n in range(most)],
            }
        },
        "points": {
            "languages": ["en"],
            "currencies": {f"k{n}": points(names=forms) for n, forms in enumerate(names)},
            "earn": rule("1 p0"),
        },
        "moneys": {"takes": {code: [{"from": "2026-01-01", "rate": "2 RUB"}] for code in MONEYS}},
    }
    assert roubles(**blocks[what])


def test_the_programs_money_is_the_money_it_mentions() -> None:
    assert roubles(money=None).money == "RUB"


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    told = BEAN_STREET.replace("name: Bean Street Coffee\n", "name: No\n").replace("- {name: Bean,", "- {name: 1.10,")
    definition = read(told, file="x")
    assert definition.tiers is not None
    assert (definition.business.name, definition.tiers.levels[0].name) == ("No", "1.10")


# --- what is refused, and how -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "path", "expected", "suggestion"),
    [
        ("time_zone:", "timezone:", "timezone", "not known here", '"time_zone"'),
        ("give: 1 bean", "gives: 1 bean", "earn.rules[0].gives", "not known here", '"give"'),
        ("1 bean per 1 EUR", "1 baen per 1 EUR", "earn.rules[0].give", "a name of points", '"bean"'),
        ("1 bean per 1 EUR", "1 bean per 0 EUR", "earn.rules[0].give", "above zero", ""),
        ("1 bean per 1 EUR", "1 bean per 1 USD", "earn.rules[0].give", "EUR, the money of this program", ""),
        ("1 bean per 1 EUR", "1 bean per 0.001 EUR", "earn.rules[0].give", "can be paid in EUR", ""),
        ("1 bean per 1 EUR", "lots", "earn.rules[0].give", '"1 beans per 1 EUR"', ""),
        ("0.05 EUR", "0,05 EUR", "currencies.beans.worth", "money such as 2.50 EUR", ""),
        ("0.05 EUR", "0.05 EUX", "currencies.beans.worth", "a code of money", '"EUR"'),
        ("0.05 EUR", "-0.05 EUR", "currencies.beans.worth", "money such as 2.50 EUR", ""),
        ("Europe/Berlin", "Europe/Berlni", "time_zone", "a time zone", '"Europe/Berlin"'),
        ("Europe/Berlin", "Europe", "time_zone", "a time zone", '"Europe/'),
        ("Europe/Berlin", "../../etc/passwd", "time_zone", "a time zone", ""),
        ("mode: test", "mode: tset", "mode", "one of: live, test", '"test"'),
        ("keep: 90 days", "keep: 3 months", "guests.keep", "a number of days", ""),
        ("keep: 90 days", "keep: 0 days", "guests.keep", "at least 1 day", ""),
        ("after: 12 months", "after: 12 moons", "currencies.beans.expires.after", "such as 14 days", ""),
        ("after: 12 months", "after: 5000 years", "currencies.beans.expires.after", "at most 100 years", ""),
        ("at: end of month", "at: end of mouth", "currencies.beans.expires.at", "one of:", '"end of month"'),
        ("at once\n    exp", "at noon\n    exp", "currencies.beans.available", "at once", '"at once"'),
        ("from: 300", "from: three hundred", "tiers.levels[1].from", "points such as", ""),
        ("multiply: 1.25", "multiply: '1,25'", "tiers.levels[1].multiply", "a number such as 1.25", ""),
        ("multiply: 1.25", "multiply: 0", "tiers.levels[1].multiply", "above 0", ""),
        ("[free_delivery]", "[free_delivry]", "tiers.levels[2].perks[0]", "one of:", '"free_delivery"'),
        ("beans earned", "beens earned", "tiers.measure", "a name of points", '"beans"'),
        ("rolling: 12 months", "rolling: 0 months", "tiers.window.rolling", "above zero", ""),
        ("downgrade: at once", "downgrade: tomorrow", "tiers.downgrade", "at once", ""),
        ("50% of goods", "150% of goods", "redeem.pay.at_most", "50% of goods", ""),
        ("min: 20 beans", "min: 0 beans", "redeem.pay.min", "points such as", ""),
        ("#2b1d14", "brown", "card.background", "a colour", ""),
        ("bean-street/logo.png", "../secret.png", "card.logo", "a PNG or JPEG file", ""),
        ("https://beanstreet.example/privacy", "javascript:alert(1)", "business.privacy", "https://", ""),
        ("hello@beanstreet.example", "call us", "business.contact", "an e-mail or web address", ""),
        ("program: bean-street", "program: Bean Street", "program", "small letters", ""),
        ("languages: [en, ru]", "languages: [en, russian]", "languages[1]", "the code of a language", ""),
        ("on: review.created", "on: reviews.created", "earn.rules[1].on", "review.created", '"review.created"'),
        ("once_per: object", "once_per: thing", "earn.rules[1].once_per", "object, member, day", ""),
        (", once_per: object", "", "earn.rules[1].once_per", "missing", ""),
        ("{down: per order}", "{down: per line}", "earn.rules[0].rounding.down", "per order, per item", "per item"),
        ("when_spent: negative balance", "when_spent: forgive", "refunds.when_spent", "negative balance", ""),
        ("after_expiry: forgive", "after_expiry: ignore", "refunds.after_expiry", "forgive", ""),
        ("gift_cards: excluded", "gift_cards: maybe", "earn.base.gift_cards", "one of: included, excluded", ""),
    ],
)
def test_a_mistake_is_told_with_line_path_what_was_expected_and_the_nearest_word(
    old: str, new: str, path: str, expected: str, suggestion: str
) -> None:
    found = [finding for finding in mistakes(old, new) if finding.path == path]
    assert len(found) == 1
    assert ("bean-street.yaml", line_of(old)) == (found[0].file, found[0].line)
    assert expected in found[0].message
    assert suggestion in found[0].suggestion
    assert bool(suggestion) == bool(found[0].suggestion)


@pytest.mark.parametrize("key", ["program", "mode", "business", "languages", "guests", "currencies", "earn", "card"])
def test_a_missing_policy_is_named(key: str) -> None:
    spoiled = BEAN_STREET.replace(f"\n{key}:", f"\nx-{key}:")
    with pytest.raises(DefinitionError) as refused:
        read(spoiled, file="x")
    assert any(finding.path == key and "missing" in finding.message for finding in refused.value.findings)


def test_all_mistakes_are_told_at_once_in_the_files_order() -> None:
    spoiled = BEAN_STREET.replace("mode: test", "mode: x").replace("from: 300", "from: x").replace("#ffffff", "white")
    with pytest.raises(DefinitionError) as refused:
        read(spoiled, file="shop.yaml")
    assert [finding.path for finding in refused.value.findings] == ["mode", "tiers.levels[1].from", "card.text"]
    assert 'shop.yaml:3:7: mode: expected one of: live, test, found "x"' in str(refused.value)


def test_a_key_written_twice_is_refused_at_its_second_line() -> None:
    (finding,) = mistakes("time_zone: Europe/Berlin\n", "time_zone: Europe/Berlin\ntime_zone: Europe/Berlin\n")
    assert (line_of("time_zone") + 1, "time_zone") == (finding.line, finding.path)
    assert f"line {line_of('time_zone')}" in finding.message


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("rounding: {down: per order}", "when_refunded_below: recheck", "earn.rules[0].when_refunded_below"),
        ("rounding: {down: per order}", "count_full: 100 EUR", "earn.rules[0].count_full"),
        ("rounding: {down: per order}", "once_per: object", "earn.rules[0].once_per"),
        ("once_per: object", "once_per: object, min_order: 5 EUR", "earn.rules[1].min_order"),
        ("at: end of month", "at: end of membership year", "currencies.beans.expires.after"),
    ],
)
def test_a_key_that_would_do_nothing_is_refused(old: str, new: str, path: str) -> None:
    assert [path] == [finding.path for finding in mistakes(old, new)]


def test_a_name_in_a_language_the_program_does_not_have_is_refused() -> None:
    (finding,) = mistakes("      ru: {one", "      de: {other: Bohnen}\n      ru: {one")
    assert finding.path == "currencies.beans.names.de"


def test_two_kinds_of_points_cannot_share_a_name() -> None:
    with pytest.raises(DefinitionError, match=r"currencies\.coins: expected names that no other points have"):
        roubles(currencies={"points": points(), "coins": points()})


def test_a_program_must_say_which_money_it_takes() -> None:
    with pytest.raises(DefinitionError, match="money: EUR"):
        roubles(money=None, currencies={"points": points(worth="1 RUB") | {"worth": "x"}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "an empty file"),
        ("[]", "the keys of a program definition"),
        ("a: [", "not valid YAML"),
        ("a: \x00", "does not allow"),
        ("a: &x 1\nb: *x\n", "anchors"),
        ("a: !!python/object:os.system x", "tags"),
        ("a: 1\n---\nb: 2\n", "one definition"),
        ("[" * 5000, "fewer blocks"),
        ("a: " + "x" * 70_000, "at most 64000 characters"),
        ("{[1]: 2}", "expected a key"),
    ],
)
def test_files_that_are_no_definition_are_refused_without_being_expanded(text: str, expected: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(text, file="x.yaml")
    assert expected in str(refused.value)


def test_a_mountain_of_aliases_is_refused() -> None:
    layers = ["l0: &l0 [x]"] + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    with pytest.raises(DefinitionError, match="anchors"):
        read("\n".join(layers), file="x.yaml")
