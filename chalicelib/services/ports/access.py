"""Who may use the stores' API, as the services see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from chalicelib.events import Instant

Scope = Literal["read", "redeem", "manage"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A store's key, bound to one program. The key itself is not kept, only its digest.

    id: the key's beginning, by which it is found and named      digest: SHA-256 of the whole key, hex
    ends_at: from when it is worth nothing; None while it is in use
    """

    id: str
    program: str
    name: str
    scopes: tuple[Scope, ...]
    digest: str
    created_at: Instant
    ends_at: Instant | None = None


class Access(Protocol):
    """The keys of all programs."""

    def key(self, key_id: str) -> ApiKey | None: ...

    def all_keys(self) -> Sequence[ApiKey]:
        """All of them, for operators."""

    def put_key(self, key: ApiKey, *, was: ApiKey | None) -> bool:
        """Write if the stored one still equals `was` (None: absent). False when somebody was faster."""
