"""What each table holds: one PynamoDB model per kind of row.

The seven tables share one key, `pk` and `sk`. The models know their room, not their table's name: the name begins
with the stage and is set when a Dynamo is opened. `ends_at` is the attribute of DynamoDB's time to live. It only
cleans up: expired rows are still read until DynamoDB gets to them, so no rule may rest on their absence.

A row's `body` is the JSON of the house's own type; what stands beside it is there for conditions and listings.
"""

from typing import Any, ClassVar

import msgspec
from pynamodb.attributes import Attribute, BinaryAttribute, UnicodeAttribute
from pynamodb.constants import NUMBER
from pynamodb.models import Model

from chalicelib.events import Instant

ROOMS = ("journal", "documents", "members", "cards", "views", "programs", "access")


class Index(msgspec.Struct, frozen=True):
    """A sparse index of one room: its name, its key, and their types. It holds keys alone."""

    room: str
    name: str
    hash_key: str
    range_key: str

    @property
    def key_schema(self) -> list[dict[str, str]]:
        return [
            {"AttributeName": self.hash_key, "KeyType": "HASH"},
            {"AttributeName": self.range_key, "KeyType": "RANGE"},
        ]

    @property
    def key_types(self) -> list[dict[str, str]]:
        return [
            {"AttributeName": self.hash_key, "AttributeType": "S"},
            {"AttributeName": self.range_key, "AttributeType": "N"},
        ]


DUE = Index("views", "due", hash_key="due", range_key="due_at")
INDEXES = (DUE,)


class IntegerAttribute(Attribute[int]):
    """A whole number, and nothing else: PynamoDB's own number attribute takes floats."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        if type(value) is not int:
            raise TypeError(f"{self.attr_name} must be a whole number")
        return str(value)

    def deserialize(self, value: Any) -> int:
        return int(value)


class Row(Model):
    """The key every table has. `ends_at`: seconds since 1970 UTC, when DynamoDB may remove the row."""

    room: ClassVar[str]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    ends_at = IntegerAttribute(null=True)


class EntryRow(Row):
    """P#<program>#A#<account> / E#<seq, 12 digits>. `line` is the canonical text that `hash` is the hash of."""

    room = "journal"
    line = UnicodeAttribute()
    hash = UnicodeAttribute()


class DocumentRow(Row):
    """P#<program>#D#<reference> / D"""

    room = "documents"
    body = UnicodeAttribute()
    revision = IntegerAttribute()


class IdentityRow(Row):
    """P#<program>#I#<blind index> / IDENTITY"""

    room = "members"
    body = UnicodeAttribute()


class ProfileRow(Row):
    """P#<program>#M#<member> / PROFILE. `sealed`: nonce and ciphertext under the member's own key."""

    room = "members"
    sealed = BinaryAttribute(legacy_encoding=False)


class ProofRow(Row):
    """P#<program>#R#<digest of the link's token> / PROOF"""

    room = "members"
    body = UnicodeAttribute()


class CounterRow(Row):
    """P#<program>#N#<counter> / COUNT"""

    room = "members"
    counted = IntegerAttribute()


class KeyRow(Row):
    """P#<program>#M#<member> / KEY. `wrapped`: nonce and ciphertext of the member's data key."""

    room = "access"
    wrapped = BinaryAttribute(legacy_encoding=False)


class ApiKeyRow(Row):
    """K#<beginning of the key> / API: a key of the stores' API, its digest and what it may do."""

    room = "access"
    body = UnicodeAttribute()


class KeyUseRow(Row):
    """U#<beginning of the key> / USED: the last day on which a key of the stores' API was used, UTC."""

    room = "access"
    day = UnicodeAttribute()


class StaffRow(Row):
    """S#<program> / STAFF#<name>: somebody who works at the till."""

    room = "access"
    body = UnicodeAttribute()


class TriesRow(Row):
    """T#<program>#<blind index of a name, a device or a place> / TRIES: sign-ins from it, whoever it was."""

    room = "access"
    tried = IntegerAttribute()
    wait_until = IntegerAttribute()
    over_at = IntegerAttribute()


class CardRow(Row):
    """C#<serial> / CARD"""

    room = "cards"
    body = UnicodeAttribute()
    revision = IntegerAttribute()


class CardNameRow(Row):
    """Another name of a card: L#<digest of a link> / LINK, B#<program>#<code at the till> / BARCODE, and
    P#<program>#A#<account> / C#<serial>. A link that was replaced keeps its row, so that its page can say so.
    """

    room = "cards"
    serial = UnicodeAttribute()


class RegistrationRow(Row):
    """Written twice: C#<serial> / D#<device>#<pass type>, and D#<device>#<pass type> / C#<serial>."""

    room = "cards"
    device = UnicodeAttribute()
    serial = UnicodeAttribute()
    pass_type = UnicodeAttribute()
    push_token = UnicodeAttribute()
    registered_at = IntegerAttribute()
    pushed_at = IntegerAttribute()
    listed_at = IntegerAttribute()
    fetched_at = IntegerAttribute()
    arrived_at = IntegerAttribute(null=True)


