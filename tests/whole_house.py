"""The whole house over stores in memory, or over the engine, with a shop that signs and a phone that listens."""

import functools
import itertools
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from stand_ins import DAY, NOON, HandClock, Outbox, RememberingAlarm, RememberingPusher, SeededChance, Silence, Wrapped

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import Settings
from chalicelib.events import AccountId
from chalicelib.ledger.chain import encode
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.journal import Entry
from chalicelib.members.people import Identity
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.programs.program import Program, sha_of
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Card, Connection, Programs, Registration, Wallet
from chalicelib.services.waiting import Waiting
from chalicelib.store.access import DynamoAccess
from chalicelib.store.audit import DynamoAudit
from chalicelib.store.cards import DynamoCards
from chalicelib.store.connection import Patience
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.memory.access import MemoryAccess
from chalicelib.store.memory.books import MemoryObjects, MemoryTotals
from chalicelib.store.memory.cards import MemoryCards
from chalicelib.store.memory.deliveries import MemoryInbox, MemoryQueue
from chalicelib.store.memory.ledger import MemoryLedger
from chalicelib.store.memory.members import MemoryMembers
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms, MemoryViews
from chalicelib.store.memory.walks import MemoryRepushes, MemoryWalks
from chalicelib.store.passwords import ArgonPasswords
from chalicelib.store.repushes import DynamoRepushes
from chalicelib.store.seals import SignedSeals
from chalicelib.store.staff import DynamoStaff
from chalicelib.store.vault import Vault
from chalicelib.store.views import DynamoViews
from chalicelib.store.walks import DynamoWalks
from chalicelib.web.answer import Answer as Page
from chalicelib.web.desk import Visit
from ops.laptop.authority import ensure
from ops.laptop.engine import Engine
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender, Signed

PROGRAM = "bean-street"
DEFINITION = (Path(__file__).parent.parent / "programs" / "bean-street.yaml").read_text()
LIVE = DEFINITION.replace("mode: test", "mode: live")
NO_GUESTS = DEFINITION.replace("guests: {keep: 90 days}", "guests: ignore")
BASE_URL = "https://cards.example"
SECRET = "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"
SHOP = "bean-street.myshopify.com"
PASS_TYPE, TEAM, TOKEN_KEY = "pass.example.beanstreet", "TEAM123456", b"0123456789abcdef0123456789abcdef"
MASTER = bytes(range(32))
REGION = "eu-central-1"

ANNA = Buyer(6_940_095_564_018_872, "anna.ozola@example.com", "+37120000001", "Anna", "Ozola")
BORIS = Buyer(7_000_000_000_000_001, "boris.kalnins@example.com", None, "Boris", "Kalnins")
BEANS = Item("Kenya AA, 250 g", 1450, quantity=2, sku="KEN-250")

SETTINGS = Settings(
    stage="test",
    base_url=BASE_URL,
    inbox_bucket="inbox",
    deferred_queue_url="https://queues.example/deferred",
    cards_queue_url="https://queues.example/cards",
    sweeps_queue_url="https://queues.example/sweeps",
    seals_bucket="seals",
    vault_secret="vault",
    apple_secret="apple",
    apple_pass_type=PASS_TYPE,
    apple_team=TEAM,
    smtp_url="smtp://mail.example:587",
    mail_from="cards@bean-street.example",
)

PICTURES = MemoryPictures()  # kept by content: all towns may share them

_numbers = itertools.count(1)


@functools.cache
def _papers() -> tuple[str, HandClock]:
    """Throw-away papers as they lie in a secret, made once a run, and a time at which they are good."""
    with tempfile.TemporaryDirectory() as folder:
        papers = ensure(Path(folder), pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee GmbH")
        made = int(papers.certificate.stat().st_mtime * 1000)
        pems = {name: getattr(papers, name).read_text() for name in ("certificate", "key", "intermediate")}
    return json.dumps(pems), HandClock(made)


def tenants_of(programs: Programs) -> Tenants:
    """Everybody signs with the throw-away papers."""
    secret, clock = _papers()
    return Tenants(programs, secret=lambda _: secret, shared=Wallet("", PASS_TYPE, TEAM, "apple"), clock=clock)


def issuer(tenants: Tenants) -> Issuer:
    """The town's, at a time at which its papers are good."""
    url = f"{BASE_URL}/apple"
    return Issuer(tenants, pictures=PICTURES, clock=_papers()[1], web_service_url=url, token_key=TOKEN_KEY)


@dataclass
class Town:
    """One house, its shop, and everybody around it."""

    house: House
    clock: HandClock
    mail: Outbox
    pusher: RememberingPusher
    alarm: RememberingAlarm
    shop: Sender
    deferred: MemoryQueue
    pushes: MemoryQueue
    sweeps: MemoryQueue
    followed: dict[AccountId, int] = field(default_factory=dict)

    @property
    def own(self) -> Adapters:
        return self.house.adapters

    @property
    def program(self) -> Program:
        program = self.own.programs.program(PROGRAM)
        assert program is not None
        return program

    # the shop's side

    def deliver(self, signed: Signed, *, program: str = PROGRAM, connection: str = "shop", **headers: str) -> Answer:
        """What the front door answers. `headers` replace or, as "", remove signed ones (underscores for hyphens)."""
        over = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        kept = {name: value for name, value in signed.headers.items() if name.lower() not in over}
        told = kept | {name: value for name, value in over.items() if value}
        return self.house.hooks.answer(program, connection, headers=told, body=signed.body, source="203.0.113.9")

    def buys(self, buyer: Buyer, price: int, **more: Any) -> Any:
        """A paid order of one thing, delivered to us; the shop's order."""
        order = self.shop.order(buyer, [Item("Beans", price)], **more)
        answer = self.deliver(self.shop.paid(order))
        assert answer.status == 200
        return order

    def document(self, order: Any) -> OrderDocument:
        stored = self.own.ledger.document(PROGRAM, f"order/shopify/{order.id}")  # type: ignore[arg-type]
        assert isinstance(stored, OrderDocument)
        return stored

    def work_off_deferred(self) -> dict[str, Any]:
        """What the queue's handler answers to all that waits."""
        return self.house.deferred(sqs_event([message for message, _ in self.deferred.take()]))

    def work_off_sweeps(self) -> int:
        """Find what is due and sweep it, and all that this queues, each message in its time; how many messages."""
        count = 0
        self.house.sweeper.find()
        began = self.clock.now()
        waiting = [(delay, place, message) for place, (message, delay) in enumerate(self.sweeps.take())]
        while waiting:
            delay, _, message = min(waiting, key=lambda each: each[:2])
            waiting.remove((delay, _, message))
            self.clock.instant = max(self.clock.instant, began + delay * 1_000)
            assert self.house.sweeps(sqs_event([message])) == {"batchItemFailures": []}
            count += 1
            waiting += [(delay + more, count + place, each) for place, (each, more) in enumerate(self.sweeps.take())]
        return count

    # the ledger's side

    def identity(self, buyer: Buyer, kind: str = "email") -> Identity | None:
        value = {"email": buyer.email, "phone": buyer.phone, "customer": f"shopify/{buyer.id}"}[kind]
        assert value is not None
        return self.own.members.identity(PROGRAM, self.own.vault.index(PROGRAM, kind, value), strong=True)

    def account(self, buyer: Buyer, kind: str = "email") -> AccountId:
        known = self.identity(buyer, kind)
        assert known is not None
        return known.account

    def newest(self, account: AccountId) -> Entry:
        entry = self.own.ledger.newest(PROGRAM, account)
        assert entry is not None
        return entry

    def stored_balance(self, buyer: Buyer, kind: str = "email") -> int:
        """What the newest entry says; 0 without one."""
        entry = self.own.ledger.newest(PROGRAM, self.account(buyer, kind))
        return entry.snap.purse("beans").balance if entry else 0

    def entries(self, account: AccountId) -> Sequence[Entry]:
        return self.own.ledger.entries(PROGRAM, account, newest_first=False, limit=None)

    def waiting(self) -> dict[str, tuple[int, int]]:
        rows: Sequence[Waiting] = self.house.unclaimed.count(self.program)
        return {row.kind: (row.identities, row.points) for row in rows}

    def violations(self) -> list[str]:
        found = self.house.verification.verify(self.program)
        return [f"{violation.promise}: {violation.says}" for violation in found.violations]

    def follow(self) -> list[dict[str, Any]]:
        """Hand every entry that was not followed yet to the stream's handler; its answers."""
        answers = []
        for account in self.own.audit.accounts(PROGRAM):
            for entry in self.entries(account):
                if entry.seq > self.followed.get(account, 0):
                    answers.append(self.house.journal.handle(stream_event(inserted(entry))))
                    self.followed[account] = entry.seq
        return answers

    # the people's side

    def join(self, email: str, *, sender: str = "203.0.113.7", language: str = "en", **fields: str) -> str:
        """Fill in the form; the new card's secret link."""
        answer = self.joined(email, sender=sender, language=language, **fields)
        assert answer.status == 303, answer.body.decode()
        return link_of(answer)

    def joined(self, email: str, *, sender: str = "203.0.113.7", language: str = "en", **fields: str) -> Page:
        form = {"email": email, "name": "", "language": language, "consent": "yes", **fields}
        visit = Visit(accept_language=language, body=urlencode(form).encode(), sender=sender)
        return self.house.desk.join(PROGRAM, visit)

    def page(self, link: str, **visit: Any) -> Page:
        return self.house.desk.card(link, Visit(**{"accept_language": "en", **visit}))

    def facts(self, link: str) -> dict[str, Any]:
        """The card's JSON."""
        told: dict[str, Any] = json.loads(self.page(link, accept="application/json").body)
        return told

    def types_code(self, link: str, code: str) -> Page:
        return self.house.desk.code(link, Visit(accept_language="en", body=urlencode({"code": code}).encode()))

    def clicks(self, token: str) -> Page:
        """Press the button behind the mail's link."""
        return self.house.desk.open_link(token, Visit(accept_language="en"))

    def replaces(self, link: str, key: str = "k" * 22) -> Page:
        """Press the button that gives the card another link and code."""
        body = urlencode({"key": key}).encode()
        return self.house.card_desk.replace(link, Visit(accept_language="en", body=body))

    def leaves(self, link: str, *, code: str = "", do: str = "leave") -> Page:
        """Press a button of the page on which one leaves."""
        body = urlencode({"do": do, "code": code}).encode()
        return self.house.card_desk.leave(link, Visit(accept_language="en", body=body, sender="203.0.113.7"))

    def asks_for_card(self, email: str, *, sender: str = "203.0.113.7") -> Page:
        """Fill in the form of somebody who has a card already."""
        body = urlencode({"email": email}).encode()
        return self.house.desk.send(PROGRAM, Visit(accept_language="en", body=body, sender=sender))

    def asks_again(self, link: str, *, sender: str = "203.0.113.7") -> Page:
        return self.house.desk.mail(link, Visit(accept_language="en", sender=sender))

    def member(self, buyer: Buyer) -> str:
        """Somebody who joined and proved their address; the card's link."""
        assert buyer.email is not None
        link = self.join(buyer.email)
        assert self.types_code(link, self.mail.letters[-1].code).status == 303
        return link

    def card(self, link: str) -> Card:
        card = self.house.enrolment.card(link)
        assert card is not None
        return card

    def adds_to_wallet(self, link: str, device: str = "phone-1") -> Registration:
        registration = Registration(device, self.card(link).serial, PASS_TYPE, f"token-{device}", self.clock.now())
        self.own.cards.register(registration)
        return registration


def town(
    definition: str = DEFINITION,
    *,
    around: Mapping[str, Any] | None = None,
    settings: Settings = SETTINGS,
    seed: int = 1,
) -> Town:
    """A house over stores in memory. `around`: by port, what every call of it goes through (see Wrapped)."""
    members = MemoryMembers()
    ledger = MemoryLedger(members)
    stores: dict[str, Any] = {
        "access": MemoryAccess(),
        "ledger": ledger,
        "audit": ledger,
        "members": members,
        "cards": MemoryCards(),
        "views": MemoryViews(),
        "walks": MemoryWalks(),
        "repushes": MemoryRepushes(),
    }
    return _built(stores | {"staff": stores["access"]}, definition, around=around or {}, settings=settings, seed=seed)


def town_on(engine: Engine, definition: str = DEFINITION) -> Town:
    """The same house with ledger, members, cards and views on the real engine."""
    # Fifty threads on two cores answer slowly: patience is not what these tests are about.
    patience = Patience(connect_seconds=10, read_seconds=30, attempts=1)
    tables = Dynamo(f"pointpass-house{next(_numbers)}", region=REGION, endpoint=engine.url, patience=patience)
    tables.create_tables()
    stores = {
        "ledger": DynamoLedger(tables),
        "access": DynamoAccess(tables),
        "staff": DynamoStaff(tables),
        "audit": DynamoAudit(tables),
        "members": DynamoMembers(tables, posting=tables, vault=Vault(MASTER)),
        "cards": DynamoCards(tables),
        "views": DynamoViews(tables),
        "walks": DynamoWalks(tables),
        "repushes": DynamoRepushes(tables),
    }
    return _built(stores, definition, around={}, settings=SETTINGS, seed=1)


def _built(
    stores: Mapping[str, Any], definition: str, *, around: Mapping[str, Any], settings: Settings, seed: int
) -> Town:
    clock, mail, pusher, alarm = HandClock(NOON - DAY), Outbox(), RememberingPusher(), RememberingAlarm()
    deferred, pushes, sweeps, chance = MemoryQueue(), MemoryQueue(), MemoryQueue(), SeededChance(seed)
    ports: dict[str, Any] = {
        **stores,
        "programs": MemoryPrograms(),
        "pictures": PICTURES,
        "inbox": MemoryInbox(),
        "deferred": deferred,
        "pushes": pushes,
        "sweeps": sweeps,
        "mailer": mail,
        "pusher": pusher,
        "alarm": alarm,
        "clock": clock,
        "chance": chance,
        "totals": MemoryTotals(),
        "passwords": ArgonPasswords(),
        "seals": SignedSeals(MemoryObjects(), secret=MASTER),
        "api": Silence(),
    }
    tenants = tenants_of(ports["programs"])
    quick = Adapters(
        **ports, vault=QuickVault(MASTER), tenants=tenants, issuer=issuer(tenants), token_key=TOKEN_KEY, google=None
    )
    # What `publishing` does, without reading the text anew for every test.
    now = clock.now()
    quick.programs.publish(PROGRAM, sha_of(definition), definition, published_at=now, effective_at=now)
    quick.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET,)))
    clock.instant = NOON
    own = quick.replaced(**{name: Wrapped(ports[name], through) for name, through in around.items()})
    ids = itertools.count(820_982_911_946_154_508, 1_000_003)
    shop = Sender(SECRET, SHOP, clock=clock.now, new_id=lambda: next(ids))
    return Town(assembled(settings, own), clock, mail, pusher, alarm, shop, deferred, pushes, sweeps)


