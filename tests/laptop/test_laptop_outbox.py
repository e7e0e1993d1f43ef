"""Letters end up in the outbox, readable by people and programs."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

from ops.laptop.outbox import Outbox, start_post_office


def letter(subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "cards@bean-street.example"
    message["To"] = "ada@customers.example"
    message["Subject"] = subject
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    return message


def test_letter_is_kept_with_its_links_newest_last(tmp_path: Path, free_port: int) -> None:
    outbox = Outbox(tmp_path / "outbox")
    office = start_post_office(outbox, free_port)
    with smtplib.SMTP("127.0.0.1", free_port) as post:
        post.send_message(letter("Ваш код", "Код 123456\nhttp://127.0.0.1:8000/proof/abc?lang=ru\nили напишите нам"))
        post.send_message(letter("Second", "nothing to click"))
    office.stop()
    first, second = outbox.letters()
    assert (first["to"], first["subject"]) == ("ada@customers.example", "Ваш код")
    assert first["links"] == ["http://127.0.0.1:8000/proof/abc?lang=ru"]
    assert "Код 123456" in first["text"]
    assert (second["subject"], second["links"]) == ("Second", [])
    assert first["at"] <= second["at"]
