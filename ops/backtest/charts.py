"""Charts of a report as SVG that takes its colours from the page, so that it is right by day and by night."""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pygal
from babel.numbers import format_compact_decimal, get_currency_symbol
from pygal.style import Style

from chalicelib.money import exponent
from chalicelib.programs.backtest.verdict import WAITS, Comparison
from ops.backtest.report import Report, Result
from ops.backtest.telling import names_of, span
from ops.backtest.voice import Voice

_COLOURS = ("var(--one)", "var(--two)", "var(--three)", "var(--four)", "var(--five)")
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="var(--quiet)",
    foreground_strong="var(--ink)",
    foreground_subtle="var(--line)",
    colors=_COLOURS,
    font_family="inherit",
    label_font_size=13,
    major_label_font_size=13,
    guide_stroke_dasharray="none",
    major_guide_stroke_dasharray="none",
    guide_stroke_color="var(--line)",
    major_guide_stroke_color="var(--line)",
    opacity=".9",
    opacity_hover="1",
    transition="0s",
    stroke_width=3,
)
_NEEDLESS = re.compile(r"<!--.*?-->|<script.*?</script>", re.DOTALL)
"""Who drew it and when, and settings of a script that is not there."""
_Series = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, what it shows, and the key of the table that says the same.

    legend: what each series is called, where there are several; its colour is that of its place
    """

    title: str
    svg: str
    table: str = ""
    legend: tuple[str, ...] = ()


def charts(report: Report, voice: Voice) -> list[Chart]:
    """All charts of a report, in the order in which they are read."""
    names = names_of(report)
    both = list(zip(report.results, names, strict=True))

    def titled(key: str, name: str) -> str:
        return voice.say(key) + (f": {name}" if len(names) > 1 else "")

    drawn = [
        _margin(titled("margin_chart", name), result, voice)
        for result, name in both
        if result.verdict.margin is not None
    ]
    drawn += [_points(titled("points_chart", name), f"months {name}", result, voice) for result, name in both]
    drawn.append(_liability(report, names, voice))
    if report.comparison is not None:
        drawn.append(_changes(report.comparison, report.first.definition.money, voice))
    drawn += [
        _levels(titled("levels", name), result, voice) for result, name in both if result.definition.tiers is not None
    ]
    drawn.append(_waits(report, names, voice))
    return drawn


def _margin(title: str, result: Result, voice: Voice) -> Chart:
    """Above the line what a month's sales brought, below it what its points cost."""
    left, margin = dict(result.verdict.months), result.verdict.margin or Fraction(0)
    money = result.definition.money
    earned = [month.sales * margin for month in result.months]
    cost = [left[month.name] - brought for month, brought in zip(result.months, earned, strict=True)]
    series = {voice.say("margin"): _units(earned, money), voice.say("cost"): _units(cost, money)}
    axes = _Axes(_labels(result, voice), _money_format(money, voice))
    return Chart(title, _drawn(pygal.StackedBar, title, axes, series), legend=tuple(series))


def _points(title: str, table: str, result: Result, voice: Voice) -> Chart:
    parts = [month.points[result.definition.main.key] for month in result.months]
    series: _Series = {
        voice.say("given"): [part.issued for part in parts],
        voice.say("used"): [-part.redeemed for part in parts],
        voice.say("back"): [-part.taken_back for part in parts],
        voice.say("expired"): [-part.expired for part in parts],
    }
    axes = _Axes(_labels(result, voice), _count_format(voice))
    return Chart(title, _drawn(pygal.StackedBar, title, axes, series), table, tuple(series))


def _liability(report: Report, names: Sequence[str], voice: Voice) -> Chart:
    title, money = voice.say("liability"), report.first.definition.money
    series: _Series = {}
    for result, name in zip(report.results, names, strict=True):
        worth = {currency.key: currency.worth or Fraction(0) for currency in result.definition.currencies}
        held = [
            sum((points * worth.get(key, Fraction(0)) for key, points in month.held.items()), Fraction(0))
            for month in result.months
        ]
        series[name] = _units(held, money)
    axes = _Axes(_labels(report.first, voice), _money_format(money, voice))
    return Chart(title, _drawn(pygal.Line, title, axes, series, fill=len(names) == 1), legend=_told_apart(names))


def _levels(title: str, result: Result, voice: Voice) -> Chart:
    assert result.definition.tiers is not None
    series: _Series = {
        level.name: [month.levels[level.name] for month in result.months] for level in result.definition.tiers.levels
    }
    axes = _Axes(_labels(result, voice), _count_format(voice))
    return Chart(title, _drawn(pygal.StackedBar, title, axes, series), "levels", tuple(series))


def _waits(report: Report, names: Sequence[str], voice: Voice) -> Chart:
    title, series = voice.say("waits"), {}
    for result, name in zip(report.results, names, strict=True):
        reach, soon = result.reach, [result.reach.within[days] for days in WAITS]
        counts = [*soon, reach.reached - sum(soon), reach.members - reach.reached]
        series[name] = [100 * count / max(1, reach.members) for count in counts]
    labels = [*(str(days) for days in WAITS), f"{WAITS[-1]}+", voice.say("never")]
    axes = _Axes(labels, lambda value: f"{value:.0f}%")
    return Chart(title, _drawn(pygal.Bar, title, axes, series, range=(0, 100)), "waits", _told_apart(names))


def _changes(found: Comparison, money: str, voice: Voice) -> Chart:
    title = voice.say("change_chart")
    series = {
        voice.say("gained"): _units([group.gained for group in found.groups], money),
        voice.say("lost"): _units([-group.lost for group in found.groups], money),
    }
    axes = _Axes([span(group) for group in found.groups], _money_format(money, voice))
    return Chart(title, _drawn(pygal.StackedBar, title, axes, series), "changes", tuple(series))


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names) if len(names) > 1 else ()


@dataclass(frozen=True, slots=True)
class _Axes:
    """What stands below the columns, and how the figures beside them are written."""

    labels: Sequence[str]
    value: Callable[[float], str]


def _drawn(kind: Any, title: str, axes: _Axes, series: _Series, **options: Any) -> str:
    chart = kind(
        style=_STYLE,
        width=420,
        height=250,
        margin=4,
        margin_right=14,
        js=(),
        disable_xml_declaration=True,
        show_legend=False,
        truncate_label=-1,
        min_scale=3,
        max_scale=6,
        include_x_axis=True,
        show_dots=False,
        value_formatter=axes.value,
        **options,
    )
    chart.uuid = f"{zlib.crc32(title.encode()):08x}"
    chart.x_labels = axes.labels
    for name, values in series.items():
        chart.add(name, values)
    return _NEEDLESS.sub("", chart.render())


def _labels(result: Result, voice: Voice) -> list[str]:
    """Short names; of many months only some."""
    step = 1 + (len(result.months) - 1) // 7
    return [
        voice.month(month.name, short=True) if place % step == 0 else "" for place, month in enumerate(result.months)
    ]


def _units(amounts: Sequence[Fraction], money: str) -> list[float]:
    return [float(amount / 10 ** exponent(money)) for amount in amounts]


def _count_format(voice: Voice) -> Callable[[float], str]:
    return lambda value: str(format_compact_decimal(value, locale=voice.language, fraction_digits=1))


def _money_format(money: str, voice: Voice) -> Callable[[float], str]:
    symbol, count = get_currency_symbol(money, voice.language), _count_format(voice)
    if voice.language == "ru":
        return lambda value: f"{count(value)} {symbol}"
    return lambda value: ("-" if value < 0 else "") + symbol + count(abs(value))
