"""Reads when a rule counts: `when: {weekdays: [sat, sun], basket: {from: 20 EUR}}`."""

from chalicelib.programs.order_when import OrderWhen
from chalicelib.programs.read_member_when import MEMBER_KEYS, read_member_when
from chalicelib.programs.read_order_when import ORDER_KEYS, read_order_when
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear
from chalicelib.programs.vocabulary import Vocabulary
from chalicelib.programs.when import When

_EXPECTED = "a block of conditions"


def read_when(spot: Spot, words: Vocabulary) -> When:
    """The conditions of a rule for orders: on the order, the member, or both."""
    block = _conditions(spot, (*ORDER_KEYS, *MEMBER_KEYS))
    return When(read_order_when(block, words), read_member_when(block, words))


def read_activity_when(spot: Spot, words: Vocabulary) -> When:
    """The conditions of a rule for an activity: on the member alone."""
    block = _conditions(spot, None)
    for key in block.fields:
        if key in ORDER_KEYS:
            block.object_to(key, "only a rule for orders has this key")
    return When(OrderWhen(), read_member_when(_conditions(spot, (*MEMBER_KEYS, *ORDER_KEYS)), words))


def _conditions(spot: Spot, known: tuple[str, ...] | None) -> Block:
    block = Block(spot, known, _EXPECTED)
    if not spot.node.value:
        raise Unclear(_EXPECTED)
    return block
