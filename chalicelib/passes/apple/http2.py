"""The client's half of an HTTP/2 connection, without a socket: bytes go in, events and bytes come out.

Only what small requests need. The usual library ends a connection as soon as the peer says goodbye, although the
answers to what it has accepted are still to come; see docs/decisions/0033. Source: RFC 9113, by section; RFC 7541.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from hpack import Decoder, Encoder, HeaderTuple, HPACKError, NeverIndexedHeaderTuple

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEAD = struct.Struct(">HBBBI")
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _PRIORITY = 1, 1, 4, 8, 32
_TABLE_SIZE, _PUSH, _MOST_STREAMS, _INITIAL_WINDOW = 1, 2, 3, 4

_FRAME_BYTES, _BLOCK_BYTES, BODY_BYTES = 16_384, 65_536, 4_096
_WINDOW_BYTES, _LAST_STREAM = 65_535, 2**31 - 1
_CANCEL = 8
REFUSED_STREAM = 7
"""The peer did nothing with the request: it may be repeated."""


class _Kind:
    """Of frames. 6"""

    DATA, HEADERS, RESET, SETTINGS, PROMISE, PING, GOODBYE, WINDOW, MORE = 0, 1, 3, 4, 5, 6, 7, 8, 9


class Http2Broken(Exception):
    """The peer does not keep to the protocol: the connection is of no more use."""


class Answered(msgspec.Struct, frozen=True):
    """The whole answer to a request; of its body at most BODY_BYTES."""

    stream: int
    status: int
    body: bytes


class Reset(msgspec.Struct, frozen=True):
    """The peer gave a request up; see REFUSED_STREAM."""

    stream: int
    code: int


class Goodbye(msgspec.Struct, frozen=True):
    """The peer takes no more requests and will not answer those after `last`. 6.8"""

    last: int
    code: int
    data: bytes


Event = Answered | Reset | Goodbye


class _Block(msgspec.Struct, frozen=True):
    """Headers that have begun: their flags and what has come of them."""

    stream: int
    flags: int
    content: bytes


class _Stream(msgspec.Struct):
    status: int = 0
    body: bytes = b""


class Http2:
    """One connection. Whoever owns it sends what `taken` gives after each call.

    pseudo, headers: those of every request, told in full once     most_streams: requests in flight that the peer allows
    """

    def __init__(self, pseudo: Sequence[tuple[str, str]], headers: Sequence[tuple[str, str]]) -> None:
        self._pseudo = [HeaderTuple(name, value) for name, value in pseudo]
        self._headers = [HeaderTuple(name, value) for name, value in headers]
        self._encoder, self._decoder = Encoder(), Decoder(max_header_list_size=_BLOCK_BYTES)
        self._known: tuple[bytes, bytes] | None = None  # pseudo-headers and headers, once the peer remembers them
        self._streams: dict[int, _Stream] = {}
        self._next = 1
        self._kept = b""  # the beginning of a frame
        self._block: _Block | None = None
        self._window = self._initial_window = _WINDOW_BYTES
        self._unconfirmed = 0
        self._is_left = False
        self._out = [_PREFACE, _frame(_Kind.SETTINGS, 0, 0, struct.pack(">HI", _PUSH, 0))]
        self.is_settled = False
        self.most_streams = _LAST_STREAM

    def taken(self) -> bytes:
        """What has to be sent now."""
        out = b"".join(self._out)
        self._out.clear()
        return out

    @property
    def is_leaving(self) -> bool:
        """Nothing new can be asked here any more."""
        return self._is_left or self._next > _LAST_STREAM

    def can_ask(self, body: bytes) -> bool:
        """Whether a request may be sent now: the peer has told its limits, and none is reached. 5.1.2, 6.9"""
        is_open = self.is_settled and not self.is_leaving and len(self._streams) < self.most_streams
        return is_open and len(body) <= min(self._window, self._initial_window)

    def ask(self, path: str, body: bytes, secrets: Sequence[tuple[str, str]] = ()) -> int:
        """Send a POST when `can_ask`; its stream. secrets: headers that the peer is not to remember."""
        stream, self._next = self._next, self._next + 2
        self._streams[stream] = _Stream()
        self._window -= len(body)
        # 8.3: pseudo-headers come first, and the path is one of them.
        pseudo, headers = self._known or (self._encoder.encode(self._pseudo), b"")
        own = self._encoder.encode([NeverIndexedHeaderTuple(":path", path)], huffman=False)
        headers = headers or self._encoder.encode(self._headers)
        hidden = self._encoder.encode([NeverIndexedHeaderTuple(*each) for each in secrets]) if secrets else b""
        self._known = self._known or (self._encoder.encode(self._pseudo), self._encoder.encode(self._headers))
        block = b"".join((pseudo, own, headers, hidden))
        self._out += (_frame(_Kind.HEADERS, _END_HEADERS, stream, block), _frame(_Kind.DATA, _END_STREAM, stream, body))
        return stream

    def receive(self, data: bytes) -> list[Event]:
        """What the peer's bytes say. Raises Http2Broken."""
        events: list[Event] = []
        for kind, flags, stream, payload in self._frames(data):
            event = self._heard(kind, flags, stream, payload)
            if event is not None:
                events.append(event)
        return events

    def _frames(self, data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
        """Whole frames; the beginning of another one is kept. 4.1"""
        data, at = self._kept + data, 0
        while len(data) - at >= _HEAD.size:
            high, low, kind, flags, stream = _HEAD.unpack_from(data, at)
            length = high << 8 | low
            if length > _FRAME_BYTES:
                raise Http2Broken("frame_too_long")
            if len(data) - at < _HEAD.size + length:
                break
            at += _HEAD.size + length
            yield kind, flags, stream & _LAST_STREAM, data[at - length : at]
        self._kept = data[at:]

    def _heard(self, kind: int, flags: int, stream: int, payload: bytes) -> Event | None:
        if self._block is not None and (kind != _Kind.MORE or stream != self._block.stream):  # 6.10
            raise Http2Broken("headers_interrupted")
        match kind:
            case _Kind.HEADERS:
                return self._headers_begin(flags, stream, _unpadded(flags, payload)[5 if flags & _PRIORITY else 0 :])
            case _Kind.MORE:
                return self._headers_go_on(flags, payload)
            case _Kind.DATA:
                return self._data(flags, stream, payload)
            case _Kind.RESET:
                known = self._streams.pop(stream, None)
                return None if known is None else Reset(stream, _number(payload))
            case _Kind.SETTINGS if not flags & _ACK:
                self._settings(payload)
            case _Kind.PING if not flags & _ACK:
                self._out.append(_frame(_Kind.PING, _ACK, 0, payload))
            case _Kind.GOODBYE:
                return self._goodbye(payload)
            case _Kind.WINDOW if stream == 0:
                self._window += _number(payload) & _LAST_STREAM
            case _Kind.PROMISE:
                raise Http2Broken("promise_not_wanted")  # 8.4: we said so
        return None

    def _headers_begin(self, flags: int, stream: int, payload: bytes) -> Event | None:
        if stream == 0 or stream >= self._next:
            raise Http2Broken("answer_to_nothing")
        self._block = _Block(stream, flags, b"")
        return self._headers_go_on(flags, payload)

    def _headers_go_on(self, flags: int, payload: bytes) -> Event | None:
        block = self._block
        if block is None or len(block.content) + len(payload) > _BLOCK_BYTES:
            raise Http2Broken("headers_not_expected")
        self._block = msgspec.structs.replace(block, content=block.content + payload)
        if not flags & _END_HEADERS:
            return None
        whole, self._block = self._block, None
        try:
            headers = self._decoder.decode(whole.content, raw=True)
        except HPACKError as err:
            raise Http2Broken("headers_unreadable") from err
        known = self._streams.get(whole.stream)
        if known is None:  # given up meanwhile; the memory of headers had to be kept in step all the same
            return None
        if known.status < 200:  # 8.1: interim answers come before the real one, trailers after it
            known.status = _status(headers)
        return self._ended(whole.stream) if whole.flags & _END_STREAM else None

    def _data(self, flags: int, stream: int, payload: bytes) -> Event | None:
        self._confirm(len(payload))
        known = self._streams.get(stream)
        if known is None:
            return None
        known.body += _unpadded(flags, payload)
        if flags & _END_STREAM:
            return self._ended(stream)
        if len(known.body) > BODY_BYTES:  # nobody reads on
            self._out.append(_frame(_Kind.RESET, 0, stream, struct.pack(">I", _CANCEL)))
            return self._ended(stream)
        return None

    def _ended(self, stream: int) -> Event:
        known = self._streams.pop(stream)
        if known.status < 200:
            raise Http2Broken("answer_without_status")
        return Answered(stream, known.status, known.body[:BODY_BYTES])

    def _confirm(self, count: int) -> None:
        """Let the peer send more, when half of what we allow has come. 6.9"""
        self._unconfirmed += count
        if self._unconfirmed >= _WINDOW_BYTES // 2:
            self._out.append(_frame(_Kind.WINDOW, 0, 0, struct.pack(">I", self._unconfirmed)))
            self._unconfirmed = 0

    def _settings(self, payload: bytes) -> None:
        """6.5; each changes what holds from now on, also for requests that wait."""
        if len(payload) % 6:
            raise Http2Broken("settings_unreadable")
        for name, value in struct.iter_unpack(">HI", payload):
            if name == _MOST_STREAMS:
                self.most_streams = value
            elif name == _INITIAL_WINDOW:
                self._initial_window = value
            elif name == _TABLE_SIZE and value < self._encoder.header_table_size:
                # RFC 7541 4.2. A small memory would forget what we think it knows; none at all is simple.
                self._encoder.header_table_size = 0
                self._known = None
        self.is_settled = True
        self._out.append(_frame(_Kind.SETTINGS, _ACK, 0, b""))

    def _goodbye(self, payload: bytes) -> Event:
        if len(payload) < 8:
            raise Http2Broken("goodbye_unreadable")
        last, code = struct.unpack_from(">II", payload)
        self._is_left = True
        for stream in [each for each in self._streams if each > last]:
            del self._streams[stream]
        return Goodbye(last & _LAST_STREAM, code, payload[8 : 8 + BODY_BYTES])


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """4.1"""
    return _HEAD.pack(len(payload) >> 8, len(payload) & 0xFF, kind, flags, stream) + payload


def _unpadded(flags: int, payload: bytes) -> bytes:
    """6.1"""
    if not flags & _PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise Http2Broken("padding_too_long")
    return payload[1 : len(payload) - payload[0]]


def _number(payload: bytes) -> int:
    if len(payload) != 4:
        raise Http2Broken("number_unreadable")
    return int.from_bytes(payload, "big")


def _status(headers: Iterable[tuple[bytes, bytes]]) -> int:
    for name, value in headers:
        if name == b":status" and len(value) == 3 and value.isdigit():
            return int(value)
    raise Http2Broken("answer_without_status")
