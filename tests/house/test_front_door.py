"""The front door: every URL of the public contract, with events as API Gateway sends them."""

import ast
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client
from gateway import Reply, event, parts, reply, schedule_event
from whole_house import ANNA, PASS_TYPE, PROGRAM, TOKEN_KEY, Town, inserted, sqs_event, stream_event, town

import app as front
from chalicelib import errors
from chalicelib.errors import Broken
from chalicelib.passes.apple.authentication import token_of
from chalicelib.web.api.operations import OPERATIONS
from ops.laptop.shopify_books import Item

PAGES = {
    "/": {"GET"},
    "/health": {"GET"},
    "/hooks/{program}/{connection}": {"POST"},
    "/static/{name}": {"GET"},
    "/p/{program}": {"GET"},
    "/p/{program}/join": {"POST"},
    "/p/{program}/send": {"POST"},
    "/proof/{token}": {"GET", "POST"},
    "/c/{card}": {"GET"},
    "/c/{card}/proof": {"POST"},
    "/c/{card}/mail": {"POST"},
    "/c/{card}/replace": {"GET", "POST"},
    "/c/{card}/leave": {"GET", "POST"},
    "/c/{card}/app.webmanifest": {"GET"},
    "/c/{card}/worker.js": {"GET"},
    "/c/{card}/apple": {"GET"},
    "/c/{card}/google": {"GET"},
    "/google/callback/{program}": {"POST"},
    "/pictures/{name}": {"GET"},
    "/apple/v1/devices/{device}/registrations/{pass_type}/{serial}": {"POST", "DELETE"},
    "/apple/v1/devices/{device}/registrations/{pass_type}": {"GET"},
    "/apple/v1/passes/{pass_type}/{serial}": {"GET", "HEAD"},
    "/apple/v1/log": {"POST"},
}
API = {"/v1/openapi.json": {"GET"}} | {
    each.path: {other.method for other in OPERATIONS if other.path == each.path} for each in OPERATIONS
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Town:
    made = town()
    monkeypatch.setattr(front, "house", lambda: made.house)
    return made


def ask(method: str, address: str, body: bytes | None = None, **headers: str) -> Reply:
    """Ask the front door as API Gateway would."""
    path, _, query = address.partition("?")
    resource, parameters = parts(path, PAGES)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return reply(front.app(event(method, resource, parameters, query=query, headers=named, body=body), None))


def join(email: str = "anna.ozola@example.com") -> str:
    form = urlencode({"email": email, "language": "en", "consent": "yes"}).encode()
    answer = ask("POST", f"/p/{PROGRAM}/join", form, **FORM)
    assert answer.status == 303
    return answer.headers["location"].partition("?")[0]


# --- the inventory ------------------------------------------------------------------------------------------------


def test_routes_are_the_public_contract_and_nothing_else() -> None:
    ours = {
        path: set(methods) for path, methods in front.app.routes.items() if not path.startswith(("/demo", "/outbox"))
    }
    assert ours == PAGES | API


def test_queues_streams_and_the_clock_have_their_handlers_in_the_front_door() -> None:
    handlers = {name for name in vars(front) if name.startswith("on_")}
    assert handlers == {
        "on_journal", "on_deferred", "on_cards", "on_sweeps", "on_schedule", "on_sweep", "on_night",
    }  # fmt: skip


def test_front_door_decides_nothing() -> None:
    tree = ast.parse(Path(front.__file__).read_text())
    deciding = (
        ast.If,
        ast.IfExp,
        ast.For,
        ast.While,
        ast.Try,
        ast.With,
        ast.Match,
        ast.BoolOp,
        ast.Lambda,
        ast.comprehension,
    )
    found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, deciding)]
    assert found == []
    longest = max(len(node.body) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    assert longest <= 3


def test_front_door_imports_no_room_below_the_doors() -> None:
    tree = ast.parse(Path(front.__file__).read_text())
    rooms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    rooms = {room for room in rooms if room.startswith("chalicelib")}
    allowed = ("chalicelib.bootstrap", "chalicelib.web", "chalicelib.services.answer")
    assert all(room.startswith(allowed) for room in rooms), rooms


# --- through the gateway ------------------------------------------------------------------------------------------


def test_health_says_what_runs(here: Town) -> None:
    answer = ask("GET", "/health")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok", "stage": "test"})


@pytest.mark.parametrize("is_base64", [True, False])
def test_signed_body_arrives_byte_for_byte(here: Town, is_base64: bool) -> None:
    order = here.shop.order(ANNA, [Item("Café ☕", 4599)])
    signed = here.shop.paid(order)
    names = {"program": PROGRAM, "connection": "shop"}
    asked = event(
        "POST", "/hooks/{program}/{connection}", names, headers=signed.headers, body=signed.body, is_base64=is_base64
    )
    answer = reply(front.app(asked, None))
    assert (answer.status, answer.body) == (200, b"")
    assert here.stored_balance(ANNA) == 45


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/octet-stream",
    ],
)
def test_sender_may_call_its_content_what_it_likes(here: Town, content_type: str) -> None:
    signed = here.shop.paid(here.shop.order(ANNA, [Item("Beans", 4599)]))
    headers = signed.headers | {"Content-Type": content_type}
    names = {"program": PROGRAM, "connection": "shop"}
    asked = event("POST", "/hooks/{program}/{connection}", names, headers=headers, body=signed.body)
    assert reply(front.app(asked, None)).status == 200


