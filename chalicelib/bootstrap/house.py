"""The house: every service over its ports, every door over its services."""

import logging
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from chalicelib.bootstrap.adapters import Adapters, adapters
from chalicelib.bootstrap.system import log_as_json
from chalicelib.config import Settings
from chalicelib.connectors.books import ProviderBooks, reconciles
from chalicelib.connectors.contract import connector, understood
from chalicelib.connectors.hooks import Hooks
from chalicelib.errors import LoyaltyError, Refused, Untrusted
from chalicelib.events import Event
from chalicelib.passes.apple.rendering import Rendering
from chalicelib.passes.apple.webservice import WebService
from chalicelib.passes.google.door import GoogleDoor
from chalicelib.services.accounts import Accounts
from chalicelib.services.answer import Answer
from chalicelib.services.claiming import Claims
from chalicelib.services.enrolling import Enrolment
from chalicelib.services.erasing import Erasure
from chalicelib.services.evidencing import Evidence
from chalicelib.services.google_cards import GoogleRefresh
from chalicelib.services.inbox import Replay
from chalicelib.services.ports import Alarm, Connection, Delivery, Inbox, Ledger, Members
from chalicelib.services.publishing import Publishing
from chalicelib.services.receiving import Reception
from chalicelib.services.reconciling import Reconciler
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
    books: ProviderBooks
    reconciler: Reconciler
    replay: Replay
    desk: Desk
    apple: WebService
    rendering: Rendering
    google: GoogleDoor | None
    journal: JournalStream

    def google_link(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/google: on to Google's page that saves the card, or a page that says there is none."""
        card = self.enrolment.card(link)
        if card is None or self.google is None:
            return missing_page("card", visit.language(("en", "ru")))
        return self.google.save(card)

    def google_told(self, program: str, body: bytes) -> Answer:
        """POST /google/callback/{program}. Raises Untrusted, also where there is no Google Wallet."""
        if self.google is None:
            raise Untrusted("no_google_wallet")
        return self.google.callback(program, body)

    def google_logo(self, name: str) -> Answer:
        """GET /google/logo/{name}."""
        return self.google.logo(name) if self.google else Answer(404)

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
        return worked_off(event, self._push, alarm=self.adapters.alarm)

    def _push(self, message: Mapping[str, str | int]) -> None:
        if message.get("wallet") != "google":
            self.refresh.work_off(message)
        elif self.google is not None:
            self.google.refresh.work_off(message)

    def reconcile(self, seconds: int) -> None:
        """Read the books of every connection that can be read, for about so long; the next time goes on from there."""
        deadline = self.adapters.clock.now() + seconds * 1_000
        for slug in self.adapters.programs.slugs():
            for connection in self.adapters.programs.connections(slug):
                if reconciles(connection.provider):
                    self._reconcile(connection, deadline)

    def _reconcile(self, connection: Connection, deadline: int) -> None:
        """One connection's trouble is not the others'."""
        about = {"program": connection.program, "connection": connection.name}
        try:
            found = self.reconciler.run(connection, deadline=deadline)
        except LoyaltyError as err:
            if err.reason != "no_api_access":  # nobody gave us a key to these books, and nobody promised one
                self.adapters.alarm.raise_("books_not_read", **about, why=err.reason)
            return
        facts = {"seen": found.seen, "new": found.new, "at_risk": found.at_risk, "unclear": found.unclear}
        _log.info("books_read", extra={"facts": about | facts})


@cache
def house() -> House:
    """The house of this container, from its environment. Raises SettingMissing, Broken."""
    log_as_json()
    settings = Settings.from_environment(os.environ)
    return assembled(settings, adapters(settings))


def begin() -> None:
    """Put the house together while Lambda starts a container: with a whole processor, and while no sender waits."""
    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        house()


def assembled(settings: Settings, own: Adapters) -> House:
    """Put the house together. Nothing is called."""
    accounts = Accounts(own.members, own.vault, own.chance, own.clock)
    claims = Claims(own.ledger, own.members, own.vault, own.clock)
    showing = Showing(own.ledger, own.programs, own.clock, settings.base_url)
    recorder = Recorder(own.ledger, accounts, claims, own.clock)
    google = _google(own, showing)
    refresh = _refresh(settings, own, showing, google)
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
    reception = _reception(settings, own, accounts, recorder, refresh)
    books = ProviderBooks(own.api, settings.base_url)
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
        hooks=Hooks(own.programs, reception, own.api, own.clock, settings.webhook_bytes),
        books=books,
        reconciler=_reconciler(own, books, reception),
        replay=_replay(settings, own, reception, refresh),
        desk=Desk(own.programs, enrolment, showing, own.clock, settings.base_url, logo_address, google is not None),
        apple=_apple(settings, own, rendering),
        rendering=rendering,
        google=google,
        journal=JournalStream(refresh, own.alarm),
    )


def _google(own: Adapters, showing: Showing) -> GoogleDoor | None:
    if own.google is None:
        return None
    parts = own.google
    refresh = GoogleRefresh(
        own.cards,
        parts.cards,
        showing,
        parts.wallet,
        own.pushes,
        own.alarm,
        own.clock,
        own.chance,
    )
    return GoogleDoor(refresh, parts.callbacks)


def _refresh(settings: Settings, own: Adapters, showing: Showing, google: GoogleDoor | None) -> Refresh:
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
        google.refresh.follow if google else None,
    )


def _reception(
    settings: Settings, own: Adapters, accounts: Accounts, recorder: Recorder, refresh: Refresh
) -> Reception:
    return Reception(
        own.programs,
        recorder,
        Evidence(own.ledger, recorder, own.clock),
        Rewards(own.ledger, accounts, recorder.claims, own.clock),
        Erasure(own.members, own.cards, own.vault, own.clock, refresh),
        own.inbox,
        own.deferred,
        own.alarm,
        own.clock,
        settings.webhook_seconds,
    )


def _reconciler(own: Adapters, books: ProviderBooks, reception: Reception) -> Reconciler:
    return Reconciler(books, own.programs, reception, own.ledger, own.inbox, own.alarm, own.clock, time.sleep)


def _replay(settings: Settings, own: Adapters, reception: Reception, refresh: Refresh) -> Replay:
    def understand(delivery: Delivery) -> Sequence[Event]:
        connection = own.programs.connection(delivery.program, delivery.connection)
        if connection is None:
            raise Refused("connection_gone", connection=delivery.connection)
        return understood(connector(connection.provider), delivery, connection, own.api)

    def rehearsal(ledger: Ledger, members: Members, inbox: Inbox, alarm: Alarm) -> Reception:
        unreal = replace(own, ledger=ledger, members=members, inbox=inbox, alarm=alarm)
        accounts = Accounts(members, own.vault, own.chance, own.clock)
        recorder = Recorder(ledger, accounts, Claims(ledger, members, own.vault, own.clock), own.clock)
        return _reception(settings, unreal, accounts, recorder, refresh)

    return Replay(own.inbox, own.ledger, own.members, reception, understand, rehearsal)


def _apple(settings: Settings, own: Adapters, rendering: Rendering) -> WebService:
    def on_log(lines: Sequence[str]) -> None:
        for line in lines:
            _log.warning("phone_complained", extra={"facts": {"says": line}})

    return WebService(own.cards, own.clock, rendering.render, settings.apple_pass_type, own.token_key, on_log)
