"""Reading a provider's books: what its webhooks did not tell us is found there, and recorded like everything else.

No provider promises delivery: subscriptions are deleted, switched off or lost in an outage longer than the retries.
Duplicates are free, so the same orders may be read as often as one likes.
"""

import logging
from collections.abc import Callable, Iterator

import msgspec

from chalicelib.errors import Broken, LoyaltyError, Refused, TryAgain
from chalicelib.events import Event, Instant, OrderTold, PaymentTold
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.orders import absorbed, newest
from chalicelib.programs.pausing import holding_back
from chalicelib.services.evidencing import as_order
from chalicelib.services.ports import Alarm, Bookmark, Books, Clock, Connection, Inbox, Ledger, Listed, Page, Programs
from chalicelib.services.receiving import Reception
from chalicelib.services.recording import payment_document

_log = logging.getLogger(__name__)
_MINUTE = 60_000
FIRST_LOOK = 72 * 60 * _MINUTE
OVERLAP = 10 * _MINUTE
"""Read again each time: a provider may list a change later than its own clock says it was."""

GRACE = 10 * _MINUTE
"""A webhook may take this long; after it an order that nobody told us about counts as at risk."""

_ROUNDS = 4
_WAIT_SECONDS_AT_MOST = 20


class Reconciled(msgspec.Struct, frozen=True):
    """What a reading has found so far.

    seen: orders that were listed           new: of them, what we did not know yet
    at_risk: new ones that no webhook had told us within ten minutes, since this connection is being read
    unclear: what could not be understood or recorded; it is kept in the inbox
    subscribed: topics of webhooks that were missing and were made again
    is_paused: nothing was read, since earning is paused; the next reading begins where the last one ended
    """

    seen: int = 0
    new: int = 0
    at_risk: int = 0
    unclear: int = 0
    subscribed: tuple[str, ...] = ()
    is_complete: bool = False
    is_paused: bool = False


