"""Options that several commands share."""

import click

PROGRAM = click.option("--program", default="", help="The program; not needed while there is only one.")
STAGE = click.option("--stage", default="laptop", show_default=True, help="The system to act on.")
