"""Pushes against a real HTTP/2 service that demands the pass certificate."""

import os
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pass_samples import PASS_TYPE, TEAM, StandingClock, secret_of

from chalicelib import trace
from chalicelib.passes.apple import gateway
from chalicelib.passes.apple.gateway import Reply
from chalicelib.passes.apple.push import ApplePusher, answer_of
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.services.ports import PushAnswer, Pusher, PushReaction, Registration, Wallet
from chalicelib.store.memory.programs import MemoryPrograms
from ops.laptop import apns
from ops.laptop.authority import Papers, ensure


@pytest.fixture
def service(papers: Papers) -> Iterator[apns.PushService]:
    running = apns.start(papers)
    yield running
    running.stop()


def pusher_for(url: str, papers: Papers, *, root: Path | None = None, **more: str) -> ApplePusher:
    """more: what the secret holds beside the papers"""
    clock = StandingClock(int(papers.certificate.stat().st_mtime * 1000))
    shared = Wallet("", PASS_TYPE, TEAM, "apple")
    tenants = Tenants(MemoryPrograms(), secret=lambda _: secret_of(papers, **more), shared=shared, clock=clock)
    return ApplePusher(url, tenants=tenants, clock=clock, root=str(root or papers.push_root))


@pytest.fixture
def pusher(service: apns.PushService, papers: Papers) -> Iterator[ApplePusher]:
    made = pusher_for(service.url, papers)
    yield made
    made.close()


def devices(*tokens: str) -> list[Registration]:
    return [Registration(f"d{number}", "s1", PASS_TYPE, token, 0) for number, token in enumerate(tokens)]


def test_an_accepted_push_is_delivered(pusher: ApplePusher, service: apns.PushService) -> None:
    port: Pusher = pusher
    assert port.push(devices("t1")) == {"t1": PushAnswer(PushReaction.DELIVERED, "")}
    assert [arrived.token for arrived in service.pushes] == ["t1"]


def test_what_is_followed_names_each_notification_and_repeating_keeps_the_name(
    pusher: ApplePusher, service: apns.PushService
) -> None:
    for _ in range(2):
        with trace.following("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", 0):
            answers = pusher.push(devices("t1", "t2"))
    first, second, *again = [arrived.name for arrived in sorted(service.pushes, key=lambda arrived: arrived.token)]
    assert {token: answer.name for token, answer in answers.items()} == {"t1": first, "t2": again[0]}
    assert first == second != again[0]
    with trace.following("another", 0):
        assert pusher.push(devices("t1"))["t1"].name != first


def test_nobody_to_push_to_is_no_call(pusher: ApplePusher, service: apns.PushService) -> None:
    assert pusher.push([]) == {}
    assert service.connections == 0


def test_two_passes_on_one_phone_are_one_push(pusher: ApplePusher, service: apns.PushService) -> None:
    assert set(pusher.push(devices("t1", "t1"))) == {"t1"}
    assert len(service.pushes) == 1


def test_a_token_with_any_characters_reaches_its_device(pusher: ApplePusher, service: apns.PushService) -> None:
    token = "a/b?c#d%2F+=" + "x" * 400
    assert pusher.push(devices(token))[token].reaction is PushReaction.DELIVERED
    assert service.pushes[-1].token == token


ANSWERS = [
    (400, "BadDeviceToken", PushReaction.FORGET),
    (400, "DeviceTokenNotForTopic", PushReaction.STOP),
    (400, "TopicDisallowed", PushReaction.STOP),
    (400, "MissingTopic", PushReaction.STOP),
    (400, "BadTopic", PushReaction.STOP),
    (403, "BadCertificate", PushReaction.STOP),
    (403, "BadCertificateEnvironment", PushReaction.STOP),
    (404, "BadPath", PushReaction.STOP),
    (405, "MethodNotAllowed", PushReaction.STOP),
    (413, "PayloadTooLarge", PushReaction.STOP),
    (429, "TooManyRequests", PushReaction.LATER),
    (500, "InternalServerError", PushReaction.LATER),
    (503, "ServiceUnavailable", PushReaction.LATER),
    (503, "Shutdown", PushReaction.LATER),
]


