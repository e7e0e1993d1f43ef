"""The zip: what is in it, what is not, and that the same source makes the same bytes."""

import hashlib
import importlib.util
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.localedata import locale_identifiers

from ops.laptop.home import PROJECT
from ops.package import Package, fit
from ops.packaging import PackageFailed, archive
from ops.packaging.source import TOOLS, lay_out, normalised, pins

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

UNCHECKED = 0b01
"""PEP 552: the bytecode names its source by a hash that is not looked at."""


LONG_AGO = 1_000_000_000
"""When every file was changed, in seconds since 1970."""


@pytest.fixture
def private_files() -> Iterator[None]:
    """New files are for their owner alone, as on a computer where somebody wants them so."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def names(made: Package) -> Iterator[list[str]]:
    with zipfile.ZipFile(made.zipped) as zipped:
        yield zipped.namelist()


def test_every_file_belongs_to_the_project_or_to_a_locked_distribution(made: Package, task: Path) -> None:
    lock = {
        name: number for name, number in pins((PROJECT / "requirements.txt").read_text()).items() if name not in TOOLS
    }
    found = {}
    known = {"app.py", "chalice"}
    for folder in task.glob("*.dist-info"):
        name, _, number = folder.name.removesuffix(".dist-info").rpartition("-")
        found[normalised(name)] = number
        known |= {line.partition(",")[0].partition("/")[0] for line in (folder / "RECORD").read_text().splitlines()}
    assert {name: number for name, number in found.items() if name != "chalice"} == lock
    present = {path.name for path in task.iterdir()}
    assert present - known == {"chalicelib", "__pycache__"}


def test_nothing_of_a_developer_is_inside(names: list[str]) -> None:
    first = {name.partition("/")[0] for name in names}
    assert not first & {"tests", "ops", "bench", "programs", "infra", "pytest", "moto", "pip", "setuptools", "inquirer"}
    assert sorted(name for name in names if name.startswith("chalice/") and name.endswith(".py")) == [
        "chalice/__init__.py",
        "chalice/app.py",
    ]


def test_project_itself_is_whole(names: list[str]) -> None:
    here = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "chalicelib").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here <= set(names)


def test_every_module_has_bytecode_of_this_python_that_is_used_unseen(made: Package, names: list[str]) -> None:
    tag = sys.implementation.cache_tag
    with zipfile.ZipFile(made.zipped) as zipped:
        modules = [name for name in names if name.endswith(".py")]
        assert len(modules) > 500
        for name in modules:
            folder, _, file = name.rpartition("/")
            cached = f"{folder}/__pycache__/".lstrip("/") + f"{file.removesuffix('.py')}.{tag}.pyc"
            head = zipped.read(cached)[:8]
            assert head[:4] == importlib.util.MAGIC_NUMBER, name
            assert int.from_bytes(head[4:], "little") == UNCHECKED, name


def test_only_the_services_that_are_called_are_described(names: list[str]) -> None:
    described = {name.split("/")[2] for name in names if name.startswith("botocore/data/") and name.count("/") > 2}
    assert described == set(archive.SERVICES)


def test_every_language_without_a_country_is_there(names: list[str]) -> None:
    spoken = {name.removesuffix(".dat").rpartition("/")[2] for name in names if name.startswith("babel/locale-data/")}
    assert {*locale_identifiers(), "root"} - spoken == {
        name for name in locale_identifiers() if "_" in name and not name.startswith("en_")
    }


def test_same_source_makes_the_same_zip_at_another_time_and_place(
    made: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_files: None
) -> None:
    """From Chalice's own zip on: unpack, remove, compile and pack once more."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.setenv("LC_ALL", "C")
    again, source = tmp_path / "unpacked", tmp_path / "source"
    archive.unpack(made.zipped.parent / "work" / "chalice" / "deployment.zip", again)
    shutil.copytree(made.zipped.parent / "work" / "source", source)
    for path in (*again.rglob("*"), *source.rglob("*")):
        os.utime(path, (LONG_AGO, LONG_AGO))
    fit(again, source)
    archive.pack(again, tmp_path / "again.zip")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (made.zipped, tmp_path / "again.zip")}
    assert len(digests) == 1


def test_zip_fits_into_lambda(made: Package) -> None:
    """Source: docs.aws.amazon.com/lambda, "Lambda quotas": 50 MB zipped, 250 MB unzipped."""
    assert made.zipped.stat().st_size < 30_000_000
    assert made.unpacked_bytes < 250 * 2**20


def test_distribution_that_is_not_locked_is_refused(tmp_path: Path) -> None:
    for name in ("msgspec-0.22.0", "left_pad-1.0"):
        (tmp_path / f"{name}.dist-info").mkdir()
    with pytest.raises(PackageFailed, match="left-pad"):
        archive.check(tmp_path, {"msgspec": "0.22.0"})
    with pytest.raises(PackageFailed, match="msgspec"):
        archive.check(tmp_path, {"msgspec": "0.21.0", "left-pad": "1.0"})


def test_chalice_that_is_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("chalice==1.0.0\n")
    with pytest.raises(PackageFailed, match=r"names Chalice 1\.0\.0"):
        lay_out(tmp_path, tmp_path / "source")
