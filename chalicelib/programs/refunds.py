"""What happens to points when money goes back."""

from typing import Literal

import msgspec

from chalicelib.ledger.posting import Ways

WhenSpent = Literal["negative balance", "write off", "net against refund", "reverse reward"]
"""What becomes of points that should go back but were used.

negative balance: they are owed, and the next points pay     write off: they are let go
net against refund: the shop keeps what they are worth when it refunds     reverse reward: an unused reward goes back
The last two exist only where the shop asks before it refunds; where it does not, the points are owed.
"""

AfterExpiry = Literal["forgive", "take from balance"]
"""What becomes of points that should go back but expired: nothing is asked for, or what is there makes up for them."""


class Refunds(msgspec.Struct, frozen=True):
    """The policies of a program. `restore_grace_days`: how long used points live at least when they come back."""

    when_spent: WhenSpent = "negative balance"
    after_expiry: AfterExpiry = "forgive"
    restore_grace_days: int = 0

    @property
    def ways(self) -> Ways:
        """The same as the ledger knows it."""
        return Ways(is_owed=self.when_spent != "write off", is_forgiven=self.after_expiry == "forgive")
