"""Keys of the stores' API: made once, shown once, found by their beginning, compared in constant time."""

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from chalicelib.errors import Malformed, Refused, TryAgain, Untrusted
from chalicelib.events import Instant
from chalicelib.programs.program import Program
from chalicelib.services.ports import Chance, Clock, Vault
from chalicelib.services.ports.access import Access, ApiKey, Scope

_SHAPE = re.compile(r"pp_(live|test)_[A-Za-z0-9_-]{32,64}")
_NAMED_BY = 16
"""Letters of a key that name it: its kind and eight of its random ones. The others stay secret."""
_NAMED = re.compile(r"(pp_(?:live|test)_[A-Za-z0-9_-]{8})([A-Za-z0-9_-]*)")
LONGEST_NAME = 80
_GRACE = 86_400_000
_TRIES = 5
SCOPES: tuple[Scope, ...] = ("read", "redeem", "manage")


class KeyUse(msgspec.Struct, frozen=True):
    """A key, how old it is, and the last day on which it was used, UTC; "" when it never was, as far as is known."""

    key: ApiKey
    age_days: int
    used_on: str


class Keys(msgspec.Struct, frozen=True):
    """Makes, checks and ends keys."""

    access: Access
    vault: Vault
    chance: Chance
    clock: Clock

    def create(self, program: Program, name: str, scopes: Sequence[Scope]) -> str:
        """A new key of a program: its text, which nobody can read again. name: who uses it

        Raises: Refused("no_scopes"), Malformed (key_name_missing, key_name_too_long, key_name_not_one_line).
        """
        if not scopes:
            raise Refused("no_scopes")
        if not name.strip():
            raise Malformed("key_name_missing")
        if len(name) > LONGEST_NAME:
            raise Malformed("key_name_too_long", most=LONGEST_NAME)
        if not name.isprintable():
            raise Malformed("key_name_not_one_line")
        return self._made(program, without_keys(name.strip()), scopes)

    def _made(self, program: Program, name: str, scopes: Sequence[Scope]) -> str:
        for _ in range(_TRIES):
            text = f"pp_{program.latest.definition.mode}_{self.chance.token()}{self.chance.token()}"
            if self.keep(program, text, name, scopes):
                return text
        raise TryAgain("too_many_races", document="key")

    def keep(self, program: Program, text: str, name: str, scopes: Sequence[Scope]) -> bool:
        """Keep a key whose text is known already; False when there is one that begins alike."""
        kept = tuple(scope for scope in SCOPES if scope in scopes)
        key = ApiKey(text[:_NAMED_BY], program.slug, name, kept, self.vault.digest(text), self.clock.now())
        return self.access.put_key(key, was=None)

    def rotate(self, key_id: str, program: Program) -> str:
        """A new key with the same name and scopes; the old one works for one more day, or less if it ends before.

        Raises: Refused (key_unknown, key_ended).
        """
        known = self._known(key_id)
        if self._has_ended(known):
            raise Refused("key_ended", key=known.id)
        text = self._made(program, known.name, known.scopes)
        self._end(known, self.clock.now() + _GRACE)
        return text

    def revoke(self, key_id: str) -> None:
        """The key is worth nothing from now on. Idempotent. Raises: Refused("key_unknown")."""
        self._end(self._known(key_id), self.clock.now())

    def of(self, program: Program) -> Sequence[ApiKey]:
        """All keys of a program, the newest first."""
        own = [key for key in self.access.all_keys() if key.program == program.slug]
        return sorted(own, key=lambda key: -key.created_at)

    def trusted(self, text: str) -> ApiKey:
        """The key that somebody shows. An unknown one takes the same way as a wrong one. Raises Untrusted."""
        known = self.access.key(text[:_NAMED_BY]) if _SHAPE.fullmatch(text) else None
        is_right = hmac.compare_digest(self.vault.digest(text), known.digest if known else self.vault.digest(""))
        if known is None or not is_right or self._has_ended(known):
            raise Untrusted("unknown_key")
        self._note(known)
        return known

    def uses(self, program: Program) -> Sequence[KeyUse]:
        """All keys of a program, the newest first, with their age and what they were used for last."""
        used = self.access.last_uses()
        today = self._today()
        return [KeyUse(key, (today - _day(key.created_at)).days, used.get(key.id, "")) for key in self.of(program)]

    def idle_days(self, use: KeyUse) -> int:
        """Days since a key was used last, or made if it never was."""
        since = date.fromisoformat(use.used_on) if use.used_on else _day(use.key.created_at)
        return (self._today() - since).days

    def _note(self, key: ApiKey) -> None:
        try:
            self.access.note_use(key.id, self._today().isoformat())
        except TryAgain:
            return  # a note is not worth an answer that does not come

    def _today(self) -> date:
        return _day(self.clock.now())

    def _has_ended(self, key: ApiKey) -> bool:
        return key.ends_at is not None and key.ends_at <= self.clock.now()

    def _known(self, key_id: str) -> ApiKey:
        known = self.access.key(key_id)
        if known is None:
            raise Refused("key_unknown", key=key_id[:_NAMED_BY])
        return known

    def _end(self, key: ApiKey, ends_at: Instant) -> None:
        for _ in range(_TRIES):
            earliest = ends_at if key.ends_at is None else min(ends_at, key.ends_at)
            if self.access.put_key(msgspec.structs.replace(key, ends_at=earliest), was=key):
                return
            key = self._known(key.id)
        raise TryAgain("too_many_races", document="key")


def id_in(text: str) -> str:
    """The id of the key that a text names: by its id, by the beginning that a list shows, or by the whole of it.

    "" where it names none.
    """
    found = _NAMED.search(text)
    return found[1] if found else ""


def without_keys(text: str) -> str:
    """A text in which of every key only its beginning is left."""
    return _NAMED.sub(lambda found: f"{found[1]}..." if found[2] else found[1], text)


def _day(at: Instant) -> date:
    return datetime.fromtimestamp(at // 1_000, UTC).date()
