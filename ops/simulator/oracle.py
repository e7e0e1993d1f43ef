"""What must be true when everything has come to rest, whatever went wrong on the way."""

from collections import Counter
from collections.abc import Iterator

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import ActivityDocument, Document, OrderDocument, RedemptionDocument
from chalicelib.ledger.journal import Entry, Snapshot
from chalicelib.members.identity import spoken
from ops.simulator.chronicle import Asked
from ops.simulator.model import Truth, truth
from ops.simulator.rules import CURRENCY, PROGRAM
from ops.simulator.world import World


class Oracle:
    """Looks at a world that has come to rest."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._told = world.chronicle
        self._documents: dict[Reference, Document] = {
            document.reference: document for document in world.ledger.documents(PROGRAM)
        }
        self._journals: dict[AccountId, list[Entry]] = {
            account: list(world.ledger.entries(PROGRAM, account, newest_first=False, limit=None))
            for account in world.ledger.accounts(PROGRAM)
        }

    def violations(self) -> Iterator[str]:
        """Everything that is wrong, in plain words."""
        yield from self._told.broke
        for found in self._world.house.verification.verify(self._world.program).violations:
            yield f"promise {found.promise}: {found.account} entry {found.seq}: {found.says}"
        yield from self._orders()
        yield from self._activities()
        yield from self._redemptions()
        yield from self._accounts()
        yield from self._expiries()
        yield from self._views()
        if tampered := self._told.alarms["journal_tampered"]:
            yield f"{tampered} alarms say that the journal was changed"

    # --- orders

    def _orders(self) -> Iterator[str]:
        for reference, told in self._told.orders.items():
            document = self._documents.get(reference)
            if not isinstance(document, OrderDocument):
                yield f"{reference} was acknowledged and is not known"
                continue
            true = truth(reference, told, self._told.payments)
            yield from self._facts(document, true)
            yield from self._worth(document, true)
            yield from self._owner(document)

    def _facts(self, document: OrderDocument, true: Truth) -> Iterator[str]:
        if document.facts != true.facts:
            yield f"{document.reference}: acknowledged facts are not in its document"
        if dict(document.refunds) != true.refunds or dict(document.evidence) != true.evidence:
            yield f"{document.reference}: acknowledged refunds are not in its document"

    def _worth(self, document: OrderDocument, true: Truth) -> Iterator[str]:
        posted = sum(worth.points for worth in document.posted)
        if document.pricing is None:
            keeps_guests = self._world.rules.guests != "ignore"
            if true.earns and true.is_named and keeps_guests:
                yield f"{document.reference} earns and was never posted ({document.state}: {document.reason})"
            if posted:
                yield f"{document.reference} has {posted} points and no price"
            return
        version = self._world.program.in_force(document.pricing.occurred_at)
        if document.pricing.version != version.sha:
            yield f"{document.reference} is priced by a version that was not in force"
        should = true.worth(self._told.rules[document.pricing.version], document.pricing.tier)
        if posted != should:
            yield f"{document.reference} should be worth {should}, and {posted} was posted"

    def _owner(self, document: OrderDocument) -> Iterator[str]:
        """The points are where the customer's name leads."""
        if document.account is None or self._told.erased:
            return
        told = self._told.orders[document.reference]
        named = next((spoken(each.customer) for each in told if each.order and spoken(each.customer)), [])
        for kind, value in named[:1]:
            index = self._world.house.adapters.vault.index(PROGRAM, kind, value)
            known = self._world.members.identity(PROGRAM, index, strong=True)
            if known is None:
                yield f"{document.reference}: its customer is not known"
            elif self._root(known.account) != self._root(document.account):
                yield f"{document.reference}: its points are not where its customer's {kind} leads"

    # --- activities and redemptions

    def _activities(self) -> Iterator[str]:
        counted: Counter[tuple[str, AccountId]] = Counter()
        for document in self._documents.values():
            if isinstance(document, ActivityDocument):
                _, kind, _, thing = document.reference.split("/")
                counted[f"{kind}/{thing}", document.account] += 1
        for (what, account), times in counted.items():
            if times > 1:
                yield f"{what} of {account} counts {times} times"
        known = {what for what, _ in counted}
        if self._world.rules.guests == "ignore":
            return
        for told in self._told.activities:
            if told.type == "review.created" and f"{told.type}/{told.object}" not in known:
                yield f"{told.type} of {told.object} was acknowledged and is not known"

    def _redemptions(self) -> Iterator[str]:
        times: Counter[Reference] = Counter()
        for entries in self._journals.values():
            times.update(entry.document for entry in entries if entry.kind == "redeemed")
        for reference, asked in self._told.redemptions.items():
            document = self._documents.get(reference)
            resolved = set(self._told.resolved.get(reference, ()))
            is_used = asked.answer == "done" or any(resolved)
            if is_used and times[reference] != 1:
                yield f"{reference} was acknowledged and is in the journal {times[reference]} times"
            elif asked.answer == "refused" and (times[reference] or document is not None):
                yield f"{reference} was refused and is in the journal"
            elif asked.answer == "somebody else's" and not self._told.erased:
                yield f"{reference} was called somebody else's, though nobody was forgotten and came back"
            elif times[reference] > 1 or (resolved == {0} and times[reference]):
                yield f"{reference} is in the journal {times[reference]} times"
            if len(resolved) > 1:
                yield f"{reference} was resolved in several ways: {sorted(resolved)}"
            if isinstance(document, RedemptionDocument):
                yield from self._redemption(document, asked, next(iter(resolved), None))

    def _redemption(self, document: RedemptionDocument, asked: Asked, resolved: int | None) -> Iterator[str]:
        if document.points != asked.points:
            yield f"{document.reference}: {asked.points} were asked for, {document.points} are noted"
        if resolved is not None and document.used != resolved:
            yield f"{document.reference}: {resolved} were captured, {document.used} are noted"
        returned = self._told.returned.get(document.reference, 0)
        if document.returned != returned:
            yield f"{document.reference}: {returned} came back, {document.returned} are noted"

    # --- accounts

    def _accounts(self) -> Iterator[str]:
        earned: Counter[AccountId] = Counter()
        used: Counter[AccountId] = Counter()
        for document in self._documents.values():
            match document:
                case OrderDocument() | ActivityDocument():
                    if document.account is not None:
                        earned[self._root(document.account)] += sum(worth.points for worth in document.posted)
                case RedemptionDocument():
                    used[self._root(document.account)] += document.used - document.returned
        for account, entries in self._journals.items():
            newest = entries[-1].snap
            if newest.status == "merged":
                yield from self._left(account, entries)
                continue
            purse = newest.purse(CURRENCY)
            if purse.issued - purse.taken_back != earned[account]:
                is_worth = purse.issued - purse.taken_back
                yield f"{account}: its documents are worth {earned[account]}, its totals say {is_worth}"
            if purse.redeemed != used[account]:
                yield f"{account}: {used[account]} were used, its totals say {purse.redeemed}"
            yield from self._kept(account, newest)

    def _left(self, account: AccountId, entries: list[Entry]) -> Iterator[str]:
        """Nothing stays in an account that was merged into another, and nothing comes to it."""
        merged = next(place for place, entry in enumerate(entries) if entry.snap.status == "merged")
        if len(entries) > merged + 1:
            yield f"{account} was merged and has entries after that"
        purse = entries[-1].snap.purse(CURRENCY)
        if purse.spendable or purse.pending or purse.held or purse.debt:
            yield f"{account} was merged and still holds points"

    def _kept(self, account: AccountId, newest: Snapshot) -> Iterator[str]:
        """Documents of somebody who has joined have no end."""
        if newest.status != "active":
            return
        for (_, reference), kept in self._world.ledger.kept.items():
            owner = getattr(kept.document, "account", None)
            if owner is not None and kept.ends_at is not None and self._root(owner) == account:
                yield f"{reference} belongs to a member and would be forgotten"

    def _root(self, account: AccountId) -> AccountId:
        for _ in range(len(self._journals) + 1):
            entries = self._journals.get(account)
            if not entries or entries[-1].snap.merged_to is None:
                return account
            account = entries[-1].snap.merged_to
        return account

    def _expiries(self) -> Iterator[str]:
        """Points expire at the end of their lot and never otherwise: a debt that is not noted would hide there."""
        for account, entries in self._journals.items():
            for entry in entries:
                if entry.kind != "merged" and (wrong := self._wrongly_expired(entry)):
                    yield f"{account} entry {entry.seq}: {wrong} points expired without reason"

    def _wrongly_expired(self, entry: Entry) -> int:
        ended = sum(
            leg.points
            for leg in entry.legs
            if leg.place == "expired" or (leg.place == "cell" and leg.points < 0 and (leg.ends or 0) <= entry.at)
        )
        document = self._documents.get(entry.document)
        if not ended or not isinstance(document, OrderDocument | ActivityDocument):
            return ended
        lots = [worth.lot for worth in document.posted]
        return 0 if any(lot.ends <= entry.at for lot in lots) else ended

    def _views(self) -> Iterator[str]:
        for account, entries in self._journals.items():
            stands = self._world.views.newest.get((PROGRAM, account))
            if stands != entries[-1]:
                yield f"{account}: its view is not its newest entry"
