"""Compiles what Python compiles at every import otherwise. See chalicelib/bootstrap/written.py, which reads it."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from ops.packaging import PackageFailed

PLACE = Path("chalicelib") / "bootstrap" / "written.bin"

_COLLECT = """
import re, re._compiler
patterns, compiling = set(), re._compiler.compile
def noted_pattern(pattern, flags=0):
    if isinstance(pattern, bytes):
        patterns.add((True, pattern.decode("latin-1"), flags))
    elif isinstance(pattern, str):
        patterns.add((False, pattern, flags))
    return compiling(pattern, flags)
re._compiler.compile = noted_pattern
import importlib, json, pkgutil, sys
source, *services = sys.argv[1:]
sys.path.insert(0, source)
import app, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
from botocore.session import get_session
for service in services:
    get_session().create_client(service, "eu-central-1", aws_access_key_id="none", aws_secret_access_key="none")
print(json.dumps([sorted(patterns), sorted(sys.modules)]))
"""
_COMPILE = """
import _sre, json, marshal, re._compiler, sys, warnings
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
warnings.simplefilter("ignore")
class Machine:
    def compile(self, pattern, flags, code, *groups):
        return int(flags), [int(each) for each in code], *groups
    def __getattr__(self, name):
        return getattr(_sre, name)
re._compiler._sre = Machine()
patterns, names = json.load(sys.stdin)
pieces, place = [], 0
def kept(piece):
    global place
    pieces.append(piece)
    place += len(piece)
    return place - len(piece), place
known = {}
for is_bytes, text, flags in patterns:
    pattern = text.encode("latin-1") if is_bytes else text
    known[pattern, flags] = kept(marshal.dumps(re._compiler.compile(pattern, flags)))
folder, modules = Path(sys.argv[1]), {}
for name in names:
    for ending in ("/__init__.py", ".py"):
        path = name.replace(".", "/") + ending
        bytecode = Path(cache_from_source(str(folder / path)))
        if bytecode.exists():
            modules[name] = path, *kept(bytecode.read_bytes()[16:])
            break
head = marshal.dumps(((_sre.MAGIC, _sre.CODESIZE), known, modules))
sys.stdout.buffer.write(MAGIC_NUMBER + len(head).to_bytes(4, "big") + head + b"".join(pieces))
"""


def compiled(source: Path, folder: Path, services: Iterable[str]) -> bytes:
    """Every regular expression that is met, and every module of the folder.

    source: the folder of app.py     folder: the unpacked zip, with bytecode beside every module
    services: whose clients botocore makes, with patterns and modules of their own
    Patterns are those of this environment's libraries: the zip's are made for Lambda's machines. A fresh interpreter
    compiles, so that the same patterns make the same bytes. Raises PackageFailed.
    """
    found = _run(["-B", "-c", _COLLECT, str(source), *services], b"")
    return _run(["-S", "-c", _COMPILE, str(folder)], found)


def write_compiled(source: Path, folder: Path, services: Iterable[str]) -> None:
    """Put it beside the module that reads it."""
    (folder / PLACE).write_bytes(compiled(source, folder, services))


def _run(arguments: list[str], given: bytes) -> bytes:
    """No account and no setting of this computer may find its way into a package, nor may the order of its sets."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "POINTPASS_", "PYTHON"))}
    own |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "PYTHONHASHSEED": "0"}
    run = subprocess.run(
        [sys.executable, "-s", "-P", *arguments], input=given, capture_output=True, check=False, env=own
    )
    if run.returncode != 0:
        raise PackageFailed(f"patterns could not be compiled:\n{run.stderr.decode()}")
    return run.stdout
