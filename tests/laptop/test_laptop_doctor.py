"""The doctor on a laptop, against the whole stack: everything but AWS is asked, and what is spoiled is found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from laptop_stack import LaptopStack

from ops.laptop.cloud import client, queue_name
from ops.laptop.home import PROJECT

pytestmark = pytest.mark.npm

_POINTPASS = "from ops.command import main; main()"


def pointpass(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LOCAL": str(folder), "COLUMNS": "200"}
    command = [sys.executable, "-c", _POINTPASS, *words]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_fresh_laptop_is_asked_about_everything_and_has_nothing_red(stack: LaptopStack) -> None:
    done = pointpass(stack.folder, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    abouts = (
        "table journal", "queue cards", "parked sweeps", "secret google", "mail server", "clock", "push service",
        "certificate pass.com.example.pointpass", "bean-street by shop", "seal of bean-street", "last check of",
        "promises of the ledger", "Google issuer", "Google demo mode", "AWS",
    )  # fmt: skip
    assert [about for about in abouts if about not in done.stdout] == []


def test_message_that_was_given_up_is_found(stack: LaptopStack) -> None:
    sqs = client("sqs", stack.told["sqs_url"])
    url = sqs.get_queue_url(QueueName=queue_name("cards-parked"))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    done = pointpass(stack.folder, "doctor")
    sqs.purge_queue(QueueUrl=url)
    assert (done.returncode, "1 messages were given up" in done.stdout) == (1, True)


def test_laptops_own_papers_and_letters_are_in_order(stack: LaptopStack) -> None:
    shown = pointpass(stack.folder, "apple", "show")
    assert (shown.returncode, "LAPTOP0001" in shown.stdout) == (0, True)
    sent = pointpass(stack.folder, "mail", "check", "--to", "anna@example.com")
    assert (sent.returncode, "took the letter" in sent.stdout) == (0, True)
