"""The demo program's pictures: prepared at the first start, and again when anything they are made of changed."""

import hashlib
import json
from pathlib import Path

import PIL

from chalicelib.programs.reading import read
from chalicelib.services.ports import Pictures
from ops import looks
from ops.laptop.home import write_whole


def dressed(definition: Path, remembered: Path, pictures: Pictures) -> str:
    """The sheet of a program's pictures, which are kept by then.

    remembered: a file that tells what they were made of last, and which sheet that was
    Raises: DefinitionError, PictureRefused.
    """
    made_of = _made_of(definition)
    if remembered.exists():
        known = json.loads(remembered.read_bytes())
        if known["made_of"] == made_of and pictures.sheet(known["sheet"]) is not None:
            return str(known["sheet"])
    ready = looks.prepared(read(definition.read_text(), file=definition.name), definition.parent)
    sheet = pictures.keep(ready)
    write_whole(remembered, json.dumps({"made_of": made_of, "sheet": sheet}).encode())
    return sheet


def _made_of(definition: Path) -> str:
    """A digest of all that goes into the pictures: the program's file and folder, the code that draws, and Pillow."""
    folder = definition.parent / definition.stem
    brought = sorted(path for path in folder.rglob("*") if path.is_file())
    code = sorted(Path(looks.__file__).parent.glob("*.py"))
    parts = [PIL.__version__.encode(), *(path.read_bytes() for path in (definition, *brought, *code))]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
