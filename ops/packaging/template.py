"""The template: what Chalice makes of app.py, and the tables, queues and rules of infra/, in one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ops.packaging import PackageFailed

Template = dict[str, Any]


def infrastructure(folder: Path) -> Template:
    """All files of a folder as one. Raises PackageFailed when two say something about the same thing."""
    whole: Template = {}
    for path in sorted(folder.glob("*.yaml")):
        for section, content in yaml.safe_load(path.read_text()).items():
            known = whole.setdefault(section, {})
            if twice := known.keys() & content.keys():
                raise PackageFailed(f"{path.name} repeats {', '.join(sorted(twice))} of {section}")
            known.update(content)
    return whole


def finished(template: Template, *, stage: str, runtime: str) -> Template:
    """The template for one stage alone.

    Raises PackageFailed when a function would run on another Python than the one that made the package.
    """
    for name, function in functions(template).items():
        named = function["Properties"]["Runtime"]
        if named != runtime:
            raise PackageFailed(f"{name} runs on {named}, the package was made with {runtime}")
    template["Description"] = f"Pointpass, stage {stage}"
    template["Parameters"]["Stage"] |= {"Default": stage, "AllowedPattern": f"^{stage}$"}
    # Chalice tells the generated address, which is switched off.
    del template["Outputs"]["EndpointURL"]
    return template


def functions(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return of_type(template, "AWS::Serverless::Function")


def of_type(template: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The resources of one type, by name."""
    return {name: made for name, made in template["Resources"].items() if made["Type"] == kind}


def write(template: Template, path: Path) -> None:
    path.write_text(json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
