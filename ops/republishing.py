"""`pointpass republish`: a changed look reaches every card, at a pace."""

import click
from rich.console import Console

from chalicelib.errors import Refused
from chalicelib.services.ports.walks import Walk
from chalicelib.services.walking import USUAL_RATE
from ops.options import STAGE
from ops.target import house_of, program_of
from ops.walks import TROUBLE, show, watch

_screen = Console()


@click.command()
@click.argument("program", default="")
@click.option("--rate", type=int, help=f"Cards a second; never more. {USUAL_RATE} if left out.")
@click.option("--watch", "is_watched", is_flag=True, help="Stay and show how it goes; that of before, if one goes.")
@click.option("--stop", "is_stopped", is_flag=True, help="Let the one that goes stand still.")
@click.option("--resume", "is_resumed", is_flag=True, help="Let the one that was stopped go on where it was.")
@STAGE
def republish(
    *, program: str, rate: int | None, is_watched: bool, is_stopped: bool, is_resumed: bool, stage: str
) -> None:
    """Draw every card of PROGRAM anew, and tell the phones whose card looks different. Repeating is harmless."""
    house = house_of(stage)
    known = program_of(house, program)
    newest = next(iter(house.walking.of(known.slug, "republish")), None)
    try:
        if is_stopped:
            walk = house.walking.stop(known.slug, _name(newest))
        elif is_resumed:
            walk = house.walking.resume(known.slug, _name(newest), rate=rate)
        elif is_watched and newest is not None and newest.state == "running":
            walk = newest
        else:
            total = house.republishing.count(known)
            walk = house.walking.start(known, "republish", rate=USUAL_RATE if rate is None else rate, total=total)
    except Refused as err:
        raise click.ClickException(TROUBLE[err.reason]) from err
    if is_watched:
        walk = watch(house, walk, _screen)
    show(house, walk, _screen)


def _name(walk: Walk | None) -> str:
    if walk is None:
        raise Refused("walk_unknown")
    return walk.id
