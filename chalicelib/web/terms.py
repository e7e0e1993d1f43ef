"""The terms on a program's page: those in force, and what is published already and begins on a later day."""

from collections.abc import Iterator, Mapping

from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.program import Program, Version
from chalicelib.programs.texts import spoken, terms
from chalicelib.programs.wording import day
from chalicelib.web.program import Section

_FROM: Mapping[str, str] = {"en": "From {day} on", "ru": "С {day}"}


def shown_terms(program: Program, language: str, now: Instant) -> tuple[Section, ...]:
    """Section by section, as members read them."""
    return (*_sections(program.in_force(now).definition, language), *_to_come(program, language, now))


def _sections(definition: Definition, language: str) -> tuple[Section, ...]:
    return tuple(Section(section.title, section.sentences) for section in terms(definition, language))


def _to_come(program: Program, language: str, now: Instant) -> Iterator[Section]:
    """The sentences that are new in each version that waits, under the day it begins."""
    before = program.in_force(now)
    for version in program.versions:
        if version.since > now:
            known = set(_sentences(before, language))
            if new := tuple(line for line in _sentences(version, language) if line not in known):
                yield Section(_heading(version, language), new)
            before = version


def _sentences(version: Version, language: str) -> list[str]:
    return [line for section in _sections(version.definition, language) for line in section.sentences]


def _heading(version: Version, language: str) -> str:
    definition = version.definition
    said_in = spoken(definition, language)
    begins = ZoneCalendar(definition.time_zone).day(version.since)
    return _FROM[said_in].format(day=day(begins, said_in))
