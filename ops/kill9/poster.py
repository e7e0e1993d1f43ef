"""The process that is killed: it posts facts in a few threads and acknowledges each after its commit, never before."""

import threading
import time
from multiprocessing.connection import Connection
from random import Random

from chalicelib.errors import Refused, TryAgain
from chalicelib.services.accounts import Found
from ops.kill9.facts import Fact, next_fact
from ops.kill9.posting import Posting, posting

THREADS = 3
_REDELIVERY_SECONDS = 0.02
_TWICE = 0.25
"""How often a sender tells the same thing again."""


def post_for_ever(url: str, number: int, seed: int, acknowledgements: Connection) -> None:
    """Post facts of round `number` until somebody kills this process."""
    house = posting(url)
    lock = threading.Lock()
    threads = [
        threading.Thread(target=_live, args=(house, f"{number}-{thread}", seed, acknowledgements, lock))
        for thread in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _live(house: Posting, prefix: str, seed: int, acknowledgements: Connection, lock: threading.Lock) -> None:
    chance = Random(f"{seed}/{prefix}")  # noqa: S311  # which facts happen, not a secret
    orders: list[Fact] = []
    count = 0
    while True:
        count += 1
        fact = next_fact(f"{prefix}-{count}", chance, orders)
        for _ in range(1 + (chance.random() < _TWICE)):
            became = _until_done(house, fact)
        if fact.kind == "order":
            orders.append(fact)
        with lock:
            acknowledgements.send((fact, became))


def _until_done(house: Posting, fact: Fact) -> bool:
    """Tell it again until it is answered, as a sender does. False: the rules said no."""
    at = time.time_ns() // 1_000_000
    while True:
        try:
            return _told(house, fact, at)
        except TryAgain:
            time.sleep(_REDELIVERY_SECONDS)


def _told(house: Posting, fact: Fact, at: int) -> bool:
    if fact.kind != "use":
        house.recorder.record(house.program, fact.told(at), actor="shop", deadline=None)
        return True
    found = house.accounts.of_customer(house.program, fact.customer, strong=True)
    if not isinstance(found, Found) or found.is_new:
        return False
    try:
        house.redemptions.redeem(house.program, fact.reference, found.account, fact.size, actor="till")
    except Refused:
        return False
    return True
