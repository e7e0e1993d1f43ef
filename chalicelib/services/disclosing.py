"""What is known of a person, as one document for them: all of it, with their own language's words beside it.

Its keys are for programs and never change; `labels` says each of them in the person's language. Push tokens, codes for
the till and digests of links are left out: they tell nothing of a person, and something to a thief.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from chalicelib.cards.reasons import reason
from chalicelib.cards.statement import Statement, StatementLine
from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.member_document import Known, MemberDocument
from chalicelib.members.people import Member
from chalicelib.programs.program import Program
from chalicelib.programs.texts import spoken
from chalicelib.services.disclosing_words import LABELS
from chalicelib.services.judging import known_member
from chalicelib.services.ports import Card, Cards, Clock, Inbox, Ledger, Registration
from chalicelib.services.ports.google import GoogleCards
from chalicelib.services.statements import Statements
from chalicelib.services.subject import Subject

Plain = dict[str, object]


class Disclosure(msgspec.Struct, frozen=True):
    """Writes down what is known of a person. google: None without Google Wallet."""

    ledger: Ledger
    cards: Cards
    inbox: Inbox
    statements: Statements
    clock: Clock
    google: GoogleCards | None = None

    def of(self, program: Program, subject: Subject) -> Plain:
        """All that leads to the person and all that is told of them. Raises: TryAgain, Broken."""
        language = _language(program, subject)
        own = subject.accounts[0]
        return {
            "program": {"name": program.slug, "business": program.latest.definition.business.name},
            "written_at": _moment(self.clock.now()),
            "language": language,
            "labels": dict(LABELS[language]),
            "profiles": [_profile(each) for each in subject.profiles],
            "known_by": [{"kind": each.kind, "proved_at": _moment(each.proved_at)} for each in subject.identities],
            "accounts": list(subject.accounts),
            "facts": [
                _facts(known)
                for each in subject.accounts
                if (known := known_member(self.ledger, program.slug, each)).revision
            ],
            "cards": [self._card(card) for card in subject.cards],
            "points": [_points(each, program, language) for each in self.statements.of(program, own)],
            "deliveries": [self._delivery(key) for key in subject.deliveries],
        }

    def _card(self, card: Card) -> Plain:
        kept = self.google.state(card.serial) if self.google is not None else None
        texts = {} if card.message is None else {card.message.id: card.message.told(card.language)}
        return {
            "card": card.serial,
            "opened_at": _moment(card.opened_at),
            "changed_at": _moment(card.changed_at),
            "language": card.language,
            "level": card.tier,
            "has_ended": card.is_void,
            "in_google_wallet": kept is not None,
            "devices": [_device(each) for each in self.cards.registrations(card.serial)],
            "messages": [
                {"message": each.message, "at": _moment(each.at), "text": texts.get(each.message, "")}
                for each in card.heard
            ],
        }

    def _delivery(self, key: str) -> Plain:
        kept = self.inbox.read(key)
        if kept is None:  # its thirty days have just ended
            return {}
        return {
            "came_at": _moment(kept.received_at),
            "from": kept.connection,
            "body": kept.body.decode(errors="replace"),
        }


def _language(program: Program, subject: Subject) -> str:
    """The person's own, where the program speaks it and these words exist in it."""
    wished = [*(each.language for each in subject.profiles), *(each.language for each in subject.cards), ""]
    said_in = spoken(program.latest.definition, wished[0])
    return said_in if said_in in LABELS else "en"


def _profile(member: Member) -> Plain:
    return {
        "name": member.name,
        "email": member.email,
        "phone": member.phone,
        "language": member.language,
        "joined_at": _moment(member.joined_at),
        "consents": [
            {
                "purpose": each.purpose,
                "text_sha256": each.text_sha,
                "language": each.language,
                "given_at": _moment(each.given_at),
            }
            for each in member.consents
        ],
    }


def _facts(known: MemberDocument) -> Plain:
    return {
        "account": known.account,
        "birthday": known.birthday.day if known.birthday else None,
        "attributes": {name: _values(values) for name, values in known.attributes.items()},
        "segments": {name: _values(values) for name, values in known.lists.items()},
        "choices": [
            {
                "choice": each.choice,
                "picked": list(each.picked),
                "since": _moment(each.since),
                "until": _end(each.until),
            }
            for each in known.choices
        ],
        "plans": [
            {"plan": each.plan, "fee": each.fee, "since": _moment(each.since), "until": _end(each.until)}
            for each in known.plans
        ],
    }


def _values(values: Sequence[Known]) -> list[Mapping[str, object]]:
    return [{"value": each.value, "since": _moment(each.since)} for each in values]


def _device(held: Registration) -> Plain:
    return {"since": _moment(held.registered_at), "fetched_at": _moment(held.arrived_at)}


def _points(told: Statement, program: Program, language: str) -> Plain:
    return {
        "currency": told.currency,
        "opening": msgspec.structs.asdict(told.opening),
        "rows": [_row(line, told.currency, program, language) for line in told.lines],
        "closing": msgspec.structs.asdict(told.closing),
        "level": told.level,
    }


def _row(line: StatementLine, currency: str, program: Program, language: str) -> Plain:
    why = reason(line.row, program, currency, language)
    return {
        "at": _moment(line.row.posted_at),
        "happened_at": _moment(line.row.at),
        "what": why.what,
        "reason": why.why,
        "order": line.row.name,
        "points": line.row.points,
        "after": msgspec.structs.asdict(line.after),
        "level": line.level,
    }


def _moment(at: Instant | None) -> str | None:
    """In UTC, such as 2026-11-23T10:00:00Z; None for what never was."""
    return datetime.fromtimestamp(at / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _end(at: Instant) -> str | None:
    return None if at >= NEVER else _moment(at)
