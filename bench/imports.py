"""The cold start's largest part: importing the app, beside importing boto3 alone, in fresh processes in turn."""

import statistics
import subprocess
import sys
import time

from rich.console import Console
from rich.progress import track
from rich.table import Table

TITLE = "Cold import (fresh process, bytecode present; milliseconds)"
_ROUNDS = 11
_CASES = {
    "python alone": "",
    "import boto3": "import boto3",
    "import boto3, DynamoDB client": "import boto3; boto3.client('dynamodb', region_name='eu-central-1')",
    "import app": "import app",
}


def measure(screen: Console) -> Table:
    """Median, fastest and slowest of each case; the cases take turns, so that a noisy moment hits all of them."""
    times: dict[str, list[float]] = {case: [] for case in _CASES}
    for number in track(range(_ROUNDS + 1), description="importing", console=screen, transient=True):
        for case, code in _CASES.items():
            taken = _seconds(code)
            if number:  # the first round only fills the bytecode caches
                times[case].append(taken * 1_000)
    base = statistics.median(times["import boto3"])
    table = Table("case", "median", "fastest", "slowest", "to boto3")
    for case, taken in times.items():
        median = statistics.median(taken)
        table.add_row(case, f"{median:.0f}", f"{min(taken):.0f}", f"{max(taken):.0f}", f"{median / base:.2f}")
    return table


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began
