"""A stage without Apple or Google Wallet: the card is a page, and nothing of the other wallets is shown or answered."""

import msgspec
import pytest
from gateway import event, parts, reply
from whole_house import ANNA, BASE_URL, SETTINGS, Town, town

import app as front
from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import assembled
from chalicelib.config import SettingMissing, Settings
from chalicelib.passes.apple.absent import NoPhones
from chalicelib.services.ports import PushAnswer, PushReaction, Registration
from chalicelib.web.desk import Visit
from chalicelib.web.devices import fitting

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)"
PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9)"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64)"


def without_apple() -> Town:
    here = town()
    settings = msgspec.structs.replace(SETTINGS, apple_secret="", apple_pass_type="", apple_team="")
    own = here.own.replaced(issuer=None, pusher=NoPhones())
    here.house = assembled(settings, own)
    return here


def environment(**changed: str) -> dict[str, str]:
    needed = {
        "stage": "test", "base_url": BASE_URL, "inbox_bucket": "i", "deferred_queue_url": "d", "cards_queue_url": "c",
        "sweeps_queue_url": "s", "seals_bucket": "b", "vault_secret": "v",
        "smtp_url": "smtp://m:25", "mail_from": "a@b",
    }  # fmt: skip
    return {f"POINTPASS_{name.upper()}": text for name, text in (needed | changed).items()}


def test_a_stage_needs_no_wallet_at_all() -> None:
    settings = Settings.from_environment(environment())
    assert (settings.apple_secret, settings.google_issuer_id) == ("", "")


@pytest.mark.parametrize(
    ("half", "missing"),
    [
        ({"apple_secret": "a"}, "POINTPASS_APPLE_PASS_TYPE, POINTPASS_APPLE_TEAM"),
        ({"apple_secret": "a", "apple_team": "T"}, "POINTPASS_APPLE_PASS_TYPE"),
        ({"google_issuer_id": "3388"}, "POINTPASS_GOOGLE_SECRET"),
    ],
)
def test_half_of_a_wallet_is_refused_by_the_name_of_what_is_missing(half: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingMissing) as caught:
        Settings.from_environment(environment(**half))
    assert str(caught.value) == missing


@pytest.mark.parametrize(
    ("agent", "has_apple", "has_google", "shown"),
    [
        (IPHONE, False, True, ()),
        (IPHONE, False, False, ()),
        (PIXEL, False, True, ("google",)),
        (PIXEL, False, False, ()),
        (PIXEL, True, False, ("apple",)),
        (DESKTOP, False, True, ("google",)),
        (DESKTOP, True, True, ("apple", "google")),
    ],
)
def test_only_wallets_of_the_stage_are_offered(
    agent: str, has_apple: bool, has_google: bool, shown: tuple[str, ...]
) -> None:
    assert fitting(agent, has_google=has_google, has_apple=has_apple) == shown


def test_the_card_page_has_no_button_of_a_wallet_that_the_stage_does_not_have() -> None:
    here = without_apple()
    link = here.member(ANNA)
    page = here.page(link, user_agent=IPHONE).body.decode()
    assert (page.count("/apple"), page.count('class="badge')) == (0, 0)


def test_the_pass_of_a_card_is_a_page_that_says_there_is_none() -> None:
    here = without_apple()
    assert here.house.wallet_file(here.member(ANNA), Visit()).status == 404


def test_points_are_earned_all_the_same() -> None:
    here = without_apple()
    here.member(ANNA)
    here.buys(ANNA, 4520)
    here.follow()
    assert here.stored_balance(ANNA) > 0
    assert here.violations() == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/apple/v1/devices/d/registrations/pass.x/s"),
        ("DELETE", "/apple/v1/devices/d/registrations/pass.x/s"),
        ("GET", "/apple/v1/devices/d/registrations/pass.x"),
        ("GET", "/apple/v1/passes/pass.x/s"),
        ("POST", "/apple/v1/log"),
    ],
)
def test_phones_find_nothing(method: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = without_apple()
    monkeypatch.setattr(front, "house", lambda: here.house)
    routes = {
        "/apple/v1/devices/{device}/registrations/{pass_type}/{serial}": {"POST", "DELETE"},
        "/apple/v1/devices/{device}/registrations/{pass_type}": {"GET"},
        "/apple/v1/passes/{pass_type}/{serial}": {"GET"},
        "/apple/v1/log": {"POST"},
    }
    resource, parameters = parts(path, routes)
    assert reply(front.app(event(method, resource, parameters, body=b"{}"), None)).status == 404


def test_a_push_to_a_phone_of_an_earlier_time_is_a_mistake_of_ours_and_forgets_nobody() -> None:
    phone = Registration("d", "s", "pass.x", "token", 0)
    assert NoPhones().push([phone]) == {"token": PushAnswer(PushReaction.STOP, "no_apple_wallet")}


def test_no_secret_of_apples_is_asked_for_where_there_is_no_apple(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[str] = []

    def fetch(self: object, name: str) -> str:
        asked_for.append(name)
        return '{"master": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}'

    monkeypatch.setattr("chalicelib.store.secrets.Secrets.fetch", fetch)
    own = adapters(Settings.from_environment(environment()))
    for name in own.named():
        getattr(own, name)
    assert (asked_for, own.issuer, own.google) == (["v"], None, None)
