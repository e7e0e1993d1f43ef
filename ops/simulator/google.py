"""Google Wallet, as far as the services can tell: what it was told last, and its bad days."""

from dataclasses import dataclass, field

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.events import Instant
from chalicelib.services.ports.google import WalletAnswer, WalletReaction
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
_OBJECT_TROUBLES = ("no class", "silenced", *_CLASS_TROUBLES)
_TROUBLE = 0.12


@dataclass(slots=True)
class SimulatedGoogle:
    """ports.google.GoogleWallet. `shows`: digest of the face of each card; `notices`: when its owner was notified.

    overrun: cards whose owners were to be notified more often than Google allows
    """

    scheduler: Scheduler
    weather: Weather
    shows: dict[str, str] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    notices: dict[str, list[Instant]] = field(default_factory=dict)
    overrun: set[str] = field(default_factory=set)

    def class_face(self, face: CardFace) -> str:
        """ports.google.GoogleWallet.class_face."""
        return digest(f"{face.program}/{face.business}/{face.look}".encode())

    def put_class(self, face: CardFace, *, is_known: bool) -> WalletAnswer:
        """ports.google.GoogleWallet.put_class."""
        said = self._mood("wallet.put_class", _CLASS_TROUBLES)
        if said in ("accepted", "time-out, done"):
            self.classes.add(face.program)
        return _ANSWERS[said]

    def put_object(self, face: CardFace, serial: str, *, is_known: bool, is_notice: bool) -> WalletAnswer:
        """ports.google.GoogleWallet.put_object."""
        said = self._mood("wallet.put_object", _OBJECT_TROUBLES)
        if said == "no class":
            self.classes.discard(face.program)
        if face.program not in self.classes:
            return _ANSWERS["no class"]
        if said in ("accepted", "silenced", "time-out, done"):
            self.shows[serial] = digest(msgspec.json.encode(face))
            if is_notice:
                self._notify(serial)
        return _ANSWERS[said]

    def save_link(self, face: CardFace, serial: str) -> str:
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
