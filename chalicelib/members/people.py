"""People as the house knows them: identities, members, consent and proof.

An identity is something a sender or a person says about who they are: an e-mail, a phone, a shop's customer id. It
is known only by its blind index. It belongs to an account from its first sight; only a proof makes it a member's.
"""

from typing import Literal

import msgspec

from chalicelib.events import AccountId, Instant

IdentityKind = Literal["email", "phone", "customer"]
Purpose = Literal["program", "marketing"]


class Identity(msgspec.Struct, frozen=True):
    """An identity and the account it leads to. `index` is its blind index; nothing leads back to the address.

    proved_at: when its owner proved it; None while it is only said
    member: whose it is, once proved      ends_at: when an unproved one is forgotten; None when it is kept
    links: indexes of the shop customer ids that orders have shown together with this proved identity
    """

    index: str
    kind: IdentityKind
    account: AccountId
    proved_at: Instant | None = None
    member: str = ""
    ends_at: Instant | None = None
    links: tuple[str, ...] = ()


class Consent(msgspec.Struct, frozen=True):
    """What a person agreed to: the SHA-256 of the exact text they saw, when, and in which language."""

    purpose: Purpose
    text_sha: str
    language: str
    given_at: Instant


class Member(msgspec.Struct, frozen=True):
    """A person's profile. Everything here is personal data and stored encrypted."""

    id: str
    name: str
    email: str
    phone: str
    language: str
    joined_at: Instant
    consents: tuple[Consent, ...]


class Proof(msgspec.Struct, frozen=True):
    """A single-use chance to prove an identity by mail. The code and the link are stored as digests only.

    key: digest of the link's token     code: slow hash of the six digits    card: the serial the code may attach
    """

    key: str
    index: str
    card: str
    code: str
    created_at: Instant
    ends_at: Instant
    tries: int = 0
    used_at: Instant | None = None
