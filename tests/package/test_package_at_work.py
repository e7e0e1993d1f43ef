"""The exact zip on Amazon's runtime client, under the packaged roles: from the webhook to the phone and back."""

import datetime
import io
import json
import zipfile
from typing import Any, cast

import pytest
from gateway import schedule_event
from packaged_cloud import PASS_TYPE, PROGRAM, SECRET, PackagedCloud
from packaged_shop import (
    DAY,
    WAIT_SECONDS,
    authorization,
    buyer,
    credit,
    deliver,
    join,
    now,
    points,
    prove,
    register,
    serial,
    stored,
    till,
    wait_until,
)
from runtime_api import FunctionFailed
from shopify_admin import TOKEN, AdminApi, serving

from chalicelib.services.ports import Connection
from chalicelib.services.ports.access import Role
from ops.laptop.home import PROJECT
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Sender, Signed

pytestmark = [pytest.mark.package, pytest.mark.npm, pytest.mark.xdist_group("package")]

DOCUMENTS = "arn:aws:dynamodb:eu-central-1:123456789012:table/pointpass-dev-documents"


def test_container_is_ready_before_its_first_event(cloud: PackagedCloud) -> None:
    """Lambda starts a container with a whole processor, and before the sender's time runs."""
    with cloud.yard.container("Hooks") as (function, gate):
        assert function.is_ready.wait(WAIT_SECONDS), function.log()
        assert {action for action, _ in gate.used} == {"secretsmanager:GetSecretValue"}


def test_signed_webhook_is_answered_and_its_points_are_on_the_card(cloud: PackagedCloud, shop: Sender) -> None:
    anna = buyer("anna")
    card = join(cloud, anna)
    assert deliver(cloud, shop.paid(shop.order(anna, [Item("Beans", 4599)]))) == 200
    prove(cloud, card, anna)
    assert points(cloud, card) == 45
    assert cloud.refused() == {}


def test_webhook_that_was_changed_on_its_way_is_401_and_writes_nothing(cloud: PackagedCloud, shop: Sender) -> None:
    person = buyer("mallory")
    card = join(cloud, person)
    prove(cloud, card, person)
    signed = shop.paid(shop.order(person, [Item("Beans", 4599)]))
    assert deliver(cloud, Signed(signed.headers, signed.body + b" ")) == 401
    assert points(cloud, card) == 0


def test_owner_signs_in_sees_who_works_there_and_ends_a_sign_in(cloud: PackagedCloud) -> None:
    """Passwords are really hashed on the way: the zip holds what that needs."""
    program, password = cloud.house.adapters.programs.program(PROGRAM), "a long password"
    assert program is not None
    for name, role in (("olga", "owner"), ("vera", "cashier")):
        cloud.house.staff_room.add(program, name, cast(Role, role), password)

    def told(method: str, address: str, body: object = None, **headers: str) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **headers}
        answer = cloud.ask(method, f"/v1/programs/{PROGRAM}/staff{address}", raw, **headers)
        assert answer.status == 200, answer.body.decode()
        return json.loads(answer.body)

    token = told("POST", "/sign-in", {"name": "olga", "password": password})["token"]
    signed_in = {"Authorization": f"Bearer {token}"}
    assert [each["name"] for each in told("GET", "", **signed_in)["staff"]] == ["olga", "vera"]
    assert told("POST", "/vera/change", {"is_disabled": True}, **signed_in)["is_disabled"]
    assert cloud.refused() == {}


def test_pass_is_the_signed_archive_byte_for_byte(cloud: PackagedCloud) -> None:
    """API Gateway is given base64 and hands the phone bytes."""
    card = join(cloud, buyer("passenger"))
    address = f"/apple/v1/passes/{PASS_TYPE}/{serial(cloud, card)}"
    answer = cloud.ask("GET", address, **authorization(cloud, card))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/vnd.apple.pkpass")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert {"pass.json", "manifest.json", "signature"} <= set(archive.namelist())
        assert json.loads(archive.read("pass.json"))["serialNumber"] == serial(cloud, card)
    assert cloud.refused() == {}


