"""What waits for the end of a pause and must never be recorded: set aside, and brought back where that was a mistake.

Whoever has a connection's secret signs what is not the shop's, and `resume` would record it. Nothing is deleted: what
was dropped is kept beside everything else that was not recorded, and can be looked at and replayed like it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from chalicelib.errors import LoyaltyError, Refused, TryAgain
from chalicelib.events import (
    ActivityTold,
    DataAsked,
    ErasureAsked,
    Event,
    Instant,
    Noted,
    OrderFacts,
    OrderTold,
    PaymentTold,
)
from chalicelib.programs.pausing import standing_still
from chalicelib.programs.program import Program
from chalicelib.services.ports import Delivery, Inbox, Programs
from chalicelib.services.ports.deliveries import arrival

MOST = 20_000
"""Deliveries at once: a flood is dropped in several goes, each of which was shown."""

DROPPED = "dropped"
UNCLEAR = "not understood"
SILENT = "not to be read now"
"""A provider has to be asked what it means by it, and does not answer: that says nothing about who told it."""

AT_ONCE = 100
"""So many are moved between two looks at what stands still."""

_WAITING = "paused"
_PAGE = 1_000
_SAYS: Mapping[type, str] = {
    ActivityTold: "activities",
    ErasureAsked: "wishes to be forgotten",
    DataAsked: "wishes to see one's data",
    Noted: "of no consequence",
}


class Contents(msgspec.Struct, frozen=True):
    """What deliveries say, as far as they were read.

    kinds: how many things of each kind     orders: how many different ones
    bought: what those are worth in minor units, by the currency, each as it was told last
    """

    kinds: Mapping[str, int]
    orders: int
    bought: Mapping[str, int]


class Dropping(msgspec.Struct, frozen=True):
    """Chooses and moves. understand: raises LoyaltyError where a delivery is not to be understood. Raises TryAgain."""

    programs: Programs
    inbox: Inbox
    understand: Callable[[Delivery], Sequence[Event]]

    def chosen(
        self, program: Program, connection: str, *, since: Instant, until: Instant, is_back: bool = False
    ) -> Sequence[str]:
        """Keys of what came from `since` on and before `until`, the earliest first; `MOST` of them.

        is_back: of what was dropped, instead of what waits
        Raises: Refused (connection_unknown; not_standing_still: it would be recorded while it is dropped).
        """
        if not self.programs.is_connected(program.slug, connection):
            raise Refused("connection_unknown", connection=connection[:40])
        if not is_back and not self._stands_still(program, connection):
            raise Refused("not_standing_still", connection=connection, dropped=0)
        keys = self.inbox.kept(DROPPED) if is_back else self._waiting(program.slug)
        own = [key for key in keys if key.split("/")[:2] == [program.slug, connection]]
        return sorted((key for key in own if since <= came(key) < until), key=arrival)[:MOST]

    def contents(self, keys: Iterable[str]) -> Contents:
        """What these say. What is gone meanwhile says nothing."""
        kinds: Counter[str] = Counter()
        orders: dict[str, OrderFacts | None] = {}
        for key in keys:
            delivery = self.inbox.read(key)
            if delivery is None:
                continue
            try:
                events = self.understand(delivery)
            except TryAgain:
                kinds[SILENT] += 1
                continue
            except LoyaltyError:
                kinds[UNCLEAR] += 1
                continue
            for event in events:
                kinds[_kind(event)] += 1
                for reference, facts in _orders(event):
                    orders[reference] = _newer(orders.get(reference), facts)
        bought: Counter[str] = Counter()
        for known in orders.values():
            if known is not None:
                amounts = known.amounts
                bought[known.currency] += amounts.goods + amounts.shipping + amounts.gift_cards
        return Contents(kinds, len(orders), bought)

    def drop(self, program: Program, connection: str, keys: Iterable[str]) -> int:
        """Set aside what was chosen of a connection; how many there were. Repeating is harmless.

        What stands still is read as it is stored before each hundred and once more at the end: minutes may lie between
        choosing and moving. A window is left. Of the hundred during which somebody resumes, some may be recorded
        although they are dropped: then this ends in a refusal, also when it was the last hundred. Not noticed is who
        resumes and pauses again within one hundred; nor a walk that a resumption just before the pause began: it has
        read its next deliveries already, and may take the pause for over until its container reads the program anew.
        Raises: Refused (not_standing_still; dropped: how many were, of which the last hundred are in doubt).
        """
        left, count = iter(keys), 0
        while True:
            if not self._stands_still(program, connection):
                raise Refused("not_standing_still", connection=connection, dropped=count)
            page = list(islice(left, AT_ONCE))
            if not page:
                return count
            count += sum(self.inbox.move(key, DROPPED) for key in page)

    def bring_back(self, keys: Iterable[str]) -> int:
        """Let them wait again, in their old places: the next resumption records them. Repeating is harmless."""
        return sum(self.inbox.move(key, _WAITING) for key in keys)

    def _stands_still(self, program: Program, connection: str) -> bool:
        return standing_still(self.programs.pauses(program.slug), connection)

    def _waiting(self, program: str) -> Iterator[str]:
        behind = ""
        while page := self.inbox.waiting(program, behind=behind, limit=_PAGE):
            yield from page
            behind = page[-1]


def came(key: str) -> Instant:
    """When a delivery came that waits, or was dropped: its key says it."""
    return int(key.rpartition("/")[2].partition("-")[0])


def _kind(event: Event) -> str:
    match event:
        case OrderTold(order=None) | PaymentTold(payment=None):
            return "refunds"
        case OrderTold():
            return "orders"
        case PaymentTold():
            return "payments"
    return _SAYS[type(event)]


def _orders(event: Event) -> Iterator[tuple[str, OrderFacts | None]]:
    """What was bought, by its name."""
    match event:
        case OrderTold(reference=reference, order=facts) | PaymentTold(reference=reference, payment=facts):
            yield reference, facts


def _newer(known: OrderFacts | None, told: OrderFacts | None) -> OrderFacts | None:
    if known is None or told is None:
        return told or known
    return told if told.changed_at >= known.changed_at else known
