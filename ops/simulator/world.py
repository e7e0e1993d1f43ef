"""One house over stores in memory, and everything around it that can be slow, late, twice, or gone."""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.bootstrap.google import GoogleParts
from chalicelib.bootstrap.house import assembled
from chalicelib.config import Settings
from chalicelib.errors import Broken, TryAgain
from chalicelib.events import Instant
from chalicelib.ledger.journal import Entry
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.passes.google.rotating import RotatingCodes
from chalicelib.programs.program import Program, sha_of
from chalicelib.services.ports import (
    Cards,
    Connection,
    Inbox,
    Ledger,
    Mailer,
    Members,
    Programs,
    Pusher,
    Queue,
    Repushes,
    Vault,
    Views,
    Walks,
)
from chalicelib.services.ports.google import GoogleCards, GoogleWallet
from chalicelib.services.ports.programs import Wallet as AppleWallet
from chalicelib.services.ports.totals import Totals
from chalicelib.store.memory.access import MemoryAccess
from chalicelib.store.memory.books import MemoryObjects, MemoryTotals
from chalicelib.store.memory.deliveries import MemoryInbox
from chalicelib.store.memory.google_cards import MemoryGoogleCards
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryViews
from chalicelib.store.memory.walks import MemoryRepushes, MemoryWalks
from chalicelib.store.messages import worked_off
from chalicelib.store.seals import SignedSeals
from ops.simulator.chronicle import Chronicle
from ops.simulator.door import Front
from ops.simulator.faults import Fault
from ops.simulator.google import SimulatedGoogle
from ops.simulator.people import Mailbox, Person, PlainVault
from ops.simulator.phones import PASS_TYPE, TOKEN_KEY, Phones, PlainIssuer
from ops.simulator.ports import Hurt
from ops.simulator.queues import SimulatedQueue
from ops.simulator.rules import PROGRAM, Rules
from ops.simulator.scheduler import Crashed, Died, Ended, Gone, Handler, Returned, Said, Scheduler, Unsettled
from ops.simulator.stores import Journal, People, Published, Wallet
from ops.simulator.stream import SimulatedStream
from ops.simulator.weather import forecast

START: Instant = 1_780_000_000_000
"""28 May 2026."""

SKEW = 5_000
CONNECTIONS = {"shop": "earns", "second-shop": "earns", "payments": "evidence", "reviews": "earns"}
_CUT_OFF = {"hook": 10_000, "phone": 10_000, "person": 10_000, "till": 10_000}
_CUT_OFF_QUEUES = 300_000
_PATIENCE = (1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000)
"""How long who was not answered waits before asking again."""

_DAY = 86_400_000
_MOST_OFTEN = 600_000
_SWEEPS = 100
_LAST_SWEEPS = 2
_LAST_DAYS = 4
_LAST_EVERY = 2 * 3_600_000
"""How often accounts are swept: every ten minutes at most, every day at least."""

_TOO_MANY = 20
_MOST_CRASHES = 4
_STEPS = 6_000_000

_TOLD = {"stage": "simulated", "base_url": "https://cards.example", "apple_pass_type": PASS_TYPE}
SETTINGS = Settings.from_environment(
    {
        f"POINTPASS_{each.name.upper()}": _TOLD.get(each.name, "-")
        for each in msgspec.structs.fields(Settings)
        if each.required
    }
)


