"""What an operator says of a stage: stages/<stage>.yaml, names and addresses, never a secret."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from chalicelib.errors import Broken
from chalicelib.web.post import server_of
from ops.accounts.post import region_of_ses
from ops.deploying import DeployFailed


def read(path: Path, template: Mapping[str, Any]) -> dict[str, str]:
    """The template's parameters as text, defaults included. Raises DeployFailed that names everything that is wrong."""
    known: Mapping[str, Any] = template["Parameters"]
    said = _said(path)
    if odd := sorted(said.keys() - known.keys()):
        raise DeployFailed(f"{path}: the template has no parameter {', '.join(odd)}")
    values = {name: str(said.get(name, told.get("Default", ""))) for name, told in known.items()}
    wrong = [
        f"  {name}: {_complaint(told, values[name])}"
        for name, told in known.items()
        if (name not in said and "Default" not in told) or not _fits(told, values[name])
    ]
    if wrong:
        raise DeployFailed("\n".join([f"{path} does not say everything that is needed:", *wrong]))
    if values.get("SesRegion") == "":
        values["SesRegion"] = _region_of_mail(values["SmtpUrl"])
    return values


def _region_of_mail(url: str) -> str:
    """Where the SES of a mail server's address is; "" for another server, and for what is no address."""
    try:
        return region_of_ses(server_of(url)[0])
    except Broken:
        return ""


def _said(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        said = yaml.safe_load(path.read_text()) or {}
    except yaml.YAMLError as err:
        raise DeployFailed(f"{path} is not YAML: {err}") from err
    if not isinstance(said, dict):
        raise DeployFailed(f"{path}: each line is NAME: value")
    return said


def _fits(told: Mapping[str, Any], value: str) -> bool:
    if "AllowedValues" in told and value not in [str(each) for each in told["AllowedValues"]]:
        return False
    if told["Type"] == "Number":
        return value.isdigit() and int(value) >= told.get("MinValue", 0) and int(value) <= told.get("MaxValue", 10**12)
    if "AllowedPattern" in told:
        return re.fullmatch(told["AllowedPattern"], value) is not None
    return value != "" or told.get("Default") == ""


def _complaint(told: Mapping[str, Any], value: str) -> str:
    help_ = told.get("ConstraintDescription") or told.get("Description", "")
    if "AllowedValues" in told:
        help_ = f"one of {', '.join(str(each) for each in told['AllowedValues'])}"
    return f"{help_} (it is {value!r})" if value else f"missing: {help_}"
