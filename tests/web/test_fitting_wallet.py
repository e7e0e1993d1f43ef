"""One fitting button for each device; every button where the device does not say what it is."""

import pytest

from chalicelib.web.devices import fitting

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1"
IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.1 Safari/605"
PIXEL = "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"


@pytest.mark.parametrize(
    ("device", "wallets"),
    [
        (IPHONE, ("apple",)),
        (IPAD, ("apple",)),
        (PIXEL, ("google",)),
        (WINDOWS, ("apple", "google")),
        ("", ("apple", "google")),
    ],
)
def test_a_device_is_offered_the_wallet_it_has(device: str, wallets: tuple[str, ...]) -> None:
    assert fitting(device, has_google=True) == wallets


@pytest.mark.parametrize("device", [IPHONE, PIXEL, WINDOWS, ""])
def test_without_google_wallet_everybody_is_offered_the_file(device: str) -> None:
    assert fitting(device, has_google=False) == ("apple",)
