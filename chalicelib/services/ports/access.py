"""Who may use the stores' API, as the services see it."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from chalicelib.events import Instant

Scope = Literal["read", "redeem", "manage", "staff"]
"""staff: look after those who work at the till; no key of a store has it, an owner who signed in has."""

Role = Literal["cashier", "manager", "owner"]


class ApiKey(msgspec.Struct, frozen=True):
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


class StaffUser(msgspec.Struct, frozen=True):
    """Somebody who works at the till of one program.

    name: lower case, never changed: it is written into what they do      password: slow and salted hash
    version: grows with every change of password, role or right to sign in, which ends what was signed in before
    own: blind index of their own address as a member, "" for none: they give nothing to themselves
    signed_in_on: the last day of a sign-in, UTC ("2026-11-23"), "" before the first
    is_gone: has left; only the name and the version are kept, so that no sign-in of theirs opens anything again
    """

    program: str
    name: str
    role: Role
    password: str
    created_at: Instant
    version: int = 1
    is_disabled: bool = False
    own: str = ""
    signed_in_on: str = ""
    is_gone: bool = False


class Tries(msgspec.Struct, frozen=True):
    """Sign-ins from somewhere since the last one that was right. `until`: no other one before; `ends_at`: forgotten."""

    count: int
    until: Instant
    ends_at: Instant


class Caller(msgspec.Struct, frozen=True):
    """Whoever calls the stores' API. `actor`: "api/<key>" or "staff/<name>"; `own`: as of StaffUser."""

    program: str
    scopes: tuple[Scope, ...]
    actor: str
    own: str = ""


class Passwords(Protocol):
    """Passwords as they are kept."""

    def hashed(self, password: str) -> str:
        """How it is stored: slow and salted."""

    def check(self, password: str, hashed: str) -> tuple[bool, str]:
        """Is it this one? And its hash anew, where it was made with less than today's care; "" otherwise.

        hashed: "" for nobody's, which takes as long as a wrong one
        """


class Staff(Protocol):
    """Those who work at the till, of all programs."""

    def staff(self, program: str, name: str) -> StaffUser | None:
        """Strongly consistent."""

    def all_staff(self, program: str) -> Sequence[StaffUser]:
        """All of them, for operators and owners."""

    def put_staff(self, user: StaffUser, *, was: StaffUser | None) -> bool:
        """Write if the stored one still equals `was` (None: absent). False when somebody was faster."""

    def tries(self, program: str, who: str) -> Tries | None:
        """Of a name, a device or a place, by its blind index; strongly consistent. None before the first."""

    def put_tries(self, program: str, who: str, tries: Tries, *, was: Tries | None) -> bool:
        """As `put_staff`."""


class Access(Protocol):
    """The keys of all programs."""

    def key(self, key_id: str) -> ApiKey | None: ...

    def all_keys(self) -> Sequence[ApiKey]:
        """All of them, for operators."""

    def put_key(self, key: ApiKey, *, was: ApiKey | None) -> bool:
        """Write if the stored one still equals `was` (None: absent). False when somebody was faster."""

    def note_use(self, key_id: str, day: str) -> None:
        """The key was used on a day, UTC ("2026-11-23"): written once a day at most. Raises TryAgain."""

    def last_uses(self) -> Mapping[str, str]:
        """The last day on which each key was used, for operators; a key that never was is not there."""
