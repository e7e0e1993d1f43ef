"""The packaged doors behind an HTTP API: what the cheaper front door hands over, and what it must be given back."""

import json

import pytest
from gateway import http_event, reply
from packaged_cloud import PASS_TYPE, PROGRAM, PackagedCloud
from packaged_shop import authorization, buyer, deliver, join, points, prove, serial

from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Sender, Signed

pytestmark = [pytest.mark.package, pytest.mark.npm, pytest.mark.xdist_group("package")]


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"], ids=["text", "base64"])
def test_signature_holds_over_a_body_that_comes_as_text_or_as_base64(
    cloud: PackagedCloud, shop: Sender, kind: str
) -> None:
    person = buyer(f"by-{kind.rpartition('/')[2]}")
    card = join(cloud, person)
    prove(cloud, card, person)
    signed = shop.paid(shop.order(person, [Item("Kaffee für zwei", 1200)]))
    headers = {name: value for name, value in signed.headers.items() if name.lower() != "content-type"}
    assert deliver(cloud, Signed({**headers, "Content-Type": kind}, signed.body)) == 200
    assert points(cloud, card) == 12


@pytest.mark.parametrize("is_route_named", [True, False], ids=["route", "path"])
@pytest.mark.parametrize("stage", ["$default", "live"])
def test_door_finds_the_route_however_the_event_names_it(
    cloud: PackagedCloud, stage: str, is_route_named: bool
) -> None:
    address = f"/p/{PROGRAM}"
    door, route = cloud.door("GET", address)
    told = http_event("GET", address, stage=stage, route=route if is_route_named else "")
    answer = reply(cloud.functions[door].invoke(told))
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_pass_goes_out_in_base64_and_its_head_has_no_body(cloud: PackagedCloud) -> None:
    card = join(cloud, buyer("header"))
    address = f"/apple/v1/passes/{PASS_TYPE}/{serial(cloud, card)}"
    headers = authorization(cloud, card)
    whole = cloud.functions["Wallets"].invoke(http_event("GET", address, headers=headers))
    assert (whole["statusCode"], whole["isBase64Encoded"]) == (200, True)
    head = cloud.ask("HEAD", address, **headers)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["last-modified"] == whole["headers"]["Last-Modified"]


def test_cookies_are_neither_read_nor_set(cloud: PackagedCloud) -> None:
    plain, with_cookies = cloud.ask("GET", "/health"), cloud.ask("GET", "/health", Cookie="session=1; other=2")
    assert (plain.status, json.loads(plain.body)) == (200, {"status": "ok", "stage": "dev"})
    assert with_cookies == plain
    assert "set-cookie" not in plain.headers


def test_several_headers_of_one_name_are_one_header(cloud: PackagedCloud) -> None:
    """Russian is asked for second, English first: the page is English."""
    both = cloud.ask("GET", f"/p/{PROGRAM}", Accept_Language="en, ru")
    assert both.body == cloud.ask("GET", f"/p/{PROGRAM}", Accept_Language="en").body


def test_no_door_was_refused_anything(cloud: PackagedCloud) -> None:
    assert cloud.refused() == {}
