"""What stores send and get about levels that they give by hand, and what each of these operations does."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.level_document import LevelDocument
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.services.giving_levels import GivenLevels
from chalicelib.services.ports import Chance, Vault
from chalicelib.services.welcoming import Welcome
from chalicelib.web.api.request import Request, api_id
from chalicelib.web.api.shapes import Id, Text

LevelName = Annotated[str, Meta(min_length=1, max_length=200, description="A level, as the program's file has it.")]


class LevelAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """A level given by hand, through the day `until`; for good without one. The member reads the reason."""

    member: Id
    level: LevelName
    reason: Text
    until: date | None = None


class LevelGiven(Struct, frozen=True):
    """A level given by hand. `until`: its last day; none when it was given for good."""

    id: str
    member: str
    level: str
    until: date | None
    reason: str
    is_withdrawn: bool


class LevelCounter(msgspec.Struct, frozen=True):
    """Each method is one operation."""

    welcome: Welcome
    levels: GivenLevels
    vault: Vault
    chance: Chance

    def give(self, request: Request) -> LevelGiven:
        """A member gets a level until a day."""
        sent, name = request.sent(LevelAsked), request.named(self.vault, self.chance)
        member = AccountId(api_id(sent.member, "member_unknown"))
        if self.welcome.by_id(request.program, member) is None:
            raise Refused("member_unknown")
        until = self.levels.ends(request.program, sent.until)
        done = self.levels.give(
            request.program, _reference(name), member, sent.level, until=until, reason=sent.reason, actor=request.actor
        )
        return _given(request.program, done, name)

    def withdraw(self, request: Request) -> LevelGiven:
        """A level that was given is taken back."""
        name = api_id(request.ids["given"], "unknown_level_given")
        done = self.levels.withdraw(request.program, _reference(name), actor=request.actor)
        return _given(request.program, done, name)


def _reference(name: str) -> Reference:
    return Reference(f"level/api/{name}")


def _calendar(program: Program) -> ZoneCalendar:
    return ZoneCalendar(program.latest.definition.time_zone)


def _given(program: Program, document: LevelDocument, name: str) -> LevelGiven:
    last = None if document.until >= NEVER else _calendar(program).day(document.until - 1)
    return LevelGiven(name, document.account, document.level, last, document.reason, bool(document.withdrawn_at))
