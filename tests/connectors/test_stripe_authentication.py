"""Who may speak as Stripe: a good delivery is signed, then one thing is spoiled. Stripe's own library is the judge."""

import json
import time

import pytest
import stripe as stripe_library
from stripe_desk import NOON, OTHER_SECRET, SECRET, account_with, delivery, paid_event, sender

from chalicelib.connectors import stripe
from chalicelib.errors import Untrusted
from chalicelib.services.answer import Answer
from ops.laptop.shopify_sender import Signed
from ops.laptop.stripe_sender import signature_header

HEADER = "Stripe-Signature"
SECONDS = NOON // 1000


def refused(signed: Signed, *secrets: str, received_at: int = NOON, header: str | None = "as signed") -> str:
    """The reason of the refusal."""
    changes = {} if header == "as signed" else {"stripe_signature": header}
    with pytest.raises(Untrusted) as refusal:
        stripe.authenticate(delivery(signed, received_at=received_at, **changes), account_with(*(secrets or (SECRET,))))
    return refusal.value.reason


def is_accepted(signed: Signed, header: str, *, received_at: int = NOON) -> bool:
    try:
        stripe.authenticate(
            delivery(signed, received_at=received_at, stripe_signature=header), account_with(OTHER_SECRET, SECRET)
        )
    except Untrusted:
        return False
    return True


def is_genuine_to_stripe(signed: Signed, header: str | None, *, tolerance: int | None = None) -> bool:
    try:
        stripe_library.WebhookSignature.verify_header(signed.body, header, SECRET, tolerance)
    except stripe_library.SignatureVerificationError:
        return False
    return True


def test_what_stripe_signs_is_accepted():
    body = '{"object":"event","name":"Кофе ☕"}'
    header = stripe_library.WebhookSignature.generate_signature_header(body, SECRET, timestamp=SECONDS)
    assert is_accepted(Signed({}, body.encode()), header)


def test_what_the_demo_sends_is_an_event_to_stripe():
    signed = paid_event(now=int(time.time() * 1000))
    event = stripe_library.Webhook.construct_event(signed.body, signed.headers[HEADER], SECRET)
    assert (event.type, event.data.object.amount_received) == ("payment_intent.succeeded", 4520)


def test_known_vector_is_accepted():
    # printf '1763812800.{"id":1}' | openssl dgst -sha256 -hmac whsec_hush
    header = "t=1763812800,v1=" + VECTOR
    stripe.authenticate(delivery(Signed({HEADER: header}, b'{"id":1}')), account_with("whsec_hush"))


VECTOR = "b01b1f392418fe2bfac0d2ae9ea956519672f359e802e0e756ff56a0dbf937f5"


def spoiled() -> dict[str, str]:
    """Headers for one good body, each with one thing wrong."""
    good = paid_event().headers[HEADER]
    time_part, signature = good.split(",")
    value = signature.removeprefix("v1=")
    return {
        "as signed": good,
        "a wrong one before": f"{time_part},v1={'0' * 64},{signature}",
        "a wrong one after": f"{good},v1={'0' * 64}",
        "another scheme beside": f"{time_part},v0={'0' * 64},{signature}",
        "order turned": f"{signature},{time_part}",
        "rubbish beside": f"{good},,=,a,b=c",
        "only the test scheme": f"{time_part},v0={value}",
        "no time": signature,
        "no signature": time_part,
        "empty": "",
        "empty signature": f"{time_part},v1=",
        "upper case": f"{time_part},v1={value.upper()}",
        "cut": good[:-1],
        "longer": good + "0",
        "blank before": f"{time_part}, {signature}",
        "another time": f"t={SECONDS + 1},{signature}",
        "no number": f"t=now,{signature}",
        "negative": f"t=-{SECONDS},{signature}",
        "endless number": f"t={'9' * 5000},{signature}",
        "semicolons": good.replace(",", ";"),
        "garbage": "garbage",
    }


@pytest.mark.parametrize("what", spoiled())
def test_headers_are_judged_as_by_stripe(what):
    signed, header = paid_event(), spoiled()[what]
    assert is_accepted(signed, header) is is_genuine_to_stripe(signed, header)


def test_spoiled_headers_are_of_both_kinds():
    signed = paid_event()
    assert [what for what, header in spoiled().items() if is_accepted(signed, header)] == list(spoiled())[:6]


