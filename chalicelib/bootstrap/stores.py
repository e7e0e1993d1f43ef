"""The stores' API over its services."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.by_hand import ByHand
from chalicelib.bootstrap.pages import PageParts

if TYPE_CHECKING:
    from chalicelib.services.keys import Keys
    from chalicelib.services.own_account import OwnAccount
    from chalicelib.services.scanning import Scanning
    from chalicelib.services.staff import StaffRoom
    from chalicelib.services.welcoming import Welcome
    from chalicelib.web.api.counter import Counter
    from chalicelib.web.api.door import Api
    from chalicelib.web.api.offers import OfferCounter
    from chalicelib.web.api.people import PeopleCounter


class StoreParts(PageParts, ByHand):
    """What stores call."""

    @cached_property
    def api(self) -> Api:
        from chalicelib.web.api.door import Api

        return Api(
            self.keys, self.adapters.programs, self.counter, self.settings.base_url, self.staff_room, self.own_account
        )

    @cached_property
    def staff_room(self) -> StaffRoom:
        """Those who work at the till."""
        from chalicelib.services.staff import StaffRoom

        own = self.adapters
        return StaffRoom(own.staff, own.passwords, own.vault, own.clock)

    @cached_property
    def own_account(self) -> OwnAccount:
        from chalicelib.services.own_account import OwnAccount

        own = self.adapters
        return OwnAccount(own.ledger, own.members, own.vault, own.clock)

    @cached_property
    def keys(self) -> Keys:
        from chalicelib.services.keys import Keys

        own = self.adapters
        return Keys(own.access, own.vault, own.chance, own.clock)

    @cached_property
    def counter(self) -> Counter:
        from chalicelib.web.api.counter import Counter
        from chalicelib.web.api.knowledge import ProfileCounter
        from chalicelib.web.api.levels import LevelCounter
        from chalicelib.web.api.staff import StaffCounter
        from chalicelib.web.consent import shop_of

        own, welcome = self.adapters, self.welcome
        return Counter(
            own.ledger,
            welcome,
            self.scanning,
            self.redemptions,
            self.quotes,
            self.rewards,
            self.adjustments,
            self.transfers,
            self._people,
            ProfileCounter(welcome, self.knowing, own.clock),
            self._offers,
            LevelCounter(welcome, self.levels, own.vault, own.chance),
            own.vault,
            own.chance,
            own.clock,
            self.settings.base_url,
            shop_of,
            StaffCounter(self.staff_room),
        )

    @cached_property
    def welcome(self) -> Welcome:
        """Members whom a till knows or makes."""
        from chalicelib.services.welcoming import Welcome

        own = self.adapters
        return Welcome(own.ledger, own.members, own.cards, self.enrolment, own.vault, own.chance, own.clock)

    @cached_property
    def scanning(self) -> Scanning:
        """Cards that are held to a till's scanner."""
        from chalicelib.services.scanning import Scanning, never_changes

        own = self.adapters
        return Scanning(own.cards, own.clock, own.codes.is_fresh if own.has_google else never_changes)

    @property
    def _offers(self) -> OfferCounter:
        from chalicelib.web.api.offers import OfferCounter

        own = self.adapters
        return OfferCounter(self.welcome, self.catalogue, self.vouchers, self.perks, own.vault, own.chance, own.clock)

    @property
    def _people(self) -> PeopleCounter:
        from chalicelib.web.api.people import PeopleCounter

        own = self.adapters
        return PeopleCounter(self.welcome, self.referrals, self.referral_claims, self.households, own.vault, own.chance)
