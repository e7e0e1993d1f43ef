"""Cards and the wallets that hold them: what they show, who is told, and what phones ask for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.lazy import late
from chalicelib.bootstrap.posting import Posting

if TYPE_CHECKING:
    from chalicelib.bootstrap.adapters import Adapters
    from chalicelib.ledger.journal import Entry
    from chalicelib.passes.apple.absent import NoWebService
    from chalicelib.passes.apple.rendering import Rendering
    from chalicelib.passes.apple.webservice import WebService
    from chalicelib.passes.google.door import GoogleDoor
    from chalicelib.services.erasing import Erasure
    from chalicelib.services.google_following import GoogleFollowing
    from chalicelib.services.knowing import Knowing
    from chalicelib.services.messages import Messages
    from chalicelib.services.ports import Card
    from chalicelib.services.refreshing import Refresh
    from chalicelib.services.republishing import Republishing
    from chalicelib.services.repushing import Repushing
    from chalicelib.services.showing import Showing
    from chalicelib.services.totalling import Totalling
    from chalicelib.store.stream import JournalStream


def erasure(own: Adapters, refresh: Refresh, knowing: Knowing) -> Erasure:
    """What forgets a member."""
    from chalicelib.services.erasing import Erasure

    return Erasure(own.members, own.cards, own.vault, own.clock, refresh, knowing)


class CardParts(Posting):
    """What follows the journal, and what phones are answered."""

    @cached_property
    def showing(self) -> Showing:
        from chalicelib.services.showing import Showing

        own = self.adapters
        return Showing(own.ledger, own.programs, own.clock, self.settings.base_url)

    @cached_property
    def totalling(self) -> Totalling:
        from chalicelib.services.totalling import Totalling

        own = self.adapters
        return Totalling(own.totals, own.programs, own.views, own.ledger, own.clock)

    @cached_property
    def refresh(self) -> Refresh:
        from chalicelib.services.refreshing import Refresh

        own = self.adapters
        return Refresh(
            own.ledger,
            own.cards,
            own.views,
            self.showing,
            late(lambda: own.pusher),
            own.pushes,
            own.repushes,
            own.alarm,
            own.clock,
            self.settings.push_quiet_seconds,
            self._tell_google if own.has_google else None,
        )

    @cached_property
    def google_following(self) -> GoogleFollowing:
        """Tells the queue of Google's cards, without Google's key."""
        from chalicelib.services.google_following import GoogleFollowing

        return GoogleFollowing(self.adapters.google_cards, self.adapters.pushes)

    def _tell_google(self, card: Card) -> None:
        self.google_following.follow(card)

    @cached_property
    def google(self) -> GoogleDoor | None:
        """None where there is no Google Wallet."""
        own = self.adapters
        parts = own.google
        if parts is None:
            return None
        from chalicelib.passes.google.door import GoogleDoor
        from chalicelib.services.google_cards import GoogleRefresh

        refresh = GoogleRefresh(
            own.cards,
            parts.cards,
            self.showing,
            parts.wallet,
            own.pushes,
            own.alarm,
            own.clock,
            own.chance,
        )
        return GoogleDoor(refresh, parts.callbacks, parts.preflights)

    @cached_property
    def rendering(self) -> Rendering:
        from chalicelib.passes.apple.rendering import Rendering

        own = self.adapters
        return Rendering(own.cards, self.showing, own.issuer)

    @cached_property
    def apple(self) -> WebService | NoWebService:
        own = self.adapters
        if not own.has_apple:
            from chalicelib.passes.apple.absent import NoWebService

            return NoWebService()
        from chalicelib.passes.apple.complaints import Complaints
        from chalicelib.passes.apple.webservice import WebService

        on_log = Complaints(own.alarm, own.clock)
        return WebService(own.cards, own.clock, self.rendering.render, own.tenants.pass_types, own.token_key, on_log)

    @cached_property
    def journal(self) -> JournalStream:
        """Follows every new entry."""
        from chalicelib.store.stream import JournalStream

        return JournalStream(self.refresh, self.adapters.alarm, (self.turning.follow, self._merged))

    def _merged(self, slug: str, entry: Entry) -> None:
        """What follows when an account's points have gone to another one."""
        if entry.kind != "merged" or entry.snap.status != "merged":
            return
        program = self.adapters.programs.program(slug)
        if program is not None:
            self.referrals.merged(program, entry.account)

    @cached_property
    def republishing(self) -> Republishing:
        from chalicelib.services.republishing import Republishing

        return Republishing(self.adapters.cards, self.refresh)

    @cached_property
    def messages(self) -> Messages:
        from chalicelib.services.messages import Messages

        own = self.adapters
        return Messages(own.ledger, own.cards, late(lambda: own.members), self.refresh, own.clock)

    @cached_property
    def repushing(self) -> Repushing:
        from chalicelib.services.repushing import Repushing

        own = self.adapters
        return Repushing(own.cards, own.repushes, own.programs, self.refresh, own.pushes, own.clock)

    @cached_property
    def erasure(self) -> Erasure:
        return erasure(self.adapters, self.refresh, self.knowing)
