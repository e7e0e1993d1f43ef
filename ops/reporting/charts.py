"""The charts of a report."""

from fractions import Fraction

import pygal

from chalicelib.services.reporting import Told
from ops.backtest.voice import Voice
from ops.drawing import Axes, Chart, Series, count_format, drawn, money_format, units
from ops.reporting.telling import Asked


def charts(report: Told, asked: Asked, voice: Voice) -> list[Chart]:
    """All charts, in the order in which they are read."""
    return [_money(report, asked, voice), _members(report, voice), _average(report, voice), _points(report, voice)]


def _money(report: Told, asked: Asked, voice: Voice) -> Chart:
    """Above the line what a month's sales brought, below it what its points cost."""
    money, months = report.definition.money, report.figures.months
    title = voice.say("sales_chart" if asked.margin is None else "margin_chart")
    brought = voice.say("sales" if asked.margin is None else "margin")
    series: Series = {
        brought: units([month.sales * (asked.margin or 1) for month in months], money),
        voice.say("points"): units([-month.used_worth for month in months], money),
    }
    axes = Axes(_labels(report, voice), money_format(money, voice))
    return Chart(title, drawn(pygal.StackedBar, title, axes, series), "months", tuple(series))


def _members(report: Told, voice: Voice) -> Chart:
    title, months = voice.say("active_chart"), report.figures.months
    series: Series = {
        voice.say("active"): [month.active for month in months],
        voice.say("orders"): [month.orders for month in months],
    }
    axes = Axes(_labels(report, voice), count_format(voice))
    return Chart(title, drawn(pygal.Bar, title, axes, series), "", tuple(series))


def _average(report: Told, voice: Voice) -> Chart:
    title, money = voice.say("average_chart"), report.definition.money
    average = [month.sales / month.orders if month.orders else Fraction(0) for month in report.figures.months]
    axes = Axes(_labels(report, voice), money_format(money, voice))
    return Chart(title, drawn(pygal.Bar, title, axes, {title: units(average, money)}))


def _points(report: Told, voice: Voice) -> Chart:
    title, key = voice.say("points_chart"), report.definition.main.key
    series: Series = {
        voice.say("given"): [month.issued[key] for month in report.figures.months],
        voice.say("used"): [-month.used[key] for month in report.figures.months],
        voice.say("expired"): [-month.expired[key] for month in report.figures.months],
    }
    axes = Axes(_labels(report, voice), count_format(voice))
    return Chart(title, drawn(pygal.StackedBar, title, axes, series), "points", tuple(series))


def _labels(report: Told, voice: Voice) -> list[str]:
    """Short names; of many months only some."""
    months = report.figures.months
    step = 1 + (len(months) - 1) // 7
    return [voice.month(month.name, short=True) if place % step == 0 else "" for place, month in enumerate(months)]
