"""A few requests that change nothing say whether each door of a stage answers."""

import httpx
import pytest

from ops.deploying.smoke import Tried, smoke

ADDRESS, BEHIND = "https://cards.example.com", "d-1.execute-api.eu-central-1.amazonaws.com"
HEALTHY = httpx.Response(200, json={"status": "ok", "stage": "prod"})
STRANGERS = {"/p/": 404, "/c/": 404, "/v1/": 401, "/hooks/": 401}
"""What each door answers to somebody whom it does not know."""


def tried(
    health: httpx.Response | Exception = HEALTHY,
    door: str = "",
    spoiled: httpx.Response | Exception | None = None,
    behind: str = "",
) -> Tried:
    """A stage in order, of which one door answers something else."""

    def answer(asked: httpx.Request) -> httpx.Response:
        path = asked.url.path
        came = (
            health if path == "/health" else httpx.Response(next(STRANGERS[each] for each in STRANGERS if each in path))
        )
        came = spoiled if spoiled is not None and door in path else came
        if isinstance(came, Exception):
            raise came
        return came

    return smoke(ADDRESS, "prod", behind=behind, client=lambda: httpx.Client(transport=httpx.MockTransport(answer)))


def test_stage_that_answers_as_itself_is_good_at_every_door() -> None:
    told = tried()
    assert told.is_good
    assert [each.asked.partition(":")[0] for each in told.answers] == [
        "Pages",
        "Pages",
        "Wallets",
        "StoresApi",
        "Hooks",
    ]


@pytest.mark.parametrize(
    "health",
    [
        httpx.Response(200, json={"status": "ok", "stage": "dev"}),
        httpx.Response(200, text="a parked domain"),
        httpx.Response(200, json=["ok"]),
        httpx.Response(502),
        httpx.ConnectError("no such host"),
    ],
    ids=["another stage", "another site", "another shape", "502", "no host"],
)
def test_stage_that_does_not_answer_as_itself_is_bad(health: httpx.Response | Exception) -> None:
    assert [each.is_good for each in tried(health).answers] == [False, True, True, True, True]


@pytest.mark.parametrize("door", STRANGERS)
@pytest.mark.parametrize(
    "spoiled",
    [
        httpx.Response(200),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(404, json={"message": "Not Found"}),
        httpx.Response(403, json={"message": "Missing Authentication Token"}),
        httpx.ReadTimeout("late"),
    ],
    ids=["welcomes strangers", "breaks", "closed", "no route", "no route of REST", "says nothing"],
)
def test_door_that_answers_otherwise_than_to_a_stranger_is_bad(door: str, spoiled: httpx.Response | Exception) -> None:
    told = tried(door=door, spoiled=spoiled)
    place = 1 + list(STRANGERS).index(door)
    assert [number for number, each in enumerate(told.answers) if not each.is_good] == [place]


def test_host_without_a_record_is_asked_behind_it_by_its_own_name() -> None:
    asked: list[tuple[str, str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "cards.example.com":
            raise httpx.ConnectError("no such host")
        asked.append((request.url.host, request.headers["Host"], request.extensions.get("sni_hostname")))
        return HEALTHY

    told = smoke(ADDRESS, "prod", behind=BEHIND, client=lambda: httpx.Client(transport=httpx.MockTransport(answer)))
    assert not told.has_record
    assert told.answers[0].is_good
    assert set(asked) == {(BEHIND, "cards.example.com", "cards.example.com")}


def test_host_that_answers_has_its_record_whatever_it_says() -> None:
    assert tried(httpx.Response(502), behind=BEHIND).has_record
