"""Fixtures that every room may use."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from ops.laptop.engine import Engine, find
from ops.needs import chromium

BROWSER = [
    "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


# A busy machine is no failure: how fast something is belongs to the benchmarks.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")


FEW = 20
"""Examples of each property where the same tests run thousands of times, once for every mutant."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With HYPOTHESIS_PROFILE=few each property is tried on few examples, also where a test asks for many."""
    if os.environ.get("HYPOTHESIS_PROFILE") != "few":
        return
    for item in items:
        machine = getattr(getattr(item, "cls", None), "settings", None)
        if isinstance(machine, settings):
            item.cls.settings = settings(machine, max_examples=min(FEW, machine.max_examples))
        asked = getattr(getattr(item, "obj", None), "_hypothesis_internal_use_settings", None)
        if isinstance(asked, settings):
            item.obj._hypothesis_internal_use_settings = settings(asked, max_examples=min(FEW, asked.max_examples))


@pytest.fixture(autouse=True)
def ground(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Commands find every stage at once, and leave their lines in memory. None where no command was imported."""
    if "ops.auditing.attending" not in sys.modules:
        return None
    from trail_stand_in import GroundStandIn

    made = GroundStandIn()
    monkeypatch.setattr("ops.auditing.attending.ground_of", made)
    return made


@pytest.fixture(scope="session")
def aws_keys() -> Iterator[None]:
    """Keys that open nothing: the local stand-ins want some. Real ones stay where DynamoDB itself is tested."""
    if os.environ.get("POINTPASS_TEST_DYNAMODB"):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.delenv("AWS_PROFILE", raising=False)
        yield


@pytest.fixture(scope="session")
def engine(aws_keys: None) -> Iterator[Engine]:
    """A DynamoDB engine in memory. Each test makes its own tables, under a stage name of its own."""
    running = Engine.start(find(os.environ.get("DYNOXIDE", "")))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; one for all rooms, since a process can drive one at a time."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=BROWSER)
        yield running
        running.close()
