"""The JSON Schema and the readers say the same: what one knows the other knows, and no block is forgotten."""

import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from corpus import BEAN_STREET, GOOD, MISTAKEN, key_paths, shown, texts, written
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chalicelib.programs import shape
from chalicelib.programs.finding import Finding
from chalicelib.programs.reading import DefinitionError, read
from ops.language import schema as language
from ops.language.command import schema as schema_command
from ops.language.editors_yaml import load
from ops.language.guide import examples

SCHEMA = language.schema()
VALIDATOR = Draft202012Validator(SCHEMA)
READERS = Path(shape.__file__).parent

SEEN_BY_READERS_ALONE = {"aliases", "bell", "deep", "keys", "not-yaml", "two-documents"}
"""Files that are no single YAML document, or in which a key stands twice: no data comes out of them."""


def mistakes(text: str) -> tuple[Finding, ...]:
    try:
        read(text, file="file.yaml")
    except DefinitionError as error:
        return error.findings
    return ()


def test_the_schema_is_one_of_draft_2020_12() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_the_command_prints_the_schema() -> None:
    assert json.loads(CliRunner().invoke(schema_command, [], catch_exceptions=False).output) == SCHEMA


@pytest.mark.parametrize("file", GOOD, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_file_that_reads_satisfies_the_schema(file: Path) -> None:
    assert list(VALIDATOR.iter_errors(load(file.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("name", shown())
def test_an_example_reads_and_satisfies_the_schema(name: str) -> None:
    definition = shown()[name]
    assert mistakes(written(definition)) == ()
    assert list(VALIDATOR.iter_errors(definition)) == []


def test_an_example_of_a_value_is_a_value() -> None:
    wrong = []
    for name, node in described():
        for example in node.get("examples", ()):
            of_it = {"$defs": SCHEMA["$defs"], **closed(node)}
            wrong += [(name, example) for _ in Draft202012Validator(of_it).iter_errors(example)]
    assert wrong == []


@pytest.mark.parametrize("file", MISTAKEN, ids=lambda file: file.stem)
def test_a_file_with_mistakes_does_not_satisfy_the_schema(file: Path) -> None:
    try:
        data = load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        assert file.stem in SEEN_BY_READERS_ALONE
        return
    assert not VALIDATOR.is_valid(data)
    assert file.stem not in SEEN_BY_READERS_ALONE


# --- no block is forgotten ----------------------------------------------------------------------------------------


class Watched:
    """What readers asked for while every definition of the house was read.

    keys: (path, known keys, file)      words: (path, words, file)      sites: (file, line) of each Block that was read
    """

    def __init__(self) -> None:
        self.keys: set[tuple[str, frozenset[str], str]] = set()
        self.words: set[tuple[str, frozenset[str], str]] = set()
        self.sites: set[tuple[str, int]] = set()


@pytest.fixture(scope="module")
def watched() -> Watched:
    seen, file = Watched(), ""
    block_of, choice_of = shape.Block.__init__, shape.Spot.choice

    def block(self: shape.Block, spot: shape.Spot, known: Collection[str] | None, *more: Any, **named: Any) -> None:
        caller = sys._getframe(1)
        seen.sites.add((Path(caller.f_code.co_filename).name, caller.f_lineno))
        block_of(self, spot, known, *more, **named)
        if known is not None:
            seen.keys.add((spot.path, frozenset(known), file))

    def choice(self: shape.Spot, options: Mapping[str, Any]) -> Any:
        seen.words.add((self.path, frozenset(options), file))
        return choice_of(self, options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shape.Block, "__init__", block)
        patch.setattr(shape.Spot, "choice", choice)
        for name, text in texts():
            file = name
            mistakes(text)
    return seen


def known_keys(path: str) -> tuple[set[str], bool]:
    """The keys that the schema knows at a path, and whether any other is allowed, too."""
    ways = list(language.at(path))
    keys = {key for way in ways for key in way.get("properties", {})}
    return keys, any("additionalProperties" in way for way in ways)


def test_every_block_of_the_readers_has_the_keys_of_the_schema(watched: Watched) -> None:
    differ = defaultdict(set)
    for path, known, file in watched.keys:
        keys, is_open = known_keys(path)
        if not is_open and keys != known:
            missing, needless = sorted(known - keys), sorted(keys - known)
            where = anywhere(path)
            differ[f"{where}: the schema lacks {missing} and has {needless} that no reader knows"].add(file)
    assert dict(differ) == {}


def test_every_word_of_the_readers_is_a_word_of_the_schema(watched: Watched) -> None:
    differ = defaultdict(set)
    for path, words, file in watched.words:
        told: set[str] = set()
        ways = list(language.at(path))
        if not ways:  # the schema refuses the key itself, or another test says that it is not described
            continue
        for way in ways:
            told |= {str(word) for word in (*way.get("enum", ()), *([way["const"]] if "const" in way else ()))}
        is_open = any("pattern" in way for way in ways)  # words that the file itself declares
        if told != words and not (is_open and told <= words):
            differ[f"{anywhere(path)}: readers take {sorted(words)}, the schema {sorted(told)}"].add(file)
    assert dict(differ) == {}


def anywhere(path: str) -> str:
    """The path without its places in lists."""
    return re.sub(r"\[[0-9]+\]", "[]", path)


def test_every_block_that_a_reader_reads_is_shown_by_some_definition(watched: Watched) -> None:
    unseen = []
    for file in sorted(READERS.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Block":
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                if not any((file.name, line) in watched.sites for line in lines):
                    unseen.append(f"{file.name}:{node.lineno}")
    assert unseen == []


def test_every_key_of_the_schema_is_used_by_some_good_definition() -> None:
    used: set[int] = set()
    for definition in (*shown().values(), *(load(file.read_text(encoding="utf-8")) for file in GOOD)):
        for path in key_paths(definition):
            used |= {id(node) for node in language.described_at(dotted(path))}
    unused = {name for name, node in described() if id(node) not in used}
    assert unused == {"currency.names.zero", "currency.names.two"}, "forms of languages that no program here is in"


def dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def described() -> list[tuple[str, Mapping[str, Any]]]:
    """Every key that is described, as "block.key"."""
    found: list[tuple[str, Mapping[str, Any]]] = []

    def walk(name: str, node: Any) -> None:
        match node:
            case {"properties": properties}:
                for key, below in properties.items():
                    if isinstance(below, dict):
                        found.append((f"{name}.{key}", below))
                        walk(f"{name}.{key}", below)
        if isinstance(node, dict):
            for inner in ("items", "additionalProperties"):
                walk(name, node.get(inner))
            for way in node.get("anyOf", ()):
                walk(name, way)

    for name, node in language.blocks().items():
        walk(name, node)
    return found


def closed(node: Mapping[str, Any]) -> Mapping[str, Any]:
    plain: Mapping[str, Any] = language._closed(dict(node))
    return plain


def test_every_key_has_a_title() -> None:
    assert [
        name for name, node in described() if not node.get("title") and not language.resolved(node).get("title")
    ] == []


def test_every_description_is_a_sentence() -> None:
    told = [(name, language.resolved(node).get("description")) for name, node in described()]
    assert [name for name, said in told if said and not said.rstrip().endswith((".", ".)"))] == []


# --- what is broken -----------------------------------------------------------------------------------------------


def without(definition: Mapping[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    changed = deepcopy(dict(definition))
    del holder(changed, path)[path[-1]]
    return changed


def holder(definition: Any, path: tuple[str | int, ...]) -> Any:
    for step in path[:-1]:
        definition = definition[step]
    return definition


def own_keys(name: str) -> list[tuple[str | int, ...]]:
    """The keys that an example itself brings."""
    return list(key_paths(load(examples()[name])))


@pytest.mark.parametrize("name", shown())
def test_a_key_that_is_needed_is_needed_by_both(name: str) -> None:
    definition = shown()[name]
    for path in own_keys(name):
        less = without(definition, path)
        found = mistakes(written(less))
        missing = {finding.path for finding in found if "is missing" in finding.message}
        if dotted(path) in missing and not known_keys(dotted(path[:-1]))[1]:
            assert not VALIDATOR.is_valid(less), f"the schema does not need {dotted(path)}"
        elif not found:
            assert VALIDATOR.is_valid(less), f"the schema needs {dotted(path)}"


NAMES = st.sampled_from(sorted(shown()))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


@settings(max_examples=100)
@given(name=NAMES, place=st.integers(min_value=0), word=WORDS)
def test_a_key_that_nobody_knows_is_refused_by_both(name: str, place: int, word: str) -> None:
    definition = shown()[name]
    paths = own_keys(name)
    path = paths[place % len(paths)]
    keys, is_open = known_keys(dotted(path[:-1]))
    if is_open or word in keys:
        return
    changed = without(definition, path)
    holder(changed, path)[word] = holder(definition, path)[path[-1]]
    assert not VALIDATOR.is_valid(changed)
    assert mistakes(written(changed))


@settings(max_examples=200)
@given(name=NAMES, place=st.integers(min_value=0), data=st.data())
def test_what_the_readers_take_the_schema_takes(name: str, place: int, data: st.DataObject) -> None:
    definition = deepcopy(shown()[name])
    scalars = [path for path in own_keys(name) if isinstance(holder(definition, path)[path[-1]], str | int | float)]
    if not scalars:
        return
    path = scalars[place % len(scalars)]
    value = str(holder(definition, path)[path[-1]])
    holder(definition, path)[path[-1]] = data.draw(near(value))
    text = written(definition)
    if not mistakes(text):
        assert list(VALIDATOR.iter_errors(load(text))) == []


def near(value: str) -> st.SearchStrategy[str]:
    """A value much like one that is good."""
    parts: Callable[[str], st.SearchStrategy[str]] = st.sampled_from
    digits = st.integers(min_value=0, max_value=10_000).map(lambda n: "".join(_renumbered(value, n)))
    dropped = st.integers(min_value=0, max_value=max(0, len(value) - 1)).map(lambda n: value[:n] + value[n + 1 :])
    return st.one_of(digits, dropped, parts([value.upper(), f"{value}s", "0", "yes", "1.5"]))


def _renumbered(value: str, number: int) -> list[str]:
    return [str(number) if part.isdigit() else part for part in _split(value)]


def _split(value: str) -> list[str]:
    parts = [""]
    for letter in value:
        if parts[-1] and parts[-1][-1].isdigit() != letter.isdigit():
            parts.append("")
        parts[-1] += letter
    return parts


def test_a_definition_is_a_file_of_known_keys_in_a_known_order() -> None:
    assert next(iter(language.top_level())) == "program"
    assert set(BEAN_STREET) <= set(language.top_level())
