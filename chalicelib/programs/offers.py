"""What members get beside points: rewards, stamp cards, vouchers, benefits and a discount."""

import msgspec

from chalicelib.programs.discounts import Discount
from chalicelib.programs.perks import Perk
from chalicelib.programs.rewards import Reward, StampCard
from chalicelib.programs.vouchers import Voucher


class Offers(msgspec.Struct, frozen=True):
    """All of it. `rewards`: those of full stamp cards are the last ones."""

    rewards: tuple[Reward, ...] = ()
    stamps: tuple[StampCard, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    perks: tuple[Perk, ...] = ()
    discount: Discount | None = None

    def reward(self, key: str) -> Reward | None:
        """The reward that is called so in requests."""
        return next((each for each in self.rewards if each.key == key), None)

    def voucher(self, key: str) -> Voucher | None:
        """The kind of voucher that is called so."""
        return next((each for each in self.vouchers if each.key == key), None)

    def perk(self, key: str) -> Perk | None:
        """The benefit that is called so."""
        return next((each for each in self.perks if each.key == key), None)

    def stamp_card(self, currency: str) -> StampCard | None:
        """The card that these stamps fill."""
        return next((each for each in self.stamps if each.currency == currency), None)
