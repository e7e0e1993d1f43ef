"""Sentences about activities, in every language we write: part of the terms, and of the history's reasons.

Each activity says what points are given for, and what it counts once for.
"""

from collections.abc import Callable, Mapping

from chalicelib.programs import wording
from chalicelib.programs.definition import ActivityRule, Definition
from chalicelib.programs.referral import JOINED, REFERRED

_EN: Mapping[str, tuple[str, str]] = {
    "review.created": ("for a review", "for each thing reviewed"),
    "survey.completed": ("for a survey", "for each survey"),
    "nps.answered": ("for telling us whether you would recommend us", "for each time we ask"),
    "link.shared": ("for sharing a link", "for each link"),
    "app.installed": ("for installing our app", "for each app"),
    "profile.filled": ("for filling in your profile", "for each part of it"),
    "visit.checked_in": ("for checking in", "for each place"),
    "vote.cast": ("for a vote", "for each vote"),
    "contest.entered": ("for entering a contest", "for each contest"),
    "event.attended": ("for coming to an event", "for each event"),
    "webinar.attended": ("for watching a webinar", "for each webinar"),
    "newsletter.joined": ("for subscribing to our newsletter", "for each newsletter"),
    "charity.helped": ("for a good deed", "for each good deed"),
    "card.reloaded": ("for topping up your card", "for each top-up"),
    REFERRED: ("for a friend who came with your code", "for each friend"),
    JOINED: ("for coming with a friend's code", "for each friend"),
}
_RU: Mapping[str, tuple[str, str]] = {
    "review.created": ("за отзыв", "за каждый товар"),
    "survey.completed": ("за опрос", "за каждый опрос"),
    "nps.answered": ("за ответ на вопрос, порекомендуете ли вы нас", "за каждый такой вопрос"),
    "link.shared": ("за ссылку, которой вы поделились", "за каждую ссылку"),
    "app.installed": ("за установку нашего приложения", "за каждое приложение"),
    "profile.filled": ("за заполнение профиля", "за каждую его часть"),
    "visit.checked_in": ("за отметку о посещении", "за каждое место"),
    "vote.cast": ("за участие в голосовании", "за каждое голосование"),
    "contest.entered": ("за участие в конкурсе", "за каждый конкурс"),
    "event.attended": ("за посещение мероприятия", "за каждое мероприятие"),
    "webinar.attended": ("за участие в вебинаре", "за каждый вебинар"),
    "newsletter.joined": ("за подписку на рассылку", "за каждую рассылку"),
    "charity.helped": ("за доброе дело", "за каждое доброе дело"),
    "card.reloaded": ("за пополнение карты", "за каждое пополнение"),
    REFERRED: ("за друга, который пришёл с вашим кодом", "за каждого друга"),
    JOINED: ("за то, что вы пришли с кодом друга", "за каждого друга"),
}
_KNOWN: Mapping[str, Mapping[str, tuple[str, str]]] = {"en": _EN, "ru": _RU}

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "rule": "{says}: {points}, {once}.",
        "object": "once {each}",
        "member": "once only",
        "day": "once a day",
        "week": "once a week, Monday to Sunday",
        "month": "once a calendar month",
        "min_length": "It must be at least this long: {letters}.",
        "min_amount": "At least at once: {money}.",
        "undone": "If what you did is undone or deleted, its points are taken back.",
    },
    "ru": {
        "rule": "{says}: {points}, {once}.",
        "object": "один раз {each}",
        "member": "только один раз",
        "day": "один раз в день",
        "week": "один раз в неделю, с понедельника по воскресенье",
        "month": "один раз в календарный месяц",
        "min_length": "Минимальная длина текста: {letters}.",
        "min_amount": "Минимальная сумма за один раз: {money}.",
        "undone": "Если то, за что начислены баллы, отменено или удалено, они списываются.",
    },
}
_LETTERS: wording.Forms = {
    "en": {"one": "letter", "other": "letters"},
    "ru": {"one": "знак", "few": "знака", "many": "знаков", "other": "знака"},
}


def says(definition: Definition, activity: str, language: str) -> str:
    """What points are given for, as in "20 beans for a review"."""
    return _words(definition, activity, language)[0]


def activity_line(definition: Definition, rule: ActivityRule, language: str, points: str) -> str:
    """What a rule gives, in one sentence. `points`: in words."""
    phrases, (for_what, each) = _PHRASES[language], _words(definition, rule.activity, language)
    once = phrases[rule.once_per].format(each=each)
    return phrases["rule"].format(says=for_what[:1].upper() + for_what[1:], points=points, once=once)


def activity_lines(
    definition: Definition, rule: ActivityRule, language: str, points: str, money: Callable[[int], str]
) -> list[str]:
    """What a rule gives, with its small print."""
    phrases = _PHRASES[language]
    lines = [activity_line(definition, rule, language, points)]
    if rule.min_length:
        letters = wording.points(_LETTERS, rule.min_length, language)
        lines.append(phrases["min_length"].format(letters=letters))
    if rule.min_amount:
        lines.append(phrases["min_amount"].format(money=money(rule.min_amount)))
    return lines


def undone_lines(definition: Definition, language: str) -> list[str]:
    """What becomes of points when an activity is taken back; nothing where none is rewarded. Friends have their own."""
    is_said = any(rule.activity not in (REFERRED, JOINED) for rule in definition.earn.activities)
    return [_PHRASES[language]["undone"]] if is_said else []


def _words(definition: Definition, activity: str, language: str) -> tuple[str, str]:
    for own in definition.activities:
        if own.key == activity:
            spoken = language if language in own.says else next(iter(own.says))
            return own.says[spoken], own.each[spoken]
    return _KNOWN[language][activity]
