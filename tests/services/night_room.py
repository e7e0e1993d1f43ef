"""A ledger after two nights: what the tests of nights share."""

from stand_ins import DAY
from whole_house import ANNA, BORIS, PROGRAM, Town

from chalicelib.events import AccountId
from chalicelib.services.auditing import Audited
from chalicelib.store.memory.books import MemoryObjects
from chalicelib.store.memory.ledger import KeptEntry, MemoryLedger
from chalicelib.store.seals import SignedSeals


def night(here: Town) -> Audited:
    return here.house.auditing.night(here.program)


def rows(here: Town, account: AccountId) -> dict[int, KeptEntry]:
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    return ledger.journal[PROGRAM, account]


def bodies(here: Town) -> dict[str, bytes]:
    seals = here.own.seals
    assert isinstance(seals, SignedSeals)
    objects = seals._objects
    assert isinstance(objects, MemoryObjects)
    return objects.bodies


def wrong(here: Town) -> list[str]:
    """What `pointpass verify --seal` says of the seal."""
    found = here.house.auditing.against_seal(here.program)
    return [f"{each.account} {each.seq}: {each.says}" for each in found.violations if each.promise == 14]


def sealed(here: Town) -> Town:
    """Two nights with a day of orders between them."""
    here.member(ANNA)
    here.buys(ANNA, 4500)
    here.buys(BORIS, 3000)
    here.follow()
    assert night(here).sealed is not None
    here.clock.forward(DAY)
    here.buys(ANNA, 1000)
    here.follow()
    assert night(here).sealed is not None
    return here
