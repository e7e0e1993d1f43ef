"""The edges of the ports, alike in every store: what is refused first, how much fits, and who wins at once."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from store_factories import ACCOUNT, NOON, OTHER_ACCOUNT, PROGRAM, card, entry, identity, order, purchase, registration
from store_ports import Store

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.services.ports import Commit, Outcome
from chalicelib.services.ports.ledger import Kept, Viewed

MOST_ITEMS = 100
MOST_BYTES = 400 * 1024


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """`act` in `count` threads that start together; their answers by number."""
    start = threading.Barrier(count)
    answers: list[Any] = [None] * count

    def run(number: int) -> None:
        start.wait()
        answers[number] = act(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- which condition is told --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "line", "person"), [each for each in itertools.product((True, False), repeat=3) if any(each)]
)
def test_of_several_conditions_that_fail_the_documents_is_told_before_the_entrys_before_the_identitys(
    store: Store, document: bool, line: bool, person: bool
) -> None:
    store.ledger.commit(purchase(1, identities=(identity(),)))
    late = Commit(
        PROGRAM,
        documents=(order(9), order(1) if document else order(8)),
        entries=(entry(1, account=OTHER_ACCOUNT), entry(1) if line else entry(2)),
        identities=(identity("9f" * 32), identity() if person else identity("8e" * 32)),
    )
    told = (
        Outcome.DOCUMENT_MOVED if document else Outcome.ENTRY_TAKEN if line else Outcome.IDENTITY_TAKEN
    )  # fmt: skip

    assert store.ledger.commit(late) == told
    assert store.ledger.document(PROGRAM, order(9).reference) is None
    assert store.ledger.newest(PROGRAM, OTHER_ACCOUNT) is None
    assert store.members.identity(PROGRAM, "9f" * 32, strong=True) is None


@pytest.mark.parametrize(
    ("commit", "told"),
    [
        (Commit(PROGRAM, documents=(order(1),)), Outcome.DOCUMENT_MOVED),
        (Commit(PROGRAM, entries=(entry(1),)), Outcome.ENTRY_TAKEN),
        (Commit(PROGRAM, identities=(identity(),)), Outcome.IDENTITY_TAKEN),
    ],
    ids=["document", "entry", "identity"],
)
def test_a_single_write_tells_its_condition_as_a_transaction_does(store: Store, commit: Commit, told: Outcome) -> None:
    store.ledger.commit(purchase(1, identities=(identity(),)))

    assert store.ledger.commit(commit) == told


@pytest.mark.parametrize("kind", ["entry", "identity", "document"])
def test_one_thing_twice_in_a_commit_is_our_own_fault_and_nothing_is_written(store: Store, kind: str) -> None:
    twice = {
        "entry": Commit(PROGRAM, documents=(order(1),), entries=(entry(1), entry(1, actor="second"))),
        "identity": Commit(PROGRAM, documents=(order(1),), identities=(identity(), identity(account=OTHER_ACCOUNT))),
        "document": Commit(PROGRAM, documents=(order(1), order(1)), entries=(entry(1),)),
    }[kind]
    with pytest.raises(Broken):
        store.ledger.commit(twice)

    assert store.ledger.document(PROGRAM, order(1).reference) is None
    assert store.ledger.newest(PROGRAM, ACCOUNT) is None


# --- how much fits ------------------------------------------------------------------------------------------------


def test_a_hundred_items_are_written_together(store: Store) -> None:
    most = Commit(PROGRAM, documents=(order(1),), entries=tuple(entry(number) for number in range(1, MOST_ITEMS)))

    assert store.ledger.commit(most) == Outcome.COMMITTED
    assert store.ledger.newest(PROGRAM, ACCOUNT) == entry(MOST_ITEMS - 1)


def test_a_hundred_and_one_items_are_our_own_fault_and_nothing_is_written(store: Store) -> None:
    """Source: "TransactWriteItems" in the DynamoDB API reference: up to 100 actions."""
    more = Commit(PROGRAM, documents=(order(1),), entries=tuple(entry(number) for number in range(1, MOST_ITEMS + 1)))
    with pytest.raises(Broken):
        store.ledger.commit(more)

    assert store.ledger.document(PROGRAM, order(1).reference) is None
    assert store.ledger.newest(PROGRAM, ACCOUNT) is None


@pytest.mark.parametrize("beside", [(), (order(1),)], ids=["alone", "in a transaction"])
def test_an_item_just_below_four_hundred_kilobytes_is_written_and_read_back(store: Store, beside: tuple[Any]) -> None:
    large = entry(1, name="x" * (MOST_BYTES - 4_000))

    assert store.ledger.commit(Commit(PROGRAM, documents=beside, entries=(large,))) == Outcome.COMMITTED
    assert store.ledger.newest(PROGRAM, ACCOUNT) == large


@pytest.mark.parametrize("beside", [(), (order(1),)], ids=["alone", "in a transaction"])
def test_an_item_above_four_hundred_kilobytes_is_our_own_fault_and_nothing_is_written(
    store: Store, beside: tuple[Any]
) -> None:
    """Source: "Quotas in Amazon DynamoDB", item size."""
    for commit in (
        Commit(PROGRAM, documents=beside, entries=(entry(1, name="x" * MOST_BYTES),)),
        Commit(PROGRAM, documents=(*beside, order(2, name="x" * MOST_BYTES)), entries=(entry(1),)),
    ):
        with pytest.raises(Broken):
            store.ledger.commit(commit)

    assert store.ledger.document(PROGRAM, order(1).reference) is None
    assert store.ledger.newest(PROGRAM, ACCOUNT) is None


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("limit", [1, 5, 12, 13, None])
def test_a_limit_takes_from_the_end_that_was_asked_for(store: Store, newest_first: bool, limit: int | None) -> None:
    written = [entry(number) for number in range(1, 13)]
    store.ledger.commit(Commit(PROGRAM, entries=tuple(written)))
    in_order = written[::-1] if newest_first else written

    found = store.ledger.entries(PROGRAM, ACCOUNT, newest_first=newest_first, limit=limit)

    assert list(found) == in_order[:limit]


def test_accounts_whose_names_begin_alike_are_different_accounts(store: Store) -> None:
    longer = AccountId(f"{ACCOUNT}2")
    store.ledger.commit(Commit(PROGRAM, entries=(entry(1), entry(1, account=longer), entry(2, account=longer))))

    assert store.ledger.newest(PROGRAM, ACCOUNT) == entry(1)
    assert sorted(store.audit.accounts(PROGRAM)) == [ACCOUNT, longer]


def test_programs_whose_names_begin_alike_are_different_programs(store: Store) -> None:
    store.ledger.commit(purchase(1))
    store.ledger.commit(purchase(1, program=f"{PROGRAM}-two"))

    assert store.audit.documents(PROGRAM) == [order(1)]
    assert store.audit.accounts(f"{PROGRAM}-two") == [ACCOUNT]
    assert [account for account, _ in store.audit.journals(PROGRAM)] == [ACCOUNT]


def test_a_reference_with_any_sign_in_it_is_that_document_alone(store: Store) -> None:
    names = [Reference(f"order/shopify/{sign}") for sign in ("#A#", "1/2", "ö", "日", "a b", "E#000000000001", "%2F")]
    for name in names:
        assert store.ledger.commit(Commit(PROGRAM, documents=(order(reference=name),))) == Outcome.COMMITTED

    assert [store.ledger.document(PROGRAM, name) for name in names] == [order(reference=name) for name in names]


def test_what_was_committed_is_read_at_once_by_everybody(store: Store) -> None:
    """Reads of the ledger are strongly consistent, and so is a strong look at an identity."""
    for number in range(1, 21):
        commit = purchase(number, identities=(identity(f"{number:064x}"),))
        assert store.ledger.commit(commit) == Outcome.COMMITTED
        seen = at_once(
            4,
            lambda _, number=number: (
                store.ledger.newest(PROGRAM, ACCOUNT),
                store.ledger.document(PROGRAM, order(number).reference),
                store.members.identity(PROGRAM, f"{number:064x}", strong=True),
            ),
        )
        assert seen == [(entry(number), order(number), identity(f"{number:064x}"))] * 4


def test_an_eventual_look_shows_what_was_or_what_is_and_the_condition_decides(store: Store) -> None:
    store.members.put_identity(PROGRAM, identity(), was=None)
    proved = identity(proved_at=NOON, member="m1")
    store.members.put_identity(PROGRAM, proved, was=identity())

    seen = store.members.identity(PROGRAM, identity().index)

    assert seen in (None, identity(), proved)
    assert store.members.put_identity(PROGRAM, identity(ends_at=NOON), was=identity()) is False
    assert store.members.identity(PROGRAM, identity().index, strong=True) == proved


def test_the_audit_goes_on_behind_an_account_and_shows_each_once(store: Store) -> None:
    names = [AccountId(f"account-{number:02}") for number in range(7)]
    for name in names:
        store.ledger.commit(Commit(PROGRAM, entries=(entry(1, account=name), entry(2, account=name)), ends_at=NOON))

    found = list(store.audit.journals(PROGRAM))
    assert sorted(account for account, _ in found) == names
    assert all([row.seq for row in stored] == [1, 2] for _, stored in found)
    assert {row.ends_at for _, stored in found for row in stored} == {NOON}
    behind = [account for account, _ in store.audit.journals(PROGRAM, after=found[3][0])]
    assert behind == [account for account, _ in found[4:]]


def test_the_audit_shows_documents_with_their_ends(store: Store) -> None:
    store.ledger.commit(Commit(PROGRAM, documents=(order(1),), ends_at=NOON))
    store.ledger.commit(Commit(PROGRAM, documents=(order(2),)))

    assert sorted(store.audit.kept_documents(PROGRAM), key=lambda kept: kept.reference) == [
        Kept(order(1).reference, order(1), NOON),
        Kept(order(2).reference, order(2), None),
    ]


# --- views --------------------------------------------------------------------------------------------------------


def test_a_view_only_goes_forward_and_says_whether_it_did(store: Store) -> None:
    assert store.views.put(entry(2), PROGRAM)
    assert not store.views.put(entry(2), PROGRAM)
    assert not store.views.put(entry(1), PROGRAM)
    assert store.views.put(entry(3), PROGRAM)
    assert list(store.views.each(PROGRAM)) == [Viewed(ACCOUNT, 3, entry(3).hash)]
    assert store.views.seq("other-street", ACCOUNT) == 0


def test_a_rebuilt_view_shows_what_it_was_told_even_if_that_is_older(store: Store) -> None:
    store.views.put(entry(3), PROGRAM)

    store.views.rebuild(entry(2), PROGRAM)

    assert list(store.views.each(PROGRAM)) == [Viewed(ACCOUNT, 2, entry(2).hash)]


def test_accounts_that_moved_since_are_told_by_the_entry_their_view_stands_at(store: Store) -> None:
    store.views.put(entry(3), PROGRAM)

    assert list(store.views.moved(PROGRAM, entry(3).at)) == [ACCOUNT]
    assert list(store.views.moved(PROGRAM, entry(3).at + 1)) == []
    assert list(store.views.moved("other-street", 0)) == []


# --- at once ------------------------------------------------------------------------------------------------------


def test_of_fifty_at_once_exactly_one_writes_the_next_revision_of_a_document(store: Store) -> None:
    store.ledger.commit(Commit(PROGRAM, documents=(order(1),)))

    outcomes = Counter(
        at_once(50, lambda n: store.ledger.commit(Commit(PROGRAM, documents=(order(1, revision=2, name=f"#{n}"),))))
    )

    assert outcomes[Outcome.COMMITTED] == 1
    assert set(outcomes) <= {Outcome.COMMITTED, Outcome.DOCUMENT_MOVED, Outcome.CONFLICT}


def test_fifty_accounts_at_once_do_not_disturb_each_other(store: Store) -> None:
    names = [AccountId(f"account-{number:02}") for number in range(50)]

    outcomes = at_once(
        50,
        lambda n: store.ledger.commit(
            Commit(PROGRAM, documents=(order(n, account=names[n]),), entries=(entry(1, account=names[n]),))
        ),
    )

    assert outcomes == [Outcome.COMMITTED] * 50
    assert sorted(store.audit.accounts(PROGRAM)) == names


def test_transactions_that_share_one_item_are_all_or_nothing(store: Store) -> None:
    """Twenty writers want the same entry, each with a document of its own: one document is there, the winner's."""
    outcomes = at_once(
        20, lambda n: store.ledger.commit(Commit(PROGRAM, documents=(order(n),), entries=(entry(1, actor=f"{n}"),)))
    )
    winner = outcomes.index(Outcome.COMMITTED)

    assert outcomes.count(Outcome.COMMITTED) == 1
    assert store.audit.documents(PROGRAM) == [order(winner)]
    assert store.ledger.newest(PROGRAM, ACCOUNT) == entry(1, actor=f"{winner}")


