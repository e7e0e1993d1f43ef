"""Letters handed over to an SMTP server (RFC 5321)."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from chalicelib.errors import Broken, TryAgain
from chalicelib.services.ports import Chance, Clock
from chalicelib.web.letters import Envelope, farewell_letter, link_letter, proof_letter

_PORTS = {"smtp": 587, "smtps": 465}
"""Of submission (RFC 8314), where an address names none: functions reach no port 25."""


def server_of(url: str) -> tuple[str, int]:
    """Host and port of a mail server's address. Raises Broken("mail_settings") for one that cannot be meant."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise Broken("mail_settings") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Broken("mail_settings")
    return parts.hostname, port or _PORTS[parts.scheme]


class SmtpMailer:
    """ports.Mailer over one short SMTP conversation per letter.

    url: "smtp://host:port" speaks plainly, and with STARTTLS when there is a user; "smtps://user@host:port" is
    encrypted from the start. A password is never said on a connection that is not encrypted.
    timeout_seconds: for each step of the conversation. tls: None trusts the system's certificates.
    Raises: Broken("mail_settings") for a url that cannot be meant.
    """

    def __init__(
        self,
        url: str,
        *,
        mail_from: str,
        clock: Clock,
        chance: Chance,
        password: str = "",
        timeout_seconds: float = 4.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host, self._port = server_of(url)
        parts = urlsplit(url)
        self._is_encrypted = parts.scheme == "smtps"
        self._user = unquote(parts.username or "")
        self._password = password or unquote(parts.password or "")
        self._from = mail_from
        self._clock = clock
        self._chance = chance
        self._timeout_seconds = timeout_seconds
        self._tls = tls

    def send_proof(self, to: str, *, language: str, business: str, code: str, link: str) -> None:
        """The mail that proves an address. Raises TryAgain("mail_not_sent", why=...) when it was not accepted."""
        self._hand_over(proof_letter(self._envelope(to, language, business), code=code, link=link))

    def send_link(self, to: str, *, language: str, business: str, link: str, is_known: bool) -> None:
        """The mail that brings a card, or says that there is none. Raises as `send_proof`."""
        self._hand_over(link_letter(self._envelope(to, language, business), link=link, is_known=is_known))

    def send_farewell(self, to: str, *, language: str, business: str, code: str) -> None:
        """The mail whose code ends a membership. Raises as `send_proof`."""
        self._hand_over(farewell_letter(self._envelope(to, language, business), code=code))

    def _envelope(self, to: str, language: str, business: str) -> Envelope:
        return Envelope(to, self._from, language, business, self._clock.now(), self._chance.token())

    def _hand_over(self, letter: EmailMessage) -> None:
        # `from None`: a server's refusal repeats the address, and a traceback may be logged.
        try:
            with self._connect() as server:
                if self._user:
                    self._log_in(server)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused:
            raise TryAgain("mail_not_sent", why="recipient_refused") from None
        except smtplib.SMTPResponseException as err:
            raise TryAgain("mail_not_sent", why="server_refused", answer=err.smtp_code) from None
        except (smtplib.SMTPException, OSError) as err:  # OSError: no connection, time-out, certificate
            raise TryAgain("mail_not_sent", why=type(err).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        # Our own name is given, or smtplib would ask the name service for it before every letter.
        name = parseaddr(self._from)[1].rpartition("@")[2]
        if self._is_encrypted:
            return smtplib.SMTP_SSL(
                self._host,
                self._port,
                local_hostname=name,
                timeout=self._timeout_seconds,
                context=self._tls or ssl.create_default_context(),
            )
        return smtplib.SMTP(self._host, self._port, local_hostname=name, timeout=self._timeout_seconds)

    def _log_in(self, server: smtplib.SMTP) -> None:
        if not self._is_encrypted:
            # Refused with SMTPNotSupportedError when the server offers no STARTTLS: the password stays with us.
            server.starttls(context=self._tls or ssl.create_default_context())
        server.login(self._user, self._password)
