"""Whoever acts on a stage that others depend on types its name."""

import click

_SAID = "ops.auditing.asking.said"


def said(stage_name: str) -> None:
    """What --stage-name says, for whoever asks later in this command."""
    click.get_current_context().meta[_SAID] = stage_name


def make_sure(stage: str) -> None:
    """Ask for the stage's name, unless it is the laptop. Raises ClickException: nothing was changed."""
    if stage == "laptop":
        return
    answer = str(click.get_current_context().meta.get(_SAID, ""))
    try:
        answer = answer or click.prompt(f"This changes {stage}. Type its name to go on", default="", show_default=False)
    except click.Abort:
        click.echo(err=True)
    if answer != stage:
        raise click.ClickException(
            f"Nothing was changed. That is not the stage's name; scripts add --stage-name {stage}."
        )
