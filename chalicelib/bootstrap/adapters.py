"""The doors as the services see them: real ones for a deployment, fakes in a test."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.bootstrap.google import GoogleParts, google_parts
from chalicelib.bootstrap.system import LoggedAlarm, SystemChance, SystemClock
from chalicelib.config import Settings
from chalicelib.connectors.api import Api
from chalicelib.connectors.outbound import HttpApi, origin_of
from chalicelib.passes.apple.absent import NoPhones
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.push import ApplePusher
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.services.ports import (
    Alarm,
    Audit,
    Cards,
    Chance,
    Clock,
    Inbox,
    Ledger,
    Mailer,
    Members,
    Pictures,
    Programs,
    Pusher,
    Queue,
    Repushes,
    Vault,
    Views,
    Walks,
    Wallet,
)
from chalicelib.services.ports.access import Access
from chalicelib.services.ports.seals import Seals
from chalicelib.services.ports.totals import Totals
from chalicelib.store.access import DynamoAccess
from chalicelib.store.audit import DynamoAudit
from chalicelib.store.aws import Client
from chalicelib.store.cards import DynamoCards
from chalicelib.store.connection import AT_THE_DOOR, BY_HAND, ORDINARY, POSTING, Patience
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.inbox import S3Inbox
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.pictures import DynamoPictures
from chalicelib.store.programs import DynamoPrograms
from chalicelib.store.queue import SqsQueue
from chalicelib.store.repushes import DynamoRepushes
from chalicelib.store.seals import Objects, S3Objects, SignedSeals
from chalicelib.store.secrets import Secrets
from chalicelib.store.totals import DynamoTotals
from chalicelib.store.vault import Vault as KeyedVault
from chalicelib.store.views import DynamoViews
from chalicelib.store.walks import DynamoWalks
from chalicelib.web.post import SmtpMailer

_SECRET_CACHE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Adapters:
    """One implementation of every port.

    token_key: makes the tokens that passes carry     issuer: None without Apple Wallet
    """

    ledger: Ledger
    access: Access
    audit: Audit
    members: Members
    cards: Cards
    views: Views
    programs: Programs
    pictures: Pictures
    inbox: Inbox
    deferred: Queue
    pushes: Queue
    sweeps: Queue
    vault: Vault
    mailer: Mailer
    pusher: Pusher
    tenants: Tenants
    issuer: Issuer | None
    token_key: bytes
    api: Api
    alarm: Alarm
    clock: Clock
    chance: Chance
    totals: Totals
    seals: Seals
    walks: Walks
    repushes: Repushes
    google: GoogleParts | None = None


def adapters(settings: Settings, *, by_operator: bool = False, seals: Objects | None = None) -> Adapters:
    """The real ones. Only the secrets that sign are fetched here. Raises Broken, TryAgain.

    by_operator: programs that are being put back are served, too, and tables may be slow
    seals: in place of the bucket of the stage
    """
    clock, chance = SystemClock(), SystemChance()
    secret = Secrets(_client(settings, "secretsmanager"), clock=clock, cache_seconds=_SECRET_CACHE_SECONDS)
    vault = KeyedVault(base64.b64decode(json.loads(secret.fetch(settings.vault_secret))["master"]))
    token_key = vault.purpose_key("apple-authentication-token")
    ordinary, posting = tables(settings), tables(settings, BY_HAND if by_operator else POSTING)
    programs = DynamoPrograms(
        tables(settings, AT_THE_DOOR),
        secret=secret.fetch,
        keep_secret=secret.keep,
        secrets_prefix=_prefix(settings),
        clock=clock,
        cache_seconds=settings.program_cache_seconds,
        by_operator=by_operator,
    )
    pictures = DynamoPictures(tables(settings, AT_THE_DOOR))
    shared = Wallet("", settings.apple_pass_type, settings.apple_team, settings.apple_secret)
    tenants = Tenants(programs, secret=secret.fetch, shared=shared, clock=clock)
    return Adapters(
        ledger=DynamoLedger(posting),
        access=DynamoAccess(ordinary),
        audit=DynamoAudit(ordinary),
        members=DynamoMembers(ordinary, posting=posting, vault=vault),
        cards=DynamoCards(ordinary),
        views=DynamoViews(ordinary),
        programs=programs,
        pictures=pictures,
        inbox=S3Inbox(_client(settings, "s3"), bucket=settings.inbox_bucket),
        deferred=SqsQueue(_client(settings, "sqs"), url=settings.deferred_queue_url),
        pushes=SqsQueue(_client(settings, "sqs"), url=settings.cards_queue_url),
        sweeps=SqsQueue(_client(settings, "sqs"), url=settings.sweeps_queue_url),
        vault=vault,
        mailer=SmtpMailer(
            settings.smtp_url,
            mail_from=settings.mail_from,
            clock=clock,
            chance=chance,
            password=json.loads(secret.fetch(settings.smtp_secret))["password"] if settings.smtp_secret else "",
        ),
        pusher=ApplePusher(settings.apple_push_url, tenants=tenants, clock=clock, root=settings.apple_push_root)
        if settings.apple_secret
        else NoPhones(),
        tenants=tenants,
        issuer=Issuer(
            tenants,
            pictures=pictures,
            clock=clock,
            web_service_url=f"{settings.base_url}/apple",
            token_key=token_key,
        )
        if settings.apple_secret
        else None,
        token_key=token_key,
        api=HttpApi(is_named=named_by(programs)),
        alarm=LoggedAlarm(),
        clock=clock,
        chance=chance,
        totals=DynamoTotals(ordinary),
        seals=SignedSeals(
            seals or bucket_of_seals(settings),
            secret=vault.purpose_key("journal-seal"),
        ),
        walks=DynamoWalks(ordinary),
        repushes=DynamoRepushes(ordinary),
        google=google_parts(
            settings,
            ordinary,
            pictures,
            secret.fetch(settings.google_secret),
            codes_key=vault.purpose_key("google-rotating-code"),
        )
        if settings.google_issuer_id
        else None,
    )


def bucket_of_seals(settings: Settings) -> Objects:
    """Where a stage's seals are."""
    return S3Objects(_client(settings, "s3"), bucket=settings.seals_bucket)


def tables(settings: Settings, patience: Patience = ORDINARY) -> Dynamo:
    """The tables of a stage."""
    endpoint = settings.dynamodb_endpoint_url
    return Dynamo(_prefix(settings), region=settings.region, endpoint=endpoint, patience=patience)


def named_by(programs: Programs) -> Callable[[str], bool]:
    """Whether any connection's options name this origin: only then may it be one of this machine."""

    def is_named(origin: str) -> bool:
        served = [slug for slug in programs.slugs() if not programs.restoring(slug)]
        connections = (each for slug in served for each in programs.connections(slug))
        named = {origin_of(text) for connection in connections for text in connection.options.values()}
        return origin != "" and origin in named

    return is_named


def _prefix(settings: Settings) -> str:
    return f"pointpass-{settings.stage}"


def _client(settings: Settings, service: str) -> Client:
    return Client(service, region=settings.region, endpoint=settings.aws_endpoint_url)
