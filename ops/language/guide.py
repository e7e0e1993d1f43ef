"""The language reference, docs/programs.md: written from the descriptions of the blocks and the table of mechanics."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.language.editors_yaml import load
from ops.language.mechanics import Mechanic, mechanics
from ops.language.schema import Node, blocks, resolved, top_level

_PROJECT = Path(__file__).resolve().parents[2]
GUIDE = _PROJECT / "docs" / "programs.md"
_OPENING = Path(__file__).parent / "opening.md"
_VALUES = {
    "points": "points",
    "money": "money",
    "length": "a length of time",
    "days": "a number of days",
    "day": "a day",
    "colour": "a colour",
}
"""Values that have a shape of their own, by the name of their description."""


_PLAIN = frozenset({"named", "titles", "texts"})
"""Shapes that an example shows better than rows of keys."""


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    node: Node
    is_required: bool


def guide() -> str:
    """The whole page."""
    parts = [_OPENING.read_text(encoding="utf-8"), _values(), "## The keys of a file\n", _contents()]
    parts += [_section(name, 3) for name in _sections()]
    parts.append(_mechanics(mechanics()))
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def examples() -> dict[str, str]:
    """The YAML of every block that shows itself, by the block's name; a second one is "rule 2"."""
    return {
        f"{name} {number}" if number > 1 else name: text
        for name, node in blocks().items()
        for number, text in enumerate(_shown(node), start=1)
    }


def _shown(node: Node) -> Sequence[str]:
    told: str | Sequence[str] = node.get("example", ())
    return (told,) if isinstance(told, str) else told


def _sections() -> list[str]:
    """Blocks with a section: those of the file's keys, each followed by the blocks inside it, as they are met."""
    order: list[str] = []

    def meet(node: Node) -> None:
        name = _name(node)
        if name in order:
            return
        if _is_block(name):
            order.append(name)
        for below in _nodes_below(resolved(node)):
            meet(below)

    for node in top_level().values():
        meet(node)
    return order


def _name(node: Node) -> str:
    """Of the block that a description refers to, or empty."""
    return str(node.get("$ref", "")).rpartition("/")[2]


def _is_block(name: str) -> bool:
    return bool(name) and ("example" in blocks()[name] or "properties" in blocks()[name])


def _nodes_below(node: Node) -> Iterator[Node]:
    yield from (below for below in node.get("properties", {}).values() if isinstance(below, Mapping))
    yield from (way for way in node.get("anyOf", ()) if isinstance(way, Mapping))
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), Mapping):
            yield node[key]


# --- sections -----------------------------------------------------------------------------------------------------


def _contents() -> str:
    required = blocks()["definition"]["required"]
    lines = ["| key | what it says | |", "|---|---|---|"]
    for key, node in top_level().items():
        whole = resolved(node)
        name = _name(node)
        told = f"[{_cell(whole['title'])}](#{name})" if _is_block(name) else _said(whole)
        lines.append(f"| `{key}` | {told} | {'needed' if key in required else ''} |")
    return "\n".join(lines)


def _section(name: str, depth: int) -> str:
    node = blocks()[name]
    lines = [f"{'#' * depth} {name}\n", f"**{_sentence(node['title'])}** {node.get('description', '')}".rstrip() + "\n"]
    rows = list(_rows(node))
    if rows:
        lines += ["| key | what it says | written as |", "|---|---|---|"]
        lines += [_line(row) for row in rows] + [""]
    lines += [f"```yaml\n{text.rstrip()}\n```\n" for text in _shown(node)]
    return "\n".join(lines)


def _rows(node: Node, prefix: str = "") -> Iterator[_Row]:
    """Its keys, and those of the blocks inside it that have no section of their own."""
    whole = resolved(node)
    for key, below in whole.get("properties", {}).items():
        if not isinstance(below, Mapping):
            continue
        yield _Row(f"{prefix}{key}", below, key in whole.get("required", ()))
        if not _is_block(_name(below)) and _name(below) not in _PLAIN:
            yield from _rows(below, f"{prefix}{key}.")
    for way in whole.get("anyOf", ()):
        if not _is_block(_name(way)):
            yield from _rows(way, prefix)
    for inner, step in (("items", ""), ("additionalProperties", "*.")):
        below = whole.get(inner)
        if isinstance(below, Mapping) and not _is_block(_name(below)):
            yield from _rows(below, f"{prefix}{step}")


def _line(row: _Row) -> str:
    name = _name(row.node)
    own = {key: row.node[key] for key in ("title", "description") if key in row.node}
    told = _said(own if "title" in own else resolved(row.node))
    written = f"see [{name}](#{name})" if _is_block(name) else _written(row.node)
    needed = " (needed)" if row.is_required else ""
    return f"| `{row.key}`{needed} | {told} | {written} |"


def _said(node: Node) -> str:
    title, more = node.get("title", ""), node.get("description", "")
    return _cell(f"{_sentence(title)} {more}".strip() if title else more)


def _sentence(title: str) -> str:
    return title if title.endswith(("?", ".", '"')) else f"{title}."


def _written(node: Node) -> str:
    """Its words, or what it looks like."""
    whole = resolved(node)
    words = list(_words(whole))
    shapes = [_cell(f"`{_flow(example)}`") for example in whole.get("examples", ())[:3]]
    name = _name(node)
    kind = [f"{_VALUES[name]}:"] if name in _VALUES and shapes else []
    plain = "a text" if name == "text" else "a block"
    return " ".join([*kind, ", ".join(dict.fromkeys([*(f"`{word}`" for word in words), *shapes]))]) or plain


def _words(node: Node) -> Iterator[str]:
    yield from (str(word) for word in node.get("enum", ()))
    if "const" in node:
        yield str(node["const"])
    for way in (*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])):
        yield from _words(resolved(way))


def _flow(value: Any) -> str:
    """A value as it stands on one line of a file."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case str() if value.startswith(("#", "{", "[")) or ": " in value:
            return f'"{value}"'
        case _:
            return str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _values() -> str:
    lines = ["## Values\n", "| | written as | |", "|---|---|---|"]
    for name, kind in _VALUES.items():
        node = blocks()[name]
        shapes = ", ".join(f"`{_flow(example)}`" for example in node.get("examples", ())) or '`"#2b1d14"`'
        lines.append(f"| {kind} | {shapes} | {_cell(node['description'])} |")
    return "\n".join(lines) + "\n"


# --- mechanics ----------------------------------------------------------------------------------------------------


def _mechanics(rows: Sequence[Mechanic]) -> str:
    shown = sum(bool(row.tests) for row in rows)
    lines = [
        "## Every mechanic, and where it is proved\n",
        f"{shown} of {len(rows)} mechanics have a test that shows them. The others say what they wait for.\n",
        "| | mechanic | said with | example | proved by |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        example = f"[{Path(row.example).name}](../{row.example})" if row.example else ""
        proof = "<br>".join(f"`{test.rpartition('::')[2]}`" for test in row.tests) or f"*waits for {row.waits}*"
        lines.append(f"| {row.number} | {_cell(row.mechanic)} | {_cell(row.block)} | {example} | {proof} |")
    return "\n".join(lines) + "\n"


def load_example(name: str) -> Mapping[str, Any]:
    """The plain data of a block's example."""
    found: Mapping[str, Any] = load(examples()[name])
    return found
