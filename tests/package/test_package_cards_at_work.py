"""Cards in the packaged functions' hands: wallets, links, codes, letters, pictures, messages and walks.

Each function stands behind its own role (gatekeeper.py): what a test plays, the function may do.
"""

import io
import json
import re
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gateway import schedule_event
from packaged_cloud import GOOGLE_ISSUER, OWN_PASS_TYPE, PASS_TYPE, PROGRAM, TENANT, PackagedCloud
from packaged_shop import (
    FORM,
    WAIT_SECONDS,
    authorization,
    buyer,
    code_in,
    credit,
    deliver,
    form,
    join,
    letters,
    link_in,
    new_id,
    now,
    points,
    prove,
    register,
    serial,
    shown,
    stored,
    till,
    wait_until,
)
from PIL import Image, ImageOps

from chalicelib.services.ports.walks import Job, Walk
from ops.laptop.home import PROJECT
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Sender
from ops.looks import prepared

pytestmark = [pytest.mark.package, pytest.mark.npm, pytest.mark.xdist_group("package")]

HOUR = 3_600_000


def pushed(cloud: PackagedCloud, token: str, after: int) -> int:
    """When a phone was pushed after that moment."""
    at = cloud.push.wait_for(token, after=after, timeout=WAIT_SECONDS)
    assert at is not None, "".join(cloud.functions[name].log() for name in ("OnJournal", "OnCards", "OnSweeps"))
    return at


def walked(cloud: PackagedCloud, job: Job, slug: str, **more: Any) -> Walk:
    """A walk, from its beginning to its end."""
    name = f"{job}-{new_id()}"
    walking, at = cloud.house.walking, now()
    walking.begin(Walk(slug, name, job, 200, at, moved_at=at, **more))
    wait_until(lambda: walking.walk(slug, name).state == "done", cloud.functions["OnSweeps"].log)
    return walking.walk(slug, name)


def google_id(cloud: PackagedCloud, card: str) -> str:
    """The card's name at Google."""
    (found,) = [name for name in cloud.google.resources["loyaltyObject"] if serial(cloud, card) in name]
    return found


def saved_to_google(cloud: PackagedCloud, card: str) -> str:
    """The card's name at Google, where its owner has saved it, and Google has told us so."""
    answer = cloud.ask("GET", f"{card}/google")
    assert answer.status == 302, cloud.functions["Wallets"].log()
    assert cloud.google.save(answer.headers["location"].rpartition("/")[2]) == google_id(cloud, card)
    held = cloud.google.resources["loyaltyObject"][google_id(cloud, card)]
    told = cloud.google.callback(google_id(cloud, card), held["classId"], "save")
    called = cloud.ask("POST", f"/google/callback/{PROGRAM}", json.dumps(told).encode(), Content_Type="text/plain")
    assert called.status == 200, cloud.functions["Wallets"].log()
    return google_id(cloud, card)


def test_program_with_a_pass_type_of_its_own_signs_and_pushes_by_its_own_papers(cloud: PackagedCloud) -> None:
    person, token = buyer("taster"), "b1" * 32
    card = join(cloud, person, TENANT)
    prove(cloud, card, person)
    register(cloud, card, token, OWN_PASS_TYPE)
    for address in (f"{card}/apple", f"/apple/v1/passes/{OWN_PASS_TYPE}/{serial(cloud, card)}"):
        answer = cloud.ask("GET", address, **authorization(cloud, card))
        assert answer.status == 200, cloud.functions["Wallets"].log()
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            assert json.loads(archive.read("pass.json"))["passTypeIdentifier"] == OWN_PASS_TYPE
    with cloud.following():
        credit(cloud, card, 20)
        first = pushed(cloud, token, -1)
        credit(cloud, card, 30)  # within the quiet time: the queue's function pushes
        pushed(cloud, token, first)
    assert cloud.refused() == {}


@pytest.mark.parametrize("by", ["OnJournal", "OnCards"])
def test_phone_that_left_is_forgotten_by_whoever_pushes(cloud: PackagedCloud, by: str) -> None:
    """Apple says so to the stream's function, or to the queue's: the second push of a moment."""
    person, token = buyer(f"gone-{by.lower()}"), by.encode().hex().ljust(64, "0")
    card = join(cloud, person)
    prove(cloud, card, person)
    register(cloud, card, token, PASS_TYPE)
    with cloud.following():
        if by == "OnCards":
            credit(cloud, card, 10)
            pushed(cloud, token, -1)
        cloud.push.answers[token] = [(410, "Unregistered")]
        credit(cloud, card, 20)
        wait_until(partial(_has_no_phone, cloud, serial(cloud, card)))
    assert cloud.refused() == {}


def _has_no_phone(cloud: PackagedCloud, held: str) -> bool:
    return not cloud.house.adapters.cards.registrations(held)