class Reconciler(msgspec.Struct, frozen=True):
    """Reads the books of connections, page by page. `rest`: waits for some seconds, as a provider asks."""

    books: Books
    programs: Programs
    reception: Reception
    ledger: Ledger
    inbox: Inbox
    alarm: Alarm
    clock: Clock
    rest: Callable[[int], None]

    def run(self, connection: Connection, *, deadline: Instant | None = None) -> Reconciled:
        """Read all that changed since the last time. Repeating is harmless.

        deadline: no further page is begun after it; the next run goes on from there.
        Raises: TryAgain, Malformed, Refused (the provider does not let us in); what was read stays recorded, and the
        page that failed is read again.
        """
        return list(self.pages(connection, deadline=deadline))[-1]

    def pages(self, connection: Connection, *, deadline: Instant | None = None) -> Iterator[Reconciled]:
        """As `run`, telling after each page what has been found so far."""
        program = self.programs.program(connection.program)
        if program is not None and holding_back(program.pauses, connection.name):
            yield Reconciled(is_complete=True, is_paused=True)
            return
        mark, is_first = self._opened(connection)
        found = Reconciled(subscribed=() if mark.page else self._subscribed(connection, is_first=is_first))
        while not found.is_complete:
            mark, page = self._page(connection, mark)
            before, found = found, self._taken(connection, mark, page, found)
            if found.at_risk > before.at_risk:
                count = found.at_risk - before.at_risk
                self.alarm.raise_("orders_at_risk", connection=connection.name, orders=count)
            mark = _turned(mark, page)
            self.programs.put_bookmark(connection.program, connection.name, mark)
            yield found
            if deadline is not None and self.clock.now() >= deadline:
                return
            if page.wait_seconds and not page.is_last:
                self.rest(min(page.wait_seconds, _WAIT_SECONDS_AT_MOST))

    def _opened(self, connection: Connection) -> tuple[Bookmark, bool]:
        """Where to go on, and whether these books were never opened before."""
        now = self.clock.now()
        mark = self.programs.bookmark(connection.program, connection.name)
        if mark is None:
            return Bookmark(since=now - FIRST_LOOK, began=now, opened_at=now), True
        return (mark if mark.page else msgspec.structs.replace(mark, opened_at=now, newest=0)), False

    def _subscribed(self, connection: Connection, *, is_first: bool) -> tuple[str, ...]:
        """Make webhooks that have gone. That they cannot be made hinders nobody from reading."""
        try:
            made = tuple(self.books.subscribe(connection))
        except LoyaltyError as err:
            facts = {"connection": connection.name, "why": err.reason}
            _log.info("subscription_unknown", extra={"facts": facts})
            return ()
        if made and not is_first:
            self.alarm.raise_("subscription_was_gone", connection=connection.name, topics=", ".join(made))
        return made

    def _page(self, connection: Connection, mark: Bookmark) -> tuple[Bookmark, Page]:
        """The next page, with the patience that the provider asks for."""
        for left in reversed(range(_ROUNDS)):
            try:
                return mark, self.books.recent(connection, since=mark.since, cursor=mark.page)
            except TryAgain as err:
                wait = err.facts.get("retry_after", 0)
                if not isinstance(wait, int) or not 0 < wait <= _WAIT_SECONDS_AT_MOST or not left:
                    raise
                self.rest(wait)
            except Refused as err:
                if err.reason != "cursor_unknown" or not mark.page or not left:
                    raise
                # The provider has forgotten where we were. What was recorded already costs nothing to read again.
                mark = msgspec.structs.replace(mark, page="", opened_at=self.clock.now(), newest=0)
        raise AssertionError("the last round returns or raises")

    def _taken(self, connection: Connection, mark: Bookmark, page: Page, found: Reconciled) -> Reconciled:
        new = at_risk = unclear = 0
        late = self.clock.now() - GRACE
        for listed in page.listed:
            is_new = any(self._is_news(connection, event) for event in listed.events)
            new += is_new
            at_risk += is_new and mark.began < listed.delivery.received_at < late
            unclear += not self._recorded(listed)
        return msgspec.structs.replace(
            found,
            seen=found.seen + len(page.listed),
            new=found.new + new,
            at_risk=found.at_risk + at_risk,
            unclear=found.unclear + unclear,
            is_complete=page.is_last,
        )

    def _recorded(self, listed: Listed) -> bool:
        """Record one thing. What cannot be is kept and does not stand in the way of the others."""
        if listed.unclear is not None:
            self.reception.quarantine(listed.delivery, listed.unclear)
            return False
        try:
            self.reception.record(listed.delivery, listed.events, deadline=None)
        except Broken as err:
            key = self.inbox.keep(listed.delivery, "quarantined")
            self.alarm.raise_("listed_order_broken", connection=listed.delivery.connection, why=err.reason, kept=key)
            return False
        return True

    def _is_news(self, connection: Connection, event: Event) -> bool:
        """Would this change what we know of an order? A newer version that says the same is no news."""
        match event:
            case OrderTold():
                return self._is_news_of_order(connection.program, event)
            case PaymentTold() if connection.role == "earns":
                return self._is_news_of_order(connection.program, as_order(event))
            case PaymentTold():
                known = [payment_document(self.ledger, connection.program, name).evidence for name in event.aliases]
                return any(_said(newest(refunds, event.refunds)) != _said(refunds) for refunds in known)
        return False

    def _is_news_of_order(self, program: str, told: OrderTold) -> bool:
        document = self.ledger.document(program, told.reference)
        if not isinstance(document, OrderDocument):
            return True
        return _substance(absorbed(document, told)) != _substance(document)


def _turned(mark: Bookmark, page: Page) -> Bookmark:
    """The bookmark after a page.

    The next reading begins a little before the newest change of this one, and before this one was opened: what changed
    while it went on may have changed on a page that was read already. Nothing is assumed about the order of a list.
    """
    seen = max((listed.delivery.received_at for listed in page.listed), default=0)
    mark = msgspec.structs.replace(mark, newest=max(mark.newest, seen), page=page.cursor)
    if not page.is_last:
        return mark
    since = max(mark.since, min(mark.newest, mark.opened_at) - OVERLAP)
    return msgspec.structs.replace(mark, since=since, page="", newest=0)


def _substance(document: OrderDocument) -> tuple[object, ...]:
    facts = document.facts and (document.facts.amounts, document.facts.is_paid, document.facts.is_cancelled)
    return facts, _said(document.refunds), _said(document.evidence)


def _said(refunds: object) -> dict[str, tuple[object, ...]]:
    assert isinstance(refunds, dict)
    return {name: (refund.status, refund.amounts) for name, refund in refunds.items()}
