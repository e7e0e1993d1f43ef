"""Two members, three phones, bad weather: the real services over stores in memory, beside what time it really is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

from device import Device, HeldPass, Reply
from push_service import PushService
from stand_ins import DAY, HOUR, MINUTE, NOON, SECOND
from whole_house import ANNA, BORIS, PASS_TYPE, SETTINGS, Town, sqs_event, town

from chalicelib.bootstrap.house import assembled
from chalicelib.errors import TryAgain
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.services.answer import Answer
from chalicelib.web.desk import Visit

SKEW = 4_500
"""No clock of a container is further off. Two that differ by ten seconds are noticed before they reach a phone."""


@dataclass
class World:
    """Everything, from a seed.

    `calm`: nothing is lost any more; `rough`: so many times as much is lost as usual.
    `holds`: which phone has whose card.
    """

    seed: int
    issuer: Issuer
    root: Path
    verify_every: int = 25
    calm: bool = False
    rough: int = 1
    holds: Sequence[tuple[int, int]] = ((0, 0), (0, 1), (1, 0), (2, 1))
    now: int = NOON
    queued: list[tuple[int, Mapping[str, str | int]]] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.apns = PushService(lambda: self.now, self.chance, trouble=20, loss=20)
        self.town: Town = town()
        own = self.town.own.replaced(pusher=self.apns, issuer=self.issuer)
        self.town.house = assembled(SETTINGS, own)
        self.links = [self.town.member(buyer) for buyer in (ANNA, BORIS)]
        self.town.follow()
        self.phones = [Device(f"phone{number}", self.ask, self.root, self.verify_every) for number in range(3)]
        self.apns.phones = self.phones
        for phone, link in self.holds:
            self.phones[phone].add(self.download(self.links[link]), self.now)

    # --- the way between phone and server

    def container(self) -> None:
        """Some container is at work: its clock is not quite right."""
        self.town.clock.instant = self.now + self.chance.randint(-SKEW, SKEW)

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Reply | None:
        """One request; it, or its answer, may be lost; the server may be busy."""
        luck = 99 if self.calm else self.chance.randrange(100) // self.rough
        if luck < 10:
            return None
        if luck < 15:
            return 503, {}, b""
        self.container()
        try:
            answer = self.route(method, address, headers, body)
        except TryAgain:
            answer = Answer(503)
        return None if luck < 25 else (answer.status, answer.headers, answer.body)

    def route(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Apple's addresses, as the front door reads them."""
        url = urlsplit(address)
        parts = url.path.removeprefix("/apple/v1/").split("/")
        apple, proof = self.town.house.apple, headers.get("authorization")
        match method, parts:
            case "POST", ["devices", device, "registrations", pass_type, serial]:
                return apple.register(device, pass_type, serial, authorization=proof, body=body)
            case "DELETE", ["devices", device, "registrations", pass_type, serial]:
                return apple.unregister(device, pass_type, serial, authorization=proof)
            case "GET", ["devices", device, "registrations", pass_type]:
                since = parse_qs(url.query).get("passesUpdatedSince", [None])[0]
                return apple.updates(device, pass_type, since=since)
            case "GET" | "HEAD", ["passes", pass_type, serial]:
                since = headers.get("if-modified-since")
                return apple.latest(
                    pass_type, serial, authorization=proof, if_modified_since=since, is_head=method == "HEAD"
                )
            case "POST", ["log"]:
                return apple.log(body)
        raise AssertionError(f"Wallet never asks {method} {address}")

    def download(self, link: str) -> bytes:
        self.container()
        return self.town.house.wallet_file(link, Visit({}, {}, {}, "", "203.0.113.9")).body

    # --- what happens

    def step(self) -> None:
        """Something happens, and time passes."""
        act = self.chance.choices(
            [self.buys, self.follows, self.hurries, self.rotates, self.reinstalls, self.toggles, self.registers_twice],
            [8, 8, 2, 2, 1, 1, 1],
        )[0]
        self.story.append(act.__name__)
        act()
        self.passes_time(self.chance.choice([0, 300, 900, 5 * SECOND, 40 * SECOND, 5 * MINUTE, HOUR]))

    def buys(self) -> None:
        self.container()
        self.town.buys(self.chance.choice((ANNA, BORIS)), self.chance.randrange(100, 5_000))

    def follows(self) -> None:
        self.container()
        self.town.work_off_deferred()
        self.town.follow()
        self.collects()

    def hurries(self) -> None:
        """Two purchases within one second, and phones that ask in between."""
        self.container()
        skew = self.town.clock.instant - self.now
        for wait in (400, 0):
            self.town.clock.instant = self.now + skew
            self.town.buys(ANNA, self.chance.randrange(100, 5_000))
            self.town.follow()
            self.collects()
            self.passes_time(wait)

    def rotates(self) -> None:
        phone = self.chance.choice(self.phones)
        self.apns.forget(phone)
        phone.rotate(self.now)

    def reinstalls(self) -> None:
        """The owner deletes the pass, and adds it again from a page that was loaded some time ago."""
        phone = self.chance.choice(self.phones)
        serial = self.chance.choice(list(phone.passes))
        (link,) = (link for link in self.links if self.town.card(link).serial == serial)
        old = self.download(link)
        phone.remove(serial, self.now)
        self.passes_time(self.chance.choice([300, 5 * SECOND, MINUTE]))
        phone.add(old, self.now)

    def toggles(self) -> None:
        phone = self.chance.choice(self.phones)
        phone.is_automatic = not phone.is_automatic

    def registers_twice(self) -> None:
        phone = self.chance.choice(self.phones)
        for _ in range(2):
            for serial in phone.passes:
                phone._later("register", serial, self.now)
            phone.run(self.now)

    def passes_time(self, milliseconds: int) -> None:
        """Until then, everybody does what is due, in its order."""
        until = self.now + milliseconds
        while (due := self._next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            for phone in self.phones:
                phone.run(self.now)
            ready = [each for each in self.queued if each[0] <= self.now]
            self.queued = [each for each in self.queued if each[0] > self.now]
            for _, message in ready:
                self.container()
                if self.town.house.pushes(sqs_event([message]))["batchItemFailures"]:
                    self.queued.append((self.now + MINUTE, message))
            self.collects()
        self.now = until

    def collects(self) -> None:
        """What the services have queued, each message for its time."""
        self.queued += [(self.now + delay * SECOND, message) for message, delay in self.town.pushes.take()]

    def looks_again(self) -> None:
        """The schedule that finds phones which were told and have not come."""
        self.container()
        self.town.house.repushing.find()
        self.collects()

    def becomes_quiet(self) -> None:
        """Nobody buys, nothing is lost; the schedules run on for some days."""
        self.calm, self.apns.trouble, self.apns.loss = True, 0, 0
        for phone in self.phones:
            phone.is_automatic = True
        self.follows()
        for _ in range(5 * 24):
            self.passes_time(HOUR)
            self.looks_again()
        self.passes_time(HOUR)
        assert self.now > NOON + DAY

    def _next_due(self) -> int | None:
        phones = [due for phone in self.phones if (due := phone.next_due()) is not None]
        return min([*phones, *(due for due, _ in self.queued)], default=None)

    # --- what is to be seen

    def behind(self) -> list[str]:
        """Passes that show something else than their card does now."""
        found = []
        for link in self.links:
            card = self.town.card(link)
            newest = self.issuer.issue(self.town.house.showing.face(card).face, card.serial)
            shown = HeldPass(newest).values
            found += [
                f"{phone.name} shows {phone.passes[card.serial].values['points']} of {shown['points']}"
                for phone in self.phones
                if card.serial in phone.registered and phone.passes[card.serial].values != shown
            ]
        return found

    def unnoted(self) -> int:
        """Registrations of which it is not known that they have the last change."""
        cards = {card.serial: card for card in map(self.town.card, self.links)}
        held = [each for serial in cards for each in self.town.own.cards.registrations(serial)]
        return sum(each.fetched_at < cards[each.serial].changed_at for each in held if each.pass_type == PASS_TYPE)
