"""The house makes each part when it is first asked for; what is given is not made."""

import base64
import json
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import pytest
from whole_house import SETTINGS

from chalicelib.bootstrap.adapters import Adapters, adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.bootstrap.lazy import Parts, late
from chalicelib.bootstrap.ready import READY, ready
from chalicelib.errors import TryAgain
from ops.packaging.doors import DOORS

PROJECT = Path(__file__).parents[2]


class Kettle(Parts):
    @cached_property
    def water(self) -> list[str]:
        return ["cold"]

    @cached_property
    def tea(self) -> str:
        return f"{self.water[0]} tea"


def test_part_is_made_once() -> None:
    kettle = Kettle()
    assert not kettle.has("water")
    assert kettle.water is kettle.water
    assert kettle.has("water")


def test_given_part_is_not_made() -> None:
    assert Kettle(water=["hot"]).tea == "hot tea"


def test_part_that_nobody_has_is_refused_by_its_name() -> None:
    with pytest.raises(TypeError, match="Kettle has no part milk"):
        Kettle(milk="oat")
    with pytest.raises(TypeError, match="Kettle has no part milk"):
        Kettle().replaced(milk="oat")


def test_replaced_part_changes_what_was_not_made_yet_and_not_the_old_parts() -> None:
    old = Kettle()
    new = old.replaced(water=["hot"])
    assert (new.tea, old.tea) == ("hot tea", "cold tea")
    assert old.replaced(water=["hot"]).tea == "cold tea"  # it was made already


def test_late_part_is_made_with_its_first_use() -> None:
    made: list[str] = []

    def make() -> list[str]:
        made.append("now")
        return made

    part = late(make)
    assert made == []
    assert part.index("now") == 0


def test_adapter_that_nobody_gave_and_nothing_can_be_made_from_says_so() -> None:
    with pytest.raises(TypeError, match="adapters without settings make nothing"):
        _ = Adapters().ledger


def test_every_part_of_a_stage_can_be_made_without_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for secrets: whatever else calls somebody fails here, where there is nobody."""
    master = {"master": base64.b64encode(bytes(32)).decode()}
    monkeypatch.setattr("chalicelib.store.secrets.Secrets.fetch", lambda self, name: json.dumps(master))
    house = assembled(SETTINGS, adapters(SETTINGS))
    for name in House.named():
        getattr(house, name)
    for name in Adapters.named():
        getattr(house.adapters, name)
    assert all(house.has(name) for name in House.named())


def test_assembling_makes_nothing() -> None:
    own = adapters(SETTINGS)
    house = assembled(SETTINGS, own)
    assert {name for name in House.named() if house.has(name)} == {"settings", "adapters"}
    assert {name for name in Adapters.named() if own.has(name)} == {"settings", "by_operator"}


def test_operator_notices_at_once_that_a_stage_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(self: object, name: str) -> str:
        raise TryAgain("secrets_unavailable")

    monkeypatch.setattr("chalicelib.store.secrets.Secrets.fetch", fetch)
    with pytest.raises(TryAgain):
        adapters(SETTINGS, by_operator=True)


def test_secret_that_cannot_be_read_leaves_the_function_to_its_first_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(self: object, name: str) -> str:
        raise TryAgain("secrets_unavailable")

    monkeypatch.setattr("chalicelib.store.secrets.Secrets.fetch", fetch)
    house = assembled(SETTINGS, adapters(SETTINGS))
    ready(house, "hooks")
    assert not house.adapters.has("vault")


def test_every_door_has_something_to_make_ready() -> None:
    assert {door.named for door in DOORS} <= READY.keys()


def test_importing_the_front_door_loads_no_library_of_any_room() -> None:
    """In a process of its own: here everything is loaded already."""
    asked = "import app, sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    run = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    heavy = {"boto3", "botocore", "pynamodb", "cryptography", "httpx", "jinja2", "babel", "yaml", "segno", "passlib"}
    assert set(run.stdout.split()) & heavy == set()
