"""The recorded run: purchases from the webhook to the push, and the phones that fetch, through app.py's handlers."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.ledger.chain import encode
from chalicelib.passes.apple.images import pictures_of
from ops.cost.asking import Asked, ask, front_of
from ops.cost.meter import Meter
from ops.cost.record import PICTURES, Hop, Record
from ops.cost.town import CONNECTION, PROGRAM, SECRET, Phone, Town, clock_event, opened, queue_event, stream_event
from ops.laptop.environment import PASS_TYPE
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender

_HOOK = "/hooks/{program}/{connection}"
_LIST = "/apple/v1/devices/{device}/registrations/{pass_type}"
_PASS = "/apple/v1/passes/{pass_type}/{serial}"  # noqa: S105  # an address
_SCENE = "progress-25"
_QUIET_SECONDS = 600
_BEFORE = 2
"""Purchases of a member that are not counted: the first ones of all make more rows."""

_DAYS = 3
"""From one purchase of a member to the next: long after the last push, and after every look at it."""

_CLOCK = (("find", "on_sweep", 13), ("books", "on_schedule", 0), ("night", "on_night", 0))
"""Hop, handler, and turns that are not counted: the first ones of all look back over days, some hours a turn."""


class NotAlike(Exception):
    """Events of one kind cost different units: an average would hide why."""


def recorded(
    *,
    members: int = 3,
    on_step: Callable[[str], None] = lambda _: None,
    on_pass: Callable[[bytes], None] = lambda _: None,
) -> Record:
    """Every hop's units for one event. on_pass: is handed each fetched pass. Raises EngineMissing, NotAlike."""
    with opened() as town:
        on_step("a container that starts")
        found: dict[str, list[Hop]] = {"container": [_container(town)], PICTURES: [_pictures(town)]}
        run = _Run(town, on_pass)
        on_step("the clock, while nobody buys")
        for name, function, before in _CLOCK:
            found[name] = [run.clock(function, before=before)]
        for number in range(members):
            on_step(f"member {number + 1} of {members}")
            for name, hop in run.member():
                found.setdefault(name, []).append(hop)
    return {name: _one(name, hops) for name, hops in found.items()}


def _one(name: str, hops: list[Hop]) -> Hop:
    """What all of them cost; bytes that hold random text differ by a few, and the most is taken."""
    units = Counter((hop.reads, hop.writes, hop.lines, tuple(sorted(hop.calls.items()))) for hop in hops)
    if len(units) > 1:
        raise NotAlike(f"{name}: {dict(units)}")
    return max(hops, key=lambda hop: (hop.went, hop.came))


def _container(town: Town) -> Hop:
    """All that a fresh container may ask for before it can work: of each function it is a part of this."""
    meter = Meter()
    with meter.running():
        fresh = town.but(program_cache_seconds=3_600)
        own = fresh.house.adapters
        own.programs.connection(PROGRAM, CONNECTION)
        own.vault.digest("")
        own.tenants.named(PASS_TYPE)
        return Hop.of("hooks", meter.take())


def _pictures(town: Town) -> Hop:
    """What a fetch reads besides, where its container has not drawn a card of the program: the look, and one scene."""
    program = town.house.adapters.programs.program(PROGRAM)
    assert program is not None, "the program that was published"
    meter = Meter()
    with meter.running():
        pictures_of(town.but(program_cache_seconds=3_600).house.adapters.pictures, program.latest.sheet, _SCENE)
        return Hop.of("wallets", meter.take())


