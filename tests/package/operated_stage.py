"""A stage that operators look after, each behind a gatekeeper with what infra/operator-roles.yaml gives to them."""

import itertools
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from click.testing import CliRunner
from deployed import ACCOUNT, REGION, Deployed, Role
from gatekeeper import Gatekeeper
from offers_town import OFFERS
from operated_accounts import GOOGLE_SECRET, PASS_TYPE, TEAM, Accounts, accounts
from shopify_admin import TOKEN, AdminApi, serving
from stand_ins import Outbox

from chalicelib.bootstrap.adapters import adapters, tables
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import Settings
from chalicelib.events import AccountId, Reference
from chalicelib.programs.program import Program
from chalicelib.services.ports import Connection, Delivery, Registration
from chalicelib.services.referral_claims import Seen
from chalicelib.web.desk import Visit
from ops.auditing.deeds import DEEDS, LINES, Kind
from ops.command import main
from ops.drill.backups import PointInTime
from ops.drill.house import prefix_of
from ops.laptop.cloud import Cloud, client
from ops.laptop.engine import Engine
from ops.laptop.home import PROJECT
from ops.laptop.runner import free_port
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender
from ops.target import Account

STAGE, PROGRAM, SECRET = "prod", "bean-street", "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"
VAULT = "pointpass-prod-vault"
SEED = "forty-two bicycles"
SHA = sha256(SEED.encode()).hexdigest()
DRAW = f"draws: {{winter: {{tickets: beans, closes: 2026-01-01, winners: 1, seed_sha256: {SHA}}}}}"
MORE = """
    - {name: for students, give: 7 beans, when: {attribute: student is yes}}
    - {name: croissants, give: 1 bean per 2 EUR}
nps: {replace_within: 90 days}
referral: {referrer: 100 beans, friend: 50 beans, after: 14 days, at_most: 5 friends per month}
members: {attributes: {student: yes or no}}
partners:
  bakery: {name: Corner Bakery, pays: {croissants: 100%}, price: 0.04 EUR per bean, paid: 0.03 EUR per bean}
"""
TRUSTED = f"arn:aws:iam::{ACCOUNT}:role/people"
ROLES = ("Reader", "Operator", "Publisher", "Keeper", "Restorer")


def role_of(name: str) -> Role:
    """What a role of the template may do, its shared policies included."""
    template = yaml.safe_load((PROJECT / "infra" / "operator-roles.yaml").read_text())
    said = {
        "Stage": STAGE,
        "VaultSecret": VAULT,
        "AppleSecret": "pointpass-prod-apple",
        "GoogleSecret": GOOGLE_SECRET,
        "SmtpSecret": "pointpass-prod-smtp",
    }
    told = Deployed(template, said | {f"{each}Arn": TRUSTED for each in ROLES})
    made = template["Resources"][f"{name.title()}Role"]["Properties"]
    shared = [template["Resources"][each["Ref"]]["Properties"] for each in made["ManagedPolicyArns"]]
    policies = [each["PolicyDocument"] for each in (*shared, *made.get("Policies", ()))]
    return Role(tuple(told.resolve(rule) for policy in policies for rule in policy["Statement"]))


@dataclass(frozen=True)
class Played:
    """One command as somebody typed it. used, refused: permissions, as (action, resource)"""

    name: str
    words: tuple[str, ...]
    kind: Kind
    role: str
    exit_code: int
    output: str
    used: frozenset[tuple[str, str]]
    refused: tuple[tuple[str, str], ...]


