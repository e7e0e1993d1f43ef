"""Connections, secrets and the way to a connector."""

import subprocess
import sys

import pytest
from shopify_desk import ANNA, BEANS, SECRET, delivery, sender

from chalicelib.connectors import shopify
from chalicelib.connectors.contract import authenticated, check_secrets, connector
from chalicelib.errors import Broken, Refused, Untrusted
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection


def paid_order():
    shop = sender()
    return shop.paid(shop.order(ANNA, [BEANS]))


def connection(*secrets: str) -> Connection:
    return Connection("bean-street", "shop", "shopify", "earns", secrets)


def test_known_connection_with_a_good_signature_leads_to_its_connector():
    assert authenticated(connection(SECRET), delivery(paid_order())) is shopify


def test_unknown_connection_is_refused_like_a_wrong_signature():
    arrived = delivery(paid_order())
    with pytest.raises(Untrusted) as wrong:
        authenticated(connection("another secret"), arrived)
    with pytest.raises(Untrusted) as unknown:
        authenticated(None, arrived)
    assert (unknown.value.reason, type(unknown.value)) == (wrong.value.reason, type(wrong.value))


def test_unknown_connection_is_refused_even_when_signed_with_the_secret_of_nobody():
    shop = sender()
    shop.secret = "not a secret of anybody"
    arrived = delivery(shop.paid(shop.order(ANNA, [BEANS])))
    with pytest.raises(Untrusted, match="signature_wrong"):
        authenticated(None, arrived)


def test_unknown_connection_without_a_signature_is_refused_like_a_known_one():
    signed = paid_order()
    bare = delivery(signed, **{"X-Shopify-Hmac-Sha256": ""})
    reasons = []
    for known in (connection(SECRET), None):
        with pytest.raises(Untrusted) as refused:
            authenticated(known, bare)
        reasons.append(refused.value.reason)
    assert reasons == ["signature_missing", "signature_missing"]


def test_unknown_provider_is_our_own_fault():
    with pytest.raises(Broken, match="no_such_connector"):
        connector("shopfy")


def test_success_answer_of_shopify_is_an_empty_200():
    assert Answer(200, {}, b"") == shopify.SUCCESS


def test_only_the_connector_that_is_asked_for_is_imported():
    program = "import sys, chalicelib.connectors.contract; print('chalicelib.connectors.shopify' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("secrets", "rule"),
    [
        ([], "no_secret"),
        ([""], "empty_secret"),
        ([SECRET, ""], "empty_secret"),
        (["   "], "empty_secret"),
        ([SECRET + "\n"], "secret_with_odd_characters"),
        (["секрет"], "secret_with_odd_characters"),
        ([f"{SECRET}{n}" for n in range(5)], "too_many_secrets"),
    ],
)
def test_secrets_that_would_let_anybody_in_are_refused_when_a_connection_is_made(secrets, rule):
    with pytest.raises(Refused) as refused:
        check_secrets(secrets)
    assert refused.value.reason == rule


def test_two_kinds_of_secret_in_two_versions_each_are_accepted():
    check_secrets([f"{SECRET}{n}" for n in range(4)])
