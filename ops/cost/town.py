"""Where the recorded run happens: the engine and the local stand-ins, and the house over its real adapters."""

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import msgspec

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.bootstrap.system import SystemClock
from chalicelib.config import Settings
from chalicelib.events import Instant
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.push import ApplePusher
from chalicelib.programs.reading import read
from chalicelib.services.ports import Connection, Registration
from chalicelib.services.ports.pictures import sheet_of
from chalicelib.store.dynamo import Dynamo
from chalicelib.web.visit import Visit
from ops.laptop import apns, authority
from ops.laptop.cloud import BUCKET, REGION, SEALS, Cloud
from ops.laptop.engine import Engine, find
from ops.laptop.environment import PASS_TYPE, TEAM
from ops.laptop.home import PROJECT
from ops.laptop.runner import free_port
from ops.laptop.shopify_books import Buyer
from ops.looks import prepared

PROGRAM, CONNECTION = "bean-street", "shop"
SECRET = "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"  # noqa: S105  # of an invented shop
_STAGE = "bill"
_SENDER = "203.0.113.7"


@dataclass(slots=True)
class Letters:
    """ports.Mailer that keeps the code of the last letter: letters are not part of the bill."""

    code: str = ""
    sent: list[str] = field(default_factory=list)

    def send_proof(self, to: str, *, language: str, business: str, code: str, link: str) -> None:
        self.sent.append(to)
        self.code = code

    def send_link(self, to: str, *, language: str, business: str, link: str, is_known: bool) -> None:
        self.sent.append(to)

    def send_farewell(self, to: str, *, language: str, business: str, code: str) -> None:
        self.sent.append(to)
        self.code = code


@dataclass
class Ahead(SystemClock):
    """The real clock, and some time more: a member buys again after days, which nobody waits for here."""

    milliseconds: int = 0

    def now(self) -> Instant:
        return super().now() + self.milliseconds


@dataclass(frozen=True, slots=True)
class Phone:
    """A member's phone that holds the card."""

    device: str
    serial: str
    authorization: str


@dataclass(frozen=True, slots=True)
class Town:
    """`settings`: of a container that reads the program once; `house`: over them; `stack`: ends what was begun.

    clock: of every house of the town
    """

    settings: Settings
    house: House
    letters: Letters
    clock: Ahead
    push: apns.PushService
    stack: ExitStack

    def but(self, **changed: int) -> "Town":
        """The same town with a house of other settings."""
        settings = msgspec.structs.replace(self.settings, **changed)  # only numbers are changed
        return replace(self, settings=settings, house=_house(settings, self.letters, self.clock, self.stack))

    def member(self, buyer: Buyer) -> Phone:
        """Somebody who joined, proved the address and added the card to a phone."""
        desk = self.house.desk
        form = {"email": buyer.email or "", "name": "", "language": "en", "consent": "yes"}
        joined = desk.join(PROGRAM, Visit(accept_language="en", body=urlencode(form).encode(), sender=_SENDER))
        link = joined.headers["Location"].partition("?")[0].rpartition("/")[2]
        code = urlencode({"code": self.letters.code}).encode()
        desk.code(link, Visit(accept_language="en", body=code, sender=_SENDER))
        card = self.house.enrolment.card(link)
        assert card is not None, "a card that has just been made"
        phone = Phone(f"device{buyer.id:026d}", card.serial, f"ApplePass {self._token(card.serial)}")
        now = self.house.adapters.clock.now()
        self.house.adapters.cards.register(Registration(phone.device, card.serial, PASS_TYPE, f"{buyer.id:064x}", now))
        return phone

    def _token(self, serial: str) -> str:
        return token_of(self.house.adapters.token_key, serial)