@dataclass
class OperatedStage:
    """`house`: with every permission, for what has to be there first     `accounts`: what operators have of others"""

    house: House
    mail: Outbox
    shop: Sender
    environment: Mapping[str, str]
    folder: Path
    cloud: Cloud
    accounts: Accounts
    played: list[Played] = field(default_factory=list)
    order: int = 0

    def buys(self, buyer: Buyer, price: int) -> None:
        signed = self.shop.paid(self.shop.order(buyer, [Item("Beans", price)]))
        answer = self.house.hooks.answer(PROGRAM, "shop", headers=signed.headers, body=signed.body, source="")
        assert answer.status == 200

    def joins(self, email: str) -> str:
        """The account of somebody who has joined, typed the code, and has the card on a phone."""
        form = {"email": email, "name": "", "language": "en", "consent": "yes"}
        visit = Visit(accept_language="en", body=urlencode(form).encode(), sender="203.0.113.7")
        answer = self.house.desk.join(PROGRAM, visit)
        link = dict(answer.headers)["Location"].partition("?")[0].rpartition("/")[2]
        code = urlencode({"code": self.mail.letters[-1].code}).encode()
        assert self.house.desk.code(link, Visit(accept_language="en", body=code)).status == 303
        card = self.house.enrolment.card(link)
        assert card is not None
        own = self.house.adapters
        own.cards.register(Registration(f"phone-{card.serial}", card.serial, PASS_TYPE, "3d" * 32, own.clock.now()))
        return str(card.account)

    @property
    def program(self) -> Program:
        """As it is now."""
        program = self.house.adapters.programs.program(PROGRAM)
        assert program is not None
        return program

    def is_brought(self, friend: str, *, by: str) -> None:
        """A referral that waits for somebody to look at it: both were seen with one payment card."""
        seen = Seen({"card": "visa-1"})
        code = self.house.referral_claims.code(self.program, AccountId(by), seen)
        self.house.referral_claims.claim(self.program, AccountId(friend), code, seen)

    def exchanges(self, account: str) -> str:
        """Points become a cake at the till; the redemption's id."""
        self.house.catalogue.redeem(
            self.program, Reference("redemption/api/r1"), AccountId(account), "cake", actor="till"
        )
        return "r1"

    def keeps(self, buyer: Buyer, why: str = "quarantined") -> str:
        """A delivery that was not understood and is now, or that waits; the number of the former in the inbox."""
        order = self.shop.order(buyer, [Item("Beans", 3_000)])
        signed = self.shop.paid(order)
        low = {name.lower(): text for name, text in signed.headers.items()}
        now = self.house.adapters.clock.now()
        self.order = order.id
        delivery = Delivery(PROGRAM, "shop", now, low, signed.body, "203.0.113.9")
        return self.house.adapters.inbox.keep(delivery, why).rpartition("/")[2][:12]

    @contextmanager
    def shop_with_books(self) -> Iterator[str]:
        """A connection whose shop lists an order that no webhook told us about."""
        order = self.shop.order(Buyer(5, "emil@example.com", None, "Emil", "Ozols"), [Item("Beans", 2_700)])
        self.shop.paid(order)
        with serving(AdminApi(orders=[order])) as admin:
            options = {"shop": "bean-street.myshopify.com", "api": admin.url}
            books = Connection(PROGRAM, "books", "shopify", "earns", (SECRET, TOKEN), options)
            self.house.adapters.programs.connect(books)
            yield "books"

    def tears(self) -> None:
        """The newest entry of somebody's journal is gone, as after a restore."""
        account = next(iter(self.house.adapters.audit.accounts(PROGRAM)))
        newest = self.house.adapters.ledger.newest(PROGRAM, account)
        assert newest is not None
        keys = {"pk": {"S": f"P#{PROGRAM}#A#{account}"}, "sk": {"S": f"E#{newest.seq - 1:012d}"}}
        dynamodb = client("dynamodb", self.environment["POINTPASS_DYNAMODB_ENDPOINT_URL"])
        dynamodb.delete_item(TableName=f"pointpass-{STAGE}-journal", Key=keys)
        dynamodb.close()

    @staticmethod
    def printed(told: Played) -> str:
        """The code that a command printed on a line of its own."""
        lines = told.output.splitlines()
        return next((line.strip() for line in lines if re.fullmatch(r"[A-Z0-9-]{8,}", line.strip())), told.output)

    def types(self, *words: str, role: str = "", answers: str = "", dynamodb: str = "") -> Played:
        """A command as whoever has its role types it; as another role when one is named.

        dynamodb: an address in place of the engine's
        """
        name = next(name for size in (2, 1) if (name := " ".join(words[:size])) in DEEDS)
        kind = self._kind(name, words)
        wanted = role or DEEDS[name].role_for(kind)
        told = self.environment
        gate = Gatekeeper(
            role_of(wanted),
            dynamodb=dynamodb or told["POINTPASS_DYNAMODB_ENDPOINT_URL"],
            cloud=told["POINTPASS_AWS_ENDPOINT_URL"],
            ses=self.accounts.ses,
        )
        gated = {"POINTPASS_AWS_ENDPOINT_URL": gate.url, "POINTPASS_DYNAMODB_ENDPOINT_URL": gate.url}
        said = ["--stage-name", STAGE] if DEEDS[name].is_asked and kind in LINES else []
        try:
            result = CliRunner(env={**told, **gated}).invoke(main, [*words, "--stage", STAGE, *said], input=answers)
        finally:
            gate.stop()
        output = result.output + ("" if result.exception is None else repr(result.exception))
        played = Played(name, words, kind, wanted, result.exit_code, output, frozenset(gate.used), tuple(gate.refused))
        self.played.append(played)
        return played

    @staticmethod
    def _kind(name: str, words: tuple[str, ...]) -> Kind:
        command: Any = main
        for word in name.split():
            command = command.commands[word]
        rest = list(words[len(name.split()) :])
        context = command.make_context(name, [*rest, "--stage", STAGE], resilient_parsing=True)
        return DEEDS[name].done_with(context.params)


