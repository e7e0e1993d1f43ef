"""The house: every service over its ports, every door over its services, each made when it is first asked for."""

from __future__ import annotations

import gc
import os
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.ready import ready
from chalicelib.bootstrap.records import Records
from chalicelib.bootstrap.stores import StoreParts
from chalicelib.bootstrap.system import keep_figures, log_as_json
from chalicelib.bootstrap.work import Work
from chalicelib.config import Settings

if TYPE_CHECKING:
    from chalicelib.bootstrap.adapters import Adapters


class House(StoreParts, Records, Work):
    """Everything that a door or a command may ask for."""


@cache
def house() -> House:
    """The house of this container, from its environment. Raises SettingMissing."""
    log_as_json()
    settings = Settings.from_environment(os.environ)
    if settings.figures == "yes":
        keep_figures(settings.stage)
    return assembled(settings, adapters(settings))


def begin() -> None:
    """While Lambda starts a container: make what its function needs. Elsewhere nothing is made before it is used.

    The handler names the function: "app.hooks" or "app.on_journal".
    """
    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        ready(house(), os.environ.get("_HANDLER", "").rpartition(".")[2])
        gc.freeze()
        gc.enable()


def assembled(settings: Settings, own: Adapters) -> House:
    """A house over these adapters. Nothing is called, and nothing is made yet."""
    return House(settings=settings, adapters=own)
