"""The link that saves a card: it names the object, which Google has already, and carries nothing else.

Source: developers.google.com/wallet/reference/rest/v1/Jwt and .../retail/loyalty-cards/use-cases/jwt.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.errors import Broken
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.services.ports import Clock

SAVE_URL = "https://pay.google.com/gp/v/save"
LONGEST = 1_800
"""Characters of a token: longer links are cut off by some browsers, Google says."""

_PAGE = "developers.google.com/wallet/generic/use-cases/jwt"


class SaveLinks:
    """Makes links in the name of a service account. `origins`: the pages that show the button."""

    def __init__(
        self, account: ServiceAccount, *, clock: Clock, origins: tuple[str, ...], save_url: str = SAVE_URL
    ) -> None:
        self._account = account
        self._clock = clock
        self._origins = origins
        self._save_url = save_url.rstrip("/")

    def link(self, object_id: str, class_id: str) -> str:
        """Where the owner of an object saves it. Raises Broken when it would be too long."""
        token = self.whole({"loyaltyObjects": [{"id": object_id, "classId": class_id}]})
        if len(token) > LONGEST:
            raise Broken("google_limit", field="save link", limit=LONGEST, page=_PAGE)
        return f"{self._save_url}/{token}"

    def whole(self, payload: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
        """A token around classes and objects, however long: Google can be asked about it, no phone follows it."""
        claims = {
            "iss": self._account.email,
            "aud": "google",
            "typ": "savetowallet",
            "iat": self._clock.now() // 1_000,
            "origins": self._origins,
            "payload": payload,
        }
        return self._account.signed(claims)
