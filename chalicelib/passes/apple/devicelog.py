"""What phones complain about: the only diagnostics Wallet gives. Anybody can post here, so little is believed."""

import re

import msgspec

from chalicelib.errors import Malformed

BODY_BYTES = 64_000
LINES = 100
LINE_CHARACTERS = 1_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TOKEN = re.compile(r"(ApplePass\s+)\S+", re.IGNORECASE)
_DEVICE = re.compile(r"(devices?[ /:]+)[A-Za-z0-9_-]{8,}", re.IGNORECASE)
_LINK = re.compile(r"(/c/)[A-Za-z0-9_-]{8,}")


class _Complaint(msgspec.Struct):
    logs: list[object] = []


def lines_of(body: bytes) -> tuple[str, ...]:
    """The messages of a log request, one clean line each, without tokens, device ids and card links.

    At most 100 lines of 1,000 characters. Raises Malformed when the body is not JSON or larger than 64 kB.
    """
    if len(body) > BODY_BYTES:
        raise Malformed("log_too_large", bytes=len(body))
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as err:
        raise Malformed("log_not_json") from err
    try:
        logs = msgspec.convert(said, _Complaint).logs
    except msgspec.ValidationError:
        return ()
    return tuple(_clean(line) for line in logs[:LINES] if isinstance(line, str) and line.strip())


def _clean(line: str) -> str:
    one_line = _CONTROL.sub(" ", line[:LINE_CHARACTERS]).strip()
    for secret in (_TOKEN, _DEVICE, _LINK):
        one_line = secret.sub(r"\1...", one_line)
    return one_line
