"""Secrets from AWS Secrets Manager, kept in memory for a while so that a rotation is noticed."""

import logging
from typing import Any

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import Instant
from chalicelib.services.ports import Clock
from chalicelib.store.aws import Client, error_code

_MISSING = "ResourceNotFoundException"
_log = logging.getLogger(__name__)


class Secrets:
    """Texts by name. `cache_seconds`: how long a changed secret may go unnoticed."""

    def __init__(self, client: Client, *, clock: Clock, cache_seconds: int) -> None:
        self._client = client
        self._clock = clock
        self._cache_milliseconds = 1000 * cache_seconds
        self._kept: dict[str, tuple[Instant, str]] = {}

    def fetch(self, name: str) -> str:
        """The newest text under `name`. Raises Broken when there is none, TryAgain."""
        now = self._clock.now()
        if name in self._kept:
            fetched_at, text = self._kept[name]
            if now - fetched_at < self._cache_milliseconds:
                return text
        answer = self._call("get_secret_value", SecretId=name)
        if answer is None:
            # Whoever catches it tells the kind alone, and an operator has to know which one to make.
            _log.error("secret_missing", extra={"facts": {"secret": name}})
            raise Broken("secret_missing", name=name)
        self._kept[name] = (now, answer["SecretString"])
        return self._kept[name][1]

    def keep(self, name: str, text: str) -> None:
        """Store a text under a new or a known name. Raises TryAgain."""
        if self._call("put_secret_value", SecretId=name, SecretString=text) is None:
            self._call("create_secret", Name=name, SecretString=text)
        self._kept.pop(name, None)

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any] | None:
        """The answer; None when there is no such secret."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # see aws.py

        try:
            return self._client.call(operation, **arguments)
        except (ClientError, BotoCoreError) as err:
            if error_code(err) == _MISSING:
                return None
            raise TryAgain("secrets_unavailable", cause=error_code(err)) from err
