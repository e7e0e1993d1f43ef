"""Whoever acts on a stage that others depend on types its name."""

import click

from chalicelib.errors import Refused

_SAID = "ops.auditing.asking.said"


def said(stage_name: str) -> None:
    """What --stage-name says, for whoever asks later in this command."""
    click.get_current_context().meta[_SAID] = stage_name


def make_sure(stage: str) -> None:
    """Ask for the stage's name, unless it is the laptop. Raises ClickException: nothing was changed."""
    agrees(stage)
    if stage == "laptop" or _answer():
        return
    answer = ""
    try:
        # Beside the output, which may go into a file.
        asked = f"This changes {stage}. Type its name to go on"
        answer = click.prompt(asked, default="", show_default=False, err=True)
    except click.Abort:
        click.echo(err=True)
    if answer != stage:
        says = f"Nothing was changed. That is not the stage's name; scripts add --stage-name {stage}."
        raise click.ClickException(says) from Refused("stage_not_named")


def agrees(stage: str) -> None:
    """Whoever says a name means that stage, also where nobody would have asked. Raises ClickException."""
    if _answer() not in ("", stage):
        says = f"Nothing was changed. This is {stage}, and --stage-name says another one; --stage chooses the stage."
        raise click.ClickException(says) from Refused("another_stage_named")


def _answer() -> str:
    return str(click.get_current_context().meta.get(_SAID, ""))
