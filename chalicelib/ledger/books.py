"""What a document has written off: points that should have gone back and did not.

They were let go, because they had been used and the program does not ask for them, or money paid for them, because the
shop asked before it refunded. Either way: points posted = points of the target + points written off.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from chalicelib.ledger.documents import ActivityDocument, Agreement, OrderDocument


class Books(msgspec.Struct):
    """The books of one document while it is posted. `let_go`: points by currency, without those paid for in money."""

    let_go: dict[str, int]
    agreed: list[Agreement]

    def target(self, currency: str, posted: int) -> int:
        """What the document was worth when it was posted last."""
        return posted - self.let_go.get(currency, 0) - self.booked(currency)

    def let(self, currency: str, points: int) -> None:
        """So many more points are let go; fewer when an increase cancels what was, down to none."""
        self.let_go[currency] = max(0, self.let_go.get(currency, 0) + points)

    def pay(self, currency: str, target: int) -> int:
        """Book what money pays for at this target; how much more that is than before.

        An agreement pays for what the order lost since the shop asked, up to its points: that depends on the facts
        alone, and not on whether the refund or the agreement was told first.
        """
        before = self.booked(currency)
        for place, each in enumerate(self.agreed):
            if each.currency == currency and each.is_accepted and each.redemption is None:
                booked = min(max(each.worth - target, 0), each.points)
                self.agreed[place] = msgspec.structs.replace(each, booked=booked)
        return self.booked(currency) - before

    def booked(self, currency: str) -> int:
        """Points that money has paid for."""
        return sum(each.booked for each in self.agreed if each.currency == currency)

    def written_off(self, currency: str) -> int:
        """Both together."""
        return self.let_go.get(currency, 0) + self.booked(currency)


def books_of(document: OrderDocument | ActivityDocument) -> Books:
    """The books as a document keeps them. An activity is never taken back, so it has none."""
    if not isinstance(document, OrderDocument):
        return Books({}, [])
    books = Books(dict(document.written_off), list(document.agreed))
    for each in document.agreed:
        books.let(each.currency, -each.booked)
    return books


_Posted = TypeVar("_Posted", OrderDocument, ActivityDocument)


def closed(document: _Posted, books: Books) -> _Posted:
    """The document with its books as they are now."""
    if not isinstance(document, OrderDocument):
        return document
    currencies = sorted({*books.let_go, *(each.currency for each in books.agreed)})
    written = {currency: books.written_off(currency) for currency in currencies}
    kept = {currency: points for currency, points in written.items() if points}
    return msgspec.structs.replace(document, written_off=kept, agreed=tuple(books.agreed))


def carried_over(document: OrderDocument, target: Mapping[str, int]) -> OrderDocument:
    """The document before it is priced by other rules: what money paid for stays paid for, at the other worth, too."""
    books = books_of(document)
    shift = {each.currency: target.get(each.currency, 0) for each in document.posted}
    for each in document.posted:
        shift[each.currency] -= books.target(each.currency, each.points)
    agreed = [msgspec.structs.replace(each, worth=each.worth + shift.get(each.currency, 0)) for each in books.agreed]
    return msgspec.structs.replace(document, agreed=tuple(agreed))
