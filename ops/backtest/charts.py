"""The charts of a back-test."""

from collections.abc import Sequence
from fractions import Fraction

import pygal

from chalicelib.programs.backtest.verdict import WAITS, Comparison
from ops.backtest.report import Report, Result
from ops.backtest.telling import names_of, span
from ops.backtest.voice import Voice
from ops.drawing import Axes, Chart, Series, count_format, drawn, money_format, units


def charts(report: Report, voice: Voice) -> list[Chart]:
    """All charts of a report, in the order in which they are read."""
    names = names_of(report)
    both = list(zip(report.results, names, strict=True))

    def titled(key: str, name: str) -> str:
        return voice.say(key) + (f": {name}" if len(names) > 1 else "")

    found = [
        _margin(titled("margin_chart", name), result, voice)
        for result, name in both
        if result.verdict.margin is not None
    ]
    found += [_points(titled("points_chart", name), f"months {name}", result, voice) for result, name in both]
    found.append(_liability(report, names, voice))
    if report.comparison is not None:
        found.append(_changes(report.comparison, report.first.definition.money, voice))
    found += [
        _levels(titled("levels", name), result, voice) for result, name in both if result.definition.tiers is not None
    ]
    found.append(_waits(report, names, voice))
    return found


def _margin(title: str, result: Result, voice: Voice) -> Chart:
    """Above the line what a month's sales brought, below it what its points cost."""
    left, margin = dict(result.verdict.months), result.verdict.margin or Fraction(0)
    money = result.definition.money
    earned = [month.sales * margin for month in result.months]
    cost = [left[month.name] - brought for month, brought in zip(result.months, earned, strict=True)]
    series = {voice.say("margin"): units(earned, money), voice.say("cost"): units(cost, money)}
    axes = Axes(_labels(result, voice), money_format(money, voice))
    return Chart(title, drawn(pygal.StackedBar, title, axes, series), legend=tuple(series))


def _points(title: str, table: str, result: Result, voice: Voice) -> Chart:
    parts = [month.points[result.definition.main.key] for month in result.months]
    series: Series = {
        voice.say("given"): [part.issued for part in parts],
        voice.say("used"): [-part.redeemed for part in parts],
        voice.say("back"): [-part.taken_back for part in parts],
        voice.say("expired"): [-part.expired for part in parts],
    }
    axes = Axes(_labels(result, voice), count_format(voice))
    return Chart(title, drawn(pygal.StackedBar, title, axes, series), table, tuple(series))


def _liability(report: Report, names: Sequence[str], voice: Voice) -> Chart:
    title, money = voice.say("liability"), report.first.definition.money
    series: Series = {}
    for result, name in zip(report.results, names, strict=True):
        worth = {currency.key: currency.worth or Fraction(0) for currency in result.definition.currencies}
        held = [
            sum((points * worth.get(key, Fraction(0)) for key, points in month.held.items()), Fraction(0))
            for month in result.months
        ]
        series[name] = units(held, money)
    axes = Axes(_labels(report.first, voice), money_format(money, voice))
    return Chart(title, drawn(pygal.Line, title, axes, series, fill=len(names) == 1), legend=_told_apart(names))


def _levels(title: str, result: Result, voice: Voice) -> Chart:
    assert result.definition.tiers is not None
    series: Series = {
        level.name: [month.levels[level.name] for month in result.months] for level in result.definition.tiers.levels
    }
    axes = Axes(_labels(result, voice), count_format(voice))
    return Chart(title, drawn(pygal.StackedBar, title, axes, series), "levels", tuple(series))


def _waits(report: Report, names: Sequence[str], voice: Voice) -> Chart:
    title, series = voice.say("waits"), {}
    for result, name in zip(report.results, names, strict=True):
        reach, soon = result.reach, [result.reach.within[days] for days in WAITS]
        counts = [*soon, reach.reached - sum(soon), reach.members - reach.reached]
        series[name] = [100 * count / max(1, reach.members) for count in counts]
    labels = [*(str(days) for days in WAITS), f"{WAITS[-1]}+", voice.say("never")]
    axes = Axes(labels, lambda value: f"{value:.0f}%")
    return Chart(title, drawn(pygal.Bar, title, axes, series, range=(0, 100)), "waits", _told_apart(names))


def _changes(found: Comparison, money: str, voice: Voice) -> Chart:
    title = voice.say("change_chart")
    series = {
        voice.say("gained"): units([group.gained for group in found.groups], money),
        voice.say("lost"): units([-group.lost for group in found.groups], money),
    }
    axes = Axes([span(group) for group in found.groups], money_format(money, voice))
    return Chart(title, drawn(pygal.StackedBar, title, axes, series), "changes", tuple(series))


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names) if len(names) > 1 else ()


def _labels(result: Result, voice: Voice) -> list[str]:
    """Short names; of many months only some."""
    step = 1 + (len(result.months) - 1) // 7
    return [
        voice.month(month.name, short=True) if place % step == 0 else "" for place, month in enumerate(result.months)
    ]
