"""Which wallet a device has, and whether the browser can hand a card to it, from what the browser says."""

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

Wallet = Literal["apple", "google"]
Phone = Literal["iphone", "android"]

_APPLE = re.compile(r"iPhone|iPad|iPod|Macintosh")
_ANDROID = re.compile(r"Android")

_APPS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Instagram", re.compile(r"\bInstagram\b")),
    ("Facebook", re.compile(r"FBAN|FBAV|FB_IAB|FBIOS")),
    ("TikTok", re.compile(r"musical_ly|BytedanceWebview|\bTikTok")),
    ("Telegram", re.compile(r"\bTelegram-Android/")),
    ("VK", re.compile(r"VKAndroidApp|VKClient|vk_platform=")),
    ("LINE", re.compile(r"\bLine/")),
    ("WeChat", re.compile(r"MicroMessenger")),
    ("Google", re.compile(r"\bGSA/")),
)
_WEBVIEW = re.compile(r"; wv\)")
"""Android's WebView. An iPhone's view without a name looks like a card on the home screen, so it is not asked for."""


class InApp(msgspec.Struct, frozen=True):
    """A browser inside another app. `app`: its name, "" when it does not say."""

    app: str
    phone: Phone


def fitting(user_agent: str, *, has_google: bool, has_apple: bool = True) -> tuple[Wallet, ...]:
    """The one wallet that fits, or every wallet where the device does not say; none where there is none for it.

    Android without Google Wallet keeps Apple's file: other apps there open it. A watch of Apple's reads no pages.
    """
    if not has_apple:
        return ("google",) if has_google and not _APPLE.search(user_agent) else ()
    if not has_google or _APPLE.search(user_agent):
        return ("apple",)
    return ("google",) if _ANDROID.search(user_agent) else ("apple", "google")


def in_app(user_agent: str) -> InApp | None:
    """The app in whose browser the page is shown, where that cannot hand a card to a wallet; None in a real browser.

    Wallet takes passes from browsers only, and Google does not let anybody sign in within a WebView. Telegram on an
    iPhone cannot be told from a browser by what it sends.
    Sources: npmjs.com/package/inapp-spy (which apps say what), developer.chrome.com/docs/multidevice/user-agent
    (WebView), github.com/clawfire/covid19-passbook-generator/issues/117 (no passes from there).
    """
    phone: Phone = "android" if _ANDROID.search(user_agent) else "iphone"
    if phone == "iphone" and not re.search(r"iPhone|iPad|iPod", user_agent):
        return None
    for app, says in _APPS:
        if says.search(user_agent):
            return InApp(app, phone)
    return InApp("", phone) if phone == "android" and _WEBVIEW.search(user_agent) else None


def in_chrome(address: str) -> str:
    """The link that opens an address in Chrome on Android, whichever app shows it.

    Source: developer.chrome.com/docs/android/intents.
    """
    parts = urlsplit(address)
    return f"intent://{parts.netloc}{parts.path}#Intent;scheme={parts.scheme};package=com.android.chrome;end"
