"""The seal of a day: one number that stands for every account's newest entry, so that no entry can be taken away later.

Leaves are the newest entries of all accounts, sorted by account. They are hashed into a tree as RFC 6962, section 2.1
says, with other first bytes for leaves and for nodes. A seal names the tree's root, the seal before it and how many
points there were; it is signed and kept where the ledger's own programs cannot write.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant

PART = 20_000
"""So many leaves are kept together."""


class Leaf(NamedTuple):
    """The newest entry of an account when the day was sealed; after `ends_at` it may be gone (0: never)."""

    account: AccountId
    seq: int
    hash: str
    ends_at: Instant

    @property
    def text(self) -> str:
        """The leaf's canonical text."""
        return f"{self.account} {self.seq} {self.hash} {self.ends_at}"


def read_leaf(text: str) -> Leaf:
    """The inverse of `text`. Raises Broken."""
    try:
        account, seq, hashed, ends_at = text.split(" ")
        return Leaf(AccountId(account), int(seq), hashed, int(ends_at))
    except ValueError as err:
        raise Broken("unreadable_leaf") from err


class Seal(msgspec.Struct, frozen=True):
    """One day of one program.

    day: local date of the program, "2026-06-23"      at: when it was sealed
    root: hex of the tree's root      previous: digest of the seal before it, "" for the first
    points: by currency, what members held in all, less what they owed
    gone: sealed entries that were not there any more      accepted: why somebody said that this is right, "" when none
    were gone; `previous` then names the seal that this one does not extend
    """

    program: str
    day: str
    at: Instant
    accounts: int
    entries: int
    root: str
    previous: str
    points: Mapping[str, int]
    gone: int = 0
    accepted: str = ""
    version: int = 1

    @property
    def text(self) -> bytes:
        """What is signed: JSON with sorted keys and no blanks."""
        return msgspec.json.encode(self, order="sorted")


class Signed(msgspec.Struct, frozen=True):
    """A seal as it is kept: its exact text, an Ed25519 signature (RFC 8032) over that, and the public key; base64."""

    text: bytes
    signature: bytes
    key: bytes

    @property
    def seal(self) -> Seal:
        """Raises Broken when the text is no seal."""
        try:
            return msgspec.json.decode(self.text, type=Seal)
        except msgspec.MsgspecError as err:
            raise Broken("unreadable_seal") from err

    @property
    def digest(self) -> str:
        """By which the next seal names this one."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.text).digest()).rstrip(b"=").decode()


class Tree:
    """A Merkle tree that grows leaf by leaf and keeps one hash for every doubling of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[tuple[int, bytes]] = []  # perfect subtrees, the largest first: (leaves, root)

    def add(self, text: bytes) -> None:
        """The next leaf."""
        leaves, root = 1, hashlib.sha256(b"\0" + text).digest()
        while self._whole and self._whole[-1][0] == leaves:
            root = _node(self._whole.pop()[1], root)
            leaves *= 2
        self._whole.append((leaves, root))
        self.size += 1

    @property
    def root(self) -> str:
        """Hex; of no leaves it is the hash of nothing."""
        if not self._whole:
            return hashlib.sha256().hexdigest()
        *others, (_, root) = self._whole
        for _, left in reversed(others):
            root = _node(left, root)
        return root.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def parts(leaves: Iterable[Leaf], tree: Tree) -> Iterator[Sequence[Leaf]]:
    """The leaves in the portions in which they are kept; each is added to the tree on its way."""
    part: list[Leaf] = []
    for leaf in leaves:
        tree.add(leaf.text.encode())
        part.append(leaf)
        if len(part) == PART:
            yield part
            part = []
    if part:
        yield part
