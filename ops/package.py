"""`make package STAGE=dev PROFILE=small`: zip and template of a stage, in build/<stage>/. No AWS account is needed.

deployment.zip and template.json are what `aws cloudformation package` and `deploy` take.
"""

import argparse
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ops.laptop.home import PROJECT
from ops.packaging import PackageFailed, archive, descriptions, source, template
from ops.packaging.profiles import PROFILES
from ops.packaging.written import write_compiled

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package. `unpacked_bytes`: what Lambda has to unpack."""

    zipped: Path
    template: Path
    unpacked_bytes: int


def package(stage: str, folder: Path, *, profile: str = "small") -> Package:
    """Make the package of a stage in `folder`. Raises PackageFailed."""
    work, zipped = folder / "work", folder / "deployment.zip"
    lock = source.lay_out(PROJECT, work / "source")
    written = describe(stage, folder, profile=profile)
    unpacked = work / "unpacked"
    archive.unpack(work / "chalice" / "deployment.zip", unpacked)
    archive.check(unpacked, lock)
    fit(unpacked, work / "source")
    archive.pack(unpacked, zipped)
    return Package(zipped, written, archive.size(unpacked))


def fit(unpacked: Path, source: Path) -> None:
    """Make of Chalice's files what a function starts from: without what it never reads, and with all code compiled."""
    archive.prune(unpacked)
    descriptions.lighten(unpacked, archive.SERVICES)
    archive.precompile(unpacked)
    write_compiled(source, unpacked, archive.SERVICES)


def describe(stage: str, folder: Path, *, profile: str = "small") -> Path:
    """The template of a stage, linted; Chalice's own zip is left in `folder`/work. Raises PackageFailed."""
    work, written = folder / "work", folder / "template.json"
    merged = work / "infrastructure.json"
    template.write(template.infrastructure(PROJECT / "infra", PROJECT / "infra" / profile), merged)
    _chalice(stage, work / "source", merged, work / "chalice")
    made = json.loads((work / "chalice" / "sam.json").read_text())
    settings = template.Settings.read(PROJECT / ".chalice", stage, profile)
    template.write(template.finished(made, settings, runtime=RUNTIME), written)
    _run(["cfn-lint", str(written)], environment=os.environ)
    return written


def _chalice(stage: str, project: Path, merged: Path, out: Path) -> None:
    command = ["chalice", "--project-dir", str(project), "package", "--stage", stage]
    _run([*command, "--merge-template", str(merged), str(out)], environment=_without_aws(os.environ))


def _run(command: list[str], *, environment: Mapping[str, str]) -> None:
    """Run a tool that is installed beside this Python."""
    tool, *arguments = command
    beside = [str(Path(sys.executable).with_name(tool)), *arguments]
    run = subprocess.run(beside, env=dict(environment), capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise PackageFailed(f"{tool} failed:\n{run.stdout}{run.stderr}")


def _without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """No account and no setting of this computer may find its way into a package."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("AWS_", "POINTPASS_"))}
    return kept | {"AWS_DEFAULT_REGION": "eu-central-1"}


def _show(stage: str, profile: str, made: Package) -> None:
    told = json.loads(made.template.read_text())
    with zipfile.ZipFile(made.zipped) as zipped:
        files = len(zipped.namelist())
    table = Table("", "", title=f"Package for {stage}, {profile}", show_header=False, title_justify="left")
    table.add_row("zip", f"{made.zipped.stat().st_size / 2**20:.1f} MiB, {files} files")
    table.add_row("unpacked", f"{made.unpacked_bytes / 2**20:.1f} MiB of 250")
    for name, function in sorted(template.functions(told).items()):
        own = function["Properties"]
        table.add_row(name, f"{own['Runtime']}, {own['MemorySize']} MB, {own['Timeout']} s")
    tables = template.of_type(told, "AWS::DynamoDB::Table")
    table.add_row("tables", ", ".join(sorted(name.removesuffix("Table").lower() for name in tables)))
    table.add_row("template", str(made.template))
    Console().print(table)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make package", description="Make the zip and the template of a stage.")
    parser.add_argument("stage", choices=stages())
    parser.add_argument("--profile", choices=PROFILES, default="small")
    asked = parser.parse_args()
    try:
        made = package(asked.stage, PROJECT / "build" / asked.stage, profile=asked.profile)
    except PackageFailed as err:
        print(err, file=sys.stderr)
        return 1
    _show(asked.stage, asked.profile, made)
    return 0


def stages() -> list[str]:
    """The stages that .chalice/config.json knows."""
    return list(json.loads((PROJECT / ".chalice" / "config.json").read_text())["stages"])


if __name__ == "__main__":
    sys.exit(main())
