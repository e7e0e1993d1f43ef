"""The doors as the services see them: real ones for a deployment, fakes in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap.outside import Outside, bucket_of_seals, named_by
from chalicelib.bootstrap.tables import tables

if TYPE_CHECKING:
    from chalicelib.config import Settings
    from chalicelib.store.seals import Objects

__all__ = ["Adapters", "adapters", "bucket_of_seals", "named_by", "tables"]


class Adapters(Outside):
    """One implementation of every port: the one that is given, else the real one, made on first use.

    Tests give all that they need; without `settings` nothing is made.
    """


def adapters(settings: Settings, *, by_operator: bool = False, seals: Objects | None = None) -> Adapters:
    """The real ones. Raises Broken, TryAgain.

    by_operator: programs that are being put back are served, too, and tables may be slow; a stage that does not answer
        is noticed at once
    seals: in place of the bucket of the stage
    """
    given = {} if seals is None else {"objects": seals}
    own = Adapters(settings=settings, by_operator=by_operator, **given)
    if by_operator:
        own.secret.fetch(settings.vault_secret)
    return own
