"""A house over tables that were put back. It reaches nobody: no phone, no mailbox, no queue, and no seal is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from chalicelib.bootstrap.adapters import adapters, bucket_of_seals
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import Settings
from chalicelib.passes.apple.absent import NoPhones
from chalicelib.store.memory.deliveries import MemoryInbox, MemoryQueue
from chalicelib.store.seals import Objects


@dataclass
class Overlay:
    """The stage's seals to read, and those of the rehearsal over them. store.seals.Objects"""

    beneath: Objects
    own: dict[str, bytes] = field(default_factory=dict)

    def read(self, key: str) -> bytes | None:
        return self.own[key] if key in self.own else self.beneath.read(key)

    def write(self, key: str, body: bytes) -> bool:
        if self.read(key) is not None:
            return False
        self.own[key] = body
        return True

    def keys(self, starts: str) -> Sequence[str]:
        return sorted({*self.beneath.keys(starts), *(key for key in self.own if key.startswith(starts))})


class Muted:
    """Alarms of a rehearsal wake nobody. ports.Alarm"""

    def raise_(self, name: str, **facts: str | int) -> None:
        """What is wrong is in the rehearsal's report."""


class NoLetters:
    """ports.Mailer: nothing of a rehearsal writes to members."""

    def send_proof(self, to: str, *, language: str, business: str, code: str, link: str) -> None:
        raise AssertionError("a rehearsal joins nobody")


def prefix_of(settings: Settings) -> str:
    """What the tables' names of a stage begin with."""
    return settings.table("journal").removesuffix("-journal")


def set_beside(settings: Settings, why: str = "drill") -> Settings:
    """The settings of the tables that were put back. why: the word between the stage's name and theirs"""
    return msgspec.structs.replace(settings, stage=f"{settings.stage}-{why}", google_issuer_id="")


def house_beside(settings: Settings, *, by_operator: bool) -> House:
    """`settings`: those of the tables that were put back. The stage's own seals are read and not changed."""
    own = adapters(settings, by_operator=by_operator, seals=Overlay(bucket_of_seals(settings)))
    unheard = {"inbox": MemoryInbox(), "deferred": MemoryQueue(), "pushes": MemoryQueue(), "sweeps": MemoryQueue()}
    muted = own.replaced(**unheard, pusher=NoPhones(), alarm=Muted(), mailer=NoLetters())
    return assembled(settings, muted)
