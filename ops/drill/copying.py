"""The first half of a real restore: tables as of one second, beside the stage's own, and backups to replace those.

A copy of the table `programs` is older than the mark that closes the doors. It is marked before it is backed up, so
that no moment of a restore has a table that would let somebody in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.events import Instant
from chalicelib.services.ports import Programs
from ops.drill.backups import RestoreFailed, settled

GOOD = "good"
"""The word in the copies' names, and the name of their backups."""
_MARKED = "programs"
_LATE_SECONDS = 61
"""A backup holds for certain what was written a minute before it was asked for. Source:
docs.aws.amazon.com/amazondynamodb, API "CreateBackup"."""
_LOOKS_EVERY_SECONDS, _MOST_LOOKS = 5, 720


@dataclass(frozen=True, slots=True)
class Copied:
    """`table`: the stage's own, which is to be replaced     `copy`: what it was     `backup`: of the copy, an ARN"""

    table: str
    copy: str
    backup: str


@dataclass(frozen=True, slots=True)
class Copying:
    """`prefix`, `beside`: what the names of the stage's tables begin with, and those of the copies
    programs: those of the copy, when it is there     slugs: the stage's, of which the copy may not know the newest
    tell: what is waited for
    """

    client: Any
    prefix: str
    beside: str
    programs: Callable[[], Programs]
    slugs: Sequence[str]
    now: Callable[[], Instant]
    wait: Callable[[float], None]
    tell: Callable[[str], None]

    def run(self, rooms: Sequence[str], at: datetime) -> Iterator[Copied]:
        """Raises RestoreFailed, ClientError: an earlier copy is there still, or the second is out of reach."""
        copies = [f"{self.beside}-{room}" for room in rooms]
        for room, copy in zip(rooms, copies, strict=True):
            self.client.restore_table_to_point_in_time(
                SourceTableName=f"{self.prefix}-{room}", TargetTableName=copy, RestoreDateTime=at
            )
        self.tell(f"{len(rooms)} tables come back as {self.beside}-*: half an hour, hours for large ones.")
        for copy in copies:
            settled(self.client, copy, self.wait)
        if _MARKED in rooms:
            self._close()
        for room, copy in zip(rooms, copies, strict=True):
            yield Copied(f"{self.prefix}-{room}", copy, self._backed_up(copy))

    def _close(self) -> None:
        """Nobody is served by what the copy becomes, until `restoring end` has looked at it."""
        programs = self.programs()
        slugs = sorted({*programs.slugs(), *self.slugs})
        for slug in slugs:
            programs.begin_restore(slug, self.now())
        self.tell(f"{len(slugs)} programs of the copy are closed. Their backup is made in a minute, to hold the mark.")
        self.wait(_LATE_SECONDS)

    def _backed_up(self, copy: str) -> str:
        arn: str = self.client.create_backup(TableName=copy, BackupName=GOOD)["BackupDetails"]["BackupArn"]
        for _ in range(_MOST_LOOKS):
            told = self.client.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
            if told["BackupStatus"] != "CREATING":
                break
            self.wait(_LOOKS_EVERY_SECONDS)
        if told["BackupStatus"] != "AVAILABLE":
            raise RestoreFailed(f"the backup of {copy} is {told['BackupStatus']}")
        return arn
