"""Vouchers and gift cards at work: given out, looked at, used, reserved, given back. Each step happens once.

A voucher is one document; a step is one conditional write of it. No points move, so no journal is written.
"""

from collections.abc import Callable, Sequence

import msgspec

from chalicelib.errors import Broken, Refused, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.offer_documents import CountDocument, IssueDocument, PoolDocument, VoucherDocument
from chalicelib.ledger.vouchers import give_back, release, reserve, use
from chalicelib.programs.program import Program
from chalicelib.programs.vouchers import Voucher
from chalicelib.services.codes import voucher_reference
from chalicelib.services.giving_vouchers import Given, Giving, pool_count, pool_place
from chalicelib.services.journaling import is_one
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome, Vault

_ROUNDS = 60
_AT_ONCE = 30
"""Codes in one transaction, which holds a hundred items at most: each is a voucher and a place in the pool."""
LONGEST_CODE = 64


class Issued(msgspec.Struct, frozen=True):
    """A voucher, and the code that its owner is told."""

    voucher: VoucherDocument
    code: str


class Vouchers(msgspec.Struct, frozen=True):
    """Serves tills and staff. All of it raises TryAgain, after which repeating is safe."""

    ledger: Ledger
    giving: Giving
    vault: Vault
    clock: Clock

    def issue(
        self, program: Program, name: str, kind: str, *, worth: int | None = None, account: AccountId | None = None
    ) -> Issued:
        """Give out a voucher or sell a gift card, for no points. A repeat under this name is told the same code.

        worth: in minor units, where the kind does not say it alone
        Raises: Refused (voucher_kind_unknown, not_this_worth, no_codes_left; another_voucher when the name was used).
        """
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, issue_reference(name))
            if known is not None:
                told = self._again(program, known, name, kind, worth)
                if not self._is_theirs(program, told.voucher.account, account):
                    raise Refused("another_voucher", voucher=kind)
                return told
            now = self.clock.now()
            version = program.in_force(now)
            wanted = _kind(program, kind, now)
            amount = wanted.most if worth is None and wanted.least == wanted.most else worth
            if amount is None or not wanted.least <= amount <= wanted.most:
                raise Refused("not_this_worth", least=wanted.least, most=wanted.most)
            given = self.giving.given(program.slug, version, wanted, name=name, worth=amount, account=account, at=now)
            if self._write(program, given, name):
                return Issued(given.voucher, given.code)
        raise TryAgain("too_many_races", voucher=kind)

    def look(self, program: Program, code: str) -> VoucherDocument:
        """A voucher by its code. Raises Refused("voucher_unknown")."""
        return self._known(program, self._reference(program, code))

    def use(self, program: Program, code: str, name: str, amount: int, *, goods: int) -> VoucherDocument:
        """Pay `amount` of a purchase of `goods` with it, under the checkout's name.

        Raises as `ledger.vouchers.use`, and Refused("redeeming_paused") for what was not reserved before.
        """

        def step(known: VoucherDocument) -> VoucherDocument | None:
            after = use(known, name, amount, goods=goods, at=self.clock.now())
            if after is not None and name not in known.reserved:
                program.goes("redeeming")
            return after

        return self._step(program, code, step)

    def reserve(
        self, program: Program, code: str, name: str, amount: int, *, goods: int, until: Instant
    ) -> VoucherDocument:
        """Set `amount` aside for a checkout until `until`. Raises Refused("redeeming_paused"), too."""

        def step(known: VoucherDocument) -> VoucherDocument | None:
            after = reserve(known, name, amount, goods=goods, at=self.clock.now(), until=until)
            if after is not None:
                program.goes("redeeming")
            return after

        return self._step(program, code, step)

    def release(self, program: Program, code: str, name: str) -> VoucherDocument:
        """Let go of what was reserved."""
        return self._step(program, code, lambda known: release(known, name, at=self.clock.now()))

    def give_back(self, program: Program, code: str, name: str, in_all: int) -> VoucherDocument:
        """See to it that `in_all` of what a checkout was paid with is on the voucher again."""
        return self._step(program, code, lambda known: give_back(known, name, in_all))

    def bring(self, program: Program, kind: str, codes: Sequence[str]) -> tuple[int, int]:
        """Put codes of somebody else into the pool of a kind: how many are new, and how many were there before.

        Raises: Refused (voucher_kind_unknown, codes_are_made, not_a_code).
        """
        wanted = _kind(program, kind, self.clock.now())
        if wanted.codes != "imported":
            raise Refused("codes_are_made", voucher=kind)
        for place, code in enumerate(codes, start=1):
            if not 4 <= len(code) <= LONGEST_CODE or not code.isprintable():
                raise Refused("not_a_code", line=place)
        known, new = 0, 0
        for start in range(0, len(codes), _AT_ONCE):
            added = self._bring(program, kind, codes[start : start + _AT_ONCE])
            new += added
            known += len(codes[start : start + _AT_ONCE]) - added
        return new, known

    # --- how

    def _write(self, program: Program, given: Given, name: str) -> bool:
        note = IssueDocument(issue_reference(name), given.voucher.reference, revision=1)
        more = () if given.count is None else (given.count,)
        outcome = self.ledger.commit(Commit(program.slug, documents=(given.voucher, note, *more)))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED

    def _again(self, program: Program, known: object, name: str, kind: str, worth: int | None) -> Issued:
        if not isinstance(known, IssueDocument):
            raise Broken("not_an_issue", name=name)
        voucher = self._known(program, known.voucher)
        if voucher.key != kind or worth not in (None, voucher.worth):
            raise Refused("another_voucher", voucher=voucher.key)
        return Issued(voucher, self.giving.code(program.slug, voucher, name))

    def _is_theirs(self, program: Program, owner: AccountId | None, account: AccountId | None) -> bool:
        if owner is None or account is None:
            return owner == account
        return is_one(self.ledger, program, owner, account, self.clock.now())

    def _step(
        self, program: Program, code: str, step: Callable[[VoucherDocument], VoucherDocument | None]
    ) -> VoucherDocument:
        reference = self._reference(program, code)
        for _ in range(_ROUNDS):
            known = self._known(program, reference)
            after = step(known)
            if after is None:
                return known
            outcome = self.ledger.commit(Commit(program.slug, documents=(after,)))
            if outcome is Outcome.COMMITTED:
                return after
            if outcome is Outcome.CONFLICT:
                self.clock.pause(50)
        raise TryAgain("too_many_races", document=reference)

    def _reference(self, program: Program, code: str) -> Reference:
        return voucher_reference(self.vault, program.slug, code[:LONGEST_CODE])

    def _known(self, program: Program, reference: Reference) -> VoucherDocument:
        known = self.ledger.document(program.slug, reference)
        if not isinstance(known, VoucherDocument) or known.state == "pooled":
            raise Refused("voucher_unknown")
        return known

    def _bring(self, program: Program, kind: str, codes: Sequence[str]) -> int:
        for _ in range(_ROUNDS):
            stored = self.ledger.document(program.slug, pool_count(kind))
            count = stored if isinstance(stored, CountDocument) else CountDocument(pool_count(kind))
            documents: list[VoucherDocument | PoolDocument] = []
            by_reference: dict[Reference, str] = {}
            for code in codes:
                by_reference.setdefault(voucher_reference(self.vault, program.slug, code), code)
            for reference, code in by_reference.items():
                if self.ledger.document(program.slug, reference) is not None:
                    continue
                number = count.brought + len(documents) // 2 + 1
                locked = self.vault.lock(program.slug, code)
                documents.append(PoolDocument(pool_place(kind, number), locked, revision=1))
                documents.append(VoucherDocument(reference, kind, revision=1, state="pooled", pool=number))
            if not documents:
                return 0
            brought = count.brought + len(documents) // 2
            more = msgspec.structs.replace(count, brought=brought, revision=count.revision + 1)
            outcome = self.ledger.commit(Commit(program.slug, documents=(*documents, more)))
            if outcome is Outcome.COMMITTED:
                return len(documents) // 2
        raise TryAgain("too_many_races", voucher=kind)


def issue_reference(name: str) -> Reference:
    """Where it is noted which voucher was given out under a name."""
    return Reference(f"voucher-issue/{name}")


def _kind(program: Program, kind: str, at: Instant) -> Voucher:
    wanted = program.in_force(at).definition.offers.voucher(kind)
    if wanted is None:
        raise Refused("voucher_kind_unknown", voucher=kind[:40])
    return wanted
