"""What of a program stands still for now: an operator's order, until it is lifted."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from chalicelib.events import Instant

What = Literal["earning", "redeeming", "joining", "messages"]
"""Earning: orders, refunds and all else that connections tell. Redeeming: whatever is used at a till. Joining: new
members, and who claims points that wait. Messages: what the shop says and new looks, on phones."""


FORGOTTEN: Instant = 12 * 3_600_000
"""Longer than a day's trade: whoever paused so long ago may not think of it any more."""


class Pause(msgspec.Struct, frozen=True):
    """One thing that stands still.

    connection: whose news alone wait, "" for the whole program      by, why: as the operator said it
    resumed_at: since then what was stored is caught up with, in its turn and before anything newer; 0 before. Only
        earning has something to catch up with
    """

    what: What
    since: Instant
    by: str
    why: str
    connection: str = ""
    resumed_at: Instant = 0

    def concerns(self, connection: str) -> bool:
        """Whether it is about this connection, too."""
        return self.connection in ("", connection)


def oldest(pauses: Sequence[Pause]) -> Pause | None:
    """What has stood longest, also where it is being caught up with; None where nothing is paused."""
    return min(pauses, key=lambda pause: pause.since, default=None)


def holding_back(pauses: Sequence[Pause], connection: str) -> bool:
    """Whether what this connection tells is stored, as long as others that came before are not recorded."""
    return any(pause.what == "earning" and pause.concerns(connection) for pause in pauses)


def standing_still(pauses: Sequence[Pause], connection: str) -> bool:
    """Whether nothing that this connection told may be recorded yet."""
    return any(pause.what == "earning" and not pause.resumed_at and pause.concerns(connection) for pause in pauses)
