"""What can happen to points before a restore, each told again in the same way: what the tests of repairing share."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from limit_till import PLAIN, with_limit
from stand_ins import HOUR, MINUTE
from torn_restore import CARLA, Told, remembering
from whole_house import ANNA, BORIS, PROGRAM, Town

from chalicelib.errors import Refused
from chalicelib.events import ActivityTold, Customer, Reference
from ops.laptop.shopify_books import Buyer, Item

Act = Callable[[Town], object]

BY_HAND = (
    "transfers: {allowed: yes, min: 1 bean, at_most: 500 beans per day}\n"
    "adjustments: {at_most: 500 beans per day}\n"
    "card:\n"
)
PLAIN_LIVE = PLAIN.replace("mode: test", "mode: live").replace("card:\n", BY_HAND)
BUDGET = PLAIN_LIVE.replace("once_per: object}", "once_per: object, budget: {of: 1000 beans, when_short: partial}}")
LIMITED = with_limit("at_most: 150 beans per month", BUDGET)
SHORT = with_limit("budget: {of: 100 beans, when_short: partial}", PLAIN_LIVE)


# --- what can happen --------------------------------------------------------------------------------------------------


def gives(number: int, giver: Buyer, receiver: Buyer, points: int) -> Act:
    def act(here: Town) -> object:
        accounts = here.account(giver), here.account(receiver)
        reference = Reference(f"gift/{number}")
        transfers = here.house.transfers
        return transfers.transfer(here.program, reference, *accounts, points, currency="beans", actor="member")

    return act


def adjusts(number: int, buyer: Buyer, points: int) -> Act:
    def act(here: Town) -> object:
        told = {"currency": "beans", "reason": f"reason {number}", "actor": "olga"}
        account, reference = here.account(buyer), Reference(f"adjustment/{number}")
        return here.house.adjustments.adjust(here.program, reference, account, points, **told)

    return act


def uses(number: int, buyer: Buyer, points: int) -> Act:
    def act(here: Town) -> object:
        account = here.account(buyer)
        return here.house.redemptions.redeem(here.program, Reference(f"use/{number}"), account, points, actor="till")

    return act


def holds(number: int, buyer: Buyer, points: int, *, minutes: int = 30) -> Act:
    until: list[int] = []

    def act(here: Town) -> object:
        until.append(until[0] if until else here.clock.now() + minutes * MINUTE)
        if until[0] <= here.clock.now() and _unknown(here, f"hold/{number}"):
            return None  # the till does not ask for a time that has passed
        account, reference = here.account(buyer), Reference(f"hold/{number}")
        return here.house.redemptions.hold(here.program, reference, account, points, until=until[0], actor="till")

    return act


def _unknown(here: Town, reference: str) -> bool:
    return here.own.ledger.document(PROGRAM, Reference(reference)) is None


def releases(number: int) -> Act:
    def act(here: Town) -> object:
        with suppress(Refused):  # its time may be over when it is told again
            return here.house.redemptions.release(here.program, Reference(f"hold/{number}"), actor="till")

    return act


def captures(number: int, buyer: Buyer, points: int) -> Act:
    def act(here: Town) -> object:
        reference = Reference(f"hold/{number}")
        if _unknown(here, reference):  # the till that lost its hold uses the points outright
            account = here.account(buyer)
            return here.house.redemptions.redeem(here.program, reference, account, points, actor="till")
        return here.house.redemptions.capture(here.program, reference, points, actor="till")

    return act


def gives_back(name: str, points: int) -> Act:
    return lambda here: here.house.redemptions.give_back(here.program, Reference(name), points, actor="till")


def reviews(buyer: Buyer, thing: str) -> Act:
    def act(here: Town) -> object:
        told = ActivityTold(f"d-{thing}", "review.created", thing, here.clock.now(), Customer(email=buyer.email))
        return here.house.hooks.reception.rewards.reward(here.program, told, actor="shop", deadline=None)

    return act


def merges(told: Told) -> Act:
    accounts = told.here.account(ANNA), told.here.account(BORIS)

    def act(here: Town) -> object:
        with suppress(Refused):  # it is merged already
            return here.house.merges.merge(here.program, *accounts, reason="one person", actor="olga")

    return act


def parts(told: Told) -> Act:
    account = told.here.account(ANNA)

    def act(here: Town) -> object:
        with suppress(Refused):  # it is undone already
            return here.house.merges.unmerge(here.program, account, actor="olga")

    return act


def orders(told: Told, buyer: Buyer, price: int) -> tuple[Any, Act]:
    order = told.here.shop.order(buyer, [Item("Beans", price)])
    return order, delivers(told.here.shop.paid(order))


def delivers(signed: Any) -> Act:
    def act(here: Town) -> object:
        answer = here.deliver(signed)
        assert answer.status == 200
        return answer

    return act


def done(told: Told, acts: Sequence[Act]) -> None:
    for act in acts:
        act(told.here)
        told.here.clock.forward(MINUTE)


def members(definition: str) -> tuple[Told, list[Act]]:
    """Anna has bought for 100, Boris for 80, Carla for 10: long before the restore."""
    told = remembering(definition)
    acts = []
    for buyer, price in ((ANNA, 10_000), (BORIS, 8_000), (CARLA, 1_000)):
        told.here.member(buyer)
        _, act = orders(told, buyer, price)
        acts.append(act)
    done(told, acts)
    told.here.follow()
    return told, acts


def busy_day() -> tuple[Told, list[Act]]:
    """Everything but merges, within a limit of a month and a budget."""
    told, acts = members(LIMITED)
    big, ordered = orders(told, ANNA, 9_000)
    small, later = orders(told, ANNA, 2_000)
    more = [
        gives(1, ANNA, BORIS, 30),
        adjusts(1, BORIS, 25),
        ordered,
        holds(1, ANNA, 20),
        adjusts(2, ANNA, -15),
        captures(1, ANNA, 12),
        later,
        uses(1, BORIS, 40),
        holds(2, BORIS, 10),
        reviews(ANNA, "product-1"),
        releases(2),
        gives(2, BORIS, ANNA, 20),
        gives_back("use/1", 15),
        holds(3, ANNA, 10),
    ]
    done(told, more)
    more.append(delivers(told.here.shop.refunded(big, amount=4_000)))
    done(told, more[-1:])
    told.here.follow()
    assert small is not big
    return told, [*acts, *more]


def married_and_parted(*, is_parted: bool = True) -> tuple[Told, list[Act]]:
    """Anna's account is merged into Boris's, and after some days it is its own again."""
    told, acts = members(PLAIN_LIVE)
    first, ordered = orders(told, ANNA, 3_000)
    parted = parts(told)
    more = [ordered, reviews(ANNA, "product-1"), reviews(BORIS, "product-1"), merges(told)]
    done(told, more)
    more += [adjusts(1, BORIS, 25), uses(1, BORIS, 40), delivers(told.here.shop.refunded(first, amount=1_000))]
    done(told, more[4:])
    if is_parted:
        more += [parted, gives(1, ANNA, CARLA, 5), uses(2, ANNA, 10)]
        done(told, more[7:])
    told.here.follow()
    return told, [*acts, *more]


def balances(here: Town) -> list[int]:
    here.clock.forward(HOUR)  # holds that nobody ended have run out
    found = []
    for buyer in (ANNA, BORIS, CARLA):
        stand = here.house.repairing.mending.pen.stand(here.program, here.account(buyer))
        found.append(stand.snap.purse("beans").balance)
    return found
