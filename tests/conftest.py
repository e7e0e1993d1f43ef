"""Fixtures that every room may use."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from ops.laptop.engine import Engine, find
from ops.needs import chromium

BROWSER = [
    "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def aws_keys() -> Iterator[None]:
    """Keys that open nothing: the local stand-ins want some."""
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
