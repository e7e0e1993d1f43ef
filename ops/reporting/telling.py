"""A report as a person reads it: a verdict, figures and tables, the same at a terminal and on a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.money import exponent
from chalicelib.programs.wording import form
from chalicelib.services.reporting import Told
from ops.backtest.telling import Sign, Story, TableText, VerdictText
from ops.backtest.voice import Voice
from ops.backtest.words import MEMBERS


@dataclass(frozen=True, slots=True)
class Asked:
    """What the shop says of itself: `margin`, the share of sales that is margin; None when nobody said."""

    margin: Fraction | None = None


def told(report: Told, asked: Asked, voice: Voice) -> Story:
    """The report in the voice's language."""
    months = report.figures.months
    return Story(
        title=voice.say("title", program=report.definition.business.name),
        subtitle=voice.say(
            "subtitle",
            first=voice.month(months[0].name),
            last=voice.month(months[-1].name),
            members=voice.count(MEMBERS, report.figures.members),
        ),
        verdicts=(_verdict(report, asked, voice),),
        tables=(_summary(report, asked, voice), _months(report, voice), _points(report, voice)),
        changes=(),
        assumed=tuple(voice.say(key) for key in ("how_orders", "how_points", "how_inactive", "how_owed")),
        left_out=_left_out(report, voice),
    )


def _left_out(report: Told, voice: Voice) -> tuple[str, ...]:
    guests = report.figures.guests
    return (voice.say("guests_left_out", guests=voice.number(guests)),) if guests else ()


def expected_cost(report: Told) -> Fraction | None:
    """Minor units that all points held will cost; None where some have no worth."""
    owed = [each for each in report.owed if each.owed.points]
    if any(each.unit_cost is None for each in owed):
        return None
    return sum((each.owed.cost for each in owed), Fraction(0))


def _verdict(report: Told, asked: Asked, voice: Voice) -> VerdictText:
    sign, sentences = _judged(report, asked, voice)
    owed = expected_cost(report)
    if owed:
        sentences.append(voice.say("owed", owed=voice.money(owed, report.definition.money)))
    return VerdictText(report.definition.program, sign, tuple(sentences))


def _judged(report: Told, asked: Asked, voice: Voice) -> tuple[Sign, list[str]]:
    figures, money = report.figures, report.definition.money
    used = voice.money(figures.used_worth, money)
    if any(figures.used.get(currency.key) and currency.worth is None for currency in report.definition.currencies):
        return "unknown", [voice.say("unknown_worth")]
    if not figures.sales:
        return "unknown", [voice.say("no_sales")]
    if asked.margin is None:
        share = voice.share(figures.used_worth / figures.sales)
        return "unknown", [voice.say("unknown_margin", used=used, share=share)]
    left, margin = figures.left_of_margin(asked.margin), voice.money(figures.sales * asked.margin, money)
    if left >= 0:
        return "black", [voice.say("black", margin=margin, left=voice.money(left, money))]
    return "red", [voice.say("red", used=used, margin=margin)]


def _summary(report: Told, asked: Asked, voice: Voice) -> TableText:
    rows = tuple((voice.say(key, **filled), value) for key, filled, value in _facts(report, asked, voice))
    return TableText("summary", voice.say("summary"), ("", ""), rows)


