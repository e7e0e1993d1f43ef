"""Says what this computer lacks, one line each with the command that mends it. Runs on any Python 3, before the set-up.

`python3 ops/needs.py run|check|test`: `check` needs no Node and no browser. With `test` a missing Chromium is
installed where that needs nobody's permission (Debian, as root), and is an error in CI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NODE = 20
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing(purpose: str) -> list[str]:
    """The lines to print; none when everything is there."""
    lines = []
    if sys.version_info < (3, 11):  # noqa: UP036  # this file runs before anything could hold it
        have = ".".join(str(part) for part in sys.version_info[:2])
        lines.append(f"Python 3.11 or newer (this is {have}): install it and run `make PYTHON=python3.11 ...`")
    elif _lacks_venv():
        lines.append("Python's venv module: apt-get install -y python3-venv")
    if not shutil.which("openssl"):
        lines.append("openssl: apt-get install -y openssl   (macOS: brew install openssl)")
    if purpose != "check":
        lines += _missing_node()
    if purpose == "test" and not chromium() and not _install_chromium():
        lines.append("Chromium for the browser tests: apt-get install -y chromium   (macOS: brew install chromium)")
    return lines


def chromium() -> str | None:
    """Path of an installed Chromium, or None. CHROMIUM= names another one."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def _lacks_venv() -> bool:
    try:
        import ensurepip  # noqa: F401, PLC0415  # Debian splits it off
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return True
    return False


def _missing_node() -> list[str]:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return [f"Node {NODE} or newer with npm: apt-get install -y nodejs npm   (macOS: brew install node)"]
    said = subprocess.run([node, "--version"], stdout=subprocess.PIPE, check=False).stdout.decode().strip()
    if not said.startswith("v") or int(said[1:].split(".")[0]) < NODE:
        return [f"Node {NODE} or newer (this is {said}): see https://nodejs.org"]
    return []


def _install_chromium() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]):
        if subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, check=False).returncode:
            return False
    return bool(chromium())


def main() -> int:
    lines = missing(sys.argv[1] if len(sys.argv) > 1 else "run")
    for line in lines:
        sys.stderr.write(f"missing: {line}\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
