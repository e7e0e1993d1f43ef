"""ports.Ledger and ports.Audit: what is written together, and what keeps it from being written."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from store_factories import ACCOUNT, NOON, OTHER_ACCOUNT, PROGRAM, entry, identity, order, purchase
from store_ports import Store

from chalicelib.errors import Broken
from chalicelib.events import Reference
from chalicelib.ledger.chain import digest, encode
from chalicelib.services.ports import Commit, Outcome


def at_once(count: int, act: Callable[[int], Outcome]) -> Counter[Outcome]:
    """`act` in `count` threads that start together."""
    start = threading.Barrier(count)
    outcomes: list[Outcome] = []

    def run(number: int) -> None:
        start.wait()
        outcomes.append(act(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def test_nothing_is_known_of_what_was_never_written(store: Store) -> None:
    assert store.ledger.document(PROGRAM, order().reference) is None
    assert store.ledger.newest(PROGRAM, ACCOUNT) is None
    assert store.ledger.entries(PROGRAM, ACCOUNT, newest_first=True, limit=None) == []


def test_a_commit_writes_document_entry_and_identity_as_they_were(store: Store) -> None:
    commit = purchase(1, identities=(identity(),))

    assert store.ledger.commit(commit) == Outcome.COMMITTED

    assert store.ledger.document(PROGRAM, commit.documents[0].reference) == commit.documents[0]
    assert store.ledger.newest(PROGRAM, ACCOUNT) == commit.entries[0]
    assert store.members.identity(PROGRAM, identity().index, strong=True) == identity()


def test_programs_do_not_see_each_other(store: Store) -> None:
    store.ledger.commit(purchase(1))

    assert store.ledger.document("other-street", order(1).reference) is None
    assert store.ledger.newest("other-street", ACCOUNT) is None
    assert store.ledger.commit(purchase(1, program="other-street")) == Outcome.COMMITTED


def test_a_document_of_revision_one_must_be_new(store: Store) -> None:
    store.ledger.commit(Commit(PROGRAM, documents=(order(name="first"),)))

    assert store.ledger.commit(Commit(PROGRAM, documents=(order(name="second"),))) == Outcome.DOCUMENT_MOVED
    assert store.ledger.document(PROGRAM, order().reference) == order(name="first")


@pytest.mark.parametrize(
    ("stored", "written", "expected"),
    [
        (1, 2, Outcome.COMMITTED),
        (1, 1, Outcome.DOCUMENT_MOVED),
        (1, 3, Outcome.DOCUMENT_MOVED),
        (0, 2, Outcome.DOCUMENT_MOVED),
    ],
)
def test_a_document_is_written_only_over_the_revision_before_it(
    store: Store, stored: int, written: int, expected: Outcome
) -> None:
    for revision in range(1, stored + 1):
        store.ledger.commit(Commit(PROGRAM, documents=(order(revision=revision),)))

    assert store.ledger.commit(Commit(PROGRAM, documents=(order(revision=written),))) == expected


def test_an_entry_number_is_taken_once(store: Store) -> None:
    store.ledger.commit(Commit(PROGRAM, entries=(entry(1, actor="first"),)))

    assert store.ledger.commit(Commit(PROGRAM, entries=(entry(1, actor="second"),))) == Outcome.ENTRY_TAKEN
    assert store.ledger.newest(PROGRAM, ACCOUNT) == entry(1, actor="first")


def test_a_taken_entry_keeps_the_document_from_being_written(store: Store) -> None:
    store.ledger.commit(purchase(1))
    late = purchase(1, documents=(order(2),))

    assert store.ledger.commit(late) == Outcome.ENTRY_TAKEN
    assert store.ledger.document(PROGRAM, order(2).reference) is None


def test_a_moved_document_keeps_the_entry_from_being_written(store: Store) -> None:
    store.ledger.commit(purchase(1))
    late = purchase(2, documents=(order(1),))

    assert store.ledger.commit(late) == Outcome.DOCUMENT_MOVED
    assert store.ledger.newest(PROGRAM, ACCOUNT) == entry(1)


def test_a_known_identity_keeps_everything_from_being_written(store: Store) -> None:
    store.ledger.commit(purchase(1, identities=(identity(),)))
    stranger = entry(1, account=OTHER_ACCOUNT)
    late = Commit(PROGRAM, documents=(order(2),), entries=(stranger,), identities=(identity(account=OTHER_ACCOUNT),))

    assert store.ledger.commit(late) == Outcome.IDENTITY_TAKEN
    assert store.ledger.document(PROGRAM, order(2).reference) is None
    assert store.ledger.newest(PROGRAM, OTHER_ACCOUNT) is None
    assert store.members.identity(PROGRAM, identity().index, strong=True) == identity()


def test_a_duplicate_delivery_is_seen_at_its_document_before_its_entry(store: Store) -> None:
    store.ledger.commit(purchase(1, identities=(identity(),)))

    assert store.ledger.commit(purchase(1, identities=(identity(),))) == Outcome.DOCUMENT_MOVED


def test_entries_of_two_accounts_are_written_together(store: Store) -> None:
    merge = Commit(PROGRAM, entries=(entry(1), entry(1, account=OTHER_ACCOUNT)))

    assert store.ledger.commit(merge) == Outcome.COMMITTED
    assert store.ledger.commit(merge) == Outcome.ENTRY_TAKEN
    assert store.ledger.newest(PROGRAM, OTHER_ACCOUNT) == entry(1, account=OTHER_ACCOUNT)


@pytest.mark.parametrize(
    "commit",
    [Commit(PROGRAM), Commit(PROGRAM, documents=(order(1), order(1, revision=2)))],
    ids=["nothing", "the same thing twice"],
)
def test_a_commit_that_can_never_be_written_is_our_own_fault(store: Store, commit: Commit) -> None:
    with pytest.raises(Broken):
        store.ledger.commit(commit)


def test_entries_come_in_the_order_asked_for(store: Store) -> None:
    numbers = range(1, 13)  # past 9: they are ordered as numbers, not as text
    for number in numbers:
        store.ledger.commit(Commit(PROGRAM, entries=(entry(number),)))

    oldest_first = [entry(number) for number in numbers]
    assert store.ledger.entries(PROGRAM, ACCOUNT, newest_first=False, limit=None) == oldest_first
    assert store.ledger.entries(PROGRAM, ACCOUNT, newest_first=True, limit=None) == oldest_first[::-1]
    assert store.ledger.entries(PROGRAM, ACCOUNT, newest_first=True, limit=3) == oldest_first[:-4:-1]
    assert store.ledger.newest(PROGRAM, ACCOUNT) == entry(12)


def test_of_fifty_at_once_exactly_one_takes_the_next_entry(store: Store) -> None:
    store.ledger.commit(purchase(1))

    outcomes = at_once(50, lambda number: store.ledger.commit(purchase(2, documents=(order(100 + number),))))

    assert outcomes[Outcome.COMMITTED] == 1
    assert set(outcomes) <= {Outcome.COMMITTED, Outcome.ENTRY_TAKEN, Outcome.CONFLICT}
    winner = store.ledger.newest(PROGRAM, ACCOUNT)
    assert winner == entry(2)
    written = [number for number in range(50) if store.ledger.document(PROGRAM, order(100 + number).reference)]
    assert len(written) == 1


def test_of_fifty_at_once_exactly_one_sees_an_identity_first(store: Store) -> None:
    def first_sight(number: int) -> Outcome:
        account = type(ACCOUNT)(f"account-{number:02d}")
        return store.ledger.commit(
            Commit(PROGRAM, entries=(entry(1, account=account),), identities=(identity(account=account),))
        )

    outcomes = at_once(50, first_sight)

    assert outcomes[Outcome.COMMITTED] == 1
    assert set(outcomes) <= {Outcome.COMMITTED, Outcome.IDENTITY_TAKEN, Outcome.CONFLICT}
    assert len(store.audit.accounts(PROGRAM)) == 1


def test_documents_are_kept_as_often_as_asked_and_unknown_ones_stay_unknown(store: Store) -> None:
    store.ledger.commit(purchase(1, ends_at=NOON + 1))
    unknown = Reference("order/shopify/none")

    for _ in range(2):
        store.ledger.keep_documents(PROGRAM, [order(1).reference, unknown])

    assert store.ledger.document(PROGRAM, order(1).reference) == order(1)
    assert store.ledger.document(PROGRAM, unknown) is None
    assert store.ledger.commit(Commit(PROGRAM, documents=(order(1, revision=2),))) == Outcome.COMMITTED


def test_audit_sees_every_account_and_document_of_one_program(store: Store) -> None:
    store.ledger.commit(purchase(1))
    store.ledger.commit(purchase(2))
    store.ledger.commit(Commit(PROGRAM, documents=(order(3),), entries=(entry(1, account=OTHER_ACCOUNT),)))
    store.ledger.commit(purchase(1, program="other-street"))

    assert store.audit.accounts(PROGRAM) == sorted([ACCOUNT, OTHER_ACCOUNT])
    assert store.audit.documents(PROGRAM) == [order(1), order(2), order(3)]
    assert store.audit.documents("other-street") == [order(1)]


def test_audit_reads_the_journal_as_it_is_stored(store: Store) -> None:
    entries = [entry(number) for number in range(1, 4)]
    for written in entries:
        store.ledger.commit(Commit(PROGRAM, entries=(written,)))

    raw = store.audit.raw_journal(PROGRAM, ACCOUNT)

    assert raw == [(written.seq, encode(written), written.hash, None) for written in entries]
    assert all(digest(row.line) == row.hash for row in raw)
