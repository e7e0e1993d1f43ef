"""The whole stack over plain HTTP: what it writes down, and that nobody gets another one's answer."""

import http.client
import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from laptop_stack import LaptopStack

from ops.laptop.home import PROJECT

pytestmark = pytest.mark.npm


def test_stack_file_says_where_everything_is(stack: LaptopStack, http: httpx.Client) -> None:
    told = stack.told
    assert set(told) == {
        "base_url", "program", "outbox_url", "connections", "apple", "google", "dynamodb_url", "sqs_url", "api_key",
    }  # fmt: skip
    kinds = {name: (each["provider"], each["role"]) for name, each in told["connections"].items()}
    assert kinds == {
        "shop": ("shopify", "earns"),
        "woo": ("woocommerce", "earns"),
        "pay": ("stripe", "evidence"),
        "kassa": ("yookassa", "evidence"),
        "events": ("standard", "earns"),
    }
    assert told["base_url"] == stack.url
    assert all(set(each) == {"provider", "role", "url", "secret"} for each in told["connections"].values())
    assert set(told["google"]) == {"api_url", "issuer_id", "service_account"}
    assert (PROJECT / told["apple"]["root_certificate"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert told["api_key"].startswith("pp_test_")
    assert http.get("/health").json()["status"] == "ok"


def test_push_stand_in_lets_nobody_in_without_the_certificate(stack: LaptopStack) -> None:
    root = Path(stack.folder / "apple" / "push-root.pem")
    context = ssl.create_default_context(cafile=str(root))
    with pytest.raises(httpx.HTTPError), httpx.Client(http2=True, verify=context) as client:
        client.post(f"{stack.told['apple']['push_url']}/3/device/ab", content=b"{}")


def test_no_form_comes_back_with_another_ones_words(stack: LaptopStack) -> None:
    page = httpx.get(f"{stack.url}/p/bean-street").text
    sha = re.search(r'name="consent_sha" value="([^"]*)"', page)
    assert sha is not None

    def one(number: int) -> tuple[str, list[str]]:
        word = f"person-{number}-at-nowhere"
        connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)
        body = urlencode({"email": word, "language": "en", "consent": "yes", "consent_sha": sha[1]})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/p/bean-street/join", body, kind)
        text = connection.getresponse().read().decode()
        connection.close()
        return word, re.findall(r"person-[0-9]+-at-nowhere", text)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(one, range(200)))
    assert [found for _, found in answers] == [[word] for word, _ in answers]


def test_unknown_connection_and_wrong_signature_answer_alike(http: httpx.Client) -> None:
    wrong = {"X-Shopify-Hmac-Sha256": "bm90IGl0", "Content-Type": "application/json"}
    unknown = http.post("/hooks/nobody/nothing", content=b"{}", headers=wrong)
    known = http.post("/hooks/bean-street/shop", content=b"{}", headers=wrong)
    assert (known.status_code, known.content) == (401, unknown.content)
    assert unknown.status_code == 401


def test_outbox_lists_letters_for_programs(http: httpx.Client) -> None:
    page = http.get("/p/bean-street").text
    sha = re.search(r'name="consent_sha" value="([^"]*)"', page)
    assert sha is not None
    form = {"email": "letters@customers.example", "language": "en", "consent": "yes", "consent_sha": sha[1]}
    assert http.post("/p/bean-street/join", data=form).status_code == 303
    letters = http.get("/outbox", headers={"Accept": "application/json"}).json()
    assert set(letters[-1]) == {"to", "subject", "links"}
    assert letters[-1]["to"] == "letters@customers.example"
    assert any("/proof/" in link for link in letters[-1]["links"])
