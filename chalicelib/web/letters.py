"""Letters to people: what they say, as mail messages that nobody can break out of."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import msgspec

from chalicelib.errors import Malformed
from chalicelib.events import Instant
from chalicelib.web.join import is_email
from chalicelib.web.language import Speech, choose
from chalicelib.web.texts import TEXTS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Envelope(msgspec.Struct, frozen=True):
    """What every letter needs.

    sender: "cards@example.com" or "Name <cards@example.com>"; the business's name is shown instead of `Name`
    message_id: a random part      language: one without texts is answered in English
    """

    to: str
    sender: str
    language: str
    business: str
    now: Instant
    message_id: str

    @property
    def speech(self) -> Speech:
        """The reader's."""
        return Speech(choose("", tuple(TEXTS), asked=self.language))

    @property
    def name(self) -> str:
        """The business's, as a header can hold it."""
        return _one_line(self.business)


def proof_letter(envelope: Envelope, *, code: str, link: str) -> EmailMessage:
    """The letter that proves an address.

    Raises: Malformed("not_an_address") for a recipient, Malformed("not_a_sender") for a sender no header can hold.
    """
    speech = envelope.speech
    said = (
        speech.say("letter.who", business=envelope.name),
        f"{speech.say('letter.code')} {code}\n{speech.say('letter.where')}",
        f"{speech.say('letter.link')}\n{link}",
        speech.say("letter.limits"),
        speech.say("letter.not_you"),
    )
    return _letter(envelope, speech.say("letter.subject", code=code, business=envelope.name), said)


def link_letter(envelope: Envelope, *, link: str, is_known: bool) -> EmailMessage:
    """The letter that brings a card: a link that opens it, or, where there is none, to where one can be had."""
    speech, kind = envelope.speech, "card" if is_known else "no_card"
    said = (
        speech.say("letter.asked", business=envelope.name),
        f"{speech.say(f'letter.{kind}')}\n{link}",
        *([speech.say("letter.once")] if is_known else []),
        speech.say("letter.ignore"),
    )
    return _letter(envelope, speech.say("letter.card.subject", business=envelope.name), said)


def farewell_letter(envelope: Envelope, *, code: str) -> EmailMessage:
    """The letter whose code ends a membership."""
    speech = envelope.speech
    said = (
        speech.say("letter.farewell", business=envelope.name),
        f"{speech.say('letter.code')} {code}\n{speech.say('letter.farewell.where')}",
        speech.say("letter.farewell.not_you"),
    )
    return _letter(envelope, speech.say("letter.farewell.subject", code=code, business=envelope.name), said)


def _letter(envelope: Envelope, subject: str, said: Sequence[str]) -> EmailMessage:
    """Plain text; a link stands alone on its line, so that every reader opens it."""
    speech, name = envelope.speech, envelope.name
    from_address = parseaddr(envelope.sender)[1]
    if not is_email(envelope.to):
        raise Malformed("not_an_address")
    if not is_email(from_address):
        raise Malformed("not_a_sender")
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(display_name=name, addr_spec=from_address)
    letter["To"] = Address(addr_spec=envelope.to)
    letter["Subject"] = subject
    letter["Date"] = format_datetime(_EPOCH + timedelta(seconds=envelope.now // 1000))
    letter["Message-ID"] = f"<{envelope.message_id}@{from_address.rpartition('@')[2]}>"
    letter["Content-Language"] = speech.language
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    text = "\n\n".join((speech.say("letter.greeting"), *said, f"-- \n{name}")) + "\n"
    letter.set_content(text, charset="utf-8", cte="7bit" if text.isascii() else "base64")
    return letter


def _one_line(text: str) -> str:
    """Printable and on one line: what a header can hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
