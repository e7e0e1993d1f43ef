"""No secret, address, token, code or link ever stands in a log, whatever goes wrong."""

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from gateway import event, reply
from stand_ins import Wrapped
from test_front_door import PAGES
from whole_house import ANNA, PASS_TYPE, PROGRAM, SECRET, TOKEN_KEY, inserted, sqs_event, stream_event, town

import app as front
from chalicelib.bootstrap.lines import JsonLines
from chalicelib.errors import Broken, TryAgain
from chalicelib.passes.apple.authentication import token_of
from chalicelib.services.ports import PushAnswer, PushReaction
from ops.laptop.shopify_books import Item

CANARY = "canary-7f3a9c"
EMAIL = f"{CANARY}@example.com"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Everything(logging.Handler):
    """All that any logger is told, with every argument, fact and traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._plain, self._json = logging.Formatter("%(message)s"), JsonLines()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self._plain.format(record))
        self.lines.append(repr(record.__dict__))
        if isinstance(record.msg, str) and record.name.startswith("chalicelib"):
            self.lines.append(self._json.format(record))


@pytest.fixture
def log() -> Iterator[Everything]:
    heard = Everything()
    loggers = [logging.getLogger(name) for name in ("", "chalicelib", "pointpass")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(heard)
        logger.setLevel(logging.DEBUG)
    yield heard
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(heard)
        logger.setLevel(level)


def test_the_ear_hears_what_is_said(log: Everything) -> None:
    logging.getLogger("chalicelib.web").error("event", extra={"facts": {"who": CANARY}})
    logging.getLogger("anything").debug("%s", CANARY)
    assert sum(CANARY in line for line in log.lines) >= 3


def _asked(method: str, path: str) -> dict[str, Any]:
    """A request with a canary in every place a client can fill."""
    names = dict.fromkeys(("card", "token", "device", "serial", "name"), CANARY)
    names |= {"program": PROGRAM, "connection": "shop", "pass_type": PASS_TYPE}
    if path.startswith("/proof"):
        names["token"] = f"{PROGRAM}.{CANARY}"
    form = urlencode({"email": EMAIL, "name": CANARY, "code": "123456", "language": "en", "consent": "yes"}).encode()
    body = {"POST": form if path.startswith(("/p/", "/c/", "/proof")) else f'{{"pushToken":"{CANARY}"}}'.encode()}.get(
        method
    )
    headers = (FORM if body == form else JSON) | {
        "Authorization": f"ApplePass {CANARY}",
        "Cookie": CANARY,
        "X-Shopify-Hmac-Sha256": CANARY,
        "Accept-Language": CANARY,
        "If-None-Match": CANARY,
    }
    return event(method, path, names, query=f"note={CANARY}&lang={CANARY}", headers=headers, body=body)


PLACES = [(method, path) for path, methods in PAGES.items() for method in sorted(methods)]


class Exploding:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"{CANARY} in the error's own text")


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_error_with_a_secret_in_its_text(
    monkeypatch: pytest.MonkeyPatch, log: Everything, method: str, path: str
) -> None:
    monkeypatch.setattr(front, "house", Exploding)
    answer = reply(front.app(_asked(method, path), None))
    assert not [line for line in log.lines if CANARY in line]
    assert CANARY.encode() not in answer.body or answer.status == 200


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_every_route_as_it_is(monkeypatch: pytest.MonkeyPatch, log: Everything, method: str, path: str) -> None:
    here = town()
    monkeypatch.setattr(front, "house", lambda: here.house)
    front.app(_asked(method, path), None)
    assert not [line for line in log.lines if CANARY in line]


STORES = ("ledger", "members", "cards", "views", "programs", "inbox", "deferred", "pushes", "mailer", "pusher")
ERRORS: dict[str, Callable[[], Exception]] = {
    "a bug": lambda: KeyError(CANARY),
    "a library": lambda: OSError(f"cannot reach {CANARY}"),
    "a neighbour": lambda: TryAgain("throttled"),
    "our fault": lambda: Broken("broken_inside"),
}


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_a_day_of_a_member_with_a_store_that_fails(
    monkeypatch: pytest.MonkeyPatch, log: Everything, store: str, error: Callable[[], Exception]
) -> None:
    is_failing = False

    def through(name: str, call: Callable[[], Any]) -> Any:
        if is_failing:
            raise error()
        return call()

    here = town(around={store: through})
    monkeypatch.setattr(front, "house", lambda: here.house)
    buyer = type(ANNA)(ANNA.id, EMAIL, "+37120000077", CANARY, CANARY)
    link = here.join(EMAIL)
    letter = here.mail.letters[-1]
    here.adds_to_wallet(link, CANARY)
    order = here.shop.order(buyer, [Item(CANARY, 4599)])
    signed = here.shop.paid(order)
    serial = here.card(link).serial
    token = token_of(TOKEN_KEY, serial)
    here.buys(buyer, 1000)
    (entry,) = here.entries(here.account(buyer))
    secrets = [CANARY, EMAIL, link, letter.code, letter.token, token, SECRET, "+37120000077"]
    log.lines.clear()
    is_failing = True
    code = urlencode({"code": letter.code}).encode()
    card, hook = {"card": link}, {"program": PROGRAM, "connection": "shop"}
    device = {"device": CANARY, "pass_type": PASS_TYPE, "serial": serial}
    phone = {"Authorization": f"ApplePass {token}"}
    registrations = "/apple/v1/devices/{device}/registrations/{pass_type}"
    for asked in (
        event("POST", "/hooks/{program}/{connection}", hook, headers=signed.headers, body=signed.body),
        event(
            "POST",
            "/p/{program}/join",
            {"program": PROGRAM},
            headers=FORM,
            body=urlencode({"email": EMAIL, "consent": "yes"}).encode(),
        ),
        event("GET", "/c/{card}", card),
        event("GET", "/c/{card}/apple", card),
        event("POST", "/c/{card}/mail", card, headers=FORM, body=b""),
        event("POST", "/c/{card}/proof", card, headers=FORM, body=code),
        event("GET", "/proof/{token}", {"token": letter.token}),
        event("POST", "/proof/{token}", {"token": letter.token}, headers=FORM, body=b""),
        event(
            "POST",
            registrations + "/{serial}",
            device,
            headers=JSON | phone,
            body=json.dumps({"pushToken": CANARY}).encode(),
        ),
        event("GET", registrations, device, query="passesUpdatedSince=0"),
        event("GET", "/apple/v1/passes/{pass_type}/{serial}", device, headers=phone),
    ):
        answer = reply(front.app(asked, None))
        assert answer.status in (200, 201, 204, 303, 401, 404, 410, 422, 429, 500, 503)
    for handler, batch in (
        (front.on_journal, stream_event(inserted(entry))),
        (front.on_deferred, sqs_event([{"program": PROGRAM, "connection": "shop", "key": "k"}])),
        (front.on_cards, sqs_event([{"serial": serial, "attempt": 0}])),
    ):
        with contextlib.suppress(KeyError, OSError, Broken):  # what Lambda takes as "repeat"
            handler(batch, None)
    told = [(secret, line) for line in log.lines for secret in secrets if secret in line]
    assert told == []


def test_a_good_day_leaves_no_secret_either(log: Everything) -> None:
    here = town()
    buyer = type(ANNA)(ANNA.id, EMAIL, "+37120000077", CANARY, CANARY)
    link = here.member(buyer)
    letter = here.mail.letters[-1]
    here.adds_to_wallet(link, CANARY)
    here.pusher.answers[f"token-{CANARY}"] = PushAnswer(PushReaction.STOP, "TopicDisallowed")
    here.clock.forward(60_000)
    order = here.buys(buyer, 4599)
    here.follow()
    here.deliver(here.shop.refunded(order))
    here.deliver(here.shop.data_asked(buyer))
    here.deliver(here.shop.erasure_asked(buyer))
    here.deliver(here.shop.sign("orders/paid", f'{{"email":"{EMAIL}"}}'.encode()))
    here.work_off_deferred()
    assert len(log.lines) > 10
    secrets = [CANARY, EMAIL, link, letter.code, letter.token, SECRET, "+37120000077"]
    assert [(secret, line) for line in log.lines for secret in secrets if secret in line] == []
    facts = [str(facts) for _, facts in here.alarm.raised]
    assert not [fact for fact in facts for secret in secrets if secret in fact]


def test_wrapped_ports_are_what_the_house_uses() -> None:
    """Otherwise the tests above would watch nothing."""
    here = town(around={"ledger": lambda name, call: call()})
    assert isinstance(here.own.ledger, Wrapped)
    assert here.house.recorder.ledger is here.own.ledger
