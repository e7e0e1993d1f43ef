"""The words on a pass in every language of its program.

A label in pass.json is the text in the member's language; the same text is the key in each pass.strings. A reader
that knows no pass.strings therefore still shows words. Numbers, tiers and dates are values and are never looked up.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from babel.dates import format_date

from chalicelib.cards.face import CardFace, CurrencyNames
from chalicelib.programs import wording

WORD_JOINER = "\u2060"
"""Invisible. Appended to a text that must not be found under another text's key."""

_ENGLISH = {
    "description": "Loyalty card",
    "points": "{Points}",
    "points_changed": "{Points} now: %@",
    "tier": "Level",
    "tier_changed": "Your level is now: %@",
    "progress": "Next level",
    "ending_day": "Some expire after",
    "ending_points": "{Points} that expire after that day",
    "warning": "Expires soon",
    "warned": "Expires soon: %@",
    "arriving": "On the way",
    "arriving_day": "The first of them arrive",
    "perks": "Your benefits",
    "stamps": "Your stamps",
    "message": "News",
    "message_changed": "%@",
    "test": "Test card",
    "test_notice": "This is a test card. Its points have no value.",
    "ended": "Membership ended",
    "card": "Your card, history and terms",
    "contact": "Questions? Write to us",
    "privacy": "How your data is used",
}

_RUSSIAN = {
    "description": "Карта лояльности",
    "points": "{Points}",
    "points_changed": "Теперь {points}: %@",
    "tier": "Уровень",
    "tier_changed": "Ваш уровень теперь: %@",
    "progress": "Следующий уровень",
    "ending_day": "Часть сгорит после",
    "ending_points": "Столько {points} сгорит после этого дня",
    "warning": "Скоро сгорит",
    "warned": "Скоро сгорит: %@",
    "arriving": "Скоро на карте",
    "arriving_day": "Первые придут",
    "perks": "Ваши привилегии",
    "stamps": "Ваши штампы",
    "message": "Новости",
    "message_changed": "%@",
    "test": "Пробная карта",
    "test_notice": "Это пробная карта. Её баллы ничего не стоят.",
    "ended": "Участие завершено",
    "card": "Ваша карта, история и правила",
    "contact": "Вопросы? Напишите нам",
    "privacy": "Как мы обращаемся с данными",
}

_TEXTS = {"en": _ENGLISH, "ru": _RUSSIAN}

_LINKS = {
    "en": {
        "site": "Website",
        "shop": "Shop",
        "menu": "Menu",
        "phone": "Phone",
        "mail": "E-mail",
        "chat": "Chat",
        "map": "How to find us",
        "instagram": "Instagram",
        "telegram": "Telegram",
        "vk": "VK",
        "other": "Link",
    },
    "ru": {
        "site": "Сайт",
        "shop": "Магазин",
        "menu": "Меню",
        "phone": "Телефон",
        "mail": "Почта",
        "chat": "Чат",
        "map": "Как нас найти",
        "instagram": "Instagram",
        "telegram": "Telegram",
        "vk": "ВКонтакте",
        "other": "Ссылка",
    },
}

_WARNINGS = {"en": "{points}, last day: {day}", "ru": "{points}, последний день: {day}"}

_PERKS = {
    "en": {
        "free_delivery": "Free delivery",
        "free_returns": "Free returns",
        "early_access": "Early access",
        "priority_service": "Priority service",
    },
    "ru": {
        "free_delivery": "Бесплатная доставка",
        "free_returns": "Бесплатный возврат",
        "early_access": "Ранний доступ",
        "priority_service": "Обслуживание без очереди",
    },
}

_MESSAGES = ("points_changed", "tier_changed", "warned", "message_changed")

_MANY = frozenset({"be", "pl", "ru", "uk"})
"""Languages in which a hundred is "many" (CLDR plural rules); everywhere else here it is "other"."""


