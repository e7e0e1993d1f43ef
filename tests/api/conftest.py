"""A store with a key, before the whole house in memory."""

import pytest
from api_store import RULES, Store
from whole_house import DEFINITION, town

import app as front


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    here = town(DEFINITION.replace("card:\n", RULES))
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)
