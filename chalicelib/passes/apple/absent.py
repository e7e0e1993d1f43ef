"""A deployment without Apple Wallet: members have the page of their card, and phones find nothing here."""

from collections.abc import Mapping, Sequence

from chalicelib.services.answer import Answer
from chalicelib.services.ports import PushAnswer, PushReaction, Registration


class NoPhones:
    """ports.Pusher where no pass was ever signed. Registrations of an earlier time are kept for one to come."""

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, PushAnswer]:
        return {each.push_token: PushAnswer(PushReaction.STOP, "no_apple_wallet") for each in registrations}


class NoWebService:
    """In the place of webservice.WebService: every call of a phone is answered with 404."""

    def register(self, device: str, pass_type: str, serial: str, *, authorization: str | None, body: bytes) -> Answer:
        return Answer(404)

    def unregister(self, device: str, pass_type: str, serial: str, *, authorization: str | None) -> Answer:
        return Answer(404)

    def updates(self, device: str, pass_type: str, *, since: str | None) -> Answer:
        return Answer(404)

    def latest(
        self,
        pass_type: str,
        serial: str,
        *,
        authorization: str | None,
        if_modified_since: str | None,
        is_head: bool = False,
    ) -> Answer:
        return Answer(404)

    def log(self, body: bytes) -> Answer:
        return Answer(404)
