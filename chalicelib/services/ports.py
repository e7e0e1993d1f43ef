"""What the services need from the outside world. The doors implement these; services know nothing else."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.errors import Malformed
from chalicelib.events import AccountId, Event, Instant, Reference
from chalicelib.ledger.documents import Document
from chalicelib.ledger.journal import Entry
from chalicelib.members.people import Identity, Member, Proof
from chalicelib.programs.program import Program


class Clock(Protocol):
    def now(self) -> Instant:
        """Milliseconds since 1970 UTC."""

    def pause(self, most_milliseconds: int) -> None:
        """Wait a random while, so that two who met do not meet again."""


class Chance(Protocol):
    def token(self) -> str:
        """128 random bits or more, URL-safe, 22 characters or more."""

    def digits(self, count: int) -> str:
        """A random decimal code of `count` digits."""


# --- the ledger ---------------------------------------------------------------------------------------------------


class Outcome(enum.Enum):
    """What became of a commit. Only `COMMITTED` means that it happened; after `UNKNOWN` it may have."""

    COMMITTED = "committed"
    DOCUMENT_MOVED = "document moved"  # somebody wrote the document since it was read
    ENTRY_TAKEN = "entry taken"  # somebody wrote the next entry
    IDENTITY_TAKEN = "identity taken"  # somebody saw the identity first
    CONFLICT = "conflict"  # two transactions met; nothing was written
    UNKNOWN = "unknown"  # no answer: read again to learn


@dataclass(frozen=True, slots=True)
class Commit:
    """What is written together, all or nothing.

    documents: each written if its stored revision still is `revision - 1` (absent for revision 1)
    entries: each written if its number is free       identities: each written if the identity is new
    ends_at: when DynamoDB may remove these items (unclaimed accounts); None keeps them
    """

    program: str
    documents: tuple[Document, ...] = ()
    entries: tuple[Entry, ...] = ()
    identities: tuple[Identity, ...] = ()
    ends_at: Instant | None = None


class Ledger(Protocol):
    """Documents and journal. Every read is strongly consistent. Throttling and time-outs of reads: TryAgain."""

    def document(self, program: str, reference: Reference) -> Document | None: ...

    def newest(self, program: str, account: AccountId) -> Entry | None: ...

    def entries(self, program: str, account: AccountId, *, newest_first: bool, limit: int | None) -> Sequence[Entry]:
        """The journal of one account, in the order asked for."""

    def commit(self, commit: Commit) -> Outcome:
        """One transaction (a single conditional put when there is one item). Raises TryAgain when throttled."""

    def keep_documents(self, program: str, references: Sequence[Reference]) -> None:
        """Take the end off documents of an account that has been claimed. Idempotent."""


class Audit(Protocol):
    """Whole-table reads for operators; never on the way of an event."""

    def accounts(self, program: str) -> Sequence[AccountId]: ...

    def documents(self, program: str) -> Sequence[Document]: ...

    def raw_journal(self, program: str, account: AccountId) -> Sequence[tuple[int, str, str]]:
        """(seq of the key, stored line, stored hash) as they are, undecoded, oldest first."""


# --- members and cards --------------------------------------------------------------------------------------------


class Members(Protocol):
    """People: identities by blind index, profiles encrypted per member, single-use proofs."""

    def identity(self, program: str, index: str, *, strong: bool = False) -> Identity | None: ...

    def identities(self, program: str) -> Sequence[Identity]:
        """All of them, for operators."""

    def put_identity(self, program: str, identity: Identity, *, was: Identity | None) -> bool:
        """Write if the stored one still equals `was` (None: absent). False when somebody was faster."""

    def remove_identity(self, program: str, index: str) -> None:
        """Forget an identity. Idempotent."""

    def member(self, program: str, member: str) -> Member | None:
        """The profile, decrypted; None when it was erased or never was."""

    def put_member(self, program: str, member: Member) -> None: ...

    def erase_member(self, program: str, member: str) -> None:
        """Remove the profile and shred its key."""

    def proof(self, program: str, key: str) -> Proof | None: ...

    def put_proof(self, program: str, proof: Proof, *, was: Proof | None) -> bool: ...

    def count(self, program: str, counter: str, *, ends_at: Instant) -> int:
        """Add one to a rate counter that disappears at `ends_at`; the new value."""


class Vault(Protocol):
    """Keyed functions over personal data."""

    def index(self, program: str, kind: str, value: str) -> str:
        """Blind index of a normalised identity: HMAC-SHA256 under the program's key, hex."""

    def digest(self, secret: str) -> str:
        """How a random secret (card link, mail link) is stored: SHA-256, hex."""

    def code_hash(self, code: str) -> str:
        """How a short code is stored: slow and salted."""

    def code_matches(self, code: str, hashed: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Card:
    """One card: what a member holds. `serial`, the link and `barcode` are separate random values.

    account: the account it shows; a card that proves its identity is attached to that identity's account
    face: digest of the face last sent, ""  before the first    changed_at: when the face last changed (the update tag)
    pushed_at: the last push      trailing_at: when the one trailing push is due, if one is waiting
    tier: the level last shown      news: what the last change was about, "tier" or "points"
    is_void: the membership has ended; the card stays and says so
    """

    program: str
    serial: str
    account: AccountId
    member: str
    link: str  # digest of the secret link
    barcode: str
    language: str
    opened_at: Instant
    revision: int = 0
    face: str = ""
    changed_at: Instant = 0
    pushed_at: Instant = 0
    trailing_at: Instant = 0
    tier: str = ""
    news: str = "points"
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """A device that holds a pass. The times say how the last change travelled: pushed -> listed -> fetched.

    fetched_at: the `changed_at` of the version it fetched, so that nobody's clock is compared with another's
    """

    device: str
    serial: str
    pass_type: str
    push_token: str
    registered_at: Instant
    pushed_at: Instant = 0
    listed_at: Instant = 0
    fetched_at: Instant = 0


class Cards(Protocol):
    """Cards and the devices that hold them. Reads are strongly consistent."""

    def card(self, serial: str) -> Card | None: ...

    def card_by_link(self, link_digest: str) -> Card | None: ...

    def cards_of(self, program: str, account: AccountId) -> Sequence[Card]: ...

    def put_card(self, card: Card) -> bool:
        """Write if the stored revision is `card.revision - 1` (absent for 1). False when somebody was faster."""

    def attach(self, card: Card, account: AccountId) -> bool:
        """Show another account on this card. False when the card changed meanwhile."""

    def registrations(self, serial: str) -> Sequence[Registration]: ...

    def registered(self, device: str, pass_type: str) -> Sequence[Registration]:
        """What one device holds, read from the base table."""

    def register(self, registration: Registration) -> bool:
        """True when it is new; the push token is overwritten either way."""

    def unregister(self, device: str, pass_type: str, serial: str) -> None:
        """Idempotent."""

    def forget_token(self, registration: Registration, *, unless_since: Instant | None) -> None:
        """Delete a registration whose token is dead, unless it was registered again after `unless_since`."""

    def mark(self, registration: Registration) -> None:
        """Store the travel times of a registration that still exists."""


class Views(Protocol):
    """Rebuildable projections."""

    def put(self, entry: Entry, program: str) -> None:
        """The last snapshot of an account, only if the entry is newer than what is there."""

    def seq(self, program: str, account: AccountId) -> int:
        """The entry number the view stands at; 0 when there is none."""


# --- programs and connections -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connection:
    """One sender's configured endpoint. Secrets are the values themselves here, never logged.

    role: "earns" for a shop; "evidence" for a payment provider beside one, which confirms and never earns
    secrets: active ones, newest first, at most two kinds of two versions; see the connector
    options: what else the connector needs to know, none of it secret ({"shop_id": "54401"}); see the connector
    """

    program: str
    name: str
    provider: str
    role: str
    secrets: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)


