"""HTTP for the laptop: Chalice's local gateway, made fit for real clients.

`chalice.local.create_local_server` gives each thread its own current request (a bare LocalGateway under threads mixes
requests up). What API Gateway does and the local server does not is added here: answers to HEAD without a body, an
Accept header when a client sends none (Chalice refuses binary answers without one), a bound on bodies. Files of the
demo pages and of the phone's libraries are served beside the app.
"""

import functools
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalDevServer, create_local_server

from ops.laptop.home import PROJECT

BODY_BYTES = 10 * 1024 * 1024  # API Gateway's limit
FILES = {
    "/demo/static/": Path(__file__).parent / "pages" / "static",
    "/demo/lib/fflate/": PROJECT / "node_modules" / "fflate" / "esm",
    "/demo/lib/pkijs/": PROJECT / "node_modules" / "pkijs" / "build",
    "/demo/lib/asn1js/": PROJECT / "node_modules" / "asn1js" / "build",
    "/demo/lib/bytestreamjs/": PROJECT / "node_modules" / "bytestreamjs" / "build",
    "/demo/lib/peculiar-utils/": PROJECT / "node_modules" / "@peculiar" / "utils" / "build",
    "/demo/lib/noble-hashes/": PROJECT / "node_modules" / "@noble" / "hashes",
}
KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Door(ChaliceRequestHandler):
    """One connection. Says nothing on the console: paths hold card links, which are secrets."""

    wbufsize = 1 << 16  # an answer's head and body leave together
    disable_nagle_algorithm = True
    timeout = 120  # a silent client does not hold its thread for ever

    def _generic_handle(self) -> None:
        if "Transfer-Encoding" in self.headers:
            self._refuse(411, b"Length Required")
            return
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            self._refuse(400, b"Bad Request")
            return
        if int(length) > BODY_BYTES:
            self._refuse(413, b"Content Too Large")
            return
        if "Accept" not in self.headers:
            self.headers["Accept"] = "*/*"
        if self.command in ("GET", "HEAD") and self._serve_file():
            return
        super()._generic_handle()

    def _refuse(self, code: int, words: bytes) -> None:
        self.close_connection = True  # the body is not read
        self._send_http_response_with_body(code, {"Content-Type": "text/plain", "Connection": "close"}, words)

    def _serve_file(self) -> bool:
        path = self.path.partition("?")[0]
        for prefix, folder in FILES.items():
            if path.startswith(prefix):
                file = (folder / path.removeprefix(prefix)).resolve()
                if file.is_relative_to(folder.resolve()) and file.is_file() and file.suffix in KINDS:
                    headers = {"Content-Type": f"{KINDS[file.suffix]}; charset=utf-8", "Cache-Control": "no-cache"}
                    self._send_http_response_with_body(200, headers, file.read_bytes())
                else:
                    self._send_http_response_with_body(404, {"Content-Type": "text/plain"}, b"Not Found")
                return True
        return False

    def _send_http_response_with_body(self, code: int, headers: dict[str, Any], body: str | bytes) -> None:
        content = body if isinstance(body, bytes) else body.encode()
        self.send_response(code)
        named = {name.lower() for name in headers}
        if "content-type" not in named:
            self.send_header("Content-Type", "application/json")
        # An app that answers HEAD without making the body does not know its length.
        is_length_known = code not in (204, 304) and (content or self.command != "HEAD")
        if is_length_known and "content-length" not in named:
            self.send_header("Content-Length", str(len(content)))
        self._send_headers(headers)
        if self.command != "HEAD" and code not in (204, 304):
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # the name of the method it replaces
        pass

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815  # fixed names


def open_door(app: Chalice, host: str, port: int) -> LocalDevServer:
    """A threaded server that is listening but not yet answering; raises OSError when the port is taken."""
    config = Config.create(project_dir=str(PROJECT), chalice_app=lambda: app, lambda_timeout=29)
    door = create_local_server(app, config, host, port)
    door.server.RequestHandlerClass = functools.partial(Door, app_object=app, config=config)
    door.server.handle_error = _complain  # the server has no other way to say it
    door.server.socket.listen(128)  # a burst of customers, not the default of five
    return door


def _complain(_request: object, _client: object) -> None:
    """A client that went away is nothing to speak of; anything else is our fault."""
    if not isinstance(sys.exception(), ConnectionError | TimeoutError):
        traceback.print_exc()


def answer_on_a_thread(door: LocalDevServer) -> threading.Thread:
    thread = threading.Thread(target=door.server.serve_forever, kwargs={"poll_interval": 0.1}, name="http", daemon=True)
    thread.start()
    return thread