def test_push_that_apple_puts_off_is_sent_again_by_the_queue(cloud: PackagedCloud) -> None:
    person, token = buyer("patient"), "c2" * 32
    card = join(cloud, person)
    prove(cloud, card, person)
    register(cloud, card, token, PASS_TYPE)
    cloud.push.answers[token] = [(503, "ServiceUnavailable"), (503, "ServiceUnavailable")]
    queue = cloud.house.settings.cards_queue_url.rpartition(":")[2].rpartition("/")[2]
    with cloud.following():
        credit(cloud, card, 10)
        wait_until(lambda: any(each == ("sqs:SendMessage", arn("sqs", queue)) for each in cloud.yard.used("OnJournal")))
        wait_until(lambda: not cloud.push.answers[token])
    assert cloud.refused() == {}


def test_google_has_the_card_and_hears_of_points_and_of_another_look(cloud: PackagedCloud, shop: Sender) -> None:
    person = buyer("googler")
    card = join(cloud, person)
    prove(cloud, card, person)
    with cloud.following():
        name = saved_to_google(cloud, card)
        wait_until(lambda: cloud.house.adapters.google.cards.state(serial(cloud, card)).is_saved)  # type: ignore[union-attr]
        assert deliver(cloud, shop.paid(shop.order(person, [Item("Beans", 7_700)]))) == 200
        wait_until(lambda: "77" in json.dumps(cloud.google.card(name)), cloud.functions["OnCards"].log)
    assert name.startswith(f"{GOOGLE_ISSUER}.")
    assert cloud.refused() == {}


def test_another_link_leads_to_the_card_and_the_old_one_nowhere(cloud: PackagedCloud) -> None:
    person, token = buyer("replacer"), "d3" * 32
    card = join(cloud, person, TENANT)
    prove(cloud, card, person)
    register(cloud, card, token, OWN_PASS_TYPE)
    code = stored(cloud, card).barcode
    asked = cloud.ask("GET", f"{card}/replace")
    key = re.search(r'name="key" value="([^"]+)"', asked.body.decode())
    assert key is not None, cloud.functions["Pages"].log()
    fresh = form(cloud, f"{card}/replace", key=key[1])
    assert cloud.ask("GET", card).status == 410
    assert stored(cloud, fresh).barcode != code
    pushed(cloud, token, -1)
    assert cloud.refused() == {}


def test_leaving_takes_a_code_and_forgets_the_member(cloud: PackagedCloud) -> None:
    person, token = buyer("leaver"), "e4" * 32
    card = join(cloud, person)
    prove(cloud, card, person)
    register(cloud, card, token, PASS_TYPE)
    assert cloud.ask("GET", f"{card}/leave").status == 200, cloud.functions["Pages"].log()
    assert cloud.ask("POST", f"{card}/leave", b"do=send", **FORM).status == 200
    member = stored(cloud, card).member
    assert form(cloud, f"{card}/leave", do="leave", code=code_in(letters(cloud, person)[-1])) == card
    assert cloud.house.adapters.members.member(PROGRAM, member) is None
    pushed(cloud, token, -1)
    assert cloud.refused() == {}


def test_card_is_sent_to_its_owner_and_opened_by_the_letter(cloud: PackagedCloud) -> None:
    person = buyer("forgetful")
    card = join(cloud, person)
    prove(cloud, card, person)
    credit(cloud, card, 12)
    form(cloud, f"/p/{PROGRAM}/send", email=person.email)
    link = link_in(letters(cloud, person)[-1])
    assert cloud.ask("GET", link).status == 200
    assert points(cloud, form(cloud, link)) == 12
    form(cloud, f"{card}/mail")
    assert len(letters(cloud, person)) == 3
    assert cloud.refused() == {}


def test_member_who_joins_again_proves_again_and_has_what_was_there(cloud: PackagedCloud) -> None:
    person, token = buyer("twice"), "f5" * 32
    first = join(cloud, person)
    prove(cloud, first, person)
    credit(cloud, first, 12)
    second = join(cloud, person)
    register(cloud, second, token, PASS_TYPE)
    form(cloud, f"{second}/proof", code=code_in(letters(cloud, person)[-1]))
    assert points(cloud, second) == 12
    pushed(cloud, token, -1)
    assert cloud.refused() == {}


def test_till_enrols_finds_by_address_and_scans_the_code(cloud: PackagedCloud) -> None:
    person, told = buyer("scanned"), till(cloud)
    enrolled = told("POST", "/members", {"email": person.email, "name": "Ada", "language": "en", "consent": True})
    card = "/" + enrolled["card"].partition("//")[2].partition("/")[2]
    scanned = told("GET", f"/members?code={stored(cloud, card).barcode}")
    assert [member["id"] for member in scanned["members"]] == [stored(cloud, card).account]
    prove(cloud, card, person)
    found = told("GET", f"/members?email={person.email}")
    assert [member["id"] for member in found["members"]] == [stored(cloud, card).account]
    assert cloud.refused() == {}


def test_pictures_of_the_program_are_shown_and_are_in_the_pass(cloud: PackagedCloud) -> None:
    card = join(cloud, buyer("viewer"))
    address = re.search(r"/pictures/[^\"' ]+", cloud.ask("GET", card).body.decode())
    assert address is not None
    answer = cloud.ask("GET", address[0])
    assert (answer.status, answer.headers["content-type"], answer.body[:4]) == (200, "image/png", b"\x89PNG")
    with zipfile.ZipFile(io.BytesIO(cloud.ask("GET", f"{card}/apple").body)) as archive:
        assert {"logo@3x.png", "icon.png"} <= set(archive.namelist())
    assert cloud.refused() == {}