class Programs(Protocol):
    def program(self, slug: str) -> Program | None:
        """The program with all its versions; cached for a short while, no longer than publishing waits."""

    def publish(self, slug: str, sha: str, text: str, *, published_at: Instant, effective_at: Instant) -> None: ...

    def slugs(self) -> Sequence[str]: ...

    def connection(self, program: str, name: str) -> Connection | None: ...

    def connections(self, program: str) -> Sequence[Connection]: ...

    def connect(self, connection: Connection) -> None: ...

    def bookmark(self, program: str, connection: str) -> "Bookmark | None":
        """How far the provider's books have been read, as it stands now; None before the first time."""

    def put_bookmark(self, program: str, connection: str, bookmark: "Bookmark") -> None: ...


# --- deliveries ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as it arrived: exact bytes, lower-case header names. `source`: the address it came from."""

    program: str
    connection: str
    received_at: Instant
    headers: Mapping[str, str]
    body: bytes
    source: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing that a provider lists, understood as if a webhook had told it.

    delivery: the webhook that would have told it, always the same for the same version; `received_at` is when the
        provider changed it last      unclear: why it could not be understood; there are no events then
    """

    delivery: Delivery
    events: Sequence[Event] = ()
    unclear: Malformed | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a provider's books. `cursor` opens the next one, `wait_seconds` from now at the earliest."""

    listed: Sequence[Listed]
    cursor: str
    is_last: bool
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a provider's books have been read. Instants up to `since` are the provider's own.

    since: all that changed before has been recorded       began: when they were first opened
    A reading that is under way: page (the next one's cursor, "" for none), opened_at, and newest, the newest change
    seen in it so far.
    """

    since: Instant
    began: Instant
    page: str = ""
    opened_at: Instant = 0
    newest: Instant = 0


class Books(Protocol):
    """What providers can be asked for, where they have an API and the connection may use it."""

    def recent(self, connection: Connection, *, since: Instant, cursor: str) -> Page:
        """A page of all that changed since then, in any order; `cursor` "" for the first.

        Raises: TryAgain (fact `retry_after` in seconds where the provider says it), Refused (`no_api_access`,
        `cursor_unknown`: begin anew), Malformed.
        """

    def subscribe(self, connection: Connection) -> Sequence[str]:
        """Make the webhooks that are missing; their topics. Empty where the provider has no API for it. As `recent`."""


class Inbox(Protocol):
    """Raw bodies that were stored: deferred, quarantined or refused ones. Encrypted, gone after 30 days."""

    def keep(self, delivery: Delivery, why: str) -> str:
        """Store and return its key. Raises TryAgain."""

    def read(self, key: str) -> Delivery | None: ...

    def kept(self, why: str) -> Sequence[str]: ...


class Queue(Protocol):
    """A queue of small JSON messages, at least once, in no order."""

    def send(self, message: Mapping[str, str | int], *, delay_seconds: int = 0) -> None:
        """Raises TryAgain."""


class Mailer(Protocol):
    """Letters to people, in their language."""

    def send_proof(self, to: str, *, language: str, business: str, code: str, link: str) -> None:
        """The mail that proves an address: six digits and a link. Raises TryAgain when it could not be handed over."""


class Pusher(Protocol):
    """The wallets' "something changed" signal."""

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, "PushAnswer"]:
        """One empty push per registration; the answer by push token. Never raises for a single token."""


class PushReaction(enum.Enum):
    """What a push service's answer asks of us."""

    DELIVERED = "accepted"
    FORGET = "the token is dead"
    LATER = "back off and repeat"
    STOP = "our configuration is wrong: alarm, delete nothing"


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """`reason` is the service's own word; `since`: the token has been dead since then, when it says so."""

    reaction: PushReaction
    reason: str
    since: Instant | None = None


class Alarm(Protocol):
    def raise_(self, name: str, **facts: str | int) -> None:
        """Make somebody look: a metric and a log line. Facts hold no personal data."""


class Translate(Protocol):
    """A connector's understanding of its provider."""

    def __call__(self, delivery: Delivery) -> Sequence[Event]:
        """What an authentic delivery says. Raises Malformed."""
