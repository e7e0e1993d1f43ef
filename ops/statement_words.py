"""Headings of a statement."""

from collections.abc import Mapping

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "kind": "kind",
        "day": "day",
        "what": "what happened",
        "reason": "why",
        "points": "points",
        "usable": "to use",
        "coming": "on the way",
        "held": "set aside",
        "owed": "owed",
        "level": "level",
        "opening": "Before",
        "closing": "After",
    },
    "ru": {
        "kind": "вид",
        "day": "день",
        "what": "что произошло",
        "reason": "почему",
        "points": "баллы",
        "usable": "можно тратить",
        "coming": "в пути",
        "held": "отложено",
        "owed": "долг",
        "level": "уровень",
        "opening": "До этого",
        "closing": "После этого",
    },
}
