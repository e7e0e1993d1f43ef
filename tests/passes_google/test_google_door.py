"""The button that saves a card, and what Google tells us, from address to stored state."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from google_room import CARD, Room, room_with
from google_samples import CODES, OBJECT_ID, PROGRAM, SERIAL, Google, issuer

from chalicelib.errors import LoyaltyError, TryAgain, Untrusted
from chalicelib.passes.google.callbacks import Callbacks
from chalicelib.passes.google.door import GoogleDoor
from chalicelib.passes.google.keys import RootKeys
from chalicelib.passes.google.preflight import Preflight
from ops.laptop.google import Prescribed
from ops.laptop.google_papers import Notary


@dataclass
class Entrance:
    """Our two addresses, one of them on a real port that the stand-in calls."""

    door: GoogleDoor
    room: Room
    google: Google
    statuses: list[int]


@pytest.fixture
def entrance(google: Google) -> Iterator[Entrance]:
    statuses: list[int] = []

    class Front(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status = door.callback(self.path.rpartition("/")[2], body).status
            except LoyaltyError as err:
                status = 401 if isinstance(err, Untrusted) else 503
            statuses.append(status)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Front)
    base_url = f"http://127.0.0.1:{server.server_address[1]}"
    room = room_with(google.wallet(callback_url=lambda program: f"{base_url}/google/callback/{program}"), google.clock)
    keys = RootKeys(google.service.keys_url, clock=google.clock)
    preflights = Preflight(google.client(), issuer(), google.links(), CODES)
    door = GoogleDoor(room.refresh, Callbacks(issuer(), keys, google.clock), preflights)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield Entrance(door, room, google, statuses)
    server.shutdown()
    thread.join()
    server.server_close()
    keys.close()


def test_the_button_leads_to_google_and_is_not_remembered(entrance: Entrance) -> None:
    answer = entrance.door.save(CARD)

    assert answer.status == 302
    assert answer.headers["Location"].startswith(entrance.google.service.save_url)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_when_google_is_busy_the_button_asks_to_come_again(entrance: Entrance) -> None:
    entrance.google.service.answers.append(Prescribed("*", "*", 503))

    with pytest.raises(TryAgain):
        entrance.door.save(CARD)


def test_saving_and_deleting_are_told_and_believed(entrance: Entrance) -> None:
    httpx.get(entrance.door.save(CARD).headers["Location"], trust_env=False)
    assert entrance.room.state.is_saved

    entrance.google.service.tokens.granted.clear()
    entrance.google.clock.forward(1)
    entrance.google.service.delete(OBJECT_ID)
    assert (entrance.room.state.is_saved, entrance.room.state.is_gone) == (False, True)
    assert entrance.statuses == [200, 200]


def test_a_message_that_is_not_googles_writes_nothing(entrance: Entrance) -> None:
    entrance.door.save(CARD)
    before = entrance.room.state
    entrance.google.service.notary, genuine = Notary(), entrance.google.service.notary
    assert entrance.google.service.tell(OBJECT_ID, "save") == 200  # whoever publishes the root keys is Google
    entrance.google.service.notary = genuine
    after = entrance.room.state

    assert entrance.google.service.tell(OBJECT_ID, "del") == 401
    assert before != after == entrance.room.state


def test_a_message_counts_once(entrance: Entrance) -> None:
    entrance.door.save(CARD)
    class_id = issuer().class_id(PROGRAM)
    body = json.dumps(entrance.google.service.callback(OBJECT_ID, class_id, "del")).encode()
    assert entrance.door.callback(PROGRAM, body).status == 200
    before = entrance.room.state

    with pytest.raises(Untrusted):
        entrance.door.callback(PROGRAM, body)
    assert entrance.room.state == before
    assert before.serial == SERIAL
