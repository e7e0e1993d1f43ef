"""The dashboard of infra/dashboard.yaml, as CloudWatch knows it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ops.packaging.alarms import NAMESPACE

_ROW_HEIGHT, _HEADING_HEIGHT, _WIDTH = 6, 1, 24


def hang(template: dict[str, Any]) -> None:
    """Make CloudWatch's dashboard of the section `Dashboard`, which is taken out."""
    rows: Sequence[Mapping[str, Any]] = template.pop("Dashboard")
    # What some stages have not cannot be named: neither CloudFormation nor CloudWatch would know the name.
    functions, alarms, logs = (
        sorted(name for name, made in template["Resources"].items() if made["Type"] == kind and "Condition" not in made)
        for kind in ("AWS::Serverless::Function", "AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup")
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
            widgets.append(where | _widget(widget, functions, alarms, logs))
        top += _HEADING_HEIGHT + _ROW_HEIGHT
    template["Resources"]["StageDashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Condition": "HasDashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "pointpass-${Stage}"},
            "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets}, sort_keys=True)},
        },
    }


def _widget(
    widget: Mapping[str, Any], functions: Sequence[str], alarms: Sequence[str], logs: Sequence[str]
) -> dict[str, Any]:
    """A widget as CloudWatch knows it: all alarms, lines of the logs, or metrics.

    Source: docs.aws.amazon.com/AmazonCloudWatch, "Dashboard body structure and syntax".
    """
    if widget.get("alarms") == "all":
        properties = {"title": widget["title"], "alarms": [f"${{{name}.Arn}}" for name in alarms]}
        return {"type": "alarm", "properties": properties}
    if "query" in widget:
        sources = " | ".join(f"SOURCE '${{{name}}}'" for name in logs)
        properties = {"title": widget["title"], "query": f"{sources} | {widget['query']}", "region": "${AWS::Region}"}
        return {"type": "log", "properties": {**properties, "view": "table"}}
    return {"type": "metric", "properties": _properties(widget, functions)}


def _properties(widget: Mapping[str, Any], functions: Sequence[str]) -> dict[str, Any]:
    lines: list[Any]
    if "functions" in widget:
        lines = [["AWS/Lambda", widget["functions"], "FunctionName", f"${{{name}}}"] for name in functions]
    elif "figure" in widget:
        # One line for each value that was seen of these dimensions: nobody has to name programs or providers here.
        seen = f'{{{NAMESPACE},stage,{",".join(widget["by"])}}} stage="${{Stage}}" MetricName="{widget["figure"]}"'
        lines = [[{"expression": f"SEARCH('{seen}', '{widget.get('stat', 'Sum')}', 300)"}]]
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
