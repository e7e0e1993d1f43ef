"""Texts for people hold no word or code of ours: pages, JSON, mails, lint, explain, terms."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from whole_house import ANNA, DEFINITION, PROGRAM, Town, town

from chalicelib.web.desk import Visit
from chalicelib.web.letters import Envelope, farewell_letter, link_letter, proof_letter
from ops.command import main

INTERNAL = re.compile(
    r"\b(snapshot|snap|cells?|purses?|ledger|journal|settled?|legs?|maturing|clawback|webhook|payload|idempoten\w*|"
    r"enum|struct|dataclass|exception|traceback|None|null|undefined|NaN|True|False|Infinity|object at 0x\w+|"
    r"P(?:[0-9]|1[0-9]|2[0-5])|I(?:[1-9]|1[0-4])|[a-z]+(?:_[a-z0-9]+)+|[a-z]+[A-Z]\w*)\b|\{\w*\}|\{\{|\}\}|%s"
)
DEFINITION_WORDS = frozenset(
    {
        "gift_cards",
        "paid_with_points",
        "time_zone",
        "once_per",
        "when_spent",
        "after_expiry",
        "restore_grace",
        "at_most",
        "free_delivery",
        "legal_name",
    }
)
"""What an owner writes in a definition may be named when a definition is checked."""


class _Text(HTMLParser):
    """What a reader sees or hears: text, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipping += tag in ("script", "style")
        spoken = ("alt", "title", "aria-label", "placeholder")
        self.said += [value or "" for name, value in attrs if name in spoken]

    def handle_endtag(self, tag: str) -> None:
        self._skipping -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.said.append(data)


def text_of(page: bytes) -> str:
    reader = _Text()
    reader.feed(page.decode())
    return " ".join(" ".join(reader.said).split())


def internal(text: str, *, allowed: frozenset[str] = frozenset()) -> list[str]:
    without = re.sub(r"https?://\S+|\S+@\S+|/\S+|\S+\.yaml\S*", " ", text)
    return [match[0] for match in INTERNAL.finditer(without) if match[0] not in allowed]


@pytest.mark.parametrize(
    "word",
    [
        "the snapshot",
        "2 cells",
        "your purse",
        "None",
        "null",
        "taken_back",
        "P5",
        "nobody_to_credit",
        "pricingContext",
        "{points}",
        "P25",
    ],
)
def test_the_scan_finds_what_it_should(word: str) -> None:
    assert internal(f"You have {word} here") != []


def _places(here: Town, language: str) -> Iterator[tuple[str, bytes]]:
    desk, mail = here.house.desk, here.mail
    visit = Visit(accept_language=language, sender="203.0.113.7")
    fresh = here.join("boris.kalnins@example.com", language=language)
    link = here.member(ANNA)
    order = here.buys(ANNA, 45_000)
    here.clock.forward(86_400_000)
    here.deliver(here.shop.refunded(order, amount=10_000))
    token = mail.letters[-1].token
    yield "program", desk.program(PROGRAM, visit).body
    yield "no program", desk.program("nobody", visit).body
    for form in (
        "",
        "email=x",
        "email=a@example.com",
        "phone=1",
        "email=a@example.com&consent=yes&language=xx",
        "website=1",
    ):
        yield f"form {form}", desk.join(PROGRAM, Visit(accept_language=language, body=form.encode())).body
    yield "form too large", desk.join(PROGRAM, Visit(accept_language=language, body=b"x" * 20_000)).body
    yield "form unreadable", desk.join(PROGRAM, Visit(accept_language=language, body=b"\xff")).body
    for note in ("", "joined", "confirmed", "mail_sent", "mail_not_sent", "too_many_mails", "made_up"):
        yield f"card {note}", desk.card(link, Visit(accept_language=language, query={"note": note})).body
    yield "fresh card", desk.card(fresh, visit).body
    yield "no card", desk.card("nobody", visit).body
    for code in ("", "1", "000000", "000001", "000002", "000003", "000004", "000005", "000006"):
        yield f"code {code}", desk.code(fresh, Visit(accept_language=language, body=f"code={code}".encode())).body
    yield "link", desk.link(token, visit).body
    here.clicks(token)
    yield "used link", desk.open_link(token, visit).body
    yield "no link", desk.open_link("nobody.x", visit).body
    mail.is_down = True
    yield "no mail", desk.mail(fresh, visit).body
    here.deliver(here.shop.erasure_asked(ANNA))
    here.work_off_deferred()
    yield "ended card", desk.card(link, visit).body


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_holds_an_internal_word(language: str) -> None:
    found = {name: internal(text_of(page)) for name, page in _places(town(), language)}
    assert {name: words for name, words in found.items() if words} == {}
    assert len(found) > 30


