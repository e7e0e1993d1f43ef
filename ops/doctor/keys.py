"""Keys of the stores' API that nobody seems to need, or that have been out for long."""

from collections.abc import Iterator

from chalicelib.bootstrap.house import House
from chalicelib.programs.program import Program
from chalicelib.services.keys import KeyUse
from ops.doctor.rows import Row

IDLE_DAYS = 90
OLD_DAYS = 365


def check_keys(house: House) -> Iterator[Row]:
    """One row for each program, and one for each key that should be looked at."""
    for slug in house.adapters.programs.slugs():
        program = house.adapters.programs.program(slug)
        if program is not None:
            yield from _of(house, program)


def _of(house: House, program: Program) -> Iterator[Row]:
    now = house.adapters.clock.now()
    uses = [use for use in house.keys.uses(program) if use.key.ends_at is None or use.key.ends_at > now]
    looked_at = [row for use in uses if (row := _row(program, use, house.keys.idle_days(use))) is not None]
    if not looked_at:
        yield Row(f"API keys of {program.slug}", "good", f"{len(uses)} in use, none of them forgotten or old")
    yield from looked_at


def _row(program: Program, use: KeyUse, idle: int) -> Row | None:
    about = f"API key {use.key.id}..."
    if idle >= IDLE_DAYS:
        says = f"{use.key.name}: no use known for {idle} days"
        return Row(about, "look", says, f"pointpass key revoke {use.key.id} --program {program.slug}")
    if use.age_days > OLD_DAYS:
        says = f"{use.key.name}: {use.age_days} days old"
        return Row(about, "look", says, f"pointpass key rotate {use.key.id} --program {program.slug}")
    return None
