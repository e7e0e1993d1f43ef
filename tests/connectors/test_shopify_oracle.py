"""Shopify's own library is the judge: we accept what it accepts and refuse what it refuses, for the same reason."""

import json
import subprocess
from pathlib import Path

import pytest
from shopify_desk import ANNA, BEANS, GRINDER, SECRET, STORE_SECRET, delivery, sender, shop_with

from chalicelib.connectors import shopify
from chalicelib.errors import Malformed, Untrusted
from ops.laptop.shopify_sender import Signed, signature, signed_headers

pytestmark = pytest.mark.npm

ORACLE = Path(__file__).with_name("shopify_oracle.mjs")
FAMILIES = ("X-Shopify-", "Shopify-")


def verdicts_of_shopify(asked: list[tuple[str, Signed]]) -> list[str]:
    lines = [json.dumps({"secret": secret, "headers": one.headers, "body": one.body.decode()}) for secret, one in asked]
    ran = subprocess.run(
        ["node", ORACLE], input="\n".join(lines), capture_output=True, text=True, check=True, timeout=60
    )
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    return ["valid" if answer["valid"] else answer["reason"] for answer in answers]


def our_verdict(secret: str, one: Signed) -> str:
    """Ours, in Shopify's words."""
    arrived = delivery(one)
    try:
        shopify.authenticate(arrived, shop_with((secret,)))
        shopify.translate(arrived)
    except Untrusted as refusal:
        if refusal.reason == "signature_wrong":
            return "invalid_hmac"
        return "missing_hmac" if one.body else "missing_body"
    except Malformed as refusal:
        return {"header_missing": "missing_headers"}[refusal.reason]
    return "valid"


def history(family: str) -> list[Signed]:
    """One delivery of every kind the demo shop sends."""
    shop = sender(family=family)
    order = shop.order(ANNA, [BEANS, GRINDER], shipping=490)
    first, second = (line.id for line in order.lines)
    return [
        shop.created(order),
        shop.paid(order),
        shop.refunded(order, {first: 1}),
        shop.edited(order, remove={second: 1}),
        shop.fulfilled(order, is_delivered=True),
        shop.cancelled(order),
        shop.erasure_asked(ANNA, [order]),
        shop.data_asked(ANNA, [order]),
        shop.shop_left(),
        shop.sign("products/update", {"title": "Кофе ☕"}),
    ]


def spoiled(family: str) -> list[tuple[str, Signed]]:
    """A good delivery with one thing wrong, each in its own way."""
    shop = sender(family=family)
    good = shop.paid(shop.order(ANNA, [BEANS]))
    name = f"{family}Hmac-Sha256"
    right = good.headers[name]

    def headed(value: str) -> Signed:
        return Signed(good.headers | {name: value}, good.body)

    cases = [(SECRET, good), (STORE_SECRET, good), (SECRET, Signed(good.headers, b" " + good.body))]
    cases += [
        (SECRET, headed(value))
        for value in ("", right[:-1], right + "=", right.lower(), f"{right}, {right}", "é" * 44, f" {right}", "=")
    ]
    cases += [(SECRET, Signed(good.headers | {name: signature(SECRET, b"")}, b""))]
    for missing in good.headers:
        cases.append((SECRET, Signed({k: v for k, v in good.headers.items() if k != missing}, good.body)))
        if missing.startswith(family):
            cases.append((SECRET, Signed(good.headers | {missing: ""}, good.body)))
    return cases


@pytest.mark.parametrize("family", FAMILIES)
def test_everything_the_demo_shop_signs_is_genuine_to_shopify(family):
    sent = history(family)
    assert verdicts_of_shopify([(SECRET, one) for one in sent]) == ["valid"] * len(sent)
    assert [our_verdict(SECRET, one) for one in sent] == ["valid"] * len(sent)


@pytest.mark.parametrize("family", FAMILIES)
def test_we_refuse_what_shopify_refuses_and_for_the_same_reason(family):
    cases = spoiled(family)
    expected = verdicts_of_shopify(cases)
    assert [our_verdict(secret, one) for secret, one in cases] == expected
    assert set(expected) == {"valid", "invalid_hmac", "missing_hmac", "missing_body", "missing_headers"}


def test_headers_of_both_families_at_once_are_judged_alike():
    body = b'{"id":1}'
    old = signed_headers(body, topic="products/update", secret=SECRET)
    new = signed_headers(body, topic="products/update", secret=SECRET, family="Shopify-")
    wrong_new = new | {"Shopify-Hmac-Sha256": signature(STORE_SECRET, body)}
    wrong_old = old | {"X-Shopify-Hmac-Sha256": signature(STORE_SECRET, body)}
    empty_new = new | {"Shopify-Hmac-Sha256": ""}
    only_signature = {"Shopify-Hmac-Sha256": new["Shopify-Hmac-Sha256"]}
    mixes = [old | new, old | wrong_new, wrong_old | new, old | empty_new, old | only_signature]
    cases = [(SECRET, Signed(headers, body)) for headers in mixes]
    expected = ["valid", "invalid_hmac", "valid", "valid", "missing_headers"]
    assert verdicts_of_shopify(cases) == expected
    assert [our_verdict(secret, one) for secret, one in cases] == expected
