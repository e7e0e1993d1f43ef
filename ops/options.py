"""Options that several commands share, and who types them."""

import getpass
import re
from fractions import Fraction
from pathlib import Path

import click

from chalicelib.services.keys import id_in

PROGRAM = click.option("--program", default="", help="The program; not needed while there is only one.")
STAGE = click.option("--stage", default="laptop", show_default=True, help="The system to act on.")

_MOST_BYTES = 4_000_000
_NO_KEY = "this names no key. Say its first 16 letters, as `pointpass key list` shows them, such as pp_live_Ab12Cd34"
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s?%")


def text_of(file: Path, *, most: int = _MOST_BYTES) -> str:
    """What a file says. most: bytes, by default more than any definition has. Raises ClickException, OSError."""
    with file.open("rb") as opened:
        body = opened.read(most + 1)
    if len(body) > most:
        raise click.ClickException(f"{file} is larger than {most:,} bytes, which is too much.")
    try:
        return body.decode()
    except UnicodeDecodeError as err:
        raise click.ClickException(f"{file} is no text in UTF-8.") from err


class KeyName(click.ParamType[str]):
    """A key of the stores' API, however it is named. What goes on is its id alone: whoever pastes a key that leaked
    must not leave it in the trail.
    """

    name = "key"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises BadParameter, which does not repeat what was typed."""
        return id_in(value) or self.fail(_NO_KEY, param, ctx)


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
