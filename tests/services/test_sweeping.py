"""Time works on accounts that nobody touches: once, in their turn, and without ever showing a wrong number."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from stand_ins import DAY, HOUR, MINUTE, NOON, SECOND, Wrapped
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, Town, sqs_event, town, town_on

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.journal import Entry, Leg
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Version
from chalicelib.services.journaling import Line, next_entry, standing
from chalicelib.services.new_versions import NewVersions
from chalicelib.services.ports import Commit, Outcome
from chalicelib.services.sweeping import Sweeper
from ops.laptop.engine import Engine
from ops.laptop.shopify_books import Buyer

PENDING = DEFINITION.replace("available: at once", "available: {after: 14 days}")
WARNING = DEFINITION.replace("at: end of month}", "at: end of month, warn: 14 days before}")
BERLIN = ZoneCalendar("Europe/Berlin")
STRICTER = DEFINITION.replace("from: 300,", "from: 900,")


@pytest.fixture(params=["memory", "engine"])
def built(request: pytest.FixtureRequest) -> Callable[[str], Town]:
    """Builds a house over either kind of store."""
    if request.param == "memory":
        return town
    engine: Engine = request.getfixturevalue("engine")
    return lambda definition=DEFINITION: town_on(engine, definition)


def with_points(here: Town, euros: int = 45, buyer: Buyer = ANNA) -> tuple[str, AccountId]:
    """A member whose purchase the stream has told; their card and account."""
    link = here.member(buyer)
    here.buys(buyer, euros * 100)
    here.follow()
    return link, here.account(buyer)


def ends_of(here: Town, account: AccountId) -> Instant:
    return here.newest(account).snap.purse("beans").cells[0].ends


def swept(here: Town) -> list[Entry]:
    """Everything that sweeps have posted."""
    accounts = here.own.audit.accounts(PROGRAM)
    return [entry for account in accounts for entry in here.entries(account) if entry.kind == "settled"]


def publish(here: Town, text: str) -> Version:
    told = here.house.publishing.publish(text, file="bean-street.yaml")
    assert told.is_new
    return here.program.version(told.sha)


# --- what a sweep posts


def test_points_whose_day_has_come_expire_once(built: Callable[[str], Town]) -> None:
    here = built(DEFINITION)
    _, account = with_points(here)
    here.clock.instant = ends_of(here, account)
    for _ in range(3):
        here.work_off_sweeps()
    (entry,) = swept(here)
    assert [(leg.place, leg.points) for leg in entry.legs] == [("cell", -45), ("expired", 45)]
    assert (entry.actor, entry.document) == ("pointpass", f"sweep/{account}/{entry.seq}")
    assert here.violations() == []


def test_a_moment_before_its_day_nothing_is_swept(built: Callable[[str], Town]) -> None:
    here = built(DEFINITION)
    _, account = with_points(here)
    here.clock.instant = ends_of(here, account) - 1
    assert here.work_off_sweeps() == 0
    assert swept(here) == []


def test_points_on_the_way_arrive_although_nobody_touches_the_account(built: Callable[[str], Town]) -> None:
    here = built(PENDING)
    link, account = with_points(here)
    here.adds_to_wallet(link)
    here.clock.instant = here.newest(account).snap.purse("beans").maturing[0].at
    assert here.work_off_sweeps() == 1
    here.follow()
    assert here.newest(account).snap.purse("beans").spendable == 45
    assert here.pusher.calls == [["token-phone-1"]]
    assert here.work_off_sweeps() == 0


def test_level_is_lost_when_its_purchases_are_forgotten(built: Callable[[str], Town]) -> None:
    here = built(DEFINITION)
    _, account = with_points(here, 400)
    assert here.newest(account).snap.tier.level == "Silver"
    here.clock.instant = here.newest(account).snap.metrics["beans earned"][0].ends
    here.work_off_sweeps()
    here.follow()
    assert here.newest(account).snap.tier.level == "Bean"
    assert len(swept(here)) == 1


def test_sweep_that_comes_late_was_never_missed_by_a_reader() -> None:
    here = town()
    link, account = with_points(here)
    here.clock.instant = ends_of(here, account) + 40 * DAY
    assert here.facts(link)["points"] == 0
    here.work_off_sweeps()
    assert here.facts(link)["points"] == 0
    assert here.newest(account).at == here.clock.now()
    assert here.violations() == []


def test_every_purchase_moves_the_account_to_its_next_day() -> None:
    here = town(PENDING)
    _, account = with_points(here)
    first = here.newest(account).snap.purse("beans").maturing[0].at
    here.clock.forward(3 * DAY)
    here.buys(ANNA, 1000)
    here.follow()
    assert [due.at for due in here.own.views.due(since=0, until=first + 400 * DAY, limit=9)] == [first]
    here.clock.instant = first
    here.work_off_sweeps()
    here.follow()
    (due,) = here.own.views.due(since=0, until=first + 400 * DAY, limit=9)
    assert due.at == here.newest(account).snap.purse("beans").maturing[0].at > first


def test_guests_are_settled_by_their_next_event_and_never_swept() -> None:
    """A sweep would write to an account whose days are numbered, and let it live longer."""
    here = town()
    here.buys(ANNA, 4500)
    here.follow()
    here.clock.instant = ends_of(here, here.account(ANNA))
    assert here.work_off_sweeps() == 0
    assert here.house.sweeper.sweep(here.program, here.account(ANNA)) is False
    assert swept(here) == []


# --- races and failures


def test_two_sweepers_of_one_account_post_once(built: Callable[[str], Town]) -> None:
    here = built(DEFINITION)
    _, account = with_points(here)
    here.clock.instant = ends_of(here, account)
    rival = here.house.sweeper
    second = town_sharing(here, before_commit=lambda: rival.sweep(here.program, account))
    assert second.sweep(here.program, account) is False
    assert len(swept(here)) == 1
    assert here.violations() == []


def town_sharing(here: Town, *, before_commit: Callable[[], Any]) -> Sweeper:
    """Another sweeper on the same stores; `before_commit` happens once between its read and its write."""
    return hurt(here, "commit", before_commit)


def hurt(here: Town, call: str, first: Callable[[], Any]) -> Sweeper:
    """A sweeper to whom something happens before its first call of that name to the ledger."""
    waiting = [first]

    def around(name: str, real: Callable[[], Any]) -> Any:
        if name == call and waiting:
            waiting.pop()()
        return real()

    return msgspec.structs.replace(here.house.sweeper, ledger=Wrapped(here.own.ledger, around))


def throttled() -> None:
    raise TryAgain("store_throttled")


def test_purchase_that_comes_between_settles_the_account_itself() -> None:
    here = town()
    _, account = with_points(here)
    here.clock.instant = ends_of(here, account)
    sweeper = town_sharing(here, before_commit=lambda: here.buys(ANNA, 1000))
    assert sweeper.sweep(here.program, account) is False
    assert swept(here) == []
    assert here.newest(account).snap.purse("beans").balance == 10


def test_account_that_cannot_be_read_does_not_hold_up_the_others() -> None:
    here = town()
    _, account = with_points(here)
    with_points(here, buyer=BORIS)
    here.clock.instant = ends_of(here, account)
    here.house.sweeper.find()
    ((message, _),) = here.sweeps.take()
    sweeper = hurt(here, "newest", throttled)
    with pytest.raises(TryAgain):
        sweeper.work_off(message)
    assert len(swept(here)) == 1
    sweeper.work_off(message)
    assert len(swept(here)) == 2


def test_broken_journal_is_an_alarm_and_not_the_end_of_its_batch() -> None:
    here = town()
    _, account = with_points(here)
    with_points(here, buyer=BORIS)
    here.clock.instant = ends_of(here, account)

    def broken() -> None:
        raise Broken("unreadable_entry")

    here.house.sweeper.find()
    ((message, _),) = here.sweeps.take()
    hurt(here, "newest", broken).work_off(message)
    assert here.alarm.names == ["sweep_broken"]
    assert len(swept(here)) == 1


def test_message_that_was_lost_is_sent_again_by_the_next_look() -> None:
    here = town()
    _, account = with_points(here)
    here.clock.instant = ends_of(here, account)
    here.house.sweeper.find()
    here.sweeps.take()
    here.clock.forward(5 * DAY)
    assert here.work_off_sweeps() == 1
    assert len(swept(here)) == 1


def test_due_accounts_are_queued_ten_together_and_spread_over_the_next_minutes() -> None:
    here = town()
    for number in range(25):
        entry = told_entry(number)
        here.own.views.put(entry, PROGRAM, due=NOON)
    assert here.house.sweeper.find() == 25
    queued = [(len(str(message["accounts"]).split()), delay) for message, delay in here.sweeps.take()]
    assert queued == [(10, 0), (10, 0), (5, 1)]


def told_entry(number: int) -> Entry:
    here = town(seed=number)
    here.buys(ANNA, 1000)
    return here.newest(here.account(ANNA))


def test_index_that_is_wrong_about_an_account_is_put_right() -> None:
    here = town()
    _, account = with_points(here)
    here.own.views.move_due(PROGRAM, account, seq=here.newest(account).seq, due=NOON)
    assert here.work_off_sweeps() == 1
    (due,) = here.own.views.due(since=0, until=NOON + 400 * DAY, limit=9)
    assert due.at == ends_of(here, account)
    assert swept(here) == []


def test_account_without_a_journal_leaves_the_index() -> None:
    here = town()
    here.own.views.put(told_entry(1), PROGRAM, due=NOON)
    assert here.work_off_sweeps() == 1
    assert here.own.views.due(since=0, until=NOON + DAY, limit=9) == []


def test_message_that_is_not_understood_is_an_alarm() -> None:
    here = town()
    for message in ({"job": "dance", "program": PROGRAM}, {"job": "due", "program": "other-street", "accounts": "a"}):
        assert here.house.sweeps(sqs_event([message])) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert here.alarm.names == ["message_broken", "message_broken"]


# --- holds


def test_hold_that_nobody_resolves_gives_its_points_back(built: Callable[[str], Town]) -> None:
    here = built(DEFINITION)
    _, account = with_points(here)
    until = here.clock.now() + 20 * MINUTE
    held(here, account, 40, until)
    here.follow()
    assert here.newest(account).snap.purse("beans").spendable == 5
    here.clock.instant = until
    here.work_off_sweeps()
    here.follow()
    assert here.newest(account).snap.purse("beans").spendable == 45
    assert here.work_off_sweeps() == 0
    assert len(swept(here)) == 1


def held(here: Town, account: AccountId, points: int, until: Instant) -> None:
    """Points set aside, as a checkout does it."""
    stand = standing(here.own.ledger, here.program, account, here.clock.now())
    ends, document = stand.snap.purse("beans").cells[0].ends, Reference("hold/1")
    legs = (
        Leg("cell", "beans", -points, ends=ends),
        Leg("held", "beans", points, ends=ends, at=until, document=document),
    )
    line = Line("held", document, here.clock.now(), "till", here.program.latest.sha, legs=legs)
    entry = next_entry(stand, here.program, line)
    assert here.own.ledger.commit(Commit(PROGRAM, entries=(entry,))) is Outcome.COMMITTED


# --- warnings


def test_card_tells_once_that_points_end_soon_without_any_event(built: Callable[[str], Town]) -> None:
    here = built(WARNING)
    link, account = with_points(here)
    here.adds_to_wallet(link)
    told_at = BERLIN.at_hour(date(2027, 6, 16), 10)
    here.clock.instant = told_at - 1
    assert here.work_off_sweeps() == 0
    assert "the last day to use them is" not in here.page(link).body.decode()
    here.clock.instant = told_at
    for _ in range(3):
        here.work_off_sweeps()
        here.clock.forward(MINUTE)
    assert here.pusher.calls == [["token-phone-1"]]
    assert here.card(link).news == "ending"
    assert "the last day to use them is 30 June." in here.page(link).body.decode()
    assert swept(here) == []
    (due,) = here.own.views.due(since=told_at, until=ends_of(here, account), limit=9)
    assert due.at == ends_of(here, account)


def test_purchase_after_the_warning_is_announced_as_points_again() -> None:
    here = town(WARNING)
    link, _ = with_points(here)
    here.adds_to_wallet(link)
    here.clock.instant = BERLIN.at_hour(date(2027, 6, 16), 10)
    here.work_off_sweeps()
    here.clock.forward(HOUR)
    here.buys(ANNA, 1000)
    here.follow()
    assert here.card(link).news == "points"


def test_nobody_is_told_where_the_program_does_not_say_so() -> None:
    here = town()
    link, account = with_points(here)
    here.clock.instant = ends_of(here, account) - 1
    here.house.refresh.account(PROGRAM, account)
    assert here.card(link).news == "points"
    assert here.card(link).warned == 0


# --- new versions


def test_version_acts_at_its_time_for_an_account_that_nobody_touches(built: Callable[[str], Town]) -> None:
    here = built(DEFINITION)
    with_points(here, 400)
    version = publish(here, STRICTER)
    assert here.work_off_sweeps() == 3  # the news, the accounts, and the cards
    (entry,) = swept(here)
    assert entry.at >= version.since > NOON
    assert (entry.snap.tier.level, entry.snap.tier.since) == ("Bean", version.since)
    here.follow()
    assert here.work_off_sweeps() == 0
    assert here.violations() == []


def test_version_never_acts_before_its_time() -> None:
    here = town()
    with_points(here, 400)
    publish(here, STRICTER)
    ((message, delay),) = here.sweeps.take()
    assert delay == 45
    assert here.house.sweeps(sqs_event([message])) == {"batchItemFailures": []}
    assert swept(here) == []
    assert here.sweeps.take() == [(message, 40)]


def test_new_version_reaches_cards_and_the_index_of_accounts_it_does_not_change() -> None:
    here = town()
    link, _ = with_points(here)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    publish(here, WARNING.replace('background: "#2b1d14"', 'background: "#102030"'))
    here.work_off_sweeps()
    assert swept(here) == []
    assert here.pusher.calls == [["token-phone-1"]]
    (due,) = here.own.views.due(since=0, until=NOON + 400 * DAY, limit=9)
    assert due.at == BERLIN.at_hour(date(2027, 6, 16), 10)


def test_every_account_is_looked_at_once_however_often_its_messages_come() -> None:
    here = town()
    for number in range(205):
        here.buys(Buyer(number + 1, f"guest{number}@example.com", None, "Guest", str(number)), 100)
    _, account = with_points(here, 400)
    publish(here, STRICTER)
    ((first, _),) = here.sweeps.take()
    here.clock.forward(45 * SECOND)
    waiting, taken = [first], 0
    while waiting:
        message = waiting.pop(0)
        for _ in range(2):
            assert here.house.sweeps(sqs_event([message])) == {"batchItemFailures": []}
        waiting += [message for message, _ in here.sweeps.take()]
        taken += 1
    assert taken <= 6
    assert [entry.account for entry in swept(here)] == [account]
    (walk,) = here.house.walking.of(PROGRAM, "publish")
    assert (walk.state, walk.done) == ("done", 206)


def test_account_that_the_walk_could_not_read_gets_a_message_of_its_own() -> None:
    here = town()
    _, account = with_points(here, 400)
    publish(here, STRICTER)
    ((message, _),) = here.sweeps.take()
    here.clock.forward(45 * SECOND)
    here.house.walking.work_off(message)
    ((message, _),) = here.sweeps.take()
    sweeper = hurt(here, "newest", throttled)
    rounds = {"publish": NewVersions(here.own.views, sweeper)}
    msgspec.structs.replace(here.house.walking, rounds=rounds).work_off(message)
    (again, delay), (cards, _) = here.sweeps.take()
    walk = str(message["walk"])
    assert (again, delay) == ({"job": "missed", "program": PROGRAM, "walk": walk, "names": account}, 60)
    assert cards["walk"] == f"cards/{walk}"
    assert here.house.sweeps(sqs_event([again])) == {"batchItemFailures": []}
    assert len(swept(here)) == 1


@pytest.mark.parametrize("job", ["publish", "again"])
def test_message_of_the_release_before_is_understood(job: str) -> None:
    here = town()
    _, account = with_points(here, 400)
    version = publish(here, STRICTER)
    here.sweeps.take()
    here.clock.forward(45 * SECOND)
    old: dict[str, dict[str, str | int]] = {
        "publish": {"sha": version.sha, "effective_at": version.effective_at, "cursor": "\x01"},
        "again": {"accounts": account},
    }
    waiting = [{"job": job, "program": PROGRAM, **old[job]}]
    while waiting:
        assert here.house.sweeps(sqs_event([waiting.pop()])) == {"batchItemFailures": []}
        waiting += [message for message, _ in here.sweeps.take()]
    assert [entry.account for entry in swept(here)] == [account]


def test_version_that_a_container_does_not_know_yet_is_waited_for() -> None:
    here = town()
    message = {"job": "publish", "program": PROGRAM, "sha": "0" * 64, "cursor": "", "effective_at": NOON}
    assert here.house.sweeps(sqs_event([message])) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert here.alarm.names == []


def test_first_version_and_a_repeated_one_need_no_sweep() -> None:
    here = town()
    here.house.publishing.publish(DEFINITION, file="bean-street.yaml")
    here.house.publishing.publish(DEFINITION.replace("bean-street\n", "new-street\n", 1), file="new-street.yaml")
    assert here.sweeps.take() == []
