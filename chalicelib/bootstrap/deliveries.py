"""What shops and payment providers tell: webhooks, what was put off, what was kept, and the providers' own books."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.cards import CardParts, erasure
from chalicelib.bootstrap.lazy import late

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.bootstrap.adapters import Adapters
    from chalicelib.config import Settings
    from chalicelib.connectors.books import ProviderBooks
    from chalicelib.connectors.hooks import Hooks
    from chalicelib.events import Event
    from chalicelib.services.dropping import Dropping
    from chalicelib.services.erasing import Erasure
    from chalicelib.services.inbox import Replay
    from chalicelib.services.ports import Alarm, Delivery, Inbox, Ledger, Members
    from chalicelib.services.receiving import Reception
    from chalicelib.services.reconciling import Reconciler
    from chalicelib.services.recording import Recorder
    from chalicelib.services.rewarding import Rewards


def reception(settings: Settings, own: Adapters, recorder: Recorder, rewards: Rewards, erasure: Erasure) -> Reception:
    """What takes deliveries; a rehearsal has one of its own, over a ledger that keeps nothing."""
    from chalicelib.services.evidencing import Evidence
    from chalicelib.services.receiving import Reception

    return Reception(
        own.programs,
        recorder,
        Evidence(own.ledger, recorder, own.clock),
        rewards,
        erasure,
        own.inbox,
        own.deferred,
        own.alarm,
        own.clock,
        settings.webhook_seconds,
    )


class Deliveries(CardParts):
    """Takes deliveries."""

    @cached_property
    def hooks(self) -> Hooks:
        from chalicelib.connectors.hooks import Hooks

        own = self.adapters
        return Hooks(own.programs, self.reception, late(lambda: own.api), own.clock, self.settings.webhook_bytes)

    @cached_property
    def reception(self) -> Reception:
        rewards, erasing = late(lambda: self.rewards), late(lambda: self.erasure)
        return reception(self.settings, self.adapters, self.recorder, rewards, erasing)

    @cached_property
    def books(self) -> ProviderBooks:
        from chalicelib.connectors.books import ProviderBooks

        own = self.adapters
        return ProviderBooks(late(lambda: own.api), self.settings.base_url)

    @cached_property
    def reconciler(self) -> Reconciler:
        from chalicelib.services.reconciling import Reconciler

        own = self.adapters
        return Reconciler(
            self.books, own.programs, self.reception, own.ledger, own.inbox, own.alarm, own.clock, time.sleep
        )

    @cached_property
    def replay(self) -> Replay:
        from chalicelib.services.inbox import Replay

        own = self.adapters
        return Replay(own.inbox, own.ledger, own.members, self.reception, self._understand, self._rehearsal)

    @cached_property
    def dropping(self) -> Dropping:
        from chalicelib.services.dropping import Dropping

        return Dropping(self.adapters.programs, self.adapters.inbox, self._understand)

    def _understand(self, delivery: Delivery) -> Sequence[Event]:
        from chalicelib.connectors.contract import connector, understood
        from chalicelib.errors import Refused

        own = self.adapters
        connection = own.programs.connection(delivery.program, delivery.connection)
        if connection is None:
            raise Refused("connection_gone", connection=delivery.connection)
        return understood(connector(connection.provider), delivery, connection, own.api)

    def _rehearsal(self, ledger: Ledger, members: Members, inbox: Inbox, alarm: Alarm) -> Reception:
        from chalicelib.services.accounts import Accounts
        from chalicelib.services.claiming import Claims
        from chalicelib.services.knowing import Knowing
        from chalicelib.services.recording import Recorder
        from chalicelib.services.rewarding import Rewards

        unreal = self.adapters.replaced(ledger=ledger, members=members, inbox=inbox, alarm=alarm)
        accounts = Accounts(members, unreal.vault, unreal.chance, unreal.clock)
        recorder = Recorder(ledger, accounts, Claims(ledger, members, unreal.vault, unreal.clock), unreal.clock)
        knowing = Knowing(ledger, unreal.clock)
        rewards = Rewards(ledger, accounts, recorder.claims, unreal.clock)
        return reception(self.settings, unreal, recorder, rewards, erasure(unreal, self.refresh, knowing))
