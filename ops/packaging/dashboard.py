"""The dashboard of infra/dashboard.yaml, as CloudWatch knows it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ops.packaging.alarms import NAMESPACE

_ROW_HEIGHT, _HEADING_HEIGHT, _WIDTH = 6, 1, 24


def hang(template: dict[str, Any]) -> None:
    """Make CloudWatch's dashboard of the section `Dashboard`, which is taken out."""
    rows: Sequence[Mapping[str, Any]] = template.pop("Dashboard")
    functions = sorted(
        name for name, made in template["Resources"].items() if made["Type"] == "AWS::Serverless::Function"
    )
    widgets, top = [], 0
    for row in rows:
        heading = {"markdown": f"## {row['title']}"}
        widgets.append(
            {"type": "text", "x": 0, "y": top, "width": _WIDTH, "height": _HEADING_HEIGHT, "properties": heading}
        )
        wide = _WIDTH // len(row["widgets"])
        for place, widget in enumerate(row["widgets"]):
            where = {"x": place * wide, "y": top + _HEADING_HEIGHT, "width": wide, "height": _ROW_HEIGHT}
            widgets.append({"type": "metric", **where, "properties": _properties(widget, functions)})
        top += _HEADING_HEIGHT + _ROW_HEIGHT
    template["Resources"]["StageDashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Condition": "HasDashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "pointpass-${Stage}"},
            "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets}, sort_keys=True)},
        },
    }


def _properties(widget: Mapping[str, Any], functions: Sequence[str]) -> dict[str, Any]:
    if "functions" in widget:
        lines = [["AWS/Lambda", widget["functions"], "FunctionName", f"${{{name}}}"] for name in functions]
    else:
        lines = [
            [NAMESPACE, each, "stage", "${Stage}"] if isinstance(each, str) else each for each in widget["metrics"]
        ]
    return {
        "title": widget["title"],
        "metrics": lines,
        "stat": widget.get("stat", "Sum"),
        "period": 300,
        "view": "timeSeries",
        "stacked": False,
        "region": "${AWS::Region}",
    }
