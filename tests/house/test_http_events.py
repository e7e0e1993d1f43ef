"""An HTTP API's events in payload format 1.0 mean to the front door what a REST API's do."""

import base64
import json
from typing import Any

import pytest
from gateway import event, http_event, reply

from chalicelib.bootstrap.edge import FrontDoor, raw, visit
from chalicelib.bootstrap.http_events import is_of_http_api, routed

ROUTE, ADDRESS = "/things/{thing}/parts/{part}", "/things/a%2Fb/parts/7"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\xff"


def front() -> FrontDoor:
    """A door that tells what it was asked."""
    app = FrontDoor(app_name="mirror")
    app.api.binary_types = ["image/png"]

    @app.route(ROUTE, methods=["GET", "HEAD", "POST", "DELETE"], content_types=["application/json", "text/plain"])
    def told(thing: str, part: str) -> Any:
        request = app.current_request
        seen = visit(request)
        facts = {"method": request.method, "thing": thing, "part": part, "query": dict(seen.query)}
        body = base64.b64encode(raw(request)).decode()
        return facts | {
            "body": body,
            "from": seen.sender,
            "agent": seen.user_agent,
            "cookie": request.headers.get("cookie"),
        }

    @app.route("/picture")
    def picture() -> Any:
        from chalice.app import Response

        return Response(PICTURE, headers={"Content-Type": "image/png", "Set-Cookie": "a=1"})

    @app.route("/")
    def root() -> Any:
        return {"root": True}

    return app


def rest(method: str, query: str, headers: dict[str, str], body: bytes | None) -> dict[str, Any]:
    return event(method, ROUTE, {"thing": "a%2Fb", "part": "7"}, query=query, headers=headers, body=body)


@pytest.mark.parametrize("route", ["", ROUTE], ids=["path in place of the route", "route"])
@pytest.mark.parametrize(
    ("method", "query", "body", "kind"),
    [
        ("GET", "a=1&b=%20x", None, ""),
        ("HEAD", "", None, ""),
        ("DELETE", "", None, ""),
        ("POST", "", b'{"text": "\xd0\xba\xd0\xbe\xd1\x84\xd0\xb5"}', "application/json"),
        ("POST", "", b"plain", "text/plain; charset=utf-8"),
        ("POST", "", b"", "application/json"),
    ],
)
def test_both_shapes_of_a_request_are_answered_alike(
    method: str, query: str, body: bytes | None, kind: str, route: str
) -> None:
    headers = {"User-Agent": "a phone", "Cookie": "a=1; b=2", "Accept": "text/html, */*;q=0.8"}
    headers |= {"Content-Type": kind} if kind else {}
    address = f"{ADDRESS}?{query}" if query else ADDRESS
    by_http = front()(http_event(method, address, headers=headers, body=body, route=route), None)
    by_rest = front()(rest(method, query, headers, body), None)
    assert by_http == by_rest
    assert by_http["statusCode"] == 200
    assert json.loads(by_http["body"])["from"] == "203.0.113.7"


def test_bytes_that_are_no_text_arrive_as_they_were_sent() -> None:
    app = front()
    sent = bytes(range(256))
    told = http_event("POST", ADDRESS, headers={"content-type": "application/json"}, body=b"{}")
    told |= {"body": base64.b64encode(sent).decode(), "isBase64Encoded": True}
    assert base64.b64decode(json.loads(app(told, None)["body"])["body"]) == sent


def test_picture_is_base64_for_a_client_that_does_not_say_what_it_accepts() -> None:
    answer = front()(http_event("GET", "/picture"), None)
    assert answer["isBase64Encoded"] is True
    assert reply(answer).body == PICTURE
    assert reply(answer).headers["set-cookie"] == "a=1"


@pytest.mark.parametrize("address", ["/", "/picture", ADDRESS])
def test_stage_with_a_name_stands_before_the_path(address: str) -> None:
    app = front()
    named = app(http_event("GET", address, stage="live"), None)
    assert named == app(http_event("GET", address), None)
    assert named["statusCode"] == 200


def test_path_that_begins_like_the_stage_is_left_alone() -> None:
    told = http_event("GET", "/live") | {"path": "/live"}
    told["requestContext"] |= {"stage": "liv"}
    assert routed(told, ["/live"])["requestContext"]["resourcePath"] == "/live"


@pytest.mark.parametrize("address", ["/things/a/parts", "/things//parts/7", "/things/a/parts/7/"])
def test_path_of_no_route_reaches_no_view(address: str) -> None:
    """API Gateway answers it with 404 before it comes so far."""
    assert front()(http_event("GET", address), None)["statusCode"] == 405


def test_event_of_a_rest_api_is_not_looked_at() -> None:
    assert not is_of_http_api(event("GET", "/"))
    assert is_of_http_api(http_event("GET", "/"))