def test_no_russian_page_falls_back_to_english() -> None:
    """Names and examples aside, a Russian page is Russian."""
    latin = re.compile(r"\b(the|your|you|and|with|for|please|points|card|code)\b", re.IGNORECASE)
    found = {name: latin.findall(text_of(page)) for name, page in _places(town(), "ru")}
    assert {name: words for name, words in found.items() if words} == {}


def test_json_of_a_card_holds_the_five_public_names_and_plain_texts() -> None:
    here = town()
    link = here.member(ANNA)
    order = here.buys(ANNA, 45_000)
    here.clock.forward(86_400_000)
    here.deliver(here.shop.refunded(order, amount=10_000))
    facts = here.facts(link)
    assert list(facts) == ["points", "pending", "tier", "next_expiry", "history"]
    assert all(set(row) == {"date", "text", "reason", "points"} for row in facts["history"])
    assert internal(" ".join(f"{row['text']} {row['reason']}" for row in facts["history"])) == []
    assert "null" not in json.dumps(facts["history"])


@pytest.mark.parametrize("language", ["en", "ru"])
def test_letters_hold_no_internal_word(language: str) -> None:
    sender = "cards@bean-street.example"
    envelope = Envelope("anna@example.com", sender, language, "Bean Street Coffee", 1_782_216_000_000, "m")
    link = "https://cards.example/proof/x"
    letters = [
        proof_letter(envelope, code="123456", link=link),
        link_letter(envelope, link=link, is_known=True),
        link_letter(envelope, link=link, is_known=False),
        farewell_letter(envelope, code="123456"),
    ]
    for letter in letters:
        (text,) = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
        assert internal(text_of(text.encode())) == []
        assert internal(str(letter["Subject"])) == []


BROKEN = {
    "unknown key": DEFINITION.replace("worth:", "wroth:"),
    "no number": DEFINITION.replace("from: 300", "from: many"),
    "no money": DEFINITION.replace("0.05 EUR", "a little"),
    "no list": DEFINITION.replace("languages: [en, ru]", "languages: en"),
    "missing": DEFINITION.replace("time_zone: Europe/Berlin\n", ""),
    "not YAML": "program: [",
    "empty": "",
    "one word": "hello",
    "gap": DEFINITION.replace("{name: Bean, from: 0}", "{name: Bean, from: 10}"),
    "falling": DEFINITION.replace("multiply: 1.5", "multiply: 1.1"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_lint_speaks_of_the_file_and_not_of_us(tmp_path: Path, text: str) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(text)
    said = CliRunner().invoke(main, ["lint", str(file)])
    assert said.exit_code == (0 if "error" not in said.output else 1)
    assert said.output.strip()
    assert internal(said.output, allowed=DEFINITION_WORDS) == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("command", ["explain", "terms"])
def test_explain_and_terms_hold_no_internal_word(tmp_path: Path, command: str, language: str) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(DEFINITION)
    said = CliRunner().invoke(main, [command, str(file), "--language", language])
    assert said.exit_code == 0, said.output
    allowed = DEFINITION_WORDS if command == "explain" else frozenset()
    assert internal(said.output, allowed=allowed) == []


def test_trace_and_waiting_speak_plainly() -> None:
    here = town()
    here.member(ANNA)
    order = here.buys(ANNA, 4500)
    steps = here.house.tracing.trace(here.program, str(order.id))
    assert internal(" ".join(step.says for step in steps if step.station != "account")) == []
