"""A program as it was published: all its versions, and which one counts when."""

import hashlib
from functools import cached_property, partial

import msgspec

from chalicelib.errors import Broken, Refused
from chalicelib.events import Instant
from chalicelib.ledger.timeline import Reign, Timeline
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.pausing import Pause, What
from chalicelib.programs.tier_rules import tier_rules
from chalicelib.programs.warning import warned_from

ENGINE = 1
"""Number of the rules by which a definition is priced. A change that prices anything differently raises it."""

_SHORT = 16


def sha_of(text: str) -> str:
    """The name of a version: SHA-256 of the engine's number and the definition's text, lower-case hex."""
    return hashlib.sha256(f"{ENGINE}\n{text}".encode()).hexdigest()


class Version(msgspec.Struct, frozen=True):
    """One published definition. sheet: names the pictures that were prepared for it, "" for none."""

    sha: str
    definition: Definition
    published_at: Instant
    effective_at: Instant
    sheet: str = ""

    @property
    def since(self) -> Instant:
        """From when it counts: from `effective_at` on, but never before it was published."""
        return max(self.effective_at, self.published_at)


class Program(msgspec.Struct, frozen=True, dict=True):
    """All versions of a program, oldest first by `since`; at least one. pauses: what of it stands still now."""

    slug: str
    versions: tuple[Version, ...]
    pauses: tuple[Pause, ...] = ()

    def is_paused(self, what: What) -> bool:
        """Whether this stands still for the whole program."""
        return any(pause.what == what and not pause.connection for pause in self.pauses)

    def goes(self, what: What) -> None:
        """Let it happen. Raises Refused ("redeeming_paused" and the like) while it stands still."""
        if self.is_paused(what):
            raise Refused(f"{what}_paused", program=self.slug)

    @property
    def latest(self) -> Version:
        """The version published last; it may not be in force yet."""
        return max(reversed(self.versions), key=lambda version: version.published_at)

    def in_force(self, at: Instant) -> Version:
        """The version in force at `at`; before the first one, the first one."""
        chosen = self.versions[0]
        for version in self.versions:
            if version.since <= at:
                chosen = version
        return chosen

    def version(self, sha: str) -> Version:
        """The version named `sha`, or by its first 16 digits, as journal entries have it.

        Raises: Broken when it was never published here.
        """
        for version in self.versions:
            if sha in (version.sha, version.sha[:_SHORT]):
                return version
        raise Broken("unknown_program_version", program=self.slug, version=sha[:12])

    @cached_property
    def timeline(self) -> Timeline:
        """What the ledger needs to know: when which tier rules count, and the calendar of the latest version."""
        reigns = tuple(
            Reign(
                since=version.since,
                version=version.sha,
                tiers=tier_rules(version.definition),
                warned_from=partial(warned_from, version.definition),
            )
            for version in self.versions
        )
        return Timeline(reigns=reigns, calendar=ZoneCalendar(self.latest.definition.time_zone))
