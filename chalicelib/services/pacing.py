"""The pace of a walk: a plan of instants, one for each turn, for which its worker waits.

The plan runs at 98 % of the rate that was set, and makes up for delays of a fifth of a second at most; after a longer
one it begins anew. So any ten seconds hold (10 s + 0.2 s) x 0.98 of the rate, which is less than ten times the rate,
however late workers are; and nothing is ever made up for in a rush.
"""

import msgspec

from chalicelib.events import Instant
from chalicelib.services.ports import Clock
from chalicelib.services.ports.walks import Walk

MADE_UP_MILLISECONDS = 200
_PLANNED_PER_CENT = 98


def next_turn(walk: Walk, clock: Clock) -> Walk:
    """Wait for the next turn of the plan, and take it: the walk with one more turn taken."""
    now = clock.now()
    due = walk.paced_from + turn_of(walk.paced, walk.rate)
    if now > due + MADE_UP_MILLISECONDS:
        return msgspec.structs.replace(walk, paced_from=now, paced=1)
    if due > now:
        clock.wait(due - now)
    return msgspec.structs.replace(walk, paced=walk.paced + 1)


def turn_of(number: int, rate: int) -> Instant:
    """When turn `number` comes, in milliseconds after turn 0; rounded up."""
    return -(-number * 1_000 * 100 // (rate * _PLANNED_PER_CENT))
