"""A request of a store as the operations see it, and the ids and instants that all of them write."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.programs.program import Program
from chalicelib.services.ports import Chance, Vault

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_T = TypeVar("_T")


class Request(msgspec.Struct, frozen=True):
    """A request whose key and body are in order. `once`: its Idempotency-Key, "" for none; `sender`: source address."""

    program: Program
    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: msgspec.Struct | None
    once: str
    actor: str
    sender: str = ""

    def sent(self, kind: type[_T]) -> _T:
        """The body, which the door has read as this kind."""
        assert isinstance(self.body, kind)
        return self.body

    def named(self, vault: Vault, chance: Chance) -> str:
        """The id of what happens now: for ever the same one for an Idempotency-Key."""
        return vault.digest(self.once)[:32] if self.once else chance.token()


def api_id(text: str, otherwise: str) -> str:
    """An id as this API gives them. Raises Refused(otherwise), which is a 404."""
    if not _ID.fullmatch(text):
        raise Refused(otherwise)
    return text


def moment(instant: Instant) -> datetime:
    """An instant as it is told."""
    return _EPOCH + timedelta(milliseconds=instant)
