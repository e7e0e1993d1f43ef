"""Every command as it is reached, called with whatever it does replaced."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import click

from ops.auditing.attending import Attendance, leaves
from ops.auditing.deeds import DEEDS
from ops.command import main

SECRET = "anna@example.com shpss_0f1e2d3c4b5a"


def attended() -> Iterator[tuple[str, click.Command]]:
    """Every command as it is reached."""
    with click.Context(main) as context:
        for name in main.commands:
            found = main.get_command(context, name)
            assert found is not None
            yield from leaves(found, name)


COMMANDS = dict(attended())


def given(command_name: str, **more: Any) -> dict[str, Any]:
    """Parameters with which a command does all that it can: texts that are secret, flags and numbers as they are."""
    deed, values = DEEDS[command_name], dict[str, Any]()
    for param in COMMANDS[command_name].params:
        assert param.name is not None
        match param.type:
            case click.types.StringParamType():
                values[param.name] = "shown" if param.name in deed.shown else SECRET
            case click.types.BoolParamType():
                values[param.name] = True
            case click.types.IntParamType():
                values[param.name] = 5
            case _:
                values[param.name] = None
    for needed in deed.only_with:
        values[needed] = values[needed] or (SECRET,)
    if deed.bare:
        values[deed.bare] = ""
    if deed.unless:
        values[deed.unless] = False
    return {**values, "program": "bean-street", "stage": "prod", "stage_name": "prod", "by": "", **more}


def does(command_name: str, act: Callable[[], Any], **more: Any) -> None:
    """Call a command whose work is `act`."""
    command = COMMANDS[command_name]
    assert isinstance(command.callback, Attendance)
    known = {param.name for param in command.params}
    values = {key: value for key, value in given(command_name, **more).items() if key in known}
    with click.Context(command):
        replace(command.callback, does=lambda **_: act())(**values)