@pytest.mark.parametrize("body", [None, b"", b"\xff\xfe"])
def test_unsigned_webhook_is_401(here: Town, body: bytes | None) -> None:
    assert ask("POST", f"/hooks/{PROGRAM}/shop", body, Content_Type="application/json").status == 401


def test_a_card_is_installed_replaced_and_left_through_the_gateway(here: Town) -> None:
    card = join()
    manifest, worker = ask("GET", f"{card}/app.webmanifest"), ask("GET", f"{card}/worker.js")
    assert json.loads(manifest.body)["start_url"] == card
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert worker.headers["service-worker-allowed"] == card
    assert {answer.headers["cache-control"] for answer in (manifest, worker)} == {"no-store"}

    assert ask("GET", f"{card}/replace").status == 200
    replaced = ask("POST", f"{card}/replace", urlencode({"key": "k" * 22}).encode(), **FORM)
    fresh = replaced.headers["location"].partition("?")[0]
    gone = [ask("GET", f"{card}{below}").status for below in ("", "/app.webmanifest", "/worker.js", "/apple", "/leave")]
    assert (replaced.status, gone) == (303, [410] * 5)

    assert ask("GET", f"{fresh}/leave").status == 200
    assert ask("POST", f"{fresh}/leave", b"do=leave", **FORM).headers["location"] == f"{fresh}?note=left"
    assert b"no longer valid" in ask("GET", fresh).body


def test_a_card_that_never_was_is_not_found_wherever_it_is_asked_for(here: Town) -> None:
    unknown = "/c/4fTq0mXJ3rZk9sWv2LbNcA"
    asked = [ask("GET", f"{unknown}{below}") for below in ("", "/app.webmanifest", "/worker.js", "/replace", "/leave")]
    sent = [ask("POST", f"{unknown}{below}", b"do=leave&key=" + b"k" * 22, **FORM) for below in ("/replace", "/leave")]

    assert [answer.status for answer in (*asked, *sent)] == [404] * 7


def test_a_card_is_sent_to_whoever_asks_for_it(here: Town) -> None:
    answer = ask("POST", f"/p/{PROGRAM}/send", b"email=anna%40example.com", **FORM)

    assert answer.status == 303
    assert b"an e-mail with its link is on its way" in ask("GET", answer.headers["location"].partition("#")[0]).body
    assert ask("POST", "/p/nothing-here/send", b"email=anna%40example.com", **FORM).status == 404


def test_a_person_joins_proves_and_takes_the_pass(here: Town) -> None:
    here.buys(ANNA, 4599)
    home = join()
    assert b"0" in ask("GET", home).body
    code = urlencode({"code": here.mail.letters[-1].code}).encode()
    assert ask("POST", f"{home}/proof", code, **FORM).status == 303
    assert json.loads(ask("GET", home, Accept="application/json").body)["points"] == 45
    file = ask("GET", f"{home}/apple")
    assert file.headers["content-type"] == "application/vnd.apple.pkpass"
    with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("pass.json"))["serialNumber"] == here.card(home.rpartition("/")[2]).serial


