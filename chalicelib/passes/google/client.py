"""The Wallet REST API: classes and objects are inserted once and patched ever after; messages are added to them.

Source: developers.google.com/wallet/reference/rest. Every answer has its reaction: not there -> insert; there -> patch;
somebody else changed it -> read again; the notifications of the day are used up -> the same without one.
"""

from collections.abc import Callable, Collection
from typing import Literal
from urllib.parse import quote

import msgspec

from chalicelib.errors import Broken, TryAgain
from chalicelib.passes.google.answers import Ask, Heard
from chalicelib.passes.google.board import Board
from chalicelib.passes.google.talk import Body, Line, Talk
from chalicelib.services.ports.google import WalletAnswer, WalletReaction

PER_SECOND = 20
"""Google's limit for one issuer (developers.google.com/wallet/generic/resources/faq)."""

CALLS = 6
"""At most for one class or object: insert, patch, read, patch, silence, and one more for a new token."""

_STEPS = CALLS - 1
_NO_CLASS = "classNotFound"

Kind = Literal["loyaltyClass", "loyaltyObject"]


class Wanted(msgspec.Struct, frozen=True):
    """How a class or object is to be.

    is_notice: notify the phone's owner of what a patch changes     new: fields that only a new one has
    is_move: the object is to belong to another class from now on; a patch that is refused may be because of that
    """

    kind: Kind
    body: Body
    is_notice: bool = False
    is_move: bool = False
    new: Body = msgspec.field(default_factory=dict)

    @property
    def path(self) -> str:
        return _path(self.kind, str(self.body["id"]))


class WalletClient:
    """Calls of one issuer. Make one per container; threads may share it. Only `objection` raises."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def put(self, wanted: Wanted, *, is_known: bool) -> WalletAnswer:
        """Make what Google has equal to what is wanted. `is_known`: it was there the last time."""
        return _answered(lambda: _put(self._line.talk(), wanted, Ask.PATCH if is_known else Ask.INSERT))

    def add_message(self, kind: Kind, name: str, message: Body, *, is_notice: bool, may_be_there: bool) -> WalletAnswer:
        """Add a message to a class or object, once. See Board.add."""
        return _answered(lambda: self._board(kind, name).add(message, is_notice=is_notice, may_be_there=may_be_there))

    def remove_messages(self, kind: Kind, name: str, messages: Collection[str]) -> WalletAnswer:
        """Take messages off again, by their ids."""
        return _answered(lambda: self._board(kind, name).remove(messages))

    def objection(self, resource: Body) -> Heard | None:
        """What Google has against the JSON or JWT of a pass that nobody saves; None when it would take it.

        resource: {"jsonResource": ...} or {"jwtResource": ...}       Raises: TryAgain, Broken.
        """
        answer = self._line.talk().ask("POST", "jwt/validate", resource)
        return None if answer.ask is Ask.ACCEPTED else answer

    def close(self) -> None:
        self._line.http.close()

    def _board(self, kind: Kind, name: str) -> Board:
        return Board(self._line.talk(), _path(kind, name))


def _put(talk: Talk, wanted: Wanted, step: Ask) -> WalletAnswer:
    done: set[Ask] = set()  # what was asked or tried: nothing goes round in circles
    last = Heard(Ask.LATER, "too_many_changes")
    is_notice, is_object = wanted.is_notice, wanted.kind == "loyaltyObject"
    for _ in range(_STEPS):
        last = _stepped(talk, wanted, step, is_notice=is_notice)
        match last.ask:
            case Ask.ACCEPTED if step is Ask.READ:
                step = Ask.PATCH
            case Ask.ACCEPTED:
                is_silenced = wanted.is_notice and not is_notice
                return WalletAnswer(WalletReaction.DONE, "", is_silenced=is_silenced, is_new=step is Ask.INSERT)
            case Ask.SILENCE if is_notice:
                is_notice = False
            case Ask.INSERT if is_object and (step is Ask.INSERT or last.reason == _NO_CLASS):
                return WalletAnswer(WalletReaction.NO_CLASS, last.reason)
            case Ask.INSERT if step is not Ask.INSERT and Ask.INSERT not in done:
                step = Ask.INSERT
            case Ask.PATCH if step is Ask.INSERT and Ask.PATCH not in done:
                step = Ask.PATCH
            case Ask.PATCH | Ask.READ if Ask.READ not in done:
                step = Ask.READ
            case _:
                break
        done |= {last.ask, step}
    return _given_up(last, step, is_move=wanted.is_move)


def _stepped(talk: Talk, wanted: Wanted, step: Ask, *, is_notice: bool) -> Heard:
    match step:
        case Ask.INSERT:
            whole = {**wanted.body, **wanted.new}
            return talk.ask("POST", wanted.kind, {name: value for name, value in whole.items() if value is not None})
        case Ask.READ:
            return talk.ask("GET", wanted.path)
        case _:
            notice = {"notifyPreference": "NOTIFY_ON_UPDATE"} if is_notice else {}
            return talk.ask("PATCH", wanted.path, {**wanted.body, **notice})


def _given_up(last: Heard, step: Ask, *, is_move: bool) -> WalletAnswer:
    """It keeps changing under us: later. A class that cannot be inserted because something is missing: our mistake."""
    if is_move and step is not Ask.INSERT and last.ask in (Ask.FIX, Ask.PATCH):
        return WalletAnswer(WalletReaction.NO_MOVE, last.reason)
    is_later = last.ask in (Ask.LATER, Ask.READ, Ask.PATCH) or (last.ask is Ask.INSERT and step is not Ask.INSERT)
    reaction = WalletReaction.LATER if is_later else WalletReaction.STOP
    return WalletAnswer(reaction, last.reason, may_have_happened=last.may_have_happened)


def _path(kind: Kind, name: str) -> str:
    return f"{kind}/{quote(name, safe='')}"


def _answered(work: Callable[[], WalletAnswer]) -> WalletAnswer:
    try:
        return work()
    except TryAgain as err:
        return WalletAnswer(WalletReaction.LATER, err.reason)
    except Broken as err:
        return WalletAnswer(WalletReaction.STOP, err.reason)
