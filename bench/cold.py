"""The cold start of every function: the real zip under Amazon's runtime client, beside a bare boto3 client.

From starting the process until it asks for its first event, as Lambda counts INIT: the interpreter, the client, every
import, and what `bootstrap/ready.py` makes. All have bytecode; botocore is the locked version for all, and the bare
client's is as it is installed. The vault's secret is read from a stand-in on this machine.
"""

import base64
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ops.laptop.cloud import Cloud
from ops.laptop.home import PROJECT
from ops.laptop.runner import free_port
from ops.package import package
from ops.packaging import archive

sys.path.append(str(PROJECT / "tests" / "package"))
from runtime_api import LambdaFunction, lay_out_client  # Lambda's side of a function, of the tests

TITLE = "Cold start of each function (INIT under awslambdaric; milliseconds)"
_ROUNDS = 11
_BARE = "import boto3; boto3.client('dynamodb')"
_FUNCTIONS = {
    "hooks": "app.hooks",
    "wallets": "app.wallets",
    "pages": "app.pages",
    "stores' API": "app.stores_api",
    "journal's stream": "app.on_journal",
    "deferred webhooks": "app.on_deferred",
    "pushes": "app.on_cards",
    "sweeps": "app.on_sweeps",
    "schedule": "app.on_schedule",
}


class _Start(NamedTuple):
    """Milliseconds: until the function asked for its first event, and of the processor's time."""

    waited: float
    processor: float


def measure(screen: Console) -> Table:
    """Medians of each function and their ratios to the bare client's; they take turns in every round.

    Where the machine is busy with other things, the processor's time is the steadier figure.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        with screen.status("packaging"):
            made = package("dev", folder / "package")
            archive.unpack(made.zipped, folder / "task")
            _bare(folder / "bare")
            runtime = lay_out_client(folder / "runtime")
        cloud = Cloud.start(folder / "cloud", free_port())
        stack.callback(cloud.stop)
        cloud.store_secrets({"vault": {"master": base64.b64encode(bytes(range(32))).decode()}})
        cases = {"bare boto3 client": ("bare.handler", folder / "bare")}
        cases |= {name: (handler, folder / "task") for name, handler in _FUNCTIONS.items()}
        times: dict[str, list[_Start]] = {case: [] for case in cases}
        for number in track(range(_ROUNDS + 1), description="starting", console=screen, transient=True):
            for case, (handler, task) in cases.items():
                taken = _started(handler, task, runtime, _environment(cloud.url), folder / "log")
                if number:  # the first round only warms the disk
                    times[case].append(taken)
    return _shown(times)


def _shown(taken: Mapping[str, list[_Start]]) -> Table:
    table = Table("function", "waited", "fastest", "slowest", "to the bare client", "processor", "to the bare client")
    bare = taken["bare boto3 client"]
    for case, starts in taken.items():
        waited, processor = _median(starts, "waited"), _median(starts, "processor")
        table.add_row(
            case,
            f"{waited:.0f}",
            f"{min(each.waited for each in starts):.0f}",
            f"{max(each.waited for each in starts):.0f}",
            f"{waited / _median(bare, 'waited'):.2f}",
            f"{processor:.0f}",
            f"{processor / _median(bare, 'processor'):.2f}",
        )
    return table


def _median(starts: Sequence[_Start], figure: str) -> float:
    return statistics.median(getattr(each, figure) for each in starts)


def _started(handler: str, task: Path, runtime: Path, environment: Mapping[str, str], log: Path) -> _Start:
    """One start, and the end of the process."""
    used, began = _processor(), time.perf_counter()
    function = LambdaFunction(handler, task=task, runtime=runtime, environment=environment, seconds=60, log=log)
    try:
        assert function.is_ready.wait(60), function.log()
        waited = time.perf_counter() - began
    finally:
        function.stop()
    return _Start(waited * 1_000, (_processor() - used) * 1_000)


def _processor() -> float:
    """Seconds that processes which have ended had the processor."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _bare(folder: Path) -> None:
    """A function of one line, with boto3 and what it needs, as they are installed, and bytecode."""
    folder.mkdir()
    for distribution in ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "urllib3", "six"):
        for file in files(distribution) or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), target)
    (folder / "bare.py").write_text(f"{_BARE}\n\n\ndef handler(event, context):\n    return event\n")
    command = [sys.executable, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder)]
    subprocess.run(command, check=True)


def _environment(cloud: str) -> dict[str, str]:
    """A stage with Apple Wallet; nothing of it is asked while a function starts, but for the vault's secret."""
    told = {
        "stage": "dev", "base_url": "https://cards.example.com", "inbox_bucket": "inbox", "seals_bucket": "seals",
        "deferred_queue_url": f"{cloud}/deferred", "cards_queue_url": f"{cloud}/cards", "vault_secret": "vault",
        "sweeps_queue_url": f"{cloud}/sweeps", "smtp_url": "smtp://127.0.0.1:25", "mail_from": "cards@example.com",
        "apple_secret": "apple", "apple_pass_type": "pass.com.example", "apple_team": "TEAM", "aws_endpoint_url": cloud,
    }  # fmt: skip
    aws = {
        "PATH": "/usr/bin:/bin", "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
    }  # fmt: skip
    return aws | {f"POINTPASS_{name.upper()}": text for name, text in told.items()}
