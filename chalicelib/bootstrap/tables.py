"""What is kept in DynamoDB: each store on first use, over tables of the patience that it may have."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.safe import Safe

if TYPE_CHECKING:
    from chalicelib.config import Settings
    from chalicelib.services.ports import Audit, Cards, Ledger, Members, Pictures, Programs, Repushes, Views, Walks
    from chalicelib.services.ports.access import Access, Staff
    from chalicelib.services.ports.totals import Totals
    from chalicelib.store.connection import Patience
    from chalicelib.store.dynamo import Dynamo


def tables(settings: Settings, patience: Patience | None = None) -> Dynamo:
    """The tables of a stage. `patience`: None for the ordinary one"""
    from chalicelib.store.connection import ORDINARY
    from chalicelib.store.dynamo import Dynamo

    endpoint = settings.dynamodb_endpoint_url
    return Dynamo(prefix_of(settings), region=settings.region, endpoint=endpoint, patience=patience or ORDINARY)


def prefix_of(settings: Settings) -> str:
    """What all names of a stage begin with."""
    return f"pointpass-{settings.stage}"


class Kept(Safe):
    """The stores."""

    @cached_property
    def ordinary(self) -> Dynamo:
        """Tables for whatever has a moment's time."""
        return tables(self.settings)

    @cached_property
    def posting(self) -> Dynamo:
        """Tables on the way of an event: its sender waits. An operator may wait longer."""
        from chalicelib.store.connection import BY_HAND, POSTING

        return tables(self.settings, BY_HAND if self.by_operator else POSTING)

    @cached_property
    def at_the_door(self) -> Dynamo:
        """Tables that are read before it is known who asks."""
        from chalicelib.store.connection import AT_THE_DOOR

        return tables(self.settings, AT_THE_DOOR)

    @cached_property
    def ledger(self) -> Ledger:
        from chalicelib.store.ledger import DynamoLedger

        return DynamoLedger(self.posting)

    @cached_property
    def access(self) -> Access:
        from chalicelib.store.access import DynamoAccess

        return DynamoAccess(self.ordinary)

    @cached_property
    def staff(self) -> Staff:
        from chalicelib.store.staff import DynamoStaff

        return DynamoStaff(self.ordinary)

    @cached_property
    def audit(self) -> Audit:
        from chalicelib.store.audit import DynamoAudit

        return DynamoAudit(self.ordinary)

    @cached_property
    def members(self) -> Members:
        from chalicelib.store.members import DynamoMembers

        return DynamoMembers(self.ordinary, posting=self.posting, vault=self.vault)

    @cached_property
    def cards(self) -> Cards:
        from chalicelib.store.cards import DynamoCards

        return DynamoCards(self.ordinary)

    @cached_property
    def views(self) -> Views:
        from chalicelib.store.views import DynamoViews

        return DynamoViews(self.ordinary)

    @cached_property
    def programs(self) -> Programs:
        from chalicelib.store.programs import DynamoPrograms

        return DynamoPrograms(
            self.at_the_door,
            secret=self.secret.fetch,
            keep_secret=self.secret.keep,
            secrets_prefix=prefix_of(self.settings),
            clock=self.clock,
            cache_seconds=self.settings.program_cache_seconds,
            by_operator=self.by_operator,
        )

    @cached_property
    def pictures(self) -> Pictures:
        from chalicelib.store.pictures import DynamoPictures

        return DynamoPictures(self.at_the_door)

    @cached_property
    def totals(self) -> Totals:
        from chalicelib.store.totals import DynamoTotals

        return DynamoTotals(self.ordinary)

    @cached_property
    def walks(self) -> Walks:
        from chalicelib.store.walks import DynamoWalks

        return DynamoWalks(self.ordinary)

    @cached_property
    def repushes(self) -> Repushes:
        from chalicelib.store.repushes import DynamoRepushes

        return DynamoRepushes(self.ordinary)
