"""A place for secrets, in memory."""

from collections.abc import Callable

from chalicelib.errors import Broken

SECRET = "pointpass-dev-apple"


class Vaultful:
    """place.SecretStore in memory. `spoils`: what becomes of a text on its way in."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.spoils: Callable[[str], str] = str

    def fetch(self, name: str) -> str:
        if name not in self.texts:
            raise Broken("secret_missing", name=name)
        return self.texts[name]

    def keep(self, name: str, text: str) -> None:
        spoils, self.spoils = self.spoils, str
        self.texts[name] = spoils(text)
