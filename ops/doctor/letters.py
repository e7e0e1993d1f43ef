"""The way that letters take."""

from collections.abc import Callable, Iterator

from chalicelib.config import Settings
from chalicelib.web.post import server_of
from ops.accounts.post import BLOCKED, NO_WAY, is_in_sandbox, is_ses
from ops.doctor.cloud import Cloud
from ops.doctor.rows import Row


def check_mail(settings: Settings, cloud: Cloud, connect: Callable[[str, int], None]) -> Iterator[Row]:
    """Whether the mail server answers, and whether SES sends to everybody. Nothing is sent.

    cloud: in the region of the mail server     connect: to a host and port, raises OSError
    Raises: Broken("mail_settings").
    """
    host, port = server_of(settings.smtp_url)
    if port == BLOCKED:
        yield Row("mail server", "bad", f"{host}:{port} may answer here, but {NO_WAY}", "Set SmtpUrl, and deploy")
        return
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
