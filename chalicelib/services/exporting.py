"""A program's books as lines that any other program reads: pages of plain values, to be written as they come.

A page is small and names the place behind it, so that whoever was interrupted goes on there. Nothing here opens
anything: no link, no code at the till, no push token, no hash of a key. What is personal is asked for by name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.chain import decode
from chalicelib.ledger.journal import Entry, Purse
from chalicelib.ledger.offer_documents import VoucherDocument
from chalicelib.members.people import Member
from chalicelib.programs.program import Program, Version
from chalicelib.services.ports import Audit, Card, Cards, Members

Plain = Mapping[str, object]
"""What JSON can say."""

ACCOUNTS_AT_ONCE = 50
CARDS_AT_ONCE = 100
LINES_AT_ONCE = 500


class ExportLine(msgspec.Struct, frozen=True):
    """One line of a file. `at`: when what it tells happened."""

    file: str
    at: Instant
    says: Plain


class ExportPage(msgspec.Struct, frozen=True):
    """Some lines, in order. `cursor`: goes on behind them; "" when they are the last ones of their kind."""

    lines: Sequence[ExportLine]
    cursor: str


class Exporting(msgspec.Struct, frozen=True):
    """Reads whole tables, a page at a time: for operators, never on the way of an event."""

    audit: Audit
    cards: Cards
    members: Members

    def programs(self, program: Program) -> Iterator[ExportPage]:
        """Every version that was ever published."""
        yield ExportPage([ExportLine("programs", each.published_at, _version(each)) for each in program.versions], "")

    def journals(self, program: Program, cursor: str) -> Iterator[ExportPage]:
        """Every account and its entries, account by account. Raises: Broken for an entry that cannot be read."""
        found = self.audit.journals(program.slug, after=cursor or None)  # type: ignore[arg-type]  # an account's own id
        while page := list(islice(found, ACCOUNTS_AT_ONCE)):
            lines: list[ExportLine] = []
            for _, stored in page:
                entries = [decode(row.line, row.hash) for row in stored]
                lines += [ExportLine("entries", entry.at, _entry(entry)) for entry in entries]
                lines.append(ExportLine("accounts", entries[-1].at, _account(entries[-1], len(entries))))
            yield ExportPage(lines, page[-1][0])
        yield ExportPage([], "")

    def held(
        self, program: Program, cursor: str, *, personal: bool, is_fresh: Callable[[str], bool]
    ) -> Iterator[ExportPage]:
        """Every card, and every member at their first card. is_fresh: whether a member was not told before"""
        is_last = False
        while not is_last:
            listed = self.cards.listed(program.slug, cursor=cursor, limit=CARDS_AT_ONCE)
            lines: list[ExportLine] = []
            for serial in (each.serial for each in listed.cards):
                card = self.cards.card(serial)
                if card is None:
                    continue
                lines.append(ExportLine("cards", card.opened_at, _card(card)))
                member = (
                    self.members.member(program.slug, card.member) if card.member and is_fresh(card.member) else None
                )
                if member is not None:
                    lines.append(ExportLine("members", member.joined_at, _member(member, personal=personal)))
            cursor, is_last = listed.cursor, not listed.cursor
            yield ExportPage(lines, cursor)

    def vouchers(self, program: Program) -> Iterator[ExportPage]:
        """Every voucher and gift card, without the code that pays."""
        found = (kept.document for kept in self.audit.kept_documents(program.slug))
        told = (ExportLine("vouchers", 0, _voucher(each)) for each in found if isinstance(each, VoucherDocument))
        while page := list(islice(told, LINES_AT_ONCE)):
            yield ExportPage(page, "")
        yield ExportPage([], "")


def _version(version: Version) -> Plain:
    return {
        "version": version.sha,
        "published_at": version.published_at,
        "effective_at": version.effective_at,
        "mode": version.definition.mode,
        "currencies": [currency.key for currency in version.definition.currencies],
    }


def _entry(entry: Entry) -> Plain:
    legs = [
        {name: value for name, value in msgspec.structs.asdict(leg).items() if value is not None} for leg in entry.legs
    ]
    return {
        "account": entry.account,
        "number": entry.seq,
        "at": entry.at,
        "occurred_at": entry.occurred_at,
        "kind": entry.kind,
        "document": entry.document,
        "name": entry.name,
        "delivery": entry.event,
        "actor": entry.actor,
        "version": entry.version,
        "rules": list(entry.rules),
        "legs": legs,
        "measures": [msgspec.structs.asdict(each) for each in entry.rolled],
        "previous_hash": entry.prev,
        "hash": entry.hash,
    }


def _account(newest: Entry, entries: int) -> Plain:
    snap = newest.snap
    return {
        "account": newest.account,
        "status": snap.status,
        "merged_to": snap.merged_to,
        "opened_at": snap.opened,
        "stands_at": newest.at,
        "entries": entries,
        "newest_hash": newest.hash,
        "level": snap.tier.level,
        "level_since": snap.tier.since,
        "purses": {currency: _purse(purse) for currency, purse in sorted(snap.purses.items())},
    }


def _purse(purse: Purse) -> Plain:
    return {
        "usable": purse.spendable,
        "coming": purse.pending,
        "held": purse.held,
        "owed": purse.debt,
        "issued": purse.issued,
        "redeemed": purse.redeemed,
        "expired": purse.expired,
        "taken_back": purse.taken_back,
        "transferred": purse.transferred,
        "ends": [{"at": cell.ends, "points": cell.points} for cell in purse.cells],
    }


def _card(card: Card) -> Plain:
    return {
        "card": card.serial,
        "account": card.account,
        "member": card.member,
        "language": card.language,
        "opened_at": card.opened_at,
        "changed_at": card.changed_at,
        "level": card.tier,
        "has_ended": card.is_void,
    }


def _member(member: Member, *, personal: bool) -> Plain:
    told = {
        "member": member.id,
        "language": member.language,
        "joined_at": member.joined_at,
        "consents": [
            {"purpose": each.purpose, "text": each.text_sha, "language": each.language, "given_at": each.given_at}
            for each in member.consents
        ],
    }
    return told | ({"name": member.name, "email": member.email, "phone": member.phone} if personal else {})


def _voucher(voucher: VoucherDocument) -> Plain:
    plain: Plain = msgspec.to_builtins(msgspec.structs.replace(voucher, revision=0))
    return {
        "voucher": plain["reference"],
        "kind": voucher.key,
        "state": voucher.state,
        "worth": voucher.worth,
        "left": voucher.left,
        "ends": voucher.ends,
        "account": voucher.account,
        "redemption": voucher.redemption,
        "version": voucher.version,
        "uses": plain.get("uses", {}),
        "reserved": plain.get("reserved", {}),
    }
