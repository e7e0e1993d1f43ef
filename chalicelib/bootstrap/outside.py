"""What is neither a table nor a secret: queues, buckets, mail, providers and wallets."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.safe import client
from chalicelib.bootstrap.tables import Kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.bootstrap.google import GoogleParts
    from chalicelib.config import Settings
    from chalicelib.connectors.api import Api
    from chalicelib.passes.apple.issuer import Issuer
    from chalicelib.passes.apple.tenants import Tenants
    from chalicelib.passes.google.rotating import RotatingCodes
    from chalicelib.services.ports import Inbox, Mailer, Programs, Pusher, Queue
    from chalicelib.services.ports.google import GoogleCards
    from chalicelib.services.ports.seals import Seals
    from chalicelib.store.seals import Objects


def bucket_of_seals(settings: Settings) -> Objects:
    """Where a stage's seals are."""
    from chalicelib.store.seals import S3Objects

    return S3Objects(client(settings, "s3"), bucket=settings.seals_bucket)


def named_by(programs: Programs) -> Callable[[str], bool]:
    """Whether any connection's options name this origin: only then may it be one of this machine."""
    from chalicelib.connectors.outbound import origin_of

    def is_named(origin: str) -> bool:
        served = [slug for slug in programs.slugs() if not programs.restoring(slug)]
        connections = (each for slug in served for each in programs.connections(slug))
        named = {origin_of(text) for connection in connections for text in connection.options.values()}
        return origin != "" and origin in named

    return is_named


class Outside(Kept):
    """Everything that a stage talks to beside its tables."""

    @cached_property
    def objects(self) -> Objects:
        """Where seals are kept."""
        return bucket_of_seals(self.settings)

    @cached_property
    def seals(self) -> Seals:
        from chalicelib.store.seals import SignedSeals

        return SignedSeals(self.objects, secret=self.vault.purpose_key("journal-seal"))

    @cached_property
    def inbox(self) -> Inbox:
        from chalicelib.store.inbox import S3Inbox

        return S3Inbox(client(self.settings, "s3"), bucket=self.settings.inbox_bucket)

    @cached_property
    def deferred(self) -> Queue:
        return self._queue(self.settings.deferred_queue_url)

    @cached_property
    def pushes(self) -> Queue:
        return self._queue(self.settings.cards_queue_url)

    @cached_property
    def sweeps(self) -> Queue:
        return self._queue(self.settings.sweeps_queue_url)

    def _queue(self, url: str) -> Queue:
        from chalicelib.store.queue import SqsQueue

        return SqsQueue(client(self.settings, "sqs"), url=url)

    @cached_property
    def mailer(self) -> Mailer:
        """Fetches the mail server's password, where there is one. Raises Broken, TryAgain."""
        from chalicelib.web.post import SmtpMailer

        kept = self.settings.smtp_secret
        return SmtpMailer(
            self.settings.smtp_url,
            mail_from=self.settings.mail_from,
            clock=self.clock,
            chance=self.chance,
            password=json.loads(self.secret.fetch(kept))["password"] if kept else "",
        )

    @cached_property
    def api(self) -> Api:
        """Calls to providers."""
        from chalicelib.connectors.outbound import HttpApi

        return HttpApi(is_named=named_by(self.programs))

    @cached_property
    def tenants(self) -> Tenants:
        """Whose papers sign whose passes."""
        from chalicelib.passes.apple.tenants import Tenants
        from chalicelib.services.ports import Wallet

        told = self.settings
        shared = Wallet("", told.apple_pass_type, told.apple_team, told.apple_secret)
        return Tenants(self.programs, secret=self.secret.fetch, shared=shared, clock=self.clock)

    @property
    def has_apple(self) -> bool:
        """Does the stage issue passes for Apple Wallet? Nothing is made to know it."""
        return self.issuer is not None if self.has("issuer") else self.settings.apple_secret != ""

    @property
    def has_google(self) -> bool:
        """Does the stage keep cards in Google Wallet? Nothing is made to know it."""
        return self.google is not None if self.has("google") else self.settings.google_issuer_id != ""

    @cached_property
    def pusher(self) -> Pusher:
        if not self.has_apple:
            from chalicelib.passes.apple.absent import NoPhones

            return NoPhones()
        if self.by_operator:
            from chalicelib.passes.apple.later import PushedLater

            return PushedLater()
        from chalicelib.passes.apple.push import ApplePusher

        told = self.settings
        return ApplePusher(told.apple_push_url, tenants=self.tenants, clock=self.clock, root=told.apple_push_root)

    @cached_property
    def issuer(self) -> Issuer | None:
        """None without Apple Wallet."""
        if not self.has_apple:
            return None
        from chalicelib.passes.apple.issuer import Issuer

        return Issuer(
            self.tenants,
            pictures=self.pictures,
            clock=self.clock,
            web_service_url=f"{self.settings.base_url}/apple",
            token_key=self.token_key,
        )

    @property
    def codes(self) -> RotatingCodes:
        """Codes that change every minute, as Google Wallet shows them; to be asked for where `has_google`."""
        if self.has("google") and self.google is not None:
            return self.google.codes
        from chalicelib.passes.google.rotating import RotatingCodes

        return RotatingCodes(self.vault.purpose_key("google-rotating-code"))

    @cached_property
    def google_cards(self) -> GoogleCards:
        """What Google knows of cards. Nobody is asked for a key."""
        if self.has("google") and self.google is not None:
            return self.google.cards
        from chalicelib.store.google_cards import DynamoGoogleCards

        return DynamoGoogleCards(self.ordinary)

    @cached_property
    def google(self) -> GoogleParts | None:
        """None without Google Wallet. Fetches the service account's key file. Raises Broken, TryAgain."""
        if not self.has_google:
            return None
        from chalicelib.bootstrap.google import google_parts

        return google_parts(
            self.settings,
            self.ordinary,
            self.pictures,
            self.secret.fetch(self.settings.google_secret),
            codes=self.codes,
        )
