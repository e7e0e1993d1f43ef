"""The template: what Chalice makes of app.py, and the tables, queues and rules of infra/, in one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from ops.packaging import PackageFailed
from ops.packaging.doors import open_doors, publish
from ops.packaging.logs import quieten
from ops.packaging.profiles import furnish

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """Of .chalice: `functions` are those of the stage in config.json, `policies` the files by name."""

    stage: str
    profile: str
    functions: Mapping[str, Any]
    policies: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path, stage: str, profile: str) -> Self:
        """Those of a stage, from the folder .chalice."""
        told = json.loads((folder / "config.json").read_text())["stages"][stage]["lambda_functions"]
        policies = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("policy-*.json"))}
        return cls(stage, profile, told, policies)


def infrastructure(*folders: Path) -> Template:
    """All files of the folders as one, without those that are templates themselves.

    Raises PackageFailed when two say something about the same thing.
    """
    whole: Template = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        told = yaml.safe_load(path.read_text())
        for section, content in told.items() if "AWSTemplateFormatVersion" not in told else ():
            if isinstance(content, list):
                whole[section] = content
                continue
            known = whole.setdefault(section, {})
            if twice := known.keys() & content.keys():
                raise PackageFailed(f"{path.name} repeats {', '.join(sorted(twice))} of {section}")
            known.update(content)
    return whole


def finished(template: Template, settings: Settings, *, runtime: str) -> Template:
    """The template for one stage and profile alone.

    Raises PackageFailed when a function would run on another Python than the one that made the package, or when a
    route belongs to no door.
    """
    for name, function in functions(template).items():
        named = function["Properties"]["Runtime"]
        if named != runtime:
            raise PackageFailed(f"{name} runs on {named}, the package was made with {runtime}")
    template["Description"] = f"Pointpass, stage {settings.stage}, profile {settings.profile}"
    open_doors(template, settings.functions, settings.policies)
    publish(template)
    quieten(template)
    furnish(template, stage=settings.stage, profile=settings.profile)
    return template


def functions(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return of_type(template, "AWS::Serverless::Function")


def of_type(template: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The resources of one type, by name."""
    return {name: made for name, made in template["Resources"].items() if made["Type"] == kind}


def write(template: Template, path: Path) -> None:
    path.write_text(json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
