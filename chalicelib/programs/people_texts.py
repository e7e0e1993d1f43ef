"""Sections of the terms about what members do for each other and for the program: friends, and their opinion."""

from collections.abc import Callable, Mapping

from chalicelib.programs import wording
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.limits import Limit
from chalicelib.programs.referral import REFERRED

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "friends": "Bringing friends",
        "order": "What decides is the friend's first order after coming with the code.",
        "order_later": "What decides is this order of the friend after coming with the code: no. {number}.",
        "min_order": "Only orders of at least {money} count.",
        "kept": "Orders that go back do not count, and points that they brought go back as well.",
        "after": "These points can be used {length} after that order.",
        "most": "Friends that bring you points in a calendar month, at most: {count}.",
        "new": "A friend is a member without any order so far. Nobody can bring themselves.",
        "held": "Where a payment card or a device is used by both, somebody of the shop looks first.",
        "one_level": "Friends of friends bring nothing.",
        "partners": "Partners",
        "take_part": "These take part, too: {names}.",
        "own_rules": "{name} gives points by these rules: {rules}.",
        "pays": "{name} pays for {share} of the points of “{rule}”.",
        "household": "Households",
        "together": "Members of a household use their points together: those that end first go first.",
        "so_many": "A household has at most so many members: {count}.",
        "leaves": "Who leaves a household keeps what is left of their own points.",
        "opinion": "Your opinion",
        "replace": "If you answer again within {length} whether you would recommend us, the new answer counts.",
    },
    "ru": {
        "friends": "Друзья",
        "order": "Решает первый заказ друга после того, как он пришёл с кодом.",
        "order_later": "Решает заказ друга после того, как он пришёл с кодом: № {number}.",
        "min_order": "Учитываются только заказы от {money}.",
        "kept": "Возвращённые заказы не учитываются, и баллы за них списываются.",
        "after": "Эти баллы можно использовать через {length} после такого заказа.",
        "most": "Сколько друзей за календарный месяц приносят вам баллы, не больше: {count}.",
        "new": "Друг — это участник, у которого ещё нет заказов. Привести самого себя нельзя.",
        "held": "Если платёжная карта или устройство общие, сначала решает сотрудник магазина.",
        "one_level": "За друзей ваших друзей баллы не начисляются.",
        "partners": "Партнёры",
        "take_part": "В программе участвуют и другие: {names}.",
        "own_rules": "{name} начисляет баллы по правилам: {rules}.",
        "pays": "{name} оплачивает {share} баллов по правилу «{rule}».",
        "household": "Семейные группы",
        "together": "Участники группы тратят баллы вместе: первыми списываются те, что раньше сгорят.",
        "so_many": "Сколько участников может быть в группе, не больше: {count}.",
        "leaves": "Тот, кто выходит из группы, сохраняет остаток своих баллов.",
        "opinion": "Ваше мнение",
        "replace": "Если ответить ещё раз, порекомендуете ли вы нас, раньше чем через {length}, "
        "учитывается новый ответ.",
    },
}


def people_sections(
    definition: Definition, language: str, money: Callable[[int], str], *, is_for_owner: bool
) -> list[tuple[str, list[str]]]:
    """Titles and their sentences; nothing of what the program does not have."""
    phrases = _PHRASES[language]
    sections = [
        (phrases["friends"], _friends(definition, language, money)),
        (phrases["partners"], _partners(definition, language, is_for_owner=is_for_owner)),
    ]
    if definition.households is not None:
        count = wording.number(definition.households.members, language)
        lines = [phrases["together"], phrases["so_many"].format(count=count), phrases["leaves"]]
        sections.append((phrases["household"], lines))
    if definition.nps is not None:
        length = wording.length(Duration(definition.nps.replace_days, "day"), language)
        sections.append((phrases["opinion"], [phrases["replace"].format(length=length)]))
    return [section for section in sections if section[1]]


def _friends(definition: Definition, language: str, money: Callable[[int], str]) -> list[str]:
    terms, phrases = definition.referral, _PHRASES[language]
    if terms is None:
        return []
    lines = [phrases["order"] if terms.on_order == 1 else phrases["order_later"].format(number=terms.on_order)]
    if terms.min_order:
        lines.append(phrases["min_order"].format(money=money(terms.min_order)))
    if terms.after is not None:
        lines.append(phrases["after"].format(length=wording.length(terms.after, language)))
    for rule in definition.earn.activities:
        if rule.activity == REFERRED and isinstance(rule.limit, Limit):
            count = wording.number(rule.limit.most // rule.give.points, language)
            lines.append(phrases["most"].format(count=count))
    return [*lines, *(phrases[key] for key in ("kept", "new", "held", "one_level"))]


def _partners(definition: Definition, language: str, *, is_for_owner: bool) -> list[str]:
    phrases = _PHRASES[language]
    if not definition.partners:
        return []
    lines = [phrases["take_part"].format(names=", ".join(partner.name for partner in definition.partners))]
    for partner in definition.partners:
        if partner.own:
            lines.append(phrases["own_rules"].format(name=partner.name, rules=", ".join(partner.own)))
        if is_for_owner:
            for rule, part in partner.pays.items():
                told = wording.share(part, language)
                lines.append(phrases["pays"].format(name=partner.name, share=told, rule=rule))
    return lines
