"""What single things of a program are called in each of its languages: rewards, vouchers, benefits."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.programs import wording
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear

Titles = Mapping[str, str]
"""A name by language: {"en": "A hot drink", "ru": "Горячий напиток"}."""

_LONGEST = 60


def read_titles(spot: Spot, languages: Sequence[str]) -> dict[str, str]:
    """{en: A hot drink, ru: Горячий напиток}; a program of one language may say just the name."""
    if spot.is_text() and len(languages) == 1:
        return {languages[0]: _title(spot)}
    block = Block(spot, languages, f"the name in each language, such as {{{languages[0] if languages else 'en'}: ...}}")
    return {language: block.required(language, _title, "") for language in block.fields}


def read_key(key: str) -> str:
    """The short name of a thing, by which it is called in requests. Raises Unclear."""
    if not (key.isascii() and key.replace("-", "").isalnum() and key == key.lower() and len(key) <= 40):
        raise Unclear("a short name of small letters, digits and hyphens such as hot-drink", found=key)
    return key


def title(titles: Titles, language: str) -> str:
    """The name in a language, or in the first one there is."""
    return titles.get(language) or next(iter(titles.values()), "")


def missing_titles(titles: Titles, languages: Sequence[str]) -> Iterator[str]:
    """Names of the languages, in English, in which the thing has no name."""
    for language in languages:
        if language not in titles:
            yield wording.language_name(language, "en")


def _title(spot: Spot) -> str:
    text = spot.text()
    if len(text) > _LONGEST:
        raise Unclear(f"a name of at most {_LONGEST} characters")
    return text
