"""The messages that lie on the back of a card, or of all cards of a class: added once, by their id, and ten at most.

Google does not mind two messages of one id, so whoever is not sure looks before adding one. Source:
developers.google.com/wallet/reference/rest/v1/loyaltyobject/addmessage and .../loyalty-cards/use-cases/
trigger-push-notifications: a message that may not notify any more is told without a notification.
"""

from collections.abc import Collection
from typing import Any

import msgspec

from chalicelib.passes.google.answers import Ask, Heard
from chalicelib.passes.google.limits import MESSAGES
from chalicelib.passes.google.messages import TOLD
from chalicelib.passes.google.talk import Body, Talk
from chalicelib.services.ports.google import WalletAnswer, WalletReaction

_DONE = WalletAnswer(WalletReaction.DONE, "")


class _Known(msgspec.Struct):
    """The part of a class or object that is read."""

    messages: list[dict[str, Any]] = []


class Board(msgspec.Struct, frozen=True):
    """The messages of one class or object. `path`: the resource's own. Raises: TryAgain, Broken."""

    talk: Talk
    path: str

    def add(self, message: Body, *, is_notice: bool, may_be_there: bool) -> WalletAnswer:
        """`may_be_there`: it may have been added already, or there may be as many as there can be: look first."""
        if may_be_there:
            looked = self._looked(str(message["id"]))
            if looked is not None:
                return looked
        last = self._post({**message, "messageType": TOLD} if is_notice else message)
        is_silenced = is_notice and last.ask is Ask.SILENCE
        if is_silenced:
            last = self._post(message)
        if last.ask is Ask.ACCEPTED:
            return WalletAnswer(WalletReaction.DONE, "", is_silenced=is_silenced)
        return _not_done(last)

    def remove(self, messages: Collection[str]) -> WalletAnswer:
        there = self._there()
        if isinstance(there, WalletAnswer):
            return there
        kept = [each for each in there if each.get("id") not in messages]
        return _DONE if len(kept) == len(there) else self._keep(kept) or _DONE

    def _looked(self, message: str) -> WalletAnswer | None:
        """An answer when the message is there already, or nothing can be known; None when there is room for it."""
        there = self._there()
        if isinstance(there, WalletAnswer):
            return there
        if any(each.get("id") == message for each in there):
            return WalletAnswer(WalletReaction.DONE, "there_already")
        return None if len(there) < MESSAGES else self._keep(there[1 - MESSAGES :])  # the oldest go

    def _there(self) -> list[dict[str, Any]] | WalletAnswer:
        """What lies there, the oldest first; an answer when that cannot be known."""
        seen = self.talk.ask("GET", self.path)
        if seen.ask is not Ask.ACCEPTED:
            return _not_done(seen)
        try:
            return msgspec.json.decode(seen.body, type=_Known).messages
        except (msgspec.DecodeError, UnicodeDecodeError):
            return WalletAnswer(WalletReaction.LATER, "unreadable")

    def _keep(self, messages: Collection[Body]) -> WalletAnswer | None:
        """Only these; None when that is done."""
        last = self.talk.ask("PATCH", self.path, {"messages": messages})
        return None if last.ask is Ask.ACCEPTED else _not_done(last)

    def _post(self, message: Body) -> Heard:
        return self.talk.ask("POST", f"{self.path}/addMessage", {"message": message})


def _not_done(last: Heard) -> WalletAnswer:
    """What the messages belong to may be gone: then that is told first."""
    match last.ask:
        case Ask.INSERT:
            reaction = WalletReaction.GONE
        case Ask.LATER | Ask.PATCH | Ask.READ:
            reaction = WalletReaction.LATER
        case _:
            reaction = WalletReaction.STOP
    return WalletAnswer(reaction, last.reason, may_have_happened=last.may_have_happened)
