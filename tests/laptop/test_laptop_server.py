"""The laptop's HTTP door behaves as API Gateway does towards real clients."""

import http.client
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from chalice.app import Chalice, Response

from ops.laptop.server import answer_on_a_thread, open_door

BYTES = bytes(range(256)) * 40


def _app() -> Chalice:
    app = Chalice("door-test")
    app.api.binary_types = ["application/vnd.apple.pkpass"]
    together = threading.Barrier(20, timeout=10)

    @app.route("/pass", methods=["GET", "HEAD"])
    def a_pass() -> Response:
        return Response(BYTES, headers={"Content-Type": "application/vnd.apple.pkpass", "Last-Modified": "then"})

    @app.route("/unchanged")
    def unchanged() -> Response:
        return Response("", status_code=304)

    @app.route("/echo/{word}", methods=["POST"], content_types=["text/plain"])
    def echo(word: str) -> Response:
        together.wait()  # all requests are in the app at once
        request = app.current_request
        assert request is not None
        said = [word, request.headers["x-word"], (request.query_params or {})["word"], request.raw_body.decode()]
        return Response("|".join(said), headers={"Content-Type": "text/plain"})

    return app


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    door = open_door(_app(), "127.0.0.1", 0)
    thread = answer_on_a_thread(door)
    yield door.server.server_address[1]
    door.shutdown()
    door.server.server_close()
    thread.join()


def ask(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def test_no_answer_is_mixed_up_among_twenty_threads(port: int) -> None:
    def one(number: int) -> tuple[str, str]:
        word = f"w{number}"
        _, _, content = ask(
            port, "POST", f"/echo/{word}?word={word}", word.encode(), X_Word=word, Content_Type="text/plain"
        )
        return word, content.decode()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(one, range(200)))
    assert [answer for _, answer in answers] == ["|".join([word] * 4) for word, _ in answers]


def test_pass_is_byte_exact_without_an_accept_header(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("GET", "/pass", skip_accept_encoding=True)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, BYTES)
    connection.close()


def test_head_tells_the_length_and_sends_no_body_on_a_kept_connection(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(2):
        connection.request("HEAD", "/pass")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Length"], answer.read()) == (200, str(len(BYTES)), b"")
        connection.request("GET", "/pass")
        assert connection.getresponse().read() == BYTES
    connection.close()


def test_unchanged_has_no_body_and_the_connection_lives_on(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/unchanged")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (304, b"")
    connection.request("GET", "/pass")
    assert connection.getresponse().read() == BYTES
    connection.close()


@pytest.mark.parametrize(("length", "status"), [("-1", 400), ("many", 400), ("99999999999", 413)])
def test_body_of_an_impossible_length_is_refused(port: int, length: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/echo/x")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize(
    "path", ["/demo/static/../texts.json", "/demo/static/%2e%2e/texts.json", "/demo/static/nothing.js"]
)
def test_files_outside_the_static_folder_are_not_served(port: int, path: str) -> None:
    assert ask(port, "GET", path)[0] == 404


def test_scripts_and_pictures_have_their_types(port: int) -> None:
    status, headers, _ = ask(port, "GET", "/demo/static/phone/pass.js")
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    status, headers, _ = ask(port, "GET", "/demo/static/shop/cup.svg")
    assert (status, headers["content-type"]) == (200, "image/svg+xml; charset=utf-8")
