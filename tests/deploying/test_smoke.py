"""Two requests that change nothing say whether a stage answers."""

import httpx
import pytest

from ops.deploying.smoke import smoke

HEALTHY = httpx.Response(200, json={"status": "ok", "stage": "prod"})


def answers(health: httpx.Response | Exception, hook: int = 404) -> list[bool]:
    def transport(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            if isinstance(health, Exception):
                raise health
            return health
        assert request.url.path.startswith("/hooks/")
        return httpx.Response(hook)

    made = smoke(
        "https://cards.example.com", "prod", client=lambda: httpx.Client(transport=httpx.MockTransport(transport))
    )
    return [each.is_good for each in made]


def test_stage_that_answers_as_itself_is_good() -> None:
    assert answers(HEALTHY) == [True, True]


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
    assert answers(health) == [False, True]


@pytest.mark.parametrize(("status", "is_good"), [(401, True), (404, True), (429, True), (200, False), (500, False)])
def test_webhook_that_nobody_signed_is_refused_and_does_not_break(status: int, is_good: bool) -> None:
    assert answers(HEALTHY, status) == [True, is_good]
