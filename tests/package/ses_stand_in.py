"""Amazon SES as far as `pointpass mail` asks it: a domain's keys, where its bounces go, and who gets no further mail.

Which operation a call is, botocore's own description says: method and address are those of its `sesv2`.
"""

import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any

from botocore.loaders import Loader
from deployed import ACCOUNT, REGION
from stand_ins import serving

BEGINS = "/v2/email/"
_ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "CreateEmailIdentity": {},
    "GetEmailIdentity": {"VerifiedForSendingStatus": False, "DkimAttributes": {"Tokens": ["one", "two", "three"]}},
    "PutEmailIdentityMailFromAttributes": {},
    "GetAccount": {"ProductionAccessEnabled": True, "SuppressionAttributes": {"SuppressedReasons": []}},
    "PutAccountSuppressionAttributes": {},
}


def permission(method: str, path: str, body: bytes) -> tuple[str, str]:
    """What a call needs: an identity where it names one. Source: the service authorization reference of SES."""
    for operation, wanted, shape in _addresses():
        found = shape.fullmatch(path) if method == wanted else None
        if found:
            told = {**(json.loads(body) if body else {}), **found.groupdict()}
            domain = told.get("EmailIdentity")
            resource = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}" if domain else "*"
            return f"ses:{operation}", resource
    raise LookupError(f"{method} {path} is no operation of SES")


def ses() -> AbstractContextManager[str]:
    """Its address, while it runs."""
    return serving(_Desk)


class _Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        action, _ = permission(self.command, self.path, body)
        said = json.dumps(_ANSWERS[action.partition(":")[2]]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815  # the server looks for these names

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@cache
def _addresses() -> list[tuple[str, str, re.Pattern[str]]]:
    """Every operation with its method and the shape of its address."""
    described = Loader().load_service_model("sesv2", "service-2")["operations"]
    return [
        (name, told["http"]["method"], re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", told["http"]["requestUri"])))
        for name, told in described.items()
    ]
