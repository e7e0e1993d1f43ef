"""The description of the API is true: schemathesis asks all that it says, and what it does not say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from api_store import ANNA, BORIS, PROGRAM, RULES, Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance
from whole_house import DEFINITION, town

import app as front
from chalicelib.web.api.operations import OPERATIONS
from ops.laptop import server
from ops.laptop.runner import HOST, free_port

REFUSALS = SchemathesisConfig.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": ["400", "401", "403", "404", "405", "409", "413"]}}}
)
"""How bad input may be refused: with the statuses that the description names, one that is too large among them."""


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    """The front door behind HTTP, over a house in memory with two members and a key."""
    with pytest.MonkeyPatch.context() as patch:
        here = town(DEFINITION.replace("card:\n", RULES))
        patch.setattr(front, "house", lambda: here.house)
        store = Store(front, here)
        members = [store.member(buyer, 5_000_000) for buyer in (ANNA, BORIS)]
        door = server.open_door(front.app, HOST, free_port())
        server.answer_on_a_thread(door)
        yield store, members, f"http://{HOST}:{door.server.server_port}"
        door.shutdown()
        door.server.server_close()


@pytest.fixture(scope="module")
def described(served: Any) -> Any:
    store, _, base_url = served
    told = json.loads(store.ask("GET", "/v1/openapi.json").body)
    told["servers"] = [{"url": base_url}]
    return schemathesis.openapi.from_dict(told, config=REFUSALS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["meant", "not-meant"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.does for each in OPERATIONS])
def test_every_answer_is_as_it_is_described(served: Any, described: Any, operation: Any, mode: Any) -> None:
    """All of schemathesis's checks but one: status, shape and headers of answers, bad input, no key, another method.

    The one: a JSON schema takes 5.0 for a whole number and cannot say what an e-mail address is; both are a 400 here.
    """
    store, members, base_url = served
    asked = described[operation.path][operation.method]

    @given(case=asked.as_strategy(generation_mode=mode), data=st.data())
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case: Any, data: Any) -> None:
        spoiled = {place.value for place, part in case.meta.components.items() if part.mode is GenerationMode.NEGATIVE}
        if mode is GenerationMode.POSITIVE or spoiled & {
            "query",
            "body",
        }:  # else the address or the key is what is wrong
            case.path_parameters["program"] = PROGRAM
        if mode is GenerationMode.POSITIVE and "member" in case.path_parameters:
            case.path_parameters["member"] = data.draw(st.sampled_from([*members, "nobody"]))
        key = {"Authorization": f"Bearer {store.key}"}
        case.call_and_validate(base_url=base_url, headers=key, excluded_checks=[positive_data_acceptance])

    ask()


def test_a_thing_that_breaks_is_answered_without_its_text(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    class Exploding:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("inside")

    monkeypatch.setattr(front, "house", Exploding)
    assert store.refused("GET", "/members/x")[:2] == (500, "request_broke")
    assert b"inside" not in store.answers[-1].body


def test_every_operation_is_described_once_and_says_what_it_needs(described: Any) -> None:
    told = described.raw_schema
    assert told["openapi"] == "3.1.0"
    names = [each["operationId"] for path in told["paths"].values() for each in path.values()]
    assert sorted(names) == sorted(each.does for each in OPERATIONS)
    redeem = told["paths"]["/v1/programs/{program}/redemptions"]["post"]
    assert {each["name"] for each in redeem["parameters"]} == {"program", "Idempotency-Key"}
    assert "not enough points" in redeem["description"]
