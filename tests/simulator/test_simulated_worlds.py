"""Small worlds that go wrong: nothing is lost or doubled, and the same seed is the same world."""

import os
import subprocess
import sys

import pytest

from chalicelib.services.ports import (
    Cards,
    Inbox,
    Ledger,
    Mailer,
    Members,
    Programs,
    Pusher,
    Queue,
    Repushes,
    Vault,
    Views,
    Walks,
)
from chalicelib.services.ports.google import GoogleCards, GoogleWallet
from chalicelib.services.ports.totals import Totals
from ops.simulator.faults import SITES, UNHURT
from ops.simulator.run import run
from ops.simulator.story import story

SIZE = 250


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_or_doubled(seed: int) -> None:
    assert run(story(seed, SIZE)).violations == ()


def test_the_same_seed_is_the_same_world_in_another_process() -> None:
    program = (
        "from ops.simulator.run import run; from ops.simulator.story import story; "
        f"done = run(story(7, {SIZE})); print(done.digest, done.steps, done.handlers)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()[-1]
        for hashes in ("1", "2")
    ]

    assert said[0] == said[1]


def test_another_seed_is_another_world() -> None:
    assert run(story(1, SIZE)).digest != run(story(2, SIZE)).digest


@pytest.mark.parametrize(
    ("name", "port"),
    [
        ("ledger", Ledger),
        ("members", Members),
        ("cards", Cards),
        ("views", Views),
        ("programs", Programs),
        ("inbox", Inbox),
        ("deferred", Queue),
        ("pushes", Queue),
        ("sweeps", Queue),
        ("vault", Vault),
        ("mailer", Mailer),
        ("pusher", Pusher),
        ("totals", Totals),
        ("walks", Walks),
        ("repushes", Repushes),
        ("google", GoogleCards),
        ("wallet", GoogleWallet),
    ],
)
def test_every_call_of_a_port_can_go_wrong_or_is_named_as_one_that_does_not(name: str, port: type) -> None:
    calls = {f"{name}.{method}" for method in dir(port) if not method.startswith("_")}

    assert calls <= {*SITES, *UNHURT}


def test_a_run_counts_what_happened() -> None:
    done = run(story(3, SIZE))

    assert done.events > SIZE * 9 // 10
    assert done.handlers > done.events
    assert done.steps > done.handlers
    assert done.happened["ledger.commit", "answers committed"] > 0
    assert done.happened["handlers", "died"] > 0
