"""Who may speak by Standard Webhooks: a good delivery is signed, then one thing is spoiled."""

import base64
import json
import time
from datetime import UTC, datetime

import pytest
import standardwebhooks
from standard_desk import (
    NOON,
    OTHER_SECRET,
    PRIVATE_KEY,
    PUBLIC_KEY,
    SECRET,
    delivery,
    review,
    secret_of,
    sender,
    site_with,
)

from chalicelib.connectors import standard
from chalicelib.errors import Untrusted
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Delivery
from ops.laptop.shopify_sender import Signed
from ops.laptop.standard_sender import signature

# The vectors of the specification's own libraries.
VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_PUBLIC_KEY = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
VECTOR_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
VECTOR_SECONDS = 1_614_265_330
VECTOR_BODY = b'{"test": 2432232314}'
VECTOR_V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
VECTOR_V1_NEAR_MISS = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="
VECTOR_V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="

SIGNATURE = "webhook-signature"


def vector(signatures: str) -> Delivery:
    headers = {"webhook-id": VECTOR_ID, "webhook-timestamp": str(VECTOR_SECONDS), SIGNATURE: signatures}
    return Delivery("bean-street", "reviews", VECTOR_SECONDS * 1000, headers, VECTOR_BODY)


def refused(arrived: Delivery, *secrets: str) -> str:
    """The reason of the refusal."""
    with pytest.raises(Untrusted) as refusal:
        standard.authenticate(arrived, site_with(*(secrets or (SECRET,))))
    return refusal.value.reason


def test_official_vector_of_the_hmac_is_accepted():
    standard.authenticate(vector(VECTOR_V1), site_with(VECTOR_SECRET))


def test_official_vector_of_ed25519_is_accepted():
    standard.authenticate(vector(VECTOR_V1A), site_with(VECTOR_PUBLIC_KEY))


def test_official_near_miss_is_refused():
    assert refused(vector(VECTOR_V1_NEAR_MISS), VECTOR_SECRET) == "signature_wrong"


@pytest.mark.parametrize(
    ("signatures", "secret"), [(VECTOR_V1, VECTOR_PUBLIC_KEY), (VECTOR_V1A, VECTOR_SECRET), (VECTOR_V1A, SECRET)]
)
def test_signature_of_one_kind_proves_nothing_to_a_key_of_the_other(signatures, secret):
    assert refused(vector(signatures), secret) == "signature_wrong"


def test_signature_under_the_version_of_the_other_kind_is_refused():
    assert refused(vector(VECTOR_V1.replace("v1,", "v1a,")), VECTOR_SECRET) == "signature_wrong"
    assert refused(vector(VECTOR_V1A.replace("v1a,", "v1,")), VECTOR_PUBLIC_KEY) == "signature_wrong"