def test_pass_for_a_stranger_is_401(cloud: PackagedCloud) -> None:
    card = join(cloud, buyer("keeper"))
    address = f"/apple/v1/passes/{PASS_TYPE}/{serial(cloud, card)}"
    assert cloud.ask("GET", address, Authorization="ApplePass 00").status == 401


def test_journal_stream_pushes_to_the_phone_and_the_trailing_push_follows(cloud: PackagedCloud, shop: Sender) -> None:
    person = buyer("phone")
    card = join(cloud, person)
    prove(cloud, card, person)
    token = "a0" * 32
    address = register(cloud, card, token, PASS_TYPE)
    home, proof = address.rpartition("/")[0], authorization(cloud, card)
    with cloud.following():
        deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 1000)])))
        first = cloud.push.wait_for(token, after=-1, timeout=WAIT_SECONDS)
        assert first is not None, cloud.functions["OnJournal"].log()
        deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 2000)])))
        assert cloud.push.wait_for(token, after=first, timeout=WAIT_SECONDS) is not None
    listed = json.loads(cloud.ask("GET", home).body)
    assert listed["serialNumbers"] == [serial(cloud, card)]
    assert cloud.ask("GET", f"/apple/v1/passes/{PASS_TYPE}/{serial(cloud, card)}", **proof).status == 200
    assert cloud.ask("DELETE", address, **proof).status == 200
    assert cloud.refused() == {}


def test_points_become_vouchers_by_the_stream(cloud: PackagedCloud) -> None:
    text = (PROJECT / "programs" / f"{PROGRAM}.yaml").read_text().replace(f"program: {PROGRAM}", "program: coupons")
    coupon = "name: {en: A coupon, ru: Купон}, worth: 5 EUR, lives: 30 days, by_itself: {every: 200 beans}"
    text = text.replace("\ncard:", f"\nvouchers: {{five: {{{coupon}}}}}\ncard:")
    cloud.house.publishing.publish(text, file="coupons.yaml")
    person = buyer("coupons")
    card = join(cloud, person, "coupons")
    prove(cloud, card, person)
    with cloud.following():
        credit(cloud, card, 250)
        wait_until(lambda: points(cloud, card) == 50)
    assert cloud.refused() == {}


def test_points_that_waited_for_a_claim_are_kept_by_the_stream(cloud: PackagedCloud, shop: Sender) -> None:
    person = buyer("guest")
    deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 1500)])))
    with cloud.following():
        card = join(cloud, person)
        prove(cloud, card, person)
        wait_until(lambda: ("dynamodb:UpdateItem", DOCUMENTS) in cloud.gates["OnJournal"].used)
    assert points(cloud, card) == 15
    assert cloud.refused() == {}


def test_erasure_is_worked_off_by_the_queue(cloud: PackagedCloud, shop: Sender) -> None:
    person = buyer("erased")
    card = join(cloud, person)
    prove(cloud, card, person)
    deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 1000)])))
    found = stored(cloud, card)
    with cloud.following():
        assert deliver(cloud, shop.erasure_asked(person)) == 200
        wait_until(lambda: cloud.house.adapters.members.member(PROGRAM, found.member) is None)
    assert cloud.refused() == {}


def test_the_clock_finds_an_order_that_no_webhook_told(cloud: PackagedCloud, shop: Sender) -> None:
    person = buyer("unheard")
    card = join(cloud, person)
    prove(cloud, card, person)
    order = shop.order(person, [Item("Beans", 2700)])
    shop.paid(order)
    not_understood = {"id": 5, "updated_at": datetime.datetime.now(datetime.UTC).isoformat(), "name": 17}
    with serving(AdminApi(orders=[order], odd=[not_understood])) as admin:
        options = {"shop": "bean-street.myshopify.com", "api": admin.url}
        cloud.house.adapters.programs.connect(
            Connection(PROGRAM, "books", "shopify", "earns", (SECRET, TOKEN), options)
        )
        with cloud.yard.container("OnSchedule") as (function, gate):
            assert function.invoke(schedule_event()) == {}
    assert points(cloud, card) == 27
    assert gate.refused == []
    assert {action for action, _ in gate.used} >= {"s3:PutObject", "dynamodb:PutItem"}


