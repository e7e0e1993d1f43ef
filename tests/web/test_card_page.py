"""What the card page shows, and what the same address tells programs."""

import json

import msgspec
import pytest
from web_reading import read
from web_samples import A_STAMP_CARD, DAY, LOOK, NOW, STRIP, a_face, a_full_face, a_view

from chalicelib.cards.face import Arriving, Ending
from chalicelib.ledger.journal import NEVER
from chalicelib.web.card import Line, Notice, card_json, card_page, notice


def test_programs_get_the_numbers_the_public_contract_names() -> None:
    answer = card_json(a_view())

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.body) == {
        "points": 275,
        "pending": 52,
        "tier": "Bean",
        "next_expiry": {"points": 120, "date": "2026-12-31"},
        "history": [
            {"date": "2026-11-23", "text": "Order #1003", "reason": "1 bean per €1; Silver × 1.25", "points": 45},
            {"date": "2026-11-23", "text": "Set aside: 30 beans", "reason": "For a checkout, until 14:05", "points": 0},
            {
                "date": "2026-11-20",
                "text": "Part of order #1002 was returned",
                "reason": "20 of the 45 it had given; money was returned",
                "points": -20,
            },
            {
                "date": "2025-10-21",
                "text": "Thank you for your review",
                "reason": "20 beans for a review",
                "points": 250,
            },
        ],
    }


@pytest.mark.parametrize("ending", [None, Ending(120, NEVER)])
def test_points_that_never_end_have_no_next_expiry(ending: Ending | None) -> None:
    face = a_face(next_ending=ending)

    assert json.loads(card_json(a_view(face=face)).body)["next_expiry"] is None
    assert "Next to expire" not in read(card_page(a_view(face=face), "en", now=NOW)).text


def test_the_card_shows_points_level_and_the_way_to_the_next() -> None:
    page = read(card_page(a_view(), "en", now=NOW))
    bar = page.one("progress")

    assert page.one("span", class_="figure").text == "275"
    assert page.one("span", class_="card-tier").text == "Level Bean"
    assert (bar.attributes["value"], bar.attributes["max"]) == ("275", "300")
    assert "25 beans to Silver" in page.text


def test_points_on_the_way_say_their_day_and_the_unknown_day_comes_last() -> None:
    face = a_face(arriving=(Arriving(12, None), Arriving(7, NEVER), Arriving(40, NOW + 3 * DAY)))

    text = read(card_page(a_view(face=face), "en", now=NOW)).text

    assert "40 beans from 28 November 12 beans the day is not known yet 7 beans the day is not known yet" in text


def test_the_last_day_is_the_one_on_which_points_can_still_be_used() -> None:
    assert "120 beans last day: 31 December" in read(card_page(a_view(), "en", now=NOW)).text


def test_owed_points_are_explained() -> None:
    page = read(card_page(a_view(face=a_face(points=-1_240)), "en", now=NOW))

    assert page.one("span", class_="figure").text == "−1,240"
    assert "Your next purchase makes up for it." in page.text
    assert page.all("progress") == []


def test_an_empty_history_says_what_will_be_there() -> None:
    assert "Your first purchase will show up here" in read(card_page(a_view(history=()), "en", now=NOW)).text


def test_a_test_card_says_so() -> None:
    assert (
        read(card_page(a_view(face=a_face(is_test=True)), "en", now=NOW)).one("span", class_="card-ribbon").text
        == "TEST"
    )
    assert read(card_page(a_view(), "en", now=NOW)).all("span", class_="card-ribbon") == []


def test_a_void_card_offers_nothing_that_no_longer_works() -> None:
    page = read(card_page(a_view(face=a_face(is_void=True), unproved="a…a@example.com"), "en", now=NOW))

    assert "This card is no longer valid" in page.text
    assert page.all("div", class_="qr") == []
    assert page.all("a", class_="badge") == []
    assert page.all("form") == []


@pytest.mark.parametrize(("language", "words"), [("en", "Add to Apple Wallet"), ("ru", "Добавить в Apple Wallet")])
def test_the_wallet_button_has_the_official_words(language: str, words: str) -> None:
    badge = read(card_page(a_view(), language, now=NOW)).one("a", class_="badge")

    assert badge.attributes["aria-label"] == words
    assert badge.text == words
    assert badge.attributes["href"] == "/c/4fTq0mXJ3rZk9sWv2LbNcA/apple"


def test_an_unconfirmed_address_gets_a_code_form_and_a_way_to_a_new_code() -> None:
    page = read(card_page(a_view(unproved="a…a@example.com"), "en", now=NOW))
    actions = [form.attributes["action"] for form in page.all("form")]

    assert actions == ["/c/4fTq0mXJ3rZk9sWv2LbNcA/proof?lang=en", "/c/4fTq0mXJ3rZk9sWv2LbNcA/mail?lang=en"]
    assert page.one("input", id="code").attributes["autocomplete"] == "one-time-code"
    assert "a…a@example.com" in page.text


def test_a_confirmed_address_is_not_asked_about() -> None:
    assert read(card_page(a_view(is_proved=True), "en", now=NOW)).all("input") == []


@pytest.mark.parametrize(("is_proved", "forms"), [(True, ["/c/4fTq0mXJ3rZk9sWv2LbNcA/mail?lang=en"]), (False, [])])
def test_a_card_is_sent_to_a_confirmed_address_alone(is_proved: bool, forms: list[str]) -> None:
    page = read(card_page(a_view(is_proved=is_proved), "en", now=NOW))

    assert [form.attributes["action"] for form in page.all("form")] == forms


