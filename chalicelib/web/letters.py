"""Letters to people: what they say, as mail messages that nobody can break out of."""

from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from chalicelib.errors import Malformed
from chalicelib.events import Instant
from chalicelib.web.join import is_email
from chalicelib.web.language import Speech, choose
from chalicelib.web.texts import TEXTS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def proof_letter(
    to: str, *, sender: str, language: str, business: str, code: str, link: str, now: Instant, message_id: str
) -> EmailMessage:
    """The letter that proves an address. Plain text; the link stands alone on its line, so that every reader opens it.

    sender: "cards@example.com" or "Name <cards@example.com>"; the business's name is shown instead of `Name`
    message_id: a random part      language: one without texts is answered in English
    Raises: Malformed("not_an_address") for a recipient, Malformed("not_a_sender") for a sender no header can hold.
    """
    speech = Speech(choose("", tuple(TEXTS), asked=language))
    from_address = parseaddr(sender)[1]
    if not is_email(to):
        raise Malformed("not_an_address")
    if not is_email(from_address):
        raise Malformed("not_a_sender")
    name = _one_line(business)
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(display_name=name, addr_spec=from_address)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = speech.say("letter.subject", code=code, business=name)
    letter["Date"] = format_datetime(_EPOCH + timedelta(seconds=now // 1000))
    letter["Message-ID"] = f"<{message_id}@{from_address.rpartition('@')[2]}>"
    letter["Content-Language"] = speech.language
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    text = _text(speech, name, code, link)
    letter.set_content(text, charset="utf-8", cte="7bit" if text.isascii() else "base64")
    return letter


def _text(speech: Speech, business: str, code: str, link: str) -> str:
    parts = (
        speech.say("letter.greeting"),
        speech.say("letter.who", business=business),
        f"{speech.say('letter.code')} {code}\n{speech.say('letter.where')}",
        f"{speech.say('letter.link')}\n{link}",
        speech.say("letter.limits"),
        speech.say("letter.not_you"),
        f"-- \n{business}",
    )
    return "\n\n".join(parts) + "\n"


def _one_line(text: str) -> str:
    """Printable and on one line: what a header can hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
