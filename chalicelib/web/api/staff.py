"""What those who work at the till send and get when they sign in, and what an owner does about them."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from chalicelib.errors import Refused
from chalicelib.services.ports.access import StaffUser
from chalicelib.services.staff import MOST_TYPED, SCOPES_OF, StaffRoom
from chalicelib.web.api.request import Request, api_id, moment

RoleName = Literal["cashier", "manager", "owner"]


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A name and a password. `device`: what the last sign-in on this device was answered, so that nobody who guesses
    elsewhere makes it wait.
    """

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    password: Annotated[str, Meta(min_length=1, max_length=MOST_TYPED)]
    device: Annotated[str, Meta(max_length=600)] = ""


class SignedIn(Struct, frozen=True):
    """What to send with every call from now on: Authorization: Bearer, and this token. `may`: its scopes.

    device: keep it on this device, and send it with the next sign-in under this name
    """

    token: str
    until: datetime
    name: str
    role: RoleName
    may: list[str]
    device: str


class StaffMember(Struct, frozen=True):
    """Somebody who works at the till. `signed_in_on`: the last day, UTC; none before the first time."""

    name: str
    role: RoleName
    is_disabled: bool
    signed_in_on: date | None


class StaffList(Struct, frozen=True):
    """Everybody who works at the till, by name."""

    staff: list[StaffMember]


class StaffChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays. Either ends what they have signed in."""

    role: RoleName | None = None
    is_disabled: bool | None = None


class StaffCounter(msgspec.Struct, frozen=True):
    """Each method is one operation."""

    room: StaffRoom

    def sign_in(self, request: Request) -> SignedIn:
        """Somebody begins their day at the till."""
        sent = request.sent(SignIn)
        session = self.room.sign_in(request.program, sent.name, sent.password, device=sent.device, place=request.sender)
        may = [str(scope) for scope in SCOPES_OF[session.user.role]]
        return SignedIn(session.token, moment(session.until), session.user.name, session.user.role, may, session.device)

    def everybody(self, request: Request) -> StaffList:
        """Who works here."""
        return StaffList([_told(user) for user in self.room.of(request.program)])

    def change(self, request: Request) -> StaffMember:
        """Another role, or no more sign-ins. An owner keeps their own, so that somebody can always undo it."""
        name, sent = api_id(request.ids["name"], "staff_unknown"), request.sent(StaffChange)
        if request.actor == f"staff/{name}":
            raise Refused("staff_not_oneself")
        known = self.room.named(request.program, name)
        if known is None:
            raise Refused("staff_unknown")
        if sent.role is not None:
            known = self.room.set_role(request.program, name, sent.role)
        if sent.is_disabled is not None:
            known = self.room.set_disabled(request.program, name, is_disabled=sent.is_disabled)
        return _told(known)


def _told(user: StaffUser) -> StaffMember:
    day = date.fromisoformat(user.signed_in_on) if user.signed_in_on else None
    return StaffMember(user.name, user.role, user.is_disabled, day)
