"""The stand-in refuses what Google refuses."""

import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from google_samples import CLASS_ID, FACE, ISSUER_ID, OBJECT_ID, Google, sent_class, sent_object
from stand_ins import DAY, HOUR, HandClock

from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.tokens import SCOPE
from ops.laptop import google as stand_in
from ops.laptop.google_papers import EMAIL, Notary, account_public_key, service_account

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def claims(google: Google, **changed: Any) -> dict[str, Any]:
    seconds = google.clock.now() // 1_000
    told = {"iss": EMAIL, "scope": SCOPE, "aud": google.service.token_url, "iat": seconds, "exp": seconds + 3_600}
    return {name: value for name, value in (told | changed).items() if value is not None}


def asked(google: Google, assertion: str, grant: str = GRANT) -> httpx.Response:
    form = {"grant_type": grant, "assertion": assertion}
    return httpx.post(google.service.token_url, data=form, trust_env=False)


def token(google: Google) -> str:
    granted: str = asked(google, google.account.signed(claims(google))).json()["access_token"]
    return granted


def call(google: Google, method: str, path: str, body: Any = None, *, bearer: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token(google) if bearer is None else bearer}"}
    return httpx.request(
        method, f"{google.service.url}/walletobjects/v1/{path}", json=body, headers=headers, trust_env=False
    )


def reason(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["errors"][0]["reason"]


def a_class(**changed: Any) -> dict[str, Any]:
    return sent_class(FACE) | changed


def an_object(**changed: Any) -> dict[str, Any]:
    return sent_object(FACE) | changed


@pytest.fixture
def full(google: Google) -> Google:
    """A stand-in that has a class and an object."""
    assert call(google, "POST", "loyaltyClass", a_class()).status_code == 200
    assert call(google, "POST", "loyaltyObject", an_object()).status_code == 200
    return google


def test_a_token_is_given_for_a_signed_claim(google: Google) -> None:
    answer = asked(google, google.account.signed(claims(google)))

    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3_600


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "somebody@example.com"},
        {"aud": "https://oauth2.googleapis.com/token"},
        {"scope": "https://www.googleapis.com/auth/drive"},
        {"exp": None},
        {"exp": 1},
        {"exp": 9_999_999_999},
        {"iat": 9_999_999_000, "exp": 9_999_999_999},
    ],
)
def test_no_token_is_given_for_a_wrong_claim(google: Google, changed: dict[str, Any]) -> None:
    assert asked(google, google.account.signed(claims(google, **changed))).status_code == 400


def test_no_token_is_given_to_another_key(google: Google, tmp_path: Path) -> None:
    other = ServiceAccount.load(service_account(tmp_path / "other.json").read_text())

    assert asked(google, other.signed(claims(google))).status_code == 400
    assert asked(google, "no.jwt.here").status_code == 400
    assert asked(google, google.account.signed(claims(google)), grant="password").status_code == 400


def test_nothing_is_answered_without_a_good_token(full: Google) -> None:
    old = token(full)
    full.clock.forward(HOUR)

    assert reason(call(full, "GET", f"loyaltyObject/{OBJECT_ID}", bearer="-")) == (401, "authError")
    assert reason(call(full, "GET", f"loyaltyObject/{OBJECT_ID}", bearer="made up")) == (401, "authError")
    assert reason(call(full, "GET", f"loyaltyObject/{OBJECT_ID}", bearer=old)) == (401, "authError")


def test_an_approved_class_and_a_read_object_tell_what_google_tells(full: Google) -> None:
    assert call(full, "GET", f"loyaltyClass/{CLASS_ID}").json()["reviewStatus"] == "APPROVED"
    assert call(full, "GET", f"loyaltyObject/{OBJECT_ID}").json()["hasUsers"] is False


