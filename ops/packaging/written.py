"""Compiles what data classes write when they are imported. See chalicelib/bootstrap/written.py, which reads it."""

import json
import subprocess
import sys
from pathlib import Path

from ops.packaging import PackageFailed

PLACE = Path("chalicelib") / "bootstrap" / "written.bin"

_COLLECT = """
import builtins, dataclasses, importlib, json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
texts = set()
def noted(text, *where):
    texts.add(text)
    builtins.exec(text, *where)
dataclasses.exec = noted
import app, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
print(json.dumps(sorted(texts)))
"""
_COMPILE = """
import json, marshal, sys
from importlib.util import MAGIC_NUMBER
texts = json.load(sys.stdin)
code = {text: compile(text, "<string>", "exec") for text in texts}
sys.stdout.buffer.write(MAGIC_NUMBER + marshal.dumps(code))
"""


def compiled(source: Path) -> bytes:
    """What every data class of the source writes, compiled. `source`: the folder of app.py. Raises PackageFailed.

    The libraries are those of this environment: the zip's are made for Lambda's machines. A fresh interpreter compiles,
    so that the same texts make the same bytes.
    """
    texts = _run(["-I", "-B", "-c", _COLLECT, str(source)], b"")
    return _run(["-I", "-S", "-c", _COMPILE], json.dumps(json.loads(texts)).encode())


def write_methods(source: Path, folder: Path) -> None:
    """Put it beside the module that reads it."""
    (folder / PLACE).write_bytes(compiled(source))


def _run(arguments: list[str], given: bytes) -> bytes:
    run = subprocess.run([sys.executable, *arguments], input=given, capture_output=True, check=False)
    if run.returncode != 0:
        raise PackageFailed(f"data classes could not be compiled:\n{run.stderr.decode()}")
    return run.stdout