class HeldRow(RegistrationRow):
    """Either of the two: the card, with its `body`, or a device that holds it. Read together, never written."""

    body = UnicodeAttribute(null=True)


class GoogleRow(Row):
    """C#<serial> / GOOGLE: what Google Wallet knows of a card."""

    room = "cards"
    body = UnicodeAttribute()
    revision = IntegerAttribute()


class GoogleClassRow(Row):
    """G#<program>[.<level class>] / CLASS: digest of the class that Google Wallet has."""

    room = "cards"
    face = UnicodeAttribute()


class NonceRow(Row):
    """N#<digest of a nonce> / NONCE: used once."""

    room = "cards"


class WalkRow(Row):
    """WALKS / <program>#<walk>: how far a walk has come. All in one partition: there are few, and they are listed."""

    room = "cards"
    body = UnicodeAttribute()
    revision = IntegerAttribute()


class LookRow(Row):
    """U#<number of the five minutes>#<shard> / <instant, 15 digits>#<serial>: a card to be looked at then.

    LOOKS / UNTIL: everything before has been handed on.
    """

    room = "cards"
    at = IntegerAttribute()
    serial = UnicodeAttribute(null=True)


class PaceRow(Row):
    """T#<neighbour> / PACE. `next_at`: milliseconds since 1970, the first turn that is free."""

    room = "cards"
    next_at = IntegerAttribute()


class ViewRow(Row):
    """P#<program>#A#<account> / V: the newest entry the stream has shown, as it stands in the journal.

    due_at: when the account must be swept, in milliseconds     due: <yyyymmdd of that day, UTC>#<shard>
    Both are absent while nothing waits for its day, and so is the row in the index `due`.
    """

    room = "views"
    seq = IntegerAttribute()
    line = UnicodeAttribute()
    hash = UnicodeAttribute()
    due = UnicodeAttribute(null=True)
    due_at = IntegerAttribute(null=True)


class SweptRow(Row):
    """SWEEP / SWEPT: everything that was due before this instant has been swept."""

    room = "views"
    swept_until = IntegerAttribute()


class ClosedDayRow(Row):
    """P#<program>#T#<currency> / SUM#<yyyy-mm-dd>: what moved on a local day of the program, over the whole journal."""

    room = "views"
    issued = IntegerAttribute(null=True)
    redeemed = IntegerAttribute(null=True)
    expired = IntegerAttribute(null=True)
    taken_back = IntegerAttribute(null=True)
    adjusted = IntegerAttribute(null=True)
    transferred = IntegerAttribute(null=True)
    opening = IntegerAttribute()
    ended = IntegerAttribute()
    closing = IntegerAttribute()


class SlugRow(Row):
    """PROGRAMS / <slug>: the list of all programs."""

    room = "programs"


class ProgramRow(Row):
    """P#<slug> / V#<published at, 15 digits>#<sha>, a version; L#<sha>, its look; C#<name>, a connection;
    W#<pass type>, a pass type of its own, whose row is also found under WALLETS / <pass type>;
    X#PAUSE#<what>#<connection>, what stands still now, as JSON in `text`.

    One partition, so that one read brings all that a webhook needs to know about its program.
    sheet: names the pictures that were prepared for the version
    secret: the name under which the secrets of a connection or a pass type are kept; the values never come here
    options: the connection's options as JSON
    """

    room = "programs"
    sha = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    sheet = UnicodeAttribute(null=True)
    published_at = IntegerAttribute(null=True)
    effective_at = IntegerAttribute(null=True)
    provider = UnicodeAttribute(null=True)
    role = UnicodeAttribute(null=True)
    options = UnicodeAttribute(null=True)
    secret = UnicodeAttribute(null=True)


class SheetRow(Row):
    """S#<digest> / SHEET: where each picture of a look is used, and its digest, as JSON."""

    room = "programs"
    body = UnicodeAttribute()


class PictureRow(Row):
    """I#<digest> / PNG: a prepared picture."""

    room = "programs"
    png = BinaryAttribute(legacy_encoding=False)


class BookmarkRow(Row):
    """P#<slug> / R#<connection>: how far the books of a connection's provider have been read."""

    room = "programs"
    body = UnicodeAttribute()


class PauseLineRow(Row):
    """P#<slug>#PAUSES / <instant, 15 digits>#<did>#<what>#<connection>: a line of the trail of pauses."""

    room = "programs"
    body = UnicodeAttribute()


class RestoringRow(Row):
    """P#<slug> / X#RESTORING: the program's tables are being put back, since this instant. Nobody is served."""

    room = "programs"
    began_at = IntegerAttribute()


def seconds(instant: Instant) -> int:
    """An instant as the time to live wants it, rounded up: nothing is removed a moment early."""
    return -(-instant // 1000)


def ttl(instant: Instant | None) -> int | None:
    """`ends_at` of a row; None keeps it."""
    return None if instant is None else seconds(instant)