@pytest.mark.parametrize(("status", "reason", "reaction"), ANSWERS)
def test_each_refusal_has_its_reaction(
    status: int, reason: str, reaction: PushReaction, pusher: ApplePusher, service: apns.PushService
) -> None:
    service.answers["t1"] = [(status, reason)]
    assert pusher.push(devices("t1")) == {"t1": PushAnswer(reaction, reason)}
    assert not service.pushes


@pytest.mark.parametrize("reason", ["Unregistered", "ExpiredToken"])
def test_a_dead_token_is_forgotten_with_the_instant_of_its_death(
    reason: str, pusher: ApplePusher, service: apns.PushService
) -> None:
    service.answers["t1"] = [(410, reason)]
    before = time.time_ns() // 1_000_000
    answer = pusher.push(devices("t1"))["t1"]
    assert (answer.reaction, answer.reason) == (PushReaction.FORGET, reason)
    assert answer.since is not None
    assert before <= answer.since <= time.time_ns() // 1_000_000


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"reason": 5}', b'{"reason": "a\\nb"}', b"[" * 9_000, b"\xff"]
)
@pytest.mark.parametrize(
    ("status", "reaction"),
    [(400, PushReaction.STOP), (410, PushReaction.LATER), (502, PushReaction.LATER), (301, PushReaction.STOP)],
)
def test_an_answer_nobody_understands_never_forgets_a_device(status: int, reaction: PushReaction, body: bytes) -> None:
    assert answer_of(Reply(status, body)) == PushAnswer(reaction, f"status_{status}")


def test_pushes_of_one_call_and_the_next_share_one_connection(pusher: ApplePusher, service: apns.PushService) -> None:
    tokens = [f"t{number}" for number in range(40)]
    service.answers["t7"] = [(410, "Unregistered")]
    answers = pusher.push(devices(*tokens))
    assert {token for token, answer in answers.items() if answer.reaction is not PushReaction.DELIVERED} == {"t7"}
    pusher.push(devices("t1"))
    assert service.connections == 1


def test_callers_in_many_threads_share_the_connection(pusher: ApplePusher, service: apns.PushService) -> None:
    answers: dict[str, PushAnswer] = {}
    threads = [
        threading.Thread(target=lambda token=f"t{number}": answers.update(pusher.push(devices(token))))
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.reaction for answer in answers.values()} == {PushReaction.DELIVERED}
    assert (len(answers), service.connections) == (12, 1)


def test_a_connection_that_died_since_the_last_call_is_made_anew(papers: Papers) -> None:
    running = apns.start(papers)
    pusher = pusher_for(running.url, papers)
    pusher.push(devices("t1"))
    running.stop()
    running = apns.start(papers, port=int(running.url.rpartition(":")[2]))
    try:
        assert pusher.push(devices("t1"))["t1"].reaction is PushReaction.DELIVERED
    finally:
        pusher.close()
        running.stop()


def test_a_service_that_hangs_up_once_is_asked_once_more(pusher: ApplePusher, service: apns.PushService) -> None:
    service.answers["t1"] = [(apns.HANG_UP, "")]
    assert pusher.push(devices("t1"))["t1"].reaction is PushReaction.DELIVERED
    assert service.connections == 2


def test_a_service_that_hangs_up_twice_is_left_for_later(pusher: ApplePusher, service: apns.PushService) -> None:
    service.answers["t1"] = [(apns.HANG_UP, ""), (apns.HANG_UP, "")]
    assert pusher.push(devices("t1")) == {"t1": PushAnswer(PushReaction.LATER, "no_connection")}


def test_a_service_that_is_not_there_is_left_for_later(papers: Papers) -> None:
    pusher = pusher_for("https://127.0.0.1:1", papers)
    assert pusher.push(devices("t1")) == {"t1": PushAnswer(PushReaction.LATER, "no_connection")}
    pusher.close()


def test_a_service_that_stays_silent_is_left_for_later(
    service: apns.PushService, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.2)
    pusher = pusher_for(service.url, papers)
    service.answers["t1"] = [(apns.SILENCE, "")]
    assert pusher.push(devices("t1")) == {"t1": PushAnswer(PushReaction.LATER, "no_answer")}
    assert pusher.push(devices("t1"))["t1"].reaction is PushReaction.DELIVERED
    pusher.close()


