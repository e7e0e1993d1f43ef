"""Whatever was acknowledged is there exactly once, though the poster or the engine was killed at a random moment."""

import os
import time
from pathlib import Path
from secrets import randbelow

import pytest

from chalicelib.store.connection import Patience
from ops.kill9.facts import Fact
from ops.kill9.posting import Posting, opened, posting
from ops.kill9.trial import Report, judge, trial
from ops.laptop.engine import Engine, find

KILLS = 12
PATIENT = Patience(connect_seconds=10, read_seconds=30, attempts=1)


@pytest.mark.xdist_group("kill9")
def test_a_dozen_kills_lose_and_double_nothing(tmp_path: Path, aws_keys: None) -> None:
    report = trial(find(os.environ.get("DYNOXIDE", "")), tmp_path / "ledger.db", kills=KILLS, seed=randbelow(10**6))
    assert report.violations == [], f"seed {report.seed}"
    assert report.kills.total() == KILLS
    assert report.acknowledged > KILLS
    assert report.entries >= report.acknowledged - report.refused


# --- the judge finds what it should -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(engine: Engine) -> Posting:
    opened(engine.url, PATIENT).create_tables()
    return posting(engine.url, PATIENT)


def happened(house: Posting, fact: Fact) -> Fact:
    house.recorder.record(house.program, fact.told(time.time_ns() // 1_000_000), actor="shop", deadline=None)
    return fact


def judged(house: Posting, number: int, *heard: tuple[Fact, bool]) -> list[str]:
    report = Report(seed=0)
    judge(house, number, list(heard), report)
    return report.violations


def test_an_order_that_was_acknowledged_and_is_gone_is_found(house: Posting) -> None:
    lost = Fact("1-0-1", "order", 0, 4_500)
    assert judged(house, 1, (lost, True)) == ["round 1: order 1-0-1 was acknowledged and is gone"]


def test_a_refund_that_was_acknowledged_and_is_gone_is_found(house: Posting) -> None:
    order = happened(house, Fact("2-0-1", "order", 0, 4_500))
    lost = Fact("2-0-2", "refund", 0, 500, order.name)
    assert judged(house, 2, (order, True), (lost, True)) == [
        "round 2: refund 2-0-2 was acknowledged and is gone from its order"
    ]


def test_a_refused_redemption_that_is_there_is_found(house: Posting) -> None:
    order = happened(house, Fact("3-0-1", "order", 0, 4_500))
    used = Fact("3-0-2", "use", 0, 20)
    account = house.ledger.document("bean-street", order.reference).account  # type: ignore[union-attr]
    house.redemptions.redeem(house.program, used.reference, account, 20, actor="till")
    assert judged(house, 3, (order, True), (used, True)) == []
    assert judged(house, 3, (order, True), (used, False)) == ["round 3: use 3-0-2 was refused and is there"]


def test_what_nobody_acknowledged_may_be_there_once(house: Posting) -> None:
    happened(house, Fact("4-0-1", "order", 0, 4_500))
    report = Report(seed=0)
    judge(house, 4, [], report)
    assert (report.violations, report.unanswered) == ([], 1)


def test_the_checker_sees_a_fact_that_was_posted_twice(house: Posting) -> None:
    """The same order under two names: its sums hold, and its message is in the journal twice."""
    order = happened(house, Fact("5-0-1", "order", 0, 4_500))
    again = Fact("5-0-2", "order", 0, 4_500)
    told = again.told(time.time_ns() // 1_000_000)
    house.recorder.record(
        house.program, type(told)(told.reference, order.name, order=told.order, customer=told.customer), actor="shop",
        deadline=None,
    )  # fmt: skip
    assert judged(house, 5, (order, True)) == [
        "round 5: order 5-0-1 was posted 2 times",
        "round 5: 5-0-1 was posted 2 times",
    ]
