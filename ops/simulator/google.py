"""Google Wallet, as far as the services can tell: what it was told last, and its bad days."""

from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.events import Instant
from chalicelib.services.ports.google import WalletAnswer, WalletReaction, class_name
from chalicelib.services.refreshing import digest
from ops.simulator.scheduler import Scheduler
from ops.simulator.weather import Weather

_DAY = 86_400_000
_QUOTA = 3

_ANSWERS = {
    "accepted": WalletAnswer(WalletReaction.DONE, ""),
    "silenced": WalletAnswer(WalletReaction.DONE, "quotaExceeded", is_silenced=True),
    "no class": WalletAnswer(WalletReaction.NO_CLASS, "classNotFound"),
    "401": WalletAnswer(WalletReaction.STOP, "status_401"),
    "409": WalletAnswer(WalletReaction.LATER, "status_409"),
    "429": WalletAnswer(WalletReaction.LATER, "rateLimitExceeded"),
    "time-out": WalletAnswer(WalletReaction.LATER, "ReadTimeout", may_have_happened=True),
    "time-out, done": WalletAnswer(WalletReaction.LATER, "ReadTimeout", may_have_happened=True),
}
_CLASS_TROUBLES = ("401", "409", "429", "time-out", "time-out, done")
_MESSAGE_TROUBLES = ("silenced", *_CLASS_TROUBLES)
_OBJECT_TROUBLES = ("no class", "silenced", *_CLASS_TROUBLES)
_TROUBLE = 0.12


@dataclass(slots=True)
class SimulatedGoogle:
    """ports.google.GoogleWallet. `shows`: digest of the face of each card; `notices`: when its owner was notified.

    says: ids of the messages of each card
    overrun: cards whose owners were to be notified more often than Google allows
    """

    scheduler: Scheduler
    weather: Weather
    shows: dict[str, str] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    notices: dict[str, list[Instant]] = field(default_factory=dict)
    says: dict[str, list[str]] = field(default_factory=dict)
    overrun: set[str] = field(default_factory=set)

    def class_face(self, face: CardFace) -> str:
        """ports.google.GoogleWallet.class_face."""
        return digest(f"{class_name(face)}/{face.business}/{face.look}".encode())

    def put_class(self, face: CardFace, *, is_known: bool) -> WalletAnswer:
        """ports.google.GoogleWallet.put_class."""
        said = self._mood("wallet.put_class", _CLASS_TROUBLES)
        if said in ("accepted", "time-out, done"):
            self.classes.add(class_name(face))
        return _ANSWERS[said]

    def object_face(self, face: CardFace, serial: str, *, level_class: str) -> str:
        """ports.google.GoogleWallet.object_face: of the whole face, so that it can be compared with the true one."""
        return digest(msgspec.json.encode(face))

    def put_object(
        self, face: CardFace, serial: str, *, level_class: str, is_known: bool, is_move: bool, is_notice: bool
    ) -> WalletAnswer:
        """ports.google.GoogleWallet.put_object."""
        said = self._mood("wallet.put_object", _OBJECT_TROUBLES)
        if said == "no class":
            self.classes.discard(class_name(face))
        if class_name(face) not in self.classes:
            return _ANSWERS["no class"]
        if said not in ("accepted", "silenced", "time-out, done"):
            return _ANSWERS[said]
        is_new = serial not in self.shows
        self.shows[serial] = digest(msgspec.json.encode(face))
        if is_new and face.message and not face.is_void:
            self.says[serial] = [face.message.id]
        if is_notice:
            self._notify(serial)
        return msgspec.structs.replace(_ANSWERS[said], is_new=is_new)

    def add_message(self, face: CardFace, serial: str, *, is_notice: bool, may_be_there: bool) -> WalletAnswer:
        """ports.google.GoogleWallet.add_message."""
        assert face.message is not None
        lying = self.says.setdefault(serial, [])
        said = self._mood("wallet.add_message", _MESSAGE_TROUBLES)
        if said in ("accepted", "silenced", "time-out, done") and not (may_be_there and face.message.id in lying):
            lying.append(face.message.id)
            if is_notice and said != "silenced":
                self._notify(f"{serial}/message")
        return _ANSWERS[said]

    def remove_messages(self, serial: str, messages: Collection[str]) -> WalletAnswer:
        """ports.google.GoogleWallet.remove_messages."""
        said = self._mood("wallet.remove_messages", _CLASS_TROUBLES)
        if said in ("accepted", "time-out, done"):
            self.says[serial] = [each for each in self.says.get(serial, []) if each not in messages]
        return _ANSWERS[said]

    def save_link(self, face: CardFace, serial: str, *, level_class: str) -> str:
        """ports.google.GoogleWallet.save_link."""
        return f"https://pay.example/{serial}"

    def _notify(self, serial: str) -> None:
        recent = [at for at in self.notices.get(serial, []) if at > self.scheduler.now - _DAY]
        if len(recent) >= _QUOTA:
            self.overrun.add(serial)
        self.notices[serial] = [*recent, self.scheduler.now]

    def _mood(self, site: str, troubles: tuple[str, ...]) -> str:
        handler = self.scheduler.current
        assert handler is not None
        luck = handler.rng.random()
        is_bad = luck < _TROUBLE and not self.weather.is_calm()
        said = troubles[int(luck / _TROUBLE * len(troubles))] if is_bad else "accepted"
        self.weather.note(site, f"answers {said}")
        return said
