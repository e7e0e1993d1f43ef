"""Reads a page as a browser would: elements, their attributes, and the text that people see."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from chalicelib.services.answer import Answer

_VOID = {"meta", "link", "input", "img", "br", "path", "rect", "circle"}
_UNSEEN = {"head", "script", "style", "svg"}


@dataclass(frozen=True)
class Element:
    tag: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)
        if not any(element.tag in _UNSEEN for element in self.open):
            self.seen.append(data)


@dataclass(frozen=True)
class Page:
    elements: list[Element]
    text: str

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attributes.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found


def read(answer: Answer) -> Page:
    """The page of an answer; unclosed or crossed elements fail."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    reader = _Reader()
    reader.feed(answer.body.decode())
    reader.close()
    assert not reader.open, f"left open: {[element.tag for element in reader.open]}"
    spoken = [
        element.attributes[name]
        for element in reader.elements
        for name in ("aria-label", "alt")
        if name in element.attributes
    ]
    return Page(reader.elements, re.sub(r"\s+", " ", " ".join([*reader.seen, *spoken])).strip())
