"""While a program's tables are being put back, every door says "later", and nothing that waits is lost."""

import pytest
from click.testing import CliRunner
from gateway import event, reply
from stand_ins import NOON
from whole_house import ANNA, PROGRAM, Town, inserted, stream_event, town

import app as front
from chalicelib.store.memory.ledger import MemoryLedger
from ops.command import main


@pytest.fixture
def here() -> Town:
    return town()


@pytest.fixture
def closed(here: Town) -> Town:
    here.own.programs.begin_restore(PROGRAM, NOON)
    return here


def answered(here: Town, monkeypatch: pytest.MonkeyPatch, method: str, resource: str, **parameters: str) -> int:
    monkeypatch.setattr(front, "house", lambda: here.house)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer pp_nobody"}
    body = b"{}" if method == "POST" else None
    return reply(front.app(event(method, resource, parameters, headers=headers, body=body), None)).status


def test_webhook_is_told_to_come_again(closed: Town) -> None:
    answer = closed.deliver(closed.shop.paid(closed.shop.order(ANNA, [])))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")


def test_the_same_webhook_counts_when_the_doors_are_open(closed: Town) -> None:
    signed = closed.shop.paid(closed.shop.order(ANNA, []))
    closed.deliver(signed)
    closed.own.programs.end_restore(PROGRAM)
    assert closed.deliver(signed).status == 200


@pytest.mark.parametrize("resource", ["/p/{program}"])
def test_pages_say_later(closed: Town, monkeypatch: pytest.MonkeyPatch, resource: str) -> None:
    assert answered(closed, monkeypatch, "GET", resource, program=PROGRAM) == 503


def test_page_of_a_card_says_later(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    card = here.member(ANNA)
    here.own.programs.begin_restore(PROGRAM, NOON)
    assert answered(here, monkeypatch, "GET", "/c/{card}", card=card) == 503


def test_entry_of_the_stream_waits_and_is_followed_later(here: Town) -> None:
    here.buys(ANNA, 1_000)
    entry = here.newest(here.account(ANNA))
    told = stream_event(inserted(entry))
    here.own.programs.begin_restore(PROGRAM, NOON)
    assert len(here.house.journal.handle(told)["batchItemFailures"]) == 1
    here.own.programs.end_restore(PROGRAM)
    assert here.house.journal.handle(told) == {"batchItemFailures": []}


def test_night_and_books_leave_the_program_alone(closed: Town) -> None:
    closed.house.night(seconds=60)
    closed.house.reconcile(seconds=60)
    assert list(closed.own.seals.days(PROGRAM)) == []
    assert closed.alarm.raised == []


def test_doors_open_for_a_ledger_that_is_right(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    here.buys(ANNA, 1_000)
    assert typed(here, monkeypatch, "begin") == 0
    assert here.own.programs.restoring(PROGRAM)
    assert typed(here, monkeypatch, "end") == 0
    assert not here.own.programs.restoring(PROGRAM)


def test_doors_stay_closed_for_a_ledger_that_is_torn(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for price in (1_000, 2_000):
        here.buys(ANNA, price)
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    del ledger.journal[PROGRAM, here.account(ANNA)][2]
    typed(here, monkeypatch, "begin")
    assert typed(here, monkeypatch, "end") == 1
    assert here.own.programs.restoring(PROGRAM)


def test_another_stage_than_the_laptops_is_closed_by_its_name_alone(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert typed(here, monkeypatch, "begin", "--stage", "prod") == 1
    assert not here.own.programs.restoring(PROGRAM)
    assert typed(here, monkeypatch, "begin", "--stage", "prod", "--stage-name", "prod") == 0


def typed(here: Town, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the command. It acts with an operator's rights."""
    monkeypatch.setattr(here.own.programs, "_by_operator", True)
    monkeypatch.setattr("ops.drill.command.house_of", lambda _: here.house)
    return CliRunner().invoke(main, ["restoring", *words], catch_exceptions=False).exit_code


def test_opening_what_is_open_says_so(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.drill.command.house_of", lambda stage: here.house)
    done = CliRunner().invoke(main, ["restoring", "end"])
    assert (done.exit_code, done.output) == (0, "No program is closed: everybody is served.\n")
