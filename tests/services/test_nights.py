"""Every night the ledger is checked, summed and sealed; afterwards nothing that was sealed can be taken away."""

import msgspec
import pytest
from night_room import bodies, night, rows, sealed, wrong
from stand_ins import DAY, HOUR
from whole_house import ANNA, BORIS, LIVE, MASTER, PROGRAM, Town, town

from chalicelib.ledger.chain import encode, seal
from chalicelib.ledger.totals import Flow, owned
from chalicelib.store.memory.books import MemoryObjects
from chalicelib.store.memory.ledger import KeptEntry, MemoryLedger
from chalicelib.store.seals import SignedSeals


@pytest.fixture
def here() -> Town:
    return town(LIVE)


# --- seals -----------------------------------------------------------------------------------------------------------


def test_a_seal_names_the_one_before_it_and_what_there_was(here: Town) -> None:
    sealed(here)
    seals = here.own.seals
    first, second = (seals.signed(PROGRAM, day) for day in seals.days(PROGRAM))
    assert first is not None
    assert second is not None
    assert (first.seal.previous, second.seal.previous) == ("", first.digest)
    assert (second.seal.day, second.seal.accounts, second.seal.entries) == ("2026-06-24", 2, 3)
    assert (first.seal.points, second.seal.points) == ({"beans": 75}, {"beans": 85})
    assert wrong(here) == []


def test_a_day_is_sealed_once(here: Town) -> None:
    sealed(here)
    before = dict(bodies(here))
    assert night(here).sealed is None
    assert bodies(here) == before


def test_the_newest_entry_that_is_cut_off_is_found_although_the_chain_is_whole(here: Town) -> None:
    sealed(here)
    account = here.account(ANNA)
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    newest = here.newest(account)
    del rows(here, account)[newest.seq]
    del ledger.kept[PROGRAM, newest.document]
    assert wrong(here) == [f"{account} {newest.seq}: an entry that was sealed has been taken away"]


def test_a_journal_that_was_written_anew_with_good_hashes_is_found(here: Town) -> None:
    sealed(here)
    account = here.account(ANNA)
    newest = here.newest(account)
    forged = seal(msgspec.structs.replace(newest, name="#9"))
    rows(here, account)[newest.seq] = KeptEntry(forged, encode(forged), forged.hash, None)
    assert wrong(here) == [f"{account} {newest.seq}: an entry that was sealed has been replaced by another"]


def test_a_status_that_was_edited_is_found(here: Town) -> None:
    sealed(here)
    account = here.account(BORIS)
    newest = here.newest(account)
    snap = msgspec.structs.replace(newest.snap, status="merged", merged_to=here.account(ANNA))
    edited = msgspec.structs.replace(newest, snap=snap)
    rows(here, account)[newest.seq] = KeptEntry(edited, encode(edited), newest.hash, None)
    found = here.house.auditing.against_seal(here.program).violations
    assert (2, account, newest.seq) in {(each.promise, each.account, each.seq) for each in found}


def test_an_account_that_is_gone_is_found(here: Town) -> None:
    sealed(here)
    account = here.account(ANNA)
    seq = here.newest(account).seq
    rows(here, account).clear()
    assert f"{account} {seq}: an entry that was sealed has been taken away" in wrong(here)


def test_an_account_nobody_claimed_may_be_gone_when_its_end_has_come(here: Town) -> None:
    sealed(here)
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    boris = here.account(BORIS)
    document = here.newest(boris).document
    here.clock.forward(91 * DAY)
    del ledger.journal[PROGRAM, boris]
    del ledger.kept[PROGRAM, document]
    assert [says for says in wrong(here) if boris in says] == []


def test_a_ledger_that_lost_what_was_sealed_is_not_sealed_again(here: Town) -> None:
    sealed(here)
    account = here.account(ANNA)
    del rows(here, account)[here.newest(account).seq]
    here.clock.forward(DAY)
    assert night(here).sealed is None
    assert "ledger_violation" in here.alarm.names
    assert len(here.own.seals.days(PROGRAM)) == 2


def test_a_seal_that_was_changed_is_found(here: Town) -> None:
    sealed(here)
    key = f"{PROGRAM}/2026-06-24.json"
    assert wrong(here) == []
    other = SignedSeals(MemoryObjects(), secret=bytes(32))
    signed = here.own.seals.signed(PROGRAM, "2026-06-24")
    assert signed is not None
    foreign = other.put(signed.seal)
    assert foreign is not None
    bodies(here)[key] = msgspec.json.encode(foreign)
    assert wrong(here) == ["seal of 2026-06-24 0: the seal's signature is not ours"]
    bodies(here)[key] = b"{}"
    assert wrong(here) == ["seal of 2026-06-24 0: the seal cannot be read"]


def test_a_seal_that_is_gone_from_the_middle_is_found(here: Town) -> None:
    sealed(here)
    here.clock.forward(DAY)
    night(here)
    del bodies(here)[f"{PROGRAM}/2026-06-24.json"]
    assert wrong(here) == ["seal of 2026-06-25 0: the seal does not follow the one before it"]
    del bodies(here)[f"{PROGRAM}/2026-06-23.json"]
    assert wrong(here) == ["seal of 2026-06-25 0: the seal names one before it, and there is none"]


@pytest.mark.parametrize("is_gone", [True, False])
def test_leaves_that_do_not_lead_to_the_root_are_found(here: Town, is_gone: bool) -> None:
    sealed(here)
    key = max(key for key in bodies(here) if key.endswith(".z"))
    bodies(here)[key] = b"no zip"
    says = "what was sealed cannot be read"
    if is_gone:
        del bodies(here)[key]
        says = "what was sealed has been changed: it does not lead to the seal's root"
    assert wrong(here) == [f"seal of 2026-06-24 0: {says}"]


