"""Connecting a provider: what is asked, what is stored, what is said; and a new secret without a gap."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from shopify_admin import TOKEN, AdminApi, serving
from stand_ins import HOUR, NOON
from whole_house import ANNA, BASE_URL, PROGRAM, SECRET, SHOP, Town

from chalicelib.connectors.books import ProviderBooks
from chalicelib.connectors.contract import PROVIDERS, connector
from chalicelib.connectors.rotation import in_force, rotated
from chalicelib.connectors.shopify.listing import TOPICS
from chalicelib.services.ports import Connection
from ops import connecting
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import signature
from ops.providers import GUIDES

Run = Callable[..., Result]
NEW = "shpss_ffffffffffffffffffffffffffffffff"


@pytest.fixture
def empty(here: Town) -> Town:
    """A program that nobody is connected to."""
    here.own.programs._connections.clear()  # type: ignore[attr-defined]
    return here


def stored(here: Town, name: str) -> Connection:
    connection = here.own.programs.connection(PROGRAM, name)
    assert connection is not None
    return connection


def flat(result: Result) -> str:
    return " ".join(result.output.split())


def test_every_provider_has_a_guide() -> None:
    assert set(GUIDES) == set(PROVIDERS)
    for provider, guide in GUIDES.items():
        assert any(asked.is_secret for asked in guide().asks), provider


def test_a_shop_without_a_key_to_its_api_is_told_what_to_paste_where(empty: Town, run: Run) -> None:
    result = run("connect", "shopify", "--wait", "0", typed=f"{SHOP}\n{SECRET}\n\n\n")

    assert result.exit_code == 0, result.output
    assert stored(empty, "shop") == Connection(PROGRAM, "shop", "shopify", "earns", (SECRET,), {"shop": SHOP})
    assert f"{BASE_URL}/hooks/{PROGRAM}/shop" in result.output
    assert "Settings > Notifications > Webhooks" in result.output
    assert all(topic in result.output for topic in TOPICS)
    assert SECRET not in result.output  # neither as it is typed nor afterwards
    assert empty.deliver(empty.shop.paid(empty.shop.order(ANNA, [Item("Beans", 1_000)]))).status == 200


def test_webhooks_are_made_where_the_provider_lets_us(empty: Town, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(AdminApi()) as admin:
        monkeypatch.setattr(empty.house, "books", ProviderBooks(admin.http, BASE_URL))
        told = {"shop": SHOP, "secret": SECRET, "client_id": "", "token": TOKEN, "api": admin.url}
        answers = [f"--answer={name}={text}" for name, text in told.items()]
        result = run("connect", "shopify", "--wait", "0", *answers)
        assert result.exit_code == 0, result.output
        assert {hook["topic"] for hook in admin.webhooks} == set(TOPICS)
    assert "made" in result.output
    assert "paste" not in result.output
    assert stored(empty, "shop").secrets == (SECRET, TOKEN)


def test_a_provider_that_makes_no_webhooks_for_us_leaves_the_connection_and_says_why(empty: Town, run: Run) -> None:
    answers = [f"--answer={pair}" for pair in (f"shop={SHOP}", f"secret={SECRET}", "client_id=", f"token={TOKEN}")]
    result = run("connect", "shopify", "--wait", "0", *answers)  # nobody answers there
    assert result.exit_code == 0
    assert "The provider does not answer." in flat(result)
    assert "paste" in result.output
    assert stored(empty, "shop").secrets == (SECRET, TOKEN)


def test_secrets_can_be_read_from_files(empty: Town, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("whsec_1234567890abcdef\n")
    result = run("connect", "stripe", "--wait", "0", "--answer", f"secret=@{file}", "--answer", "key=")
    assert result.exit_code == 0, result.output
    assert stored(empty, "pay") == Connection(PROGRAM, "pay", "stripe", "evidence", ("whsec_1234567890abcdef",))


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (["shopify"], "", "There is a connection called shop already"),
        (["shopify", "--name", "second"], "", "shop earns already"),
        (["woocommerce"], "", "--role evidence"),
        (["stripe", "--name", "Pay!"], "", "small letters"),
        (["stripe"], "sk_live_123\n", "should begin with whsec_"),
        (["stripe", "--answer", "secret"], "", "--answer secret=VALUE"),
        (["stripe", "--answer", "secret="], "", "this is needed"),
        (["stripe", "--answer", "secret=whsec_a\tb", "--answer", "key="], "", "copied whole"),
        (["stripe", "--answer", "secret=whsec_ключ", "--answer", "key="], "", "copied whole"),
        (["stripe", "--program", "nobody"], "", "Which program?"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words_and_nothing_is_stored(
    here: Town, run: Run, words: list[str], typed: str, says: str
) -> None:
    before = here.own.programs.connections(PROGRAM)
    result = run("connect", *words, "--wait", "0", typed=typed)
    assert result.exit_code != 0
    assert says in flat(result)
    assert here.own.programs.connections(PROGRAM) == before


def test_two_earning_shops_must_be_declared_separate(here: Town, run: Run) -> None:
    told = {"shop": "https://shop.example", "secret": "a-long-secret", "consumer_key": "", "consumer_secret": ""}
    answers = ["--wait=0", *(f"--answer={name}={text}" for name, text in told.items())]
    assert run("connect", "woocommerce", *answers).exit_code != 0
    assert run("connect", "woocommerce", "--separate-shop", *answers).exit_code == 0
    assert stored(here, "woo").options == {"shop": "https://shop.example", "separate_shop": "yes"}
    assert stored(here, "woo").role == "earns"


def test_activities_beside_a_shop_are_no_second_shop(here: Town, run: Run) -> None:
    result = run("connect", "standard", "--wait", "0", "--answer", "secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert result.exit_code == 0, result.output


def test_the_first_event_is_waited_for_and_shown(empty: Town, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(seconds: float) -> None:
        empty.buys(ANNA, 4_500)

    monkeypatch.setattr(connecting.time, "sleep", meanwhile)
    result = run("connect", "shopify", "--wait", "30", typed=f"{SHOP}\n{SECRET}\n\n\n")
    assert "order #1001" in result.output
    assert "45 points" in result.output


def test_a_first_event_that_is_not_understood_is_shown_too(
    empty: Town, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(seconds: float) -> None:
        assert empty.deliver(empty.shop.sign("orders/paid", {"id": "x"})).status == 200

    monkeypatch.setattr(connecting.time, "sleep", meanwhile)
    result = run("connect", "shopify", "--wait", "30", typed=f"{SHOP}\n{SECRET}\n\n\n")
    (key,) = empty.own.inbox.kept("quarantined")
    assert f"pointpass inbox show {key.rpartition('/')[2][:12]}" in flat(result)


def test_when_nothing_comes_the_wait_ends(empty: Town, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 1_000, 10))
    monkeypatch.setattr(connecting.time, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(connecting.time, "sleep", lambda seconds: None)
    result = run("connect", "shopify", "--wait", "60", typed=f"{SHOP}\n{SECRET}\n\n\n")
    assert result.exit_code == 0
    assert "Nothing has come yet" in result.output


# --- rotation -----------------------------------------------------------------------------------------------------


def answers_to(here: Town, secret: str) -> int:
    """What the front door says to an order signed with `secret`."""
    signed = here.shop.paid(here.shop.order(ANNA, [Item("Beans", 100)]))
    return here.deliver(signed, x_shopify_hmac_sha256=signature(secret, signed.body)).status


def test_both_secrets_are_valid_until_the_old_one_ends(here: Town, run: Run) -> None:
    result = run("rotate", "shop", "--hours", "2", typed=f"{NEW}\n")
    assert result.exit_code == 0, result.output
    assert "2026-06-23 14:00:00 UTC" in result.output
    assert NEW not in result.output
    assert SECRET not in result.output

    assert (answers_to(here, NEW), answers_to(here, SECRET), answers_to(here, "other")) == (200, 200, 401)
    here.clock.instant = NOON + 2 * HOUR - 1
    assert answers_to(here, SECRET) == 200
    here.clock.instant = NOON + 2 * HOUR
    assert (answers_to(here, NEW), answers_to(here, SECRET)) == (200, 401)


def test_a_secret_that_has_ended_is_forgotten_by_the_next_change(here: Town, run: Run) -> None:
    assert run("rotate", "shop", "--hours", "2", typed=f"{NEW}\n").exit_code == 0
    assert "Two secrets are valid already" in flat(run("rotate", "shop", typed="shpss_third\n"))
    here.clock.instant += 2 * HOUR
    assert run("rotate", "shop", typed="shpss_third\n").exit_code == 0
    assert stored(here, "shop").secrets == ("shpss_third", NEW)
    assert len(stored(here, "shop").options) == 1


def test_a_secret_in_use_is_no_new_one(here: Town, run: Run) -> None:
    result = run("rotate", "shop", typed=f"{SECRET}\n")
    assert result.exit_code != 0
    assert "in use already" in result.output


def test_a_new_token_leaves_the_signing_secret_alone(here: Town, run: Run) -> None:
    here.own.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET, TOKEN), {"shop": SHOP}))
    result = run("rotate", "shop", "--hours", "0", typed="token\nshpat_new\n")
    assert result.exit_code == 0, result.output
    now = here.clock.now()
    assert in_force(stored(here, "shop"), now).secrets == ("shpat_new", SECRET)
    assert answers_to(here, SECRET) == 200


def test_a_token_for_the_api_signs_nothing(here: Town) -> None:
    here.own.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET, TOKEN), {"shop": SHOP}))
    assert (answers_to(here, TOKEN), answers_to(here, SECRET)) == (401, 200)


def test_an_unknown_connection_is_named_with_the_known_ones(here: Town, run: Run) -> None:
    result = run("rotate", "till")
    assert result.exit_code != 0
    assert "Connections of bean-street: shop" in flat(result)


def test_an_old_secret_may_come_back(here: Town) -> None:
    first = rotated(stored(here, "shop"), NEW, SECRET, ends=NOON + HOUR, now=NOON)
    back = rotated(first, SECRET, NEW, ends=NOON + 2 * HOUR, now=NOON)
    assert back.secrets == (SECRET, NEW)
    assert in_force(back, NOON + HOUR).secrets == (SECRET, NEW)
    assert in_force(back, NOON + 2 * HOUR).secrets == (SECRET,)


def test_a_connection_whose_secrets_have_all_ended_lets_nobody_in(here: Town) -> None:
    ended = rotated(stored(here, "shop"), SECRET, SECRET, ends=NOON, now=NOON - 1)
    here.own.programs.connect(ended)
    assert answers_to(here, SECRET) == 401
    assert in_force(ended, NOON).secrets == ()


def test_the_end_names_no_secret(here: Town) -> None:
    options: Any = rotated(stored(here, "shop"), NEW, SECRET, ends=NOON + HOUR, now=NOON).options
    assert SECRET not in repr(options)
    assert [len(name) for name in options] == [len("until.") + 16]
    assert connector("shopify") is not None
