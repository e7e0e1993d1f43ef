"""What our pages tell people to type: the blocks of commands, what marks them, and what stands between them.

A block of commands is fenced as `sh`. The comment before it, which nobody sees on the page, says where it is run:
`<!-- run: here -->` on this computer alone, `laptop` on the laptop's system, `aws` on an account, with `, ends with 1`
where the last one's exit code is not 0. `<!-- then: WHAT -->` is something that other people do meanwhile,
`<!-- file: NAME -->` a file that the reader writes, `<!-- again: part 4, NEW for OLD -->` everything under that heading
once more, with another word in the place of one. A `text` block after commands is what the screen shows: each line is
one of the output, in order; `…` stands for what differs.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PAGES = sorted([*(PROJECT / "docs").glob("*.md"), *(PROJECT / "docs" / "runbooks").glob("*.md"), *PROJECT.glob("*.md")])
OPERATIONS = PROJECT / "docs" / "operations.md"
WAYS = ("here", "laptop", "aws")
_FENCE = re.compile(r"^( *)```(\w*)$")
_MARK = re.compile(r"^ *<!-- (run|then|file|again): (.+) -->$")
_AGAIN = re.compile(r"part (\d+), (\w+) for (\w+)")
_SPAN = re.compile(r"`((?:\.venv/bin/)?pointpass [^`]+|make [a-z][^`]*)`")


@dataclass(frozen=True, slots=True)
class Block:
    """`way`: of WAYS     `shown`: the lines of the screen     `code`: what its last command ends with"""

    line: int
    way: str
    commands: tuple[str, ...]
    shown: tuple[str, ...] = ()
    code: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that the reader writes. `name`: its path in the project"""

    line: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Something that other people do."""

    line: int
    what: str


Part = Block | Kept | Meanwhile


def parts(page: str) -> list[Part]:
    """The parts of a page in order. Raises ValueError for a block of commands without its mark."""
    found: list[Part] = []
    mark = ("", "")
    for line, kind, text in _fenced(page):
        if kind == "mark":
            mark = _marked(text)
            if mark[0] == "then":
                found.append(Meanwhile(line, mark[1]))
            elif mark[0] == "again":
                found += parts(_again(page, line, mark[1]))
            mark = mark if mark[0] in ("run", "file") else ("", "")
        elif kind == "sh":
            found.append(_block(line, mark, _commands(text)))
            mark = ("", "")
        elif kind == "text" and found and isinstance(before := found[-1], Block):
            shown = tuple(row for row in text.splitlines() if row.strip())
            found[-1] = replace(before, shown=shown)
        elif mark[0] == "file":
            found.append(Kept(line, mark[1], text))
            mark = ("", "")
    return found


def told_to_type(page: str) -> Iterator[tuple[int, str, bool]]:
    """Every command of ours on a page: its line, the command, and whether it is whole: then nothing may be missing."""
    rows = page.splitlines()
    inside = False
    for number, row in enumerate(rows, 1):
        if _FENCE.match(row) or row.strip().startswith("```"):
            inside = not inside
        elif inside or row.startswith("    "):
            if re.match(r" *(?:\.venv/bin/)?pointpass |^ *make [a-z]", row):
                yield number, row.strip(), True
        else:
            for span in _SPAN.findall(row):
                yield number, span, False


def words(command: str) -> list[str]:
    """As a shell cuts it, without the page's remark behind two blanks, and without a file that the screen goes to."""
    return shlex.split(re.split(r" {2,}| > ", command.strip())[0], comments=True)


def _fenced(page: str) -> Iterator[tuple[int, str, str]]:
    """(line, "mark" or the fence's language, text) in order."""
    rows = iter(enumerate(page.splitlines(), 1))
    for number, row in rows:
        if _MARK.match(row):
            yield number, "mark", row
        elif fence := _FENCE.match(row):
            indent, kept = len(fence[1]), []
            for _, inner in rows:
                if inner.strip() == "```":
                    break
                kept.append(inner[indent:])
            yield number, fence[2], "\n".join(kept) + "\n"


def _again(page: str, line: int, told: str) -> str:
    """The page with nothing but one part on it, where it stands, and with another word in the place of one."""
    found = _AGAIN.fullmatch(told)
    if found is None or f"\n## {found[1]}. " not in page:
        raise ValueError(f"line {line}: nothing says what is done again")
    rows, is_there = [], False
    for row in page.splitlines():
        is_there = row.startswith(f"## {found[1]}. ") if row.startswith("## ") else is_there
        rows.append(re.sub(rf"\b{found[3]}\b", found[2], row) if is_there else "")
    return "\n".join(rows)


def _block(line: int, mark: tuple[str, str], commands: tuple[str, ...]) -> Block:
    way, _, code = mark[1].partition(", ends with ")
    if mark[0] != "run" or way not in WAYS:
        raise ValueError(f"line {line}: nothing says where these commands are run")
    return Block(line, way, commands, code=int(code or 0))


def _marked(row: str) -> tuple[str, str]:
    found = _MARK.match(row)
    assert found is not None
    return found[1], found[2]


def _commands(text: str) -> tuple[str, ...]:
    """A command may go on after a backslash at the end of its line."""
    rows = text.replace("\\\n", " ").splitlines()
    return tuple(re.sub(r" +", " ", row).strip() for row in rows if row.strip() and not row.startswith("#"))
