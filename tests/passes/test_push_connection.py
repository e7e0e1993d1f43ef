"""The connection to the push service when the service does what the protocol allows it to do."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

import pytest
from h2.errors import ErrorCodes
from hpack import Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    PushPromiseFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from hypothesis import given
from hypothesis import strategies as st
from pass_samples import PASS_TYPE
from push_script import Peer, Script, Scripted, scripted

from chalicelib.passes.apple import gateway
from chalicelib.passes.apple.gateway import Gateway, Reply, client_tls
from chalicelib.passes.apple.http2 import Answered, Http2, Http2Broken
from ops.laptop.authority import Papers

REFUSED, INTERNAL = ErrorCodes.REFUSED_STREAM, ErrorCodes.INTERNAL_ERROR
OK = Reply(200)


def gateway_to(service: Scripted, papers: Papers) -> Gateway:
    pems = [path.read_bytes() for path in (papers.certificate, papers.intermediate, papers.key)]
    tls = client_tls(str(papers.push_root), *pems)
    return Gateway(service.url, tls=tls, headers=(("apns-topic", PASS_TYPE),))


def post(service: Scripted, papers: Papers, count: int) -> Sequence[Reply]:
    line = gateway_to(service, papers)
    try:
        return line.post(paths(count))
    finally:
        line.close()


def paths(count: int) -> list[str]:
    return [f"/3/device/t{number}" for number in range(count)]


def streams(peer: Peer) -> list[int]:
    return [stream for stream, _ in peer.asked]


def answer_all(count: int) -> Script:
    def script(peer: Peer) -> None:
        assert peer.wait(count)
        peer.answer(*streams(peer))

    return script


# --- limits -------------------------------------------------------------------------------------------------------


def test_no_more_is_in_flight_than_the_service_allows_and_a_change_holds_at_once(papers: Papers) -> None:
    seen: list[tuple[int, bool]] = []

    def script(peer: Peer) -> None:
        assert peer.wait(3)
        seen.append((len(peer.asked), peer.wait(4, seconds=0.2)))
        peer.settle(MAX_CONCURRENT_STREAMS=1)
        peer.answer(*streams(peer))
        assert peer.wait(4)
        seen.append((len(peer.asked), peer.wait(5, seconds=0.2)))
        peer.settle(MAX_CONCURRENT_STREAMS=100)
        assert peer.wait(9)
        peer.answer(*streams(peer)[3:])

    with scripted(papers, script, MAX_CONCURRENT_STREAMS=3) as service:
        assert list(post(service, papers, 9)) == [OK] * 9
    assert seen == [(3, False), (4, False)]


def test_nothing_is_asked_while_the_service_allows_nothing(papers: Papers) -> None:
    def script(peer: Peer) -> None:
        assert not peer.wait(1, seconds=0.2)
        peer.settle(MAX_CONCURRENT_STREAMS=1)
        answer_all(1)(peer)

    with scripted(papers, script, MAX_CONCURRENT_STREAMS=0) as service:
        assert post(service, papers, 1) == [OK]


def test_a_message_waits_until_it_may_be_sent_whole(papers: Papers) -> None:
    def script(peer: Peer) -> None:
        assert not peer.wait(1, seconds=0.2)
        assert peer.asked == []
        peer.settle(INITIAL_WINDOW_SIZE=2)
        answer_all(1)(peer)

    with scripted(papers, script, INITIAL_WINDOW_SIZE=1) as service:
        assert post(service, papers, 1) == [OK]


def test_a_service_that_remembers_no_headers_understands_every_request(papers: Papers) -> None:
    with scripted(papers, answer_all(3), HEADER_TABLE_SIZE=0) as service:
        assert list(post(service, papers, 3)) == [OK] * 3
    (peer,) = service.peers
    wanted = {b":method": b"POST", b":scheme": b"https", b"apns-topic": PASS_TYPE.encode()}
    for number, stream in enumerate(streams(peer)):
        authority = service.url.removeprefix("https://").encode()
        expected = wanted | {b":authority": authority, b":path": f"/3/device/t{number}".encode()}
        assert peer.headers[stream] == expected


# --- goodbye ------------------------------------------------------------------------------------------------------


def test_after_a_goodbye_only_what_was_not_looked_at_is_repeated_and_the_rest_is_waited_for(papers: Papers) -> None:
    def leaves(peer: Peer) -> None:
        assert peer.wait(5)
        peer.goodbye(streams(peer)[2])
        peer.answer(*streams(peer)[:3])

    with scripted(papers, leaves, answer_all(2)) as service:
        assert list(post(service, papers, 5)) == [OK] * 5
    assert service.tokens() == [["t0", "t1", "t2", "t3", "t4"], ["t3", "t4"]]


def test_what_a_leaving_service_looked_at_and_never_answered_is_for_later_and_not_repeated(papers: Papers) -> None:
    def leaves(peer: Peer) -> None:
        assert peer.wait(3)
        peer.goodbye(streams(peer)[1])
        peer.answer(streams(peer)[0])
        peer.line.close()

    with scripted(papers, leaves, answer_all(1)) as service:
        assert list(post(service, papers, 3)) == [OK, Reply(0, reason="no_connection"), OK]
    assert service.tokens() == [["t0", "t1", "t2"], ["t2"]]


def test_a_service_that_announces_its_leave_gets_no_new_request(papers: Papers) -> None:
    def leaves(peer: Peer) -> None:
        assert peer.wait(1)
        peer.goodbye(2**31 - 1)
        peer.answer(*streams(peer))

    with scripted(papers, leaves, answer_all(1), MAX_CONCURRENT_STREAMS=1) as service:
        assert list(post(service, papers, 2)) == [OK, OK]
    assert service.tokens() == [["t0"], ["t1"]]


def test_a_service_that_always_leaves_is_left_for_later(papers: Papers) -> None:
    def leaves(peer: Peer) -> None:
        assert peer.wait(1)
        peer.goodbye(0)

    with scripted(papers, leaves, leaves, leaves) as service:
        assert post(service, papers, 1) == [Reply(0, reason="no_connection")]


# --- resets -------------------------------------------------------------------------------------------------------


def test_a_refused_request_is_repeated_on_the_same_connection(papers: Papers) -> None:
    def script(peer: Peer) -> None:
        assert peer.wait(2)
        peer.reset(streams(peer)[0], REFUSED)
        peer.answer(streams(peer)[1])
        assert peer.wait(3)
        peer.answer(streams(peer)[2])

    with scripted(papers, script) as service:
        assert list(post(service, papers, 2)) == [OK, OK]
    assert service.tokens() == [["t0", "t1", "t0"]]


@pytest.mark.parametrize(("code", "times", "reason"), [(REFUSED, 2, "refused"), (INTERNAL, 1, "reset")])
def test_a_request_that_is_given_up_is_for_later(code: int, times: int, reason: str, papers: Papers) -> None:
    def script(peer: Peer) -> None:
        for number in range(times):
            assert peer.wait(number + 1)
            peer.reset(streams(peer)[number], code)

    with scripted(papers, script) as service:
        assert post(service, papers, 1) == [Reply(0, reason=reason)]
    assert service.tokens() == [["t0"] * times]


# --- lines that died ----------------------------------------------------------------------------------------------


def test_an_old_connection_that_says_nothing_more_is_replaced(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.3)
    with scripted(papers, answer_all(1), answer_all(1)) as service:
        line = gateway_to(service, papers)
        assert line.post(["/3/device/first"]) == [OK]
        assert line.post(["/3/device/second"]) == [OK]  # the first connection is open, and nobody reads it
        line.close()
    assert service.tokens() == [["first"], ["second"]]


def test_a_connection_that_was_not_used_for_long_is_made_anew(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "IDLE_SECONDS", 0.0)
    with scripted(papers, answer_all(1), answer_all(1)) as service:
        line = gateway_to(service, papers)
        assert [*line.post(["/3/device/first"]), *line.post(["/3/device/second"])] == [OK, OK]
        line.close()
    assert service.tokens() == [["first"], ["second"]]


def test_a_service_that_answers_some_is_waited_for_and_then_left(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.3)

    def script(peer: Peer) -> None:
        assert peer.wait(2)
        peer.answer(streams(peer)[1])
        peer.wait(3)  # until the client hangs up

    with scripted(papers, script) as service:
        assert list(post(service, papers, 2)) == [Reply(0, reason="no_answer"), OK]


def test_all_of_a_call_has_its_time(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "TOGETHER_SECONDS", 0.3)

    def script(peer: Peer) -> None:
        for number in range(20):
            if not peer.wait(number + 1):
                return
            peer.wait(number + 2, seconds=0.05)
            peer.answer(streams(peer)[number])

    with scripted(papers, script, MAX_CONCURRENT_STREAMS=1) as service:
        replies = post(service, papers, 20)
    assert {replies[0], replies[-1]} == {OK, Reply(0, reason="no_answer")}


def test_a_service_without_http_2_is_no_connection(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("push_script.ALPN", ["http/1.1"])
    with scripted(papers, lambda peer: None) as service:
        assert post(service, papers, 1) == [Reply(0, reason="no_connection")]


# --- answers ------------------------------------------------------------------------------------------------------


def test_a_refusal_that_is_about_us_stops_what_was_not_sent(papers: Papers) -> None:
    body = b'{"reason":"BadCertificate"}'

    def script(peer: Peer) -> None:
        assert peer.wait(2)
        peer.answer(*streams(peer), status=403, body=body)

    with scripted(papers, script, MAX_CONCURRENT_STREAMS=2) as service:
        assert list(post(service, papers, 6)) == [Reply(403, body)] * 6
    assert service.tokens() == [["t0", "t1"]]


def test_of_an_endless_answer_the_beginning_is_read(papers: Papers) -> None:
    def script(peer: Peer) -> None:
        assert peer.wait(1)
        peer.answer(*streams(peer), status=500, body=b"x" * 16_000)
        peer.wait(2, seconds=0.2)  # the client's reset comes

    with scripted(papers, script) as service:
        assert post(service, papers, 1) == [Reply(500, b"x" * 4_096)]


def test_an_answer_may_come_in_pieces_with_padding_and_interim_answers(papers: Papers) -> None:
    def script(peer: Peer) -> None:
        assert peer.wait(1)
        (stream,) = streams(peer)
        peer.speech.ping(b"12345678")
        peer.speech.send_headers(stream, [(":status", "103")])
        peer.flush()
        block = Encoder().encode([(":status", "410"), ("apns-id", "x" * 36)])
        headers, more = HeadersFrame(stream, data=block[:3]), ContinuationFrame(stream, data=block[3:])
        headers.flags.add("PADDED")
        headers.pad_length = 9
        more.flags.add("END_HEADERS")
        peer.frame(headers)
        peer.frame(more)
        peer.frame(PriorityFrame(stream, depends_on=0, stream_weight=3))
        for part, flags in ((b'{"reason":', ("PADDED",)), (b'"Unregistered"}', ("END_STREAM",))):
            peer.frame(DataFrame(stream, data=part, pad_length=4 if flags == ("PADDED",) else 0, flags=flags))
        peer.wait(2, seconds=0.2)  # the ping's answer is read: hanging up on unread bytes would reset the connection

    with scripted(papers, script) as service:
        assert post(service, papers, 1) == [Reply(410, b'{"reason":"Unregistered"}')]


@pytest.mark.parametrize(
    "frame",
    [
        DataFrame(1, data=b"x" * 20_000),
        HeadersFrame(99, data=b"\x88", flags=("END_HEADERS",)),
        HeadersFrame(1, data=b"\xff\xff\xff", flags=("END_HEADERS",)),
        ContinuationFrame(1, data=b"", flags=("END_HEADERS",)),
        PushPromiseFrame(1, promised_stream_id=2, data=b"\x88", flags=("END_HEADERS",)),
        HeadersFrame(1, data=b"", flags=("END_HEADERS", "END_STREAM")),
    ],
    ids=["too long", "answer to nothing", "unreadable", "not begun", "promise", "no status"],
)
def test_a_service_that_breaks_the_protocol_twice_is_left_for_later(frame: Frame, papers: Papers) -> None:
    def script(peer: Peer) -> None:
        assert peer.wait(1)
        peer.frame(frame)
        peer.wait(2)  # until the client hangs up

    with scripted(papers, script, script) as service:
        assert post(service, papers, 1) == [Reply(0, reason="no_connection")]


# --- bytes --------------------------------------------------------------------------------------------------------


def settled() -> Http2:
    speech = Http2(((":method", "POST"),), ())
    speech.receive(SettingsFrame(0).serialize())
    return speech


def test_no_more_is_sent_than_the_window_of_the_connection_holds() -> None:
    speech = settled()
    speech.ask("/", b"x" * 65_000)
    assert (speech.can_ask(b"x" * 535), speech.can_ask(b"x" * 536)) == (True, False)
    speech.receive(WindowUpdateFrame(0, window_increment=1).serialize())
    assert (speech.can_ask(b"x" * 536), speech.can_ask(b"x" * 537)) == (True, False)


def test_the_service_may_send_on_when_half_of_the_window_was_read() -> None:
    speech = settled()
    stream = speech.ask("/", b"{}")
    speech.taken()
    frame = DataFrame(99, data=b"x" * 16_000).serialize()
    speech.receive(frame * 2)
    assert speech.taken() == b""
    speech.receive(frame)
    assert speech.taken() == WindowUpdateFrame(0, window_increment=48_000).serialize()
    assert stream == 1


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6))
def test_no_bytes_do_more_than_end_the_connection(data: bytes, cuts: list[int]) -> None:
    speech = settled()
    speech.ask("/", b"{}")
    pieces = [data[start:end] for start, end in pairwise([0, *sorted(cuts), 400])]
    with suppress(Http2Broken):
        for piece in pieces:
            speech.receive(piece)


@given(st.lists(st.integers(1, 60), max_size=20))
def test_it_does_not_matter_where_the_bytes_are_cut(cuts: list[int]) -> None:
    block = Encoder().encode([(":status", "400")])
    frames = (
        HeadersFrame(1, data=block, flags=("END_HEADERS",)),
        PingFrame(0, opaque_data=b"12345678"),
        DataFrame(1, data=b'{"reason":"BadTopic"}', flags=("END_STREAM",)),
    )
    data = b"".join(frame.serialize() for frame in frames)
    speech = settled()
    speech.ask("/", b"{}")
    ends = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    events = [event for start, end in pairwise(ends) for event in speech.receive(data[start:end])]
    assert events == [Answered(1, 400, b'{"reason":"BadTopic"}')]
