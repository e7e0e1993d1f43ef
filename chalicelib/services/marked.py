"""Texts that we have marked: whoever shows one has it from us, and nothing had to be stored for it."""

import base64
import hmac
import re

import msgspec

from chalicelib.services.ports import Vault

_SHAPE = re.compile(r"([A-Za-z0-9_-]{1,400})\.([0-9a-f]{64})")


class Marked(msgspec.Struct, frozen=True):
    """One kind of them. `begins`: how each begins; `purpose`: of the vault's key, which nothing else is marked by."""

    vault: Vault
    begins: str
    purpose: str

    def token(self, *said: str | int) -> str:
        """Parts without "|" as one text to show."""
        spelled = base64.urlsafe_b64encode("|".join(map(str, said)).encode()).rstrip(b"=").decode()
        return f"{self.begins}{spelled}.{self.vault.mark(self.purpose, spelled)}"

    def is_one(self, text: str) -> bool:
        """Does it look like one? Whether we have marked it is another question."""
        return text.startswith(self.begins)

    def read(self, token: str) -> tuple[str, ...]:
        """The parts that it says; none for one that we have not marked."""
        match = _SHAPE.fullmatch(token.removeprefix(self.begins)) if self.is_one(token) else None
        spelled, shown = match.groups() if match else ("", "")
        if not hmac.compare_digest(self.vault.mark(self.purpose, spelled), shown) or not match:
            return ()
        return tuple(base64.urlsafe_b64decode(spelled + "=" * (-len(spelled) % 4)).decode().split("|"))
