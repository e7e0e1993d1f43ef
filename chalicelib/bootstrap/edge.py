"""Between API Gateway's requests and the doors' answers: nothing is decided here but what an error looks like."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, Request, Response

from chalicelib import trace
from chalicelib.bootstrap.http_events import is_of_http_api, routed
from chalicelib.bootstrap.system import LoggedAlarm, SystemClock, request_ends
from chalicelib.errors import Broken, LoyaltyError, Malformed, Refused, TryAgain, Untrusted
from chalicelib.services.answer import Answer
from chalicelib.web.api.call import Call
from chalicelib.web.visit import Visit

_log = logging.getLogger(__name__)
_LANGUAGES = ("en", "ru")
_RETRY_SECONDS = 5
_ALARM = LoggedAlarm()
_CLOCK = SystemClock()
_BINARY = ("application/vnd.apple.pkpass", "image/png")
_STATUS: tuple[tuple[type[LoyaltyError], int], ...] = (
    (Untrusted, 401),
    (Malformed, 400),
    (Refused, 409),
    (TryAgain, 503),
)


class FrontDoor(Chalice):
    """Chalice for clients that do not say what they accept, as phones may, and behind either kind of API."""

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        told = routed(event, self.routes) if is_of_http_api(event) else event
        answer: dict[str, Any] = super().__call__(fitted(told), context)
        return answer


def fitted(event: dict[str, Any]) -> dict[str, Any]:
    """API Gateway's event with an Accept header: without one Chalice answers passes and pictures with 400."""
    headers: dict[str, str] = event.get("headers") or {}
    if "accept" in {name.lower() for name in headers}:
        return event
    return {**event, "headers": {**headers, "Accept": "*/*"}}


def response(answer: Answer) -> Response:
    """The answer as Chalice sends it: binary kinds as bytes, everything else as text."""
    is_binary = answer.headers.get("Content-Type", "").partition(";")[0] in _BINARY
    body = answer.body if is_binary else answer.body.decode()
    return Response(body=body, status_code=answer.status, headers=dict(answer.headers))


def raw(request: Request) -> bytes:
    """The body, byte for byte as it was sent: signatures are made over it."""
    body = request.raw_body
    return body if isinstance(body, bytes) else body.encode()


def visit(request: Request) -> Visit:
    """A page's view of the request. The source address comes from the gateway, never from a header."""
    return Visit(
        accept_language=request.headers.get("accept-language", ""),
        accept=request.headers.get("accept", ""),
        query=dict(request.query_params or {}),
        body=raw(request),
        user_agent=request.headers.get("user-agent", ""),
        sender=_sender(request),
    )


def call(request: Request) -> Call:
    """The stores' API's view of the request. The source address as in `visit`."""
    return Call(
        method=request.method,
        route=request.context["resourcePath"],
        ids=dict(request.uri_params or {}),
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query_params or {}),
        body=raw(request),
        sender=_sender(request),
    )


def _sender(request: Request) -> str:
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def answering(current: Callable[[], Request]) -> Callable[[Callable[..., Answer]], Callable[..., Response]]:
    """A decorator under the routes: turns a door's answer, or its error, into a response.

    `current`: the request being answered. An exception that is none of the five kinds is our fault: it is logged by
    its type and place, without its text, and answered with 500. All that happens belongs to the gateway's id of the
    request, until a webhook's sender is believed.
    """

    def decorate(view: Callable[..., Answer]) -> Callable[..., Response]:
        @functools.wraps(view)
        def followed(*args: str, **named: str) -> Response:
            name = current().context.get("requestId") or view.__name__
            with trace.following(str(name), _CLOCK.now()):
                answer = answered(*args, **named)
            request_ends()
            return answer

        def answered(*args: str, **named: str) -> Response:
            try:
                return response(view(*args, **named))
            except LoyaltyError as err:
                status = next((code for kind, code in _STATUS if isinstance(err, kind)), 500)
                if status == 500:
                    _ALARM.raise_("request_broke", why=err.reason, view=view.__name__)
                else:
                    _log.warning("request_failed", extra={"facts": {"why": err.reason, "view": view.__name__}})
            except Exception as err:
                status = 500
                _ALARM.raise_("request_broke", why=_place(err), view=view.__name__)
            return response(_trouble(current(), status))

        return followed

    return decorate


def _trouble(request: Request, status: int) -> Answer:
    """What a caller reads of an error: a program JSON, a person a page."""
    if request.path.startswith("/v1/"):
        from chalicelib.web.api.door import refusal

        return refusal(Broken("request_broke"))
    from chalicelib.web.language import choose
    from chalicelib.web.trouble import trouble_page

    language = choose(request.headers.get("accept-language", ""), _LANGUAGES)
    return trouble_page(status, language, retry_after_seconds=_RETRY_SECONDS if status == 503 else None)


def guarded(handler: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """A decorator under queue and stream handlers: an error that nobody foresaw reaches Lambda without its text."""

    @functools.wraps(handler)
    def handled(event: Any) -> dict[str, Any]:
        name = getattr(getattr(event, "context", None), "aws_request_id", "") or handler.__name__
        with trace.following(name, _CLOCK.now()):
            try:
                return handler(event)
            except Exception as err:
                _ALARM.raise_("handler_broke", why=_place(err), handler=handler.__name__)
                raise Broken("handler_broke", handler=handler.__name__) from None
            finally:
                request_ends()

    return handled


def _place(err: Exception) -> str:
    """The kind and the line of an error: its text may hold anything, so it is not written."""
    place = err.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename.rpartition('/')[2]}:{place.tb_lineno}" if place else "?"
    return f"{type(err).__name__} at {where}"
