"""Who may speak: a good delivery is signed, then one thing is spoiled.

There is no test of stale or future deliveries: Shopify signs no time. That a replay is harmless is tested where
deliveries are translated.
"""

import base64
import json

import pytest
from shopify_desk import ANNA, BEANS, SECRET, STORE_SECRET, delivery, sender, shop_with

from chalicelib.connectors import shopify
from chalicelib.errors import Untrusted
from ops.laptop.shopify_sender import Signed, signature

HMAC = "X-Shopify-Hmac-Sha256"


@pytest.fixture
def signed() -> Signed:
    shop = sender()
    return shop.paid(shop.order(ANNA, [BEANS]))


def refused(signed: Signed, *secrets: str, **headers: str) -> str:
    """The reason of the refusal."""
    with pytest.raises(Untrusted) as refusal:
        shopify.authenticate(delivery(signed, **headers), shop_with(secrets or (SECRET,)))
    return refusal.value.reason


def test_signature_over_the_raw_bytes_is_accepted(signed):
    shopify.authenticate(delivery(signed), shop_with((SECRET,)))


def test_known_vector_is_accepted():
    # printf '{"id":1}' | openssl dgst -sha256 -hmac hush -binary | base64
    signed = Signed({HMAC: "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY="}, b'{"id":1}')
    shopify.authenticate(delivery(signed), shop_with(("hush",)))


def test_new_family_of_headers_is_accepted():
    shop = sender(family="Shopify-")
    shopify.authenticate(delivery(shop.paid(shop.order(ANNA, [BEANS]))), shop_with((SECRET,)))


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_any_of_the_active_secrets_may_sign(signed, place):
    secrets = ["one", "two", "three"]
    secrets.insert(place, SECRET)
    shopify.authenticate(delivery(signed), shop_with(secrets))


def test_old_and_new_secret_are_both_accepted_during_rotation(signed):
    shop = sender()
    shop.secret = STORE_SECRET
    for one in (signed, shop.paid(shop.order(ANNA, [BEANS]))):
        shopify.authenticate(delivery(one), shop_with((SECRET, STORE_SECRET)))


def test_wrong_secret_is_refused(signed):
    assert refused(signed, STORE_SECRET) == "signature_wrong"


def test_no_secret_at_all_is_refused(signed):
    with pytest.raises(Untrusted, match="signature_wrong"):
        shopify.authenticate(delivery(signed), shop_with(()))


def test_signature_made_with_an_empty_secret_is_refused_even_if_one_is_configured(signed):
    assert refused(signed, "", **{HMAC: signature("", signed.body)}) == "signature_wrong"


def test_every_flipped_bit_of_the_body_is_noticed(signed):
    for place in range(0, len(signed.body), 97):
        flipped = bytearray(signed.body)
        flipped[place] ^= 1
        assert refused(Signed(signed.headers, bytes(flipped))) == "signature_wrong"


def test_json_written_again_is_refused(signed):
    again = json.dumps(json.loads(signed.body)).encode()
    assert refused(Signed(signed.headers, again)) == "signature_wrong"


def test_empty_body_is_refused(signed):
    assert refused(Signed({HMAC: signature(SECRET, b"")}, b"")) == "signature_missing"


def test_missing_signature_is_refused(signed):
    headers = {name: value for name, value in signed.headers.items() if name != HMAC}
    assert refused(Signed(headers, signed.body)) == "signature_missing"


def test_empty_signature_is_refused(signed):
    assert refused(signed, **{HMAC: ""}) == "signature_missing"


def test_signature_given_twice_is_refused(signed):
    good = signed.headers[HMAC]
    assert refused(signed, **{HMAC: f"{good}, {good}"}) == "signature_wrong"


def spelled_otherwise(good: str) -> list[str]:
    """Texts a lenient base64 reader takes for the same bytes."""
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    sloppy = good[:-2] + last[last.index(good[-2]) ^ 1] + "="
    assert base64.b64decode(sloppy) == base64.b64decode(good)
    return [sloppy, good.rstrip("="), good + "=", f" {good}", f"{good}\n", good[:20] + "\n" + good[20:]]


def test_signature_in_another_spelling_of_the_same_bytes_is_refused(signed):
    for text in spelled_otherwise(signed.headers[HMAC]):
        assert refused(signed, **{HMAC: text}) == "signature_wrong"


@pytest.mark.parametrize("text", ["подпись", "=", "not base64!", "\x00", "\ud800", "A" * 100_000, "é" * 44])
def test_malformed_signature_is_a_wrong_one_and_never_another_error(signed, text):
    assert refused(signed, **{HMAC: text}) == "signature_wrong"


def test_hexadecimal_signature_is_refused(signed):
    assert refused(signed, **{HMAC: base64.b64decode(signed.headers[HMAC]).hex()}) == "signature_wrong"


def test_good_old_signature_does_not_cover_for_a_wrong_new_one(signed):
    assert refused(signed, **{"Shopify-Hmac-Sha256": "A" * 43 + "="}) == "signature_wrong"