def test_a_chain_that_many_write_at_once_has_no_gap_and_no_ghost(store: Store) -> None:
    """Each of eight writers appends five entries, reading again whenever somebody was faster."""

    def append(writer: int) -> None:
        for step in range(5):
            outcome: Outcome | None = None
            while outcome is not Outcome.COMMITTED:
                newest = store.ledger.newest(PROGRAM, ACCOUNT)
                seq = newest.seq + 1 if newest else 1
                made = Commit(PROGRAM, documents=(order(100 * writer + step),), entries=(entry(seq),))
                outcome = store.ledger.commit(made)

    at_once(8, append)

    assert [row.seq for row in store.audit.raw_journal(PROGRAM, ACCOUNT)] == list(range(1, 41))
    assert len(store.audit.documents(PROGRAM)) == 40


def test_of_ten_at_once_exactly_one_changes_a_card(store: Store) -> None:
    store.cards.put_card(card())

    answers = at_once(10, lambda n: store.cards.put_card(card(revision=2, face=f"{n}")))

    assert answers.count(True) == 1
    stored = store.cards.card(card().serial)
    assert stored is not None
    assert stored == msgspec.structs.replace(card(), revision=2, face=f"{answers.index(True)}")


def test_a_phone_that_registers_twice_at_once_is_there_once(store: Store) -> None:
    at_once(8, lambda n: store.cards.register(registration(push_token=f"token-{n}")))

    assert len(store.cards.registrations("serial-1")) == 1
    assert len(store.cards.registered("device-1", "pass.example.points")) == 1