def _facts(report: Told, asked: Asked, voice: Voice) -> Iterator[tuple[str, dict[str, str], str]]:
    figures, money = report.figures, report.definition.money

    def share(part: Fraction | None) -> str:
        return voice.say("nobody") if part is None else voice.share(part)

    def amount(value: Fraction | None) -> str:
        return voice.say("nobody") if value is None else voice.money(value, money)

    def number(value: Fraction | int | None) -> str:
        return voice.say("nobody") if value is None else voice.number(value)

    yield "repeat", {}, share(figures.repeat_rate)
    yield "engagement", {}, share(figures.engagement)
    yield "inactive", {}, share(figures.inactive_share)
    yield "average_order", {}, amount(figures.average_order)
    yield "orders_per_buyer", {}, number(figures.orders_per_buyer)
    yield "lifetime_value", {}, amount(figures.lifetime_value)
    yield "first_reward", {}, number(figures.first_reward_days)
    yield "rewarded", {}, share(figures.rewarded_share)
    is_one = len(report.definition.currencies) == 1
    for currency in report.definition.currencies:
        name = form(currency.names.get(voice.language) or next(iter(currency.names.values())), 100, voice.language)
        filled = {} if is_one else {"points": name}
        yield "redemption" if is_one else "redemption_of", filled, share(figures.redemption_rate(currency.key))
        yield "breakage" if is_one else "breakage_of", filled, share(figures.breakage(currency.key))
    yield "cost", {}, amount(figures.used_worth)
    if figures.sales:
        yield "cost_share", {}, share(figures.used_worth / figures.sales)
        if asked.margin:
            yield "margin_share", {}, share(figures.used_worth / figures.sales / asked.margin)
    yield "liability", {}, amount(expected_cost(report))
    if report.score is not None:
        yield "nps", {}, _signed(report.score.value, voice)
    yield "left", {}, number(figures.left)
    yield "guests", {}, number(figures.guests)


def _signed(value: Fraction | None, voice: Voice) -> str:
    if value is None:
        return voice.say("nobody")
    return ("+" if value > 0 else "") + voice.number(value)


def _months(report: Told, voice: Voice) -> TableText:
    money, rows = report.definition.money, []
    for month in report.figures.months:
        average = voice.money(month.sales / month.orders, money) if month.orders else "—"
        cells = voice.money(month.sales, money), voice.number(month.orders), voice.number(month.active), average
        rows.append((voice.month(month.name), *cells))
    headings = tuple(voice.say(key) for key in ("month", "sales", "orders", "active", "average"))
    return TableText("months", voice.say("months"), headings, tuple(rows))


def _points(report: Told, voice: Voice) -> TableText:
    key = report.definition.main.key
    rows = [
        (voice.month(month.name), *(voice.number(part[key]) for part in (month.issued, month.used, month.expired)))
        for month in report.figures.months
    ]
    headings = tuple(voice.say(key) for key in ("month", "given", "used", "expired"))
    return TableText("points", voice.say("points_chart"), headings, tuple(rows))


def as_json(report: Told, asked: Asked) -> dict[str, object]:
    """Everything as plain data. Money in whole minor units, shares as numbers from 0 to 1, None where nobody counts."""
    figures = report.figures
    return {
        "program": report.definition.program,
        "money": report.definition.money,
        "minor_units_in_one": 10 ** exponent(report.definition.money),
        "months": [month.name for month in figures.months],
        "members": figures.members,
        "guests": figures.guests,
        "left": figures.left,
        "buyers": figures.buyers,
        "orders": figures.orders,
        "sales": round(figures.sales),
        "repeat_rate": _number(figures.repeat_rate),
        "engagement": _number(figures.engagement),
        "inactive_share": _number(figures.inactive_share),
        "average_order": _whole(figures.average_order),
        "orders_per_buyer": _number(figures.orders_per_buyer),
        "lifetime_value": _whole(figures.lifetime_value),
        "days_to_first_reward": _number(figures.first_reward_days),
        "rewarded_share": _number(figures.rewarded_share),
        "points": {
            currency.key: {
                "issued": figures.issued.get(currency.key, 0),
                "used": figures.used.get(currency.key, 0),
                "expired": figures.expired.get(currency.key, 0),
                "redemption_rate": _number(figures.redemption_rate(currency.key)),
                "breakage": _number(figures.breakage(currency.key)),
            }
            for currency in report.definition.currencies
        },
        "worth_used": round(figures.used_worth),
        "margin": _number(asked.margin),
        "left_of_margin": None if asked.margin is None else round(figures.left_of_margin(asked.margin)),
        "expected_cost_of_points_held": _whole(expected_cost(report)),
        "nps": None if report.score is None else _number(report.score.value),
        "by_month": [
            {
                "month": month.name,
                "sales": round(month.sales),
                "orders": month.orders,
                "members": month.active,
                "issued": dict(month.issued),
                "used": dict(month.used),
                "expired": dict(month.expired),
                "worth_used": round(month.used_worth),
            }
            for month in figures.months
        ],
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _whole(amount: Fraction | None) -> int | None:
    return None if amount is None else round(amount)
