"""Whoever works at the till gives nothing to themselves: not by hand, not by a level, a voucher or an activity.

Nor by others who give: a household that is joined to theirs, a friend who came with their code.
"""

from collections.abc import Iterable, Sequence

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Customer, Reference
from chalicelib.ledger.people_documents import HouseholdDocument, ReferralCodeDocument
from chalicelib.members.identity import spoken
from chalicelib.programs.program import Program
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Clock, Ledger, Members, Vault
from chalicelib.services.ports.access import Caller


class OwnAccount(msgspec.Struct, frozen=True):
    """Keeps a caller's hands off their own account. Stores' keys have none, and read nothing here."""

    ledger: Ledger
    members: Members
    vault: Vault
    clock: Clock

    def refuse(
        self,
        program: Program,
        caller: Caller,
        accounts: Iterable[str],
        customer: Customer,
        through: Iterable[Reference] = (),
    ) -> None:
        """Raises: Refused("own_account") when what is asked for is about the caller's own account, by any name.

        through: households and codes for friends, whose members it is about, too
        """
        known = self.members.identity(program.slug, caller.own, strong=True) if caller.own else None
        if known is None:
            return
        own = self._carrier(program, known.account)
        named = {self._carrier(program, AccountId(account)) for account in accounts}
        for kind, value in spoken(customer):
            index = self.vault.index(program.slug, kind, value)
            said = self.members.identity(program.slug, index, strong=True)
            if said is not None:
                named.add(self._carrier(program, said.account))
        for reference in through:
            named |= {self._carrier(program, account) for account in self._led_to(program, reference)}
        if own in named:
            raise Refused("own_account")

    def _led_to(self, program: Program, reference: Reference) -> Sequence[AccountId]:
        match self.ledger.document(program.slug, reference):
            case HouseholdDocument(accounts=accounts):
                return accounts
            case ReferralCodeDocument(account=account):
                return (account,)
        return ()

    def _carrier(self, program: Program, account: AccountId) -> AccountId:
        return standing(self.ledger, program, account, self.clock.now()).account
