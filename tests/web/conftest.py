"""One site for each test of a browser, served while the test runs."""

from collections.abc import Iterator

import pytest
from web_site import Site, served


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with served(site) as address:
        yield address