class QuickVault(Vault):
    """The real vault; a code's hash is not made slow on purpose, since thousands of them are made here."""

    def code_hash(self, code: str) -> str:
        return self.digest(f"code/{code}")

    def code_matches(self, code: str, hashed: str) -> bool:
        return self.code_hash(code) == hashed


def link_of(answer: Page) -> str:
    """The card's secret in a redirect to /c/{card}?note=..."""
    match = re.fullmatch(r"/c/([A-Za-z0-9_-]{22,})(?:\?.*)?", answer.headers["Location"])
    assert match, answer.headers["Location"]
    return match[1]


def inserted(entry: Entry, number: int = 1, **changed: Any) -> dict[str, Any]:
    """A stream record of a new entry, as Lambda receives it."""
    keys = {"pk": {"S": f"P#{PROGRAM}#A#{entry.account}"}, "sk": {"S": f"E#{entry.seq:012d}"}}
    image = {**keys, "line": {"S": encode(entry)}, "hash": {"S": entry.hash}}
    dynamodb = {"Keys": keys, "NewImage": image, "SequenceNumber": f"{number:021d}", "StreamViewType": "NEW_IMAGE"}
    return {
        "eventID": str(number),
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": dynamodb,
    } | changed


def stream_event(*records: Mapping[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}


def sqs_event(messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A batch as Lambda receives it; message ids are m0, m1, ..."""
    return {
        "Records": [
            {"messageId": f"m{place}", "body": json.dumps(message), "eventSource": "aws:sqs", "attributes": {}}
            for place, message in enumerate(messages)
        ]
    }
