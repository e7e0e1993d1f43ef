"""Those who work at the till: who they are, how they sign in, and what a sign-in is good for.

A sign-in is a token that says who, until when and for which version of the user; it is marked, not stored. Every call
reads the user anew, so a new password, another role or a dismissal ends it with the next call.
"""

import base64
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from chalicelib.errors import Refused, TryAgain, Untrusted
from chalicelib.events import Instant
from chalicelib.programs.program import Program
from chalicelib.services.ports import Clock, Vault
from chalicelib.services.ports import access as ports
from chalicelib.services.ports.access import Caller, Passwords, Role, Scope, StaffUser, Tries

SCOPES_OF: Mapping[Role, tuple[Scope, ...]] = {
    "cashier": ("read", "redeem"),
    "manager": ("read", "redeem", "manage"),
    "owner": ("read", "redeem", "manage", "staff"),
}
ROLES = tuple(SCOPES_OF)
SESSION: Instant = 12 * 3_600_000
"""A day at the till."""
FREE_TRIES = 5
FIRST_WAIT: Instant = 60_000
LONGEST_WAIT: Instant = 3_600_000
"""Longer would let anybody who knows a name keep its owner out for a day."""
TRIES_KEPT: Instant = 24 * 3_600_000
LEAST_LETTERS, MOST_LETTERS = 12, 128

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_BEGINS = "pp_staff_"
_SHAPE = re.compile(rf"{_BEGINS}([A-Za-z0-9_-]{{1,400}})\.([0-9a-f]{{64}})")
_PURPOSE = "staff-sign-in"
_RACES = 5


class Session(msgspec.Struct, frozen=True):
    """A sign-in that was right. `token`: what is sent with every call until then."""

    token: str
    until: Instant
    user: StaffUser