def test_time_works_on_an_account_that_nobody_touches(cloud: PackagedCloud, shop: Sender) -> None:
    """The index is told that its time has come; what is left in it afterwards is what really waits."""
    person = buyer("sleeper")
    card = join(cloud, person)
    prove(cloud, card, person)
    deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 1900)])))
    found = stored(cloud, card)
    views, account = cloud.house.adapters.views, found.account
    newest = cloud.house.adapters.ledger.newest(PROGRAM, account)
    assert newest is not None

    def is_due() -> bool:
        return account in {due.account for due in views.due(since=now() - 2 * DAY, until=now(), limit=99)}

    with cloud.following():
        wait_until(lambda: views.seq(PROGRAM, account) == newest.seq)
        assert views.move_due(PROGRAM, account, seq=newest.seq, due=now())
        assert is_due()
        with cloud.yard.container("OnSweep") as (function, gate):
            assert function.invoke(schedule_event()) == {}
        assert gate.refused == []
        assert "dynamodb:Query" in {action for action, resource in gate.used if resource.endswith("/index/due")}
        wait_until(lambda: not is_due())
    assert cloud.refused() == {}


def test_night_checks_sums_and_seals_and_may_do_what_it_does(cloud: PackagedCloud) -> None:
    with cloud.yard.container("OnNight") as (function, gate):
        assert function.invoke(schedule_event()) == {}
    assert gate.refused == []
    assert len(cloud.house.adapters.seals.days(PROGRAM)) == 1
    with cloud.yard.container("OnNight") as (function, gate):  # it is held against the seal, and sealed once a day
        assert function.invoke(schedule_event()) == {}
    assert gate.refused == []
    assert len(cloud.house.adapters.seals.days(PROGRAM)) == 1


def test_a_store_reads_uses_holds_and_adjusts_by_its_key(cloud: PackagedCloud, shop: Sender) -> None:
    person = buyer("till")
    card = join(cloud, person)
    prove(cloud, card, person)
    deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 10_000)])))
    found, told = stored(cloud, card), till(cloud)

    def left() -> int:
        balance: int = told("GET", f"/members/{found.account}/balance")["currencies"]["beans"]["points"]
        return balance

    assert left() == 100
    told("POST", "/redemptions", {"member": found.account, "points": 30})
    held = told("POST", "/redemptions", {"member": found.account, "points": 20, "hold_minutes": 10})
    told("POST", f"/redemptions/{held['id']}/capture", {})
    other = told("POST", "/redemptions", {"member": found.account, "points": 20, "hold_minutes": 10})
    told("POST", f"/redemptions/{other['id']}/release", {})
    told("POST", "/adjustments", {"member": found.account, "points": 5, "reason": "a cold cup"})
    assert left() == 55
    assert cloud.refused() == {}


def test_delivery_that_is_not_understood_is_kept_in_the_inbox(cloud: PackagedCloud, shop: Sender) -> None:
    before = set(cloud.house.adapters.inbox.kept("quarantined"))
    assert deliver(cloud, shop.sign("orders/paid", b"{}")) == 200
    assert len(set(cloud.house.adapters.inbox.kept("quarantined")) - before) == 1
    assert cloud.refused() == {}


def test_page_in_two_languages_finds_its_locale_data(cloud: PackagedCloud) -> None:
    pages = {name: cloud.ask("GET", f"/p/{PROGRAM}", Accept_Language=name) for name in ("en", "ru")}
    assert {page.status for page in pages.values()} == {200}
    assert pages["en"].body != pages["ru"].body


def test_event_that_no_function_expects_fails_without_its_text(cloud: PackagedCloud) -> None:
    with pytest.raises(FunctionFailed) as raised:
        cloud.functions["OnDeferred"].invoke({"Records": [{"body": "secret of anna@example.com"}]})
    assert "anna@example.com" not in str(raised.value)
