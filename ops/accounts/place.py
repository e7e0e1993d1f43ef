"""Where the secrets of a stage lie, also before there is anything else of it."""

from dataclasses import dataclass
from typing import Protocol

import click

from chalicelib.bootstrap.system import SystemClock
from chalicelib.config import Settings
from chalicelib.errors import Broken, LoyaltyError
from chalicelib.store.aws import Client
from chalicelib.store.secrets import Secrets
from ops.target import settings_of


class SecretStore(Protocol):
    """Texts by name."""

    def fetch(self, name: str) -> str:
        """Raises Broken("secret_missing"), TryAgain."""

    def keep(self, name: str, text: str) -> None:
        """Store under a new or a known name. Raises TryAgain."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where secrets are kept. settings: None while the stage has none yet"""

    store: SecretStore
    settings: Settings | None = None

    def known(self, name: str) -> str | None:
        """The text under a name, None when there is none. Raises TryAgain."""
        try:
            return self.store.fetch(name)
        except Broken as err:
            if err.reason == "secret_missing":
                return None
            raise


def place_of(stage: str, *, region: str) -> Place:
    """The secrets of a stage; with a region, those of an account in which nothing is deployed yet."""
    if region:
        return Place(_secrets(region, ""))
    settings = settings_of(stage)
    return Place(_secrets(settings.region, settings.aws_endpoint_url), settings)


def plain(problem: LoyaltyError, words: dict[str, str]) -> click.ClickException:
    """Our error in words for people; a fact that the words name in braces is put in."""
    text = words.get(problem.reason)
    if text is None:
        facts = "".join(f", {name}: {fact}" for name, fact in problem.facts.items())
        return click.ClickException(f"It did not work: {problem.reason.replace('_', ' ')}{facts}.")
    return click.ClickException(text.format(**problem.facts))


def _secrets(region: str, endpoint: str) -> Secrets:
    return Secrets(Client("secretsmanager", region=region, endpoint=endpoint), clock=SystemClock(), cache_seconds=0)
