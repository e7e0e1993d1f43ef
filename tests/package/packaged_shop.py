"""What people and their shop do at the packaged doors: buy, join, prove an address, look at the card."""

import itertools
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from packaged_cloud import PROGRAM, PackagedCloud

from chalicelib.passes.apple.authentication import token_of
from chalicelib.services.keys import SCOPES
from chalicelib.services.ports import Card
from ops.laptop.shopify_books import Buyer
from ops.laptop.shopify_sender import Signed

WAIT_SECONDS = 30.0
DAY = 86_400_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_ids = itertools.count(920_982_911_946_154_508, 1_000_003)


def now() -> int:
    return time.time_ns() // 1_000_000


def new_id() -> int:
    return next(_ids)


def buyer(name: str) -> Buyer:
    return Buyer(new_id(), f"{name}@example.com", None, name.title(), "Ozola")


def deliver(cloud: PackagedCloud, signed: Signed) -> int:
    """The status of the answer."""
    return cloud.ask("POST", f"/hooks/{PROGRAM}/shop", signed.body, **signed.headers).status


def form(cloud: PackagedCloud, address: str, **fields: str) -> str:
    """Send a form that is answered with another address: that one, without what it says."""
    answer = cloud.ask("POST", address, urlencode(fields).encode(), **FORM)
    assert answer.status == 303, answer.body.decode()
    return answer.headers["location"].partition("?")[0]


def join(cloud: PackagedCloud, person: Buyer, program: str = PROGRAM, **more: str) -> str:
    """The address of the new card."""
    fields = {"email": person.email, "name": "", "language": "en", "consent": "yes"}
    return form(cloud, f"/p/{program}/join", **fields, **more)


def prove(cloud: PackagedCloud, card: str, person: Buyer) -> None:
    """Type the code of the mail."""
    (letter,) = letters(cloud, person)
    assert form(cloud, f"{card}/proof", code=code_in(letter)) == card


def letters(cloud: PackagedCloud, person: Buyer) -> list[str]:
    """What a person was written, the oldest first."""
    return [letter["text"] for letter in cloud.outbox.letters() if letter["to"] == person.email]


def code_in(letter: str) -> str:
    return next(word for word in letter.split() if len(word) == 6 and word.isdigit())


def link_in(letter: str) -> str:
    """The address in a letter, without its host."""
    found = re.search(r"https://[^/\s]+(/\S+)", letter)
    assert found is not None, letter
    return found[1]


def shown(cloud: PackagedCloud, card: str) -> Any:
    """What the card's page shows, as facts."""
    return json.loads(cloud.ask("GET", card, Accept="application/json").body)


def points(cloud: PackagedCloud, card: str) -> int:
    return int(shown(cloud, card)["points"])


def stored(cloud: PackagedCloud, card: str) -> Card:
    found = cloud.house.enrolment.card(card.rpartition("/")[2])
    assert found is not None
    return found


def serial(cloud: PackagedCloud, card: str) -> str:
    return stored(cloud, card).serial


def authorization(cloud: PackagedCloud, card: str) -> dict[str, str]:
    token = token_of(cloud.house.adapters.token_key, serial(cloud, card))
    return {"Authorization": f"ApplePass {token}"}


def register(cloud: PackagedCloud, card: str, token: str, pass_type: str) -> str:
    """A phone that holds the card's pass: the address of its registration."""
    address = f"/apple/v1/devices/{token[:8]}/registrations/{pass_type}/{serial(cloud, card)}"
    body = json.dumps({"pushToken": token}).encode()
    answer = cloud.ask("POST", address, body, Content_Type="application/json", **authorization(cloud, card))
    assert answer.status == 201
    return address


def till(cloud: PackagedCloud, slug: str = PROGRAM) -> Callable[..., Any]:
    """A till of a program with a key for everything: calls the stores' API and reads its answer."""
    program = cloud.house.adapters.programs.program(slug)
    assert program is not None
    key = cloud.house.keys.create(program, "till", SCOPES)

    def told(method: str, address: str, body: Mapping[str, object] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        raw = None if body is None else json.dumps(body).encode()
        answer = cloud.ask(method, f"/v1/programs/{slug}{address}", raw, **headers)
        assert answer.status == 200, answer.body.decode()
        return json.loads(answer.body)

    return told


def credit(cloud: PackagedCloud, card: str, amount: int) -> None:
    """A till gives points."""
    account, program = stored(cloud, card).account, stored(cloud, card).program
    till(cloud, program)("POST", "/adjustments", {"member": account, "points": amount, "reason": "a cold cup"})


def wait_until(holds: Callable[[], Any], why: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"it did not happen {why()}"
        time.sleep(0.05)
