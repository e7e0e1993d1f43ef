"""Everything that leads from an account to a person: what they are shown who ask, and what goes when they go."""

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from chalicelib.errors import LoyaltyError
from chalicelib.events import AccountId, Customer, Event
from chalicelib.members.identity import spoken
from chalicelib.members.people import Identity, Member
from chalicelib.programs.program import Program
from chalicelib.services.erasing import Erasure
from chalicelib.services.inbox import WHYS
from chalicelib.services.ports import Card, Cards, Delivery, Inbox, Ledger, Members, Vault
from chalicelib.services.together import together


class Subject(msgspec.Struct, frozen=True):
    """A person, as far as anything here leads to one.

    accounts: the one that carries the points first, then those that became one with it
    profiles: what they filled in; everything in it is personal      deliveries: inbox keys of bodies that name them
    """

    accounts: Sequence[AccountId]
    identities: Sequence[Identity]
    cards: Sequence[Card]
    profiles: Sequence[Member]
    deliveries: Sequence[str]

    @property
    def is_known(self) -> bool:
        """Does anything lead to somebody still?"""
        open_cards = [card for card in self.cards if not card.is_void]
        return bool(self.identities or open_cards or self.profiles or self.deliveries)


class Subjects(msgspec.Struct, frozen=True):
    """Finds what is known of a person, and forgets it. Goes through whole tables: for operators alone.

    understand: what a kept delivery tells; raises LoyaltyError where that is not to be known
    """

    ledger: Ledger
    members: Members
    cards: Cards
    inbox: Inbox
    vault: Vault
    erasure: Erasure
    understand: Callable[[Delivery], Sequence[Event]]

    def of(self, program: Program, account: AccountId) -> Subject:
        """The person of an account that carries its own points. Raises: TryAgain."""
        accounts = together(self.ledger, program.slug, account)
        led = [known for known in self.members.identities(program.slug) if known.account in accounts]
        cards = [card for each in accounts for card in self.cards.cards_of(program.slug, each)]
        named = sorted({*(known.member for known in led), *(card.member for card in cards)} - {""})
        found = (self.members.member(program.slug, member) for member in named)
        profiles = [profile for profile in found if profile is not None]
        indexes = {*(known.index for known in led), *(link for known in led for link in known.links)}
        said = [_in_plain(text) for each in profiles for text in (each.email, each.phone) if text]
        return Subject(accounts, led, cards, profiles, list(self._named_in(program, indexes, said)))

    def forget(self, program: Program, subject: Subject) -> None:
        """Forget the person: the journal stays under its random name. Repeating is harmless. Raises: TryAgain."""
        # First: they are found by the person's names alone, which whoever repeats this after a break must find still.
        for key in subject.deliveries:
            self.inbox.remove(key)
        self.erasure.person(program, subject.accounts, subject.identities, [each.id for each in subject.profiles])

    def _named_in(self, program: Program, indexes: set[str], said: Sequence[re.Pattern[bytes]]) -> Iterator[str]:
        """Kept bodies that name the person: by an address in plain, or by whom they are understood to be about."""
        for key in (key for why in WHYS for key in self.inbox.kept(why)):
            delivery = self.inbox.read(key) if key.startswith(f"{program.slug}/") else None
            if delivery is None:
                continue
            if any(text.search(delivery.body) for text in said) or not indexes.isdisjoint(
                self._told(program, delivery)
            ):
                yield key

    def _told(self, program: Program, delivery: Delivery) -> Iterator[str]:
        """The blind index of every name in a delivery; of none where it is not understood."""
        try:
            events = self.understand(delivery)
        except LoyaltyError:
            return
        for event in events:
            customer = getattr(event, "customer", None)
            if isinstance(customer, Customer):
                for kind, value in spoken(customer):
                    yield self.vault.index(program.slug, kind, value)


def _in_plain(text: str) -> re.Pattern[bytes]:
    """An address or a number as a body says it, and not inside of a longer one, which is somebody else's.

    JSON may have a line break before it, as a backslash and a letter.
    """
    before, behind = rb"(?:(?<![\w.+%\x80-\xff-])|(?<=\\[nrt]))", rb"(?![\w\x80-\xff-]|\.\w)"
    return re.compile(before + re.escape(text.encode()) + behind, re.IGNORECASE)
