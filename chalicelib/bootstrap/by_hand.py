"""What stores and operators do by hand: corrections, merges, statements, repairs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.cards import CardParts

if TYPE_CHECKING:
    from chalicelib.services.adjusting import Adjustments
    from chalicelib.services.answering import Recommending
    from chalicelib.services.correcting import Corrections
    from chalicelib.services.drawing import Draws
    from chalicelib.services.giving_levels import GivenLevels
    from chalicelib.services.households import HouseholdsDesk
    from chalicelib.services.merging_by_hand import MergesByHand
    from chalicelib.services.publishing import Publishing
    from chalicelib.services.referral_claims import ReferralClaims
    from chalicelib.services.repairing import Repairing
    from chalicelib.services.settling import Settling
    from chalicelib.services.statements import Statements
    from chalicelib.services.tracing import Tracing
    from chalicelib.services.transferring import Transfers
    from chalicelib.services.waiting import Unclaimed


class ByHand(CardParts):
    """What somebody decides."""

    @cached_property
    def corrections(self) -> Corrections:
        from chalicelib.services.correcting import Corrections

        own = self.adapters
        return Corrections(own.ledger, own.audit, own.cards, self.accounts, own.clock)

    @cached_property
    def adjustments(self) -> Adjustments:
        from chalicelib.services.adjusting import Adjustments

        own = self.adapters
        return Adjustments(own.ledger, self.accounts, own.clock)

    @cached_property
    def levels(self) -> GivenLevels:
        from chalicelib.services.giving_levels import GivenLevels

        own = self.adapters
        return GivenLevels(own.ledger, self.accounts, own.clock)

    @cached_property
    def transfers(self) -> Transfers:
        from chalicelib.services.transferring import Transfers

        own = self.adapters
        return Transfers(own.ledger, own.cards, own.clock)

    @cached_property
    def referral_claims(self) -> ReferralClaims:
        from chalicelib.services.referral_claims import ReferralClaims

        own = self.adapters
        return ReferralClaims(own.ledger, own.cards, own.vault, own.clock)

    @cached_property
    def households(self) -> HouseholdsDesk:
        from chalicelib.services.households import HouseholdsDesk

        own = self.adapters
        return HouseholdsDesk(own.ledger, own.cards, own.clock)

    @cached_property
    def merges(self) -> MergesByHand:
        from chalicelib.services.merging_by_hand import MergesByHand

        own = self.adapters
        return MergesByHand(own.ledger, own.members, own.cards, own.vault, own.clock, self.refresh.account)

    @cached_property
    def settling(self) -> Settling:
        from chalicelib.services.settling import Settling

        return Settling(self.adapters.ledger, self.adapters.audit)

    @cached_property
    def recommending(self) -> Recommending:
        from chalicelib.services.answering import Recommending

        own = self.adapters
        return Recommending(own.ledger, own.audit, own.clock)

    @cached_property
    def draws(self) -> Draws:
        from chalicelib.services.drawing import Draws

        return Draws(self.adapters.audit, self.adapters.clock)

    @cached_property
    def publishing(self) -> Publishing:
        from chalicelib.services.publishing import Publishing

        own = self.adapters
        return Publishing(own.programs, own.sweeps, own.clock, self.settings.program_cache_seconds)

    @cached_property
    def statements(self) -> Statements:
        from chalicelib.services.statements import Statements

        own = self.adapters
        return Statements(own.ledger, own.members, own.cards, own.vault, own.clock)

    @cached_property
    def tracing(self) -> Tracing:
        from chalicelib.services.tracing import Tracing

        own = self.adapters
        return Tracing(own.ledger, own.audit, own.programs, own.cards, own.inbox)

    @cached_property
    def unclaimed(self) -> Unclaimed:
        from chalicelib.services.waiting import Unclaimed

        own = self.adapters
        return Unclaimed(own.ledger, own.members, own.clock)

    @cached_property
    def repairing(self) -> Repairing:
        from chalicelib.services.mending import Mending
        from chalicelib.services.mending_limits import LimitMending
        from chalicelib.services.mending_merges import MergeMending
        from chalicelib.services.merging import Joining
        from chalicelib.services.parting import Parting
        from chalicelib.services.pen import Pen
        from chalicelib.services.repairing import Repairing
        from chalicelib.store.tally import SqliteTally

        own = self.adapters
        pen = Pen(own.ledger, own.audit, self.accounts, own.clock)
        merges = MergeMending(pen, Joining(own.ledger, own.clock), Parting(own.ledger, own.clock), self.merges)
        return Repairing(
            own.ledger,
            own.audit,
            own.views,
            own.members,
            Mending(pen),
            merges,
            LimitMending(pen),
            self.claims,
            own.clock,
            SqliteTally,
        )
