"""What may be typed into the join form, and what is said about the rest."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_reading import read
from web_samples import a_program

from chalicelib.errors import Malformed
from chalicelib.members import identity
from chalicelib.web.card import Felt
from chalicelib.web.consent import consent_text, marketing_text, text_sha
from chalicelib.web.join import JoinForm, is_email, masked, parse_code, parse_join
from chalicelib.web.program import program_page

_GOOD = {"email": "anna@example.com", "name": "Anna", "language": "ru", "consent": "yes"}


def _join(**changes: str | None) -> JoinForm:
    fields = {name: value for name, value in (_GOOD | changes).items() if value is not None}
    return parse_join(urlencode(fields).encode(), languages=("en", "ru"))


def test_a_good_form_has_no_problems() -> None:
    assert _join() == JoinForm(email="anna@example.com", name="Anna", language="ru", consent=True)


def test_marketing_is_a_separate_wish() -> None:
    assert _join().marketing is False
    assert _join(marketing="yes").marketing is True


@pytest.mark.parametrize("consent", [None, "", "0", "off", "no", "false"])
def test_without_consent_there_is_no_card(consent: str | None) -> None:
    assert _join(consent=consent).problems == {"consent": "consent_missing"}


@pytest.mark.parametrize(
    "email",
    [
        "anna",
        "anna@",
        "@example.com",
        "anna@example",
        "anna@@example.com",
        "anna@exa mple.com",
        "anna@example.com\nBcc: all@example.com",
        "anna@example.com\r\n\r\nHello",
        "anna\t@example.com",
        "anna@example.com,eve@example.com",
        "Anna <anna@example.com>",
        '"a b"@example.com',
        "a..b@example.com",
        ".a@example.com",
        "anna@-example.com",
        "anna@example..com",
        "anna@127.0.0.1",
        "anna@[127.0.0.1]",
        "anna@example.c",
        "anna@example.com\x00",
        "анна@example.com",
        "a" * 65 + "@example.com",
    ],
)
def test_an_address_no_letter_can_be_sent_to_is_refused(email: str) -> None:
    assert _join(email=email).problems == {"email": "email_malformed"}


@pytest.mark.parametrize(
    "email", ["a@b.co", "anna.b+tag@mail.example.co.uk", "o'neil@example.com", "anna@xn--e1afmkfd.xn--p1ai", " a@b.co "]
)
def test_an_ordinary_address_is_taken(email: str) -> None:
    assert _join(email=email).problems == {}
    assert _join(email=email).email == email.strip()


def test_an_address_longer_than_254_characters_is_refused() -> None:
    long = "a@" + ".".join(["b" * 60] * 4) + ".example.com"

    assert len(long) > 254
    assert _join(email=long).problems == {"email": "email_too_long"}


@given(st.text(max_size=40) | st.emails())
def test_every_address_that_is_taken_leads_to_an_identity_and_fits_one_header_line(text: str) -> None:
    if is_email(text):
        assert identity.email(text) == text.lower()
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+44 20 7946 0123", "+442079460123"),
        ("0044 (20) 7946-0123", "+442079460123"),
        ("+7\u00a0900\u00a0000-00-00", "+79000000000"),
    ],
)
def test_a_phone_is_kept_in_its_international_form(typed: str, expected: str) -> None:
    form = _join(email="", phone=typed)

    assert form.problems == {}
    assert form.phone == expected


@pytest.mark.parametrize("typed", ["020 7946 0123", "+0123456789", "12", "+1234567890123456", "call me"])
def test_a_phone_without_its_country_is_refused_and_kept_as_typed(typed: str) -> None:
    form = _join(email="", phone=typed)

    assert form.problems == {"phone": "phone_malformed"}
    assert form.phone == typed


def test_either_address_or_phone_must_be_there() -> None:
    assert _join(email="  ", phone=None).problems == {"email": "contact_missing"}


@pytest.mark.parametrize(
    ("name", "problem"),
    [("x" * 81, "name_too_long"), ("Anna\nBcc: x", "name_malformed"), ("Anna\u202egpj", "name_malformed")],
)
def test_a_name_that_cannot_be_shown_is_refused(name: str, problem: str) -> None:
    assert _join(name=name).problems == {"name": problem}


def test_the_name_may_be_left_out_and_the_language_falls_to_the_programs_first() -> None:
    form = _join(name=None, language=None)

    assert form.problems == {}
    assert (form.name, form.language) == ("", "en")


def test_a_language_the_program_does_not_speak_is_refused() -> None:
    assert _join(language="de").problems == {"language": "language_unknown"}


def test_a_program_that_fills_the_hidden_field_gets_no_card() -> None:
    assert _join(website="https://spam.example").problems == {"website": "trap_filled"}


def test_consent_to_an_older_wording_is_asked_for_again() -> None:
    body = urlencode({**_GOOD, "consent_sha": "0" * 64}).encode()

    form = parse_join(body, languages=("en", "ru"), consent_sha="1" * 64)

    assert form.problems == {"consent": "consent_changed"}


def test_a_form_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(Malformed, match="form_too_large"):
        parse_join(b"name=" + b"a" * 10_000, languages=("en",))


@pytest.mark.parametrize("body", [b"name=\xff\xfe", b"name=%ff", b"&".join([b"a=1"] * 50)])
def test_a_form_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="form_unreadable"):
        parse_join(body, languages=("en",))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        form = parse_join(body, languages=("en", "ru"))
    except Malformed:
        return
    assert form.problems


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"code=123456", "123456"),
        (b"code=123+456", "123456"),
        (b"code=+123-456+", "123456"),
        (b"code=12345", ""),
        (b"code=1234567", ""),
        ("code=١٢٣٤٥٦".encode(), ""),
        (b"code=abcdef", ""),
        (b"", ""),
    ],
)
def test_a_code_is_six_digits_however_they_are_grouped(body: bytes, expected: str) -> None:
    assert expected == parse_code(body)


def test_the_form_comes_back_with_what_was_typed_and_the_reasons_beside_the_fields() -> None:
    form = _join(email="anna@nowhere", phone="12", consent=None, marketing="yes")

    answer = program_page(a_program(), "en", form=form)
    page = read(answer)
    email = page.one("input", id="email")

    assert answer.status == 422
    assert email.attributes["value"] == "anna@nowhere"
    assert email.attributes["aria-invalid"] == "true"
    assert "autofocus" in email.attributes
    assert "email-reason" in email.attributes["aria-describedby"].split()
    assert page.one("p", id="email-reason").text.startswith("This does not look like an e-mail address.")
    assert "autofocus" not in page.one("input", id="phone").attributes
    assert "open" in page.one("details").attributes
    assert "checked" not in page.one("input", id="consent").attributes
    assert "checked" in page.one("input", id="marketing").attributes
    assert page.one("option", value="ru").attributes.keys() >= {"selected"}


def test_what_was_typed_comes_back_as_text_never_as_markup() -> None:
    answer = program_page(a_program(), "en", form=_join(name='"><script>alert(1)</script>', consent=None))

    assert b"<script>" not in answer.body
    assert read(answer).one("input", id="name").attributes["value"] == '"><script>alert(1)</script>'


def test_both_boxes_are_unticked_at_first_and_only_consent_is_required() -> None:
    page = read(program_page(a_program(), "en"))
    consent, marketing = page.one("input", id="consent"), page.one("input", id="marketing")

    assert "checked" not in consent.attributes
    assert "checked" not in marketing.attributes
    assert "required" in consent.attributes
    assert "required" not in marketing.attributes


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_text_that_is_agreed_to_is_exactly_the_one_shown(language: str) -> None:
    view = a_program()
    page = read(program_page(view, language))
    texts = [label.text for label in page.all("label", class_="tick")]

    assert texts == [consent_text(view.shop, language), marketing_text(view.shop, language)]
    assert page.one("input", name="consent_sha").attributes["value"] == text_sha(consent_text(view.shop, language))
    assert "Bean Street Coffee GmbH" in texts[0]


def test_a_text_is_versioned_by_its_sha256() -> None:
    # FIPS 180-2, appendix B.1
    assert text_sha("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_page_says_what_you_get_and_how_it_works() -> None:
    page = read(program_page(a_program(), "en"))

    assert "1 bean for every euro" in page.text
    assert "Shipping does not count." in page.text
    assert [form.attributes["action"] for form in page.all("form")] == [
        "/p/bean-street/join?lang=en",
        "/p/bean-street/send?lang=en",
    ]
    assert page.all("div", class_="qr") == []


def test_a_masked_address_is_recognised_but_not_told() -> None:
    assert [masked(email) for email in ("anna@example.com", "al@b.co", "a@b.co")] == [
        "a…a@example.com",
        "a…@b.co",
        "a…@b.co",
    ]


@pytest.mark.parametrize(("language", "says"), [("en", "Nobody can join right now"), ("ru", "Сейчас вступить")])
def test_while_nobody_can_join_a_notice_stands_where_the_form_was(language: str, says: str) -> None:
    page = read(program_page(a_program(is_closed=True), language))

    assert says in page.text
    assert [form.attributes["action"] for form in page.all("form")] == [f"/p/bean-street/send?lang={language}"]


@pytest.mark.parametrize(
    ("language", "earning", "redeeming"),
    [
        (
            "en",
            "Purchases are added to cards later than usual right now.",
            "Nothing can be used at the till right now.",
        ),
        ("ru", "Покупки сейчас попадают на карты позже обычного.", "Сейчас на кассе нельзя ничего списать."),
    ],
)
def test_whoever_joins_reads_that_earning_or_redeeming_is_paused(language: str, earning: str, redeeming: str) -> None:
    def said(*paused: Felt) -> tuple[bool, bool]:
        page = read(program_page(a_program(paused=paused), language))
        return earning in page.text, redeeming in page.text

    assert said() == (False, False)
    assert said("earning") == (True, False)
    assert said("redeeming") == (False, True)
    assert said("earning", "redeeming") == (True, True)


@pytest.mark.parametrize(
    ("paused", "says"), [((), True), (("earning",), False), (("redeeming",), False), (("earning", "redeeming"), False)]
)
def test_cards_work_as_usual_only_where_nothing_else_is_paused(paused: tuple[Felt, ...], says: bool) -> None:
    page = read(program_page(a_program(is_closed=True, paused=paused), "en"))

    assert ("Cards in use work as usual." in page.text) == says


def test_a_form_sent_while_nobody_can_join_is_answered_so() -> None:
    assert program_page(a_program(is_closed=True), "en", is_refused=True).status == 409