def test_what_the_reference_library_signs_is_accepted():
    body = '{"type":"обзор"}'
    signed = standardwebhooks.Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(NOON // 1000, UTC), body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(NOON // 1000), SIGNATURE: signed}
    standard.authenticate(delivery(Signed(headers, body.encode())), site_with(SECRET))


@pytest.mark.parametrize("secret", [SECRET, secret_of(24), secret_of(64)])
def test_what_the_demo_sends_is_genuine_to_the_reference_library(secret):
    signed = review(secret, now=int(time.time() * 1000))
    said = standardwebhooks.Webhook(secret).verify(signed.body, signed.headers)
    assert said["type"] == "review.created"


@pytest.mark.parametrize("late", [-400, -200, 0, 200, 400])
def test_times_are_judged_as_by_the_reference_library(late):
    now = int(time.time())
    signed = review(now=(now - late) * 1000)
    try:
        standardwebhooks.Webhook(SECRET).verify(signed.body, signed.headers)
        expected = True
    except standardwebhooks.WebhookVerificationError:
        expected = False
    try:
        standard.authenticate(delivery(signed, received_at=now * 1000), site_with(SECRET))
        is_accepted = True
    except Untrusted:
        is_accepted = False
    assert is_accepted is expected is (abs(late) < 300)


@pytest.mark.parametrize(("secret", "known"), [(SECRET, SECRET), (PRIVATE_KEY, PUBLIC_KEY)])
def test_signed_review_is_accepted(secret, known):
    standard.authenticate(delivery(review(secret)), site_with(known))


@pytest.mark.parametrize("place", [0, 1, 2, 3])
@pytest.mark.parametrize(("secret", "known"), [(SECRET, SECRET), (PRIVATE_KEY, PUBLIC_KEY)])
def test_any_of_the_active_secrets_may_sign(secret, known, place):
    secrets = [OTHER_SECRET, secret_of(24), VECTOR_PUBLIC_KEY]
    secrets.insert(place, known)
    standard.authenticate(delivery(review(secret)), site_with(*secrets))


@pytest.mark.parametrize("known", [SECRET, OTHER_SECRET, PUBLIC_KEY])
def test_sender_that_changes_its_key_is_known_by_either(known):
    standard.authenticate(delivery(review(SECRET, OTHER_SECRET, PRIVATE_KEY)), site_with(known))


@pytest.mark.parametrize(("secret", "known"), [(SECRET, OTHER_SECRET), (PRIVATE_KEY, VECTOR_PUBLIC_KEY)])
def test_wrong_secret_is_refused(secret, known):
    assert refused(delivery(review(secret)), known) == "signature_wrong"


def test_secret_without_its_prefix_is_the_same_secret():
    standard.authenticate(delivery(review()), site_with(SECRET.removeprefix("whsec_")))


def test_no_secret_at_all_is_refused():
    with pytest.raises(Untrusted, match="signature_wrong"):
        standard.authenticate(delivery(review()), site_with())


@pytest.mark.parametrize("size", [0, 1, 23, 65])
def test_secret_of_a_forbidden_size_proves_nothing_even_when_it_signed(size):
    assert refused(delivery(review(secret_of(size))), secret_of(size)) == "signature_wrong"


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whpk_",
        "whsec_!!!",
        "whpk_AAAA",
        "секрет",
        "whpk_" + "A" * 400,
        PRIVATE_KEY,
        "whsec_é",
        SECRET[:20] + "!!!!" + SECRET[20:],
    ],
)
def test_secret_that_is_none_is_skipped(secret):
    assert refused(delivery(review()), secret) == "signature_wrong"
    standard.authenticate(delivery(review()), site_with(secret, SECRET))


@pytest.mark.parametrize(("secret", "known"), [(SECRET, SECRET), (PRIVATE_KEY, PUBLIC_KEY)])
def test_every_flipped_bit_of_the_body_is_noticed(secret, known):
    signed = review(secret)
    for place in range(0, len(signed.body), 7):
        flipped = bytearray(signed.body)
        flipped[place] ^= 1
        assert refused(delivery(Signed(signed.headers, bytes(flipped))), known) == "signature_wrong"


def test_json_written_again_is_refused():
    signed = review()
    again = json.dumps(json.loads(signed.body)).encode()
    assert refused(delivery(Signed(signed.headers, again))) == "signature_wrong"


@pytest.mark.parametrize("late", [-300_000, -1, 0, 300_000])
def test_five_minutes_either_way_are_near_enough(late):
    standard.authenticate(delivery(review(), received_at=NOON + late), site_with(SECRET))


@pytest.mark.parametrize(
    ("late", "reason"), [(300_001, "signed_too_long_ago"), (-300_001, "signed_in_the_future"), (10**12, "signed_too")]
)
def test_stale_and_future_deliveries_are_refused(late, reason):
    assert refused(delivery(review(), received_at=NOON + late)).startswith(reason)


@pytest.mark.parametrize("part", ["id", "timestamp", "signature"])
@pytest.mark.parametrize("value", [None, ""])
def test_delivery_without_one_of_its_headers_is_refused(part, value):
    assert refused(delivery(review(), **{f"webhook_{part}": value})) == "signature_missing"


