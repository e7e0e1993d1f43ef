"""What is done by the clock: sweeping, checking, summing, sealing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.cards import CardParts

if TYPE_CHECKING:
    from chalicelib.services.auditing import Auditing
    from chalicelib.services.owing import Owing
    from chalicelib.services.sweeping import Sweeper
    from chalicelib.services.verifying import Verification


class NightParts(CardParts):
    """What looks through whole programs."""

    @cached_property
    def sweeper(self) -> Sweeper:
        from chalicelib.services.sweeping import Sweeper

        own = self.adapters
        return Sweeper(own.ledger, own.views, own.programs, self.refresh, own.sweeps, own.alarm, own.clock)

    @cached_property
    def verification(self) -> Verification:
        from chalicelib.services.verifying import Verification
        from chalicelib.store.tally import SqliteTally

        own = self.adapters
        return Verification(own.ledger, own.audit, own.views, own.clock, SqliteTally)

    @cached_property
    def auditing(self) -> Auditing:
        from chalicelib.services.auditing import Auditing
        from chalicelib.services.sealing import Sealing

        own = self.adapters
        return Auditing(self.verification, self.totalling, Sealing(own.seals, own.clock), own.alarm)

    @cached_property
    def owing(self) -> Owing:
        from chalicelib.services.owing import Owing

        return Owing(self.verification, self.adapters.clock)
