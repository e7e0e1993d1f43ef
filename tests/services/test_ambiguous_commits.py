"""No path assumes success or failure: a commit whose answer was lost ends with one effect, whichever way it went."""

from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import ContainerDied
from whole_house import ANNA, PROGRAM, Town, town

from chalicelib.connectors import shopify
from chalicelib.errors import TryAgain
from chalicelib.events import Reference
from chalicelib.services.ports import Delivery, Outcome
from ops.laptop.shopify_books import Item

LOST = {"happened": True, "did not happen": False}


class Losing:
    """Loses the answers of the next commits; `plan` says for each whether it happened; None: not lost."""

    def __init__(self, *plan: bool | None, says: Outcome = Outcome.UNKNOWN) -> None:
        self.plan = list(plan)
        self.says = says

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        if name != "commit" or not self.plan:
            return call()
        match self.plan.pop(0):
            case None:
                return call()
            case True:
                call()
        return self.says


@pytest.mark.parametrize("happened", LOST.values(), ids=LOST)
def test_purchase_counts_once(happened: bool) -> None:
    here = town(around={"ledger": Losing(happened)})
    here.buys(ANNA, 4599)
    assert here.stored_balance(ANNA) == 45
    assert here.newest(here.account(ANNA)).seq == 1
    assert here.violations() == []


@pytest.mark.parametrize("happened", LOST.values(), ids=LOST)
def test_refund_counts_once(happened: bool) -> None:
    losing = Losing()
    here = town(around={"ledger": losing})
    order = here.buys(ANNA, 4599)
    losing.plan = [happened, happened, happened]
    here.deliver(here.shop.refunded(order, amount=1000))
    assert here.stored_balance(ANNA) == 35
    assert here.violations() == []


@pytest.mark.parametrize("happened", LOST.values(), ids=LOST)
def test_redemption_counts_once(happened: bool) -> None:
    losing = Losing()
    here = town(around={"ledger": losing})
    here.buys(ANNA, 10_000)
    losing.plan = [happened]
    here.house.redemptions.redeem(here.program, Reference("redemption/1"), here.account(ANNA), 60, actor="till")
    assert here.stored_balance(ANNA) == 40
    assert here.violations() == []


@pytest.mark.parametrize("happened", LOST.values(), ids=LOST)
@pytest.mark.parametrize(("step", "left"), [("hold", 40), ("capture", 40), ("release", 100)])
def test_each_step_of_a_hold_counts_once(step: str, left: int, happened: bool) -> None:
    losing = Losing()
    here = town(around={"ledger": losing})
    here.buys(ANNA, 10_000)
    own, reference, until = here.house.redemptions, Reference("redemption/1"), here.clock.now() + 600_000
    losing.plan = [happened] if step == "hold" else [None, happened]
    held = own.hold(here.program, reference, here.account(ANNA), 60, until=until, actor="web")
    document = held if step == "hold" else getattr(own, step)(here.program, reference, actor="web")
    assert (document.state, here.stored_balance(ANNA)) == (
        {"hold": "held", "capture": "used", "release": "released"}[step],
        left,
    )
    assert here.newest(here.account(ANNA)).seq == (2 if step == "hold" else 3)
    assert here.violations() == []


@pytest.mark.parametrize("happened", LOST.values(), ids=LOST)
def test_points_are_given_back_once(happened: bool) -> None:
    losing = Losing()
    here = town(around={"ledger": losing})
    here.buys(ANNA, 10_000)
    reference = Reference("redemption/1")
    here.house.redemptions.redeem(here.program, reference, here.account(ANNA), 60, actor="till")
    losing.plan = [happened]
    document = here.house.redemptions.give_back(here.program, reference, 20, actor="till", grace_until=0)
    assert (document.returned, here.stored_balance(ANNA)) == (20, 60)
    again = here.house.redemptions.give_back(here.program, reference, 20, actor="till", grace_until=0)
    assert (again.returned, here.stored_balance(ANNA)) == (20, 60)
    assert here.violations() == []


@pytest.mark.parametrize("happened", LOST.values(), ids=LOST)
def test_claim_and_merge_count_once(happened: bool) -> None:
    losing = Losing()
    here = town(around={"ledger": losing})
    here.buys(ANNA, 4500)
    losing.plan = [happened, happened]
    here.member(ANNA)
    account = here.account(ANNA)
    assert [entry.kind for entry in here.entries(account)] == ["earned", "claimed"]
    assert here.violations() == []


@pytest.mark.parametrize("happened", LOST.values(), ids=LOST)
def test_merge_moves_points_once(happened: bool) -> None:
    losing = Losing()
    here = town(around={"ledger": losing})
    by_id = type(ANNA)(ANNA.id)
    here.buys(by_id, 3000)
    here.member(ANNA)
    losing.plan = [None, happened]  # the order's own commit, then the merge
    here.buys(ANNA, 1000)
    assert here.stored_balance(ANNA) == 40
    assert here.violations() == []


def test_endless_conflicts_are_put_off_and_posted_later() -> None:
    losing = Losing(*[False] * 12, says=Outcome.CONFLICT)
    here = town(around={"ledger": losing})
    here.buys(ANNA, 4599)
    assert here.identity(ANNA) is None
    assert here.clock.pauses == 12
    assert here.work_off_deferred() == {"batchItemFailures": []}
    assert here.stored_balance(ANNA) == 45


@pytest.mark.parametrize("call", range(1, 4))
def test_container_that_dies_at_any_call_of_a_purchase_is_mended_by_the_senders_repeat(call: int) -> None:
    seen = 0

    def dying(name: str, through: Callable[[], Any]) -> Any:
        nonlocal seen
        seen += 1
        if seen == call:
            raise ContainerDied
        return through()

    here = town(around={"ledger": dying, "members": dying})
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    paid = here.shop.paid(order)
    _until_answered(here, paid)
    assert here.stored_balance(ANNA) == 45
    assert here.violations() == []


def _until_answered(here: Town, signed: Any) -> None:
    for _ in range(3):
        try:
            assert here.deliver(signed).status == 200
        except ContainerDied:
            continue
        return
    raise AssertionError("never answered")


def test_answers_lost_on_every_round_are_never_taken_for_success() -> None:
    here = town(around={"ledger": Losing(*[False] * 12)})
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    signed = here.shop.paid(order)
    headers = {name.lower(): value for name, value in signed.headers.items()}
    (told,) = shopify.translate(Delivery(PROGRAM, "shop", here.clock.now(), headers, signed.body))
    with pytest.raises(TryAgain, match="too_many_races"):
        here.house.recorder.record(here.program, told, actor="shop", deadline=None)  # type: ignore[arg-type]
