"""Reads what members get beside points: the blocks `rewards`, `stamps`, `vouchers`, `perks` and `discount`."""

from collections.abc import Sequence

from chalicelib.programs.offers import Offers
from chalicelib.programs.read_discount import read_discount
from chalicelib.programs.read_perks import read_perks
from chalicelib.programs.read_rewards import read_rewards, read_stamps
from chalicelib.programs.read_vouchers import read_vouchers
from chalicelib.programs.shape import Block
from chalicelib.programs.tiers import PERKS
from chalicelib.programs.vocabulary import Vocabulary

OFFER_KEYS = ("rewards", "stamps", "vouchers", "perks", "discount")


def read_offers(block: Block, languages: Sequence[str], words: Vocabulary) -> Offers:
    """The blocks of a definition, and the names that its levels may use from then on."""
    vouchers = block.optional("vouchers", lambda spot: read_vouchers(spot, languages, words), ())
    kinds = [voucher.key for voucher in vouchers]
    rewards = block.optional("rewards", lambda spot: read_rewards(spot, languages, words, kinds), ())
    stamps, full = block.optional("stamps", lambda spot: read_stamps(spot, languages, words), ((), ()))
    perks = block.optional("perks", lambda spot: read_perks(spot, languages, PERKS), ())
    words.perks = [perk.key for perk in perks]
    return Offers(
        rewards=(*rewards, *full),
        stamps=stamps,
        vouchers=vouchers,
        perks=perks,
        discount=block.optional("discount", read_discount, None),
    )
