"""A stage on the engine, behind the local SQS, S3 and Secrets Manager."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from whole_house import ANNA, BORIS

from chalicelib.bootstrap.adapters import adapters, tables
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import Settings
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.drill.backups import Copies
from ops.drill.command import backup_of
from ops.laptop.cloud import BUCKET, SEALS, Cloud, client
from ops.laptop.engine import Engine
from ops.laptop.home import PROJECT
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender, Signed

PROGRAM, SECRET = "bean-street", "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"
REGION = "eu-central-1"
_numbers = itertools.count(1)


@dataclass
class Stage:
    """A running stage: its settings, an operator's house, and a shop that sends to it."""

    settings: Settings
    house: House
    shop: Sender
    dynamodb: Any

    def hears(self, signed: Signed) -> Answer:
        return self.house.hooks.answer(PROGRAM, "shop", headers=signed.headers, body=signed.body, source="")

    def buys(self, buyer: Buyer, price: int) -> None:
        assert self.hears(self.shop.paid(self.shop.order(buyer, [Item("Beans", price)]))).status == 200

    def tables(self) -> list[str]:
        """The names of all tables that begin with the stage's name."""
        names: list[str] = self.dynamodb.list_tables()["TableNames"]
        return sorted(name for name in names if name.startswith(f"pointpass-{self.settings.stage}-"))


def running(cloud: Cloud, engine: Engine) -> Iterator[Stage]:
    """A stage with tables of its own, one program and one shop."""
    seals = f"{SEALS}-{next(_numbers)}"
    s3 = client("s3", cloud.url)
    s3.create_bucket(Bucket=seals, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.close()
    settings = Settings(
        stage=f"drill{next(_numbers)}",
        base_url="https://cards.example.com",
        inbox_bucket=BUCKET,
        deferred_queue_url=cloud.queues["deferred"],
        cards_queue_url=cloud.queues["cards"],
        sweeps_queue_url=cloud.queues["sweeps"],
        seals_bucket=seals,
        vault_secret="drill-vault",
        smtp_url="smtp://127.0.0.1:9",
        webhook_seconds=60,
        mail_from="cards@bean-street.example",
        aws_endpoint_url=cloud.url,
        dynamodb_endpoint_url=engine.url,
    )
    tables(settings).create_tables()
    # A busy machine is no part of these tests.
    house = assembled(settings, adapters(settings, by_operator=True))
    house.publishing.publish((PROJECT / "programs" / f"{PROGRAM}.yaml").read_text(), file=f"{PROGRAM}.yaml")
    house.adapters.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET,)))
    ids = itertools.count(920_982_911_946_154_508, 1_000_003)
    shop = Sender(SECRET, "bean-street.myshopify.com", clock=house.adapters.clock.now, new_id=lambda: next(ids))
    dynamodb = client("dynamodb", engine.url)
    yield Stage(settings, house, shop, dynamodb)
    dynamodb.close()


def torn(stage: Stage) -> Copies:
    """A backup during which Anna and Boris go on buying: the journal is the oldest of its tables."""
    backup = backup_of(stage.settings, 0)
    assert isinstance(backup, Copies)

    def buy() -> None:
        stage.buys(ANNA, 1_500)
        stage.buys(BORIS, 700)

    backup.between = buy
    return backup
