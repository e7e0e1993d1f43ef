"""The card's settings in words for the program's owner, in every language we write."""

from collections.abc import Iterator, Mapping

from chalicelib.programs.card import CardLook, Place
from chalicelib.programs.titles import title

_SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "colours": "Card: background {background}, text {text}, labels {label}.",
        "name": "Name of the card: {name}.",
        "no_name": "The card has no name of its own.",
        "logo": "Logo: {path}.",
        "no_logo": "The card has no logo.",
        "icon": "Icon: {path}.",
        "artwork": "Picture of a poster card: {path}.",
        "strip_none": "Nothing lies behind the points.",
        "strip_picture": "Behind the points lies a picture: {path}.",
        "strip_stamps": "Behind the points stamps are drawn: {shape}, {colour}.",
        "strip_progress": "Behind the points the way to the next level is drawn.",
        "front": "Beside the points: {fields}.",
        "no_front": "Nothing stands beside the points.",
        "barcode": "The till reads: {barcode}.",
        "rotates": "The code changes every minute where the wallet can do that.",
        "levels": "Background by level: {levels}.",
        "level_classes": "At Google every level is a class of its own.",
        "links": "On the back: {links}.",
        "actions": "Buttons: {actions}.",
        "places": "The phone suggests the card here: {places}.",
    },
    "ru": {
        "colours": "Карта: фон {background}, текст {text}, подписи {label}.",
        "name": "Название карты: {name}.",
        "no_name": "Своего названия у карты нет.",
        "logo": "Логотип: {path}.",
        "no_logo": "Логотипа на карте нет.",
        "icon": "Значок: {path}.",
        "artwork": "Картинка для карты-плаката: {path}.",
        "strip_none": "Под баллами ничего не нарисовано.",
        "strip_picture": "Под баллами картинка: {path}.",
        "strip_stamps": "Под баллами нарисованы штампы: {shape}, {colour}.",
        "strip_progress": "Под баллами нарисован путь к следующему уровню.",
        "front": "Рядом с баллами: {fields}.",
        "no_front": "Рядом с баллами ничего нет.",
        "barcode": "Касса считывает: {barcode}.",
        "rotates": "Код меняется каждую минуту, если кошелёк это умеет.",
        "levels": "Фон по уровням: {levels}.",
        "level_classes": "У Google для каждого уровня свой класс карт.",
        "links": "На обороте: {links}.",
        "actions": "Кнопки: {actions}.",
        "places": "Телефон предлагает карту здесь: {places}.",
    },
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "tier": "level",
        "progress": "way to the next level",
        "ending": "points that end",
        "arriving": "points on the way",
        "stamps": "stamp cards",
        "others": "other balances",
        "site": "website",
        "phone": "phone",
        "mail": "e-mail",
        "vk": "VK",
        "add_to_balance": "top up",
    },
    "ru": {
        "tier": "уровень",
        "progress": "путь к следующему уровню",
        "ending": "сгорающие баллы",
        "arriving": "баллы в пути",
        "stamps": "карты со штампами",
        "others": "другие балансы",
        "cup": "чашка",
        "star": "звезда",
        "heart": "сердце",
        "circle": "круг",
        "flower": "цветок",
        "scissors": "ножницы",
        "leaf": "лист",
        "bag": "сумка",
        "site": "сайт",
        "shop": "магазин",
        "menu": "меню",
        "phone": "телефон",
        "mail": "почта",
        "chat": "чат",
        "map": "карта проезда",
        "instagram": "Instagram",
        "telegram": "Telegram",
        "vk": "ВКонтакте",
        "benefits": "преимущества",
        "offers": "предложения",
        "add_to_balance": "пополнить",
        "order": "заказать",
        "call": "позвонить",
        "book": "записаться",
    },
}
_BARCODES: Mapping[str, str] = {
    "qr": "QR",
    "aztec": "Aztec",
    "pdf417": "PDF417",
    "code128": "Code 128",
    "code39": "Code 39",
    "codabar": "Codabar",
    "ean13": "EAN-13",
    "i2of5": "Interleaved 2 of 5",
}
_MILLION = 1_000_000


def card_lines(card: CardLook, language: str) -> list[str]:
    """Everything the card shows, a line each, in a language we write."""
    said = _SAID[language]
    return [said[key].format(**parts) for key, parts in (*_looks(card, language), *_contents(card, language))]


def _looks(card: CardLook, language: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "colours", {"background": card.background, "text": card.text, "label": card.label}
    yield ("name", {"name": title(card.names, language)}) if card.names else ("no_name", {})
    pictures = card.pictures
    yield ("logo", {"path": pictures.logo}) if pictures.logo else ("no_logo", {})
    for key, path in (("icon", pictures.icon), ("artwork", pictures.artwork)):
        if path:
            yield key, {"path": path}
    shape = {"shape": _word(card.stamp, language), "colour": card.stamp_colour or card.label}
    yield f"strip_{card.strip}", {"path": pictures.strip, **shape}
    if card.level_colours:
        yield "levels", {"levels": ", ".join(f"{name} {colour}" for name, colour in card.level_colours.items())}
    if card.level_classes:
        yield "level_classes", {}


def _contents(card: CardLook, language: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    fields = ", ".join(_word(field, language) for field in card.front)
    yield ("front", {"fields": fields}) if fields else ("no_front", {})
    yield "barcode", {"barcode": _BARCODES[card.barcode]}
    if card.rotates:
        yield "rotates", {}
    if card.links:
        links = (f"{title(link.words, language) or _word(link.kind, language)} {link.address}" for link in card.links)
        yield "links", {"links": ", ".join(links)}
    if card.actions:
        actions = (f"{_word(action.kind, language)} {action.address}" for action in card.actions)
        yield "actions", {"actions": ", ".join(actions)}
    if card.places:
        yield "places", {"places": "; ".join(_place(place, language) for place in card.places)}


def _place(place: Place, language: str) -> str:
    words = title(place.words, language)
    where = f"{_degrees(place.latitude)}, {_degrees(place.longitude)}"
    return f"{where} ({words})" if words else where


def _degrees(millionths: int) -> str:
    whole, rest = divmod(abs(millionths), _MILLION)
    return f"{'-' if millionths < 0 else ''}{whole}.{rest:06}"


def _word(word: str, language: str) -> str:
    return _WORDS[language].get(word, word)
