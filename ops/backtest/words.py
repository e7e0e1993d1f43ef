"""What a report says, in English and Russian. Braces are filled by `telling`."""

import json
from collections.abc import Mapping
from pathlib import Path

from chalicelib.programs.wording import Forms

MEMBERS: Forms = {
    "en": {"one": "member", "other": "members"},
    "ru": {"one": "участник", "few": "участника", "other": "участников"},
}
ROWS: Forms = {
    "en": {"one": "row", "other": "rows"},
    "ru": {"one": "строка", "few": "строки", "other": "строк"},
}
MONTHS: Forms = {
    "en": {"one": "month", "other": "months"},
    "ru": {"one": "месяце", "other": "месяцах"},
}

WORDS: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
"""By language and key."""
