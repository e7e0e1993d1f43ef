"""The laptop's post office: an SMTP server that delivers every letter to `.local/outbox/`."""

import email
import email.policy
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ops.laptop.home import write_whole

_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Outbox:
    """Letters as files, oldest first by name. Each is {"to", "subject", "links", "text", "at" (ms)}."""

    folder: Path

    def letters(self) -> Sequence[Mapping[str, Any]]:
        return [json.loads(path.read_bytes()) for path in sorted(self.folder.glob("*.json"))]

    def keep(self, content: bytes, recipients: Sequence[str], *, now: int) -> None:
        """Store one letter as it arrived; one file per recipient. `now` in milliseconds."""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        part = message.get_body(("plain", "html"))
        text = str(part.get_content()) if part is not None else ""
        self.folder.mkdir(parents=True, exist_ok=True)
        subject = str(message.get("Subject", ""))
        before = len(list(self.folder.glob(f"{now:013}-*")))
        for number, to in enumerate(recipients, start=before):
            letter = {"to": to, "subject": subject, "links": _LINK.findall(text), "text": text, "at": now}
            write_whole(self.folder / f"{now:013}-{number:03}.json", json.dumps(letter, ensure_ascii=False).encode())


class _Clerk:
    """aiosmtpd's handler: every letter is taken."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name there
        assert isinstance(envelope.content, bytes)
        self._outbox.keep(envelope.content, envelope.rcpt_tos, now=time.time_ns() // 1_000_000)
        return "250 Delivered to the outbox"


def start_post_office(outbox: Outbox, port: int) -> Controller:
    """An SMTP server on 127.0.0.1:`port`; `.stop()` ends it."""
    office = Controller(_Clerk(outbox), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    office.start()
    return office
