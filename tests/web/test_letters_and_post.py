"""Letters, handed to a real SMTP server."""

import datetime as dt
import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from web_samples import NOW

from chalicelib.errors import Broken, Malformed, TryAgain
from chalicelib.web.letters import Envelope, proof_letter
from chalicelib.web.post import SmtpMailer, server_of

_LINK = "https://cards.example/proof/" + "Zk3qW9vXr7LmT2yBn5HsDc" * 4


class _Clock:
    def now(self) -> int:
        return NOW


class _Chance:
    def token(self) -> str:
        return "4fTq0mXJ3rZk9sWv2LbNcA"

    def digits(self, count: int) -> str:
        return "4" * count


class _Desk:
    """Takes letters, or refuses them as a server would."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[SmtpEnvelope] = []
        self.refuses: str = ""

    async def handle_RCPT(  # noqa: N802 - the server's own name for it
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        if self.refuses == "recipient":
            return f"550 5.1.1 <{address}> no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: SmtpEnvelope) -> str:  # noqa: N802
        if self.refuses == "letter":
            return "451 4.3.0 later, please"
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        self.envelopes.append(envelope)
        return "250 OK"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def desk() -> _Desk:
    return _Desk()


Start = Callable[..., int]


@pytest.fixture
def start(desk: _Desk) -> Iterator[Start]:
    """Starts a server and gives its port."""
    running: list[Controller] = []

    def begin(**settings: Any) -> int:
        controller = Controller(desk, hostname="127.0.0.1", port=_free_port(), **settings)
        controller.start()
        running.append(controller)
        return int(controller.port)

    yield begin
    for controller in running:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A throw-away certificate for 127.0.0.1 and its key."""
    import ipaddress

    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def _mailer(url: str, **settings: Any) -> SmtpMailer:
    return SmtpMailer(
        url, mail_from="cards@example.com", clock=_Clock(), chance=_Chance(), timeout_seconds=2.0, **settings
    )


def _send(mailer: SmtpMailer, language: str = "en", business: str = "Bean Street Coffee") -> None:
    mailer.send_proof("anna@example.com", language=language, business=business, code="407312", link=_LINK)


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "407312 is your code for Bean Street Coffee", "Your code: 407312"),
        ("ru", "407312 — ваш код для Bean Street Coffee", "Ваш код: 407312"),
        ("de", "407312 is your code for Bean Street Coffee", "Your code: 407312"),
    ],
)
def test_the_letter_arrives_in_the_readers_language(
    start: Start, desk: _Desk, language: str, subject: str, line: str
) -> None:
    _send(_mailer(f"smtp://127.0.0.1:{start()}"), language)

    (letter,) = desk.letters
    lines = letter.get_content().splitlines()
    assert letter["Subject"] == subject
    assert letter["To"] == "anna@example.com"
    assert letter["From"] == "Bean Street Coffee <cards@example.com>"
    assert letter["Date"].datetime == dt.datetime.fromtimestamp(NOW // 1000, dt.UTC)
    assert letter["Message-ID"] == "<4fTq0mXJ3rZk9sWv2LbNcA@example.com>"
    assert letter.get_content_type() == "text/plain"
    assert line in lines
    assert _LINK in lines
    assert desk.envelopes[0].rcpt_tos == ["anna@example.com"]


@pytest.mark.parametrize(
    ("language", "is_known", "words"),
    [
        ("en", True, "The link works once and for half an hour."),
        ("ru", True, "Ссылка действует один раз и полчаса."),
        ("en", False, "No card has been confirmed with this address."),
        ("ru", False, "С этим адресом карту никто не подтверждал."),
    ],
)
def test_the_letter_that_brings_a_card_says_where_it_leads(
    start: Start, desk: _Desk, language: str, is_known: bool, words: str
) -> None:
    mailer, business = _mailer(f"smtp://127.0.0.1:{start()}"), "Bean Street Coffee"

    mailer.send_link("anna@example.com", language=language, business=business, link=_LINK, is_known=is_known)

    (letter,) = desk.letters
    assert letter["Subject"] == {"en": f"Your {business} card", "ru": f"Ваша карта {business}"}[language]
    assert words in letter.get_content()
    assert _LINK in letter.get_content().splitlines()


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "407312 ends your Bean Street Coffee membership", "All points will be lost."),
        ("ru", "407312 — код для выхода из программы Bean Street Coffee", "Всё накопленное пропадёт."),
    ],
)
def test_the_letter_that_ends_a_membership_says_what_is_lost_and_holds_no_link(
    start: Start, desk: _Desk, language: str, subject: str, words: str
) -> None:
    mailer = _mailer(f"smtp://127.0.0.1:{start()}")

    mailer.send_farewell("anna@example.com", language=language, business="Bean Street Coffee", code="407312")

    (letter,) = desk.letters
    assert letter["Subject"] == subject
    assert words in letter.get_content()
    assert "407312" in letter.get_content()
    assert "http" not in letter.get_content()