def test_message_reaches_those_who_agreed_and_is_taken_back(cloud: PackagedCloud) -> None:
    agreed, silent = buyer("agreed"), buyer("silent")
    card, other = join(cloud, agreed, TENANT, marketing="yes"), join(cloud, silent, TENANT)
    for person, held in ((agreed, card), (silent, other)):
        prove(cloud, held, person)
    token = "0a" * 32
    register(cloud, card, token, OWN_PASS_TYPE)
    program = cloud.house.adapters.programs.program(TENANT)
    assert program is not None
    words = {"en": "The pie is back", "ru": "Пирог вернулся"}
    with cloud.following():
        credit(cloud, card, 5)
        after = pushed(cloud, token, -1)
        wait_until(lambda: now() > after + 1_000)  # after the quiet time: the walk's function pushes itself
        campaign = cloud.house.messages.campaign(program, words, level="Bean", at_night=True)
        told = walked(cloud, "message", TENANT, campaign=campaign)
        assert (told.counted["told"], told.counted["no consent"] >= 1) == (1, True)
        pushed(cloud, token, after)
        assert "The pie is back" in cloud.ask("GET", card).body.decode()
        assert walked(cloud, "withdraw", TENANT, campaign=campaign).counted["withdrawn"] == 1
    assert "The pie is back" not in cloud.ask("GET", card).body.decode()
    assert cloud.refused() == {}


def test_other_pictures_reach_the_cards_that_are_out_and_google_hears_first(cloud: PackagedCloud) -> None:
    """A walk through all cards; phones are told by it, Google by the queue."""
    person, token = buyer("redressed"), "1b" * 32
    card = join(cloud, person)
    prove(cloud, card, person)
    register(cloud, card, token, PASS_TYPE)
    program = cloud.house.adapters.programs.program(PROGRAM)
    assert program is not None
    with cloud.following():
        name = saved_to_google(cloud, card)
        credit(cloud, card, 5)
        after = pushed(cloud, token, -1)
        before = json.dumps(cloud.google.card(name)["classReference"])  # type: ignore[index]
        _other_pictures(cloud.folder / "other" / PROGRAM)
        drawn = prepared(program.latest.definition, cloud.folder / "other")
        cloud.house.publishing.dress(program, program.latest.sha, cloud.house.adapters.pictures.keep(drawn))
        assert walked(cloud, "republish", PROGRAM).counted["pushed"] >= 1
        pushed(cloud, token, after)
        wait_until(lambda: json.dumps(cloud.google.card(name)["classReference"]) != before)  # type: ignore[index]
    assert cloud.refused() == {}


def _other_pictures(folder: Path) -> None:
    """The program's own with black and white changed for each other, and so on."""
    folder.mkdir(parents=True)
    for path in (PROJECT / "programs" / PROGRAM).glob("*.png"):
        with Image.open(path) as own:
            ImageOps.invert(own.convert("RGBA").convert("RGB")).save(folder / path.name)


def test_new_version_visits_every_account_and_then_every_card(cloud: PackagedCloud) -> None:
    with cloud.following():
        done = walked(cloud, "publish", TENANT)
        wait_until(lambda: cloud.house.walking.walk(TENANT, f"cards/{done.id}").state == "done")
    assert done.done >= 1
    assert cloud.refused() == {}


def test_phone_that_was_told_and_did_not_come_is_told_again(cloud: PackagedCloud) -> None:
    """The clock finds it, the queue's function tells it."""
    person, token = buyer("sleepy"), "2c" * 32
    card = join(cloud, person)
    prove(cloud, card, person)
    register(cloud, card, token, PASS_TYPE)
    with cloud.following():
        credit(cloud, card, 5)
        after = pushed(cloud, token, -1)
        at, cards = now(), cloud.house.adapters.cards
        for held in cards.registrations(serial(cloud, card)):
            cards.unregister(held.device, held.pass_type, held.serial)
            cards.register(msgspec.structs.replace(held, registered_at=at - 3 * HOUR, fetched_at=at - 3 * HOUR))

        def is_two_hours_older() -> bool:
            known = stored(cloud, card)
            return cards.put_card(
                msgspec.structs.replace(known, revision=known.revision + 1, changed_at=at - 2 * HOUR, look_at=at)
            )

        wait_until(is_two_hours_older)
        cloud.house.adapters.repushes.put_looked_until(at)
        cloud.house.adapters.repushes.note(serial(cloud, card), at)
        wait_until(lambda: now() > at)
        with cloud.yard.container("OnSweep") as (function, gate):
            assert function.invoke(schedule_event()) == {}
        assert gate.refused == []
        pushed(cloud, token, after)
    assert shown(cloud, card)["points"] == 5
    assert cloud.refused() == {}


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:eu-central-1:123456789012:{name}"
