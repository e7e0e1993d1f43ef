"""Phones with Apple Wallet, and the push service between them and us."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from chalicelib.cards.face import CardFace, Message, News
from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.passes.apple.authentication import token_of
from chalicelib.services.ports import PushAnswer, PushReaction, Registration
from ops.simulator.scheduler import Returned, Said

if TYPE_CHECKING:
    from ops.simulator.world import World

PASS_TYPE = "pass.example.harbour"  # noqa: S105  # a name
TOKEN_KEY = b"0123456789abcdef0123456789abcdef"
_SECOND = 1_000
_AWAY = (200, 500, 2 * _SECOND, 20 * _SECOND, 3_600 * _SECOND, 48 * 3_600 * _SECOND)
"""Milliseconds until a pushed phone asks: at once, or when it is switched on again."""

_ANSWERS = {
    "dead token": PushAnswer(PushReaction.FORGET, "BadDeviceToken"),
    "429": PushAnswer(PushReaction.LATER, "TooManyRequests"),
    "503": PushAnswer(PushReaction.LATER, "ServiceUnavailable"),
    "503, delivered": PushAnswer(PushReaction.LATER, "ServiceUnavailable"),
    "403": PushAnswer(PushReaction.STOP, "InvalidProviderToken"),
    "lost": PushAnswer(PushReaction.DELIVERED, "200"),
}
_TROUBLES = (*_ANSWERS, "dead token, since", "lost", "lost")
"""One in fifty each. A push that is lost looks delivered: only a phone that does not come tells of it."""


class PlainIssuer:
    """Makes "passes" that can be compared: the signed ones have their own tests, and signing takes milliseconds."""

    def issue(self, face: CardFace, serial: str, *, news: News = "points", pass_type: str = "") -> bytes:
        """As passes.apple.issuer.Issuer.issue."""
        return msgspec.json.encode(face)


class _Shown(msgspec.Struct):
    """What a phone announces of a face."""

    message: Message | None = None


@dataclass(slots=True)
class Phone:
    """One phone and the one pass on it.

    tag: of its last list      shows: the face it fetched last      messages: what it announced for the shop, in order
    """

    device: str
    serial: str
    push_token: str
    tag: str | None = None
    shows: bytes = b""
    messages: list[str] = field(default_factory=list)
    is_asking: bool = False
    removed_at: Instant | None = None

    def see(self, shown: bytes) -> None:
        """What it shows from now on."""
        self.shows = shown
        message = msgspec.json.decode(shown, type=_Shown).message
        if message is not None and message.id not in self.messages[-1:]:
            self.messages.append(message.id)


@dataclass(slots=True)
class Phones:
    """Every phone, by its push token; and ports.Pusher."""

    world: World
    all: dict[str, Phone] = field(default_factory=dict)
    pushed: int = 0

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, PushAnswer]:
        """ports.Pusher.push."""
        handler = self.world.scheduler.current
        assert handler is not None
        answers = {}
        for registration in registrations:
            answers[registration.push_token] = self._answer(registration, handler.rng.random())
        return answers

    def _answer(self, registration: Registration, luck: float) -> PushAnswer:
        weather = self.world.weather
        phone = self.all.get(registration.push_token)
        said = "delivered"
        if phone is None or phone.removed_at is not None:
            said = "dead token, since" if phone else "dead token"
        elif not weather.is_calm() and luck < 0.02 * len(_TROUBLES):
            said = _TROUBLES[int(luck * 50)]
        weather.note("pusher.push", f"answers {said}")
        if phone is not None and said in ("delivered", "503, delivered"):
            self._wake(phone)
        if said == "dead token, since":
            since = phone.removed_at if phone and phone.removed_at else registration.registered_at
            return PushAnswer(PushReaction.FORGET, "Unregistered", since=since)
        return _ANSWERS.get(said) or PushAnswer(PushReaction.DELIVERED, "200")

    def add(self, serial: str, name: str) -> None:
        """Somebody adds a card to a phone: it fetches the pass, registers, and asks for what is newer."""
        phone = Phone(f"device-{name}", serial, f"token-{name}")
        house = self.world.house

        def register() -> None:
            card = house.adapters.cards.card(serial)
            assert card is not None
            phone.see(house.rendering.render(card).data)
            body = json.dumps({"pushToken": phone.push_token}).encode()
            house.apple.register(phone.device, PASS_TYPE, serial, authorization=_proof(serial), body=body)

        def registered(_: Returned | Said) -> None:
            self._wake(phone)

        self.all[phone.push_token] = phone
        self.world.ask(f"phone/{name}/add", register, registered)

    def remove(self, phone: Phone, name: str) -> None:
        """Its owner deletes the pass; the phone tells us, if it can. Without an answer it does not insist."""
        phone.removed_at = self.world.now()
        house = self.world.house

        def unregister() -> None:
            house.apple.unregister(phone.device, PASS_TYPE, phone.serial, authorization=_proof(phone.serial))

        self.world.ask(f"phone/{name}/remove", unregister, lambda _: None, tries=1)

    def _wake(self, phone: Phone) -> None:
        if not phone.is_asking:
            phone.is_asking = True
            self.pushed += 1
            name = f"phone/{phone.device}/{self.pushed}"
            away = self.world.chance(name).choice(_AWAY)
            self.world.scheduler.at(self.world.now() + away, lambda: self._ask(phone, name))

    def _ask(self, phone: Phone, name: str) -> None:
        phone.is_asking = False  # a push from now on is news again
        self.world.ask(name, lambda: self._update(phone), lambda _: None)

    def _update(self, phone: Phone) -> None:
        apple = self.world.house.apple
        if phone.removed_at is not None:
            return
        listed = apple.updates(phone.device, PASS_TYPE, since=phone.tag)
        if listed.status != 200:
            return
        said = json.loads(listed.body)
        for serial in said["serialNumbers"]:
            answer = apple.latest(PASS_TYPE, serial, authorization=_proof(serial), if_modified_since=None)
            if answer.status != 200:
                raise TryAgain("pass_not_fetched")
            phone.see(answer.body)
        phone.tag = said["lastUpdated"]


def _proof(serial: str) -> str:
    return f"ApplePass {token_of(TOKEN_KEY, serial)}"
