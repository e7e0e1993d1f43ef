"""A definition becomes an immutable version, named by its content."""

import msgspec

from chalicelib.events import Instant
from chalicelib.programs.finding import Finding
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.promises import broken_promises
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.services.ports import Clock, Programs, Queue

_LONGEST_DELAY_SECONDS = 900
_SLACK_SECONDS = 5
"""By then nobody remembers the program without its new version."""
_APART_SECONDS = 10
"""So far apart may the clocks of two containers be: the slow one, too, has noticed before the quick one begins."""


class Published(msgspec.Struct, frozen=True):
    """The version's name, when it takes effect, and whether it is new.

    look_changed: it is the newest version as before, and has other pictures now
    """

    sha: str
    effective_at: Instant
    is_new: bool
    look_changed: bool = False


class Publishing(msgspec.Struct, frozen=True):
    """Publishes definitions. A version never acts before every container can have noticed it."""

    programs: Programs
    sweeps: Queue
    clock: Clock
    notice_seconds: int

    def publish(self, text: str, *, file: str, since: Instant | None = None, sheet: str = "") -> Published:
        """Publish a definition; one that is the newest already changes nothing but its pictures.

        since: from when it shall count; None for as soon as possible, which is when the first version always counts
        sheet: names the pictures that were prepared for it and kept; "" for none, or for those it has
        Raises: DefinitionError when it cannot be read or breaks a promise; nothing is half-published.
        """
        definition = read(text, file=file)
        sha = sha_of(text)
        program = self.programs.program(definition.program)
        if program is not None and program.latest.sha == sha:
            look_changed = self.dress(program, sha, sheet)
            return Published(sha, program.latest.effective_at, is_new=False, look_changed=look_changed)
        now = self.clock.now()
        effective_at = self.effective_at(program, since)
        if program is not None:
            version = Version(sha, definition, published_at=now, effective_at=effective_at)
            if broken := broken_by(program, version, file=file):
                raise DefinitionError(file, tuple(broken))
        if program is not None:  # before the version: a sweep without one does nothing, a version without one is late
            self._queue_sweep(definition.program, sha, effective_at)
        if sheet:  # before the version, too: nobody sees it without its pictures
            self.programs.put_sheet(definition.program, sha, sheet)
        self.programs.publish(definition.program, sha, text, published_at=now, effective_at=effective_at)
        return Published(sha, effective_at, is_new=True)

    def dress(self, program: Program, sha: str, sheet: str) -> bool:
        """Give a published version other pictures; whether anything changed. They are no part of what was promised.

        Cards show them when they are drawn next. Raises: Broken when there is no such version.
        """
        if not sheet or program.version(sha).sheet == sheet:
            return False
        self.programs.put_sheet(program.slug, sha, sheet)
        return True

    def effective_at(self, program: Program | None, since: Instant | None) -> Instant:
        """When a version that is published now can count: not before `since`, nor before everybody has noticed it."""
        now = self.clock.now()
        if program is None:
            return now
        return max(since or 0, now + (self.notice_seconds + _APART_SECONDS) * 1_000)

    def _queue_sweep(self, program: str, sha: str, effective_at: Instant) -> None:
        """Every account of the program is swept once when the version comes into force."""
        message: dict[str, str | int] = {"job": "publish", "program": program, "sha": sha, "cursor": ""}
        delay = min(_LONGEST_DELAY_SECONDS, self.notice_seconds + _APART_SECONDS + _SLACK_SECONDS)
        self.sweeps.send({**message, "effective_at": effective_at}, delay_seconds=delay)


def broken_by(program: Program, version: Version, *, file: str) -> list[Finding]:
    """What a version would break of what the versions before it promised, and the next one of what it promises."""
    now, effective_at = version.published_at, version.effective_at
    before = [program.in_force(now), *(known for known in program.versions if now < known.since <= effective_at)]
    after = [known for known in program.versions if known.since > effective_at]
    found = [
        finding
        for known in before
        for finding in broken_promises(
            known.definition, version.definition, now=now, effective_at=effective_at, file=file
        )
    ]
    for later in after:
        found += broken_promises(
            version.definition, later.definition, now=now, effective_at=later.since, file=f"the version after {file}"
        )
    return list(dict.fromkeys(found))
