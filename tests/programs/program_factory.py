"""Definitions and facts for tests: a good one each, spoiled or changed by one thing at a time."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from chalicelib.events import Amounts, OrderFacts
from chalicelib.ledger.documents import Pricing
from chalicelib.programs.definition import Definition
from chalicelib.programs.reading import read

GALLERY = Path(__file__).resolve().parents[2] / "programs"
BEAN_STREET = (GALLERY / "bean-street.yaml").read_text(encoding="utf-8")

MOSCOW = "Europe/Moscow"


def bean_street() -> Definition:
    """The demo program, as it is in the gallery."""
    return read(BEAN_STREET, file="bean-street.yaml")


def roubles(**blocks: object) -> Definition:
    """A shop in Moscow that gives 5% in points, each worth a rouble; blocks replace those of the file."""
    whole: dict[str, object] = {
        "program": "corner",
        "mode": "live",
        "business": {
            "name": "Corner",
            "legal_name": "Corner LLC",
            "contact": "hello@corner.example",
            "privacy": "https://corner.example/privacy",
        },
        "money": "RUB",
        "time_zone": MOSCOW,
        "languages": ["en", "ru"],
        "guests": "ignore",
        "currencies": {"points": points()},
        "earn": {"rules": [{"name": "shopping", "give": "5% as points"}]},
        "card": {"background": "#000000", "text": "#ffffff", "label": "#ffffff"},
    }
    kept = {key: value for key, value in {**whole, **blocks}.items() if value is not None}
    return read(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), file="corner.yaml")


def points(**keys: object) -> dict[str, object]:
    """A kind of points that is usable at once and does not expire."""
    names = {
        "en": {"one": "point", "other": "points"},
        "ru": {"one": "балл", "few": "балла", "many": "баллов", "other": "балла"},
    }
    return {"names": names, "worth": "1 RUB", "available": "at once", "expires": "never", **keys}


def rule(give: str, **keys: object) -> dict[str, object]:
    """An earn block with one rule."""
    return {"rules": [{"name": "shopping", "give": give, **keys}]}


def at(text: str, zone: str = MOSCOW) -> int:
    """Milliseconds since 1970 of a local wall time: "2026-03-05 00:00"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def paid(goods: int = 0, *, currency: str = "RUB", delivered_at: int | None = None, **parts: int) -> OrderFacts:
    """A paid order of 1 March 2026; amounts in minor units."""
    day = at("2026-03-01 12:00")
    return OrderFacts(
        changed_at=day,
        occurred_at=day,
        currency=currency,
        amounts=Amounts(goods=goods, **parts),
        is_paid=True,
        delivered_at=delivered_at,
    )


def pricing(tier: str = "", *, occurred_at: int | None = None, member_since: int = 0) -> Pricing:
    """The frozen context of that order."""
    when = at("2026-03-01 12:00") if occurred_at is None else occurred_at
    return Pricing(version="v1", tier=tier, occurred_at=when, member_since=member_since)
