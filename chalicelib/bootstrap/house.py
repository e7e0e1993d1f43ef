"""The house: every service over its ports, every door over its services."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from chalicelib.bootstrap.adapters import Adapters, adapters
from chalicelib.bootstrap.system import log_as_json
from chalicelib.config import Settings
from chalicelib.connectors.hooks import Hooks
from chalicelib.passes.apple.rendering import Rendering
from chalicelib.passes.apple.webservice import WebService
from chalicelib.services.accounts import Accounts
from chalicelib.services.answer import Answer
from chalicelib.services.claiming import Claims
from chalicelib.services.enrolling import Enrolment
from chalicelib.services.erasing import Erasure
from chalicelib.services.evidencing import Evidence
from chalicelib.services.publishing import Publishing
from chalicelib.services.receiving import Reception
from chalicelib.services.recording import Recorder
from chalicelib.services.redeeming import Redemptions
from chalicelib.services.refreshing import Refresh
from chalicelib.services.rewarding import Rewards
from chalicelib.services.showing import Showing
from chalicelib.services.tracing import Tracing
from chalicelib.services.verifying import Verification
from chalicelib.services.waiting import Unclaimed
from chalicelib.store.messages import worked_off
from chalicelib.store.stream import JournalStream
from chalicelib.web.assets import logo_address
from chalicelib.web.desk import Desk, Visit
from chalicelib.web.trouble import missing_page

_log = logging.getLogger(__name__)
_Failures = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a door or a command may ask for."""

    settings: Settings
    adapters: Adapters
    recorder: Recorder
    enrolment: Enrolment
    showing: Showing
    refresh: Refresh
    redemptions: Redemptions
    publishing: Publishing
    verification: Verification
    tracing: Tracing
    unclaimed: Unclaimed
    hooks: Hooks
    desk: Desk
    apple: WebService
    rendering: Rendering
    journal: JournalStream

    def wallet_file(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/apple: the card's signed pass, or the page that says that there is no such card."""
        card = self.enrolment.card(link)
        if card is None:
            return missing_page("card", visit.language(("en", "ru")))
        return self.rendering.download(card)

    def deferred(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of deferred deliveries."""
        return worked_off(event, self.hooks.work_off, alarm=self.adapters.alarm)

    def pushes(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of pushes that waited."""
        return worked_off(event, self.refresh.work_off, alarm=self.adapters.alarm)


@cache
def house() -> House:
    """The house of this container, from its environment. Raises SettingMissing, Broken."""
    log_as_json()
    settings = Settings.from_environment(os.environ)
    return assembled(settings, adapters(settings))


def assembled(settings: Settings, own: Adapters) -> House:
    """Put the house together. Nothing is called."""
    accounts = Accounts(own.members, own.vault, own.chance, own.clock)
    claims = Claims(own.ledger, own.members, own.vault, own.clock)
    showing = Showing(own.ledger, own.programs, own.clock, settings.base_url)
    recorder = Recorder(own.ledger, accounts, claims, own.clock)
    refresh = _refresh(settings, own, showing)
    enrolment = Enrolment(
        own.members,
        own.cards,
        claims,
        refresh,
        own.vault,
        own.mailer,
        own.chance,
        own.clock,
        settings.base_url,
    )
    rendering = Rendering(own.cards, showing, own.issuer)
    return House(
        settings=settings,
        adapters=own,
        recorder=recorder,
        enrolment=enrolment,
        showing=showing,
        refresh=refresh,
        redemptions=Redemptions(own.ledger, accounts, own.clock),
        publishing=Publishing(own.programs, own.clock, settings.program_cache_seconds),
        verification=Verification(own.audit, own.views, own.clock),
        tracing=Tracing(own.ledger, own.audit, own.programs, own.cards, own.inbox),
        unclaimed=Unclaimed(own.ledger, own.members, own.clock),
        hooks=_hooks(settings, own, accounts, recorder, refresh),
        desk=Desk(own.programs, enrolment, showing, own.clock, settings.base_url, logo_address),
        apple=_apple(settings, own, rendering),
        rendering=rendering,
        journal=JournalStream(refresh, own.alarm),
    )


def _refresh(settings: Settings, own: Adapters, showing: Showing) -> Refresh:
    return Refresh(
        own.ledger,
        own.cards,
        own.views,
        showing,
        own.pusher,
        own.pushes,
        own.alarm,
        own.clock,
        settings.push_quiet_seconds,
    )


def _hooks(settings: Settings, own: Adapters, accounts: Accounts, recorder: Recorder, refresh: Refresh) -> Hooks:
    erasure = Erasure(own.members, own.cards, own.vault, own.clock, refresh)
    reception = Reception(
        own.programs,
        recorder,
        Evidence(own.ledger, recorder, own.clock),
        Rewards(own.ledger, accounts, own.clock),
        erasure,
        own.inbox,
        own.deferred,
        own.alarm,
        own.clock,
        settings.webhook_seconds,
    )
    return Hooks(own.programs, reception, own.api, own.clock, settings.webhook_bytes)


def _apple(settings: Settings, own: Adapters, rendering: Rendering) -> WebService:
    def on_log(lines: Sequence[str]) -> None:
        for line in lines:
            _log.warning("phone_complained", extra={"facts": {"says": line}})

    return WebService(own.cards, own.clock, rendering.render, settings.apple_pass_type, own.token_key, on_log)
