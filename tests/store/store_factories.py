"""Invented things to store: valid by default, changed by name."""

from typing import Any

import msgspec

from chalicelib.events import AccountId, Amounts, OrderFacts, Reference
from chalicelib.ledger.chain import seal
from chalicelib.ledger.documents import Lot, OrderDocument, Pricing, Worth
from chalicelib.ledger.journal import Cell, Entry, Leg, Purse, Snapshot, Tier
from chalicelib.members.people import Consent, Identity, Member, Proof
from chalicelib.services.ports import Card, Commit, Delivery, Registration

PROGRAM = "bean-street"
ACCOUNT = AccountId("Qx3vB1mS8kTz5nWc7yRf2a")
OTHER_ACCOUNT = AccountId("Lp9dK4hJ6gVu0eXi2oZs8b")
NOON = 1_782_216_000_000  # 23 June 2026, 12:00 UTC
MONTH_END = 1_814_392_800_000
SHA = "5f" * 8


def entry(seq: int = 1, *, account: AccountId = ACCOUNT, cells: int = 12, **changed: Any) -> Entry:
    """An earning entry whose snapshot holds `cells` monthly cells: what a busy member has after a year."""
    held = tuple(Cell(MONTH_END + 2_592_000_000 * month, 120) for month in range(cells))
    plain = Entry(
        account=account,
        seq=seq,
        at=NOON + seq,
        occurred_at=NOON,
        kind="earned",
        document=Reference(f"order/shopify/{820_982_911_946_154_508 + seq}"),
        name=f"#{1000 + seq}",
        event="b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        actor="shop",
        version=SHA,
        rules=("every euro",),
        legs=(Leg("cell", "beans", 120, ends=MONTH_END), Leg("issued", "beans", -120)),
        rolled=(),
        snap=Snapshot(
            opened=NOON,
            purses={"beans": Purse(cells=held, issued=120 * cells)},
            metrics={"beans earned": held},
            tier=Tier(level="Silver", since=NOON, changes=((NOON, "Silver"),)),
        ),
        prev="q" * 43 if seq > 1 else "",
        hash="",
    )
    return seal(msgspec.structs.replace(plain, **changed))


def order(number: int = 1, *, revision: int = 1, account: AccountId = ACCOUNT, **changed: Any) -> OrderDocument:
    facts = OrderFacts(
        changed_at=NOON, occurred_at=NOON, currency="EUR", amounts=Amounts(goods=12_000, tax=1_916), is_paid=True
    )
    values: dict[str, Any] = {
        "reference": Reference(f"order/shopify/{820_982_911_946_154_508 + number}"),
        "revision": revision,
        "account": account,
        "name": f"#{1000 + number}",
        "facts": facts,
        "pricing": Pricing(version=SHA, tier="Silver", occurred_at=NOON, member_since=NOON),
        "posted": (Worth("beans", 120, Lot(ends=MONTH_END)),),
        "state": "posted",
    }
    return OrderDocument(**(values | changed))


def purchase(number: int = 1, **changed: Any) -> Commit:
    """The `number`th purchase of an account: one document and the entry of that number."""
    return msgspec.structs.replace(
        Commit(program=PROGRAM, documents=(order(number),), entries=(entry(number),)), **changed
    )


def identity(index: str = "1a" * 32, **changed: Any) -> Identity:
    return msgspec.structs.replace(Identity(index=index, kind="email", account=ACCOUNT), **changed)


def member(**changed: Any) -> Member:
    consent = Consent(purpose="program", text_sha=SHA, language="en", given_at=NOON)
    plain = Member(
        id="mEm8eR0000000000000001",
        name="Anna Invented",
        email="anna@invented.example",
        phone="+4915550001234",
        language="en",
        joined_at=NOON,
        consents=(consent,),
    )
    return msgspec.structs.replace(plain, **changed)


def proof(**changed: Any) -> Proof:
    plain = Proof(
        key="2b" * 32, index="1a" * 32, card="serial-1", code="$argon2id$", created_at=NOON, ends_at=NOON + 900_001
    )
    return msgspec.structs.replace(plain, **changed)


def card(**changed: Any) -> Card:
    changed = {"barcode": f"code-of-{changed.get('serial', 'serial-1')}", **changed}
    plain = Card(
        program=PROGRAM,
        serial="serial-1",
        account=ACCOUNT,
        member="mEm8eR0000000000000001",
        link="3c" * 32,
        barcode="barcode-1",
        language="en",
        opened_at=NOON,
        revision=1,
    )
    return msgspec.structs.replace(plain, **changed)


def registration(**changed: Any) -> Registration:
    plain = Registration(
        device="device-1", serial="serial-1", pass_type="pass.example.points", push_token="token-1", registered_at=NOON
    )
    return msgspec.structs.replace(plain, **changed)


def delivery(**changed: Any) -> Delivery:
    plain = Delivery(
        program=PROGRAM,
        connection="shop",
        received_at=NOON,
        headers={"content-type": "application/json", "x-shopify-topic": "orders/paid"},
        body=b'{"note":"\xff not UTF-8 \x00"}',
    )
    return msgspec.structs.replace(plain, **changed)
