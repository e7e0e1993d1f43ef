"""The sheet: a page with a phone for each wallet, and all that it links, without a server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.programs.definition import Definition
from chalicelib.services.answer import Answer
from chalicelib.web.static_files import static
from ops.laptop import barcodes, pages
from ops.preview.samples import State, sample
from ops.preview.wallets import BASE_URL, Cards, Wallets

PAGE = Path(__file__).parent / "page"
_FOLDERS = {"/demo/static/": pages.FOLDER / "static", "/preview/": PAGE}
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "apple": "Apple Wallet",
        "poster": "Apple Wallet, iOS 27",
        "google": "Google Wallet",
        "web": "Web card",
        "new": "Somebody who has just joined",
        "typical": "A member",
        "full": "Somebody who has reached it all",
        "ended": "Somebody who has left",
    },
    "ru": {
        "apple": "Apple Wallet",
        "poster": "Apple Wallet, iOS 27",
        "google": "Google Кошелёк",
        "web": "Карта на сайте",
        "new": "Только что вступил",
        "typical": "Участник",
        "full": "Достиг всего",
        "ended": "Вышел из программы",
    },
}

_templates = Environment(
    loader=FileSystemLoader([PAGE, pages.FOLDER]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One member's cards, side by side. `asked_in_vain`: addresses at which there was nothing."""

    business: str
    program: str
    state: State
    language: str
    cards: Cards
    wallets: Wallets
    asked_in_vain: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Of its files."""
        return f"{self.program}-{self.state}-{self.language}"

    @property
    def phones(self) -> tuple[str, ...]:
        """Which phones stand on it, from left to right."""
        return ("apple", *(("poster",) if self.cards.has_poster else ()), "google", "web")

    def html(self) -> str:
        """The page; the same to the byte for the same member."""
        return _templates.get_template("sheet.html").render(
            sheet=self, words=WORDS.get(self.language, WORDS["en"]), address=urlsplit(BASE_URL).netloc
        )

    def answer(self, address: str) -> Answer:
        """What the browser gets for an address of the page. Raises NoSuchCode for a code that cannot be drawn."""
        parts = urlsplit(address)
        found = self._found(parts.path, parse_qs(parts.query))
        if found.status != 200:
            self.asked_in_vain.append(address)
        return found

    def _found(self, path: str, query: Mapping[str, list[str]]) -> Answer:
        name = path.rpartition("/")[2]
        match path.split("/")[1:]:
            case ["sheet"]:
                return _page(self.html().encode())
            case ["c", "preview"]:
                return _page(self.cards.page)
            case ["demo", "phone", "barcode"]:
                drawn = barcodes.svg(query["kind"][0], query["text"][0])
                return Answer(200, {"Content-Type": "image/svg+xml"}, drawn.encode())
            case ["pictures", _]:
                return self.wallets.room.picture(name)
            case ["static", _]:
                return static(name)
            case _:
                return _file(path)


def sheet_of(definition: Definition, wallets: Wallets, state: State, language: str, pictures: str = "") -> Sheet:
    """The cards of an invented member. `pictures`: names what was prepared. Raises Broken for what no wallet takes."""
    face = sample(definition, state, language, base_url=BASE_URL, sheet=pictures)
    return Sheet(definition.business.name, definition.program, state, language, wallets.cards(face), wallets)


def _page(body: bytes) -> Answer:
    return Answer(200, {"Content-Type": "text/html; charset=utf-8"}, body)


def _file(path: str) -> Answer:
    for prefix, folder in _FOLDERS.items():
        file = (folder / path.removeprefix(prefix)).resolve()
        if path.startswith(prefix) and file.is_relative_to(folder.resolve()) and file.suffix in _TYPES:
            return Answer(200, {"Content-Type": f"{_TYPES[file.suffix]}; charset=utf-8"}, file.read_bytes())
    return Answer(404)