@dataclass(slots=True)
class _Run:
    """`town`: whose pushes go out at once; `busy`: the same, within the quiet time after a push."""

    town: Town
    on_pass: Callable[[bytes], None]
    meter: Meter = field(default_factory=Meter)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(5_821_093_800_000_003, 1_000_003))

    def clock(self, function: str, *, before: int) -> Hop:
        """One turn of the clock over an empty ledger, after so many."""
        with front_of(self.town.but(program_cache_seconds=0).house) as front, self.meter.running():
            for _ in range(before):
                getattr(front, function)(clock_event(), None)
            self.meter.take()
            getattr(front, function)(clock_event(), None)
            return Hop.of(function, self.meter.take())

    def member(self) -> Iterator[tuple[str, Hop]]:
        """One member's counted purchase, refresh, and purchase within the quiet time."""
        clock = self.town.house.adapters.clock
        shop = Sender(SECRET, "bean-street.myshopify.com", clock=clock.now, new_id=lambda: next(self._ids))
        number = next(self._ids)
        buyer = Buyer(number, f"kim{number}@customers.example", None, "Kim", "Lee")
        phone = self.town.member(buyer)
        with self._counted(self.town) as front:
            tag, modified = "", ""
            for _ in range(_BEFORE):
                self._buy(front, shop, buyer, phone)
                tag, modified = self._fetch(front, phone, tag, modified)[1]
                self.town.clock.milliseconds += _DAYS * 86_400_000
            yield from self._buy(front, shop, buyer, phone)
            yield from self._fetch(front, phone, tag, modified)[0]
        with self._counted(self.town.but(push_quiet_seconds=_QUIET_SECONDS)) as front:
            self._buy(front, shop, buyer, phone)
            self._pushed_later(front, phone)  # after it the container knows its certificates
            (_, _), (_, waiting) = self._buy(front, shop, buyer, phone)
            yield "journal, waiting", waiting
            yield "waiting push", self._pushed_later(front, phone)

    @contextmanager
    def _counted(self, town: Town) -> Iterator[Any]:
        with front_of(town.house) as front, self.meter.running():
            yield front

    def _buy(self, front: Any, shop: Sender, buyer: Buyer, phone: Phone) -> list[tuple[str, Hop]]:
        """A paid order: the webhook's hop, and the journal's."""
        item = Item("House beans, 250 g", 1_450, quantity=2, sku="KEN-250")
        signed = shop.paid(shop.order(buyer, [item]))
        names = {"program": PROGRAM, "connection": CONNECTION}
        self.meter.take()
        answer = ask(front, "POST", _HOOK, names, headers=signed.headers, body=signed.body)
        hook = self._asked("hooks", answer)
        own = self.town.house.adapters
        card = own.cards.card(phone.serial)
        assert card is not None, "the member's card"
        entry = own.ledger.newest(PROGRAM, card.account)
        assert entry is not None, "the entry of the purchase"
        self.meter.take()
        before = len(self.town.push.pushes)
        front.on_journal(stream_event(PROGRAM, card.account, entry.seq, encode(entry), entry.hash), None)
        told = Hop.of("on_journal", self.meter.take(), pushes=len(self.town.push.pushes) - before)
        return [("webhook", hook), ("journal", told)]

    def _fetch(
        self, front: Any, phone: Phone, tag: str, modified: str
    ) -> tuple[list[tuple[str, Hop]], tuple[str, str]]:
        """The phone's two requests, and what it remembers for the next time."""
        names = {"device": phone.device, "pass_type": PASS_TYPE}
        query = f"passesUpdatedSince={tag}" if tag else ""
        listed = ask(front, "GET", _LIST, names, headers={"Accept": "*/*"}, query=query)
        list_hop = self._asked("wallets", listed)
        headers = {"Authorization": phone.authorization, "Accept": "*/*"}
        headers |= {"If-Modified-Since": modified} if modified else {}
        names = {"pass_type": PASS_TYPE, "serial": phone.serial}
        fetched = ask(front, "GET", _PASS, names, headers=headers)
        pass_hop = self._asked("wallets", fetched)
        self.on_pass(fetched.body)
        remembered = json.loads(listed.body)["lastUpdated"], fetched.headers["Last-Modified"]
        return [("list", list_hop), ("pass", pass_hop)], remembered

    def _pushed_later(self, front: Any, phone: Phone) -> Hop:
        """The message that waited, as its queue hands it over; Lambda itself receives and deletes it."""
        before = len(self.town.push.pushes)
        front.on_cards(queue_event({"serial": phone.serial, "attempt": 0}), None)
        tally = self.meter.take()
        tally.calls.update({"sqs.ReceiveMessage": 1, "sqs.DeleteMessageBatch": 1})
        return Hop.of("on_cards", tally, pushes=len(self.town.push.pushes) - before)

    def _asked(self, function: str, answer: Asked) -> Hop:
        if answer.status != 200:
            raise NotAlike(f"{function} answered {answer.status}")
        return Hop.of(function, self.meter.take(), requests=1, came=answer.came, went=answer.went)