@contextmanager
def opened() -> Iterator[Town]:
    """The town with its program published and its shop connected, and nobody in it yet. Raises EngineMissing."""
    binary = find(os.environ.get("DYNOXIDE", ""))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        stack.enter_context(_keys())
        papers = authority.ensure(folder / "apple", pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee")
        push = apns.start(papers)
        stack.callback(push.stop)
        engine = Engine.start(binary)
        stack.callback(engine.stop)
        cloud = Cloud.start(folder / "cloud", free_port())
        stack.callback(cloud.stop)
        settings = _settings(engine, cloud, push.url, str(papers.push_root))
        cloud.store_secrets(_secrets(settings, papers))
        Dynamo(f"pointpass-{_STAGE}", region=REGION, endpoint=engine.url).create_tables()
        letters, clock = Letters(), Ahead()
        house = _house(settings, letters, clock, stack)
        _publish(house, PROJECT / "programs" / f"{PROGRAM}.yaml")
        house.adapters.programs.connect(Connection(PROGRAM, CONNECTION, "shopify", "earns", (SECRET,)))
        yield Town(settings, house, letters, clock, push, stack)


def _house(settings: Settings, letters: Letters, clock: Ahead, stack: ExitStack) -> House:
    own = adapters(settings)
    if isinstance(own.pusher, ApplePusher):
        stack.callback(own.pusher.close)
    return assembled(settings, own.replaced(mailer=letters, clock=clock))


def _publish(house: House, file: Path) -> None:
    """The program with its pictures, as `pointpass publish` and `make run` do it."""
    text = file.read_text()
    pictures = house.adapters.pictures
    sheet = pictures.keep(prepared(read(text, file=file.name), file.parent))
    house.publishing.publish(text, file=file.name, sheet=sheet)
    for digest in sheet_of(pictures, sheet).values():  # a container that is busy: it drew every scene long ago
        pictures.picture(digest)


def _settings(engine: Engine, cloud: Cloud, push_url: str, push_root: str) -> Settings:
    return Settings(
        stage=_STAGE,
        base_url="https://cards.bean-street.example",
        inbox_bucket=BUCKET,
        seals_bucket=SEALS,
        deferred_queue_url=cloud.queues["deferred"],
        cards_queue_url=cloud.queues["cards"],
        sweeps_queue_url=cloud.queues["sweeps"],
        vault_secret="pointpass-bill-vault",  # noqa: S106  # the secret's name
        apple_secret="pointpass-bill-apple",  # noqa: S106  # the secret's name
        apple_pass_type=PASS_TYPE,
        apple_team=TEAM,
        smtp_url="smtp://mail.example:587",
        mail_from="cards@bean-street.example",
        region=REGION,
        apple_push_url=push_url,
        apple_push_root=push_root,
        webhook_seconds=60,  # an engine on a busy machine may be slow, and nothing may be put off
        push_quiet_seconds=0,
        program_cache_seconds=10 * 365 * 86_400,  # a container that is busy: it read the program long ago
        aws_endpoint_url=cloud.url,
        dynamodb_endpoint_url=engine.url,
    )


def _secrets(settings: Settings, papers: authority.Papers) -> Mapping[str, Mapping[str, str]]:
    pems = {"certificate": papers.certificate, "key": papers.key, "intermediate": papers.intermediate}
    return {
        settings.vault_secret: {"master": base64.b64encode(bytes(range(32))).decode()},
        settings.apple_secret: {name: path.read_text() for name, path in pems.items()},
    }


@contextmanager
def _keys() -> Iterator[None]:
    """Keys that open nothing: no client starts without any, and none may find real ones."""
    given = {"AWS_ACCESS_KEY_ID": "bill", "AWS_SECRET_ACCESS_KEY": "bill", "AWS_EC2_METADATA_DISABLED": "true"}
    kept = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def stream_event(program: str, account: str, seq: int, line: str, hashed: str) -> dict[str, Any]:
    """One new entry, as the journal's stream hands it to a function."""
    keys = {"pk": {"S": f"P#{program}#A#{account}"}, "sk": {"S": f"E#{seq:012d}"}}
    image = {**keys, "line": {"S": line}, "hash": {"S": hashed}}
    record = {"Keys": keys, "NewImage": image, "SequenceNumber": "1".zfill(21)}
    return {"Records": [{"eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": record}]}


def queue_event(message: Mapping[str, Any]) -> dict[str, Any]:
    """One message, as its queue hands it to a function."""
    return {"Records": [{"messageId": "m", "body": json.dumps(message), "eventSource": "aws:sqs"}]}


def clock_event() -> dict[str, Any]:
    """What EventBridge hands over when a rule's time has come."""
    when = {"time": "2026-06-23T12:00:00Z", "region": REGION, "account": "123456789012", "resources": []}
    return {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}, **when}
