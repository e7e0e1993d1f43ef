"""People: who joins, gets mail and holds cards; and the mailbox and the vault that would cost real time."""

import hashlib
from dataclasses import dataclass, field

from chalicelib.events import Customer


@dataclass(slots=True)
class Letter:
    """A mail that proves an address."""

    code: str
    token: str


@dataclass(slots=True)
class Person:
    """Somebody. `customer_id`: at the shop. `cards`: (secret link, serial) of every card they hold, oldest first."""

    name: str
    email: str
    phone: str
    customer_id: str
    cards: list[tuple[str, str]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def named(self, how: str) -> Customer:
        """What a shop says of them: any of the letters e (e-mail), p (phone) and k (the shop's own number)."""
        return Customer(
            key=self.customer_id if "k" in how else None,
            email=self.email if "e" in how else None,
            phone=self.phone if "p" in how else None,
        )


def townsfolk(count: int) -> list[Person]:
    """So many people."""
    return [
        Person(f"person {number}", f"p{number}@example.com", f"+4930{number:07d}", f"shop/{number}")
        for number in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """ports.Mailer that brings letters to the people."""

    people: list[Person]

    def send_proof(self, to: str, *, language: str, business: str, code: str, link: str) -> None:
        """ports.Mailer.send_proof."""
        for person in self.people:
            if person.email == to:
                person.letters.append(Letter(code, link.rpartition("/")[2].partition(".")[2]))

    def send_link(self, to: str, *, language: str, business: str, link: str, is_known: bool) -> None:
        """ports.Mailer.send_link: nobody asks for it here."""

    def send_farewell(self, to: str, *, language: str, business: str, code: str) -> None:
        """ports.Mailer.send_farewell: nobody leaves here."""


class PlainVault:
    """ports.Vault without slowness: the real one has its own tests, and thousands of codes are made here."""

    def index(self, program: str, kind: str, value: str) -> str:
        """ports.Vault.index."""
        return self.digest(f"{program}/{kind}/{value}")

    def digest(self, secret: str) -> str:
        """ports.Vault.digest."""
        return hashlib.sha256(secret.encode()).hexdigest()

    def mark(self, purpose: str, text: str) -> str:
        """ports.Vault.mark: nobody signs in here."""
        return self.digest(f"{purpose}/{text}")

    def code_hash(self, code: str) -> str:
        """ports.Vault.code_hash."""
        return self.digest(f"code/{code}")

    def code_matches(self, code: str, hashed: str) -> bool:
        """ports.Vault.code_matches."""
        return self.code_hash(code) == hashed

    def lock(self, program: str, text: str) -> str:
        """ports.Vault.lock."""
        return f"{program}/{text}"

    def unlock(self, program: str, locked: str) -> str:
        """ports.Vault.unlock."""
        return locked.removeprefix(f"{program}/")