def test_a_night_that_was_left_out_is_found(here: Town) -> None:
    sealed(here)
    here.clock.forward(36 * HOUR)
    assert wrong(here) == []
    here.clock.forward(1)
    assert wrong(here) == ["seal of 2026-06-24 0: the newest seal is 36 hours old"]


def test_a_ledger_that_was_never_sealed_is_not_wrong(here: Town) -> None:
    here.buys(ANNA, 4500)
    assert wrong(here) == []


def test_the_seal_is_signed_with_a_key_of_the_masters(here: Town) -> None:
    assert here.own.seals.public_key == SignedSeals(MemoryObjects(), secret=MASTER).public_key


# --- totals ----------------------------------------------------------------------------------------------------------


def days(here: Town) -> list[tuple[str, int, Flow, int, int, bool]]:
    found = here.house.totalling.days(here.program, "", "~")
    assert [total.difference for total in found] == [0] * len(found)
    return [(each.day, each.opening, each.flow, each.ended, each.closing, each.is_exact) for each in found]


def test_a_day_is_summed_so_far_and_closed_at_night(here: Town) -> None:
    here.member(ANNA)
    order = here.buys(ANNA, 4500)
    here.house.redemptions.redeem(here.program, "redemption/1", here.account(ANNA), 20, actor="till")  # type: ignore[arg-type]
    here.follow()
    flow = Flow(issued=45, redeemed=20)
    assert days(here) == [("2026-06-23", 0, flow, 0, 25, False)]
    here.clock.forward(DAY)
    night(here)
    assert days(here) == [("2026-06-23", 0, flow, 0, 25, True)]
    here.deliver(here.shop.refunded(order, amount=1000))
    here.follow()
    assert days(here)[1:] == [("2026-06-24", 25, Flow(taken_back=10), 0, 15, False)]


def test_what_the_stream_shows_twice_is_counted_once(here: Town) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    here.followed.clear()
    here.follow()
    assert days(here) == [("2026-06-23", 0, Flow(issued=45), 0, 45, False)]


def test_an_open_day_is_summed_over_every_entry_of_everybody_who_moved(here: Town) -> None:
    here.member(ANNA)
    here.buys(ANNA, 100_00)
    here.buys(BORIS, 7_00)
    here.follow()
    here.clock.forward(DAY)
    night(here)
    for _ in range(23):  # more than are read at first
        here.buys(ANNA, 1_00)
    here.follow()
    closed, open_day = days(here)
    assert (closed[2].issued, closed[-1]) == (107, True)
    assert open_day == ("2026-06-24", 107, Flow(issued=23), 0, 130, False)


def test_what_the_stream_never_showed_is_in_the_exact_total(here: Town) -> None:
    here.buys(ANNA, 4500)
    assert days(here) == []
    here.clock.forward(2 * DAY)
    night(here)
    assert days(here) == [
        ("2026-06-23", 0, Flow(issued=45), 0, 45, True),
        ("2026-06-24", 45, Flow(), 0, 45, True),
    ]


def test_a_closed_day_never_changes_and_guests_that_end_are_told(here: Town) -> None:
    here.buys(BORIS, 3000)
    here.member(ANNA)
    here.buys(ANNA, 4500)
    here.follow()
    here.clock.forward(DAY)
    night(here)
    first = days(here)[0]
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    boris = here.account(BORIS)
    here.clock.forward(91 * DAY)
    del ledger.kept[PROGRAM, here.newest(boris).document]
    del ledger.journal[PROGRAM, boris]
    night(here)
    after = days(here)
    assert after[0] == first
    assert after[-1][3:] == (30, 45, True)
    assert sum(day[3] for day in after) == 30


def test_closing_is_what_members_hold_to_the_point(here: Town) -> None:
    for number, buyer in enumerate((ANNA, BORIS, ANNA, BORIS, ANNA)):
        order = here.buys(buyer, 1000 + 777 * number)
        if number % 2:
            here.deliver(here.shop.refunded(order, amount=500))
        here.clock.forward(DAY)
        here.follow()
        if number != 2:
            night(here)
    accounts = here.own.audit.accounts(PROGRAM)
    assert days(here)[-1][4] == sum(owned(here.newest(account).snap.purse("beans")) for account in accounts)


def test_the_night_door_checks_every_program_and_tells_what_is_wrong(here: Town) -> None:
    here.buys(ANNA, 4500)
    here.follow()
    here.house.night(seconds=600)
    assert here.alarm.raised == []
    row = rows(here, here.account(ANNA))[1]
    rows(here, here.account(ANNA))[1] = msgspec.structs.replace(
        row, line=row.line.replace('"by":"shop"', '"by":"shot"')
    )
    here.clock.forward(DAY)
    here.house.night(seconds=600)
    name, facts = here.alarm.raised[0]
    assert name == "ledger_violation"
    assert (facts["promise"], facts["account"], facts["entry"]) == (2, here.account(ANNA), 1)


# --- liability -------------------------------------------------------------------------------------------------------


def test_liability_counts_what_members_hold_by_age(here: Town) -> None:
    here.member(ANNA)
    here.buys(ANNA, 4500)
    here.clock.forward(40 * DAY)
    here.buys(ANNA, 1000)
    here.follow()
    _, (report,) = here.house.owing.report(here.program)
    assert [(aged.lot.age, aged.lot.points) for aged in report.ages] == [(0, 10), (2, 45)]
    assert report.owed.points == 55
