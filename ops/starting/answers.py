"""A definition from a template and six answers, checked by the same reader and lint as any other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.money import exponent
from chalicelib.programs.finding import Finding
from chalicelib.programs.lint import lint
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.values import Unclear, money_code, percent
from chalicelib.programs.wording import form

LANGUAGES = ("en", "ru")
"""Those in which terms are written."""

_FOLDER = Path(__file__).parent / "templates"
_PARTS = frozenset({"head", "foot", "points"})
_FILES = Environment(  # noqa: S701  # YAML, not HTML: `text` quotes what people typed
    loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
)
_LOW = frozenset(
    {"AMD", "ARS", "CLP", "COP", "CRC", "CZK", "HUF", "IDR", "INR", "ISK", "JPY", "KGS", "KRW", "KZT", "LKR"}
    | {"NGN", "PHP", "PKR", "PYG", "RSD", "RUB", "THB", "TWD", "TZS", "UAH", "UGX", "UZS", "VND"}
)
"""Money of which one unit buys little: a point is worth a whole unit, and counts for every hundred."""

_FORMS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "points": {
        "en": {"one": "point", "other": "points"},
        "ru": {"one": "балл", "few": "балла", "many": "баллов", "other": "балла"},
    },
    "stamps": {
        "en": {"one": "stamp", "other": "stamps"},
        "ru": {"one": "штамп", "few": "штампа", "many": "штампов", "other": "штампа"},
    },
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "drink": {"en": "A free drink", "ru": "Напиток в подарок"},
    "purchase": {"en": "every purchase", "ru": "каждая покупка"},
    "cashback": {"en": "cashback", "ru": "кешбэк"},
    "review": {"en": "a review", "ru": "отзыв"},
}
_MOST_BACK = Fraction(30, 100)


@dataclass(frozen=True, slots=True)
class Answers:
    """What is asked. `back`: the share of a purchase that comes back; `size`: stamps of a full card."""

    program: str
    business: str = "My Shop"
    contact: str = "hello@example.com"
    money: str = "EUR"
    zone: str = "Europe/Berlin"
    languages: Sequence[str] = LANGUAGES
    back: str = "5%"
    size: int = 10

    @property
    def privacy(self) -> str:
        """The likely address of the privacy notice: on the same domain as the address people write to."""
        if self.contact.startswith("https://"):
            return f"{self.contact.rstrip('/')}/privacy"
        return f"https://{self.contact.rpartition('@')[2]}/privacy"


def templates() -> list[str]:
    """Their names."""
    return sorted(file.stem for file in _FOLDER.glob("*.yaml") if file.stem not in _PARTS)


def asks_for_size(template: str) -> bool:
    """Is the last question how many stamps fill a card, and not how much comes back?"""
    return "{{ size }}" in (_FOLDER / f"{template}.yaml").read_text(encoding="utf-8")


def written(template: str, answers: Answers) -> str:
    """The file. Raises Unclear for money or a share that is none."""
    share = percent(answers.back)
    if not 0 < share <= _MOST_BACK:
        raise Unclear("a share above 0% and up to 30% such as 5%")
    if not 2 <= answers.size <= 100:
        raise Unclear("2 to 100 stamps")
    money = money_code(answers.money)
    per_hundred = share * 100
    unit = 100 if money in _LOW or not exponent(money) else 1
    filled = _FILES.get_template(f"{template}.yaml").render(
        **{name: getattr(answers, name) for name in ("program", "business", "contact", "privacy", "zone", "size")},
        money=money,
        languages=list(answers.languages),
        back=answers.back.replace(" ", ""),
        back_points=per_hundred.numerator,
        step=f"{per_hundred.denominator * unit} {money}",
        worth=f"{'1' if unit == 100 else '0.01'} {money}",
        silver=f"{300 * unit} {money}",
        gold=f"{1000 * unit} {money}",
        drink=f"{6 * unit} {money}",
        text=_quoted,
        count=lambda number, kind: _counted(number, kind, answers.languages[0]),
        forms=_forms,
        word=lambda key, language=answers.languages[0]: _WORDS[key][language],
    )
    return "\n".join(line.rstrip() for line in filled.splitlines()) + "\n"


def objections(template: str, answers: Answers) -> list[Finding]:
    """What reader and lint object to in the file; nothing, if the answers are good. A note is no objection."""
    file = f"{answers.program}.yaml"
    try:
        found = lint(read(written(template, answers), file=file), file=file)
        return [each for each in found if each.weight != "note"]
    except DefinitionError as err:
        return list(err.findings)


def objection(template: str, answers: Answers, asked: str, value: Any) -> str:
    """Why `value` cannot be the answer to one question; "" for a good one."""
    changed = replace(answers, **{asked: value})
    try:
        found = objections(template, changed)
    except Unclear as err:
        return f"expected {err.expected}" + (f". Did you mean {err.nearest}?" if err.nearest else "")
    said = next(iter(found), None)
    return "" if said is None else f"{said.message}. {said.suggestion}".strip()


def _counted(number: int, kind: str, language: str) -> str:
    """ "5 points", "1 балл"."""
    return f"{number} {form(_FORMS[kind][language], number, language)}"


def _forms(kind: str, language: str) -> str:
    """All forms of a name on one line of YAML."""
    return "{" + ", ".join(f"{number}: {name}" for number, name in _FORMS[kind][language].items()) + "}"


def _quoted(value: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    return yaml.safe_dump(value, allow_unicode=True, width=10_000, default_style=None).removesuffix("...\n").strip()
