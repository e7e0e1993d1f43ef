"""A version comes into force: every account of its program is looked at once."""

import msgspec

from chalicelib.events import AccountId, Instant
from chalicelib.programs.program import Program
from chalicelib.services.ports import Views
from chalicelib.services.ports.walks import Walk
from chalicelib.services.sweeping import Sweeper
from chalicelib.services.walking import Stop, Stretch


class NewVersions(msgspec.Struct, frozen=True):
    """services.walking.Round through the accounts of a program."""

    views: Views
    sweeper: Sweeper

    def stretch(self, program: Program, *, cursor: str, limit: int) -> Stretch:
        """The next accounts, each with what the index says of it."""
        page = self.views.dues(program.slug, cursor=cursor, limit=limit)
        return Stretch([Stop(account, noted) for account, noted in page.accounts], page.cursor)

    def visit(self, program: Program, walk: Walk, stop: Stop) -> str:
        """Post what the version did, or bring the account's cards up to date. Raises TryAgain, Broken."""
        is_posted = self.sweeper.sweep(program, AccountId(stop.name), noted=stop.noted, is_new_version=True)
        return "settled" if is_posted else "looked at"

    def opens_at(self, program: Program, walk: Walk, now: Instant) -> Instant:
        """At once: rules do not wait for the morning."""
        return now
