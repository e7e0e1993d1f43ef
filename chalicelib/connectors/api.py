"""How a connector asks its provider: the port of outbound calls, and what comes back."""

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Reply(msgspec.Struct, frozen=True):
    """A provider's answer: lower-case header names, the exact body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Api(Protocol):
    """Calls to providers: bounded in time and size, never redirected, never into private networks."""

    def get(self, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Reply:
        """GET. Raises TryAgain for time-outs, 429 and 5xx; any other status is the caller's to judge."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Reply:
        """POST, as `get`."""
