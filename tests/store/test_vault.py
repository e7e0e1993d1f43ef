"""Personal data: what is stored cannot be read without the keys, and not at all once it is erased."""

import base64
import hashlib
import hmac

import msgspec
import pytest
from store_factories import NOON, PROGRAM, identity, member, proof
from store_ports import RawItems, Store

from chalicelib.errors import Broken
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.members import DynamoMembers
from chalicelib.store.tables import ROOMS, KeyRow, ProfileRow
from chalicelib.store.vault import Vault

MASTER = bytes(range(32))
PERSONAL = ("Anna", "Invented", "anna@invented.example", "+4915550001234")
KEY = f"P#{PROGRAM}#M#{member().id}"


def everything_stored(raw_items: RawItems) -> bytes:
    """Every attribute of every row of every table, binary ones as they are."""
    found: list[bytes] = []
    for room in ROOMS:
        for raw in raw_items(room):
            for name, value in raw.items():
                found.append(name.encode())
                found += [part if isinstance(part, bytes) else str(part).encode() for part in value.values()]
    return b"\n".join(found)


def test_no_personal_data_is_readable_in_any_table(raw_items: RawItems, dynamo_store: Store) -> None:
    vault = Vault(MASTER)
    index = vault.index(PROGRAM, "email", member().email)
    dynamo_store.members.put_member(PROGRAM, member())
    dynamo_store.members.put_identity(PROGRAM, identity(index, proved_at=NOON, member=member().id), was=None)
    dynamo_store.members.put_proof(PROGRAM, proof(index=index, code=vault.code_hash("123456")), was=None)

    stored = everything_stored(raw_items)

    assert member().id.encode() in stored  # the scan does see the rows
    for plain in (*PERSONAL, "123456"):
        assert plain.encode() not in stored
        assert base64.b64encode(plain.encode()).rstrip(b"=")[:-1] not in stored


def test_without_its_key_a_profile_cannot_be_read(tables: Dynamo, raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.members.put_member(PROGRAM, member())
    backup = tables.get(ProfileRow, KEY, "PROFILE")
    dynamo_store.members.erase_member(PROGRAM, member().id)
    assert everything_stored(raw_items) == b""

    # An old copy of the profile comes back beside a key made later: it stays closed.
    dynamo_store.members.put_member(PROGRAM, member())
    later = tables.get(KeyRow, KEY, "KEY")

    assert backup is not None
    assert later is not None
    with pytest.raises(Broken):
        Vault(MASTER).open(PROGRAM, member().id, later.wrapped, backup.sealed)


def test_another_master_key_opens_nothing(tables: Dynamo, dynamo_store: Store) -> None:
    dynamo_store.members.put_member(PROGRAM, member())
    stranger = DynamoMembers(tables, posting=tables, vault=Vault(bytes(32)))

    with pytest.raises(Broken):
        stranger.member(PROGRAM, member().id)


@pytest.mark.parametrize(("program", "person"), [("other-street", member().id), (PROGRAM, "somebody-else")])
def test_rows_moved_to_somebody_else_do_not_open(program: str, person: str) -> None:
    vault = Vault(MASTER)
    wrapped = vault.new_key(PROGRAM, member().id)
    sealed = vault.seal(PROGRAM, member().id, wrapped, b"plain")
    assert vault.open(PROGRAM, member().id, wrapped, sealed) == b"plain"

    with pytest.raises(Broken):
        vault.open(program, person, wrapped, sealed)


def test_a_changed_byte_anywhere_keeps_a_profile_closed() -> None:
    vault = Vault(MASTER)
    wrapped = vault.new_key(PROGRAM, member().id)
    sealed = vault.seal(PROGRAM, member().id, wrapped, b"plain")

    for position in range(len(sealed)):
        spoiled = bytearray(sealed)
        spoiled[position] ^= 1
        with pytest.raises(Broken):
            vault.open(PROGRAM, member().id, wrapped, bytes(spoiled))


def test_the_same_profile_is_sealed_differently_each_time() -> None:
    vault = Vault(MASTER)
    wrapped = vault.new_key(PROGRAM, member().id)

    sealed = {vault.seal(PROGRAM, member().id, wrapped, b"plain") for _ in range(20)}

    assert len(sealed) == 20


def test_the_blind_index_is_the_same_for_the_same_address_and_differs_by_program_kind_and_master() -> None:
    def index(master: bytes = MASTER, program: str = PROGRAM, kind: str = "email", value: str = "a@b.example") -> str:
        return Vault(master).index(program, kind, value)

    others = {
        index(bytes(32)), index(program="other-street"), index(kind="phone"), index(value="c@b.example"), index()
    }  # fmt: skip

    assert index() == index()
    assert len(others) == 5


def test_the_blind_index_follows_hkdf_and_hmac() -> None:
    # RFC 5869 by hand: extract with a salt of zeros, one block of expansion.
    extracted = hmac.new(bytes(32), MASTER, hashlib.sha256).digest()
    info = b"pointpass/1/blind index\0bean-street"
    key = hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()
    expected = hmac.new(key, b"email\0a@b.example", hashlib.sha256).hexdigest()

    assert Vault(MASTER).index("bean-street", "email", "a@b.example") == expected


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(Broken):
        Vault(b"short")


def test_a_code_matches_its_own_hash_alone_and_is_salted() -> None:
    vault = Vault(MASTER)
    hashed = vault.code_hash("123456")

    assert hashed.startswith("$argon2id$")
    assert "m=19456,t=2,p=1" in hashed
    assert vault.code_matches("123456", hashed)
    assert not vault.code_matches("123457", hashed)
    assert vault.code_hash("123456") != hashed


def test_a_random_secret_is_stored_as_its_sha256() -> None:
    # FIPS 180-4's example of a one-block message.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    assert Vault(MASTER).digest("abc") == expected


def test_a_profile_written_while_its_member_is_erased_stays_erased(tables: Dynamo, dynamo_store: Store) -> None:
    """Erasure between reading the key and writing: the old key must not come back."""
    dynamo_store.members.put_member(PROGRAM, member())
    before = tables.get(KeyRow, KEY, "KEY")

    class ErasedMeanwhile(Vault):
        armed = True

        def seal(self, program: str, person: str, wrapped: bytes, plain: bytes) -> bytes:
            if self.armed:
                self.armed = False
                dynamo_store.members.erase_member(program, person)
            return super().seal(program, person, wrapped, plain)

    DynamoMembers(tables, posting=tables, vault=ErasedMeanwhile(MASTER)).put_member(
        PROGRAM, msgspec.structs.replace(member(), name="")
    )

    after = tables.get(KeyRow, KEY, "KEY")
    assert before is not None
    assert after is not None
    assert after.wrapped != before.wrapped
