"""Cards, phones and Google at rest: each shows a face that the ledger has had since its newest entry."""

import hashlib
from collections.abc import Iterator

import msgspec

from chalicelib.cards.facing import Holder, face_of
from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER, Entry, Snapshot
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Card
from ops.simulator.phones import Phone
from ops.simulator.rules import PROGRAM
from ops.simulator.world import SETTINGS, SKEW, World


class Faces:
    """Looks at everything that shows points. `faces`: what a card may show, by its serial."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._told = world.chronicle

    def violations(self) -> Iterator[str]:
        """Everything that shows what is not true."""
        for serial in self._serials():
            card = self._world.cards.card(serial)
            if card is None:
                yield f"card {serial} was made and is not there"
                continue
            if self._is_unfinished(card):
                continue
            true = self._true(card)
            yield from self._card(card, true)
            yield from self._phones(card, true)
            yield from self._google(card, true)
        for serial in self._world.google.overrun:
            yield f"card {serial}: its owner was to be notified too often"
        yield from self._proved()

    def _serials(self) -> list[str]:
        return sorted({serial for person in self._world.people for _, serial in person.cards if serial})

    def _is_unfinished(self, card: Card) -> bool:
        """Its owner's proof died half-way, was never acknowledged, and nothing has happened since.

        Whatever happens next brings the card up to date; until then its page does, which always looks anew.
        """
        attached_at, newest = self._world.cards.attached_at.get(card.serial), self._newest(card)
        is_news = newest is not None and attached_at is not None and newest.at > attached_at + SKEW
        return attached_at is not None and card.serial not in self._told.proved and not is_news

    def _card(self, card: Card, true: dict[str, bytes]) -> Iterator[str]:
        # A new card, and one whose phone fetched what was not noted yet, has no face; phones are looked at below.
        newest, phones = self._newest(card), self._world.cards.registrations(card.serial)
        is_news = newest is not None and newest.at > card.opened_at + SKEW and not phones
        if card.face not in true and (card.face or is_news):
            yield f"card {card.serial}: the last face that was noted is not of its newest entry"
        if card.trailing_at > self._world.now() + SKEW:
            yield f"card {card.serial}: a trailing push is waiting that nobody will send"

    def _phones(self, card: Card, true: dict[str, bytes]) -> Iterator[str]:
        if self._told.excused[card.serial]:
            return
        for held in self._world.cards.registrations(card.serial):
            phone: Phone | None = self._world.phones.all.get(held.push_token)
            if phone is not None and phone.removed_at is None and phone.shows not in true.values():
                yield f"card {card.serial}: {held.device} was not told of the last change"

    def _google(self, card: Card, true: dict[str, bytes]) -> Iterator[str]:
        state = self._world.google_cards.state(card.serial)
        if state is None or state.is_gone or not state.is_saved or self._told.excused[card.serial]:
            return
        if state.face not in true:
            yield f"card {card.serial}: Google was not told of the last change"
        elif self._world.google.shows.get(card.serial) != state.face:
            yield f"card {card.serial}: Google shows another face than we noted"

    def _proved(self) -> Iterator[str]:
        """Whose proof was acknowledged holds a card of the account that their address leads to, and it is theirs."""
        for serial in self._told.proved:
            card = self._world.cards.card(serial)
            if card is None or self._told.erased:
                continue
            newest = self._world.ledger.newest(PROGRAM, card.account)
            if newest is not None and newest.snap.status == "unclaimed":
                yield f"card {serial}: its owner proved who they are, and its account waits"
            if newest is not None and newest.snap.status == "merged":
                yield f"card {serial}: its owner proved who they are, and it shows an account that has moved"

    def _newest(self, card: Card) -> Entry | None:
        return standing(self._world.ledger, self._world.program, card.account, self._world.now() + SKEW).before

    def _true(self, card: Card) -> dict[str, bytes]:
        """Every face that the card can have had since its newest entry, by digest."""
        world, newest = self._world, self._newest(card)
        begins = newest.at if newest else card.opened_at
        ends = world.now() + SKEW
        instants = {begins, ends, *(at for at in _due(newest.snap if newest else None) if begins < at <= ends)}
        instants |= {version.since for version in world.program.versions if begins < version.since <= ends}
        faces: dict[str, bytes] = {}
        for instant in sorted(instants):
            stand = standing(world.ledger, world.program, card.account, instant)
            page = f"{SETTINGS.base_url}/p/{card.program}"
            holder = Holder(card.barcode, page, card.language, card.is_void, card.message)
            version = world.program.in_force(instant)
            face = msgspec.json.encode(face_of(version.definition, stand.snap, holder, instant, sheet=version.sheet))
            faces[hashlib.sha256(face).hexdigest()[:32]] = face
        return faces


def _due(snap: Snapshot | None) -> Iterator[Instant]:
    """When time does something to an account."""
    if snap is None:
        return
    for purse in snap.purses.values():
        yield from (cell.ends for cell in purse.cells)
        for part in purse.maturing:
            yield from (part.at, part.ends)
        for hold in purse.holds:
            yield from (hold.until, *(cell.ends for cell in hold.cells))
    for cells in snap.metrics.values():
        yield from (cell.ends for cell in cells)
    if snap.tier.lapses is not None and snap.tier.lapses != NEVER:
        yield snap.tier.lapses
