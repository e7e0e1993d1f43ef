"""The member's card: the page, and the same facts for programs."""

import enum
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Literal

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.cards.history import HistoryRow
from chalicelib.cards.reasons import Reason
from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.services.answer import Answer
from chalicelib.web.answer import as_json, page
from chalicelib.web.devices import InApp, Wallet, in_chrome
from chalicelib.web.drawing import draw, drawing
from chalicelib.web.holding import actions, links, others, places
from chalicelib.web.holding import said as shop_said
from chalicelib.web.join import is_email
from chalicelib.web.language import Speech, language_names
from chalicelib.web.symbols import qr


class Notice(enum.Enum):
    """What has just happened, said on the card page. The value can travel as ?note= after a redirect."""

    JOINED = "joined"
    CONFIRMED = "confirmed"
    MAIL_SENT = "mail_sent"
    CARD_SENT = "card_sent"
    REPLACED = "replaced"
    LEFT = "left"
    FAREWELL_SENT = "farewell_sent"
    MAIL_NOT_SENT = "mail_not_sent"
    TOO_MANY_MAILS = "too_many_mails"
    CODE_MISSING = "code_missing"
    WRONG_CODE = "wrong_code"
    CODE_EXPIRED = "code_expired"
    TOO_MANY_TRIES = "too_many_tries"
    JOINING_PAUSED = "joining_paused"

    @property
    def status(self) -> int:
        """HTTP status of the page that says it."""
        match self:
            case Notice.JOINED | Notice.CONFIRMED | Notice.MAIL_SENT:
                return 200
            case Notice.CARD_SENT | Notice.REPLACED | Notice.LEFT | Notice.FAREWELL_SENT:
                return 200
            case Notice.CODE_MISSING | Notice.WRONG_CODE | Notice.CODE_EXPIRED:
                return 422
            case Notice.JOINING_PAUSED:
                return 409
            case Notice.TOO_MANY_MAILS | Notice.TOO_MANY_TRIES:
                return 429
            case Notice.MAIL_NOT_SENT:
                return 503

    @property
    def is_about_code(self) -> bool:
        """Said beside the code's field rather than above the page."""
        about = (Notice.CODE_MISSING, Notice.WRONG_CODE, Notice.CODE_EXPIRED, Notice.TOO_MANY_TRIES)
        return self in (*about, Notice.JOINING_PAUSED)


_NOTES = {notice.value: notice for notice in Notice}


def notice(note: str) -> Notice | None:
    """The notice of a ?note= in an address; None for anything else."""
    return _NOTES.get(note)


class Line(msgspec.Struct, frozen=True):
    """One line of the history: when, what, why in plain words, and the signed points; 0 when none came or went."""

    at: Instant
    text: str
    points: int
    reason: str = ""


_ORDERS = ("earned", "taken_back", "redeemed", "restored", "corrected")
"""What can be about an order with a name."""


def told(row: HistoryRow, why: Reason, speech: Speech) -> Line:
    """A row of the history as the card says it. The number stands beside it, or in the words when nothing is gained."""
    if not row.points and row.what != "taken_back":
        return Line(row.at, why.what, 0, _capital(why.why))
    about = ".order" if row.name and row.what in _ORDERS else ""
    return Line(row.at, speech.say(f"history.{row.what}{about}", order=row.name), row.points, _capital(why.why))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


Felt = Literal["earning", "redeeming"]
"""What somebody who has a card feels of a pause."""


class CardView(msgspec.Struct, frozen=True):
    """A card as its holder sees it.

    card: the secret of the link, as it stands in /c/{card}      history: newest first, in the reader's language
    unproved: the address that waits for its code, "" when nothing does      is_proved: letters reach its owner
    logo, strip: addresses of pictures, or empty      icon: of the card on a home screen, or empty
    wallets: those that the reader's device can have      hint: the app in whose browser none can be reached
    paused: what stands still for now, of what a member would notice on a card
    """

    card: str
    face: CardFace
    history: tuple[Line, ...]
    unproved: str = ""
    logo: str = ""
    wallets: tuple[Wallet, ...] = ("apple",)
    is_proved: bool = False
    strip: str = ""
    icon: str = ""
    hint: InApp | None = None
    paused: tuple[Felt, ...] = ()


class _Row(msgspec.Struct, frozen=True):
    points: str
    is_gain: bool
    text: str
    reason: str


class _Day(msgspec.Struct, frozen=True):
    name: str
    iso: str
    rows: list[_Row]


