"""Who may speak: YooKassa signs nothing, so only its own networks may, and YooKassa's own SDK is the judge of those.

There are no secrets, signatures or times to spoil here: that the body is not believed is tested where it is fetched.
"""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from yookassa.domain.common import SecurityHelper
from yookassa_desk import YOOKASSA, connection, delivery, shop

from chalicelib.connectors import yookassa
from chalicelib.connectors.yookassa.networks import PUBLISHED
from chalicelib.errors import Untrusted
from chalicelib.services.answer import Answer

LAPTOP = "127.0.0.1/32"
JUDGE = SecurityHelper()
EDGES = [
    str(address)
    for network in map(ipaddress.ip_network, PUBLISHED)
    for edge in (int(network.network_address), int(network.broadcast_address))
    for address in (ipaddress.ip_address(network[0].__class__(edge + step)) for step in (-1, 0, 1))
]


def is_trusted(source: str, **options: str) -> bool:
    try:
        yookassa.authenticate(delivery(b"{}", source), connection(**options))
    except Untrusted:
        return False
    return True


@pytest.mark.parametrize("source", EDGES)
def test_edges_of_every_network_are_judged_as_yookassas_sdk_does(source):
    assert is_trusted(source) is JUDGE.is_ip_trusted(source)


def test_edges_lie_on_both_sides():
    assert {JUDGE.is_ip_trusted(source) for source in EDGES} == {True, False}


NEAR = some.sampled_from([ipaddress.ip_network(text) for text in PUBLISHED]).flatmap(
    lambda network: some.integers(-(2**9), network.num_addresses + 2**9).map(
        lambda step: str(network[0].__class__(int(network[0]) + step))
    )
)


@settings(max_examples=500, deadline=None)
@given(NEAR | some.ip_addresses().map(str))
def test_addresses_are_judged_as_yookassas_sdk_does(source):
    assert is_trusted(source) is JUDGE.is_ip_trusted(source)


def test_list_of_networks_is_the_sdks():
    def nets(texts):
        return {ipaddress.ip_network(text) for text in texts}

    assert nets(PUBLISHED) == nets(SecurityHelper.YOOKASSA_NETWORKS)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "185.71.76",
        "185.71.76.9:443",
        "185.71.76.9, 10.0.0.1",
        " 185.71.76.9",
        "185.71.76.9/32",
        "0185.71.76.9",
        "2a02:5180:0:1509::1%eth0",
        "::ffff:185.71.76.9",
        "localhost",
        "١٨٥.71.76.9",
        "\x00",
        "A" * 100_000,
    ],
)
def test_anything_but_a_plain_address_is_untrusted(source):
    assert not is_trusted(source)


def test_laptop_may_be_added_by_an_option():
    assert not is_trusted("127.0.0.1")
    assert is_trusted("127.0.0.1", addresses=LAPTOP)
    assert is_trusted("10.1.2.3", addresses=f"{LAPTOP}, 10.0.0.0/8")
    assert not is_trusted("127.0.0.2", addresses=LAPTOP)
    assert is_trusted(YOOKASSA, addresses=LAPTOP)


def test_list_that_cannot_be_read_opens_nothing():
    assert not is_trusted("127.0.0.1", addresses="127.0.0.1/33")
    assert not is_trusted(YOOKASSA, addresses="everybody")


def test_header_cannot_say_where_a_delivery_comes_from():
    forged = delivery(b"{}", "203.0.113.9")
    forged = type(forged)(*(forged.program, forged.connection, 0, {"x-forwarded-for": YOOKASSA}, b"{}", "203.0.113.9"))
    with pytest.raises(Untrusted, match="address_unknown"):
        yookassa.authenticate(forged, connection())


@pytest.mark.parametrize(("size", "expected"), [(0, False), (1, True), (262_144, True), (262_145, False)])
def test_body_of_an_unlikely_size_is_untrusted(size, expected):
    try:
        yookassa.authenticate(delivery(b" " * size), connection())
    except Untrusted as refusal:
        assert (refusal.reason, expected) == ("size_unlikely", False)  # noqa: PT017  # one table for both outcomes
    else:
        assert expected


def test_success_is_an_empty_200():
    assert Answer(200, {}, b"") == yookassa.SUCCESS


def test_real_notification_from_a_real_address_is_let_in():
    at = shop()
    yookassa.authenticate(delivery(at.paid(145_000)), connection())


@settings(deadline=None)
@given(some.text(max_size=60), some.binary(max_size=200), some.text(max_size=60))
def test_random_bytes_are_never_trusted_and_never_an_accident(source, body, addresses):
    try:
        yookassa.authenticate(delivery(body, source), connection(addresses=addresses))
    except Untrusted:
        return
    ipaddress.ip_address(source)  # only a real address got this far
