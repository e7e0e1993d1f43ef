"""A terminal, a place for secrets, and an authority in Apple's place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openssl_authority import Authority
from rich.console import Console
from secret_stand_in import Vaultful

from ops.accounts import place
from ops.command import main


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def store() -> Vaultful:
    return Vaultful()


@pytest.fixture
def run(
    authority: Authority, store: Vaultful, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Types a command in an empty folder. `typed`: what is answered to its questions."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ops.accounts.papers.AUTHORITIES", authority.folder)
    monkeypatch.setattr("ops.accounts.apple.place_of", lambda stage, *, region: place.Place(store))

    def typed(*words: str, typed: str = "") -> Result:
        monkeypatch.setattr("ops.accounts.apple._screen", Console(width=200, force_terminal=False))
        return CliRunner().invoke(main, list(words), input=typed, catch_exceptions=False)

    return typed
