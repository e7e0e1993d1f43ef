"""What the world outside knows: everything that was told and answered, and what cannot be held against the house."""

from collections import Counter
from dataclasses import dataclass, field

from chalicelib.events import AccountId, ActivityTold, ErasureAsked, Event, OrderTold, PaymentTold, Reference
from ops.simulator.rules import Rules


@dataclass(frozen=True, slots=True)
class Asked:
    """Points that somebody asked to use or move, and the answer.

    answer: "done", "held", "refused", "somebody else's", or none for certain
    """

    points: int
    answer: str = ""


@dataclass(slots=True)
class Chronicle:
    """Kept by the world, read by the oracle.

    rules: every version by its text      orders, payments, activities: what was acknowledged
    redemptions: by reference      resolved: by hold, the points of each capture (0: release) that was acknowledged
    by_hand: adjustments and transfers, by reference
    merges: by the merge's name, the account that an operator merged into another
    returned: by redemption, the most points whose return was acknowledged
    agreed: by serial of a card that a form made, whether its owner agreed to be told what the shop says
    proved: serials whose proof was acknowledged, and when it began      erased: has anybody been forgotten?
    excused: serials of cards with which a wallet's own trouble interfered, which an alarm told
    broke: errors that nobody foresaw, or that are our fault
    """

    rules: dict[str, Rules] = field(default_factory=dict)
    orders: dict[Reference, list[OrderTold]] = field(default_factory=dict)
    payments: list[PaymentTold] = field(default_factory=list)
    activities: list[ActivityTold] = field(default_factory=list)
    redemptions: dict[Reference, Asked] = field(default_factory=dict)
    resolved: dict[Reference, list[int]] = field(default_factory=dict)
    returned: dict[Reference, int] = field(default_factory=dict)
    by_hand: dict[Reference, Asked] = field(default_factory=dict)
    merges: dict[str, AccountId] = field(default_factory=dict)
    proved: list[str] = field(default_factory=list)
    agreed: dict[str, bool] = field(default_factory=dict)
    erased: bool = False
    excused: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    broke: list[str] = field(default_factory=list)
    events: int = 0

    def acknowledged(self, event: Event) -> None:
        """A sender was told that its news arrived."""
        match event:
            case OrderTold():
                self.orders.setdefault(event.reference, []).append(event)
            case PaymentTold():
                self.payments.append(event)
            case ActivityTold():
                self.activities.append(event)
            case ErasureAsked():
                self.erased = True
