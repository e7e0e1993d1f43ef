"""Those who work at the till: who they are, how they sign in, and what a sign-in is good for.

A sign-in is a token that says who, until when and for which version of the user; it is marked, not stored. Every call
reads the user anew, so a new password, another role or a dismissal ends it with the next call.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from chalicelib.errors import Refused, TryAgain, Untrusted
from chalicelib.events import Instant
from chalicelib.programs.program import Program
from chalicelib.services.guessing import Guessing
from chalicelib.services.marked import Marked
from chalicelib.services.ports import Clock, Vault
from chalicelib.services.ports import access as ports
from chalicelib.services.ports.access import Caller, Passwords, Role, Scope, StaffUser

SCOPES_OF: Mapping[Role, tuple[Scope, ...]] = {
    "cashier": ("read", "redeem"),
    "manager": ("read", "redeem", "manage"),
    "owner": ("read", "redeem", "manage", "staff"),
}
ROLES = tuple(SCOPES_OF)
SESSION: Instant = 12 * 3_600_000
"""A day at the till."""
LEAST_LETTERS, MOST_LETTERS = 12, 128
MOST_TYPED = 4 * MOST_LETTERS
"""Before letters are composed: Unicode knows none that is made of more than four."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_RACES = 5


class Session(msgspec.Struct, frozen=True):
    """A sign-in that was right. `token`: what is sent with every call until then.

    device: what is sent with the next sign-in on the same device, whose tries are then counted apart from everybody's
        until something changes about the user, such as the password
    """

    token: str
    until: Instant
    user: StaffUser
    device: str


class StaffRoom(msgspec.Struct, frozen=True):
    """Looks after those who work at the till, and lets them in."""

    staff: ports.Staff
    passwords: Passwords
    vault: Vault
    clock: Clock

    # --- who there is

    def of(self, program: Program) -> Sequence[StaffUser]:
        """Everybody, by name."""
        return [user for user in self.staff.all_staff(program.slug) if not user.is_gone]

    def named(self, program: Program, name: str) -> StaffUser | None:
        """Somebody by their name; None for nobody, and for who is gone."""
        known = self._stored(program, name)
        return None if known is None or known.is_gone else known

    def _stored(self, program: Program, name: str) -> StaffUser | None:
        return self.staff.staff(program.slug, name) if _NAME.fullmatch(name) else None

    def add(self, program: Program, name: str, role: Role, password: str, *, own: str = "") -> StaffUser:
        """Somebody new, or again. `own`: blind index of their own address as a member, "" for none.

        Raises: Refused (staff_name_not_possible, staff_known, and what a password is refused for).
        """
        if not _NAME.fullmatch(name):
            raise Refused("staff_name_not_possible")
        hashed = self.passwords.hashed(_fit(password))
        gone = self._stored(program, name)
        # Versions go on, so that no sign-in of who had the name before is one of theirs.
        version = gone.version + 1 if gone else 1
        user = StaffUser(program.slug, name, role, hashed, self.clock.now(), version, own=own)
        if (gone is not None and not gone.is_gone) or not self.staff.put_staff(user, was=gone):
            raise Refused("staff_known", name=name)
        return user

    def remove(self, program: Program, name: str) -> StaffUser:
        """Somebody has left: what is signed in ends, and all that is kept is the name, which the journal keeps anyway.

        Raises: Refused("staff_unknown").
        """
        return self._changed(
            program,
            name,
            lambda user: StaffUser(
                user.program, name, "cashier", "", user.created_at, user.version, is_disabled=True, is_gone=True
            ),
        )

    def set_password(self, program: Program, name: str, password: str) -> StaffUser:
        """Another password; whoever was signed in has to do it again, and need not wait for it. Raises: Refused."""
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

    def sign_in(self, program: Program, name: str, password: str, *, device: str = "", place: str = "") -> Session:
        """Let somebody in for twelve hours. An unknown name is answered like a wrong password, and takes as long.

        device: what the last sign-in on the same device gave, "" on a new one      place: the address it comes from

        Raises: Untrusted("wrong_sign_in"), Refused("sign_in_later") with the seconds to wait, TryAgain.
        """
        called, now = name.strip().lower(), self.clock.now()
        user = self.named(program, called)
        known = device if user is not None and self._devices.read(device)[:3] == _own(user) else ""
        # A new version of the user, such as one with a new password, has no tries against it.
        whose = f"{called}|{user.version if user else 0}"
        counted = self._guessing.count(program.slug, whose, now, device=known, place=place)
        is_right, anew = self.passwords.check(_composed(password) or "", user.password if user else "")
        if user is None or not is_right or user.is_disabled:
            raise Untrusted("wrong_sign_in")
        self._guessing.forget(program.slug, counted, now)
        self._note(user, anew, now)
        until = now + SESSION
        token = self._sessions.token(user.program, user.name, user.version, until)
        return Session(token, until, user, known or self._devices.token(*_own(user), now))

    def _note(self, user: StaffUser, anew: str, now: Instant) -> None:
        """The day of the sign-in, and the password with today's care. If somebody was faster, theirs is as good."""
        day = datetime.fromtimestamp(now // 1_000, UTC).date().isoformat()
        noted = msgspec.structs.replace(user, signed_in_on=day, password=anew or user.password)
        if noted != user:
            self.staff.put_staff(noted, was=user)

    # --- being in

    def is_token(self, text: str) -> bool:
        """Does it look like a sign-in, and not like a store's key?"""
        return self._sessions.is_one(text)

    def trusted(self, text: str) -> Caller:
        """Who shows this token. Raises: Untrusted (unknown_key; sign_in_again for one that has ended)."""
        match self._sessions.read(text):
            case program, name, version, until:
                user = self.staff.staff(program, name) if self.clock.now() < int(until) else None
                if user is None or user.is_disabled or user.version != int(version):
                    raise Untrusted("sign_in_again")
                return Caller(program, SCOPES_OF[user.role], f"staff/{name}", user.own)
            case _:
                raise Untrusted("unknown_key")

    @property
    def _sessions(self) -> Marked:
        return Marked(self.vault, "pp_staff_", "staff-sign-in")

    @property
    def _devices(self) -> Marked:
        return Marked(self.vault, "pp_device_", "staff-device")

    @property
    def _guessing(self) -> Guessing:
        return Guessing(self.staff, self.vault)


def _own(user: StaffUser) -> tuple[str, str, str]:
    """Whose a device is. Of another version it is a stranger's, as its sign-ins are: whoever once knew a password has
    no device left to guess the next one from.
    """
    return user.program, user.name, str(user.version)


def _composed(password: str) -> str | None:
    """A password however a keyboard composes its letters; None for one that nobody can have.

    Source: NIST SP 800-63B, 5.1.1.2.
    """
    if len(password) > MOST_TYPED:
        return None
    composed = unicodedata.normalize("NFKC", password)
    return composed if len(composed) <= MOST_LETTERS else None


def _fit(password: str) -> str:
    """Raises: Refused (password_too_short, password_too_long)."""
    composed = _composed(password)
    if composed is None:
        raise Refused("password_too_long", most=MOST_LETTERS)
    if len(composed) < LEAST_LETTERS:
        raise Refused("password_too_short", least=LEAST_LETTERS)
    return composed
