"""Vouchers are given out: with a code of our own, or the next one of a pool that was brought along."""

import msgspec

from chalicelib.errors import Broken, Refused
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.counts import counted
from chalicelib.ledger.offer_documents import CountDocument, PoolDocument, VoucherDocument
from chalicelib.programs.choosing import voucher_ends
from chalicelib.programs.program import Version
from chalicelib.programs.vouchers import Voucher
from chalicelib.services.codes import code_of, voucher_reference
from chalicelib.services.ports import Ledger, Vault


class Given(msgspec.Struct, frozen=True):
    """A voucher as it is written, the count of its pool if it has one, and the code that its owner is told."""

    voucher: VoucherDocument
    code: str
    count: CountDocument | None = None


class Giving(msgspec.Struct, frozen=True):
    """Makes vouchers. Nothing is written here: the caller commits them with what they were given for."""

    ledger: Ledger
    vault: Vault

    def given(
        self,
        program: str,
        version: Version,
        kind: Voucher,
        *,
        name: str,
        worth: int,
        account: AccountId | None,
        at: Instant,
        redemption: Reference | None = None,
        before: int = 0,
    ) -> Given:
        """A voucher called `name`, for ever the same one. `before`: vouchers of this pool in the same transaction.

        Raises: Refused("no_codes_left").
        """
        count = None
        if kind.codes == "imported":
            count, voucher, code = self._next(program, kind, before)
        else:
            code = code_of(self.vault, program, name)
            voucher = VoucherDocument(voucher_reference(self.vault, program, code), kind.key)
        opened = msgspec.structs.replace(
            voucher,
            worth=worth,
            left=worth,
            ends=voucher_ends(version.definition, kind, at),
            version=version.sha,
            once=kind.use == "once",
            min_order=kind.min_order,
            account=account,
            redemption=redemption,
            revision=voucher.revision + 1,
            state="open",
        )
        return Given(opened, code, count)

    def _next(self, program: str, kind: Voucher, before: int) -> tuple[CountDocument, VoucherDocument, str]:
        reference = pool_count(kind.key)
        known = self.ledger.document(program, reference)
        if not isinstance(known, CountDocument):
            raise Refused("no_codes_left", voucher=kind.key)
        taken = msgspec.structs.replace(known, used=known.used + before)
        count = counted(taken, reference, known.brought, otherwise="no_codes_left")
        pooled = self.ledger.document(program, pool_place(kind.key, count.used))
        if not isinstance(pooled, PoolDocument):
            raise Broken("pool_has_a_gap", voucher=kind.key, number=count.used)
        code = self.vault.unlock(program, pooled.code)
        voucher = self.ledger.document(program, voucher_reference(self.vault, program, code))
        if not isinstance(voucher, VoucherDocument):
            raise Broken("not_a_voucher", voucher=kind.key, number=count.used)
        return count, voucher, code

    def code(self, program: str, voucher: VoucherDocument, name: str) -> str:
        """The code of a voucher that was given out under `name`, once more."""
        if not voucher.pool:
            return code_of(self.vault, program, name)
        pooled = self.ledger.document(program, pool_place(voucher.key, voucher.pool))
        if not isinstance(pooled, PoolDocument):
            raise Broken("pool_has_a_gap", voucher=voucher.key, number=voucher.pool)
        return self.vault.unlock(program, pooled.code)


def pool_count(kind: str) -> Reference:
    """How many codes a pool was brought, and how many of them are gone."""
    return Reference(f"count/pool/{kind}")


def pool_place(kind: str, number: int) -> Reference:
    """Where the code of that number is kept."""
    return Reference(f"pool/{kind}/{number}")
