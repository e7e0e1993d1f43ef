"""One fitting button for each device; every button where the device does not say what it is."""

import pytest
from web_reading import read
from web_samples import NOW, a_face, a_view

from chalicelib.web.card import card_page
from chalicelib.web.devices import InApp, fitting, in_app, in_chrome

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1"
IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.1 Safari/605"
PIXEL = "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
SAMSUNG = PIXEL.replace("Pixel 10", "SAMSUNG SM-S931B").replace("Chrome", "SamsungBrowser/29.0 Chrome")
ON_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
ON_ANDROID = PIXEL.replace("Pixel 10", "Pixel 10; wv").replace("Chrome", "Version/4.0 Chrome")
IOS_CHROME = f"{ON_IPHONE} CriOS/156.0 Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"


@pytest.mark.parametrize(
    ("device", "wallets"),
    [
        (IPHONE, ("apple",)),
        (IPAD, ("apple",)),
        (PIXEL, ("google",)),
        (IOS_CHROME, ("apple",)),
        (SAMSUNG, ("google",)),
        (MAC, ("apple",)),
        (WINDOWS, ("apple", "google")),
        ("", ("apple", "google")),
    ],
)
def test_a_device_is_offered_the_wallet_it_has(device: str, wallets: tuple[str, ...]) -> None:
    assert fitting(device, has_google=True) == wallets


@pytest.mark.parametrize("device", [IPHONE, PIXEL, WINDOWS, ""])
def test_without_google_wallet_everybody_is_offered_the_file(device: str) -> None:
    assert fitting(device, has_google=False) == ("apple",)


@pytest.mark.parametrize(
    ("says", "app"),
    [
        (f"{ON_IPHONE} Instagram 410.0.0.25.89 (iPhone18,1; iOS 19_1; en_GB)", InApp("Instagram", "iphone")),
        (f"{ON_ANDROID} Instagram 410.0.0.25.89 Android (36/16; 420dpi)", InApp("Instagram", "android")),
        (f"{ON_IPHONE} [FBAN/FBIOS;FBAV/540.0.0.30.70;FBBV/1;FBDV/iPhone18,1]", InApp("Facebook", "iphone")),
        (f"{ON_ANDROID} [FB_IAB/FB4A;FBAV/540.0.0.30.70;]", InApp("Facebook", "android")),
        (f"{ON_ANDROID} trill_2022206050 AppName/musical_ly BytedanceWebview/d8a21c6", InApp("TikTok", "android")),
        (f"{ON_ANDROID} Telegram-Android/12.1 (Google Pixel 10; Android 16; SDK 36)", InApp("Telegram", "android")),
        (f"{ON_ANDROID} VKAndroidApp/8.140-31001", InApp("VK", "android")),
        (f"{ON_IPHONE} Safari Line/15.18.0", InApp("LINE", "iphone")),
        (f"{ON_IPHONE} MicroMessenger/8.0.64(0x1800402e) NetType/WIFI Language/en", InApp("WeChat", "iphone")),
        (f"{ON_IPHONE} GSA/390.1.828 Safari/604.1", InApp("Google", "iphone")),
        (ON_ANDROID, InApp("", "android")),
    ],
)
def test_a_browser_inside_an_app_is_told_by_what_it_says(says: str, app: InApp) -> None:
    assert in_app(says) == app


@pytest.mark.parametrize("real", [IPHONE, IOS_CHROME, IPAD, MAC, PIXEL, SAMSUNG, WINDOWS, ON_IPHONE, ""])
def test_a_real_browser_and_a_card_on_the_home_screen_are_left_alone(real: str) -> None:
    assert in_app(real) is None


@pytest.mark.parametrize("phone", ["iphone", "android"])
def test_where_no_wallet_can_be_reached_no_badge_is_shown_but_the_way_to_a_browser(phone: str) -> None:
    page = read(card_page(a_view(hint=InApp("Instagram", phone)), "en", now=NOW))  # type: ignore[arg-type]
    chrome = "intent://cards.example/c/4fTq0mXJ3rZk9sWv2LbNcA#Intent;scheme=https;package=com.android.chrome;end"

    assert page.all("a", class_="badge") == []
    assert page.one("input", id="card-link").attributes["value"] == a_face().card_url
    assert len(page.all("a", href=chrome)) == (1 if phone == "android" else 0)
    assert ("Open in Safari" in page.text) is (phone == "iphone")


def test_a_card_that_has_ended_sends_nobody_to_another_browser() -> None:
    page = read(card_page(a_view(face=a_face(is_void=True), hint=InApp("VK", "android")), "en", now=NOW))

    assert page.all("input", id="card-link") == []


def test_the_way_to_chrome_keeps_the_scheme_and_the_port_of_a_laptop() -> None:
    assert in_chrome("http://127.0.0.1:8000/c/x") == (
        "intent://127.0.0.1:8000/c/x#Intent;scheme=http;package=com.android.chrome;end"
    )