@pytest.mark.parametrize("accept", [None, "*/*", "application/vnd.apple.pkpass", "text/html,*/*;q=0.8"])
def test_pass_is_served_whatever_is_accepted(here: Town, accept: str | None) -> None:
    headers = {} if accept is None else {"Accept": accept}
    assert ask("GET", f"{join()}/apple", **headers).status == 200


@pytest.mark.parametrize("address", ["/p/bean-street", "/health", "{card}", "{card}/apple", "/proof/bean-street.x"])
def test_page_is_served_even_if_the_request_names_a_type_of_content(here: Town, address: str) -> None:
    """HTTP libraries keep the form's type when they follow a 303."""
    answer = ask("GET", address.format(card=join()), Content_Type="application/x-www-form-urlencoded")
    assert answer.status == 200


def test_form_of_another_type_is_refused(here: Town) -> None:
    assert ask("POST", f"/p/{PROGRAM}/join", b"{}", Content_Type="application/json").status == 415


@pytest.mark.parametrize(("asked", "language"), [("en", "en"), ("ru-RU,ru;q=0.9", "ru"), ("", "en"), ("de", "en")])
@pytest.mark.parametrize("address", ["/p/bean-street", "/p/nobody", "/c/nobody", "/c/nobody/apple", "/proof/nobody.x"])
def test_every_page_is_in_the_readers_language(here: Town, address: str, asked: str, language: str) -> None:
    answer = ask("GET", address, Accept_Language=asked)
    assert f'lang="{language}"'.encode() in answer.body


def test_last_of_several_query_values_counts(here: Town) -> None:
    assert b'lang="ru"' in ask("GET", "/p/bean-street?lang=en&lang=ru").body


def test_rate_limit_sees_the_gateways_address_and_no_header(here: Town) -> None:
    for number in range(25):
        form = urlencode({"email": f"x{number}@example.com", "language": "en", "consent": "yes"}).encode()
        ask("POST", f"/p/{PROGRAM}/join", form, **FORM, X_Forwarded_For=f"198.51.100.{number}")
    assert len(here.mail.letters) == 20


def test_a_phone_registers_lists_fetches_and_leaves(here: Town) -> None:
    link = here.member(ANNA)
    serial = here.card(link).serial
    token = {"Authorization": f"ApplePass {token_of(TOKEN_KEY, serial)}"}
    place = f"/apple/v1/devices/phone-1/registrations/{PASS_TYPE}"
    body = json.dumps({"pushToken": "abc"}).encode()
    assert ask("POST", f"{place}/{serial}", body, **token, Content_Type="application/json").status == 201
    here.clock.forward(60_000)
    here.buys(ANNA, 4599)
    here.follow()
    assert here.pusher.calls == [["abc"]]
    listed = ask("GET", f"{place}?passesUpdatedSince=0")
    assert json.loads(listed.body)["serialNumbers"] == [serial]
    fetched = ask("GET", f"/apple/v1/passes/{PASS_TYPE}/{serial}", **token)
    assert fetched.status == 200
    assert fetched.body[:2] == b"PK"
    since = {"If_Modified_Since": fetched.headers["last-modified"]}
    again = ask("HEAD", f"/apple/v1/passes/{PASS_TYPE}/{serial}", **token)
    assert (again.status, again.body) == (200, b"")
    assert ask("GET", f"/apple/v1/passes/{PASS_TYPE}/{serial}", **token, **since).status in (200, 304)
    assert ask("DELETE", f"{place}/{serial}", **token).status == 200
    assert ask("GET", f"{place}?passesUpdatedSince=0").status == 204


def test_wrong_token_and_unknown_serial_are_answered_alike(here: Town) -> None:
    serial = here.card(here.member(ANNA)).serial
    answers = [
        ask("GET", f"/apple/v1/passes/{PASS_TYPE}/{serial}", Authorization="ApplePass wrong"),
        ask("GET", f"/apple/v1/passes/{PASS_TYPE}/{serial}"),
        ask(
            "GET", f"/apple/v1/passes/{PASS_TYPE}/unknown", Authorization=f"ApplePass {token_of(TOKEN_KEY, 'unknown')}"
        ),
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0].status == 401


