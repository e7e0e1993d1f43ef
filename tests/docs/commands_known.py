"""Whether a command of a page is one of ours: its words, options and choices, as click and the Makefile know them."""

import re
from collections.abc import Sequence

import click
from pages_read import PROJECT

from ops.command import main

_MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
TARGETS = {name for row in re.findall(r"^([a-z][\w ./-]*):", _MAKEFILE, re.MULTILINE) for name in row.split()}
VARIABLES = set(re.findall(r"^([A-Z]+) \?=", _MAKEFILE, re.MULTILINE))


def complaint(said: Sequence[str], *, is_whole: bool) -> str:
    """What is wrong with a command; "" for nothing. `is_whole`: what click needs must be there."""
    if said[0] == "make":
        return _of_make(said[1:])
    command: click.Command = main
    context = click.Context(main)
    rest = list(said[1:])
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        if found is None:
            return f"there is no command {rest[0]}"
        command, rest = found, rest[1:]
    if isinstance(command, click.Group):
        return "a command is missing" if is_whole and not rest else ""
    return _of_click(command, rest, is_whole=is_whole)


def _of_make(said: Sequence[str]) -> str:
    wrong = [word for word in said if word.partition("=")[0] not in (VARIABLES if "=" in word else TARGETS)]
    return f"the Makefile has no {', '.join(wrong)}" if wrong else ""


def _of_click(command: click.Command, rest: list[str], *, is_whole: bool) -> str:
    context = click.Context(command)
    try:
        given, odd, _ = command.make_parser(context).parse_args(rest)
    except click.NoSuchOption as err:
        return f"there is no option {err.option_name}"
    except click.UsageError as err:
        return err.format_message() if is_whole else ""
    if odd:
        return f"nothing asks for {' '.join(odd)}"
    for param in command.params:
        value = given.get(str(param.name))
        if is_whole and param.required and (value is None or param.value_is_missing(value)):
            return f"{param.human_readable_name} is missing"
        if isinstance(param.type, click.Choice) and isinstance(value, str) and not value.isupper():
            try:
                param.type.convert(value, param, context)
            except click.UsageError as err:
                return err.format_message()
    return ""
