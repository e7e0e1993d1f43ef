"""A service account, Google's keys, and the stand-in: keys are made once, they take some tenths of a second."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from google_room import CARD, Room, room_with
from google_samples import ISSUER_ID, Google
from stand_ins import HandClock

from chalicelib.passes.google.account import ServiceAccount
from ops.laptop import google as stand_in
from ops.laptop.google_papers import Notary, account_public_key, service_account


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return service_account(tmp_path_factory.mktemp("google") / "account.json")


@pytest.fixture(scope="session")
def account(key_file: Path) -> ServiceAccount:
    return ServiceAccount.load(key_file.read_text())


@pytest.fixture(scope="session")
def notary() -> Notary:
    return Notary()


@pytest.fixture
def google(key_file: Path, account: ServiceAccount, notary: Notary) -> Iterator[Google]:
    clock = HandClock()
    service = stand_in.start(account_public_key(key_file), notary, issuer_id=ISSUER_ID, now=clock.now)
    running = Google(service, account, clock)
    yield running
    for client in running.clients:
        client.close()
    service.stop()


@pytest.fixture
def room(google: Google) -> Room:
    return room_with(google.wallet(callback_url=lambda _: "http://127.0.0.1:1/nobody"), google.clock)


@pytest.fixture
def saved(room: Room, google: Google) -> Room:
    """A card that Google has."""
    room.refresh.save_link(CARD)
    google.service.calls.clear()
    return room
