"""Everything the pages and letters say, by language and key. Every language has the same keys."""

from collections.abc import Mapping

from chalicelib.web.texts.en import EN
from chalicelib.web.texts.ru import RU

TEXTS: Mapping[str, Mapping[str, str]] = {"en": EN, "ru": RU}