def card_json(view: CardView) -> Answer:
    """GET /c/{card} with Accept: application/json.

    {"points", "pending", "tier", "next_expiry": {"points", "date"} | null, "history": [{"date", "text", "reason",
    "points"}]}; dates are local days (ISO 8601), an expiry's date is the last day on which the points can be used.
    With several currencies there is also "balances": {currency: {"points", "pending"}}, the shown one first; with
    stamp cards "stamps": {currency: {"filled", "size", "full"}}; while something stands still "paused": ["earning"].
    """
    face = view.face
    speech = Speech("en", face.time_zone)
    ending = _last_day(face, speech)
    stamps = {each.currency: {"filled": each.filled, "size": each.size, "full": each.full} for each in face.stamps}
    several = {each.currency: {"points": each.points, "pending": each.pending} for each in face.balances}
    return as_json(
        {
            "points": face.points,
            "pending": sum(part.points for part in face.arriving),
            "tier": face.tier,
            "next_expiry": {"points": ending[0], "date": ending[1]} if ending else None,
            "history": [
                {
                    "date": speech.local_date(line.at),
                    "text": line.text,
                    "reason": line.reason,
                    "points": line.points,
                }
                for line in view.history
            ],
        }
        | ({"balances": several} if several else {})
        | ({"stamps": stamps} if stamps else {})
        | ({"paused": list(view.paused)} if view.paused else {})
    )


def card_page(view: CardView, language: str, *, now: Instant, said: Notice | None = None, status: int = 200) -> Answer:
    """GET /c/{card}, and the answer to a form on it when something has to be said.

    A notice that came by redirect (?note=) keeps 200; an answer to POST gives `said.status`.
    """
    face = view.face
    speech = Speech(language, face.time_zone)
    today = speech.local_date(now)
    card = drawing(face, speech, logo=view.logo, strip=view.strip)
    home = f"/c/{view.card}"
    return page(
        "card.html",
        speech,
        status=status,
        face=face,
        as_of=speech.moment(now),
        as_of_iso=speech.iso(now),
        icon=view.icon,
        hint=None if face.is_void else view.hint,
        chrome=in_chrome(face.card_url),
        message=shop_said(face, speech),
        links=links(face, speech),
        actions=[] if face.is_void else actions(face, speech),
        places=[] if face.is_void else places(face, speech),
        others=[] if face.is_void else others(face, speech),
        contact_is_mail=is_email(face.contact),
        card=card,
        drawn=draw(card),
        doorway=qr(face.card_url, label=speech.say("card.continue.code")),
        arriving=[] if face.is_void else _arriving(face, speech, today),
        ending=None if face.is_void else _ending(face, speech, today),
        warning="" if face.is_void else _warning(face, speech, today),
        perks=[] if face.is_void else _perks(face, speech),
        stamps=[] if face.is_void else [card.told(speech.language) for card in face.stamps],
        history=_by_day(view.history, speech, today),
        says=_says(face, speech),
        unproved="" if face.is_void else view.unproved,
        is_proved=view.is_proved,
        said=said,
        paused=() if face.is_void else view.paused,
        names=language_names(face.languages),
        home=home,
        wallets=view.wallets,
        program_home=f"/p/{face.program}",
    )


def _perks(face: CardFace, speech: Speech) -> list[str]:
    return [face.own_words(name, speech.language) or speech.perk(name) for name in face.perks]


def _says(face: CardFace, speech: Speech) -> str:
    points = speech.points(face.points, face.names)
    return (
        speech.say("card.says.tier", points=points, tier=face.tier)
        if face.tier
        else speech.say("card.says", points=points)
    )


def _arriving(face: CardFace, speech: Speech, today: date) -> list[tuple[str, str]]:
    """(points, day) of what is on the way, soonest first; what has no day yet comes last."""
    parts = sorted(face.arriving, key=lambda part: NEVER if part.at is None else part.at)
    return [
        (
            speech.points(part.points, face.names),
            speech.say("card.arriving.later")
            if part.at is None or part.at >= NEVER
            else speech.say("card.arriving.on", day=speech.day(speech.local_date(part.at), today=today)),
        )
        for part in parts
    ]


def _last_day(face: CardFace, speech: Speech) -> tuple[int, date] | None:
    """Points that end next and the last day on which they can be used."""
    ending = face.next_ending
    if ending is None or ending.ends >= NEVER:
        return None
    return ending.points, speech.local_date(ending.ends - 1)


def _ending(face: CardFace, speech: Speech, today: date) -> tuple[str, str] | None:
    ending = _last_day(face, speech)
    if ending is None:
        return None
    points, day = ending
    return speech.points(points, face.names), speech.say("card.ending.on", day=speech.day(day, today=today))


def _warning(face: CardFace, speech: Speech, today: date) -> str:
    """A sentence when the time has come to say it; the last day stands among the facts all the time."""
    ending = _last_day(face, speech)
    if ending is None or not face.is_ending_soon:
        return ""
    points, day = ending
    return speech.say("card.ending.soon", points=speech.points(points, face.names), day=speech.day(day, today=today))


def _by_day(lines: Sequence[Line], speech: Speech, today: date) -> list[_Day]:
    """The lines under their local days, in the order in which they come."""
    return [
        _Day(speech.day(day, today=today), day.isoformat(), [_row(line, speech) for line in those])
        for day, those in groupby(lines, key=lambda line: speech.local_date(line.at))
    ]


def _row(line: Line, speech: Speech) -> _Row:
    return _Row(
        points=speech.signed(line.points) if line.points else "",
        is_gain=line.points > 0,
        text=line.text,
        reason=line.reason,
    )
