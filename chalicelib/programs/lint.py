"""What a readable definition still gets wrong: gaps, broken promises, missing words, a costly shape."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from babel import Locale

from chalicelib.money import exponent
from chalicelib.programs import wording
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import After, Currency, Definition, Fixed, Inactivity
from chalicelib.programs.entry_size import crowded_entry_bytes, usual_entry_bytes
from chalicelib.programs.finding import Finding
from chalicelib.programs.limits import MOST_LIMITS, Budget, Limit
from chalicelib.programs.lint_activities import lint_activities
from chalicelib.programs.lint_card import lint_card
from chalicelib.programs.lint_membership import lint_membership
from chalicelib.programs.lint_offers import lint_offers
from chalicelib.programs.lint_orders import lint_orders, share_back
from chalicelib.programs.lint_partners import lint_partners
from chalicelib.programs.lint_people import lint_people
from chalicelib.programs.lint_tiers import lint_tiers
from chalicelib.programs.lint_welcome import lint_welcome
from chalicelib.programs.lots import available_at, expires_at
from chalicelib.programs.noting import Note as _Note
from chalicelib.programs.paying import Pay
from chalicelib.programs.phrases import PHRASES
from chalicelib.programs.tiers import FromEntry, RollingWindow
from chalicelib.programs.warning import warned_from

_AIM_BYTES = 1024
_MOST_BYTES = 2048
_MOST_BYTES_BY_DAY = 4096


def lint(definition: Definition, *, file: str) -> list[Finding]:
    """Everything worth mending, in the file's order. Errors must be mended before publishing; warnings need not."""
    checks = (
        _languages,
        _currencies,
        _rules,
        _limits,
        _rates,
        lint_tiers,
        _paying,
        lint_card,
        _size,
        lint_activities,
        lint_people,
        lint_partners,
        lint_offers,
        lint_orders,
        lint_membership,
        lint_welcome,
    )
    found = [note.finding(definition, file) for check in checks for note in check(definition)]
    return sorted(found, key=lambda finding: finding.line)


# --- words --------------------------------------------------------------------------------------------------------


def _languages(definition: Definition) -> Iterator[_Note]:
    for index, code in enumerate(definition.languages):
        if code not in PHRASES:
            name = wording.language_name(code, "en")
            message = f"terms are not written in {name}; people who read {name} get another language"
            yield _Note(f"languages[{index}]", message, "Leave the language out, or keep it for the names.", "warning")
    yield from _repeated("languages", list(definition.languages), "language")


def _currencies(definition: Definition) -> Iterator[_Note]:
    given = {rule.give.currency for rule in definition.earn.rules}
    for currency in definition.currencies:
        path = f"currencies.{currency.key}"
        yield from _names(definition, currency, f"{path}.names")
        if currency.key not in given:
            yield _Note(path, "no rule gives these points", "Add a rule that gives them, or leave them out.")
        yield from _life(definition, currency, f"{path}.expires")
        yield from _warning(definition, currency, f"{path}.expires.warn")
        yield from _giving_up(currency, f"{path}.available.give_up")


def _names(definition: Definition, currency: Currency, path: str) -> Iterator[_Note]:
    for language in definition.languages:
        needed = [*sorted(Locale.parse(language).plural_form.tags), "other"]
        forms = currency.names.get(language)
        name = wording.language_name(language, "en")
        if forms is None:
            yield _Note(path, f"the name in {name} is missing", f"Add {language} with: {', '.join(needed)}.")
        elif missing := [form for form in needed if form not in forms]:
            message = f"{name} counts with more forms; missing: {', '.join(missing)}"
            yield _Note(f"{path}.{language}", message, f"Give all of: {', '.join(needed)}.")


