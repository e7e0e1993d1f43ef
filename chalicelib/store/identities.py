"""Identities as rows: written by the ledger's commit at first sight, read and proved by the members."""

import msgspec

from chalicelib.members.people import Identity
from chalicelib.store.dynamo import Put
from chalicelib.store.tables import IdentityRow, ttl

IDENTITY = "IDENTITY"


def identity_key(program: str, index: str) -> str:
    return f"P#{program}#I#{index}"


def identity_row(program: str, identity: Identity) -> IdentityRow:
    return IdentityRow(
        pk=identity_key(program, identity.index),
        sk=IDENTITY,
        body=msgspec.json.encode(identity).decode(),
        ends_at=ttl(identity.ends_at),
    )


def new_identity(program: str, identity: Identity) -> Put:
    """The write of an identity nobody has seen before."""
    return Put(identity_row(program, identity), only_if=IdentityRow.pk.does_not_exist())


def read_identity(row: IdentityRow) -> Identity:
    return msgspec.json.decode(row.body, type=Identity)
