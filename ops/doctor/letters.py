"""The way that letters take."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from chalicelib.config import Settings
from ops.accounts.post import is_in_sandbox, is_ses
from ops.doctor.cloud import Cloud
from ops.doctor.rows import Row

_PORTS = {"smtp": 25, "smtps": 465}


def check_mail(settings: Settings, cloud: Cloud, connect: Callable[[str, int], None]) -> Iterator[Row]:
    """Whether the mail server answers, and whether SES sends to everybody. Nothing is sent.

    connect: to a host and port, raises OSError
    """
    parts = urlsplit(settings.smtp_url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    todo = "pointpass mail check --to YOUR-ADDRESS says more"
    try:
        connect(host, port)
    except OSError as err:
        yield Row("mail server", "bad", f"{host}:{port} does not answer ({type(err).__name__})", todo)
        return
    yield Row("mail server", "good", f"{host}:{port} answers")
    if is_ses(host):
        if is_in_sandbox(cloud):
            asks = "Ask for production access in the SES console: members' addresses get nothing until then"
            yield Row("SES", "look", "in the sandbox: only verified addresses get mail", asks)
        else:
            yield Row("SES", "good", "sends to everybody")
