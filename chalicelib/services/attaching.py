"""Cards show the account where their owner's points are."""

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId
from chalicelib.programs.program import Program
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Cards, Clock, Ledger

_ROUNDS = 12


class Attaching(msgspec.Struct, frozen=True):
    """Points cards to accounts. Raises TryAgain."""

    ledger: Ledger
    cards: Cards
    clock: Clock

    def attach(
        self, program: Program, serial: str, account: AccountId, *, only_from: AccountId | None = None
    ) -> AccountId:
        """Let a card show an account; which one it shows then.

        The account may be merged or parted at this very moment. Whoever looks after that sees the card either before,
        and takes it along, or not at all: so what the card shows is looked at once more when it is attached.
        only_from: a card that shows another account by now stays there
        """
        for _ in range(_ROUNDS):
            carrier = standing(self.ledger, program, account, self.clock.now()).account
            card = self.cards.card(serial)
            if card is None or (card.account == carrier and carrier == account):
                return carrier
            if only_from is not None and card.account != only_from:
                return card.account
            if card.account == carrier or self.cards.attach(card, carrier):
                only_from, account = None, carrier
        raise TryAgain("too_many_races", document="attach")
