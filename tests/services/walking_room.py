"""The queue that carries walks: what waits there is handed over until nothing does."""

from stand_ins import SECOND
from whole_house import Town, sqs_event


def deliver(here: Town, *, times: int = 1) -> None:
    """Deliver what waits for the walk, each message so many times, and what that sends."""
    waiting = list(here.sweeps.take())
    while waiting:
        message, delay = waiting.pop(0)
        here.clock.forward(delay * SECOND)
        for _ in range(times):
            assert here.house.sweeps(sqs_event([message])) == {"batchItemFailures": []}
        waiting += here.sweeps.take()
