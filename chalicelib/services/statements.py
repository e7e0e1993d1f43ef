"""A member's statement, found by whatever somebody at a counter has: an address, a number, a card's link."""

from collections.abc import Sequence

import msgspec

from chalicelib.cards.statement import Statement, statement
from chalicelib.errors import Refused
from chalicelib.events import AccountId, Instant
from chalicelib.members import identity
from chalicelib.programs.program import Program
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Cards, Clock, Ledger, Members, Vault


class Statements(msgspec.Struct, frozen=True):
    """Reads whole journals: for people who ask, never on the way of an event."""

    ledger: Ledger
    members: Members
    cards: Cards
    vault: Vault
    clock: Clock

    def account(self, program: Program, named: str) -> AccountId:
        """The account of an e-mail address, a phone number, a card's link or its secret, or an account's own id.

        A merged account leads to the one that carries its points. Raises: Refused("nobody_is_called_so").
        """
        found = self._by_identity(program, named) or self._by_card(program, named) or AccountId(named)
        stand = standing(self.ledger, program, found, self.clock.now())
        if stand.before is None:
            raise Refused("nobody_is_called_so")
        return stand.account

    def of(
        self, program: Program, account: AccountId, *, since: Instant = 0, until: Instant | None = None
    ) -> Sequence[Statement]:
        """A statement for each currency that the account has ever held, at least for the first one. Raises: Broken."""
        entries = self.ledger.entries(program.slug, account, newest_first=False, limit=None)
        held = entries[-1].snap.purses
        known = [currency.key for currency in program.latest.definition.currencies if currency.key in held]
        currencies = known + sorted(set(held) - set(known)) or [program.latest.definition.main.key]
        now = self.clock.now()
        return [statement(entries, program, each, now=now, since=since, until=until) for each in currencies]

    def _by_identity(self, program: Program, named: str) -> AccountId | None:
        for kind, value in (("email", identity.email(named)), ("phone", identity.phone(named))):
            if value is not None:
                known = self.members.identity(program.slug, self.vault.index(program.slug, kind, value), strong=True)
                return known.account if known else None
        return None

    def _by_card(self, program: Program, named: str) -> AccountId | None:
        secret = named.partition("?")[0].rstrip("/").rpartition("/")[2]
        card = self.cards.card_by_link(self.vault.digest(secret))
        return card.account if card is not None and card.program == program.slug else None
