"""What a store tells, and is told, of a member beside points: attributes, lists, choices, plans, the birthday."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Instant
from chalicelib.ledger.member_document import MemberDocument
from chalicelib.programs.definition import Definition
from chalicelib.programs.learning import Attribute, Born, Fact, FeeRefunded, Listed, Picked, PlanPaid
from chalicelib.programs.member_conditions import paid_period
from chalicelib.services.knowing import Knowing, Knowledge
from chalicelib.services.ports import Clock
from chalicelib.services.welcoming import Welcome
from chalicelib.web.api.request import Request, api_id, moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Name = Annotated[str, Meta(min_length=1, max_length=24)]
_Text = Annotated[str, Meta(max_length=40)]
_Told = Annotated[dict[_Name, _Text | int | bool | None], Meta(max_length=12)]


class ProfileTold(Struct, frozen=True, forbid_unknown_fields=True):
    """Changes of a member's profile, all or none.

    revision: of the profile that you have seen, 0 where nothing was known
    attributes: the program's own, null for no value; money in minor units, dates as "2026-03-01"
    segments: is the member on a list?      since: from when both hold, now if left out
    birthday: filled in once, and corrected once in a calendar year
    choices: what the member picks, by the choice's name
    paid, trial, refunded: the plan whose fee was paid, whose trial begins, whose fee went back
    """

    revision: Annotated[int, Meta(ge=0)]
    attributes: _Told = {}
    segments: Annotated[dict[_Name, bool], Meta(max_length=12)] = {}
    since: Annotated[datetime, Meta(tz=True)] | None = None
    birthday: date | None = None
    choices: Annotated[dict[_Name, Annotated[list[_Name], Meta(min_length=1, max_length=24)]], Meta(max_length=4)] = {}
    paid: _Name | None = None
    trial: _Name | None = None
    refunded: _Name | None = None


class ProfileValue(Struct, frozen=True):
    """A value and since when it holds."""

    value: str | int | bool | None
    since: datetime


class ProfileChoice(Struct, frozen=True):
    """What a member picked; it cannot be changed before `until`."""

    picked: list[str]
    until: datetime


class ProfilePlan(Struct, frozen=True):
    """A plan that counts now."""

    until: datetime
    is_trial: bool


class Profile(Struct, frozen=True):
    """What is known of a member now. `benefits`: what the member has as long as the program's conditions hold."""

    member: str
    revision: int
    birthday: date | None
    attributes: dict[str, ProfileValue]
    segments: list[str]
    choices: dict[str, ProfileChoice]
    plans: dict[str, ProfilePlan]
    benefits: list[str]


class ProfileCounter(msgspec.Struct, frozen=True):
    """Shows and changes profiles."""

    welcome: Welcome
    knowing: Knowing
    clock: Clock

    def profile(self, request: Request) -> Profile:
        """What is known of a member beside points."""
        return self._told(request, self.knowing.of(request.program, self._account(request)))

    def tell(self, request: Request) -> Profile:
        """A store learned something of a member."""
        sent, account = request.sent(ProfileTold), self._account(request)
        facts = facts_told(sent, now=self.clock.now())
        return self._told(request, self.knowing.tell(request.program, account, facts, revision=sent.revision))

    def _told(self, request: Request, known: Knowledge) -> Profile:
        now = self.clock.now()
        return profile(request.program.in_force(now).definition, known, now=now)

    def _account(self, request: Request) -> AccountId:
        """The member's account. Raises: Refused (member_unknown, not_a_member)."""
        found = self.welcome.by_id(request.program, AccountId(api_id(request.ids["member"], "member_unknown")))
        if found is None:
            raise Refused("member_unknown")
        if not found.is_member:
            raise Refused("not_a_member")
        return found.account


def facts_told(sent: ProfileTold, *, now: Instant) -> list[Fact]:
    """What is told, in the order in which it counts."""
    since = now if sent.since is None else (sent.since - _EPOCH) // timedelta(milliseconds=1)
    facts: list[Fact] = [Attribute(name, value, since) for name, value in sent.attributes.items()]
    facts += [Listed(name, is_on, since) for name, is_on in sent.segments.items()]
    facts += [Born(sent.birthday.isoformat())] if sent.birthday is not None else []
    facts += [Picked(name, tuple(options)) for name, options in sent.choices.items()]
    facts += [FeeRefunded(sent.refunded)] if sent.refunded is not None else []
    facts += [PlanPaid(sent.trial, is_trial=True)] if sent.trial is not None else []
    facts += [PlanPaid(sent.paid)] if sent.paid is not None else []
    return facts


def profile(definition: Definition, known: Knowledge, *, now: Instant) -> Profile:
    """What a store is told."""
    document = known.document
    return Profile(
        member=document.account,
        revision=document.revision,
        birthday=date.fromisoformat(document.birthday.day) if document.birthday is not None else None,
        attributes={
            name: ProfileValue(values[-1].value, moment(values[-1].since))
            for name, values in document.attributes.items()
        },
        segments=[name for name in document.lists if document.is_on(name, now)],
        choices={
            each.choice: ProfileChoice(list(each.picked), moment(each.until))
            for each in document.choices
            if each.since <= now < each.until
        },
        plans=_plans(definition, document, now),
        benefits=list(known.benefits),
    )


def _plans(definition: Definition, document: MemberDocument, now: Instant) -> dict[str, ProfilePlan]:
    found = {}
    for plan in definition.membership.plans:
        period = paid_period(definition, document, plan.name, now)
        if period is not None:
            found[plan.name] = ProfilePlan(moment(period.until), period.is_trial)
    return found
