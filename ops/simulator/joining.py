"""What people do with their cards: they join, prove their address, and keep cards in wallets."""

from dataclasses import dataclass

from chalicelib.events import Instant
from chalicelib.members.people import Consent
from chalicelib.services.enrolling import Joined, Joining
from chalicelib.services.ports.google import DeletedTold, SavedTold
from ops.simulator.happenings import known_program
from ops.simulator.rules import PROGRAM
from ops.simulator.scheduler import Returned, Said
from ops.simulator.world import World

_DAY = 86_400_000
_FEW = 3
_CONSENTS = (Consent("program", "0" * 64, "en", 0),)
_MARKETING = Consent("marketing", "0" * 64, "en", 0)


@dataclass(frozen=True, slots=True)
class Joins:
    """Somebody fills in the form, with their own address or another's."""

    at: Instant
    name: str
    person: int
    address_of: int
    agrees: bool = False

    def happen(self, world: World) -> None:
        """A few tries; people give up."""
        person, email = world.people[self.person], world.people[self.address_of].email
        consents = (*_CONSENTS, _MARKETING) if self.agrees else _CONSENTS
        joining = Joining(email, None, "", "en", consents, f"203.0.113.{self.person}")

        def join() -> tuple[Joined, str]:
            joined = world.house.enrolment.join(known_program(world), joining)
            card = world.house.enrolment.card(joined.link)
            return joined, card.serial if card else ""

        def heard(answer: Returned | Said) -> None:
            if isinstance(answer, Returned):
                joined, serial = answer.value
                person.cards.append((joined.link, serial))
                world.chronicle.agreed[serial] = self.agrees

        world.ask(f"person/{self.name}", join, heard, tries=_FEW)

    def says(self) -> str:
        """Who joins."""
        return f"person {self.person} joins with the address of person {self.address_of}"


@dataclass(frozen=True, slots=True)
class TypesCode:
    """Somebody types the digits of their last letter on their last card, and asks for another mail when it fails."""

    at: Instant
    name: str
    person: int
    twice: bool = False

    def happen(self, world: World) -> None:
        """Up to three letters; people give up."""
        for time in ("a", "b") if self.twice else ("a",):
            self._try(world, f"person/{self.name}/{time}", _FEW)

    def _try(self, world: World, name: str, tries: int) -> None:
        person = world.people[self.person]
        if not person.cards or not person.letters:
            return
        (link, serial), letter = person.cards[-1], person.letters[-1]
        enrolment = world.house.enrolment

        def prove() -> None:
            card = enrolment.card(link)
            assert card is not None
            enrolment.prove_by_code(known_program(world), card, letter.code)

        def write_again() -> None:
            card = enrolment.card(link)
            assert card is not None
            enrolment.send_proof(known_program(world), card, sender="")

        def heard(answer: Returned | Said) -> None:
            if isinstance(answer, Returned):
                world.chronicle.proved.append(serial)
            elif tries > 1:
                world.ask(f"{name}/mail", write_again, lambda _: self._try(world, f"{name}+", tries - 1), tries=_FEW)

        world.ask(name, prove, heard, tries=_FEW)

    def says(self) -> str:
        """Who types."""
        return f"person {self.person} types the code" + (" twice" if self.twice else "")


@dataclass(frozen=True, slots=True)
class ClicksLink:
    """Somebody opens the link of their last letter: a card of the proved address, where they are."""

    at: Instant
    name: str
    person: int

    def happen(self, world: World) -> None:
        """Once; a link works once."""
        person = world.people[self.person]
        if not person.letters:
            return
        token = person.letters[-1].token
        enrolment = world.house.enrolment

        def click() -> tuple[str, str]:
            link = enrolment.prove_by_link(known_program(world), token, _CONSENTS)
            card = enrolment.card(link)
            return link, card.serial if card else ""

        def heard(answer: Returned | Said) -> None:
            if isinstance(answer, Returned):
                person.cards.append(answer.value)
                world.chronicle.proved.append(answer.value[1])

        world.ask(f"person/{self.name}", click, heard, tries=_FEW)

    def says(self) -> str:
        """Who clicks."""
        return f"person {self.person} opens the link"


@dataclass(frozen=True, slots=True)
class AddsToPhone:
    """Somebody adds their last card to Apple Wallet, or removes a card from there."""

    at: Instant
    name: str
    person: int
    removes: bool = False

    def happen(self, world: World) -> None:
        """On a phone of its own each time."""
        held = {serial for _, serial in world.people[self.person].cards}
        if self.removes:
            phones = [phone for phone in world.phones.all.values() if phone.serial in held and not phone.removed_at]
            for phone in phones[:1]:
                world.phones.remove(phone, self.name)
        elif held:
            world.phones.add(world.people[self.person].cards[-1][1], self.name)

    def says(self) -> str:
        """Who does what."""
        return f"person {self.person} {'removes a card from' if self.removes else 'adds a card to'} a phone"


@dataclass(frozen=True, slots=True)
class SavesToGoogle:
    """Somebody saves their last card to Google Wallet, or deletes it there; Google tells us, sometimes twice."""

    at: Instant
    name: str
    person: int
    deletes: bool = False
    twice: bool = False

    def happen(self, world: World) -> None:
        """Saving asks us first; what became of it Google tells on its own."""
        cards = world.people[self.person].cards
        google = world.house.google
        if not cards or google is None:
            return
        link, serial = cards[-1]
        refresh = google.refresh
        told = (DeletedTold if self.deletes else SavedTold)(PROGRAM, serial, self.name, world.now() + _DAY)

        def save() -> None:
            card = world.house.enrolment.card(link)
            assert card is not None
            refresh.save_link(card)

        def tell(_: Returned | Said) -> None:
            for time in ("a", "b") if self.twice else ("a",):
                world.ask(f"hook/{self.name}/{time}", lambda: refresh.told(told), lambda _: None)

        if self.deletes:
            tell(Returned(None))
        else:
            world.ask(f"person/{self.name}", save, tell, tries=_FEW)

    def says(self) -> str:
        """Who does what."""
        return f"person {self.person} {'deletes a card in' if self.deletes else 'saves a card to'} Google Wallet"
