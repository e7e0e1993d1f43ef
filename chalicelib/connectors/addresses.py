"""Which network addresses a call to a provider may reach: public ones.

What is no host of the public internet leads inside: to the machine itself, its cloud's metadata, its neighbours. That
holds for an IPv4 address that is wrapped in an IPv6 one, too.
Source: IANA, "IPv4 and IPv6 Special-Purpose Address Registry"; RFC 6052 (NAT64), RFC 3056 (6to4).
"""

import ipaddress

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # Teredo and other tunnels
        "2001:db8::/32",
        "3fff::/20",
    )
)
"""What the standard library's `is_global` lets pass on some versions."""


def is_public(address: str) -> bool:
    """Is this a host of the public internet? An address in numbers, as a resolver gives it."""
    return _is_public(ipaddress.ip_address(address.partition("%")[0]))


def is_loopback(host: str) -> bool:
    """Is this the machine itself, by its name or in numbers? Any other spelling is not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = _wrapped(address)
    if inner is not None:
        return _is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    is_special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not address.is_multicast and not is_special


def _wrapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 host that an IPv6 address leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
