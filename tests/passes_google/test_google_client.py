"""Every answer of Google's API has its reaction."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from google_samples import FACE, ISSUER_ID, OBJECT_ID, SERIAL, Google
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import HOUR, SECOND, HandClock

from chalicelib import trace
from chalicelib.cards.face import CardFace
from chalicelib.errors import Broken
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.wallet import RestWallet
from chalicelib.services.ports.google import GoogleWallet, WalletAnswer, WalletReaction
from chalicelib.store.memory.google_cards import MemoryPace
from ops.laptop import google as stand_in
from ops.laptop.google import Prescribed
from ops.laptop.google_papers import Notary, account_public_key, service_account

DONE = WalletAnswer(WalletReaction.DONE, "")
NEW = WalletAnswer(WalletReaction.DONE, "", is_new=True)
OBJECT = "loyaltyObject"


@pytest.fixture
def wallet(google: Google) -> RestWallet:
    """A wallet whose class and object are at Google already."""
    made = google.wallet()
    assert made.put_class(FACE, is_known=False) == NEW
    assert inserted(made) == NEW
    google.service.calls.clear()
    return made


def inserted(wallet: GoogleWallet, serial: str = SERIAL) -> WalletAnswer:
    return wallet.put_object(FACE, serial, level_class="", is_known=False, is_move=False, is_notice=False)


def patched(wallet: GoogleWallet, *, face: CardFace = FACE, is_notice: bool = False) -> WalletAnswer:
    return wallet.put_object(face, SERIAL, level_class="", is_known=True, is_move=False, is_notice=is_notice)


def test_class_and_object_are_inserted_and_then_patched(google: Google) -> None:
    wallet = google.wallet()

    assert wallet.put_class(FACE, is_known=False) == NEW
    assert inserted(wallet) == NEW
    assert patched(wallet) == DONE
    assert google.calls == [("POST", "loyaltyClass", 200), ("POST", OBJECT, 200), ("PATCH", OBJECT, 200)]
    card = google.service.card(OBJECT_ID)
    assert card is not None
    assert card["loyaltyPoints"]["balance"] == {"int": 1240}
    assert card["classReference"]["issuerName"] == "Bean Street Coffee"


def test_every_request_bears_a_digest_of_the_id_of_what_is_followed(
    google: Google, wallet: RestWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids: list[str | None] = []
    request = httpx.Client.request

    def heard(http: httpx.Client, *said: Any, headers: dict[str, str], **more: Any) -> httpx.Response:
        ids.append(headers.get("X-Request-Id"))
        return request(http, *said, headers=headers, **more)

    monkeypatch.setattr(httpx.Client, "request", heard)
    with trace.following("refund.succeeded:216749f7", 0):
        assert patched(wallet) == DONE
    assert patched(wallet) == DONE
    assert ids == [hashlib.sha256(b"refund.succeeded:216749f7").hexdigest()[:32], None]


def test_what_is_not_there_is_inserted(google: Google, wallet: RestWallet) -> None:
    google.service.resources[OBJECT].clear()

    assert patched(wallet) == NEW
    assert google.calls == [("PATCH", OBJECT, 404), ("POST", OBJECT, 200)]


def test_what_is_there_is_patched(google: Google, wallet: RestWallet) -> None:
    assert inserted(wallet) == DONE
    assert google.calls == [("POST", OBJECT, 409), ("PATCH", OBJECT, 200)]


def test_an_object_whose_class_is_gone_asks_for_the_class(google: Google, wallet: RestWallet) -> None:
    google.service.resources[OBJECT].clear()
    google.service.resources["loyaltyClass"].clear()

    assert patched(wallet).reaction is WalletReaction.NO_CLASS


def test_a_refused_token_is_renewed_once(google: Google, wallet: RestWallet) -> None:
    google.service.tokens.granted.clear()

    assert patched(wallet) == DONE
    assert google.calls == [("PATCH", OBJECT, 401), ("PATCH", OBJECT, 200)]


def test_a_new_token_that_is_refused_too_stops(google: Google, wallet: RestWallet) -> None:
    google.service.answers += [Prescribed("PATCH", OBJECT, 401)] * 2

    assert patched(wallet).reaction is WalletReaction.STOP
    assert len(google.calls) == 2


def test_a_token_is_bought_once_an_hour(google: Google, wallet: RestWallet) -> None:
    bought = set(google.service.tokens.granted)
    patched(wallet)
    google.clock.forward(HOUR - 121 * SECOND)
    patched(wallet)
    assert set(google.service.tokens.granted) == bought

    google.clock.forward(2 * SECOND)
    assert patched(wallet) == DONE
    assert len(google.service.tokens.granted) == 2
    assert 401 not in [status for _, _, status in google.calls]


def test_many_threads_buy_one_token(google: Google) -> None:
    wallet = google.wallet()
    wallet.put_class(FACE, is_known=False)
    google.service.tokens.granted.clear()
    google.clock.forward(2 * HOUR)
    threads = [threading.Thread(target=inserted, args=(wallet, f"s{number}")) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(google.service.tokens.granted) == 1


@pytest.mark.parametrize(
    ("status", "reason", "may_have_happened"),
    [
        (429, "rateLimitExceeded", False),
        (503, "backendError", False),
        (500, "internalError", True),
        (502, "", True),
        (408, "", False),
        (403, "userRateLimitExceeded", False),
        (stand_in.HANG_UP, "", True),
    ],
)
def test_a_busy_google_is_asked_later(
    google: Google, wallet: RestWallet, status: int, reason: str, may_have_happened: bool
) -> None:
    google.service.answers.append(Prescribed("PATCH", OBJECT, status, reason))

    answer = patched(wallet)

    assert (answer.reaction, answer.may_have_happened) == (WalletReaction.LATER, may_have_happened)
    assert len(google.calls) == 1


def test_silence_ends_in_time_and_may_mean_that_it_happened(google: Google, wallet: RestWallet) -> None:
    google.service.answers.append(Prescribed("PATCH", OBJECT, stand_in.SILENCE))
    google.clients[0]._line.http.timeout = 0.2

    assert patched(wallet) == WalletAnswer(WalletReaction.LATER, "ReadTimeout", may_have_happened=True)


def test_nobody_there_is_later_and_nothing_happened(google: Google, wallet: RestWallet) -> None:
    google.service.stop()
    google.clients[0].close()
    elsewhere = google.wallet(api_url="http://127.0.0.1:1", token_url="http://127.0.0.1:1/token")

    assert patched(elsewhere) == WalletAnswer(WalletReaction.LATER, "google_token_unavailable")


@pytest.mark.parametrize(("status", "reason"), [(403, "permissionDenied"), (400, "badRequest"), (403, "")])
def test_our_own_mistake_stops(google: Google, wallet: RestWallet, status: int, reason: str) -> None:
    google.service.answers.append(Prescribed("PATCH", OBJECT, status, reason))

    assert patched(wallet) == WalletAnswer(WalletReaction.STOP, reason or "status_403")
    assert len(google.calls) == 1


def test_an_issuer_that_is_not_ours_stops(google: Google) -> None:
    google.service.register.issuer_id = "3388000000099999999"

    assert google.wallet().put_class(FACE, is_known=False).reaction is WalletReaction.STOP


def test_a_class_that_finds_nothing_to_belong_to_stops(google: Google) -> None:
    google.service.answers.append(Prescribed("POST", "loyaltyClass", 404))

    assert google.wallet().put_class(FACE, is_known=False).reaction is WalletReaction.STOP


def test_an_account_that_google_does_not_know_stops(google: Google, tmp_path: Path) -> None:
    google.account = ServiceAccount.load(service_account(tmp_path / "other.json").read_text())

    assert patched(google.wallet()) == WalletAnswer(WalletReaction.STOP, "google_account_refused")


@pytest.mark.parametrize("status", [409, 412])
def test_what_somebody_changed_at_the_same_time_is_read_and_told_again(
    google: Google, wallet: RestWallet, status: int
) -> None:
    google.service.answers.append(Prescribed("PATCH", OBJECT, status))

    assert patched(wallet) == DONE
    assert google.calls == [("PATCH", OBJECT, status), ("GET", OBJECT, 200), ("PATCH", OBJECT, 200)]


def test_what_keeps_changing_is_left_for_later(google: Google, wallet: RestWallet) -> None:
    google.service.answers += [Prescribed("PATCH", OBJECT, 412)] * 10

    assert patched(wallet).reaction is WalletReaction.LATER
    assert len(google.calls) == 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([401, 403, 404, 408, 409, 412, 429, 500, 503]), max_size=12))
def test_no_row_of_answers_goes_round_for_ever(shared: tuple[Google, RestWallet], statuses: list[int]) -> None:
    google, wallet = shared
    google.clock.forward(10 * SECOND)
    google.service.calls.clear()
    google.service.answers[:] = [Prescribed("*", OBJECT, status) for status in statuses]

    answer = patched(wallet, is_notice=True)

    assert len(google.calls) <= 6
    assert isinstance(answer.reaction, WalletReaction)


@pytest.fixture(scope="module")
def shared(key_file: Path, account: ServiceAccount, notary: Notary) -> Iterator[tuple[Google, RestWallet]]:
    """One stand-in for all examples of a property."""
    clock = HandClock()
    service = stand_in.start(account_public_key(key_file), notary, issuer_id=ISSUER_ID, now=clock.now)
    running = Google(service, account, clock)
    yield running, running.wallet()
    for client in running.clients:
        client.close()
    service.stop()


def test_a_notice_is_asked_for_each_time(google: Google, wallet: RestWallet) -> None:
    patched(wallet, is_notice=True)
    patched(wallet)

    assert len(google.service.notices) == 1


def test_when_the_days_notices_are_used_up_the_change_is_told_silently(google: Google, wallet: RestWallet) -> None:
    for _ in range(3):
        assert patched(wallet, is_notice=True) == DONE

    assert patched(wallet, is_notice=True) == WalletAnswer(WalletReaction.DONE, "", is_silenced=True)
    assert google.calls[-2:] == [("PATCH", OBJECT, 403), ("PATCH", OBJECT, 200)]
    assert len(google.service.notices) == 3


def test_a_patch_takes_off_what_is_no_longer_shown(google: Google, wallet: RestWallet) -> None:
    patched(wallet, face=msgspec.structs.replace(FACE, tier="", arriving=()))

    card = google.service.card(OBJECT_ID)
    assert card is not None
    assert "secondaryLoyaltyPoints" not in card
    assert [each["id"] for each in card["textModulesData"]] == ["progress", "ending", "perks"]


def test_nobody_waits_long_for_a_turn(google: Google, wallet: RestWallet) -> None:
    for _ in range(50):
        google.pace.turn(google.clock.now(), within=60 * SECOND)

    assert patched(wallet) == WalletAnswer(WalletReaction.LATER, "pace")
    assert google.calls == []


def test_all_workers_together_send_twenty_a_second_at_most(google: Google, wallet: RestWallet) -> None:
    others = [google.wallet() for _ in range(5)]
    google.service.arrivals.clear()

    for number in range(100):
        assert patched(others[number % 5]) == DONE

    times = google.service.arrivals
    assert len(times) == 100
    assert all(later - earlier >= 1_000 for earlier, later in zip(times, times[20:], strict=False))


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 40)), min_size=1, max_size=40),
    st.integers(1, 50),
)
def test_no_second_holds_more_turns_than_are_allowed(rushes: list[tuple[int, int]], per_second: int) -> None:
    pace, now, turns = MemoryPace(per_second=per_second), 0, []
    for pause, callers in rushes:
        now += pause
        for _ in range(callers):
            wait = pace.turn(now, within=2_000)
            if wait is not None:
                assert 0 <= wait <= 2_000
                turns.append(now + wait)

    assert turns == sorted(turns)
    assert all(sum(start <= turn < start + 1_000 for turn in turns) <= per_second for start in turns)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"client_email":"a","private_key":"no key"}', '{"client_email":1}'])
def test_a_key_file_that_is_none_is_our_mistake_and_is_not_repeated(text: str) -> None:
    with pytest.raises(Broken) as caught:
        ServiceAccount.load(text)

    assert caught.value.facts == {}
    assert caught.value.__cause__ is None


def test_the_account_does_not_show_its_key(account: ServiceAccount) -> None:
    assert "key" not in repr(account).replace("key_id", "")
