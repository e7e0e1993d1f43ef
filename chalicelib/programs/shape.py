"""YAML as blocks with known keys. Every value knows its line and path; every mistake is noted, none stops the reading.

A reader of a value raises Unclear; the block it stands in notes that and goes on with a stand-in. Stand-ins never get
out: when anything was noted the whole reading fails.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec
import yaml

from chalicelib.programs.finding import Finding
from chalicelib.programs.values import Unclear, nearest

_T = TypeVar("_T")
_S = TypeVar("_S")
_LONGEST_TEXT = 200
_LONGEST_QUOTE = 40
_MOST_CHARACTERS = 64_000
_DEEPEST = 12


class Place(Protocol):
    """A position in the file as YAML counts it, from 0."""

    line: int
    column: int


class Book(msgspec.Struct):
    """One file being read: what was noted so far, and the line of every path."""

    file: str
    findings: list[Finding] = msgspec.field(default_factory=list)
    lines: dict[str, int] = msgspec.field(default_factory=dict)

    def note(self, mark: Place | None, path: str, message: str, suggestion: str = "") -> None:
        """Note a mistake at `mark`; at the first line when it belongs to no line."""
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        self.findings.append(Finding(self.file, line, path, message, suggestion, column=column))


class Spot(msgspec.Struct, frozen=True):
    """A value in the file and where it stands."""

    node: yaml.Node
    path: str
    book: Book

    def text(self) -> str:
        """The value as it was written, without YAML's own ideas (`no` is text, `1.10` keeps its zero)."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise Unclear("some text")
        if len(self.node.value) > _LONGEST_TEXT:
            raise Unclear(f"a text of at most {_LONGEST_TEXT} characters")
        return " ".join(str(self.node.value).split())

    def read(self, understand: Callable[[str], _T]) -> _T:
        """The text as `understand` takes it."""
        text = self.node.value.strip() if isinstance(self.node, yaml.ScalarNode) else ""
        return understand(text)

    def choice(self, options: Mapping[str, _T]) -> _T:
        """One of the known words."""
        word = self.node.value.strip() if isinstance(self.node, yaml.ScalarNode) else ""
        if word not in options:
            raise Unclear(f"{_one_of(options)}", nearest(word, options))
        return options[word]

    def items(self, read: Callable[["Spot"], _T], expected: str) -> tuple[_T, ...]:
        """Each item of a list, as far as they can be read; at least one."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            raise Unclear(expected)
        found = []
        for index, node in enumerate(self.node.value):
            spot = Spot(node, f"{self.path}[{index}]", self.book)
            self.book.lines[spot.path] = node.start_mark.line + 1
            try:
                found.append(read(spot))
            except Unclear as unclear:
                spot.note(unclear)
        return tuple(found)

    def is_text(self) -> bool:
        """Is it a single value, not a block or a list?"""
        return isinstance(self.node, yaml.ScalarNode)

    def note(self, unclear: Unclear) -> None:
        """Note that this value was not understood."""
        suggestion = f'Did you mean "{unclear.nearest}"?' if unclear.nearest else ""
        found = f'"{unclear.found[:_LONGEST_QUOTE]}"' if unclear.found else _found(self.node)
        message = f"expected {unclear.expected}, found {found}"
        self.book.note(self.node.start_mark, self.path, message, suggestion)


class Block:
    """Keys and their values. `known` are all keys it may have; None takes any."""

    def __init__(self, spot: Spot, known: Collection[str] | None, expected: str = "a block of keys") -> None:
        if not isinstance(spot.node, yaml.MappingNode):
            raise Unclear(expected)
        self.spot = spot
        self.fields: dict[str, Spot] = {}
        for key, value in spot.node.value:
            self._add(key, value, known)

    def _add(self, key: yaml.Node, value: yaml.Node, known: Collection[str] | None) -> None:
        book = self.spot.book
        if not isinstance(key, yaml.ScalarNode):
            book.note(key.start_mark, self.spot.path, f"expected a key, found {_found(key)}")
            return
        name = str(key.value)
        path = f"{self.spot.path}.{name}" if self.spot.path else name
        if known is not None and name not in known:
            meant = nearest(name, known)
            suggestion = f'Did you mean "{meant}"?' if meant else ""
            book.note(key.start_mark, path, f"this key is not known here; expected {_one_of(known)}", suggestion)
        elif name in self.fields:
            book.note(key.start_mark, path, f"expected each key once, found a second one (see line {book.lines[path]})")
        else:
            book.lines[path] = key.start_mark.line + 1
            self.fields[name] = Spot(value, path, book)

    def required(self, key: str, read: Callable[[Spot], _T], stand_in: _S, expected: str = "") -> _T | _S:
        """The value of `key`; noted as missing when it is not there. `expected` says what to write."""
        if key not in self.fields:
            path = f"{self.spot.path}.{key}" if self.spot.path else key
            what = f": {expected}" if expected else ""
            self.spot.book.note(self.spot.node.start_mark, path, f'the key "{key}" is missing{what}')
        return self.optional(key, read, stand_in)

    def optional(self, key: str, read: Callable[[Spot], _T], default: _S) -> _T | _S:
        """The value of `key`, or the default."""
        spot = self.fields.get(key)
        if spot is None:
            return default
        try:
            return read(spot)
        except Unclear as unclear:
            spot.note(unclear)
            return default

    def object_to(self, key: str, message: str) -> None:
        """Note that a key does not fit the others of its block; at the block itself where the key is missing."""
        spot = self.fields.get(key, self.spot)
        spot.book.note(spot.node.start_mark, spot.path, message)


def compose(text: str, book: Book) -> Spot | None:
    """The file's top value; None when it is no YAML, with the reason noted.

    Anchors, tags, several documents, great depth and great size are refused: a small file must stay small in memory.
    """
    if len(text) > _MOST_CHARACTERS:
        book.note(None, "", f"expected a file of at most {_MOST_CHARACTERS} characters")
        return None
    try:
        allowed = _only_plain_parts(yaml.parse(text, Loader=yaml.SafeLoader), book)
        node = yaml.compose(text, Loader=yaml.SafeLoader) if allowed else None
    except yaml.MarkedYAMLError as error:
        book.note(error.problem_mark, "", f"this is not valid YAML: {error.problem}")
        return None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        book.findings.append(Finding(book.file, line, "", "a character that YAML does not allow"))
        return None
    if node is None:
        if allowed:
            book.note(None, "", "expected a program definition, found an empty file")
        return None
    return Spot(node, "", book)


def _only_plain_parts(events: Iterable[yaml.Event], book: Book) -> bool:
    depth = documents = 0
    before = len(book.findings)
    for event in events:
        match event:
            case yaml.AliasEvent() | yaml.NodeEvent(anchor=str()):
                book.note(event.start_mark, "", "anchors and aliases are not used here", "Write the value out.")
            case yaml.DocumentStartEvent():
                documents += 1
            case _ if getattr(event, "tag", None):
                book.note(event.start_mark, "", "tags are not used here", "Leave the word after ! out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or documents > 1:
            what = "fewer blocks inside each other" if depth > _DEEPEST else "one definition in a file"
            book.note(event.start_mark, "", f"expected {what}")
            return False
    return len(book.findings) == before


def _found(node: yaml.Node) -> str:
    match node:
        case yaml.ScalarNode(value=value):
            return f'"{value[:_LONGEST_QUOTE]}"' if value.strip() else "nothing"
        case yaml.SequenceNode():
            return "a list"
        case _:
            return "a block of keys"


def _one_of(words: Collection[str]) -> str:
    return "one of: " + ", ".join(words) if len(words) > 1 else "".join(words)