@pytest.mark.parametrize("said", [said for said in Notice if said.is_about_code])
def test_what_is_wrong_with_a_code_stands_beside_its_field(said: Notice) -> None:
    answer = card_page(a_view(unproved="a…a@example.com"), "en", now=NOW, said=said, status=said.status)
    page = read(answer)
    field = page.one("input", id="code")

    assert answer.status in (409, 422, 429)
    assert field.attributes["aria-describedby"] == "code-reason"
    assert "autofocus" in field.attributes
    assert page.one("p", id="code-reason").text


def test_mail_that_could_not_be_sent_is_said() -> None:
    said = Notice.MAIL_NOT_SENT
    answer = card_page(a_view(unproved="a…a@example.com"), "en", now=NOW, said=said, status=said.status)

    assert answer.status == 503
    assert read(answer).one("p", role="alert").text.startswith("The e-mail could not be sent")


def test_a_notice_that_came_by_redirect_is_no_error() -> None:
    assert notice("mail_sent") is Notice.MAIL_SENT
    assert notice("<script>") is None
    assert card_page(a_view(), "en", now=NOW, said=notice("mail_not_sent")).status == 200


def test_what_a_shop_writes_is_text_never_markup() -> None:
    face = a_face(business="<b>Bean</b>", privacy="javascript:alert(1)", contact='"><i>')
    answer = card_page(a_view(face=face, history=(Line(NOW, "<script>1</script>", 1),)), "en", now=NOW)

    assert b"<b>" not in answer.body
    assert b"<script>1" not in answer.body
    assert b"javascript:" not in answer.body


def test_what_a_shop_adds_stands_on_the_page() -> None:
    page = read(card_page(a_view(face=a_full_face()), "en", now=NOW))
    ways = {link.text: link.attributes["href"] for link in page.all("a") if link.attributes.get("rel")}

    assert ways["Website"] == "https://beanstreet.example/"
    assert ways["Work with us"] == "https://beanstreet.example/jobs"
    assert (ways["Order"], ways["Call"]) == ("https://beanstreet.example/order", "tel:+493012345678")
    assert ways["Coffee nearby"].endswith("query=52.520008%2C13.404954")
    assert ways["Shop 2"].endswith("query=-33.868820%2C-0.000070")
    assert "From Bean Street Coffee The new harvest from Kenya is here. 24 November" in page.text
    assert "Your other points 3 cups" in page.text


def test_a_void_card_has_no_buttons_and_no_manifest() -> None:
    page = read(card_page(a_view(face=a_full_face(is_void=True)), "en", now=NOW))

    assert [link.attributes["rel"] for link in page.all("link") if "manifest" in link.attributes["rel"]] == []
    assert "Replace my link" not in page.text
    assert "Order" not in [link.text for link in page.all("a")]


@pytest.mark.parametrize(("strip", "pictures"), [(STRIP, 1), ("", 0)])
def test_stamps_are_a_picture_or_drawn_and_told_in_words_either_way(strip: str, pictures: int) -> None:
    page = read(card_page(a_view(face=A_STAMP_CARD, strip=strip), "en", now=NOW))

    assert [image.attributes["alt"] for image in page.all("img")] == ["Free coffee: 7 of 10"] * pictures
    assert len(page.all("span", class_="stamp is-filled")) == 7 * (1 - pictures)
    assert len(page.all("span", class_="stamp")) == 3 * (1 - pictures)
    assert "Free coffee: 7 of 10" in page.text


def test_a_program_decides_what_stands_on_the_card() -> None:
    page = read(card_page(a_view(face=a_face(front=("ending",))), "en", now=NOW))

    assert page.all("progress") == []
    assert page.all("span", class_="card-tier") == []


def test_the_way_is_no_bar_where_its_picture_shows_it() -> None:
    look = msgspec.structs.replace(LOOK, scene="progress-90")
    page = read(card_page(a_view(face=a_face(look=look), strip=STRIP), "en", now=NOW))

    assert page.all("progress") == []
    assert "25 beans to Silver" in page.text


@pytest.mark.parametrize(("scene", "drawn_as"), [("progress-90", "card-strip is-way"), ("plain", "card-strip")])
def test_a_ribbon_takes_no_more_room_than_it_needs(scene: str, drawn_as: str) -> None:
    page = read(
        card_page(a_view(face=a_face(look=msgspec.structs.replace(LOOK, scene=scene)), strip=STRIP), "en", now=NOW)
    )

    assert [picture.attributes["class"] for picture in page.all("img", src=STRIP)] == [drawn_as]


# --- what stands still for now


def test_a_pause_is_said_above_the_card_and_to_programs() -> None:
    view = a_view(paused=("earning", "redeeming"))
    page, told = read(card_page(view, "en", now=NOW)), json.loads(card_json(view).body)

    assert "Purchases are added later than usual" in page.text
    assert "Nothing can be used at the till right now" in page.text
    assert told["paused"] == ["earning", "redeeming"]


def test_without_a_pause_nothing_is_said_of_any() -> None:
    page, told = read(card_page(a_view(), "en", now=NOW)), json.loads(card_json(a_view()).body)

    assert "later than usual" not in page.text
    assert "paused" not in told


def test_a_card_that_has_ended_speaks_of_no_pause() -> None:
    view = a_view(face=a_face(is_void=True), paused=("redeeming",))

    assert "at the till right now" not in read(card_page(view, "en", now=NOW)).text
