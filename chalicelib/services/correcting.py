"""A version of the rules was wrong: what it priced is priced again by a good one, in the context frozen at the time.

    priced(...)   the documents of the bad version, by account
    plan(...)     what the correction of an account would do; nothing is written
    post(...)     do it: the differences, each document once

A document names the version that priced it, and a correction puts the good one in its place. So whatever was not
reached is found the next time, what was reached is not found again, and later refunds follow the good rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId
from chalicelib.ledger.documents import ActivityDocument, OrderDocument
from chalicelib.ledger.journal import Snapshot
from chalicelib.programs.program import Program, Version
from chalicelib.services.accounts import Accounts
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Audit, Cards, Clock, Ledger, Outcome
from chalicelib.services.reposting import Batch, Priced

_ROUNDS = 12
_LEAST_DIGITS = 6


class Corrected(msgspec.Struct, frozen=True):
    """What a correction does to one account. `before` and `after`: points by currency, those on the way included.

    documents: orders and activities that get the good version      cards: cards that show the account, if it changes
    """

    account: AccountId
    documents: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    level_before: str
    level_after: str
    cards: int

    @property
    def changed(self) -> Mapping[str, int]:
        """Points won or lost, by currency; currencies that stay as they are are not named."""
        named = {**self.before, **self.after}
        differences = {each: self.after.get(each, 0) - self.before.get(each, 0) for each in named}
        return {currency: points for currency, points in differences.items() if points}

    @property
    def is_change(self) -> bool:
        """Does the card say something else afterwards?"""
        return bool(self.changed) or self.level_before != self.level_after


class Corrections(msgspec.Struct, frozen=True):
    """Corrects what a version priced."""

    ledger: Ledger
    audit: Audit
    cards: Cards
    accounts: Accounts
    clock: Clock

    def priced(self, program: Program, bad: Version) -> Mapping[AccountId, Sequence[Priced]]:
        """The documents that `bad` priced, by the account that carries them now. Reads every document once."""
        carriers: dict[AccountId, AccountId] = {}
        found: dict[AccountId, list[Priced]] = defaultdict(list)
        for _, document, _ in self.audit.kept_documents(program.slug):
            if isinstance(document, OrderDocument | ActivityDocument) and _is_priced_by(document, bad):
                assert document.account is not None
                if document.account not in carriers:
                    stand = standing(self.ledger, program, document.account, self.clock.now())
                    carriers[document.account] = stand.account
                found[carriers[document.account]].append(document)
        return found

    def plan(self, program: Program, documents: Sequence[Priced], good: Version) -> Corrected:
        """What the correction of one account's documents would do. Nothing is written. Raises TryAgain, Broken.

        A campaign's budget that several accounts share is counted for each of them as it stands now.
        """
        stand = standing(self.ledger, program, _account(documents), self.clock.now())
        batch = Batch(self.ledger, program, stand)
        for document in documents:
            batch.add(_restamped(document, good), actor="", is_repriced=True)
        return self._told(program, len(documents), stand.snap, batch)

    def post(self, program: Program, documents: Sequence[Priced], good: Version, *, actor: str) -> Corrected:
        """Correct one account's documents; those that somebody corrected meanwhile are left as they are.

        As many as fit are written in one transaction, so that a member's card changes once. Raises TryAgain, Broken.
        """
        before: Snapshot | None = None
        count, left = 0, list(documents)
        for _ in range(_ROUNDS + len(documents)):
            stand = standing(self.ledger, program, _account(documents), self.clock.now())
            before = before or stand.snap
            batch = Batch(self.ledger, program, stand)
            reached = _filled(batch, left, good, actor)
            if not reached:
                return self._told(program, count, before, batch)
            if self._is_written(program, batch):
                count += reached
                left = left[reached:]
            else:
                left = self._again(program, left)
        raise TryAgain("too_many_races", document="correction")

    def _is_written(self, program: Program, batch: Batch) -> bool:
        ends_at = self.accounts.ends_at(program, batch.stand.before)
        outcome = self.ledger.commit(batch.commit(ends_at))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED

    def _again(self, program: Program, documents: Sequence[Priced]) -> list[Priced]:
        """The documents as they are now, without those that have been corrected."""
        stored = [(document, self.ledger.document(program.slug, document.reference)) for document in documents]
        return [
            now
            for was, now in stored
            if isinstance(now, OrderDocument | ActivityDocument) and _version(now) == _version(was)
        ]

    def _told(self, program: Program, count: int, before: Snapshot, batch: Batch) -> Corrected:
        after = batch.stand.snap
        account = batch.stand.account
        told = Corrected(account, count, _worth(before), _worth(after), before.tier.level, after.tier.level, 0)
        if not told.is_change:
            return told
        return msgspec.structs.replace(told, cards=len(self.cards.cards_of(program.slug, account)))


def pair(program: Program, bad: str, good: str) -> tuple[Version, Version]:
    """The versions that are meant. Raises Refused (version_unknown, version_unclear, same_version, other_money)."""
    wrong, right = named(program, bad), named(program, good)
    if wrong == right:
        raise Refused("same_version", version=right.sha[:12])
    if wrong.definition.money != right.definition.money:
        raise Refused("other_money", version=right.sha[:12])
    return wrong, right


def named(program: Program, name: str) -> Version:
    """The version whose name begins like that. Raises Refused (version_unknown, version_unclear)."""
    found = [version for version in program.versions if version.sha.startswith(name)]
    if len(name) < _LEAST_DIGITS or not found:
        raise Refused("version_unknown", version=name[:64])
    if len(found) > 1:
        raise Refused("version_unclear", version=name[:64])
    return found[0]


def _filled(batch: Batch, documents: Iterable[Priced], good: Version, actor: str) -> int:
    """Add as many documents as one transaction holds; how many that are."""
    count = 0
    for document in documents:
        fresh = _restamped(document, good)
        if count and not batch.has_room(fresh):
            break
        batch.add(fresh, actor=actor, is_repriced=True)
        count += 1
    return count


def _is_priced_by(document: Priced, version: Version) -> bool:
    return _version(document) == version.sha and document.account is not None


def _version(document: Priced) -> str:
    return document.pricing.version if document.pricing is not None else ""


def _restamped(document: Priced, good: Version) -> Priced:
    assert document.pricing is not None
    return msgspec.structs.replace(document, pricing=msgspec.structs.replace(document.pricing, version=good.sha))


def _account(documents: Sequence[Priced]) -> AccountId:
    account = documents[0].account
    assert account is not None
    return account


def _worth(snap: Snapshot) -> dict[str, int]:
    return {currency: purse.balance + purse.pending + purse.held for currency, purse in snap.purses.items()}