@pytest.mark.parametrize("spelled", ["+1763812800", " 1763812800", "01763812800", "1_763_812_800", "١٧٦٣٨١٢٨٠٠"])
def test_time_in_another_spelling_is_refused_though_stripe_would_read_it(spelled):
    signed = paid_event()
    header = signed.headers[HEADER].replace(str(SECONDS), spelled)
    assert is_genuine_to_stripe(signed, header)
    assert refused(signed, header=header) == "signed_time_unreadable"


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_any_of_the_active_secrets_may_sign(place):
    secrets = ["one", "two", OTHER_SECRET]
    secrets.insert(place, SECRET)
    stripe.authenticate(delivery(paid_event()), account_with(*secrets))


@pytest.mark.parametrize("known", [SECRET, OTHER_SECRET])
def test_event_signed_with_both_secrets_while_one_is_rolled_is_known_by_either(known):
    body = paid_event().body
    header = signature_header(body, OTHER_SECRET, SECRET, seconds=SECONDS)
    assert header.count("v1=") == 2
    stripe.authenticate(delivery(Signed({HEADER: header}, body)), account_with(known))


def test_wrong_secret_is_refused():
    assert refused(paid_event(), OTHER_SECRET) == "signature_wrong"


def test_secret_without_its_prefix_is_another_secret():
    assert refused(paid_event(), SECRET.removeprefix("whsec_")) == "signature_wrong"


def test_no_secret_at_all_is_refused():
    with pytest.raises(Untrusted, match="signature_wrong"):
        stripe.authenticate(delivery(paid_event()), account_with())


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_signature_made_with_an_empty_secret_is_refused_even_if_one_is_configured(empty):
    assert refused(paid_event(secret=empty), empty) == "signature_wrong"


def test_every_flipped_bit_of_the_body_is_noticed():
    signed = paid_event()
    for place in range(0, len(signed.body), 13):
        flipped = bytearray(signed.body)
        flipped[place] ^= 1
        assert refused(Signed(signed.headers, bytes(flipped))) == "signature_wrong"


def test_json_written_again_is_refused():
    signed = paid_event()
    again = json.dumps(json.loads(signed.body)).encode()
    assert refused(Signed(signed.headers, again)) == "signature_wrong"


def test_body_that_is_no_text_is_refused_unless_signed():
    body = b"\xff\xfe{}"
    assert refused(Signed(paid_event().headers, body)) == "signature_wrong"
    stripe.authenticate(delivery(sender().sign(body)), account_with(SECRET))


def test_empty_body_is_refused():
    assert refused(sender().sign(b"")) == "signature_missing"


@pytest.mark.parametrize("late", [-300_000, -1, 0, 300_000])
def test_five_minutes_either_way_are_near_enough(late):
    stripe.authenticate(delivery(paid_event(), received_at=NOON + late), account_with(SECRET))


@pytest.mark.parametrize(
    ("late", "reason"), [(300_001, "signed_too_long_ago"), (-300_001, "signed_in_the_future"), (10**12, "signed_too")]
)
def test_stale_and_future_deliveries_are_refused(late, reason):
    assert refused(paid_event(), received_at=NOON + late).startswith(reason)


@pytest.mark.parametrize("age", [400, 200, -200])
def test_ages_are_judged_as_by_stripe(age):
    now = int(time.time())
    signed = paid_event(now=(now - age) * 1000)
    header = signed.headers[HEADER]
    expected = is_genuine_to_stripe(signed, header, tolerance=300)
    assert is_accepted(signed, header, received_at=now * 1000) is expected is (age < 300)


def test_future_is_refused_though_stripe_would_accept_it():
    now = int(time.time())
    signed = paid_event(now=(now + 400) * 1000)
    assert is_genuine_to_stripe(signed, signed.headers[HEADER], tolerance=300)
    assert refused(signed, received_at=now * 1000) == "signed_in_the_future"


def test_missing_header_is_refused():
    assert refused(paid_event(), header=None) == "signature_missing"


@pytest.mark.parametrize(
    "text",
    ["подпись", "\ud800", "\x00", "t=1763812800,v1=\ud800", "t=1763812800,v1=" + "é" * 64, "t=\ud800,v1=a", "=" * 9000],
)
def test_malformed_header_is_refused_and_never_another_error(text):
    assert refused(paid_event(), header=text) in {"signature_missing", "signature_wrong", "signed_time_unreadable"}


def test_event_sent_again_is_signed_anew_and_accepted():
    again = sender(now=NOON + 3_600_000).sign(paid_event().body)
    stripe.authenticate(delivery(again, received_at=NOON + 3_600_000), account_with(SECRET))


def test_success_answer_is_an_empty_200():
    assert Answer(200, {}, b"") == stripe.SUCCESS