def _life(definition: Definition, currency: Currency, path: str) -> Iterator[_Note]:
    """Points must be usable before they end, on whatever day of two years they are earned."""
    calendar = ZoneCalendar(definition.time_zone)
    for month in range(24):
        earned = calendar.start(date(2027 + month // 12, month % 12 + 1, 1))
        ends = expires_at(currency.expires, calendar, earned_at=earned, member_since=earned)
        usable = available_at(currency.available, calendar, earned_at=earned, delivered_at=earned)
        if usable is not None and usable >= ends:
            message = "points end before they can be used"
            yield _Note(path, message, "Let them live longer, or release them earlier.")
            return


def _warning(definition: Definition, currency: Currency, path: str) -> Iterator[_Note]:
    """A warning must come after the points do."""
    calendar = ZoneCalendar(definition.time_zone)
    for month in range(24):
        earned = calendar.start(date(2027 + month // 12, month % 12 + 1, 1))
        ends = expires_at(currency.expires, calendar, earned_at=earned, member_since=earned)
        told = warned_from(definition, currency.key, ends)
        if told is not None and told <= earned:
            message = "members are told that points end before they have them"
            yield _Note(path, message, "Tell them later, or let the points live longer.")
            return


def _giving_up(currency: Currency, path: str) -> Iterator[_Note]:
    waits = currency.available
    if isinstance(waits, After) and waits.give_up is not None and isinstance(currency.expires, Inactivity):
        message = "points that live as long as their owner is active cannot give up waiting for a delivery"
        yield _Note(path, message, "Let each lot live for a time of its own, or leave this key out.")


# --- rules and tiers ----------------------------------------------------------------------------------------------


def _rules(definition: Definition) -> Iterator[_Note]:
    names = [rule.name for rule in definition.earn.rules]
    yield from _repeated("earn.rules", names, "name", ".name")
    for index, rule in enumerate(definition.earn.rules):
        most = getattr(rule, "at_most", None)
        if isinstance(rule.give, Fixed) and most is not None and most < rule.give.points:
            path = f"earn.rules[{index}].at_most"
            yield _Note(path, "the limit is below what the rule gives each time", "Raise the limit or leave it out.")


def _limits(definition: Definition) -> Iterator[_Note]:
    spanning = [(index, rule) for index, rule in enumerate(definition.earn.rules) if rule.limit is not None]
    if len(spanning) > MOST_LIMITS:
        message = (
            f"{len(spanning)} rules have a budget or a limit for a length of time, at most {MOST_LIMITS} are possible"
        )
        yield _Note("earn.rules", message, "Join rules, or leave limits out: each of them makes every order slower.")
    for index, rule in spanning:
        path, most = f"earn.rules[{index}]", getattr(rule, "at_most", None)
        match rule.limit:
            case Limit(points):
                key, what = "at_most", "the limit"
            case Budget(points):
                key, what = "budget", "the budget"
        if isinstance(rule.give, Fixed) and points < rule.give.points:
            message = f"{what} is below what the rule gives each time"
            yield _Note(f"{path}.{key}", message, f"Raise {what} or leave it out.")
        if most is not None and most >= points:
            message = f"the limit for one order is not below {what}, so it changes nothing"
            yield _Note(f"{path}.at_most", message, "Lower it or leave it out.")


def _rates(definition: Definition) -> Iterator[_Note]:
    for code, rates in definition.takes.items():
        for index, (early, late) in enumerate(pairwise(rates), start=1):
            if late.since <= early.since:
                message = f"{late.since} does not come after {early.since}: a day has one rate"
                yield _Note(f"takes.{code}[{index}].from", message, "List the rates from old to new, each day once.")


def _repeated(path: str, names: list[str], what: str, key: str = "") -> Iterator[_Note]:
    """A note at each but the first of equal names."""
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield _Note(f"{path}[{index}]{key}", f'the {what} "{name}" is used twice', "Use each only once.")


# --- paying, cost -------------------------------------------------------------------------------------------------


def _paying(definition: Definition) -> Iterator[_Note]:
    if definition.refunds.when_spent == "net against refund":
        for currency in definition.currencies:
            if currency.worth is None:
                message = "refunds are reduced by what these points are worth, but nothing says what that is"
                yield _Note(f"currencies.{currency.key}", message, f"Add a worth such as 0.05 {definition.money}.")
    pay = definition.pay
    if pay is None:
        return
    currency = definition.currency(pay.currency)
    if currency.worth is None and pay.rate is not None:
        return
    if currency.worth is None:
        message = "points pay, but nothing says what one is worth"
        yield _Note(f"currencies.{pay.currency}", message, f"Add a worth such as 0.05 {definition.money}.")
        return
    least = currency.worth * pay.min_points
    if least < 1:
        message = "the fewest points that can be used are worth less than the smallest coin"
        yield _Note("redeem.pay.min", message, "Raise the fewest points or their worth.")
    yield from _piling_up(definition, currency, pay)


def _piling_up(definition: Definition, currency: Currency, pay: Pay) -> Iterator[_Note]:
    """On each level, points must be able to pay for the share of a purchase that its rules give back."""
    levels = definition.tiers.levels if definition.tiers is not None else ()
    standing = [(level.name, level.multiply) for level in levels] or [("", Fraction(1))]
    found = [(_given_back(definition, currency, name, times), pay.share(name)) for name, times in standing]
    back, most = max(found, key=lambda pair: pair[0] - pair[1])
    if back > most:
        shares = (wording.share(share, "en") for share in (back, most))
        message = "members earn up to {} of what they spend but can use only {}: points pile up".format(*shares)
        yield _Note("redeem.pay", message, "Let points pay for more, or give fewer.", "warning")


def _given_back(definition: Definition, currency: Currency, level: str, times: Fraction) -> Fraction:
    """The largest share of a purchase that its rules give back in points on a level."""
    unit = Fraction(10 ** exponent(definition.money))
    return share_back(definition, currency.key, level) * times * (currency.worth or 0) / unit


def _size(definition: Definition) -> Iterator[_Note]:
    tiers = definition.tiers
    window = tiers.window if tiers else None
    is_by_day = isinstance(window, RollingWindow | FromEntry) and window.grain == "day"
    size, usual = crowded_entry_bytes(definition), usual_entry_bytes(definition)
    most = _MOST_BYTES_BY_DAY if is_by_day else _MOST_BYTES
    path = "tiers.window" if is_by_day else "currencies"
    message = "an account can grow to {:,} bytes for each purchase"
    if size > most:
        said = f"{message.format(size)}, at most {most:,} are possible"
        yield _Note(path, said, "Count by month, or let points end together.")
    elif usual > _AIM_BYTES:
        suggestion = f"Above {_AIM_BYTES:,} bytes each purchase costs more; count by month to save."
        yield _Note(path, message.format(usual), suggestion, "note")
