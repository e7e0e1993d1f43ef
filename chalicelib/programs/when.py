"""When a rule counts: what must hold of the order, and what of the member."""

import msgspec

from chalicelib.programs.member_when import MemberWhen
from chalicelib.programs.order_when import OrderWhen

_EVERYBODY = MemberWhen()


class When(msgspec.Struct, frozen=True):
    """Conditions that all must hold. Empty: the rule always counts.

    order: judged again with each version of the facts    member: judged once, when the order is first seen
    """

    order: OrderWhen = msgspec.field(default_factory=OrderWhen)
    member: MemberWhen = msgspec.field(default_factory=MemberWhen)

    @property
    def asks_member(self) -> bool:
        """Is there a condition on the member?"""
        return self.member != _EVERYBODY
