"""A correction may stop anywhere and meet anything: run again, it ends at the same points."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from limit_till import Till, with_limit
from stand_ins import MINUTE
from whole_house import ANNA, BORIS, DEFINITION, Town, town

from chalicelib.errors import TryAgain
from chalicelib.programs.program import Version
from chalicelib.services.ports import Commit, Outcome

GOOD = DEFINITION
BAD = DEFINITION.replace("1 bean per 1 EUR", "3 beans per 1 EUR")


def publish(here: Town, definition: str) -> Version:
    """The definition, in force."""
    here.clock.instant = here.house.publishing.publish(definition, file="new.yaml").effective_at + MINUTE
    return here.program.latest


def versions(here: Town) -> tuple[Version, Version]:
    """The bad version, which the program began with, and the good one."""
    return here.program.versions[0], publish(here, GOOD)


def corrected(here: Town, bad: Version, good: Version) -> int:
    """Correct all there is; how many accounts that were."""
    service = here.house.corrections
    found = service.priced(here.program, bad)
    return len([service.post(here.program, documents, good, actor="olga") for documents in found.values()])


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("is_written", [True, False])
def test_a_correction_that_is_torn_apart_goes_on_where_it_stopped(outcome: Outcome, *, is_written: bool) -> None:
    """The answer to any one commit is lost or wrong; running it again ends at the same points."""
    spoiled = iter([False, True])

    def around(name: str, call: Any) -> Any:
        if name != "commit" or not next(spoiled, False) or outcome is Outcome.COMMITTED:
            return call()
        if is_written:
            assert call() is Outcome.COMMITTED
        return Outcome.UNKNOWN if is_written else outcome

    here = town(BAD)
    for buyer, price in itertools.product((ANNA, BORIS), (1_000, 2_000)):
        here.buys(buyer, price)
    bad, good = versions(here)
    service = msgspec.structs.replace(here.house.corrections, ledger=_Torn(here.own.ledger, around))
    found = service.priced(here.program, bad)
    for documents in found.values():
        service.post(here.program, documents, good, actor="olga")
    assert corrected(here, bad, good) == 0
    assert (here.stored_balance(ANNA), here.stored_balance(BORIS)) == (30, 30)
    assert here.violations() == []


class _Torn:
    """A ledger whose commits go through `around`."""

    def __init__(self, ledger: Any, around: Any) -> None:
        self._ledger, self._around = ledger, around

    def commit(self, commit: Commit) -> Outcome:
        outcome: Outcome = self._around("commit", lambda: self._ledger.commit(commit))
        return outcome

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


def test_a_correction_that_is_interrupted_between_two_accounts_is_finished_by_the_next_run() -> None:
    here = town(BAD)
    for buyer in (ANNA, BORIS):
        here.buys(buyer, 1_000)
    bad, good = versions(here)
    service = here.house.corrections
    first, *_ = service.priced(here.program, bad).values()
    service.post(here.program, first, good, actor="olga")
    assert corrected(here, bad, good) == 1
    assert (here.stored_balance(ANNA), here.stored_balance(BORIS)) == (10, 10)


def test_a_refund_that_comes_in_between_is_not_lost() -> None:
    here = town(BAD)
    order = here.buys(ANNA, 1_000)
    bad, good = versions(here)
    service = here.house.corrections
    (documents,) = service.priced(here.program, bad).values()
    here.deliver(here.shop.refunded(order, amount=400))
    service.post(here.program, documents, good, actor="olga")
    assert here.stored_balance(ANNA) == 6
    assert here.violations() == []


def test_a_correction_that_meets_others_all_the_time_gives_up_for_now() -> None:
    here = town(BAD)
    here.buys(ANNA, 1_000)
    bad, good = versions(here)
    service = msgspec.structs.replace(
        here.house.corrections, ledger=_Torn(here.own.ledger, lambda _name, _call: Outcome.CONFLICT)
    )
    (documents,) = service.priced(here.program, bad).values()
    with pytest.raises(TryAgain):
        service.post(here.program, documents, good, actor="olga")


CHEAP = with_limit("at_most: 150 beans per month")
DEAR = CHEAP.replace("1 bean per 1 EUR", "3 beans per 1 EUR")
NEWS = some.tuples(
    some.sampled_from(["1", "2", "3"]), some.sampled_from(["order", "refund", "cancel"]), some.integers(1, 90)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(news=some.lists(NEWS, max_size=12), when=some.integers(0, 12))
def test_after_a_correction_everything_is_as_if_the_good_version_had_been_there_from_the_start(
    news: list[tuple[str, str, int]], when: int
) -> None:
    here, right = town(DEAR), town(CHEAP)
    tills = [Till(here), Till(right)]
    bad, good = here.program.versions[0], publish(here, CHEAP)
    right.clock.instant = here.clock.instant
    for number, (name, what, euros) in enumerate([*news, ("1", "order", 1)]):
        if number == when:
            corrected(here, bad, good)
        for till in tills:
            back = {f"{name}-{euros}": euros} if what == "refund" else None
            till.tell(name, None if back else euros, back=back, is_cancelled=what == "cancel")
    corrected(here, bad, good)
    assert here.stored_balance(ANNA) == right.stored_balance(ANNA)
    assert [here.violations(), right.violations()] == [[], []]
