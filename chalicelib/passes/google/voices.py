"""Texts in all languages that can be on the phone."""

from collections.abc import Callable, Mapping

from chalicelib.cards.face import CardFace
from chalicelib.passes.google.resources import LocalizedString, TranslatedString
from chalicelib.passes.google.texts import TEXTS, Speech


class Voices:
    """The languages of a face that we write. `first`: the default; else the program's first one."""

    def __init__(self, face: CardFace, *, first: str = "") -> None:
        wished = [first, *face.languages, *TEXTS]
        codes = dict.fromkeys(code for code in wished if code in TEXTS)
        self._voices = [Speech(code, face.time_zone) for code in codes]

    def each(self, say: Callable[[Speech], str]) -> LocalizedString:
        first, *others = (TranslatedString(voice.language, say(voice)) for voice in self._voices)
        return LocalizedString(first, tuple(others))

    def all(self, key: str, **words: str) -> LocalizedString:
        return self.each(lambda voice: voice.say(key, **words))

    def own(self, words: Mapping[str, str], key: str) -> LocalizedString:
        """The program's own words, in every language that it has them in; the usual ones for lack of any."""
        if not words:
            return self.all(key)
        spoken = [voice.language for voice in self._voices]
        wished = [*spoken, *(language for language in words if language not in spoken)]
        known = [language for language in wished if language in words]
        first, *others = (TranslatedString(language, words[language]) for language in known)
        return LocalizedString(first, tuple(others))
