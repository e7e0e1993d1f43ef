"""A terminal in which the commands of a page are run as they stand: ours, `make` of a package, and the AWS CLI's.

The AWS CLI is not installed: its lines name operations and parameters of AWS's own descriptions, by which they are
called here. A parameter that is not there, or has another form, is an error as it would be with the real one.
"""

import fnmatch
import gc
import json
import os
import re
import subprocess
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import jmespath
from botocore import xform_name
from click.testing import CliRunner
from pages_read import Block, words

from ops.command import main

Answer = tuple[int, str]
"""The exit code, and what the screen shows."""


@dataclass
class Terminal:
    """`folder`: where the reader stands     `types`: what is typed when a command asks, by the command's first words
    `others`: further programs, by the name that calls them; they get the whole line, cut into words
    """

    folder: Path
    others: Mapping[str, Callable[[Sequence[str]], Answer]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    def run(self, block: Block) -> None:
        """Run every command of a block, and hold the screen against what the page shows. Raises AssertionError."""
        shown = ""
        for place, command in enumerate(block.commands, 1):
            code, screen = self.answer(command)
            wanted = block.code if place == len(block.commands) else 0
            assert code == wanted, f"line {block.line}: {command} ended with {code}:\n{screen}"
            shown += screen
        assert (missing := unseen(block.shown, shown)) == "", f"line {block.line}: {missing!r} is not in\n{shown}"

    def answer(self, command: str) -> Answer:
        """What one command says."""
        said = self._expanded(command)
        if said[0] == "export":
            for each in said[1:]:
                name, _, value = each.partition("=")
                os.environ[name] = value
            return 0, ""
        if said[0] == "unset":
            os.environ.pop(said[1], None)
            return 0, ""
        if said[0] == "pointpass":
            return self.ours(said[1:])
        if said[0] in self.others:
            return self.others[said[0]](said)
        done = subprocess.run(said, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def ours(self, said: Sequence[str]) -> Answer:
        """A command of ours in this process."""
        typed = next((text for head, text in self.types.items() if " ".join(said).startswith(head)), "")
        with warnings.catch_warnings():
            # It would be a process of its own, whose end closes what it left open.
            warnings.simplefilter("ignore", ResourceWarning)
            result = CliRunner().invoke(main, list(said), input=typed)
            gc.collect()
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    def _expanded(self, command: str) -> list[str]:
        """Cut into words, with what another program says, and a variable's value, in its place."""
        if "$(" in command:
            head, rest = command.split("$(", 1)
            inner, tail = rest.split(")", 1)
            code, told = self.answer(inner)
            assert code == 0, told
            return self._expanded(f"{head}{told.strip()}{tail}")
        return words(re.sub(r"\$\{?([A-Z]+)\}?", lambda found: os.environ[found[1]], command))


def unseen(rows: Sequence[str], screen: str) -> str:
    """The first of these rows that the screen does not show after those before it; "" when it shows all."""
    lines = iter([" ".join(line.split()) for line in screen.splitlines()])
    for row in rows:
        wanted = " ".join(row.split()).replace("[", "[[]").replace("…", "*")
        if not any(fnmatch.fnmatchcase(line, wanted) for line in lines):
            return row
    return ""


@dataclass(frozen=True)
class AwsCli:
    """`aws`, as far as a line names one operation. `mend`: what an imitation of AWS needs otherwise"""

    folder: Path
    mend: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda _, asked: asked

    def __call__(self, said: Sequence[str]) -> Answer:
        _, service, operation, *rest = said
        # A session of its own: profiles come and go. The CLI reads AWS_REGION, and boto3 does not.
        client = boto3.Session(region_name=os.environ.get("AWS_REGION")).client(service)
        try:
            if operation == "wait":
                return self._wait(client, rest)
            named = xform_name(operation.title().replace("-", ""))
            shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[named]).input_shape
            given = _options(rest)
            query = given.pop("query", [""])[0]
            text = given.pop("output", [""])[0] == "text"
            known = {xform_name(name).replace("_", "-"): name for name in shape.members}
            asked = {known[name]: self._read(shape.members[known[name]], values) for name, values in given.items()}
            told = getattr(client, named)(**self.mend(f"{service} {operation}", asked))
        finally:
            client.close()
        del told["ResponseMetadata"]
        picked = jmespath.search(query, told) if query else told
        return 0, f"{picked}\n" if text else json.dumps(picked, indent=4, default=str) + "\n"

    @staticmethod
    def _wait(client: Any, said: Sequence[str]) -> Answer:
        """Until something is there. The real one asks every thirty seconds."""
        asked = {name.title().replace("-", ""): value for name, (value,) in _options(said[1:]).items()}
        client.get_waiter(said[0].replace("-", "_")).wait(**asked, WaiterConfig={"Delay": 1})
        return 0, ""

    def _read(self, shape: Any, values: Sequence[str]) -> Any:
        """Words as the parameter's type."""
        if shape.type_name == "list":
            return [self._read(shape.member, [value]) for value in values]
        (value,) = values
        if shape.type_name == "structure":
            return dict(pair.split("=", 1) for pair in value.split(","))
        if value.startswith("file://"):
            return (self.folder / value.removeprefix("file://")).read_text(encoding="utf-8")
        return int(value) if shape.type_name == "integer" else value


def _options(said: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in said:
        if word.startswith("--"):
            values = found.setdefault(word[2:], [])
        else:
            values.append(word)
    return found