def test_a_business_name_cannot_add_a_header(start: Start, desk: _Desk) -> None:
    _send(_mailer(f"smtp://127.0.0.1:{start()}"), business='Bean\r\nBcc: eve@example.com\r\n\r\n"Street"')

    (letter,) = desk.letters
    assert letter["Bcc"] is None
    assert desk.envelopes[0].rcpt_tos == ["anna@example.com"]


@pytest.mark.parametrize("to", ["anna@example.com\nBcc: eve@example.com", "anna@example.com, eve@example.com", "", "@"])
def test_a_recipient_that_is_more_than_an_address_is_refused(to: str) -> None:
    with pytest.raises(Malformed, match="not_an_address"):
        proof_letter(Envelope(to, "a@example.com", "en", "B", NOW, "m"), code="1", link=_LINK)


@pytest.mark.parametrize(("refuses", "why"), [("recipient", "recipient_refused"), ("letter", "server_refused")])
def test_a_refused_letter_is_told_without_the_address(start: Start, desk: _Desk, refuses: str, why: str) -> None:
    desk.refuses = refuses

    with pytest.raises(TryAgain) as told:
        _send(_mailer(f"smtp://127.0.0.1:{start()}"))

    assert told.value.reason == "mail_not_sent"
    assert told.value.facts["why"] == why
    assert "anna" not in str(told.value)
    assert told.value.__suppress_context__  # a logged traceback does not show the server's words either


def test_nobody_at_the_other_end_is_told() -> None:
    with pytest.raises(TryAgain, match="mail_not_sent"):
        _send(_mailer(f"smtp://127.0.0.1:{_free_port()}"))


def test_a_server_that_says_nothing_is_given_up_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = SmtpMailer(
            f"smtp://127.0.0.1:{silent.getsockname()[1]}",
            mail_from="cards@example.com",
            clock=_Clock(),
            chance=_Chance(),
            timeout_seconds=0.2,
        )
        with pytest.raises(TryAgain, match="mail_not_sent"):
            _send(mailer)


def test_a_server_that_hangs_up_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def hang_up() -> None:
            rude.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(TryAgain, match="mail_not_sent"):
            _send(_mailer(f"smtp://127.0.0.1:{rude.getsockname()[1]}"))
        thread.join()


def _check_password(server: SMTP, session: Session, envelope: SmtpEnvelope, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=data == LoginPassword(b"cards", b"s3cret"), handled=False)


def _server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def test_a_password_is_said_after_starttls(start: Start, desk: _Desk, certificate: tuple[Path, Path]) -> None:
    port = start(tls_context=_server_tls(certificate), authenticator=_check_password, auth_required=True)
    trust = ssl.create_default_context(cafile=str(certificate[0]))

    _send(_mailer(f"smtp://cards@127.0.0.1:{port}", password="s3cret", tls=trust))

    assert len(desk.letters) == 1


def test_a_server_that_is_encrypted_from_the_start_is_spoken_to(
    start: Start, desk: _Desk, certificate: tuple[Path, Path]
) -> None:
    port = start(ssl_context=_server_tls(certificate), authenticator=_check_password, auth_require_tls=False)
    trust = ssl.create_default_context(cafile=str(certificate[0]))

    _send(_mailer(f"smtps://cards@127.0.0.1:{port}", password="s3cret", tls=trust))

    assert len(desk.letters) == 1


def test_a_wrong_password_is_told(start: Start, desk: _Desk, certificate: tuple[Path, Path]) -> None:
    port = start(tls_context=_server_tls(certificate), authenticator=_check_password, auth_required=True)
    trust = ssl.create_default_context(cafile=str(certificate[0]))

    with pytest.raises(TryAgain, match="server_refused"):
        _send(_mailer(f"smtp://cards@127.0.0.1:{port}", password="guess", tls=trust))
    assert desk.letters == []


def test_a_password_is_never_said_on_an_open_line(start: Start, desk: _Desk) -> None:
    port = start(authenticator=_check_password, auth_require_tls=False)

    with pytest.raises(TryAgain, match="mail_not_sent"):
        _send(_mailer(f"smtp://cards:s3cret@127.0.0.1:{port}"))
    assert desk.letters == []


def test_a_certificate_nobody_trusts_is_not_accepted(start: Start, desk: _Desk, certificate: tuple[Path, Path]) -> None:
    port = start(tls_context=_server_tls(certificate), authenticator=_check_password)

    with pytest.raises(TryAgain, match="mail_not_sent"):
        _send(_mailer(f"smtp://cards:s3cret@127.0.0.1:{port}"))
    assert desk.letters == []


@pytest.mark.parametrize(
    ("url", "port"), [("smtp://u@mail.example", 587), ("smtps://mail.example", 465), ("smtp://m:26", 26)]
)
def test_mail_server_that_names_no_port_is_asked_at_that_of_submission(url: str, port: int) -> None:
    assert server_of(url)[1] == port


@pytest.mark.parametrize("url", ["", "http://127.0.0.1", "smtp://", "127.0.0.1:25", "smtp://mail.example:99999"])
def test_an_address_that_is_no_mail_server_stops_the_start(url: str) -> None:
    with pytest.raises(Broken, match="mail_settings"):
        _mailer(url)