class Words(msgspec.Struct, frozen=True):
    """What the labels say.

    own: by id in the member's language      tables: by language, own text -> text      labels: all of the own texts
    """

    own: Mapping[str, str]
    tables: Mapping[str, Mapping[str, str]]
    labels: frozenset[str]

    @property
    def messages(self) -> tuple[str, ...]:
        """Those that say what changed, and hold the place of the new value."""
        return tuple(self.own[name] for name in _MESSAGES)

    def value(self, text: str) -> str:
        """`text` as a value that no phone mistakes for one of the labels."""
        return text + WORD_JOINER if text in self.labels else text


OwnTexts = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Texts of the program's own by id, each by language: in a shape that a cache can compare."""


def own_texts(face: CardFace) -> OwnTexts:
    """What a program calls its card, its links, its other currencies, and what it says near its places."""
    texts: dict[str, Mapping[str, str]] = {}
    if face.card_names:
        texts["description"] = face.card_names
    for number, link in enumerate(face.links):
        texts[f"link_{number}"] = link.words or {language: names[link.kind] for language, names in _LINKS.items()}
    for number, place in enumerate(face.places):
        if place.words:
            texts[f"place_{number}"] = place.words
    for balance in face.balances[1:]:
        named = {language: points_name(balance.names, (), language) for language in (*balance.names.forms, "en")}
        texts[f"balance_{balance.currency}"] = {language: _capital(name) for language, name in named.items()}
    return tuple((name, tuple(each.items())) for name, each in texts.items())


def words(names: CurrencyNames, languages: Sequence[str], language: str, texts: OwnTexts = ()) -> Words:
    """The words of a program whose default language comes first, for a member who reads `language`.

    English is always among the tables, because a phone without a matching table picks any of them.
    """
    own: dict[str, str] = {}
    for name, text in _in_language(names, languages, language, texts).items():
        unique = text
        while unique in own.values():
            unique += WORD_JOINER
        own[name] = unique
    tables = {
        each: {own[name]: text for name, text in _in_language(names, languages, each, texts).items()}
        for each in sorted({*languages, language, "en", "ru"})
    }
    return Words(own, tables, frozenset(own.values()))


def _in_language(names: CurrencyNames, languages: Sequence[str], language: str, texts: OwnTexts) -> dict[str, str]:
    usual = _TEXTS[_spoken(language)]
    points = points_name(names, languages, language)
    capital = _capital(points)
    said = {name: text.replace("{Points}", capital).replace("{points}", points) for name, text in usual.items()}
    for name, pairs in texts:
        by_language = dict(pairs)
        sought = (language, language.partition("-")[0], *languages, "en")
        told = next((by_language[each] for each in sought if each in by_language), pairs[0][1])
        # In a text that a phone formats, these two signs are the place of a value.
        said[name] = told.replace("%@", f"%{WORD_JOINER}@")
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def perk_name(perk: str, language: str) -> str:
    """A perk of the program in words; one without words of its own as its name reads."""
    return _PERKS[_spoken(language)].get(perk) or perk.replace("_", " ").capitalize()


def warning_text(points: int, names: CurrencyNames, day: date, language: str) -> str:
    """What ends soon, as a value in the member's language: "40 beans, last day: 30 November 2027"."""
    spoken = _spoken(language)
    # "English" days as most of the world writes them ("30 November"), not the American order.
    said = format_date(day, "long", locale="en_GB" if spoken == "en" else spoken)
    return _WARNINGS[spoken].format(points=wording.points(names.forms, points, language), day=said)


def _spoken(language: str) -> str:
    """The language we have texts in that comes nearest: "ru" for "ru-RU", "en" for all others."""
    base = language.partition("-")[0]
    return base if base in _TEXTS else "en"


def points_name(names: CurrencyNames, languages: Sequence[str], language: str) -> str:
    """What the points are called beside a number: "beans", "зёрен"; the default language's name for lack of one."""
    for each in (language, language.partition("-")[0], *languages, "en"):
        forms = names.forms.get(each)
        if forms:
            form = "many" if each.partition("-")[0] in _MANY else "other"
            return forms.get(form) or forms.get("other") or next(iter(forms.values()))
    return "points"
