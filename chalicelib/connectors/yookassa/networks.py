"""Where YooKassa's notifications come from."""

import functools
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

PUBLISHED = (
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.156.11/32",
    "77.75.156.35/32",
    "77.75.154.128/25",
    "2a02:5180:0:1509::/64",
    "2a02:5180:0:2655::/64",
    "2a02:5180:0:1533::/64",
    "2a02:5180:0:2669::/64",
)
"""Source: yookassa.ru/developers/using-api/webhooks, "IP addresses", as in YooKassa's own SDK 3.13.0 for Python."""


def is_from_yookassa(source: str, further: str) -> bool:
    """Is `source` in a published network, or in one of `further` ("127.0.0.1/32, 10.0.0.0/8")?

    False for anything that is no plain address, and for everything when `further` cannot be read.
    """
    try:
        address = ip_address(source)
        networks = _networks(further)
    except ValueError:
        return False
    return "%" not in source and any(address in network for network in networks)


@functools.lru_cache(maxsize=64)
def _networks(further: str) -> tuple[IPv4Network | IPv6Network, ...]:
    added = [text.strip() for text in further.split(",") if text.strip()]
    return tuple(ip_network(text) for text in (*PUBLISHED, *added))
