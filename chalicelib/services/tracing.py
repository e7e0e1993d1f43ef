"""The way of an order, a delivery or a card's last entry to the phone, and where it stopped: `pointpass trace`."""

from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.errors import Malformed
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.chain import decode
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.journal import Entry
from chalicelib.programs.program import Program
from chalicelib.services.ports import Audit, Cards, Inbox, Ledger, Programs, Registration

_REASONS = {
    "test_order": "ignored: test order, and this program is live",
    "nobody_to_credit": "ignored: the order names no customer, so there is nobody to credit",
    "guests_are_not_kept": "ignored: a guest, and this program keeps no points for guests",
    "another_currency": "refused and kept: the order is in another currency than the program",
}


class Step(msgspec.Struct, frozen=True):
    """One station. `says` is in plain words; the trace ends at the first one that was not reached.

    called: what the log's lines of this station are found by, "" where there are none
    """

    station: str
    is_reached: bool
    says: str
    at: Instant | None = None
    called: str = ""


class Tracing(msgspec.Struct, frozen=True):
    """Follows what happened through what is stored."""

    ledger: Ledger
    audit: Audit
    programs: Programs
    cards: Cards
    inbox: Inbox

    def trace(self, program: Program, what: str) -> Sequence[Step]:
        """All stations up to the first that was not reached.

        what: an order's id at the shop, or the number people know; a delivery's id, as the log and the journal have it;
            or a card's serial, for the newest entry that it shows. Other names are looked for in every journal.
        Raises: Malformed("nothing_to_follow") for an empty name, which would be that of everything without one.
        """
        if not what.strip():
            raise Malformed("nothing_to_follow")
        steps: list[Step] = []
        for step in self._steps(program, what):
            steps.append(step)
            if not step.is_reached:
                break
        return steps

    def _steps(self, program: Program, what: str) -> Iterator[Step]:
        document = self._find(program, what)
        if document is not None:
            yield from self._of_order(program, document)
            return
        entry = self._shown(program, what) or self._caused_by(program, what)
        if entry is None:
            yield Step("delivery", False, self._nothing_known())
            return
        known = self.ledger.document(program.slug, entry.document)
        if entry.event and isinstance(known, OrderDocument):
            yield from self._of_order(program, known)
            return
        if entry.event:
            yield Step("delivery", True, f"delivery {entry.event}", called=entry.event)
        yield _posted(entry, f"entry {entry.seq} of account {entry.account}: {entry.kind}, by {entry.actor}")
        yield from self._phones(program, self._carriers(program, entry.account)[-1], entry)

    def _of_order(self, program: Program, document: OrderDocument) -> Iterator[Step]:
        accounts = self._accounts(program, document)
        entries = self._entries(program, document, accounts)
        yield Step("delivery", True, _told(document, entries), called=entries[0].event if entries else "")
        yield Step("verified", True, "the sender's signature was right; nothing is stored without it")
        if document.account is None:
            yield Step("account", False, _REASONS.get(document.reason, "waiting: the order itself, paid, has not come"))
            return
        yield Step("account", True, f"account {document.account}")
        yield _rule(program, document, entries)
        if not entries:
            yield Step("entry", False, "nothing to post: the order is worth no points")
            return
        last = entries[-1]
        points = sum(worth.points for worth in document.posted)
        yield _posted(last, f"entry {last.seq}: the order is worth {points} points now")
        yield from self._phones(program, accounts[-1], last)

    def _find(self, program: Program, order: str) -> OrderDocument | None:
        providers = {connection.provider for connection in self.programs.connections(program.slug)}
        for provider in sorted(providers):
            found = self.ledger.document(program.slug, Reference(f"order/{provider}/{order}"))
            if isinstance(found, OrderDocument):
                return found
        names = {order, f"#{order}"}
        orders = (document for document in self.audit.documents(program.slug) if isinstance(document, OrderDocument))
        return next((document for document in orders if document.name in names), None)

    def _shown(self, program: Program, serial: str) -> Entry | None:
        """The newest entry that a card shows."""
        card = self.cards.card(serial)
        return None if card is None or card.program != program.slug else self.ledger.newest(program.slug, card.account)

    def _caused_by(self, program: Program, delivery: str) -> Entry | None:
        """The first entry found that a delivery caused: a walk through every journal."""
        for account in self.audit.accounts(program.slug):
            for row in self.audit.raw_journal(program.slug, account):
                if delivery in row.line and (entry := decode(row.line, row.hash)).event == delivery:
                    return entry
        return None

    def _nothing_known(self) -> str:
        waiting, unclear = len(self.inbox.kept("deferred")), len(self.inbox.kept("quarantined"))
        return (
            "no delivery about this order was accepted: it never came, or its signature was wrong; "
            f"stored for later: {waiting}, not understood: {unclear}"
        )

    def _accounts(self, program: Program, document: OrderDocument) -> Sequence[AccountId]:
        """The document's account, and those that it was merged into since; the last one has the points."""
        return self._carriers(program, document.account)

    def _carriers(self, program: Program, account: AccountId | None) -> Sequence[AccountId]:
        accounts: list[AccountId] = []
        while account is not None and account not in accounts:
            accounts.append(account)
            newest = self.ledger.newest(program.slug, account)
            account = newest.snap.merged_to if newest else None
        return accounts

    def _entries(self, program: Program, document: OrderDocument, accounts: Sequence[AccountId]) -> Sequence[Entry]:
        return [
            entry
            for account in accounts
            for entry in self.ledger.entries(program.slug, account, newest_first=False, limit=None)
            if entry.document == document.reference
        ]

    def _phones(self, program: Program, account: AccountId, last: Entry) -> Iterator[Step]:
        cards = self.cards.cards_of(program.slug, account)
        if not cards:
            yield Step("push", False, "nobody has a card of this account yet; the points wait for a proof")
            return
        held = [(card, phone) for card in cards for phone in self.cards.registrations(card.serial)]
        phones = [phone for _, phone in held]
        if not phones:
            yield Step("push", False, "the card is not in a wallet yet")
            return
        yield _reached("push", "pushed to", phones, [card.pushed_at for card, _ in held], last.at)
        yield _reached("fetched", "fetched by", phones, [phone.fetched_at for phone in phones], last.at)


def _told(document: OrderDocument, entries: Sequence[Entry]) -> str:
    name = f"order {document.name}" if document.name else "an order whose number is not known yet"
    deliveries = ", ".join(dict.fromkeys(entry.event for entry in entries if entry.event))
    contested = "; two messages of the same age disagreed" if document.contested else ""
    refunds = f", refunds: {len(document.refunds)}" if document.refunds else ""
    return f"{name}{refunds}{f'; deliveries {deliveries}' if deliveries else ''}{contested}"


def _posted(entry: Entry, says: str) -> Step:
    return Step("entry", True, says, entry.at, entry.event or entry.document)


def _rule(program: Program, document: OrderDocument, entries: Sequence[Entry]) -> Step:
    if document.pricing is None:
        return Step("rule", False, "waiting: the order has not been paid")
    version = program.version(document.pricing.version)
    tier = f", as {document.pricing.tier}" if document.pricing.tier else ""
    rules = ", ".join(entries[-1].rules) if entries else ""
    said = f"priced by version {version.sha[:12]}{tier}{f': {rules}' if rules else ''}"
    return Step("rule", True, said, version.effective_at)


def _reached(station: str, verb: str, phones: Sequence[Registration], times: Sequence[Instant], since: Instant) -> Step:
    done = [time for time in times if time >= since]
    return Step(station, bool(done), f"{verb} {len(done)} of {len(phones)} phones", max(done, default=None))
