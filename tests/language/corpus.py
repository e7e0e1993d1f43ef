"""Every definition that the house keeps, and one for each example of the reference."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ops.language.editors_yaml import load
from ops.language.guide import examples

_ROOT = Path(__file__).resolve().parents[2]
GALLERY = sorted((_ROOT / "programs").glob("*.yaml"))
APPROVED = _ROOT / "tests" / "programs" / "approved"
GOOD = [*GALLERY, *sorted(APPROVED.glob("texts/*.yaml")), *sorted(APPROVED.glob("lint/*.yaml"))]
MISTAKEN = sorted(APPROVED.glob("mistakes/*.yaml"))
BEAN_STREET: Mapping[str, Any] = load((_ROOT / "programs" / "bean-street.yaml").read_text(encoding="utf-8"))


@cache
def shown() -> dict[str, dict[str, Any]]:
    """The demo program with each example of the reference in its place, by the name of the block."""
    return {name: {**BEAN_STREET, **load(text)} for name, text in examples().items()}


def written(definition: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(definition), allow_unicode=True, sort_keys=False)


def texts() -> Iterator[tuple[str, str]]:
    """All of them as (name, text), also those with mistakes."""
    for file in (*GOOD, *MISTAKEN):
        yield file.name, file.read_text(encoding="utf-8")
    for name, definition in shown().items():
        yield f"example of {name}", written(definition)


def key_paths(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every key of a definition."""
    match node:
        case dict():
            for key, value in node.items():
                yield (*path, key)
                yield from key_paths(value, (*path, key))
        case list():
            for index, value in enumerate(node):
                yield from key_paths(value, (*path, index))
