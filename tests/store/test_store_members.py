"""ports.Members: identities, profiles, proofs and counters."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
from store_factories import NOON, OTHER_ACCOUNT, PROGRAM, identity, member, proof
from store_ports import Store


def test_an_identity_is_new_once(store: Store) -> None:
    assert store.members.put_identity(PROGRAM, identity(), was=None)
    assert not store.members.put_identity(PROGRAM, identity(account=OTHER_ACCOUNT), was=None)
    assert store.members.identity(PROGRAM, identity().index) == identity()


def test_an_identity_changes_only_from_what_was_read(store: Store) -> None:
    proved = identity(proved_at=NOON, member="m1")
    store.members.put_identity(PROGRAM, identity(ends_at=NOON + 1), was=None)

    assert not store.members.put_identity(PROGRAM, proved, was=identity())
    assert store.members.put_identity(PROGRAM, proved, was=identity(ends_at=NOON + 1))
    assert not store.members.put_identity(PROGRAM, identity(), was=identity(ends_at=NOON + 1))
    assert store.members.identity(PROGRAM, identity().index, strong=True) == proved


def test_an_identity_that_is_not_there_does_not_change(store: Store) -> None:
    assert not store.members.put_identity(PROGRAM, identity(proved_at=NOON), was=identity())
    assert store.members.identity(PROGRAM, identity().index) is None


def test_an_identity_is_removed_once_or_twice(store: Store) -> None:
    store.members.put_identity(PROGRAM, identity(), was=None)

    for _ in range(2):
        store.members.remove_identity(PROGRAM, identity().index)

    assert store.members.identity(PROGRAM, identity().index) is None
    assert store.members.put_identity(PROGRAM, identity(), was=None)


def test_identities_are_listed_by_program(store: Store) -> None:
    store.members.put_identity(PROGRAM, identity("1a" * 32), was=None)
    store.members.put_identity(PROGRAM, identity("2b" * 32), was=None)
    store.members.put_identity("other-street", identity("3c" * 32), was=None)

    found = sorted(known.index for known in store.members.identities(PROGRAM))

    assert found == ["1a" * 32, "2b" * 32]


def test_a_profile_reads_as_it_was_written_and_last_written_wins(store: Store) -> None:
    store.members.put_member(PROGRAM, member())
    assert store.members.member(PROGRAM, member().id) == member()

    store.members.put_member(PROGRAM, member(name="Анна Вымышленная", language="ru"))
    assert store.members.member(PROGRAM, member().id) == member(name="Анна Вымышленная", language="ru")


def test_a_profile_belongs_to_one_program(store: Store) -> None:
    store.members.put_member(PROGRAM, member())

    assert store.members.member("other-street", member().id) is None


def test_an_erased_member_is_gone_and_may_be_erased_again(store: Store) -> None:
    store.members.put_member(PROGRAM, member())

    for _ in range(2):
        store.members.erase_member(PROGRAM, member().id)

    assert store.members.member(PROGRAM, member().id) is None


def test_an_erased_member_may_join_again(store: Store) -> None:
    store.members.put_member(PROGRAM, member())
    store.members.erase_member(PROGRAM, member().id)

    store.members.put_member(PROGRAM, member(phone=""))

    assert store.members.member(PROGRAM, member().id) == member(phone="")


def test_a_proof_is_used_once(store: Store) -> None:
    used = msgspec.structs.replace(proof(), used_at=NOON + 1)
    assert store.members.put_proof(PROGRAM, proof(), was=None)
    assert not store.members.put_proof(PROGRAM, proof(tries=1), was=None)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: store.members.put_proof(PROGRAM, used, was=proof()), range(10)))

    assert answers.count(True) == 1
    assert store.members.proof(PROGRAM, proof().key) == used


def test_a_proof_that_is_not_there_cannot_be_used(store: Store) -> None:
    assert store.members.proof(PROGRAM, "none") is None
    assert not store.members.put_proof(PROGRAM, msgspec.structs.replace(proof(), tries=1), was=proof())


def test_a_counter_counts_every_call_once(store: Store) -> None:
    with ThreadPoolExecutor(10) as pool:
        values = list(pool.map(lambda _: store.members.count(PROGRAM, "mail/1a", ends_at=NOON), range(20)))

    assert sorted(values) == list(range(1, 21))
    assert store.members.count(PROGRAM, "mail/2b", ends_at=NOON) == 1
    assert store.members.count("other-street", "mail/1a", ends_at=NOON) == 1
