"""Those who work at the till: the same in memory and on the engine; what a sign-in costs; real hashes."""

import msgspec
import pytest
from passlib.context import CryptContext
from passlib.hash import argon2
from stand_ins import HandClock
from store_ports import OpenTables
from whole_house import DEFINITION, MASTER

from chalicelib.errors import Untrusted
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.reading import read
from chalicelib.services.ports.access import Staff, StaffUser, Tries
from chalicelib.services.staff import StaffRoom
from chalicelib.store.connection import Spent
from chalicelib.store.dynamo import Put
from chalicelib.store.memory.access import MemoryAccess
from chalicelib.store.passwords import NOBODYS, ArgonPasswords
from chalicelib.store.staff import DynamoStaff
from chalicelib.store.tables import StaffRow
from chalicelib.store.vault import Vault

NOW = 1_782_216_000_000
SHOP = Program("bean-street", (Version(sha_of(DEFINITION), read(DEFINITION, file="bean-street.yaml"), 0, 0),))
VERA = StaffUser("bean-street", "vera", "cashier", "$argon2id$...", NOW)
LESS_CARE = CryptContext(schemes=["argon2"], argon2__type="ID", argon2__memory_cost=1_024, argon2__time_cost=1)


@pytest.fixture(params=["memory", "dynamo"])
def staff(request: pytest.FixtureRequest) -> Staff:
    if request.param == "memory":
        return MemoryAccess()
    open_tables: OpenTables = request.getfixturevalue("open_tables")
    return DynamoStaff(open_tables())


def test_somebody_is_found_by_program_and_name(staff: Staff) -> None:
    assert staff.staff("bean-street", "vera") is None
    assert staff.put_staff(VERA, was=None)
    assert staff.put_staff(msgspec.structs.replace(VERA, name="anton"), was=None)
    assert staff.put_staff(msgspec.structs.replace(VERA, program="bean-street-2"), was=None)
    assert staff.staff("bean-street", "vera") == VERA
    assert [user.name for user in staff.all_staff("bean-street")] == ["anton", "vera"]


def test_a_change_needs_the_user_as_they_were(staff: Staff) -> None:
    staff.put_staff(VERA, was=None)
    assert not staff.put_staff(msgspec.structs.replace(VERA, role="owner"), was=None)
    changed = msgspec.structs.replace(
        VERA, role="manager", version=2, own="ab" * 32, signed_in_on="2026-06-23", is_disabled=True, is_gone=True
    )
    assert staff.put_staff(changed, was=VERA)
    assert not staff.put_staff(msgspec.structs.replace(VERA, role="owner"), was=VERA)
    assert staff.staff("bean-street", "vera") == changed


def test_tries_are_counted_from_what_was_seen(staff: Staff) -> None:
    first, second = Tries(1, NOW, NOW + 10), Tries(2, NOW, NOW + 10)
    assert staff.tries("bean-street", "x") is None
    assert staff.put_tries("bean-street", "x", first, was=None)
    assert not staff.put_tries("bean-street", "x", second, was=None)
    assert staff.put_tries("bean-street", "x", second, was=first)
    assert not staff.put_tries("bean-street", "x", second, was=first)
    assert staff.tries("bean-street", "x") == second
    assert staff.tries("other", "x") is None


def test_a_row_of_the_version_before_is_somebody_who_works_here(open_tables: OpenTables) -> None:
    kept = msgspec.to_builtins(VERA)
    del kept["is_gone"]
    tables = open_tables()
    assert not tables.write(Put(StaffRow(pk="S#bean-street", sk="STAFF#vera", body=msgspec.json.encode(kept).decode())))
    assert DynamoStaff(tables).staff("bean-street", "vera") == VERA


@pytest.mark.parametrize(
    ("name", "password", "is_known", "units"),
    [
        ("vera", "a long password", True, (2.0, 2.0)),
        ("vera", "another password", True, (2.0, 1.0)),
        ("vera", "a long password", False, (3.0, 4.0)),
        ("vera", "another password", False, (3.0, 2.0)),
        ("nobody", "another password", False, (3.0, 2.0)),
    ],
)
def test_a_sign_in_costs_this_much(
    open_tables: OpenTables, name: str, password: str, *, is_known: bool, units: tuple[float, float]
) -> None:
    """Somebody is read, and each count is read and written, whether or not anybody is called so: one of a device, or
    two of a stranger. A right one forgets them. The first of a day, which is not here, notes it: a read and a write.
    """
    spent: list[Spent] = []
    room = StaffRoom(DynamoStaff(open_tables(meter=spent.append)), ArgonPasswords(), Vault(MASTER), HandClock(NOW))
    room.add(SHOP, "vera", "cashier", "a long password")
    device = room.sign_in(SHOP, "vera", "a long password", place="192.0.2.1").device
    spent.clear()
    try:
        room.sign_in(SHOP, name, password, device=device if is_known else "", place="192.0.2.1")
    except Untrusted:
        assert password == "another password"
    assert (sum(each.read_units for each in spent), sum(each.write_units for each in spent)) == units


def test_a_call_of_somebody_who_signed_in_costs_one_read(open_tables: OpenTables) -> None:
    spent: list[Spent] = []
    room = StaffRoom(DynamoStaff(open_tables(meter=spent.append)), ArgonPasswords(), Vault(MASTER), HandClock(NOW))
    room.add(SHOP, "vera", "cashier", "a long password")
    token = room.sign_in(SHOP, "vera", "a long password").token
    spent.clear()
    room.trusted(token)
    assert [(each.operation, each.read_units, each.write_units) for each in spent] == [("GetItem", 1.0, 0)]


def test_an_owners_list_reads_the_rows_of_the_crew_and_not_the_table_that_tries_fill(open_tables: OpenTables) -> None:
    spent: list[Spent] = []
    staff = DynamoStaff(open_tables(meter=spent.append))
    for name in ("vera", "anton"):
        assert staff.put_staff(msgspec.structs.replace(VERA, name=name), was=None)
    for number in range(50):
        assert staff.put_tries("bean-street", f"{number:064}", Tries(1, NOW, NOW + 10), was=None)
    spent.clear()
    assert [user.name for user in staff.all_staff("bean-street")] == ["anton", "vera"]
    assert [(each.operation, each.read_units) for each in spent] == [("Query", 1.0)]


# --- hashes


def test_a_password_is_kept_as_argon2id_with_todays_care_and_a_salt() -> None:
    one, other = (ArgonPasswords().hashed("a long password") for _ in range(2))
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other
    assert argon2.verify("a long password", one)


def test_what_nobody_is_checked_against_was_made_with_the_same_care() -> None:
    assert (
        NOBODYS.rpartition("$")[0].rpartition("$")[0]
        == ArgonPasswords().hashed("x").rpartition("$")[0].rpartition("$")[0]
    )
    assert ArgonPasswords().check("", "") == (False, "")
    assert ArgonPasswords().check("a long password", "") == (False, "")


def test_a_hash_that_was_made_with_less_care_is_made_anew_once_it_was_right() -> None:
    kept = LESS_CARE.hash("a long password")
    assert ArgonPasswords().check("another password", kept) == (False, "")
    is_right, anew = ArgonPasswords().check("a long password", kept)
    assert is_right
    assert ArgonPasswords().check("a long password", anew) == (True, "")
