"""One core for the measured program: what moves between cores is measured with cold caches."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def one_core() -> Iterator[Sequence[int]]:
    """Stay on the first core; gives the others, for a server beside it (the same one where there is no other)."""
    mine, *others = cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {mine})
    try:
        yield others or [mine]
    finally:
        os.sched_setaffinity(0, cores)