class World:
    """Everything there is. Time passes in `run`; then `chronicle` and the stores say what became of it."""

    def __init__(self, seed: int, rules: Rules, people: list[Person], *, calm_from: Instant) -> None:
        self.seed = seed
        self.people = people
        self.scheduler = Scheduler(START, most_steps=_STEPS)
        self.weather = weather = forecast(self.chance("weather"), self.scheduler, calm_from)
        self.chronicle = Chronicle()
        self.rules = rules
        now = self.now
        self.members = People(now)
        self.stream = SimulatedStream(
            self.scheduler,
            self.chance("stream"),
            self.start,
            weather.is_calm,
            lambda what: weather.note("stream", what),
        )
        self.ledger = Journal(self.members, self._written)
        self.cards = Wallet(now)
        self.views = MemoryViews()
        self.walks = MemoryWalks()
        self.programs = Published(now)
        self.deferred = SimulatedQueue("deferred", self.scheduler, self.chance("deferred"), self.start)
        self.pushes = SimulatedQueue("pushes", self.scheduler, self.chance("pushes"), self.start)
        self.sweeps = SimulatedQueue("sweeps", self.scheduler, self.chance("sweeps"), self.start, is_lossy=True)
        self.google_cards = MemoryGoogleCards()
        self.google = SimulatedGoogle(self.scheduler, weather)
        self.phones = Phones(self)
        self.clock = _Clock(self.scheduler)
        self.house = assembled(SETTINGS, self._adapters())
        own = self.house.adapters
        self.front = Front(self.house.hooks.reception, own.programs, own.clock)
        self.deferred.work = lambda event: worked_off(event, self.front.work_off, alarm=own.alarm)
        self.pushes.work = self.house.pushes
        self.sweeps.work = self.house.sweeps
        self.stream.handle = self.house.journal.handle
        self._open(rules)

    def now(self) -> Instant:
        """The true time."""
        return self.scheduler.now

    def chance(self, name: str) -> random.Random:
        """Luck of its own for whatever is called so: it stays the same when other things happen less."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311  # a simulation repeats itself

    @property
    def program(self) -> Program:
        """The program as it truly is."""
        program = self.programs.program(PROGRAM)
        assert program is not None
        return program

    def start(self, name: str, body: Callable[[], Any], ended: Callable[[Ended], None]) -> None:
        """Start a handler in a container of its own. `name`: unique; the part before the first "/" is its kind."""
        rng = self.chance(name)
        skew = 0 if rng.random() < 0.5 else rng.randint(-SKEW, SKEW)
        ends_at = self.now() + _CUT_OFF.get(name.partition("/")[0], _CUT_OFF_QUEUES)

        def begun() -> Any:
            match self.weather.strikes("container.begin", rng):
                case Fault.DIES_BEFORE:
                    self.weather.note("container.begin", Fault.DIES_BEFORE.value)
                    raise Died
                case Fault.THROTTLED:
                    self.weather.note("container.begin", Fault.THROTTLED.value)
                    raise TryAgain("secrets_unavailable")
            return body()

        def noted(outcome: Ended) -> None:
            self._note_what_broke(name, outcome)
            ended(outcome)

        self.scheduler.start(Handler(name, rng, skew, ends_at, begun, noted))

    def ask(
        self, name: str, body: Callable[[], Any], heard: Callable[[Returned | Said], None], *, tries: int | None = None
    ) -> None:
        """Ask until there is an answer, or so many times. TryAgain, death and a lost answer are none."""
        attempt = 0
        luck = self.chance(f"{name}/patience")

        def once() -> None:
            nonlocal attempt
            attempt += 1
            self.start(f"{name}/{attempt}", body, ended)

        def ended(outcome: Ended) -> None:
            is_answer = isinstance(outcome, Returned) or (
                isinstance(outcome, Said) and not isinstance(outcome.error, TryAgain | Broken)
            )
            if is_answer and not self._is_lost(luck):
                heard(cast(Returned | Said, outcome))
            elif attempt < (tries or 10_000) and not (self._is_ours(outcome) and attempt >= _MOST_CRASHES):
                patience = _PATIENCE[min(attempt, len(_PATIENCE)) - 1]
                self.scheduler.at(self.now() + patience // 2 + luck.randrange(patience), once)

        once()

    def run(self, *, until: Instant) -> None:
        """Let everything happen, until nothing is due any more. Accounts are swept from time to time, and at the end.

        until: when the story ends
        """
        every = min(_DAY, max(_MOST_OFTEN, (until - START) // _SWEEPS))
        for number, instant in enumerate(range(START + every, until, every)):
            self.scheduler.at(instant, lambda number=number: self._sweep(f"night/{number}"))  # type: ignore[misc]
        self.scheduler.run()
        for number in range(_LAST_SWEEPS):
            self._sweep(f"night/last/{number}")
            self.scheduler.run()
        # Phones that did not come are told again in the next days, and nights end.
        rest = self.now()
        for number in range(_LAST_DAYS * _DAY // _LAST_EVERY):
            instant = rest + (number + 1) * _LAST_EVERY
            self.scheduler.at(instant, lambda number=number: self._sweep(f"night/after/{number}"))  # type: ignore[misc]
        self.scheduler.run()

    def _sweep(self, name: str) -> None:
        """The schedule: a run of it that dies is made up for by the next one."""
        self.start(name, self.house.look_around, lambda _: None)

    def _is_lost(self, luck: random.Random) -> bool:
        lost = self.weather.strikes("container.answer", luck) is Fault.ANSWER_LOST
        if lost:
            self.weather.note("container.answer", Fault.ANSWER_LOST.value)
        return lost

    def _is_ours(self, outcome: Ended) -> bool:
        return isinstance(outcome, Crashed) or (isinstance(outcome, Said) and isinstance(outcome.error, Broken))

    def _note_what_broke(self, name: str, outcome: Ended) -> None:
        match outcome:
            case Crashed(error):
                where = error.__traceback__
                while where is not None and where.tb_next is not None:
                    where = where.tb_next
                place = f"{where.tb_frame.f_code.co_filename.rpartition('/')[2]}:{where.tb_lineno}" if where else "?"
                self.chronicle.broke.append(f"{name}: {type(error).__name__} at {place}: {error}")
            case Said(Broken() as error) if error.reason != "google_card_not_told":  # Google refused us: an alarm told
                self.chronicle.broke.append(f"{name}: {error}")
            case Gone():
                self.weather.note("handlers", "died")
        if len(self.chronicle.broke) > _TOO_MANY:
            raise Unsettled("too much is broken")

    def _written(self, entry: Entry) -> None:
        row = self.ledger.journal[PROGRAM, entry.account][entry.seq]
        self.stream.written((f"P#{PROGRAM}#A#{entry.account}", f"E#{entry.seq:012d}"), row.line, row.hash)

    def _open(self, rules: Rules) -> None:
        text = rules.text()
        self.chronicle.rules[sha_of(text)] = rules
        self.programs.publish(PROGRAM, sha_of(text), text, published_at=START - 1, effective_at=START - 1)
        for name, role in CONNECTIONS.items():
            self.programs.connect(Connection(PROGRAM, name, "standard", role, ("whsec_simulated",)))

    def _adapters(self) -> Adapters:
        def hurt(port: type, name: str, real: Any, **stale: Any) -> Any:
            return Hurt(port, name, real, self.weather, stale)

        ports = {
            "ledger": hurt(Ledger, "ledger", self.ledger),
            "members": hurt(Members, "members", self.members, identity=self.members.past),
            "cards": hurt(Cards, "cards", self.cards),
            "views": hurt(Views, "views", self.views),
            "programs": hurt(Programs, "programs", self.programs, program=self.programs.past),
            "inbox": hurt(Inbox, "inbox", MemoryInbox()),
            "deferred": hurt(Queue, "deferred", self.deferred),
            "pushes": hurt(Queue, "pushes", self.pushes),
            "sweeps": hurt(Queue, "sweeps", self.sweeps),
            "vault": hurt(Vault, "vault", PlainVault()),
            "mailer": hurt(Mailer, "mailer", Mailbox(self.people)),
            "pusher": hurt(Pusher, "pusher", self.phones),
            "totals": hurt(Totals, "totals", MemoryTotals()),
            "walks": hurt(Walks, "walks", self.walks),
            "repushes": hurt(Repushes, "repushes", MemoryRepushes()),
        }
        google = GoogleParts(
            hurt(GoogleCards, "google", self.google_cards),
            hurt(GoogleWallet, "wallet", self.google),
            cast(Any, None),  # Google's messages come in without its signatures
            RotatingCodes(TOKEN_KEY),
            cast(Any, None),
        )
        return Adapters(
            access=MemoryAccess(),
            **ports,
            pictures=MemoryPictures(),
            audit=self.ledger,
            issuer=cast(Any, PlainIssuer()),
            tenants=Tenants(
                self.programs, secret=str, shared=AppleWallet("", PASS_TYPE, "", "apple"), clock=self.clock
            ),
            token_key=TOKEN_KEY,
            api=cast(Any, None),
            alarm=_Alarm(self.chronicle),
            clock=self.clock,
            chance=_Chance(self.scheduler),
            seals=SignedSeals(MemoryObjects(), secret=bytes(32)),
            google=google,
        )


@dataclass(slots=True)
class _Clock:
    """ports.Clock of whichever container is running: off by its own skew. To the oracle it tells the truth."""

    scheduler: Scheduler

    def now(self) -> Instant:
        handler = self.scheduler.current
        return self.scheduler.now + (handler.skew if handler else 0)

    def pause(self, most_milliseconds: int) -> None:
        handler = self.scheduler.current
        assert handler is not None
        self.scheduler.wait(handler.rng.randrange(most_milliseconds + 1))

    def wait(self, milliseconds: Instant) -> None:
        assert self.scheduler.current is not None
        self.scheduler.wait(milliseconds)


@dataclass(slots=True)
class _Chance:
    """ports.Chance from the handler's own luck."""

    scheduler: Scheduler

    def token(self) -> str:
        return base64.urlsafe_b64encode(self._luck().randbytes(16)).decode().rstrip("=")

    def digits(self, count: int) -> str:
        return f"{self._luck().randrange(10**count):0{count}d}"

    def _luck(self) -> random.Random:
        assert self.scheduler.current is not None
        return self.scheduler.current.rng


_WALLETS_TROUBLE = ("push_configuration_wrong", "push_given_up", "google_refused", "google_given_up")


@dataclass(slots=True)
class _Alarm:
    """ports.Alarm: somebody looks, so what it tells of is not lost silently."""

    chronicle: Chronicle
    raised: list[str] = field(default_factory=list)

    def raise_(self, name: str, **facts: str | int) -> None:
        self.chronicle.alarms[name] += 1
        if name in _WALLETS_TROUBLE:
            self.chronicle.excused[str(facts["card"])] += 1
        if name in ("message_broken", "entry_not_followed", "listed_order_broken"):
            self.chronicle.broke.append(f"{name}: {facts['why']}")