def test_time_that_was_not_signed_is_refused():
    moved = str(NOON // 1000 + 1)
    assert refused(delivery(review(), webhook_timestamp=moved)) == "signature_wrong"


@pytest.mark.parametrize(
    "text", ["1763812800.0", "+1763812800", " 1763812800", "01763812800", "١٧٦٣٨١٢٨٠٠", "now", "9" * 5000]
)
def test_time_in_another_spelling_is_refused_even_if_signed(text):
    signed = review()
    content = f"msg_2.{text}.".encode() + signed.body
    arrived = delivery(signed, webhook_id="msg_2", webhook_timestamp=text, webhook_signature=signature(SECRET, content))
    assert refused(arrived) == "signed_time_unreadable"


def test_id_that_was_not_signed_is_refused():
    assert refused(delivery(review(), webhook_id="msg_other")) == "signature_wrong"


def test_time_moved_into_the_id_does_not_make_another_body_genuine():
    signed = sender().sign(f"{NOON // 1000}.{{}}".encode(), id_="msg_1")
    moved = Signed(signed.headers | {"webhook-id": f"msg_1.{NOON // 1000}"}, b"{}")
    assert refused(delivery(moved)) == "delivery_id_unusable"


@pytest.mark.parametrize("said", ["имя", "\ud800", "a b", "a\n", "a" * 256, "a.b"])
def test_id_that_cannot_be_kept_is_refused_even_if_signed(said):
    content = f"{said}.{NOON // 1000}.".encode(errors="replace") + b"{}"
    headers = {"webhook-id": said, "webhook-timestamp": str(NOON // 1000), SIGNATURE: signature(SECRET, content)}
    assert refused(delivery(Signed(headers, b"{}"))) == "delivery_id_unusable"


MALFORMED = [
    "garbage",
    "v1",
    "v1,",
    "v1,a,b",
    "v1a",
    "v1a,",
    "v1a,!",
    ",",
    "v2,AAAA",
    "подпись",
    "\ud800",
    "v1,é",
    "v1a,\ud800",
]


@pytest.mark.parametrize("known", [SECRET, PUBLIC_KEY])
@pytest.mark.parametrize("item", [*MALFORMED, "v1," + "A" * 100_000])
def test_malformed_signature_is_a_wrong_one_and_never_another_error(item, known):
    assert refused(delivery(review(), webhook_signature=item), known) == "signature_wrong"


@pytest.mark.parametrize(("secret", "known"), [(SECRET, SECRET), (PRIVATE_KEY, PUBLIC_KEY)])
@pytest.mark.parametrize("item", MALFORMED)
def test_malformed_signatures_beside_a_good_one_are_skipped(item, secret, known):
    signed = review(secret)
    good = signed.headers[SIGNATURE]
    for signatures in (f"{item} {good}", f"{good} {item}", f"  {good} "):
        standard.authenticate(delivery(signed, webhook_signature=signatures), site_with(known))


def test_more_signatures_than_any_sender_makes_are_not_tried():
    good = review().headers[SIGNATURE]
    standard.authenticate(delivery(review(), webhook_signature="v1,A= " * 7 + good), site_with(SECRET))
    assert refused(delivery(review(), webhook_signature="v1,A= " * 8 + good)) == "too_many_signatures"


@pytest.mark.parametrize(("secret", "known"), [(SECRET, SECRET), (PRIVATE_KEY, PUBLIC_KEY)])
def test_signature_in_another_spelling_of_the_same_bytes_is_refused(secret, known):
    signed = review(secret)
    good = signed.headers[SIGNATURE]
    version, text = good.split(",")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bare = text.rstrip("=")
    sloppy = bare[:-1] + letters[letters.index(bare[-1]) ^ 1] + "=" * (len(text) - len(bare))
    assert base64.b64decode(sloppy) == base64.b64decode(text)
    for other in (f"{version},{sloppy}", f"{version},{bare}", good + "=", good.upper(), good.replace(",", ", ")):
        assert refused(delivery(signed, webhook_signature=other), known) == "signature_wrong"


def test_success_answer_is_empty():
    assert Answer(204, {}, b"") == standard.SUCCESS
