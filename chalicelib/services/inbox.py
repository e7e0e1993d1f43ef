"""What was kept of deliveries: listed, shown, and replayed through today's understanding."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import ActivityTold, DataAsked, ErasureAsked, Event, Noted, OrderTold, PaymentTold
from chalicelib.ledger.documents import ActivityDocument, Document, OrderDocument
from chalicelib.services.ports import Alarm, Delivery, Inbox, Ledger, Members
from chalicelib.services.receiving import Reception
from chalicelib.services.rehearsing import NoAlarm, NoInbox, RehearsedLedger, RehearsedMembers

WHYS = ("quarantined", "refused", "paused", "deferred", "data-request", "dropped")
"""Why something is kept, the most urgent first."""


class Kept(msgspec.Struct, frozen=True):
    """One kept delivery. `day`: of its arrival, "2026-11-22" in UTC; `number`: what people call it by."""

    key: str
    program: str
    connection: str
    why: str
    day: str

    @property
    def number(self) -> str:
        return self.key.rpartition("/")[2].rpartition("-")[2][:12]


class Difference(msgspec.Struct, frozen=True):
    """What a replay does to one document. Points by currency; a currency that stays the same is not there.

    reason: why it is ignored or refused, a stable id
    """

    reference: str
    name: str
    points: tuple[tuple[str, int, int], ...]  # currency, before, after
    state: str
    reason: str = ""


class Rehearsed(msgspec.Struct, frozen=True):
    """What a replay would do. `beside`: what the delivery asks for that moves no points."""

    differences: tuple[Difference, ...]
    beside: tuple[str, ...] = ()


Understand = Callable[[Delivery], Sequence[Event]]
Rehearse = Callable[[Ledger, Members, Inbox, Alarm], Reception]


class Replay(msgspec.Struct, frozen=True):
    """Looks into the inbox, and replays.

    understand: today's translation; raises Malformed, Refused (`connection_gone`), TryAgain
    rehearsal: a reception over other stores
    """

    inbox: Inbox
    ledger: Ledger
    members: Members
    reception: Reception
    understand: Understand
    rehearsal: Rehearse

    def kept(self, *whys: str) -> Sequence[Kept]:
        """All that is kept for these reasons, the newest day first."""
        found = [_kept(key) for why in whys or WHYS for key in self.inbox.kept(why)]
        return sorted(found, key=lambda kept: (kept.day, kept.key), reverse=True)

    def find(self, called: str) -> tuple[Kept, Delivery]:
        """By its number or its key. Raises Refused (`not_kept`, `several_are_called_so`)."""
        fitting = [kept for kept in self.kept() if kept.key == called or (called and kept.number.startswith(called))]
        if len({kept.key for kept in fitting}) > 1:
            raise Refused("several_are_called_so", called=called[:40])
        delivery = self.inbox.read(fitting[0].key) if fitting else None
        if delivery is None:
            raise Refused("not_kept", called=called[:40])
        return fitting[0], delivery

    def rehearse(self, delivery: Delivery) -> Rehearsed:
        """What a replay would do; nothing is written. Raises what `understand` and recording raise."""
        events = self.understand(delivery)
        members = RehearsedMembers(self.members)
        ledger = RehearsedLedger(self.ledger, members)
        moving = [event for event in events if isinstance(event, OrderTold | PaymentTold | ActivityTold)]
        self.rehearsal(ledger, members, NoInbox(), NoAlarm()).record(delivery, moving, deadline=None)
        before = {reference: self.ledger.document(delivery.program, reference) for reference in ledger.documents}
        differences = (_difference(before[reference], after) for reference, after in ledger.documents.items())
        return Rehearsed(tuple(each for each in differences if each is not None), tuple(_beside(events)))

    def replay(self, delivery: Delivery) -> None:
        """Do it. Repeating is harmless. Raises what `understand` and recording raise."""
        self.reception.record(delivery, self.understand(delivery), deadline=None)


def _kept(key: str) -> Kept:
    program, connection, why, day, _ = key.split("/")
    return Kept(key, program, connection, why, day)


def _difference(before: Document | None, after: Document) -> Difference | None:
    """None for documents that hold no points of their own."""
    if isinstance(after, OrderDocument):
        return Difference(after.reference, after.name, _moved(before, after), after.state, after.reason)
    if isinstance(after, ActivityDocument):
        return Difference(after.reference, "", _moved(before, after), "posted")
    return None


def _moved(before: Document | None, after: OrderDocument | ActivityDocument) -> tuple[tuple[str, int, int], ...]:
    was, becomes = _points(before), _points(after)
    both = ((currency, was.get(currency, 0), becomes.get(currency, 0)) for currency in sorted({*was, *becomes}))
    return tuple(pair for pair in both if pair[1] != pair[2])


def _points(document: Document | None) -> dict[str, int]:
    points: dict[str, int] = {}
    if isinstance(document, OrderDocument | ActivityDocument):
        for worth in document.posted:
            points[worth.currency] = points.get(worth.currency, 0) + worth.points
    return points


def _beside(events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        match event:
            case ErasureAsked(everyone=True):
                yield "forget everybody whom this shop told us about"
            case ErasureAsked():
                yield "forget one person"
            case DataAsked():
                yield "keep the request for a person's data, and tell somebody"
            case Noted(topic=topic):
                yield f"nothing: {topic} is of no consequence for points"
