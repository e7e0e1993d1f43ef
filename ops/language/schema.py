"""The JSON Schema of a definition file, put together from the descriptions in `blocks`.

Each file there describes blocks by name, as JSON Schema in YAML, with three additions: a block with `properties`
is closed; `include` adds the keys of parts that several blocks share; and `example` is a part of a definition file that
shows the block (the reference prints it, tests read it).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ops.language.editors_yaml import load

Node = Mapping[str, Any]

BLOCKS = Path(__file__).parent / "blocks"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TOP = "definition"
_PART = "_"
"""Names of parts, which are no blocks of their own, begin so."""
_CONDITIONS = frozenset({"if", "then", "else"})
"""They look at an object that is described beside them: they close nothing."""


@cache
def blocks() -> Mapping[str, Node]:
    """Every described block by its name, as it is written. Raises ValueError for a name that is used twice."""
    found: dict[str, Node] = {}
    for file in sorted(BLOCKS.glob("*.yaml")):
        for name, node in load(file.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"{file.name}: the block {name} is described elsewhere, too")
            found[name] = node
    return {name: _with_parts(node, found) for name, node in found.items() if not name.startswith(_PART)}


def _with_parts(node: Node, found: Mapping[str, Node]) -> Node:
    """The block with the keys of the parts that it includes; its own say more."""
    if "include" not in node:
        return node
    keys = {key: below for part in node["include"] for key, below in found[part]["properties"].items()}
    whole = {key: value for key, value in node.items() if key != "include"}
    return {**whole, "properties": {**keys, **node.get("properties", {})}}


def schema() -> dict[str, Any]:
    """The whole schema, draft 2020-12."""
    described = {name: _closed(node) for name, node in blocks().items()}
    top = described.pop(_TOP)
    return {"$schema": _DIALECT, **top, "$defs": described}


def top_level() -> Mapping[str, Node]:
    """The keys of a definition file in their order, each with its description."""
    keys: Mapping[str, Node] = blocks()[_TOP]["properties"]
    return keys


def resolved(node: Node) -> Node:
    """The node with what it refers to; its own words go first."""
    if "$ref" not in node:
        return node
    return {**resolved(blocks()[node["$ref"].rpartition("/")[2]]), **node}


def at(path: str) -> Iterator[Node]:
    """Every shape that the value at a path of a file may have ("earn.rules[0].give"); none where nothing is known."""
    for node in described_at(path):
        yield from _ways(node)


def described_at(path: str) -> Sequence[Node]:
    """The descriptions that stand for a path of a file, as they are written."""
    return list(_followed(blocks()[_TOP], [step for step in path.replace("[", ".[").split(".") if step]))


def _followed(node: Node, steps: Sequence[str]) -> Iterator[Node]:
    if not steps:
        yield node
        return
    for way in _ways(node):
        for below, count in _below(way, steps[0]):
            yield from _followed(below, steps[count:])


def _below(way: Node, step: str) -> Iterator[tuple[Node, int]]:
    """What a step leads to, and how many steps that takes: a name that holds a point is two."""
    if step.startswith("["):
        if "items" in way:
            yield way["items"], 1
    elif step in way.get("properties", {}):
        if isinstance(below := way["properties"][step], Mapping):
            yield below, 1
    elif isinstance(way.get("additionalProperties"), Mapping):
        pattern = way.get("propertyNames", {}).get("pattern", "")
        yield way["additionalProperties"], 2 if r"\." in pattern else 1


def _ways(node: Node) -> Iterator[Node]:
    """The node itself, or each of the shapes it can have."""
    whole = resolved(node)
    if "anyOf" in whole and "properties" not in whole:
        for way in whole["anyOf"]:
            yield from _ways(way)
    else:
        yield whole


def _closed(node: Any, *, is_condition: bool = False) -> Any:
    """JSON Schema proper: objects take no key that is not described, and `example` is left out."""
    if isinstance(node, list):
        return [_closed(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    plain = {
        key: {name: _closed(part, is_condition=is_condition) for name, part in value.items()}
        if key == "properties"
        else value
        if key == "examples"
        else _closed(value, is_condition=is_condition or key in _CONDITIONS)
        for key, value in node.items()
        if key != "example"
    }
    if "properties" in plain and "additionalProperties" not in plain and not is_condition:
        plain["additionalProperties"] = False
    return plain
