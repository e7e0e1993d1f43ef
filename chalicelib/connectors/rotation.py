"""Changing a secret: the old one stays valid until an agreed end, and not a moment longer.

The end stands among the connection's options under the beginning of the old secret's SHA-256, which leads to nobody's
secret: {"until.5c9f1d2e7b8a4f60": "1790000000000"}, milliseconds since 1970 UTC.
"""

import hashlib
from collections.abc import Mapping

import msgspec

from chalicelib.events import Instant
from chalicelib.services.ports import Connection

_PREFIX = "until."


def in_force(connection: Connection, now: Instant) -> Connection:
    """The connection with the secrets that are still valid. A connection that has none left lets nobody in."""
    valid = tuple(secret for secret in connection.secrets if now < (ends_at(connection, secret) or now + 1))
    return connection if len(valid) == len(connection.secrets) else msgspec.structs.replace(connection, secrets=valid)


def ends_at(connection: Connection, secret: str) -> Instant | None:
    """When a secret stops being valid; None for one that stays."""
    end = connection.options.get(_mark(secret))
    return int(end) if end is not None else None


def rotated(connection: Connection, new: str, old: str, *, ends: Instant, now: Instant) -> Connection:
    """The connection with `new` in front, and with `old` until `ends`. Secrets that have ended are dropped."""
    valid = in_force(connection, now)
    secrets = (new, *(secret for secret in valid.secrets if secret != new))
    kept = {_mark(secret) for secret in secrets}
    options = {name: text for name, text in connection.options.items() if not name.startswith(_PREFIX) or name in kept}
    options.pop(_mark(new), None)  # an old secret may come back
    return msgspec.structs.replace(valid, secrets=secrets, options=_marked(options, old, ends))


def _marked(options: Mapping[str, str], old: str, ends: Instant) -> dict[str, str]:
    return {**options, _mark(old): str(ends)}


def _mark(secret: str) -> str:
    return _PREFIX + hashlib.sha256(secret.encode()).hexdigest()[:16]
