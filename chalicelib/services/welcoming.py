"""A store's counter: its customers are found by what it knows of them, and join there."""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import Malformed, TryAgain
from chalicelib.events import AccountId, Customer, Instant, Reference
from chalicelib.ledger.journal import Snapshot
from chalicelib.members.identity import spoken
from chalicelib.members.people import Consent, Identity
from chalicelib.programs.program import Program
from chalicelib.services.enrolling import Enrolment, Joining, Mail
from chalicelib.services.journaling import Line, next_entry, opened, standing
from chalicelib.services.ports import Cards, Chance, Clock, Commit, Ledger, Members, Outcome, Vault

_DAY = 86_400_000
_WAITS = 90
"""Days that a new customer's name is remembered at least while nobody has confirmed it."""
_ROUNDS = 5


class Found(msgspec.Struct, frozen=True):
    """A customer's account, settled to now, as it stands behind the id that was asked for.

    is_member: somebody has joined with it; otherwise its points wait
    """

    account: AccountId
    snap: Snapshot
    is_member: bool
    at: Instant


class Welcomed(msgspec.Struct, frozen=True):
    """A customer who is known from now on. `link`: of the new card, "" for one who was known before."""

    found: Found
    link: str = ""
    mail: Mail = "none"


class Welcome(msgspec.Struct, frozen=True):
    """Finds and enrols for a store."""

    ledger: Ledger
    members: Members
    cards: Cards
    enrolment: Enrolment
    vault: Vault
    chance: Chance
    clock: Clock

    def by_id(self, program: Program, account: AccountId) -> Found | None:
        """The account, or the one that carries its points; None when there is none."""
        stand = standing(self.ledger, program, account, self.clock.now())
        has_card = stand.snap.status != "active" and bool(self.cards.cards_of(program.slug, stand.account))
        known = stand.before is not None or has_card
        is_member = stand.snap.status == "active" or has_card
        return Found(stand.account, stand.snap, is_member, stand.at) if known else None

    def by_customer(self, program: Program, customer: Customer) -> Found | None:
        """Whoever the store's customer is, by the first of the names that it gives. Raises: Malformed."""
        known = self._identity(program, customer)
        return None if known is None else self.by_id(program, known.account)

    def enrol(
        self, program: Program, customer: Customer, *, name: str, language: str, consents: Sequence[Consent]
    ) -> Welcomed:
        """The customer's account: the known one, or a new one with a card that a mail confirms.

        The store's word does not prove an address: points wait under it until its owner types the code.
        Raises: Malformed, TryAgain, Refused("joining_paused") for one who is not known.
        """
        for _ in range(_ROUNDS):
            known = self._identity(program, customer)
            if known is not None:
                return Welcomed(self._there(program, known.account))
            program.goes("joining")
            account = AccountId(self.chance.token())
            if self._opened(program, customer, account):
                named = dict(spoken(customer))
                joining = Joining(named.get("email"), named.get("phone"), name, language, tuple(consents), "")
                joined = self.enrolment.join(program, joining)
                return Welcomed(self._there(program, account), joined.link, joined.mail)
        raise TryAgain("too_many_races", document="enrol")

    def _there(self, program: Program, account: AccountId) -> Found:
        stand = standing(self.ledger, program, account, self.clock.now())
        return Found(stand.account, stand.snap, stand.snap.status == "active", stand.at)

    def _identity(self, program: Program, customer: Customer) -> Identity | None:
        named = spoken(customer)
        if not named:
            raise Malformed("nobody_named")
        kind, value = named[0]
        return self.members.identity(program.slug, self.vault.index(program.slug, kind, value), strong=True)

    def _opened(self, program: Program, customer: Customer, account: AccountId) -> bool:
        """The account exists from its first entry on, which moves nothing. False when somebody was faster."""
        kind, value = spoken(customer)[0]
        now = self.clock.now()
        ends_at = now + max(program.latest.definition.guests.keep_days or 0, _WAITS) * _DAY
        line = Line("settled", Reference(f"enrol/{account}"), now, "store", program.in_force(now).sha)
        commit = Commit(
            program.slug,
            entries=(next_entry(opened(account, now), program, line),),
            identities=(Identity(self.vault.index(program.slug, kind, value), kind, account, ends_at=ends_at),),
            ends_at=ends_at,
        )
        return self.ledger.commit(commit) is Outcome.COMMITTED
