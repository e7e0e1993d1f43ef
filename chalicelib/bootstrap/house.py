"""The house: every service over its ports, every door over its services."""

import logging
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from chalicelib.bootstrap.adapters import Adapters, adapters
from chalicelib.bootstrap.stores import stores_api
from chalicelib.bootstrap.system import log_as_json
from chalicelib.config import Settings
from chalicelib.connectors.books import ProviderBooks, reconciles
from chalicelib.connectors.contract import connector, understood
from chalicelib.connectors.hooks import Hooks
from chalicelib.errors import LoyaltyError, Refused, Untrusted
from chalicelib.events import Event
from chalicelib.ledger.journal import Entry
from chalicelib.passes.apple.absent import NoWebService
from chalicelib.passes.apple.complaints import Complaints
from chalicelib.passes.apple.rendering import Rendering
from chalicelib.passes.apple.webservice import WebService
from chalicelib.passes.google.door import GoogleDoor
from chalicelib.services.accounts import Accounts
from chalicelib.services.adjusting import Adjustments
from chalicelib.services.answer import Answer
from chalicelib.services.answering import Recommending
from chalicelib.services.attaching import Attaching
from chalicelib.services.auditing import Auditing
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.claiming import Claims
from chalicelib.services.correcting import Corrections
from chalicelib.services.drawing import Draws
from chalicelib.services.enrolling import Enrolment
from chalicelib.services.erasing import Erasure
from chalicelib.services.evidencing import Evidence
from chalicelib.services.giving_levels import GivenLevels
from chalicelib.services.giving_vouchers import Giving
from chalicelib.services.google_cards import GoogleRefresh
from chalicelib.services.households import HouseholdsDesk
from chalicelib.services.inbox import Replay
from chalicelib.services.keys import Keys
from chalicelib.services.knowing import Knowing
from chalicelib.services.leaving import Leaving
from chalicelib.services.mending import Mending
from chalicelib.services.mending_limits import LimitMending
from chalicelib.services.mending_merges import MergeMending
from chalicelib.services.merging import Joining
from chalicelib.services.merging_by_hand import MergesByHand
from chalicelib.services.messages import Messages
from chalicelib.services.new_versions import NewVersions
from chalicelib.services.owing import Owing
from chalicelib.services.parting import Parting
from chalicelib.services.pen import Pen
from chalicelib.services.perks import Perks
from chalicelib.services.ports import Alarm, Connection, Delivery, Inbox, Ledger, Members
from chalicelib.services.ports.walks import Job
from chalicelib.services.publishing import Publishing
from chalicelib.services.quoting import Quotes
from chalicelib.services.receiving import Reception
from chalicelib.services.reconciling import Reconciler
from chalicelib.services.recording import Recorder
from chalicelib.services.redeeming import Redemptions
from chalicelib.services.referral_claims import ReferralClaims
from chalicelib.services.referring import Referrals
from chalicelib.services.refreshing import Refresh
from chalicelib.services.repairing import Repairing
from chalicelib.services.replacing import Replacing
from chalicelib.services.republishing import Republishing
from chalicelib.services.repushing import Repushing
from chalicelib.services.rewarding import Rewards
from chalicelib.services.sealing import Sealing
from chalicelib.services.sending import Sending
from chalicelib.services.settling import Settling
from chalicelib.services.showing import Showing
from chalicelib.services.statements import Statements
from chalicelib.services.sweeping import Sweeper
from chalicelib.services.totalling import Totalling
from chalicelib.services.tracing import Tracing
from chalicelib.services.transferring import Transfers
from chalicelib.services.turning import Turning
from chalicelib.services.verifying import Verification
from chalicelib.services.vouchers import Vouchers
from chalicelib.services.waiting import Unclaimed
from chalicelib.services.walking import JOBS as WALKS
from chalicelib.services.walking import Round, Walking
from chalicelib.store.messages import worked_off
from chalicelib.store.stream import JournalStream
from chalicelib.store.tally import SqliteTally
from chalicelib.web.api.door import Api
from chalicelib.web.card_desk import CardDesk
from chalicelib.web.desk import Desk, Visit
from chalicelib.web.pictures import PictureRoom
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
    catalogue: Catalogue
    vouchers: Vouchers
    perks: Perks
    turning: Turning
    quotes: Quotes
    corrections: Corrections
    adjustments: Adjustments
    levels: GivenLevels
    transfers: Transfers
    referrals: Referrals
    referral_claims: ReferralClaims
    recommending: Recommending
    settling: Settling
    households: HouseholdsDesk
    merges: MergesByHand
    knowing: Knowing
    draws: Draws
    keys: Keys
    api: Api
    publishing: Publishing
    verification: Verification
    totalling: Totalling
    auditing: Auditing
    repairing: Repairing
    owing: Owing
    statements: Statements
    tracing: Tracing
    unclaimed: Unclaimed
    hooks: Hooks
    books: ProviderBooks
    reconciler: Reconciler
    replay: Replay
    desk: Desk
    card_desk: CardDesk
    pictures: PictureRoom
    apple: WebService | NoWebService
    rendering: Rendering
    google: GoogleDoor | None
    journal: JournalStream
    sweeper: Sweeper
    walking: Walking
    republishing: Republishing
    messages: Messages
    repushing: Repushing

    def google_link(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/google: on to Google's page that saves the card, or a page that says there is none."""
        card = self.enrolment.card(link)
        if card is None or self.google is None:
            return self.desk.gone(link, visit)
        return self.google.save(card)

    def google_told(self, program: str, body: bytes) -> Answer:
        """POST /google/callback/{program}. Raises Untrusted, also where there is no Google Wallet."""
        if self.google is None:
            raise Untrusted("no_google_wallet")
        return self.google.callback(program, body)

    def wallet_file(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/apple: the card's signed pass, or a page that says that there is none."""
        card = self.enrolment.card(link)
        if card is None:
            return self.desk.gone(link, visit)
        if self.adapters.issuer is None:
            return missing_page("card", visit.language(("en", "ru")))
        return self.rendering.download(card)

    def deferred(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of deferred deliveries."""
        return worked_off(event, self.hooks.work_off, alarm=self.adapters.alarm)

    def pushes(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of pushes that waited."""
        return worked_off(event, self._push, alarm=self.adapters.alarm)

    def _push(self, message: Mapping[str, str | int]) -> None:
        if "look" in message:
            self.repushing.work_off(message)
        elif message.get("wallet") != "google":
            self.refresh.work_off(message)
        elif self.google is not None:
            self.google.refresh.work_off(message)

    def sweeps(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of accounts whose time has come."""
        return worked_off(event, self._sweep, alarm=self.adapters.alarm)

    def _sweep(self, message: Mapping[str, str | int]) -> None:
        if message.get("job") in WALKS:
            self.walking.work_off(message)
        else:
            self.sweeper.work_off(message)

    def look_around(self) -> None:
        """What is done every few minutes: find accounts that are due, walks that stand still, and phones that are away.

        One's trouble is not the others'.
        """
        for look in (self.sweeper.find, self.walking.revive, self.repushing.find):
            try:
                look()
            except LoyaltyError as err:
                _log.warning("look_put_off", extra={"facts": {"why": err.reason}})

    def night(self, seconds: int) -> None:
        """What is done once a day, while few buy: for about so long, of which each program has its share.

        Those that were sealed last are the first: one that was too large yesterday has what the others leave.
        """
        end = self.adapters.clock.now() + seconds * 1_000
        if self.adapters.issuer is not None:
            self.adapters.tenants.warn(self.adapters.alarm)
        slugs = sorted(self._served(), key=self._newest_seal, reverse=True)
        for place, slug in enumerate(slugs):
            now = self.adapters.clock.now()
            until = now + max(0, end - now) // (len(slugs) - place)
            self._turn(slug, until)
            self._audit(slug, until)

    def _served(self) -> list[str]:
        """The programs whose turn it is. One whose tables are being put back has its next one."""
        programs = self.adapters.programs
        return [slug for slug in programs.slugs() if not programs.restoring(slug)]

    def _newest_seal(self, slug: str) -> str:
        return next(reversed(self.adapters.seals.days(slug)), "")

    def _turn(self, slug: str, until: int) -> None:
        """Points that become vouchers this month. Its trouble keeps no ledger from being checked."""
        program = self.adapters.programs.program(slug)
        if program is None:
            return
        try:
            members = self.turning.monthly(program, until=until)
        except LoyaltyError as err:
            self.adapters.alarm.raise_("vouchers_not_given", program=slug, why=err.reason)
            return
        if members:
            _log.info("vouchers_given", extra={"facts": {"program": slug, "members": members}})

    def _audit(self, slug: str, until: int) -> None:
        """Check, sum and seal one program. Its trouble is not the others'."""
        program = self.adapters.programs.program(slug)
        if program is None:
            return
        began = self.adapters.clock.now()
        try:
            audited = self.auditing.night(program, until=until)
        except LoyaltyError as err:
            if err.reason == "night_too_long":
                took = (self.adapters.clock.now() - began) // 1_000
                self.adapters.alarm.raise_(err.reason, program=slug, seconds=took, **err.facts)
                return
            self.adapters.alarm.raise_("ledger_not_checked", program=slug, why=err.reason)
            return
        found = audited.found
        facts = {"accounts": found.accounts, "entries": found.entries, "per_second": found.per_second}
        wrong = len(found.violations) + found.more
        sealed = 1 if audited.sealed else 0
        _log.info("ledger_checked", extra={"facts": {"program": slug, **facts, "violations": wrong, "sealed": sealed}})

    def reconcile(self, seconds: int) -> None:
        """Read the books of every connection that can be read, for about so long; the next time goes on from there."""
        deadline = self.adapters.clock.now() + seconds * 1_000
        for slug in self._served():
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
    verification = Verification(own.ledger, own.audit, own.views, own.clock, SqliteTally)
    totalling = Totalling(own.totals, own.programs, own.clock)
    claims = Claims(own.ledger, own.members, own.vault, own.clock)
    showing = Showing(own.ledger, own.programs, own.clock, settings.base_url)
    referrals = Referrals(own.ledger, own.audit, own.clock)
    recorder = Recorder(own.ledger, accounts, claims, own.clock, (referrals.follow,))
    redemptions = Redemptions(own.ledger, accounts, own.clock)
    giving = Giving(own.ledger, own.vault)
    turning = Turning(own.ledger, own.audit, own.programs, redemptions, giving, own.clock)
    google = _google(own, showing)
    refresh = _refresh(settings, own, showing, google)
    enrolment = Enrolment(
        own.members,
        own.cards,
        claims,
        Attaching(own.ledger, own.cards, own.clock),
        refresh,
        own.vault,
        own.mailer,
        own.chance,
        own.clock,
        settings.base_url,
    )
    rendering = Rendering(own.cards, showing, own.issuer)
    erasure = _erasure(own, refresh)
    reception = _reception(settings, own, accounts, recorder, erasure)
    sweeper = Sweeper(own.ledger, own.views, own.programs, refresh, own.sweeps, own.alarm, own.clock)
    republishing = Republishing(own.cards, refresh)
    messages = Messages(own.ledger, own.cards, own.members, refresh, own.clock)
    rounds: dict[Job, Round] = {
        "publish": NewVersions(own.views, sweeper),
        "republish": republishing,
        "message": messages,
        "withdraw": messages,
    }
    walking = Walking(own.walks, own.programs, own.sweeps, own.alarm, own.clock, rounds, settings.program_cache_seconds)
    books = ProviderBooks(own.api, settings.base_url)
    desk = Desk(
        own.programs,
        enrolment,
        showing,
        own.clock,
        settings.base_url,
        PictureRoom(own.pictures),
        Sending(own.members, enrolment, own.vault, own.mailer, own.chance, own.clock, settings.base_url),
        google is not None,
        own.issuer is not None,
    )
    return House(
        settings=settings,
        adapters=own,
        recorder=recorder,
        enrolment=enrolment,
        showing=showing,
        refresh=refresh,
        redemptions=redemptions,
        catalogue=Catalogue(own.ledger, redemptions, giving, own.clock),
        vouchers=Vouchers(own.ledger, giving, own.vault, own.clock),
        perks=Perks(own.ledger, own.clock),
        turning=turning,
        quotes=Quotes(own.ledger, accounts, redemptions, own.clock, own.chance),
        corrections=Corrections(own.ledger, own.audit, own.cards, accounts, own.clock),
        adjustments=Adjustments(own.ledger, accounts, own.clock),
        levels=GivenLevels(own.ledger, accounts, own.clock),
        transfers=Transfers(own.ledger, own.cards, own.clock),
        referrals=referrals,
        referral_claims=ReferralClaims(own.ledger, own.cards, own.vault, own.clock),
        households=HouseholdsDesk(own.ledger, own.cards, own.clock),
        settling=Settling(own.ledger, own.audit),
        recommending=Recommending(own.ledger, own.audit, own.clock),
        knowing=Knowing(own.ledger, own.clock),
        draws=Draws(own.audit, own.clock),
        merges=MergesByHand(own.ledger, own.members, own.cards, own.vault, own.clock, refresh.account),
        keys=Keys(own.access, own.vault, own.chance, own.clock),
        api=stores_api(settings, own, enrolment),
        publishing=Publishing(own.programs, own.sweeps, own.clock, settings.program_cache_seconds),
        verification=verification,
        totalling=totalling,
        repairing=_repairing(own, accounts, refresh),
        owing=Owing(verification, own.clock),
        auditing=Auditing(verification, totalling, Sealing(own.seals, own.clock), own.alarm),
        statements=Statements(own.ledger, own.members, own.cards, own.vault, own.clock),
        tracing=Tracing(own.ledger, own.audit, own.programs, own.cards, own.inbox),
        unclaimed=Unclaimed(own.ledger, own.members, own.clock),
        hooks=Hooks(own.programs, reception, own.api, own.clock, settings.webhook_bytes),
        books=books,
        reconciler=_reconciler(own, books, reception),
        replay=_replay(settings, own, reception, refresh),
        pictures=PictureRoom(own.pictures),
        desk=desk,
        card_desk=_card_desk(own, desk, refresh, erasure),
        apple=_apple(own, rendering),
        rendering=rendering,
        google=google,
        journal=JournalStream(refresh, own.alarm, (turning.follow, partial(_merged, own, referrals))),
        sweeper=sweeper,
        walking=walking,
        republishing=republishing,
        messages=messages,
        repushing=Repushing(own.cards, own.repushes, own.programs, refresh, own.pushes, own.clock),
    )


def _card_desk(own: Adapters, desk: Desk, refresh: Refresh, erasure: Erasure) -> CardDesk:
    replacing = Replacing(own.members, own.cards, refresh, own.vault, own.chance, own.clock)
    return CardDesk(
        desk,
        replacing,
        Leaving(own.members, desk.enrolment, erasure, own.vault, own.mailer, own.chance, own.clock),
    )


def _merged(own: Adapters, referrals: Referrals, slug: str, entry: Entry) -> None:
    """What follows when an account's points have gone to another one."""
    program = own.programs.program(slug)
    if program is not None and entry.kind == "merged" and entry.snap.status == "merged":
        referrals.merged(program, entry.account)


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
    return GoogleDoor(refresh, parts.callbacks, parts.preflights)


def _refresh(settings: Settings, own: Adapters, showing: Showing, google: GoogleDoor | None) -> Refresh:
    return Refresh(
        own.ledger,
        own.cards,
        own.views,
        showing,
        own.pusher,
        own.pushes,
        own.repushes,
        own.alarm,
        own.clock,
        settings.push_quiet_seconds,
        google.refresh.follow if google else None,
        Totalling(own.totals, own.programs, own.clock).count,
    )


def _repairing(own: Adapters, accounts: Accounts, refresh: Refresh) -> Repairing:
    pen = Pen(own.ledger, own.audit, accounts, own.clock)
    by_hand = MergesByHand(own.ledger, own.members, own.cards, own.vault, own.clock, refresh.account)
    merges = MergeMending(pen, Joining(own.ledger, own.clock), Parting(own.ledger, own.clock), by_hand)
    return Repairing(
        own.ledger,
        own.audit,
        own.views,
        own.members,
        Mending(pen),
        merges,
        LimitMending(pen),
        Claims(own.ledger, own.members, own.vault, own.clock),
        own.clock,
        SqliteTally,
    )


def _reception(
    settings: Settings, own: Adapters, accounts: Accounts, recorder: Recorder, erasure: Erasure
) -> Reception:
    return Reception(
        own.programs,
        recorder,
        Evidence(own.ledger, recorder, own.clock),
        Rewards(own.ledger, accounts, recorder.claims, own.clock),
        erasure,
        own.inbox,
        own.deferred,
        own.alarm,
        own.clock,
        settings.webhook_seconds,
    )


def _erasure(own: Adapters, refresh: Refresh) -> Erasure:
    return Erasure(own.members, own.cards, own.vault, own.clock, refresh, Knowing(own.ledger, own.clock))


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
        return _reception(settings, unreal, accounts, recorder, _erasure(unreal, refresh))

    return Replay(own.inbox, own.ledger, own.members, reception, understand, rehearsal)


def _apple(own: Adapters, rendering: Rendering) -> WebService | NoWebService:
    if own.issuer is None:
        return NoWebService()
    on_log = Complaints(own.alarm, own.clock)
    return WebService(own.cards, own.clock, rendering.render, own.tenants.pass_types, own.token_key, on_log)
