"""The points of a referral: an activity of whoever brought a friend, and one of the friend, in one transaction."""

import msgspec

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.deeds import is_told, kept_deeds
from chalicelib.ledger.documents import ActivityDocument, CapDocument, Deed, Pricing
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.orders import post
from chalicelib.ledger.people_documents import ReferralDocument
from chalicelib.programs.activities import reward, rewarded, thing
from chalicelib.programs.lots import late_from
from chalicelib.programs.program import Program
from chalicelib.programs.referral import JOINED, REFERRED
from chalicelib.programs.tiers import level_held
from chalicelib.services.by_hand import awake
from chalicelib.services.journaling import Line, Standing, next_entry, standing
from chalicelib.services.limiting import limited
from chalicelib.services.once import after_entry
from chalicelib.services.ports import Ledger

_ACTOR = "referral"


class Sides(msgspec.Struct):
    """What both sides of a referral get or give back: documents and entries to write with it."""

    ledger: Ledger
    program: Program
    now: Instant
    documents: list[ActivityDocument | CapDocument] = msgspec.field(default_factory=list)
    entries: list[Entry] = msgspec.field(default_factory=list)
    stands: dict[AccountId, Standing] = msgspec.field(default_factory=dict)

    def bring(self, referral: ReferralDocument, decided_at: Instant | None) -> None:
        """Let both sides follow. decided_at: when the order was placed that counts; None takes the points back."""
        if referral.referrer is not None:
            self._bring(referral, referral.referrer, REFERRED, referral.account, decided_at)
        self._bring(referral, referral.account, JOINED, "once", decided_at)

    def _bring(
        self, referral: ReferralDocument, account: AccountId, activity: str, named: str, decided_at: Instant | None
    ) -> None:
        version = self.program.version(referral.version)
        definition, stand = version.definition, self._stand(account)
        reference = Reference(f"activity/{activity}/{account}/{thing(definition, activity, named, self.now)}")
        stored = self.ledger.document(self.program.slug, reference)
        known = stored if isinstance(stored, ActivityDocument) else None
        if known is None:
            known = ActivityDocument(reference, account, Pricing(version.sha, "", self.now, 0))
        if known.counted is not None:  # counted with another account of the same person
            return
        pricing = known.pricing
        if decided_at is not None and not is_told(known.deeds):
            pricing = Pricing(
                version.sha,
                level_held(definition.tiers, stand.snap.tier, decided_at),
                decided_at,
                stand.snap.opened,
                told_at=late_from(definition, stand.at),
            )
        grown = msgspec.structs.replace(
            known, pricing=pricing, deeds={"": self._deed(known, decided_at)}, revision=known.revision + 1
        )
        target = reward(definition, pricing, activity, kept_deeds(grown))
        counted = limited(self.ledger, self.program.slug, account, target, grown.cuts)
        grown = msgspec.structs.replace(grown, cuts=counted.cuts)
        calendar = self.program.timeline.calendar
        posting = post(grown, counted.target, stand.snap, at=stand.at, calendar=calendar)
        self.documents += [posting.document, *counted.caps]
        if not posting.legs and not posting.rolled:
            return
        line = Line(
            kind=posting.kind,
            document=reference,
            occurred_at=decided_at or stand.at,
            actor=_ACTOR,
            version=pricing.version,
            rules=target.rules or tuple(rule.name for rule in rewarded(definition, activity)),
            legs=posting.legs,
            rolled=posting.rolled,
        )
        entry = next_entry(stand, self.program, awake(stand, line))
        self.entries.append(entry)
        self.stands[stand.account] = after_entry(stand, entry)

    def _stand(self, account: AccountId) -> Standing:
        """Where the account stands, after what this writes already."""
        stand = standing(self.ledger, self.program, account, self.now)
        return self.stands.get(stand.account, stand)

    def _deed(self, known: ActivityDocument, decided_at: Instant | None) -> Deed:
        """Done, or undone, later than whatever was before."""
        before = known.deeds.get("", Deed())
        at = max(self.now, before.done_at + 1, before.undone_at + 1)
        return Deed(done_at=at, undone_at=before.undone_at) if decided_at else Deed(before.done_at, at)