def test_phones_complaint_is_taken(here: Town) -> None:
    body = json.dumps({"logs": ["it does not work"]}).encode()
    assert ask("POST", "/apple/v1/log", body, Content_Type="application/json").status == 200


def test_same_answers_through_chalices_own_client(here: Town) -> None:
    with Client(front.app) as client:
        assert client.http.get("/health").json_body == {"status": "ok", "stage": "test"}
        page = client.http.get(f"/p/{PROGRAM}", headers={"Accept-Language": "ru"})
        assert (page.status_code, b'lang="ru"' in page.body) == (200, True)
        assert client.http.post(f"/hooks/{PROGRAM}/shop", body=b"{}").status_code == 401


def test_lambda_hands_over_streams_and_queues(here: Town) -> None:
    here.buys(ANNA, 4599)
    (entry,) = here.entries(here.account(ANNA))
    with Client(front.app) as client:
        assert client.lambda_.invoke("on_journal", stream_event(inserted(entry))).payload == {"batchItemFailures": []}
        message = {"program": PROGRAM, "connection": "shop", "key": f"{PROGRAM}/shop/deferred/2026-06-23/gone.json"}
        failed = {"batchItemFailures": [{"itemIdentifier": "m0"}]}
        assert client.lambda_.invoke("on_deferred", sqs_event([message])).payload == failed
        gone = {"serial": "gone", "attempt": 0}
        assert client.lambda_.invoke("on_cards", sqs_event([gone])).payload == {"batchItemFailures": []}
    assert here.own.views.seq(PROGRAM, entry.account) == 1


# --- errors -------------------------------------------------------------------------------------------------------


def _everywhere() -> list[tuple[str, str]]:
    return [(method, path) for path, methods in PAGES.items() for method in sorted(methods)]


class Exploding:
    """A house in which whatever is touched raises."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("method", "path"), [place for place in _everywhere() if place[1] not in ("/", "/static/{name}")]
)
def test_error_inside_a_view_is_answered_with_a_page(monkeypatch: pytest.MonkeyPatch, method: str, path: str) -> None:
    monkeypatch.setattr(front, "house", lambda: Exploding(RuntimeError("inside")))
    body = b"x=1" if method == "POST" else None
    kind = FORM if path.startswith(("/p/", "/c/", "/proof/")) else {"Content-Type": "application/json"}
    names = dict.fromkeys(("program", "connection", "token", "card", "device", "pass_type", "serial", "name"), "x")
    asked = event(method, path, names, headers=kind | {"Accept-Language": "ru"}, body=body)
    answer = reply(front.app(asked, None))
    assert answer.status == 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert b'lang="ru"' in answer.body
    assert b"inside" not in answer.body
    assert b"RuntimeError" not in answer.body


@pytest.mark.parametrize("status", [400, 401, 409, 500, 503])
def test_each_kind_of_no_has_its_status(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    kinds: dict[int, Callable[..., Exception]] = {
        400: errors.Malformed,
        401: errors.Untrusted,
        409: errors.Refused,
        500: errors.Broken,
        503: errors.TryAgain,
    }
    monkeypatch.setattr(front, "house", lambda: Exploding(kinds[status]("a_reason_inside")))
    answer = reply(front.app(event("GET", "/health"), None))
    assert answer.status == status
    assert ("retry-after" in answer.headers) is (status == 503)
    assert b"a_reason_inside" not in answer.body


@pytest.mark.parametrize("handler", ["on_journal", "on_deferred", "on_cards", "on_schedule"])
def test_error_nobody_foresaw_leaves_a_handler_without_its_text(monkeypatch: pytest.MonkeyPatch, handler: str) -> None:
    monkeypatch.setattr(front, "house", lambda: Exploding(RuntimeError("anna@example.com")))
    with pytest.raises(Broken, match="handler_broke") as raised:
        getattr(front, handler)(schedule_event() if handler == "on_schedule" else {"Records": []}, None)
    assert "anna" not in str(raised.value)
    assert raised.value.__suppress_context__
