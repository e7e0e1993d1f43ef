"""What is brought out of the books, and what is taken out of them: exports, and people who ask or wish to go."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.by_hand import ByHand
from chalicelib.bootstrap.deliveries import Deliveries

if TYPE_CHECKING:
    from chalicelib.services.disclosing import Disclosure
    from chalicelib.services.exporting import Exporting
    from chalicelib.services.subject import Subjects


class Records(Deliveries, ByHand):
    """What operators carry out, and forget."""

    @cached_property
    def exporting(self) -> Exporting:
        from chalicelib.services.exporting import Exporting

        own = self.adapters
        return Exporting(own.audit, own.cards, own.members)

    @cached_property
    def subjects(self) -> Subjects:
        """People, as far as anything leads to them."""
        from chalicelib.services.subject import Subjects

        own = self.adapters
        return Subjects(own.ledger, own.members, own.cards, own.inbox, own.vault, self.erasure, self.replay.understand)

    @cached_property
    def disclosure(self) -> Disclosure:
        from chalicelib.services.disclosing import Disclosure

        own = self.adapters
        google = own.google_cards if own.has_google else None
        return Disclosure(own.ledger, own.cards, own.inbox, self.statements, own.clock, google)
