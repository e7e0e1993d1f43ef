"""The zip that Lambda unpacks: without what it never reads, with bytecode, and the same for the same source.

Chalice ships no bytecode, and /var/task is read-only, so that every new container would compile every module again.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ops.packaging import PackageFailed
from ops.packaging.source import normalised

SERVICES = ("dynamodb", "s3", "secretsmanager", "sqs")
"""What the house speaks to: botocore brings the descriptions of four hundred services, most of its weight."""

_ON_LAMBDA = "/var/task"
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)


def unpack(zipped: Path, folder: Path) -> None:
    """The zip's files in a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)


def check(folder: Path, lock: Mapping[str, str]) -> None:
    """Raises PackageFailed unless exactly the locked distributions are in the folder."""
    found = dict(_named(path.name.removesuffix(".dist-info")) for path in folder.glob("*.dist-info"))
    found.pop("chalice", None)
    if found != lock:
        odd = sorted(dict(found.items() ^ lock.items()))
        raise PackageFailed(f"the zip does not hold what requirements.txt names: {', '.join(odd)}")


def prune(folder: Path, services: Iterable[str] = SERVICES) -> None:
    """Remove the descriptions of AWS services that nothing here calls, and the ways of countries.

    A program's languages have no country (programs/read_currencies.py); English alone is spoken as in one, en_GB, and
    that inherits from en_001.
    """
    data = folder / "botocore" / "data"
    for path in data.iterdir():
        if path.is_dir() and path.name not in services:
            shutil.rmtree(path)
    for path in (folder / "babel" / "locale-data").glob("*_*.dat"):
        if not path.name.startswith("en_"):
            path.unlink()


def precompile(folder: Path) -> None:
    """Bytecode beside every module, that is used without looking at its source.

    Made by this interpreter: it must be of the version that the template names. Tracebacks name the places on Lambda,
    by line: columns, a tenth of all bytecode, are left out.
    """
    compiler = [sys.executable, "-I", "-X", "no_debug_ranges", "-m", "compileall"]
    how = ["-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", _ON_LAMBDA]
    subprocess.run([*compiler, *how, str(folder)], check=True)


def pack(folder: Path, zipped: Path) -> None:
    """A zip of all files, sorted and of one date: the same files make the same bytes."""
    fresh = zipped.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(_files(folder)):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _FIRST_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: the mode below counts
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    fresh.replace(zipped)


def size(folder: Path) -> int:
    """Bytes, unpacked."""
    return sum(path.stat().st_size for path in _files(folder))


def _files(folder: Path) -> Iterable[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root) / name for name in names)


def _named(stem: str) -> tuple[str, str]:
    name, _, number = stem.rpartition("-")
    return normalised(name), number