def test_a_service_with_a_strange_certificate_is_told_nothing(service: apns.PushService, papers: Papers) -> None:
    pusher = pusher_for(service.url, papers, root=papers.root)
    assert pusher.push(devices("t1"))["t1"].reaction is PushReaction.LATER
    assert not service.pushes
    pusher.close()


def test_a_certificate_of_strangers_is_refused(
    service: apns.PushService, papers: Papers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("strangers")
    strangers = ensure(folder, pass_type=PASS_TYPE, team=TEAM, organisation="Other")
    pusher = pusher_for(service.url, strangers, root=papers.push_root)
    assert pusher.push(devices("t1"))["t1"].reaction is PushReaction.LATER
    assert not service.pushes
    pusher.close()


def test_the_key_leaves_no_file_behind(
    service: apns.PushService, papers: Papers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    load = ssl.SSLContext.load_cert_chain

    def watched(context: ssl.SSLContext, path: Path) -> None:
        seen.append(path.stat().st_mode & 0o777)
        seen.append(path.parent.stat().st_mode & 0o777)
        load(context, path)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pusher = pusher_for(service.url, papers)
    pusher.push(devices("t1"))
    pusher.close()
    assert seen == [0o600, 0o700]
    assert os.listdir(tmp_path) == []


# --- the stand-in itself ------------------------------------------------------------------------------------------


def knock(service: apns.PushService, papers: Papers, *, is_known: bool = True, **request: object) -> httpx.Response:
    """One request by a plain client, with or without the certificate."""
    context = ssl.create_default_context(cafile=papers.push_root)
    if is_known:
        both = papers.certificate.with_name("both.pem")
        both.write_bytes(papers.certificate.read_bytes() + papers.intermediate.read_bytes())
        context.load_cert_chain(both, papers.key)
    asked = {"method": "POST", "url": "/3/device/t1", "content": b"{}", "headers": {"apns-topic": PASS_TYPE}} | request
    with httpx.Client(http1=False, http2=True, verify=context, base_url=service.url) as client:
        return client.request(**asked)  # type: ignore[arg-type]


def test_the_service_speaks_http_2_and_names_the_push(service: apns.PushService, papers: Papers) -> None:
    answer = knock(service, papers)
    assert (answer.http_version, answer.status_code, answer.content) == ("HTTP/2", 200, b"")
    assert len(answer.headers["apns-id"]) == 36


def test_nobody_without_a_certificate_is_served(service: apns.PushService, papers: Papers) -> None:
    with pytest.raises(httpx.TransportError):
        knock(service, papers, is_known=False)
    assert not service.pushes


@pytest.mark.parametrize(
    ("request_", "status", "reason"),
    [
        ({"headers": {}}, 400, "MissingTopic"),
        ({"headers": {"apns-topic": "pass.example.other"}}, 400, "TopicDisallowed"),
        ({"content": b""}, 400, "PayloadEmpty"),
        ({"content": b"[]"}, 400, "PayloadEmpty"),
        ({"content": b'{"a": "' + b"x" * 5_000 + b'"}'}, 413, "PayloadTooLarge"),
        ({"method": "GET", "content": None}, 405, "MethodNotAllowed"),
        ({"url": "/2/device/t1"}, 404, "BadPath"),
    ],
)
def test_the_service_refuses_what_apple_refuses(
    request_: dict[str, object], status: int, reason: str, service: apns.PushService, papers: Papers
) -> None:
    answer = knock(service, papers, **request_)
    assert (answer.status_code, answer.json()) == (status, {"reason": reason})
    assert not service.pushes


def test_a_phone_page_can_wait_for_its_push(pusher: ApplePusher, service: apns.PushService) -> None:
    threading.Timer(0.1, lambda: pusher.push(devices("other", "mine"))).start()
    first = service.wait_for("mine", after=0, timeout=5)
    assert first is not None
    assert service.wait_for("mine", after=first, timeout=0.05) is None
    assert service.wait_for("mine", after=first - 1, timeout=0) == first


def test_whoever_wants_is_called_for_each_push(papers: Papers) -> None:
    seen: list[str] = []
    running = apns.start(papers, on_push=lambda token, at: seen.append(token))
    pusher = pusher_for(running.url, papers)
    pusher.push(devices("t1"))
    pusher.push(devices("t2"))
    pusher.close()
    running.stop()
    assert seen == ["t1", "t2"]
