"""Apple's push service, in the process: every answer that it has, judged by the code that judges the real one."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from device import Device

from chalicelib.passes.apple.gateway import Reply
from chalicelib.passes.apple.push import answer_of
from chalicelib.services.ports import PushAnswer, Registration

TROUBLES: Sequence[tuple[int, str]] = (
    (400, "TopicDisallowed"),
    (403, "BadCertificate"),
    (403, "ExpiredProviderToken"),
    (413, "PayloadTooLarge"),
    (429, "TooManyRequests"),
    (500, "InternalServerError"),
    (503, "ServiceUnavailable"),
    (503, "Shutdown"),
)
"""What it may say of a phone that is well. 200 may still be lost on the way."""


@dataclass
class PushService:
    """ports.Pusher. `trouble`, `loss`: of a hundred pushes, so many are refused or lost."""

    now: Callable[[], int]
    chance: Random
    trouble: int = 0
    loss: int = 0
    phones: list[Device] = field(default_factory=list)
    gone: dict[str, int] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    def forget(self, device: Device) -> None:
        """From now on the phone's token is dead."""
        self.gone[device.push_token] = self.now()

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, PushAnswer]:
        said = {}
        for registration in registrations:
            answer = answer_of(self._reply(registration.push_token))
            self.answers.append(answer.reason or answer.reaction.name)
            said[registration.push_token] = answer
        return said

    def _reply(self, token: str) -> Reply:
        phone = next((phone for phone in self.phones if phone.push_token == token), None)
        if phone is None or token in self.gone:
            return self._dead(token)
        if self.chance.randrange(100) < self.trouble:
            if not self.chance.randrange(9):
                return Reply(0, reason="no_connection")
            return _error(*self.chance.choice(TROUBLES))
        if self.chance.randrange(100) >= self.loss:
            phone.pushed(self.now() + self.chance.choice([0, 100, 900, 1_900]))
        return Reply(200)

    def _dead(self, token: str) -> Reply:
        """With the time since when it knows, or as a token that it never gave out."""
        since = self.gone.get(token)
        return _error(400, "BadDeviceToken") if since is None else _error(410, "Unregistered", timestamp=since)


def _error(status: int, reason: str, **more: int) -> Reply:
    return Reply(status, json.dumps({"reason": reason, **more}).encode())
