"""When a rule counts: what must hold of the order, and what of the member."""

from dataclasses import dataclass, field

from chalicelib.programs.member_when import MemberWhen
from chalicelib.programs.order_when import OrderWhen

_EVERYBODY = MemberWhen()


@dataclass(frozen=True, slots=True)
class When:
    """Conditions that all must hold. Empty: the rule always counts.

    order: judged again with each version of the facts    member: judged once, when the order is first seen
    """

    order: OrderWhen = field(default_factory=OrderWhen)
    member: MemberWhen = field(default_factory=MemberWhen)

    @property
    def asks_member(self) -> bool:
        """Is there a condition on the member?"""
        return self.member != _EVERYBODY
