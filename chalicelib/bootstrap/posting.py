"""What earns and what spends: orders, deeds, redemptions, vouchers, perks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.lazy import Parts

if TYPE_CHECKING:
    from chalicelib.bootstrap.adapters import Adapters
    from chalicelib.config import Settings
    from chalicelib.services.accounts import Accounts
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.claiming import Claims
    from chalicelib.services.giving_vouchers import Giving
    from chalicelib.services.knowing import Knowing
    from chalicelib.services.perks import Perks
    from chalicelib.services.quoting import Quotes
    from chalicelib.services.recording import Recorder
    from chalicelib.services.redeeming import Redemptions
    from chalicelib.services.referring import Referrals
    from chalicelib.services.rewarding import Rewards
    from chalicelib.services.turning import Turning
    from chalicelib.services.vouchers import Vouchers


class Posting(Parts):
    """What writes to the ledger, and the two things that every part is made from."""

    @cached_property
    def settings(self) -> Settings:
        raise TypeError("a house is made with its settings")

    @cached_property
    def adapters(self) -> Adapters:
        raise TypeError("a house is made over its adapters")

    @cached_property
    def accounts(self) -> Accounts:
        from chalicelib.services.accounts import Accounts

        own = self.adapters
        return Accounts(own.members, own.vault, own.chance, own.clock)

    @cached_property
    def claims(self) -> Claims:
        from chalicelib.services.claiming import Claims

        own = self.adapters
        return Claims(own.ledger, own.members, own.vault, own.clock)

    @cached_property
    def recorder(self) -> Recorder:
        from chalicelib.services.recording import Recorder

        own = self.adapters
        return Recorder(own.ledger, self.accounts, self.claims, own.clock, (self.referrals.follow,))

    @cached_property
    def referrals(self) -> Referrals:
        from chalicelib.services.referring import Referrals

        own = self.adapters
        return Referrals(own.ledger, own.audit, own.clock)

    @cached_property
    def rewards(self) -> Rewards:
        """Deeds that are not orders: a review, a visit, a birthday."""
        from chalicelib.services.rewarding import Rewards

        own = self.adapters
        return Rewards(own.ledger, self.accounts, self.claims, own.clock)

    @cached_property
    def redemptions(self) -> Redemptions:
        from chalicelib.services.redeeming import Redemptions

        own = self.adapters
        return Redemptions(own.ledger, self.accounts, own.clock)

    @cached_property
    def quotes(self) -> Quotes:
        from chalicelib.services.quoting import Quotes

        own = self.adapters
        return Quotes(own.ledger, self.accounts, self.redemptions, own.clock, own.chance)

    @cached_property
    def giving(self) -> Giving:
        from chalicelib.services.giving_vouchers import Giving

        return Giving(self.adapters.ledger, self.adapters.vault)

    @cached_property
    def turning(self) -> Turning:
        from chalicelib.services.turning import Turning

        own = self.adapters
        return Turning(own.ledger, own.audit, own.programs, self.redemptions, self.giving, own.clock)

    @cached_property
    def catalogue(self) -> Catalogue:
        from chalicelib.services.catalogue import Catalogue

        own = self.adapters
        return Catalogue(own.ledger, self.redemptions, self.giving, own.clock)

    @cached_property
    def vouchers(self) -> Vouchers:
        from chalicelib.services.vouchers import Vouchers

        own = self.adapters
        return Vouchers(own.ledger, self.giving, own.vault, own.clock)

    @cached_property
    def perks(self) -> Perks:
        from chalicelib.services.perks import Perks

        return Perks(self.adapters.ledger, self.adapters.clock)

    @cached_property
    def knowing(self) -> Knowing:
        from chalicelib.services.knowing import Knowing

        return Knowing(self.adapters.ledger, self.adapters.clock)
