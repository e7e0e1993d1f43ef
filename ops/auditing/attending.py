"""The one way to a command: the stage is introduced, its name is asked for, and a line is left, whatever it is.

Commands know nothing of it and cannot forget it: the group that finds them puts this around each.
"""

import errno
import getpass
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from chalicelib.errors import Broken, LoyaltyError, TryAgain
from chalicelib.services.keys import without_keys
from ops.auditing import asking
from ops.auditing.deeds import DEEDS, LINES, Deed
from ops.auditing.ground import Ground, ground_of
from ops.auditing.trail import Begun, Closed
from ops.target import LAPTOP

_LEFT_OUT = "..."
_LONGEST = 200
_BY = "Who says to do it, when it is not you; the trail keeps both."
_STAGE_NAME = "Outside the laptop: the stage's name once more, for scripts; else it is asked."


class Attended(click.Group):
    """The outermost group."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            for name, command in leaves(found, cmd_name):
                _attend(name, command)
        return found


def leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command below, by the words that call it."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for each, below in command.commands.items():
        yield from leaves(below, f"{name} {each}".strip())


def _attend(name: str, command: click.Command) -> None:
    if isinstance(command.callback, Attendance):
        return
    deed, known = DEEDS.get(name), {each.name for each in command.params}
    added = []
    if deed is not None and deed.kind in LINES:
        added = [click.Option(["--by"], default="", help=_BY)]
        if deed.is_asked:
            added.append(click.Option(["--stage-name"], default="", help=_STAGE_NAME))
    added = [option for option in added if option.name not in known]
    assert command.callback is not None, f"{name} does nothing"
    own = tuple(command.params)
    command.params = [*own, *added]
    names = frozenset(str(option.name) for option in added)
    command.callback = Attendance(name, deed, command.callback, own, names)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Stands around what a command does. own: its parameters     added: names of those that only this knows"""

    name: str
    deed: Deed | None
    does: Callable[..., Any]
    own: tuple[click.Parameter, ...]
    added: frozenset[str]

    def __call__(self, *args: Any, **params: Any) -> Any:
        if self.deed is None:
            raise click.ClickException(f"{self.name} stands in no row of ops/auditing/deeds.py, so it is not done.")
        given = {name: value for name, value in params.items() if name not in self.added}
        kind = self.deed.done_with(given)
        if kind == "here":
            return self._done(*args, **given)
        ground = ground_of(self.deed, kind, given)
        if "stage_name" in params and not ground.is_bare:
            asking.said(params["stage_name"])
        if kind not in LINES:
            asking.agrees(ground.stage)
            return self._done(*args, **given)
        begun = self._begun(ground, params)
        closing = _begin(ground, begun, hurries=self.deed.hurries)
        closed = Closed(_now(), "broke", "interrupted")
        try:
            asking.agrees(ground.stage)
            if self.deed.is_asked and self.deed.asks == "first" and not ground.is_bare:
                asking.make_sure(ground.stage)
            answer = self._done(*args, **given)
            closed = Closed(_now(), "done")
        except BaseException as err:
            closed = _closed(err)
            raise
        else:
            return answer
        finally:
            closing(closed)

    def _done(self, *args: Any, **given: Any) -> Any:
        """What it does. A file or a folder that is no good is told by its name: whoever typed it can put it right."""
        try:
            return self.does(*args, **given)
        except OSError as err:
            if err.filename is None and err.errno != errno.ENOSPC:
                raise
            where = "" if err.filename is None else f"{err.filename}: "
            raise click.ClickException(f"{where}{err.strerror}.") from err

    def _begun(self, ground: Ground, params: Mapping[str, Any]) -> Begun:
        assert self.deed is not None
        arguments = {
            str(each.name): _told(each, params[str(each.name)], self.deed)
            for each in self.own
            if each.name not in ("stage", "by") and params.get(str(each.name)) not in (None, "", (), False)
        }
        by = without_keys(str(params.get("by", "")))[:_LONGEST]
        user = getpass.getuser()
        return Begun(
            id=secrets.token_hex(6),
            at=_now(),
            stage=ground.stage,
            command=self.name,
            arguments=arguments,
            user=user,
            by="" if by == user else by,
            caller=ground.caller,
        )


def _told(param: click.Parameter, value: Any, deed: Deed) -> str:
    """An argument as the trail keeps it: what might be a secret or a person is left out."""
    is_harmless = isinstance(value, bool | int | date) or isinstance(param.type, click.Choice)
    if not (is_harmless or param.name == "program" or param.name in deed.shown):
        return _LEFT_OUT
    return without_keys(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))[:_LONGEST]


def _begin(ground: Ground, begun: Begun, *, hurries: bool) -> Callable[[Closed], None]:
    """Write the line, and return what closes it. Raises ClickException when it cannot be written, unless it hurries."""
    if ground.trail is None:
        click.echo("The trail of this stage is not there yet: CloudTrail alone keeps who did this.", err=True)
        return lambda _: None
    trail, is_late = ground.trail, False
    try:
        trail.begin(begun)
    except TryAgain as err:
        if ground.stage == LAPTOP and err.facts.get("cause") == "EndpointConnectionError":
            raise click.ClickException("The laptop system does not answer. Is it running?") from err
        # Before its first deployment a stage has no bucket; its first line is written when there is one.
        is_late = hurries or (ground.may_be_new and err.facts.get("cause") == "NoSuchBucket")
        if not is_late:
            raise click.ClickException(
                f"Nothing was changed: what is done to {ground.stage} is written into its trail first, and that "
                f"failed ({err})."
            ) from err
        if hurries:
            click.secho(
                f"WARNING: the trail of {ground.stage} cannot be written ({err}). This does not wait for it, and keeps "
                f"a row of its own: pointpass paused --trail 20 --stage {ground.stage}",
                fg="red",
                err=True,
            )

    def close(closed: Closed) -> None:
        try:
            if is_late:
                trail.begin(begun)
            trail.close(begun, closed)
        except TryAgain as err:
            click.echo(f"The trail does not know how this ended ({err}).", err=True)

    return close


def _closed(err: BaseException) -> Closed:
    """How it ended. The text of an error may name people, so its kind is kept alone."""
    if isinstance(err, SystemExit | click.exceptions.Exit):
        code = getattr(err, "exit_code", getattr(err, "code", 0)) or 0
        return Closed(_now(), "done", f"exit code {code}" if code else "")
    cause = err.__cause__ if isinstance(err, click.ClickException) else err
    reason = cause.reason if isinstance(cause, LoyaltyError) else ""
    if isinstance(err, click.ClickException | click.Abort) and not isinstance(cause, TryAgain | Broken | OSError):
        return Closed(_now(), "refused", reason or _kind(err))
    return Closed(_now(), "broke", reason or type(cause).__name__)


def _kind(err: click.ClickException | click.Abort) -> str:
    """Of a no that has no reason of its own; "" where only its text would tell."""
    match err:
        case click.Abort():
            return "not_confirmed"
        case click.BadParameter():
            hint = err.param_hint or (err.param.name if err.param else "")
            return f"wrong_{hint.strip('-')}" if isinstance(hint, str) else "wrong_words"
        case click.UsageError():
            return "wrong_words"
        case _:
            return ""


def _now() -> int:
    return time.time_ns() // 1_000_000
