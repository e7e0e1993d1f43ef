"""Which system a command acts on: the laptop's, unless a stage is named."""

import json
import os
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import SettingMissing, Settings
from chalicelib.errors import TryAgain
from chalicelib.programs.program import Program

_PROJECT = Path(__file__).resolve().parent.parent
_ROOMS = ("journal", "documents", "members", "cards", "views", "programs", "access")


def house_of(stage: str) -> House:
    """The house of a stage. A named stage says which account, region and tables it is before anything happens."""
    settings = settings_of(stage)
    try:
        return assembled(settings, adapters(settings, by_operator=True))
    except TryAgain as err:
        raise click.ClickException(f"The {stage} system does not answer. Is it running?") from err


def settings_of(stage: str) -> Settings:
    """What a stage is told; a named one is introduced as by `house_of`."""
    if stage == "laptop":
        return _laptop()
    settings = _named(stage)
    _introduce(settings)
    return settings


def program_of(house: House, slug: str) -> Program:
    """A published program; without a name, the only one there is."""
    slugs = house.adapters.programs.slugs()
    chosen = slug or (slugs[0] if len(slugs) == 1 else "")
    program = house.adapters.programs.program(chosen) if chosen else None
    if program is None:
        known = ", ".join(slugs) or "none yet"
        raise click.ClickException(f"Which program? Name one with --program. Published: {known}.")
    return program


def kept_on_laptop(name: str) -> dict[str, Any]:
    """What the laptop stack tells other programs: "stack.json" while it runs, "environment.json" also afterwards."""
    path = Path(os.environ.get("LOCAL") or _PROJECT / ".local") / name
    if not path.exists():
        raise click.ClickException("Nothing runs on this computer yet. Start it with: make run")
    told: dict[str, Any] = json.loads(path.read_text())
    return told


def _laptop() -> Settings:
    environment = kept_on_laptop("environment.json")
    os.environ.update({name: value for name, value in environment.items() if name.startswith("AWS_")})
    return Settings.from_environment(environment)


def _named(stage: str) -> Settings:
    try:
        settings = Settings.from_environment(os.environ)
    except SettingMissing as err:
        raise click.ClickException(f"The settings of {stage} are not in the environment: {err}") from err
    if settings.stage != stage:
        raise click.ClickException(f"The environment describes the stage {settings.stage}, not {stage}.")
    return settings


def _introduce(settings: Settings) -> None:
    import boto3  # noqa: PLC0415  # only a named stage needs it

    account = boto3.client("sts", region_name=settings.region).get_caller_identity()["Account"]
    tables = ", ".join(settings.table(room) for room in _ROOMS)
    Console(stderr=True).print(f"[bold]{settings.stage}[/]: account {account}, {settings.region}\n{tables}")
