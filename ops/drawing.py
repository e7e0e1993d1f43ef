"""Charts as SVG that take their colours from the page, so that they are right by day and by night."""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from babel.numbers import format_compact_decimal, get_currency_symbol
from pygal.style import Style

from chalicelib.money import exponent
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
Series = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, what it shows, and the key of the table that says the same.

    legend: what each series is called, where there are several; its colour is that of its place
    """

    title: str
    svg: str
    table: str = ""
    legend: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Axes:
    """What stands below the columns, and how the figures beside them are written."""

    labels: Sequence[str]
    value: Callable[[float], str]


def drawn(kind: Any, title: str, axes: Axes, series: Series, **options: Any) -> str:
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


def units(amounts: Sequence[Fraction], money: str) -> list[float]:
    return [float(amount / 10 ** exponent(money)) for amount in amounts]


def count_format(voice: Voice) -> Callable[[float], str]:
    return lambda value: str(format_compact_decimal(value, locale=voice.language, fraction_digits=1))


def money_format(money: str, voice: Voice) -> Callable[[float], str]:
    symbol, count = get_currency_symbol(money, voice.language), count_format(voice)
    if voice.language == "ru":
        return lambda value: f"{count(value)} {symbol}"
    return lambda value: ("-" if value < 0 else "") + symbol + count(abs(value))
