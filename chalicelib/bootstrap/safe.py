"""What a stage keeps to itself, and the clock and the chance of the machine it runs on."""

from __future__ import annotations

import base64
import json
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.lazy import Parts

if TYPE_CHECKING:
    from chalicelib.config import Settings
    from chalicelib.services.ports import Alarm, Chance, Clock
    from chalicelib.services.ports.access import Passwords
    from chalicelib.store.aws import Client
    from chalicelib.store.secrets import Secrets
    from chalicelib.store.vault import Vault

_SECRET_CACHE_SECONDS = 300


def client(settings: Settings, service: str) -> Client:
    """A client of one AWS service; it is made with its first call."""
    from chalicelib.store.aws import Client

    return Client(service, region=settings.region, endpoint=settings.aws_endpoint_url)


class Safe(Parts):
    """What everything else is made with."""

    @cached_property
    def settings(self) -> Settings:
        raise TypeError("adapters without settings make nothing: give the one that is missing")

    @cached_property
    def by_operator(self) -> bool:
        """A person at a keyboard asks, who may wait, and who may look into a program that is being put back."""
        return False

    @cached_property
    def clock(self) -> Clock:
        from chalicelib.bootstrap.system import SystemClock

        return SystemClock()

    @cached_property
    def chance(self) -> Chance:
        from chalicelib.bootstrap.system import SystemChance

        return SystemChance()

    @cached_property
    def alarm(self) -> Alarm:
        from chalicelib.bootstrap.system import LoggedAlarm

        return LoggedAlarm()

    @cached_property
    def secret(self) -> Secrets:
        """Every secret of the stage, by its name."""
        from chalicelib.store.secrets import Secrets

        secrets = client(self.settings, "secretsmanager")
        return Secrets(secrets, clock=self.clock, cache_seconds=_SECRET_CACHE_SECONDS)

    @cached_property
    def vault(self) -> Vault:
        """Fetches the stage's master secret. Raises Broken, TryAgain."""
        from chalicelib.store.vault import Vault

        return Vault(base64.b64decode(json.loads(self.secret.fetch(self.settings.vault_secret))["master"]))

    @cached_property
    def passwords(self) -> Passwords:
        from chalicelib.store.passwords import ArgonPasswords

        return ArgonPasswords()

    @cached_property
    def token_key(self) -> bytes:
        """Makes the tokens that passes carry."""
        return self.vault.purpose_key("apple-authentication-token")
