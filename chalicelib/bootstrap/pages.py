"""What members see in a browser, and how they join, prove who they are, and leave."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.cards import CardParts
from chalicelib.bootstrap.lazy import late
from chalicelib.errors import Untrusted

if TYPE_CHECKING:
    from chalicelib.services.answer import Answer
    from chalicelib.services.attaching import Attaching
    from chalicelib.services.enrolling import Enrolment
    from chalicelib.services.leaving import Leaving
    from chalicelib.services.replacing import Replacing
    from chalicelib.services.sending import Sending
    from chalicelib.web.card_desk import CardDesk
    from chalicelib.web.desk import Desk
    from chalicelib.web.pictures import PictureRoom
    from chalicelib.web.visit import Visit


class PageParts(CardParts):
    """Pages, and the people behind them."""

    @cached_property
    def attaching(self) -> Attaching:
        from chalicelib.services.attaching import Attaching

        own = self.adapters
        return Attaching(own.ledger, own.cards, own.clock)

    @cached_property
    def enrolment(self) -> Enrolment:
        from chalicelib.services.enrolling import Enrolment

        own = self.adapters
        return Enrolment(
            own.members,
            own.cards,
            self.claims,
            self.attaching,
            late(lambda: self.refresh),
            own.vault,
            late(lambda: own.mailer),
            own.chance,
            own.clock,
            self.settings.base_url,
        )

    @cached_property
    def sending(self) -> Sending:
        """Mails with a card's link."""
        from chalicelib.services.sending import Sending

        own = self.adapters
        mailer = late(lambda: own.mailer)
        return Sending(own.members, self.enrolment, own.vault, mailer, own.chance, own.clock, self.settings.base_url)

    @cached_property
    def pictures(self) -> PictureRoom:
        from chalicelib.web.pictures import PictureRoom

        return PictureRoom(self.adapters.pictures)

    @cached_property
    def desk(self) -> Desk:
        from chalicelib.web.desk import Desk

        own = self.adapters
        return Desk(
            own.programs,
            self.enrolment,
            self.showing,
            own.clock,
            self.settings.base_url,
            self.pictures,
            self.sending,
            own.has_google,
            own.has_apple,
        )

    @cached_property
    def card_desk(self) -> CardDesk:
        from chalicelib.web.card_desk import CardDesk

        return CardDesk(self.desk, self.replacing, self.leaving)

    @cached_property
    def replacing(self) -> Replacing:
        """Another link and code for a card."""
        from chalicelib.services.replacing import Replacing

        own = self.adapters
        return Replacing(own.members, own.cards, late(lambda: self.refresh), own.vault, own.chance, own.clock)

    @cached_property
    def leaving(self) -> Leaving:
        """Members who want to be forgotten."""
        from chalicelib.services.leaving import Leaving

        own = self.adapters
        erasure, mailer = late(lambda: self.erasure), late(lambda: own.mailer)
        return Leaving(own.members, self.enrolment, erasure, own.vault, mailer, own.chance, own.clock)

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
        if not self.adapters.has_apple:
            from chalicelib.web.trouble import missing_page

            return missing_page("card", visit.language(("en", "ru")))
        return self.rendering.download(card)
