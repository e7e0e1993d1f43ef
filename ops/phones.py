"""`pointpass phones`: which phones were told of the last change, which have come, and how long that took."""

from collections import Counter
from collections.abc import Iterator, Sequence

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.events import Instant
from chalicelib.programs.program import Program
from chalicelib.services.ports import Card, Registration
from ops.options import STAGE
from ops.target import house_of, program_of

_screen = Console()
_PAGE = 500
_MINUTE = 60_000
_AGES = ((_MINUTE, "under a minute"), (60 * _MINUTE, "under an hour"), (24 * 60 * _MINUTE, "under a day"))
_OLDER = "a day or longer"


@click.command()
@click.argument("program", default="")
@STAGE
def phones(*, program: str, stage: str) -> None:
    """Count the phones of PROGRAM: told of the last change of their card, come for it, and not come."""
    house = house_of(stage)
    known = program_of(house, program)
    total = house.republishing.count(known)
    held = list(track(_held(house, known), "Reading", total=total, console=_screen, transient=True))
    devices = [(card, device) for card, holders in held for device in holders]
    now = house.adapters.clock.now()
    pushed = [
        (card, device) for card, device in devices if card.pushed_at >= max(card.changed_at, device.registered_at)
    ]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "phones", "half within", "95 % within"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("hold a card", str(len(devices)), "", "")
    table.add_row("told of the last change", str(len(pushed)), "", "")
    lists = [device.listed_at - card.pushed_at for card, device in pushed if device.listed_at >= card.pushed_at]
    table.add_row("asked what is new", str(len(lists)), *_spread(lists))
    came = [(card, device) for card, device in pushed if device.fetched_at >= card.changed_at]
    ways = [device.arrived_at - card.changed_at for card, device in came if device.arrived_at]
    table.add_row("fetched it", str(len(came)), *_spread(ways))
    _screen.print(table)
    _screen.print(_away([now - card.changed_at for card, device in pushed if device.fetched_at < card.changed_at]))


def _held(house: House, program: Program) -> Iterator[tuple[Card, Sequence[Registration]]]:
    cursor = ""
    while True:
        page = house.adapters.cards.listed(program.slug, cursor=cursor, limit=_PAGE)
        for listed in page.cards:
            held = house.adapters.cards.held(listed.serial)
            if held is not None:
                yield held.card, held.holders
        cursor = page.cursor
        if not cursor:
            return


def _spread(times: Sequence[Instant]) -> tuple[str, str]:
    """The median and the 95th percentile of waiting times, as people say them."""
    if not times:
        return "", ""
    ordered = sorted(times)
    return _said(ordered[(len(ordered) - 1) // 2]), _said(ordered[(len(ordered) - 1) * 95 // 100])


def _said(milliseconds: Instant) -> str:
    if milliseconds < _MINUTE:
        return f"{milliseconds / 1_000:.1f} s"
    return f"{milliseconds // _MINUTE} min" if milliseconds < 120 * _MINUTE else f"{milliseconds // (60 * _MINUTE)} h"


def _away(ages: Sequence[Instant]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("told, and not come")
    table.add_column("phones", justify="right")
    counted = Counter(next((words for most, words in _AGES if age < most), _OLDER) for age in ages)
    for words in (*(words for _, words in _AGES), _OLDER):
        table.add_row(words, str(counted[words]))
    return table
