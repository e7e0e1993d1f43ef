"""From published texts to a Program. A text is immutable, so it is read once per process."""

import functools
from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.programs.definition import Definition
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reading import DefinitionError, read


class Published(msgspec.Struct, frozen=True):
    """A version as it is stored."""

    sha: str
    text: str
    published_at: Instant
    effective_at: Instant


def program_of(slug: str, published: Iterable[Published], sheets: Mapping[str, str]) -> Program | None:
    """The program with its versions in the order in which they take effect; None when nothing was published.

    sheets: by a version's name, the pictures that were prepared for it
    Raises: Broken when this release cannot read a stored version.
    """
    in_order = sorted(published, key=lambda version: (version.effective_at, version.published_at))
    versions = tuple(
        Version(
            sha=version.sha,
            definition=_definition(slug, version.text),
            published_at=version.published_at,
            effective_at=version.effective_at,
            sheet=sheets.get(version.sha, ""),
        )
        for version in in_order
    )
    return Program(slug=slug, versions=versions) if versions else None


@functools.lru_cache(maxsize=512)
def _definition(slug: str, text: str) -> Definition:
    try:
        return read(text, file=f"{slug}.yaml")
    except DefinitionError as err:  # only what reads well is published
        raise Broken("unreadable_program_version", program=slug) from err
