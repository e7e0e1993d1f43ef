"""What the laptop's tests share: the engine, a whole stack in a process of its own, and a browser."""

import os
from collections.abc import Iterator

import httpx
import pytest
from laptop_stack import LaptopStack, a_free_port
from playwright.sync_api import Browser, Page

from ops.laptop import engine


@pytest.fixture
def free_port() -> int:
    return a_free_port()


@pytest.fixture
def database() -> Iterator[engine.Engine]:
    running = engine.Engine.start(engine.find(os.environ.get("DYNOXIDE", "")))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaptopStack]:
    folder = tmp_path_factory.mktemp("laptop") / "state"
    folder.mkdir()
    running = LaptopStack(folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def http(stack: LaptopStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=20) as client:
        yield client


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An English desktop; what the page complains about fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []
