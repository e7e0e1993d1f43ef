"""The words on a card in Google Wallet. Google shows each in the phone's language, if it is among them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date

from chalicelib.cards.face import CurrencyNames
from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.programs import wording
from chalicelib.programs.texts import perk

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ENGLISH = {
    "card": "Loyalty card",
    "card_test": "TEST card",
    "code": "Card code",
    "tier": "Level",
    "logo": "{business} logo",
    "progress": "Next level",
    "progress_way": "{tier}: {reached} of {needed}",
    "owed": "Below zero",
    "owed_why": "Taken back after a refund. Your next purchase makes up for it.",
    "ending": "Next to expire",
    "ending_soon": "Expires soon",
    "ending_what": "{points}, last day: {day}",
    "arriving": "On the way",
    "arriving_on": "{points} from {day}",
    "arriving_later": "{points}, day not known yet",
    "perks": "Your benefits",
    "stamps": "Your stamps",
    "others": "Other balances",
    "test": "Test card",
    "test_notice": "This is a test card. Its points are for trying things out and have no value.",
    "ended": "This card is no longer valid",
    "ended_notice": "Your membership has ended, and no more points are counted.",
    "program": "How it works",
    "contact": "Write to us",
    "privacy": "Privacy",
    "link_site": "Website",
    "link_shop": "Shop",
    "link_menu": "Menu",
    "link_phone": "Call us",
    "link_mail": "E-mail",
    "link_chat": "Chat",
    "link_map": "Find us",
    "link_instagram": "Instagram",
    "link_telegram": "Telegram",
    "link_vk": "VK",
    "link_other": "More",
    "action_benefits": "Benefits",
    "action_offers": "Offers",
    "action_add_to_balance": "Top up",
    "action_shop": "Shop",
    "action_order": "Order",
    "action_call": "Call",
    "action_book": "Book",
}

_RUSSIAN = {
    "card": "Карта лояльности",
    "card_test": "ТЕСТОВАЯ карта",
    "code": "Код карты",
    "tier": "Уровень",
    "logo": "Логотип {business}",
    "progress": "Следующий уровень",
    "progress_way": "{tier}: {reached} / {needed}",
    "owed": "Баланс ниже нуля",
    "owed_why": "Списано после возврата. Следующая покупка покроет эту разницу.",
    "ending": "Сгорят первыми",
    "ending_soon": "Скоро сгорит",
    "ending_what": "{points}, последний день: {day}",
    "arriving": "Скоро начислим",
    "arriving_on": "{points} с {day}",
    "arriving_later": "{points}, день пока неизвестен",
    "perks": "Ваши привилегии",
    "stamps": "Ваши штампы",
    "others": "Другие балансы",
    "test": "Тестовая карта",
    "test_notice": "Это тестовая карта. Всё, что на ней накоплено, служит для проверки и ничего не стоит.",
    "ended": "Эта карта больше не действует",
    "ended_notice": "Вы больше не участвуете в программе, новые покупки не учитываются.",
    "program": "Как это работает",
    "contact": "Написать нам",
    "privacy": "Конфиденциальность",
    "link_site": "Сайт",
    "link_shop": "Магазин",
    "link_menu": "Меню",
    "link_phone": "Позвонить нам",
    "link_mail": "Почта",
    "link_chat": "Чат",
    "link_map": "Как нас найти",
    "link_instagram": "Instagram",
    "link_telegram": "Telegram",
    "link_vk": "ВКонтакте",
    "link_other": "Подробнее",
    "action_benefits": "Привилегии",
    "action_offers": "Предложения",
    "action_add_to_balance": "Пополнить",
    "action_shop": "В магазин",
    "action_order": "Заказать",
    "action_call": "Позвонить",
    "action_book": "Записаться",
}

TEXTS = {"en": _ENGLISH, "ru": _RUSSIAN}


class Speech(msgspec.Struct, frozen=True):
    """One of the languages we write. `time_zone`: where the program's days begin."""

    language: str
    time_zone: str

    def say(self, key: str, **words: str) -> str:
        return TEXTS[self.language][key].format(**words)

    def points(self, count: int, names: CurrencyNames) -> str:
        """ "5 зёрен"."""
        return wording.points(names.forms, count, self.language)

    def unit(self, count: int, names: CurrencyNames) -> str:
        """The points' name as a label over `count`: "Beans", "Зёрен"."""
        spoken = self.language if self.language in names.forms else next(iter(names.forms))
        name = wording.form(names.forms[spoken], count, spoken)
        return name[:1].upper() + name[1:]

    def number(self, count: int) -> str:
        return wording.number(count, self.language)

    def day(self, at: Instant) -> str:
        """The program's local day of an instant: "30 November 2027". Raises Broken for a zone nobody knows."""
        try:
            zone = ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as err:  # unknown, malformed, or a folder of the zone database
            raise Broken("time_zone_unknown") from err
        # "English" days as most of the world writes them ("30 November"), not the American order.
        locale = "en_GB" if self.language == "en" else self.language
        return str(format_date((_EPOCH + timedelta(milliseconds=at)).astimezone(zone).date(), "long", locale=locale))

    def perk(self, name: str) -> str:
        words = perk(name, self.language)
        return words[:1].upper() + words[1:]
