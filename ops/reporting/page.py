"""A report as one HTML file."""

from chalicelib.services.reporting import Told
from ops.backtest.page import rendered
from ops.backtest.voice import Voice
from ops.reporting.charts import charts
from ops.reporting.telling import Asked, told


def page(report: Told, asked: Asked, voice: Voice) -> str:
    """The whole file."""
    return rendered(told(report, asked, voice), charts(report, asked, voice), voice)
