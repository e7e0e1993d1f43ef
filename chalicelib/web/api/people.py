"""What stores send and get about friends and households, and what each of these operations does."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.people_documents import HouseholdDocument, HouseholdUseDocument, ReferralDocument
from chalicelib.programs.program import Program
from chalicelib.programs.referral import BLOCKING, TELLING
from chalicelib.services.households import Asked, HouseholdsDesk
from chalicelib.services.ports import Chance, Vault
from chalicelib.services.referral_claims import ReferralClaims, Seen
from chalicelib.services.referring import Referrals
from chalicelib.services.welcoming import Welcome
from chalicelib.web.api.request import Request, api_id
from chalicelib.web.api.shapes import Id, Key, Mark, Money, Points


class _Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent has no keys that nobody reads."""


class Marks(_Sent, frozen=True):
    """What you saw of a member, as your payment provider or your shop names it. Only a keyed digest is kept.

    card: a fingerprint of the payment card      device, address: names of the device and of the postal address
    """

    card: Mark = ""
    device: Mark = ""
    address: Mark = ""


class ReferralClaim(Marks, frozen=True):
    """A new member came with this code. `source`: the network address it came from, which is limited."""

    code: Annotated[str, Meta(min_length=1, max_length=40)] = ""
    source: Mark = ""


class HouseholdJoined(_Sent, frozen=True):
    """A member joins a household, which is new with its first member."""

    household: Id


class HouseholdUseAsked(_Sent, frozen=True):
    """Points that a member uses of their whole household. `goods`: what they pay for."""

    points: Points
    currency: Key | None = None
    goods: Money | None = None
    partner: Key | None = None


class HouseholdReturn(_Sent, frozen=True):
    """How many of the points are to be back in all, each with its owner; all of them if left out."""

    points: Points | None = None


# --- told ---------------------------------------------------------------------------------------------------------


class ReferralCode(Struct, frozen=True):
    """The code that a member gives to friends."""

    member: str
    code: str


class Referral(Struct, frozen=True):
    """By which code a member came, and what becomes of it.

    state: "held" until somebody of the shop has looked at it, since of `reasons`      flags: what is only told
    orders: of the member, that count so far      effective: both have their points
    """

    member: str
    code: str
    state: Literal["open", "held", "refused"]
    reasons: list[str]
    flags: list[str]
    orders: int
    effective: bool


class Household(Struct, frozen=True):
    """Members who use their points together."""

    household: str
    members: list[str]


class HouseholdUse(Struct, frozen=True):
    """Points that a household used. `members`: how many of them were whose      returned: of them, back again"""

    id: str
    currency: str
    points: int
    members: dict[str, int]
    returned: int


class PeopleCounter(msgspec.Struct, frozen=True):
    """Serves stores with referrals and households: one method for each operation."""

    welcome: Welcome
    referrals: Referrals
    claims: ReferralClaims
    households: HouseholdsDesk
    vault: Vault
    chance: Chance

    # --- friends

    def code(self, request: Request) -> ReferralCode:
        """A member's own code."""
        account = self._account(request)
        seen = Seen(_marks(request.sent(Marks)))
        return ReferralCode(account, self.claims.code(request.program, account, seen))

    def claim(self, request: Request) -> Referral:
        """A new member came with a code."""
        account, sent = self._account(request), request.sent(ReferralClaim)
        seen = Seen(_marks(sent), sent.source)
        return _referral(self.claims.claim(request.program, account, sent.code, seen))

    def referral(self, request: Request) -> Referral:
        """By whom a member was brought."""
        known = self.referrals.of(request.program, self._account(request))
        if known is None:
            raise Refused("referral_unknown")
        return _referral(known)

    # --- households

    def join(self, request: Request) -> Household:
        """A member joins a household."""
        name = request.sent(HouseholdJoined).household
        return _household(self.households.join(request.program, name, self._account(request)))

    def leave(self, request: Request) -> Household:
        """A member leaves, with what is left of their own points."""
        return _household(self.households.leave(request.program, self._own(request)))

    def household(self, request: Request) -> Household:
        """With whom a member uses points."""
        known = self.households.of(request.program, self._own(request))
        if known is None:
            raise Refused("in_no_household")
        return _household(known)

    def use(self, request: Request) -> HouseholdUse:
        """Points of the whole household are used."""
        own = self._own(request)
        sent, name = request.sent(HouseholdUseAsked), request.named(self.vault, self.chance)
        partner = known_partner(request.program, sent.partner)
        asked = Asked(own, sent.points, sent.currency, sent.goods, partner)
        return _use(self.households.use(request.program, _reference(name), asked, actor=request.actor), name)

    def give_back(self, request: Request) -> HouseholdUse:
        """Points go back to their owners."""
        name = api_id(request.ids["redemption"], "redemption_unknown")
        points = request.sent(HouseholdReturn).points
        in_all = self.households.points(request.program, _reference(name)) if points is None else points
        done = self.households.give_back(request.program, _reference(name), in_all, actor=request.actor)
        return _use(done, name)

    def _account(self, request: Request) -> AccountId:
        """The member's account, or the one that carries it."""
        found = self.welcome.by_id(request.program, _named(request))
        if found is None:
            raise Refused("member_unknown")
        return found.account

    def _own(self, request: Request) -> AccountId:
        """The name under which the member joined a household: as the store says it, or of the account that carries it.

        Points stay with the name, so two of one household who have become one are still two names in it.
        """
        named, carrier = _named(request), self._account(request)
        return carrier if self.households.of(request.program, named) is None else named


def known_partner(program: Program, key: str | None) -> str:
    """A partner of the program, "" for none. Raises Refused("partner_unknown")."""
    if key is not None and key not in {partner.key for partner in program.latest.definition.partners}:
        raise Refused("partner_unknown", partner=key)
    return key or ""


def _named(request: Request) -> AccountId:
    """The member as the store names it."""
    return AccountId(api_id(request.ids["member"], "member_unknown"))


def _marks(sent: Marks) -> Mapping[str, str]:
    """What the store saw, by its kind."""
    return {kind: getattr(sent, kind) for kind in (*BLOCKING, *TELLING)}


def _referral(known: ReferralDocument) -> Referral:
    """What a store is told of a referral: nothing about whoever brought the member but the code."""
    reasons, flags = list(known.reasons), list(known.flags)
    return Referral(known.account, known.code, known.state, reasons, flags, len(known.kept), known.is_effective)


def _household(known: HouseholdDocument) -> Household:
    return Household(known.reference.removeprefix("household/"), list(known.accounts))


def _use(known: HouseholdUseDocument, name: str) -> HouseholdUse:
    shares: dict[str, int] = {}
    for share in known.drawn:
        shares[share.account] = shares.get(share.account, 0) + share.points
    return HouseholdUse(name, known.currency, known.points, shares, known.returned)


def _reference(name: str) -> Reference:
    return Reference(f"household-use/api/{name}")