def test_what_is_there_cannot_be_inserted_and_what_is_not_cannot_be_patched(full: Google) -> None:
    assert reason(call(full, "POST", "loyaltyObject", an_object())) == (409, "existingResource")
    assert reason(call(full, "PATCH", f"loyaltyObject/{OBJECT_ID}x", {"state": "ACTIVE"})) == (404, "resourceNotFound")
    assert reason(call(full, "GET", "loyaltyObject/nothing")) == (404, "resourceNotFound")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (an_object(id=f"{ISSUER_ID}.test.new", loyaltyPoint=1), (400, "badRequest")),
        (an_object(id=f"{ISSUER_ID}.test.new", state="LIVE"), (400, "badRequest")),
        ({"id": f"{ISSUER_ID}.test.new"}, (400, "badRequest")),
        (an_object(id="3388000000099999999.test.new"), (403, "permissionDenied")),
        (an_object(id=f"{ISSUER_ID}.test.new", classId=f"{ISSUER_ID}.test.none"), (404, "classNotFound")),
    ],
)
def test_an_object_that_google_would_not_take_is_refused(
    full: Google, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert reason(call(full, "POST", "loyaltyObject", body)) == expected


def test_a_patch_keeps_what_it_does_not_name(full: Google) -> None:
    changed = call(full, "PATCH", f"loyaltyObject/{OBJECT_ID}", {"state": "INACTIVE"}).json()

    assert changed["state"] == "INACTIVE"
    assert changed["loyaltyPoints"] == msgspec.json.decode(msgspec.json.encode(an_object()["loyaltyPoints"]))


def test_the_fourth_notification_of_a_day_is_refused(full: Google) -> None:
    body = {"notifyPreference": "NOTIFY_ON_UPDATE"}
    for _ in range(3):
        assert call(full, "PATCH", f"loyaltyObject/{OBJECT_ID}", body).status_code == 200

    assert reason(call(full, "PATCH", f"loyaltyObject/{OBJECT_ID}", body)) == (403, "quotaExceeded")
    full.clock.forward(DAY)
    assert call(full, "PATCH", f"loyaltyObject/{OBJECT_ID}", body).status_code == 200


def test_the_twenty_first_request_of_a_second_is_refused(full: Google) -> None:
    full.clock.forward(HOUR - 1_000)
    bearer = token(full)
    for _ in range(20):
        assert call(full, "GET", f"loyaltyObject/{OBJECT_ID}", bearer=bearer).status_code == 200

    assert call(full, "GET", f"loyaltyObject/{OBJECT_ID}", bearer=bearer).status_code == 429
    full.clock.forward(1_000)
    assert call(full, "GET", f"loyaltyObject/{OBJECT_ID}", bearer=bearer).status_code == 200


MESSAGE = {"id": "m-1", "header": "Bean Street", "body": "Double beans on Friday.", "messageType": "TEXT"}


def said(full: Google, **changed: Any) -> httpx.Response:
    return call(full, "POST", f"loyaltyObject/{OBJECT_ID}/addMessage", {"message": MESSAGE | changed})


def lying(full: Google) -> list[str]:
    return [each["id"] for each in full.service.resources["loyaltyObject"][OBJECT_ID].get("messages", [])]


def test_a_message_is_added_as_often_as_it_is_told_and_ten_at_most(full: Google) -> None:
    assert said(full).json()["resource"]["messages"] == [MESSAGE]
    assert said(full).status_code == 200
    assert lying(full) == ["m-1", "m-1"]  # Google does not look at the id
    for number in range(8):
        assert said(full, id=f"m-{number}").status_code == 200

    assert reason(said(full)) == (400, "badRequest")


@pytest.mark.parametrize("changed", [{"messageType": "SHOUT"}, {"text": "x"}, {"body": 5}])
def test_a_message_that_google_does_not_describe_is_refused(full: Google, changed: dict[str, Any]) -> None:
    assert reason(said(full, **changed)) == (400, "badRequest")
    assert reason(call(full, "POST", f"loyaltyObject/{OBJECT_ID}/addMessage", {})) == (400, "badRequest")
    assert lying(full) == []


def test_messages_have_notifications_of_their_own_and_the_fourth_of_a_day_is_refused(full: Google) -> None:
    call(full, "PATCH", f"loyaltyObject/{OBJECT_ID}", {"notifyPreference": "NOTIFY_ON_UPDATE"})
    for number in range(3):
        assert said(full, id=f"m-{number}", messageType="TEXT_AND_NOTIFY").status_code == 200

    assert reason(said(full, messageType="TEXT_AND_NOTIFY")) == (403, "quotaExceeded")
    assert said(full).status_code == 200
    full.clock.forward(HOUR)
    assert reason(said(full, id="m-9", messageType="TEXT_AND_NOTIFY")) == (403, "quotaExceeded")


def test_a_message_to_a_card_that_is_not_there_finds_nothing(full: Google) -> None:
    answer = call(full, "POST", f"loyaltyObject/{OBJECT_ID}x/addMessage", {"message": MESSAGE})

    assert reason(answer) == (404, "resourceNotFound")


def test_an_object_moves_to_another_class_if_there_is_one_and_google_lets_it(full: Google) -> None:
    gold = f"{CLASS_ID}.gold"
    path = f"loyaltyObject/{OBJECT_ID}"
    assert reason(call(full, "PATCH", path, {"classId": gold})) == (404, "classNotFound")
    call(full, "POST", "loyaltyClass", a_class(id=gold))
    full.service.register.refuses_moves = (400, "badRequest")
    assert reason(call(full, "PATCH", path, {"classId": gold})) == (400, "badRequest")
    assert call(full, "PATCH", path, {"state": "ACTIVE"}).status_code == 200

    full.service.register.refuses_moves = None
    assert call(full, "PATCH", path, {"classId": gold}).json()["classId"] == gold


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "badRequest")),
        ({"jsonResource": {"json": "{"}}, (400, "parseError")),
        ({"jsonResource": {"json": "[]"}}, (400, "badRequest")),
        ({"jwtResource": {"jwt": "no.jwt.here"}}, (400, "invalidJwt")),
        ({"jwtResource": {"jwt": "a"}, "jsonResource": {"json": "{}"}}, (400, "badRequest")),
    ],
)
def test_what_is_no_pass_is_not_valid(full: Google, body: dict[str, Any], expected: tuple[int, str]) -> None:
    assert reason(call(full, "POST", "jwt/validate", body)) == expected


