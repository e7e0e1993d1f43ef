"""What must be true when everything has come to rest, whatever went wrong on the way."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.deeds import kept_deeds
from chalicelib.ledger.documents import (
    ActivityDocument,
    AdjustmentDocument,
    Document,
    OrderDocument,
    RedemptionDocument,
    TransferDocument,
)
from chalicelib.ledger.journal import Entry, Snapshot
from chalicelib.members.identity import spoken
from chalicelib.programs.activities import reward
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
        self._parted = parted(self._journals)

    def violations(self) -> Iterator[str]:
        """Everything that is wrong, in plain words."""
        yield from self._told.broke
        for found in self._world.house.verification.verify(self._world.program).violations:
            yield f"promise {found.promise}: {found.account} entry {found.seq}: {found.says}"
        yield from self._orders()
        yield from self._activities()
        yield from self._redemptions()
        yield from self._by_hand()
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
        rules = self._told.rules[document.pricing.version]
        should = true.worth(rules, document.pricing.tier)
        wanted = should if rules.bound else 0
        if sum(cut.wanted for cut in document.cuts) != wanted:
            yield f"{document.reference} should count {wanted} towards its limit: {document.cuts}"
        if posted != should - sum(cut.cut for cut in document.cuts):
            yield f"{document.reference} should be worth {should}, and {posted} was posted, cut: {document.cuts}"

    def _owner(self, document: OrderDocument) -> Iterator[str]:
        """The points are where the customer's name leads."""
        if document.account is None or self._told.erased or document.account in self._parted:
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

    def _by_hand(self) -> Iterator[str]:
        """Adjustments have one entry, transfers one on each side."""
        times = Counter(
            entry.document
            for entries in self._journals.values()
            for entry in entries
            if entry.kind in ("adjusted", "transferred")
        )
        for reference, asked in self._told.by_hand.items():
            document = self._documents.get(reference)
            halves = 2 if reference.startswith("transfer/") else 1
            if times[reference] not in ((halves,) if asked.answer == "done" else (0, halves)):
                yield f"{reference} was acknowledged and is in the journals {times[reference]} times"
            if asked.answer == "refused" and (times[reference] or document is not None):
                yield f"{reference} was refused and is in a journal"
            if isinstance(document, AdjustmentDocument | TransferDocument) and document.points != asked.points:
                yield f"{reference}: {asked.points} were asked for, {document.points} are noted"

    # --- accounts

    def _accounts(self) -> Iterator[str]:
        for account, entries in self._journals.items():
            if entries[-1].snap.status == "merged":
                yield from self._left(account, entries)
            else:
                yield from self._kept(account, entries[-1].snap)
        told, totals = self._by_family()
        for family in sorted({family for family, _ in (told | totals)}):
            for what in ("earned", "used", "transferred"):
                if told[family, what] != totals[family, what]:
                    yield f"{family}: {told[family, what]} were {what}, its totals say {totals[family, what]}"

    def _by_family(self) -> tuple[Counter[tuple[AccountId, str]], Counter[tuple[AccountId, str]]]:
        """What documents say, and what accounts do."""
        told: Counter[tuple[AccountId, str]] = Counter()
        totals: Counter[tuple[AccountId, str]] = Counter()
        for document in self._documents.values():
            match document:
                case OrderDocument() | ActivityDocument():
                    if document.account is not None:
                        told[self._root(document.account), "earned"] += sum(each.points for each in document.posted)
                case RedemptionDocument():
                    told[self._root(document.account), "used"] += document.used - document.returned
                case AdjustmentDocument():
                    told[self._root(document.account), "earned"] += document.points
                case TransferDocument():
                    told[self._family(document.account), "transferred"] -= document.points
                    told[self._family(document.to), "transferred"] += document.points
        for account, entries in self._journals.items():
            purse, root = entries[-1].snap.purse(CURRENCY), self._root(account)
            totals[root, "earned"] += purse.issued - purse.taken_back
            totals[root, "used"] += purse.redeemed
            totals[self._family(account), "transferred"] += purse.transferred
        return told, totals

    def _left(self, account: AccountId, entries: list[Entry]) -> Iterator[str]:
        """Nothing stays in an account that was merged into another, and nothing comes to it."""
        if len(entries) > 1 and entries[-2].snap.status == "merged":
            yield f"{account} was merged and has entries after that"
        purse = entries[-1].snap.purse(CURRENCY)
        if purse.spendable or purse.pending or purse.held or purse.debt:
            yield f"{account} was merged and still holds points"

    def _kept(self, account: AccountId, newest: Snapshot) -> Iterator[str]:
        """Documents of somebody who has joined have no end."""
        if newest.status != "active":
            return
        for (_, reference), kept in self._world.ledger.kept.items():
            document = kept.document
            owners = (getattr(document, "account", None), getattr(document, "to", None))
            if kept.ends_at is not None and any(each and self._root(each) == account for each in owners):
                yield f"{reference} belongs to a member and would be forgotten"

    def _family(self, account: AccountId) -> AccountId:
        """The account that carries it; one for all accounts that were one for a while and were parted."""
        return self._parted.get(account) or self._root(account)

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
                if entry.kind not in ("merged", "unmerged") and (wrong := self._wrongly_expired(entry)):
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
        return 0 if any(ends <= entry.at for ends in self._ends(document)) else ended

    def _ends(self, document: OrderDocument | ActivityDocument) -> Iterator[Instant]:
        """When points of a document end: as it says, or, of a reward that was taken back whole, as its rules say."""
        worths = document.posted
        if isinstance(document, ActivityDocument) and not worths:
            definition = self._world.program.version(document.pricing.version).definition
            deeds = kept_deeds(document)
            worths = reward(definition, document.pricing, document.reference.split("/")[1], deeds).worths
        yield from (worth.lot.ends for worth in worths)

    def _views(self) -> Iterator[str]:
        for account, entries in self._journals.items():
            stands = self._world.views.newest.get((PROGRAM, account))
            if stands != entries[-1]:
                yield f"{account}: its view is not its newest entry"


def parted(journals: Mapping[AccountId, Sequence[Entry]]) -> Mapping[AccountId, AccountId]:
    """One account's name for all of those that were ever one, where some of them were parted again.

    What is whose then is the service's own rule; only what all of them have together can be said plainly.
    """
    families: dict[AccountId, AccountId] = {account: account for account in journals}
    apart: set[AccountId] = set()
    for account, entries in journals.items():
        for entry in entries:
            if entry.kind in ("merged", "unmerged"):
                other = AccountId(entry.document.removeprefix("merge/"))
                joined, gone = families[account], families.get(other, other)
                families = {each: joined if family == gone else family for each, family in families.items()}
                if entry.kind == "unmerged":
                    apart.add(account)
    names = {families[account] for account in apart}
    return {account: family for account, family in families.items() if family in names}