class StaffRoom(msgspec.Struct, frozen=True):
    """Looks after those who work at the till, and lets them in."""

    staff: ports.Staff
    passwords: Passwords
    vault: Vault
    clock: Clock

    # --- who there is

    def of(self, program: Program) -> Sequence[StaffUser]:
        """Everybody, by name."""
        return self.staff.all_staff(program.slug)

    def named(self, program: Program, name: str) -> StaffUser | None:
        """Somebody by their name; None for nobody."""
        return self.staff.staff(program.slug, name) if _NAME.fullmatch(name) else None

    def add(self, program: Program, name: str, role: Role, password: str, *, own: str = "") -> StaffUser:
        """Somebody new. `own`: blind index of their own address as a member, "" for none.

        Raises: Refused (staff_name_not_possible, staff_known, and what a password is refused for).
        """
        if not _NAME.fullmatch(name):
            raise Refused("staff_name_not_possible")
        hashed = self.passwords.hashed(_fit(password))
        user = StaffUser(program.slug, name, role, hashed, self.clock.now(), own=own)
        if not self.staff.put_staff(user, was=None):
            raise Refused("staff_known", name=name)
        return user

    def set_password(self, program: Program, name: str, password: str) -> StaffUser:
        """Another password; whoever was signed in has to do it again. Raises: Refused."""
        hashed = self.passwords.hashed(_fit(password))
        return self._changed(program, name, lambda user: msgspec.structs.replace(user, password=hashed))

    def set_role(self, program: Program, name: str, role: Role) -> StaffUser:
        """Another role, after a new sign-in. Raises: Refused("staff_unknown")."""
        return self._changed(program, name, lambda user: msgspec.structs.replace(user, role=role))

    def set_disabled(self, program: Program, name: str, *, is_disabled: bool) -> StaffUser:
        """End all sign-ins, and allow no more; or allow them again. Raises: Refused("staff_unknown")."""
        return self._changed(program, name, lambda user: msgspec.structs.replace(user, is_disabled=is_disabled))

    def _changed(self, program: Program, name: str, change: Callable[[StaffUser], StaffUser]) -> StaffUser:
        for _ in range(_RACES):
            known = self.named(program, name)
            if known is None:
                raise Refused("staff_unknown")
            changed = change(known)
            if changed == known:
                return known
            changed = msgspec.structs.replace(changed, version=known.version + 1)
            if self.staff.put_staff(changed, was=known):
                return changed
        raise TryAgain("too_many_races", document="staff")

    # --- signing in

    def sign_in(self, program: Program, name: str, password: str) -> Session:
        """Let somebody in for twelve hours. An unknown name is answered like a wrong password, and takes as long.

        Raises: Untrusted("wrong_sign_in"), Refused("sign_in_later") with the seconds to wait, TryAgain.
        """
        called, now = name.strip().lower(), self.clock.now()
        who = self.vault.index(program.slug, "staff", called)
        counted = self._count(program, who, now)
        user = self.named(program, called)
        is_right, anew = self.passwords.check(_spelled(password), user.password if user else "")
        if user is None or not is_right or user.is_disabled:
            raise Untrusted("wrong_sign_in")
        self.staff.put_tries(program.slug, who, Tries(0, 0, now), was=counted)
        self._note(user, anew, now)
        until = now + SESSION
        return Session(self._token(user, until), until, user)

    def _count(self, program: Program, who: str, now: Instant) -> Tries:
        """One more try, written before it is looked at: guesses side by side are counted one by one, too."""
        for _ in range(_RACES):
            stored = self.staff.tries(program.slug, who)
            count = stored.count if stored is not None and now < stored.ends_at else 0
            if stored is not None and count and now < stored.until:
                raise Refused("sign_in_later", seconds=-(-(stored.until - now) // 1_000))
            tried = Tries(count + 1, now + _wait(count + 1), now + TRIES_KEPT)
            if self.staff.put_tries(program.slug, who, tried, was=stored):
                return tried
        raise TryAgain("too_many_races", document="sign-in")

    def _note(self, user: StaffUser, anew: str, now: Instant) -> None:
        """The day of the sign-in, and the password with today's care. If somebody was faster, theirs is as good."""
        day = datetime.fromtimestamp(now // 1_000, UTC).date().isoformat()
        noted = msgspec.structs.replace(user, signed_in_on=day, password=anew or user.password)
        if noted != user:
            self.staff.put_staff(noted, was=user)

    # --- being in

    def is_token(self, text: str) -> bool:
        """Does it look like a sign-in, and not like a store's key?"""
        return text.startswith(_BEGINS)

    def trusted(self, text: str) -> Caller:
        """Who shows this token. Raises: Untrusted (unknown_key; sign_in_again for one that has ended)."""
        match = _SHAPE.fullmatch(text)
        spelled, shown = match.groups() if match else ("", "")
        if not hmac.compare_digest(self.vault.mark(_PURPOSE, spelled), shown):
            raise Untrusted("unknown_key")
        program, name, version, until = _read(spelled).split("|")
        user = self.staff.staff(program, name) if self.clock.now() < int(until) else None
        if user is None or user.is_disabled or user.version != int(version):
            raise Untrusted("sign_in_again")
        return Caller(program, SCOPES_OF[user.role], f"staff/{name}", user.own)

    def _token(self, user: StaffUser, until: Instant) -> str:
        said = f"{user.program}|{user.name}|{user.version}|{until}"
        spelled = base64.urlsafe_b64encode(said.encode()).rstrip(b"=").decode()
        return f"{_BEGINS}{spelled}.{self.vault.mark(_PURPOSE, spelled)}"


def _wait(tries: int) -> Instant:
    """How long after this many wrong tries: a minute after the fifth, then twice as long each time."""
    if tries < FREE_TRIES:
        return 0
    return min(LONGEST_WAIT, FIRST_WAIT << min(tries - FREE_TRIES, 10))


def _spelled(password: str) -> str:
    """A password however a keyboard composes its letters. Source: NIST SP 800-63B, 5.1.1.2."""
    return unicodedata.normalize("NFKC", password[: 4 * MOST_LETTERS])


def _fit(password: str) -> str:
    """Raises: Refused (password_too_short, password_too_long)."""
    spelled = _spelled(password)
    if len(spelled) < LEAST_LETTERS:
        raise Refused("password_too_short", least=LEAST_LETTERS)
    if len(spelled) > MOST_LETTERS:
        raise Refused("password_too_long", most=MOST_LETTERS)
    return spelled


def _read(spelled: str) -> str:
    """What a token that we marked says."""
    return base64.urlsafe_b64decode(spelled + "=" * (-len(spelled) % 4)).decode()
