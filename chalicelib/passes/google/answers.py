"""What the Wallet API's answers ask of us.

Source: developers.google.com/wallet/reference/rest; errors look like {"error": {"code", "message", "errors":
[{"domain": "walletobjects", "reason": "quotaExceeded"}]}}.
"""

import enum

import httpx
import msgspec

_SLOW_DOWN = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_MOST_WORDS = 500
_QUOTA = frozenset({"quotaExceeded", "QuotaExceededException"})


class Ask(enum.Enum):
    """What to do next."""

    ACCEPTED = "nothing"
    RENEW = "a new token"
    INSERT = "it is not there"
    PATCH = "it is there"
    READ = "somebody changed it at the same time"
    SILENCE = "no more notifications today"
    LATER = "back off"
    FIX = "what was sent is wrong"
    STOP = "we may not"


_ASKED = {
    400: Ask.FIX,
    401: Ask.RENEW,
    404: Ask.INSERT,
    408: Ask.LATER,
    409: Ask.PATCH,
    412: Ask.READ,
    429: Ask.LATER,
}


class Heard(msgspec.Struct, frozen=True):
    """An answer. `reason`: Google's word, or the status. `may_have_happened`: it is not clear.

    body: as it came; it may quote what was sent, so it is never logged
    """

    ask: Ask
    reason: str
    may_have_happened: bool = False
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Heard({self.ask!r}, {self.reason!r}, may_have_happened={self.may_have_happened})"

    @property
    def words(self) -> str:
        """What Google says is wrong, for whoever sent something made up; "" where it says nothing."""
        error = _error(self.body)
        return error.message[:_MOST_WORDS] if error else ""


class _Detail(msgspec.Struct):
    reason: str = ""


class _Error(msgspec.Struct):
    status: str = ""
    message: str = ""
    errors: list[_Detail] = []


class _Said(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


def heard(response: httpx.Response) -> Heard:
    """What a response asks of us."""
    status = response.status_code
    if 200 <= status < 300:
        return Heard(Ask.ACCEPTED, "", body=response.content)
    reason = _reason(response.content) or f"status_{status}"
    ask = _ASKED.get(status, Ask.LATER if status >= 500 else Ask.STOP)
    if status == 403 and reason in _QUOTA:
        ask = Ask.SILENCE
    elif status == 403 and reason in _SLOW_DOWN:
        ask = Ask.LATER
    return Heard(ask, reason, may_have_happened=status >= 500 and status != 503, body=response.content)


def unheard(err: httpx.HTTPError) -> Heard:
    """No answer came. Without a connection nothing can have happened."""
    never_sent = isinstance(err, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return Heard(Ask.LATER, type(err).__name__, may_have_happened=not never_sent)


def _reason(body: bytes) -> str:
    """Google's own word, if it is one: a message may quote what was sent, so it is never repeated."""
    error = _error(body)
    if error is None:
        return ""
    word = error.errors[0].reason if error.errors else error.status
    return word if word.isascii() and word.replace("_", "").isalnum() and len(word) <= 64 else ""


def _error(body: bytes) -> _Error | None:
    try:
        return msgspec.json.decode(body, type=_Said).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
