"""One request as a page needs it. Every door of the front makes one, so nothing heavy is loaded here."""

from collections.abc import Mapping

import msgspec


class Visit(msgspec.Struct, frozen=True):
    """One request as a page needs it. `query`: the last value of each name; `sender`: the source address."""

    accept_language: str = ""
    accept: str = ""
    query: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    sender: str = ""
    user_agent: str = ""

    def language(self, languages: tuple[str, ...]) -> str:
        """An explicit choice, else what the browser asks for."""
        from chalicelib.web.language import choose  # noqa: PLC0415  # only pages are in a language

        return choose(self.accept_language, languages, asked=self.query.get("lang", ""))
