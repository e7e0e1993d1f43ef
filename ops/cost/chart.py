"""The bill as a picture: a bar for each kind of event and profile, a colour for each service."""

import re

import pygal
from pygal.style import Style

from ops.cost.bill import PROFILES, PURCHASE, REFRESH, Profile, bill, by_service, total
from ops.cost.record import Record

_BARS = (("purchase", PURCHASE), ("refresh", REFRESH))
_STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#3c4650",
    foreground_strong="#11181f",
    foreground_subtle="#c9d1d9",
    colors=(
        "#1f6feb",
        "#8957e5",
        "#bf4b8a",
        "#57606a",
        "#9a6700",
        "#2da44e",
        "#116329",
        "#0a7d91",
        "#cf222e",
        "#d4a72c",
    ),
    font_family="sans-serif",
    guide_stroke_dasharray="none",
    major_guide_stroke_dasharray="none",
    guide_stroke_color="#e3e8ed",
    major_guide_stroke_color="#e3e8ed",
    label_font_size=15,
    major_label_font_size=15,
    legend_font_size=14,
    title_font_size=18,
    value_font_size=12,
    opacity="1",
    transition="0s",
)
_NEEDLESS = re.compile(r"<!--.*?-->|<script.*?</script>", re.DOTALL)
"""Who drew it and when, and settings of a script that is not there."""


def chart(record: Record) -> str:
    """An SVG that is the same whenever the bill is."""
    bars = [
        (_name(record, what, hops, profile), _services(record, hops, profile))
        for what, hops in _BARS
        for profile in PROFILES
    ]
    services = list(dict.fromkeys(service for _, found in bars for service in found))
    drawn = pygal.HorizontalStackedBar(
        style=_STYLE,
        width=900,
        height=450,
        margin=12,
        margin_bottom=32,
        explicit_size=True,
        js=(),
        title="US dollars for a million, us-east-1",
        legend_at_bottom=True,
        legend_at_bottom_columns=5,
        truncate_label=-1,
        truncate_legend=-1,
        value_formatter=lambda value: f"{value:.2f}",
        disable_xml_declaration=True,
    )
    drawn.uuid = "cost"
    drawn.x_labels = [name for name, _ in reversed(bars)]
    for service in services:
        drawn.add(service, [found.get(service) for _, found in reversed(bars)])
    return str(_NEEDLESS.sub("", drawn.render(is_unicode=True))) + "\n"


def _name(record: Record, what: str, hops: tuple[str, ...], profile: Profile) -> str:
    return f"{what}, {profile.name}: {total(bill(record, hops, profile)):.2f}"


def _services(record: Record, hops: tuple[str, ...], profile: Profile) -> dict[str, float]:
    found: dict[str, float] = {}
    for service, dollars in by_service(bill(record, hops, profile)).items():
        name = "API Gateway" if service.startswith("API") else service
        found[name] = round(found.get(name, 0) + dollars, 4)
    return found
