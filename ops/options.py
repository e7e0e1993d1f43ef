"""Options that several commands share, and who types them."""

import getpass
import re
from fractions import Fraction

import click

PROGRAM = click.option("--program", default="", help="The program; not needed while there is only one.")
STAGE = click.option("--stage", default="laptop", show_default=True, help="The system to act on.")

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s?%")


def margin_of(text: str | None) -> Fraction | None:
    """The share that --margin says, above 0 and at most 1; None where it is left out."""
    if text is None:
        return None
    match = _SHARE.fullmatch(text.strip())
    if match and 0 < (share := Fraction(match[1]) / 100) <= 1:
        return share
    raise click.BadParameter("say a share such as 60%", param_hint="--margin")


def operator() -> str:
    """Who does by hand what a command does, as entries name them: "operator/anna"."""
    return f"operator/{getpass.getuser()}"
