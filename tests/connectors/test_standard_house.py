"""The whole way: reviews that anybody may send often and in any order count once for each person and thing."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as some
from stand_ins import DAY, SECOND
from standard_desk import SECRET
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.laptop.shopify_sender import Signed
from ops.laptop.standard_sender import StandardSender

BEANS_A_REVIEW = 20


def place() -> Town:
    here = town()
    here.own.programs.connect(Connection(PROGRAM, "reviews", "standard", "earns", (SECRET,)))
    return here


def site(here: Town) -> StandardSender:
    ids = itertools.count(1)
    return StandardSender(SECRET, clock=here.clock.now, new_id=lambda: next(ids))


def tell(here: Town, signed: Signed) -> None:
    assert here.deliver(signed, connection="reviews") == Answer(204)


PEOPLE = (ANNA, BORIS)
THINGS = some.sampled_from(["kenya-aa", "brazil", "grinder", "17", "a/b", "зерно"])
DEEDS = some.lists(
    some.tuples(some.sampled_from(PEOPLE), THINGS, some.sampled_from([str.lower, str.upper])), max_size=9
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(DEEDS, some.data())
def test_reviews_count_once_for_each_person_and_thing_in_any_order(deeds, data):
    here = place()
    sends = site(here)
    told = []
    for person, thing, spelled in deeds:
        told.append(sends.activity("review.created", thing, spelled(person.email)))
        told += [sends.activity("review.deleted", thing, person.email)] if data.draw(some.booleans()) else []
        here.clock.forward(SECOND)
    repeated = data.draw(some.lists(some.sampled_from(told), max_size=4)) if told else []
    for signed in data.draw(some.permutations(told + repeated)):
        tell(here, signed)
    here.clock.forward(DAY)
    for signed in data.draw(some.lists(some.sampled_from(told), max_size=4)) if told else []:
        tell(here, sends.sign(signed.body))
    for person in PEOPLE:
        things = {thing for reviewer, thing, _ in deeds if reviewer is person}
        assert (here.stored_balance(person) if things else 0) == BEANS_A_REVIEW * len(things)
        assert (here.identity(person) is not None) == bool(things)
    here.follow()
    assert here.violations() == []
    assert not here.own.inbox.kept("quarantined")
    assert here.deferred.take() == []
