"""What members are promised of changes, in every language we write."""

from collections.abc import Mapping

from chalicelib.programs import wording
from chalicelib.programs.durations import Duration

_SAID: Mapping[str, str] = {
    "en": "A change that makes points worth less or harder to use is published in advance. At least: {length}.",
    "ru": "Если из-за изменений баллы станут стоить меньше или их станет труднее потратить, это публикуется заранее."
    " Минимальный срок: {length}.",
}
_UNSAID: Mapping[str, str] = {
    "en": "Nothing is promised of changes, so no change can make points worth less or harder to use.",
    "ru": "О сроке предупреждения ничего не обещано, поэтому изменить правила во вред накопленным баллам нельзя.",
}


def notice_lines(notice_days: int | None, language: str, *, is_for_owner: bool) -> list[str]:
    """The promise, or for the owner what holds without one."""
    if notice_days is None:
        return [_UNSAID[language]] if is_for_owner else []
    return [_SAID[language].format(length=wording.period(Duration(notice_days, "day"), language))]
