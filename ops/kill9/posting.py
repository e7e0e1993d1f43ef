"""The part of the house that posts, over the engine: the production services and stores, nothing in between."""

import os
from dataclasses import dataclass

from chalicelib.bootstrap.system import SystemChance, SystemClock
from chalicelib.events import AccountId
from chalicelib.programs.program import Program, sha_of
from chalicelib.services.accounts import Accounts
from chalicelib.services.claiming import Claims
from chalicelib.services.ports import Audit, Ledger, Views
from chalicelib.services.recording import Recorder
from chalicelib.services.redeeming import Redemptions
from chalicelib.services.verifying import Found, Verification
from chalicelib.store.audit import DynamoAudit
from chalicelib.store.connection import ORDINARY, POSTING, Patience
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.published import Published, program_of
from chalicelib.store.tally import SqliteTally
from chalicelib.store.vault import Vault
from chalicelib.store.views import DynamoViews
from ops.laptop.home import PROJECT

PREFIX = "pointpass-kill9"
REGION = "eu-central-1"
MASTER = bytes(range(32))
DEFINITION = PROJECT / "programs" / "bean-street.yaml"
PUBLISHED_AT = 1_700_000_000_000


@dataclass(frozen=True, slots=True)
class Posting:
    """The services that post and check, and the stores under them."""

    program: Program
    recorder: Recorder
    redemptions: Redemptions
    accounts: Accounts
    ledger: Ledger
    audit: Audit
    views: Views
    verification: Verification

    def check(self) -> Found:
        """The checker over everything. The views are what the stream would have made of the journal by now."""
        for account, stored in self.audit.journals(self.program.slug):
            newest = self.ledger.newest(self.program.slug, AccountId(account)) if stored else None
            if newest is not None:
                self.views.put(newest, self.program.slug)
        return self.verification.verify(self.program)


def posting(url: str, patience: Patience = POSTING) -> Posting:
    """The services over the tables of the engine at `url`."""
    tables, ordinary = opened(url, patience), opened(url, ORDINARY)
    text = DEFINITION.read_text()
    program = program_of("bean-street", [Published(sha_of(text), text, PUBLISHED_AT, PUBLISHED_AT)], {})
    assert program is not None
    vault, clock = Vault(MASTER), SystemClock()
    ledger, members = DynamoLedger(tables), DynamoMembers(ordinary, posting=tables, vault=vault)
    audit, views = DynamoAudit(ordinary), DynamoViews(ordinary)
    accounts = Accounts(members, vault, SystemChance(), clock)
    claims = Claims(ledger, members, vault, clock)
    return Posting(
        program=program,
        recorder=Recorder(ledger, accounts, claims, clock),
        redemptions=Redemptions(ledger, accounts, clock),
        accounts=accounts,
        ledger=ledger,
        audit=audit,
        views=views,
        verification=Verification(ledger, audit, views, clock, SqliteTally),
    )


def opened(url: str, patience: Patience) -> Dynamo:
    """The tables of the trial. The engine opens with any key, but wants one."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    return Dynamo(PREFIX, region=REGION, endpoint=url, patience=patience)
