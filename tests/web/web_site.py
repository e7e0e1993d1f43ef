"""The pages behind HTTP: the gallery, one live card with all that lies below its address, and pictures."""

import io
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
from PIL import Image
from web_gallery import gallery
from web_samples import CARD, NOW, STRIP, a_view

from chalicelib.services.answer import Answer
from chalicelib.web.answer import redirect
from chalicelib.web.card import CardView, Notice, card_json, card_page
from chalicelib.web.installing import manifest, worker
from chalicelib.web.keeping import leave_page, replace_page
from chalicelib.web.static_files import static
from chalicelib.web.trouble import missing_page, replaced_page

HOME = f"/c/{CARD}"
NEW_HOME = "/c/9kWq2NfYt6Zr8sLbV3mXcA"


class Site:
    """Serves the gallery under /gallery/<language>/<number> and one live card, which may have been replaced.

    is_down: every answer is 503      is_gone: there never was such a card      sent_bytes: of all answers' bodies
    """

    def __init__(self) -> None:
        self.view: CardView = a_view()
        self.is_down = False
        self.is_replaced = False
        self.is_gone = False
        self.sent_bytes = 0
        self.language = "en"
        self.pages = {
            f"/gallery/{language}/{number}": answer
            for language in ("en", "ru")
            for number, answer in enumerate(gallery(language).values())
        }

    def answer(self, method: str, path: str, accept: str) -> Answer:
        if path.startswith("/static/"):
            return static(path.removeprefix("/static/"))
        if path == STRIP:
            return Answer(200, {"Content-Type": "image/png"}, a_picture())
        if self.is_down:
            return Answer(503)
        if path.startswith((HOME, NEW_HOME)):
            return self._below(method, path, accept)
        return self.pages.get(path) or missing_page("page", "en")

    def _below(self, method: str, path: str, accept: str) -> Answer:
        card = path.split("/")[2]
        if self.is_gone or (card == CARD) is self.is_replaced:
            return replaced_page(self.language) if self.is_replaced else missing_page("card", self.language)
        view, language = msgspec.structs.replace(self.view, card=card), self.language
        said = Notice.REPLACED if self.is_replaced else None
        pages: dict[tuple[str, str], Callable[[], Answer]] = {
            ("GET", ""): lambda: card_page(view, language, now=NOW, said=said),
            ("GET", "/worker.js"): lambda: worker(card),
            ("GET", "/app.webmanifest"): lambda: manifest(card, view.face, language, {}),
            ("GET", "/replace"): lambda: replace_page(card, view.face, language, key="k" * 22),
            ("GET", "/leave"): lambda: leave_page(card, view.face, language, address=""),
            ("POST", "/replace"): self._replace,
        }
        if path == f"/c/{card}" and accept == "application/json":
            return card_json(view)
        return pages[method, path.removeprefix(f"/c/{card}")]()

    def _replace(self) -> Answer:
        self.is_replaced = True
        return redirect(303, f"{NEW_HOME}?note=replaced")


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The address at which the site answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = site.answer(self.command, path, self.headers.get("Accept", ""))
            site.sent_bytes += len(answer.body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815 - the server's own name for it

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_picture() -> bytes:
    """A strip of noise: no PNG of its size is heavier for what it shows."""
    dots = random.Random(1).randbytes(120 * 46 * 3)
    picture = Image.frombytes("RGB", (120, 46), dots).resize((750, 288), Image.Resampling.NEAREST)
    into = io.BytesIO()
    picture.save(into, "PNG")
    return into.getvalue()
