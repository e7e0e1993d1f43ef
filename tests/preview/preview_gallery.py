"""The programs of the gallery, and their sheets."""

from functools import cache
from pathlib import Path

from chalicelib.programs.definition import Definition
from chalicelib.programs.reading import read
from ops.looks.preparing import prepared
from ops.preview.samples import State
from ops.preview.sheet import Sheet, sheet_of
from ops.preview.wallets import Wallets

FOLDER = Path(__file__).parents[2] / "programs"
PROGRAMS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def definition(program: str) -> Definition:
    return read((FOLDER / f"{program}.yaml").read_text(), file=program)


@cache
def deployment() -> Wallets:
    return Wallets.open()


@cache
def pictures(program: str) -> str:
    return deployment().pictures.keep(prepared(definition(program), FOLDER))


def a_sheet(program: str, state: State = "typical", language: str = "en", *, has_pictures: bool = False) -> Sheet:
    """Without pictures of its own, which take a while to draw, but for the tests that look at them."""
    return sheet_of(definition(program), deployment(), state, language, pictures(program) if has_pictures else "")
