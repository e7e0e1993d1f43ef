"""A member's code for friends, and the claims that come with one: who may claim, and what is held at first."""

from collections.abc import Mapping

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import Document
from chalicelib.ledger.people_documents import ReferralCodeDocument, ReferralDocument, ReferralTraceDocument
from chalicelib.programs.program import Program
from chalicelib.programs.referral import BLOCKING, MOST_CLAIMS, TELLING, recent
from chalicelib.services.journaling import Standing, standing
from chalicelib.services.ports import Cards, Clock, Commit, Ledger, Outcome, Vault
from chalicelib.services.referring import known_referral, referral_reference

_ROUNDS = 12
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE = 8
_LOOKED_AT = 50
"""Entries that are read to see whether a member is new."""


class Seen(msgspec.Struct, frozen=True):
    """What a shop saw of somebody: by kind ("card", "device", "address"), and where a claim came from."""

    marks: Mapping[str, str] = msgspec.field(default_factory=dict)
    source: str = ""


class ReferralClaims(msgspec.Struct, frozen=True):
    """Gives codes and takes claims."""

    ledger: Ledger
    cards: Cards
    vault: Vault
    clock: Clock

    def code(self, program: Program, account: AccountId, seen: Seen) -> str:
        """The member's own code, for ever the same. `seen`: their own marks, so that they cannot bring themselves.

        Raises: Refused (referral_not_offered, not_a_member), TryAgain.
        """
        self._offered(program)
        stand = self._member(program, account)
        for _ in range(_ROUNDS):
            code, known = self._own_code(program, stand.account)
            fresh: list[Document] = [] if known else [ReferralCodeDocument(code_reference(code), stand.account, 1)]
            fresh += self._unseen(program, code, stand.account, seen)[0]
            if not fresh or self.ledger.commit(Commit(program.slug, tuple(fresh))) is Outcome.COMMITTED:
                return code
        raise TryAgain("too_many_races", document="referral_code")

    def claim(self, program: Program, friend: AccountId, code: str, seen: Seen) -> ReferralDocument:
        """A new member came with a code. A repeat is answered as the first time was.

        Raises: Refused (referral_not_offered, not_a_member, code_unknown, referral_to_oneself, referred_already,
        not_a_new_member, too_many_claims), TryAgain.
        """
        code = code.strip().upper()
        for _ in range(_ROUNDS):
            self._offered(program)
            stand = self._member(program, friend)
            referrer, partner = self._owner(program, code)
            known = known_referral(self.ledger, program, stand.account)
            if known is not None:
                if known.code != code:
                    raise Refused("referred_already")
                return known
            if referrer is not None and standing(self.ledger, program, referrer, stand.at).account == stand.account:
                raise Refused("referral_to_oneself")
            self._is_new(program, stand)
            claims = self._counted(program, code, seen.source, stand.at)
            marks, reasons, flags = self._unseen(program, code, stand.account, seen)
            claimed = ReferralDocument(
                referral_reference(stand.account),
                stand.account,
                code=code,
                referrer=referrer,
                partner=partner,
                version=program.in_force(stand.at).sha,
                claimed_at=stand.at,
                state="held" if reasons else "open",
                reasons=reasons,
                flags=flags,
                revision=1,
            )
            if self.ledger.commit(Commit(program.slug, (claimed, *claims, *marks))) is Outcome.COMMITTED:
                return claimed
            self.clock.pause(50)
        raise TryAgain("too_many_races", document="referral")

    def _offered(self, program: Program) -> None:
        if program.in_force(self.clock.now()).definition.referral is None:
            raise Refused("referral_not_offered", program=program.slug)

    def _member(self, program: Program, account: AccountId) -> Standing:
        stand = standing(self.ledger, program, account, self.clock.now())
        is_member = stand.snap.status == "active" or bool(self.cards.cards_of(program.slug, stand.account))
        if not is_member or stand.snap.status == "closed":
            raise Refused("not_a_member", account=stand.account)
        return stand

    def _is_new(self, program: Program, stand: Standing) -> None:
        entries = self.ledger.entries(program.slug, stand.account, newest_first=False, limit=_LOOKED_AT)
        if len(entries) == _LOOKED_AT or any(entry.document.startswith("order/") for entry in entries):
            raise Refused("not_a_new_member")

    def _own_code(self, program: Program, account: AccountId) -> tuple[str, ReferralCodeDocument | None]:
        """The member's code, and its document; a name that another member has already gives the next one."""
        for salt in range(_ROUNDS):
            code = _spelled(self.vault.index(program.slug, f"referral-{salt}", account))
            known = self.ledger.document(program.slug, code_reference(code))
            if known is None:
                return code, None
            if isinstance(known, ReferralCodeDocument) and known.account == account:
                return code, known
        raise TryAgain("too_many_races", document="referral_code")

    def _owner(self, program: Program, code: str) -> tuple[AccountId | None, str]:
        """The member or the partner whose code it is."""
        for partner in program.in_force(self.clock.now()).definition.partners:
            if code in partner.codes:
                return None, partner.key
        known = self.ledger.document(program.slug, code_reference(code))
        if not isinstance(known, ReferralCodeDocument):
            raise Refused("code_unknown")
        return known.account, ""

    def _counted(self, program: Program, code: str, source: str, now: Instant) -> tuple[ReferralTraceDocument, ...]:
        """The claims from one address with this one."""
        if not source:
            return ()
        reference = Reference(f"referral-claims/{code}/{self.vault.index(program.slug, 'referral-source', source)}")
        stored = self.ledger.document(program.slug, reference)
        known = stored if isinstance(stored, ReferralTraceDocument) else ReferralTraceDocument(reference)
        counted = recent(known.at, now)
        if len(counted) >= MOST_CLAIMS:
            raise Refused("too_many_claims", most=MOST_CLAIMS)
        return (msgspec.structs.replace(known, at=(*counted, now), revision=known.revision + 1),)

    def _unseen(
        self, program: Program, code: str, account: AccountId, seen: Seen
    ) -> tuple[list[ReferralTraceDocument], tuple[str, ...], tuple[str, ...]]:
        """Marks that were not seen with this code before, and those that were seen with somebody else."""
        fresh: list[ReferralTraceDocument] = []
        reasons: list[str] = []
        flags: list[str] = []
        for kind in (*BLOCKING, *TELLING):
            if not (mark := seen.marks.get(kind, "").strip().lower()):
                continue
            digest = self.vault.index(program.slug, f"referral-{kind}", mark)
            reference = Reference(f"referral-mark/{code}/{kind}/{digest}")
            known = self.ledger.document(program.slug, reference)
            if known is None:
                fresh.append(ReferralTraceDocument(reference, account, revision=1))
            elif isinstance(known, ReferralTraceDocument) and known.account != account:
                (reasons if kind in BLOCKING else flags).append(f"same_{kind}")
        return fresh, tuple(reasons), tuple(flags)


def code_reference(code: str) -> Reference:
    """Where it stands whose code this is, however it was typed."""
    return Reference(f"referral-code/{code.strip().upper()[:40]}")


def _spelled(index: str) -> str:
    """A code that people can read to each other."""
    number, code = int(index[:16], 16), ""
    for _ in range(_CODE):
        number, rest = divmod(number, len(_LETTERS))
        code += _LETTERS[rest]
    return code