@contextmanager
def operated_stage(engine: Engine, folder: Path) -> Iterator[OperatedStage]:
    """Tables, queues, buckets and secrets under the names that the template gives them, and one program."""
    with ExitStack() as stack:
        cloud = Cloud.start(folder / "cloud", free_port())
        stack.callback(cloud.stop)
        s3, sqs = client("s3", cloud.url), client("sqs", cloud.url)
        stack.callback(s3.close)
        stack.callback(sqs.close)
        for kind in ("inbox", "seals"):
            place = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=f"pointpass-{STAGE}-{kind}-{ACCOUNT}", CreateBucketConfiguration=place)
        for kind in ("deferred", "cards", "sweeps"):
            sqs.create_queue(QueueName=f"pointpass-{STAGE}-{kind}")
        cloud.store_secrets({VAULT: {"master": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}})
        others = stack.enter_context(accounts(folder / "accounts"))
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("POINTPASS_")},
            **_told(cloud.url, engine.url),
            **others.environment,
            "AWS_REGION": REGION,
        }
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("ops.accounts.papers.AUTHORITIES", others.authorities)
        patch.setattr("ops.target.account_of", lambda region="": Account(ACCOUNT, REGION, TRUSTED))
        settings = Settings.from_environment(environment)
        tables(settings).create_tables()
        mail = Outbox()
        house = assembled(settings, adapters(settings, by_operator=True).replaced(mailer=mail))
        house.publishing.publish(definition(), file=f"{PROGRAM}.yaml")
        house.adapters.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET,)))
        ids = itertools.count(920_982_911_946_154_508, 1_000_003)
        shop = Sender(SECRET, "bean-street.myshopify.com", clock=house.adapters.clock.now, new_id=lambda: next(ids))
        patch.setattr("ops.drill.command.backup_of", _recovered)
        patch.setattr("ops.drill.copying._LATE_SECONDS", 0)
        yield OperatedStage(house, mail, shop, environment, folder, cloud, others)


def _recovered(settings: Settings, apart: int) -> PointInTime:
    """As a command has it where no engine is told of."""
    return PointInTime(client("dynamodb", settings.dynamodb_endpoint_url), prefix_of(settings), apart)


def definition() -> str:
    """The demo program with everything that a command asks for."""
    text = (PROJECT / "programs" / f"{PROGRAM}.yaml").read_text()
    text = text.replace("\ntiers:", MORE + "\ntiers:", 1)
    offers = OFFERS.replace("личный консультант}}", "личный консультант}, everyone: yes}")
    return text.replace("\ncard:\n", f"\nhouseholds: {{members: 2}}\n{DRAW}\n{offers}", 1)


def _told(cloud: str, dynamodb: str) -> dict[str, str]:
    queues = {kind: f"{cloud}/{ACCOUNT}/pointpass-{STAGE}-{kind}" for kind in ("deferred", "cards", "sweeps")}
    return {
        "POINTPASS_STAGE": STAGE,
        "POINTPASS_REGION": REGION,
        "POINTPASS_BASE_URL": "https://cards.example.com",
        "POINTPASS_INBOX_BUCKET": f"pointpass-{STAGE}-inbox-{ACCOUNT}",
        "POINTPASS_SEALS_BUCKET": f"pointpass-{STAGE}-seals-{ACCOUNT}",
        **{f"POINTPASS_{kind.upper()}_QUEUE_URL": url for kind, url in queues.items()},
        "POINTPASS_VAULT_SECRET": VAULT,
        "POINTPASS_APPLE_SECRET": f"pointpass-{STAGE}-apple",
        "POINTPASS_APPLE_PASS_TYPE": PASS_TYPE,
        "POINTPASS_APPLE_TEAM": TEAM,
        "POINTPASS_MAIL_FROM": "cards@bean-street.example",
        "POINTPASS_WEBHOOK_SECONDS": "60",
        "POINTPASS_PROGRAM_CACHE_SECONDS": "1",
        "POINTPASS_AWS_ENDPOINT_URL": cloud,
        "POINTPASS_DYNAMODB_ENDPOINT_URL": dynamodb,
    }
