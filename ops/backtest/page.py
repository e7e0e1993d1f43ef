"""A report as one HTML file: no script, nothing fetched, light and dark, for a phone and for a desk."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ops.backtest.charts import charts
from ops.backtest.report import Report
from ops.backtest.telling import Story
from ops.backtest.voice import Voice
from ops.drawing import Chart

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(report: Report, story: Story, voice: Voice) -> str:
    """The whole file."""
    return rendered(story, charts(report, voice), voice)


def rendered(story: Story, drawn: Sequence[Chart], voice: Voice) -> str:
    """A story with its charts; every table that no chart shows stands below them."""
    beside = {"summary", *(chart.table for chart in drawn)}
    return _PAGES.get_template("page.html").render(
        story=story,
        summary=story.table("summary"),
        drawn=[(chart, Markup(chart.svg), story.table(chart.table)) for chart in drawn],  # noqa: S704  # escaped there
        others=[table for table in story.tables if table.key not in beside],
        say=voice.say,
        language=voice.language,
    )
