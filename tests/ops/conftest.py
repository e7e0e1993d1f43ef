"""A house that commands act on, and a terminal."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from whole_house import Town, town

from ops.command import main

MODULES = (
    "command",
    "connecting",
    "inbox",
    "dropping",
    "reconciling",
    "repricing",
    "statement",
    "by_hand",
    "keys",
    "staff",
    "person",
    "export.command",
    "verifying",
    "books",
    "recommending",
    "friends",
    "household",
    "partnering",
    "publishing",
    "reporting.command",
    "member",
    "draw",
    "voucher",
    "messaging",
    "phones",
    "republishing",
    "pass_types",
    "pausing",
)


@pytest.fixture
def here() -> Town:
    return town()


@pytest.fixture
def run(here: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Types a command. `typed`: what is answered to its questions, one line each."""
    for module in MODULES:
        monkeypatch.setattr(f"ops.{module}.house_of", lambda stage: here.house)

    def typed(*words: str, typed: str = "") -> Result:
        for module in MODULES:
            monkeypatch.setattr(f"ops.{module}._screen", Console(width=200, force_terminal=False))
        return CliRunner().invoke(main, list(words), input=typed, catch_exceptions=False)

    return typed