def test_a_pass_is_judged_without_being_kept(full: Google) -> None:
    def judged(*objects: dict[str, Any], classes: tuple[dict[str, Any], ...] = ()) -> httpx.Response:
        payload = {"loyaltyObjects": objects, "loyaltyClasses": classes}
        return call(full, "POST", "jwt/validate", {"jsonResource": {"json": json.dumps({"payload": payload})}})

    new = an_object(id=f"{ISSUER_ID}.test.new", classId=f"{ISSUER_ID}.test.other")
    before = json.dumps(full.service.resources)

    assert judged({"id": OBJECT_ID, "classId": CLASS_ID}).json() == {}
    assert reason(judged({"id": f"{ISSUER_ID}.test.new", "classId": CLASS_ID})) == (404, "resourceNotFound")
    assert reason(judged(new)) == (404, "classNotFound")
    assert judged(new, classes=(a_class(id=f"{ISSUER_ID}.test.other"),)).status_code == 200
    assert reason(judged(an_object(loyaltyPoint=5))) == (400, "badRequest")
    assert json.dumps(full.service.resources) == before


def test_a_class_with_more_places_than_google_takes_is_refused(full: Google) -> None:
    places = [{"latitude": 1, "longitude": 1}] * 11

    assert reason(call(full, "PATCH", f"loyaltyClass/{CLASS_ID}", {"merchantLocations": places})) == (400, "badRequest")


def test_a_changed_class_changes_its_cards_on_the_phones(full: Google) -> None:
    before = full.service.changed_at[OBJECT_ID]
    call(full, "PATCH", f"loyaltyClass/{CLASS_ID}", {"reviewStatus": "UNDER_REVIEW", "hexBackgroundColor": "#000000"})

    assert full.service.wait_for(OBJECT_ID, after=before, timeout=5) is not None


def test_a_phone_waits_for_a_change(full: Google) -> None:
    before = full.service.changed_at[OBJECT_ID]
    assert full.service.wait_for(OBJECT_ID, after=before, timeout=0) is None

    call(full, "PATCH", f"loyaltyObject/{OBJECT_ID}", {"state": "INACTIVE"})
    assert full.service.wait_for(OBJECT_ID, after=before, timeout=5) is not None


def test_what_it_knows_and_its_keys_outlive_a_restart(key_file: Path, account: ServiceAccount, tmp_path: Path) -> None:
    def started() -> Google:
        clock, notary = HandClock(), Notary.ensure(tmp_path / "notary.json")
        public = account_public_key(key_file)
        kept = tmp_path / "google.json"
        return Google(stand_in.start(public, notary, issuer_id=ISSUER_ID, kept_at=kept, now=clock.now), account, clock)

    first = started()
    call(first, "POST", "loyaltyClass", a_class())
    call(first, "POST", "loyaltyObject", an_object())
    published = first.service.notary.published(0)
    first.service.stop()
    second = started()

    assert call(second, "GET", f"loyaltyObject/{OBJECT_ID}").json()["id"] == OBJECT_ID
    assert second.service.notary.published(0) == published
    second.service.stop()
