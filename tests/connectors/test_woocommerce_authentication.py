"""Who may speak: a good delivery is signed, then one thing is spoiled.

The second opinion is openssl's. There is no test of stale or future deliveries: WooCommerce signs no time. That a
replay is harmless is tested where deliveries are translated.
"""

import base64
import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from woocommerce_desk import ANNA, BEANS, SECRET, delivery, sender, shop_with

from chalicelib.connectors import woocommerce
from chalicelib.errors import Untrusted
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Delivery
from ops.laptop.shopify_sender import Signed, signature
from ops.laptop.woocommerce_sender import PING, ping

HMAC = "X-WC-Webhook-Signature"


@pytest.fixture
def signed() -> Signed:
    shop = sender()
    return shop.paid(shop.order(ANNA, [BEANS]))


def by_openssl(secret: str, body: bytes) -> str:
    """The signature as a program that nobody here wrote makes it."""
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}", "-binary"]
    ran = subprocess.run(command, input=body, capture_output=True, check=True)
    return base64.b64encode(ran.stdout).decode()


def refused(signed: Signed, *secrets: str, **headers: str) -> str:
    """The reason of the refusal."""
    with pytest.raises(Untrusted) as refusal:
        woocommerce.authenticate(delivery(signed, **headers), shop_with(*(secrets or (SECRET,))))
    return refusal.value.reason


def test_signature_made_by_openssl_is_accepted(signed):
    good = by_openssl(SECRET, signed.body)
    woocommerce.authenticate(delivery(signed, **{HMAC: good}), shop_with(SECRET))


def test_demo_shop_signs_as_openssl_does(signed):
    assert signed.headers[HMAC] == by_openssl(SECRET, signed.body)


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("a&lt;b&gt;c", "a<b>c"),
        ("a&amp;b", "a&b"),
        ("&quot;quoted&quot;", '"quoted"'),
        ("it&#039;s", "it's"),
        ("it&#39;s", "it's"),
        ("it&#x27;s", "it's"),
        ("&#34;&#034;&#x22;", '"""'),
        ("&#60;&#062;&#38;&#x26;", "<>&&"),
        ("twice &amp;lt; is once", "twice &lt; is once"),
        ("&copy;&eacute;&nbsp;&apos;", "&copy;&eacute;&nbsp;&apos;"),
        ("&lt without its end", "&lt without its end"),
    ],
)
def test_secret_is_decoded_as_wordpress_decodes_it(signed, typed, used):
    # wp_specialchars_decode( $secret, ENT_QUOTES ): the five special characters and no other entity
    good = by_openssl(used, signed.body)
    woocommerce.authenticate(delivery(signed, **{HMAC: good}), shop_with(typed))


@pytest.mark.parametrize("secret", ["a<b>c", "a&b", 'say "yes"', "it's", "a&lt;b"])
def test_secret_with_special_characters_is_also_taken_as_it_stands(signed, secret):
    woocommerce.authenticate(delivery(signed, **{HMAC: by_openssl(secret, signed.body)}), shop_with(secret))


def test_entities_that_wordpress_leaves_alone_are_not_decoded(signed):
    assert refused(signed, "&copy;", **{HMAC: by_openssl("©", signed.body)}) == "signature_wrong"


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_any_of_the_active_secrets_may_sign(signed, place):
    secrets = ["one", "two", "three"]
    secrets.insert(place, SECRET)
    woocommerce.authenticate(delivery(signed), shop_with(*secrets))


def test_old_and_new_secret_are_both_accepted_during_rotation(signed):
    newer = sender("the new one")
    for one in (signed, newer.paid(newer.order(ANNA, [BEANS]))):
        woocommerce.authenticate(delivery(one), shop_with("the new one", SECRET))


def test_wrong_secret_is_refused(signed):
    assert refused(signed, "another") == "signature_wrong"


def test_no_secret_at_all_is_refused(signed):
    with pytest.raises(Untrusted, match="signature_wrong"):
        woocommerce.authenticate(delivery(signed), shop_with())


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


@pytest.mark.parametrize("content", [b"", b" "])
def test_body_without_content_is_refused(content):
    expected = "signature_missing" if not content else "signature_wrong"
    assert refused(Signed({HMAC: signature("another", content)}, content)) == expected


def test_missing_signature_is_refused(signed):
    headers = {name: value for name, value in signed.headers.items() if name != HMAC}
    assert refused(Signed(headers, signed.body)) == "signature_missing"


def test_empty_signature_is_refused(signed):
    assert refused(signed, **{HMAC: ""}) == "signature_missing"


def test_signature_given_twice_is_refused(signed):
    good = signed.headers[HMAC]
    assert refused(signed, **{HMAC: f"{good}, {good}"}) == "signature_wrong"


@pytest.mark.parametrize(
    "text", ["подпись", "=", "not base64!", "\x00", "\ud800", "A" * 100_000, "é" * 44, "A" * 43 + "="]
)
def test_malformed_signature_is_a_wrong_one_and_never_another_error(signed, text):
    assert refused(signed, **{HMAC: text}) == "signature_wrong"


def test_signature_in_another_spelling_of_the_same_bytes_is_refused(signed):
    good = signed.headers[HMAC]
    for text in (good.rstrip("="), good + "=", f" {good}", f"{good}\n", base64.b64decode(good).hex()):
        assert refused(signed, **{HMAC: text}) == "signature_wrong"


# --- the ping -----------------------------------------------------------------------------------------------------


def test_ping_is_a_probe_and_is_answered_with_exactly_200():
    assert woocommerce.is_probe(delivery(ping()))
    assert Answer(200, {}, b"") == woocommerce.SUCCESS


def test_ping_itself_is_not_signed():
    assert refused(ping()) == "signature_missing"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"webhook_id=",
        b"webhook_id=7&x=1",
        b"webhook_id=7\n",
        b"webhook_id=-7",
        b" webhook_id=7",
        b"webhook_id=" + b"7" * 21,
        "webhook_id=٧".encode(),
        b'{"webhook_id":7}',
    ],
)
def test_anything_but_a_ping_is_no_probe(body):
    assert not woocommerce.is_probe(delivery(Signed(ping().headers, body)))


def test_form_that_is_signed_or_json_that_looks_like_a_ping_is_no_probe():
    assert not woocommerce.is_probe(delivery(ping(), **{HMAC: signature(SECRET, PING)}))
    assert not woocommerce.is_probe(delivery(ping(), **{HMAC: ""}))
    assert not woocommerce.is_probe(delivery(ping(), **{"Content-Type": "application/json"}))


@settings(deadline=None)
@given(some.dictionaries(some.sampled_from([HMAC.lower(), "content-type"]), some.text(max_size=50)), some.binary())
def test_random_bytes_are_never_trusted_and_never_an_accident(headers, body):
    arrived = Delivery("bean-street", "woo", 0, headers, body)
    if woocommerce.is_probe(arrived):
        assert (body[:11], headers.keys() & {HMAC.lower()}) == (b"webhook_id=", set())
    with pytest.raises(Untrusted):
        woocommerce.authenticate(arrived, shop_with(SECRET))
