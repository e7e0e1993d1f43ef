"""Walks through whole programs, and what operators pause and let go on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.deliveries import Deliveries
from chalicelib.bootstrap.lazy import late
from chalicelib.bootstrap.night import NightParts

if TYPE_CHECKING:
    from chalicelib.services.catching_up import CatchingUp
    from chalicelib.services.pausing import Pausing
    from chalicelib.services.ports import Queue
    from chalicelib.services.ports.walks import Job
    from chalicelib.services.walking import Round, Walking


class WalkParts(Deliveries, NightParts):
    """What goes through a program at a pace."""

    @cached_property
    def walking(self) -> Walking:
        from chalicelib.services.new_versions import NewVersions
        from chalicelib.services.walking import Walking

        own = self.adapters
        rounds: dict[Job, Round] = {
            "publish": late(lambda: NewVersions(own.views, self.sweeper)),
            "republish": late(lambda: self.republishing),
            "message": late(lambda: self.messages),
            "withdraw": late(lambda: self.messages),
            "resume": late(lambda: self.catching_up),
        }
        wait = self.settings.program_cache_seconds
        # Only those who work off deferred deliveries may record any.
        elsewhere: dict[Job, Queue] = {"resume": late(lambda: own.deferred)}
        return Walking(own.walks, own.programs, late(lambda: own.sweeps), own.alarm, own.clock, rounds, wait, elsewhere)

    @cached_property
    def catching_up(self) -> CatchingUp:
        from chalicelib.services.catching_up import CatchingUp

        own = self.adapters
        wait = self.settings.program_cache_seconds
        return CatchingUp(own.programs, own.inbox, self.hooks.record, own.clock, wait)

    @cached_property
    def pausing(self) -> Pausing:
        from chalicelib.services.pausing import Pausing

        own = self.adapters
        return Pausing(own.programs, own.inbox, self.walking, own.clock)
