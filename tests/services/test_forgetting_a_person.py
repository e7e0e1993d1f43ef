"""An operator forgets somebody: nothing that is stored leads to the person any more, and the journal stays whole."""

from collections.abc import Iterator
from typing import Any

import botocore.session
import msgspec
import pytest
from stand_ins import MINUTE, FailsOnce
from two_people import merge, two, unmerge
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, REGION, Town, town, town_on

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId
from chalicelib.ledger.documents import MergeDocument
from chalicelib.ledger.member_document import MOST_JOINED
from chalicelib.programs.learning import Attribute, Born
from chalicelib.services.inbox import WHYS
from chalicelib.services.ports import Delivery
from chalicelib.services.subject import Subject, Subjects
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.tables import ROOMS
from ops.laptop.shopify_books import Buyer

CLUB = DEFINITION.replace(
    "    - {name: a review,",
    """\
    - {name: for students, give: 7 beans, when: {attribute: city is Riga}}
    - {name: birthday, give: 11 beans, when: {birthday: {before: 3 days, after: 3 days}}}
    - {name: a review,""",
).replace("card:\n", "members: {attributes: {city: text}}\ncard:\n")
PERSON = ("anna.ozola@example.com", "+37120000001", "20000001", "Anna", "Ozola", "1990-02-28")
NAMED = Buyer(ANNA.id, ANNA.email, ANNA.phone, "Anna", "Ozola")


@pytest.fixture(params=["memory", "engine"])
def here(request: pytest.FixtureRequest) -> Town:
    return town(CLUB) if request.param == "memory" else town_on(request.getfixturevalue("engine"), CLUB)


def subjects(here: Town) -> Subjects:
    house, own = here.house, here.own
    erasure, understand = house.hooks.reception.erasure, house.replay.understand
    return Subjects(own.ledger, own.members, own.cards, own.inbox, own.vault, erasure, understand)


def of(here: Town, account: AccountId) -> Subject:
    return subjects(here).of(here.program, account)


def forget(here: Town, account: AccountId) -> None:
    subjects(here).forget(here.program, of(here, account))


def known_everywhere(here: Town) -> AccountId:
    """Anna: joined with all that the form asks, on two cards, in a wallet, with orders, facts and kept deliveries."""
    link = here.join(str(ANNA.email), name="Anna Ozola", phone=str(ANNA.phone), marketing="yes")
    assert here.types_code(link, here.mail.letters[-1].code).status == 303
    here.buys(NAMED, 10_000)
    account = here.account(ANNA)
    facts = (Attribute("city", "Riga", here.clock.now()), Born("1990-02-28"))
    here.house.knowing.tell(here.program, account, facts, revision=0)
    here.adds_to_wallet(link)
    for why in ("quarantined", "refused"):
        here.own.inbox.keep(_delivery(here, here.shop.paid(here.shop.order(NAMED, [])).body), why)
    here.own.inbox.keep(_delivery(here, b"not json, but anna.OZOLA@example.com"), "quarantined")
    return account


def _delivery(here: Town, body: bytes) -> Delivery:
    return Delivery(PROGRAM, "shop", here.clock.now(), {"x-shopify-topic": "orders/paid"}, body)


def everything(here: Town) -> str:
    """All that the stores hold, as one text: attributes of memory, rows of the engine."""
    own = here.own
    parts = [own.ledger, own.members, own.cards, own.views, own.inbox, own.pushes, own.deferred, own.sweeps]
    parts += [own.access, own.walks, own.repushes, own.totals]
    bodies = [own.inbox.read(key) for why in WHYS for key in own.inbox.kept(why)]
    return "\n".join([*(repr(list(_held(part, set()))) for part in parts), *map(repr, bodies)])


_MINUTES = ("_proofs", "_counters")
"""What memory does not remove by itself: mails' proofs and their counts, which end within the hour."""


def _held(value: Any, seen: set[int]) -> Iterator[Any]:
    """Everything below a store, down to its texts, but what ends within the hour."""
    if hasattr(value, "__dict__"):
        if id(value) in seen:
            return
        seen.add(id(value))
    if isinstance(value, Dynamo):
        client = botocore.session.get_session().create_client(
            "dynamodb", region_name=REGION, endpoint_url=value._connection.host
        )
        for room in ROOMS:
            rows = client.scan(TableName=f"{value._prefix}-{room}")["Items"]
            yield from (row for row in rows if row["sk"]["S"] not in ("PROOF", "COUNT"))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield repr(name)
            yield from _held(inner, seen)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _held(inner, seen)
    elif type(value).__module__.startswith("chalicelib.store") and hasattr(value, "__dict__"):
        yield from _held({name: held for name, held in vars(value).items() if name not in _MINUTES}, seen)
    else:
        yield value


def personal(here: Town, indexes: set[str]) -> set[str]:
    """What of the person can be found in the stores: in plain, by an index of theirs, or in a profile that opens."""
    text = everything(here)
    plain = {each for each in PERSON if each.lower() in text.lower()}
    return plain | {index for index in indexes if index in text}


def indexes_of(here: Town) -> set[str]:
    named = (("email", ANNA.email), ("phone", ANNA.phone), ("customer", f"shopify/{ANNA.id}"))
    return {here.own.vault.index(PROGRAM, kind, str(value)) for kind, value in named}


def test_after_an_erasure_no_table_no_queue_and_no_kept_body_leads_to_the_person(here: Town) -> None:
    account, indexes = known_everywhere(here), indexes_of(here)
    found = of(here, account)
    assert len(found.profiles) == 1
    assert len(found.deliveries) == 3
    profile = found.profiles[0]
    there = personal(here, indexes)
    assert {"anna.ozola@example.com", "1990-02-28"} <= there
    assert len(indexes & there) == 2  # the address and the shop's customer id; a phone beside an address leads nowhere
    forget(here, account)
    assert personal(here, indexes) == set()
    assert here.own.members.member(PROGRAM, profile.id) is None
    assert not of(here, account).is_known
    assert here.violations() == []


def test_the_journal_stays_under_its_random_name(here: Town) -> None:
    account = known_everywhere(here)
    before = here.entries(account)
    forget(here, account)
    assert here.entries(account) == before
    assert here.newest(account).snap.purse("beans").balance == 100


def test_phones_are_told_that_the_card_has_ended(here: Town) -> None:
    account = known_everywhere(here)
    here.clock.forward(MINUTE)
    forget(here, account)
    assert here.pusher.calls == [["token-phone-1"]]
    assert [card.is_void for card in here.own.cards.cards_of(PROGRAM, account)] == [True]


def test_a_repeat_is_harmless(here: Town) -> None:
    account = known_everywhere(here)
    forget(here, account)
    cards = here.own.cards.cards_of(PROGRAM, account)
    forget(here, account)
    assert [(each.is_void, each.link) for each in here.own.cards.cards_of(PROGRAM, account)] == [
        (each.is_void, each.link) for each in cards
    ]


def test_somebody_else_stays_as_they_are(here: Town) -> None:
    account = known_everywhere(here)
    here.member(BORIS)
    here.buys(BORIS, 5_000)
    boris = of(here, here.account(BORIS))
    key = here.own.inbox.keep(_delivery(here, here.shop.paid(here.shop.order(BORIS, [])).body), "refused")
    forget(here, account)
    assert of(here, here.account(BORIS)) == msgspec.structs.replace(boris, deliveries=[key])


@pytest.mark.parametrize(
    "body",
    [
        b"joanna.ozola@example.com",
        b"x-anna.ozola@example.com",
        b"anna.ozola@example.com.au",
        b"tel:+371200000019",
        "Jāanna.ozola@example.com".encode(),
    ],
)
def test_what_names_somebody_with_a_longer_address_or_number_is_theirs(body: bytes) -> None:
    here = town(CLUB)
    account = known_everywhere(here)
    key = here.own.inbox.keep(_delivery(here, b"not json, but " + body), "quarantined")
    assert key not in of(here, account).deliveries


@pytest.mark.parametrize(
    "body", [b"<anna.ozola@example.com>", b"Write to\\nanna.ozola@example.com.", b"tel:+37120000001,"]
)
def test_an_address_or_number_is_found_in_whatever_stands_around_it(body: bytes) -> None:
    here = town(CLUB)
    account = known_everywhere(here)
    key = here.own.inbox.keep(_delivery(here, body), "quarantined")
    assert key in of(here, account).deliveries


@pytest.mark.parametrize("broken", ["remove", "erase_member", "remove_identity"])
def test_after_a_break_a_repeat_forgets_what_was_left(broken: str) -> None:
    once = FailsOnce(broken, "interrupted")
    here = town(CLUB, around={"inbox": once, "members": once})
    account, indexes = known_everywhere(here), indexes_of(here)
    house, own = here.house, here.house.adapters
    room = Subjects(
        own.ledger, own.members, own.cards, own.inbox, own.vault, house.hooks.reception.erasure, house.replay.understand
    )
    with pytest.raises(TryAgain):
        room.forget(here.program, room.of(here.program, account))
    assert once.failed == [broken]
    room.forget(here.program, room.of(here.program, account))
    assert personal(here, indexes) == set()


# --- accounts that became one


@pytest.fixture
def crowd() -> tuple[Town, list[AccountId]]:
    """Anna, and as many accounts more than are remembered that have been joined to hers; each knows a city."""
    here = two(town(CLUB), anna=1_000, boris=1_000)
    accounts = []
    for number in range(MOST_JOINED + 2):
        buyer = Buyer(7_200_000_000_000_000 + number, f"guest{number}@example.com", None, "Guest", str(number))
        here.member(buyer)
        here.buys(buyer, 1_000)
        account = here.account(buyer)
        accounts.append(account)
        here.house.knowing.tell(
            here.program, account, [Attribute("city", f"Town {number}", here.clock.now())], revision=0
        )
        merge(here, account, ANNA)
    return here, accounts


def cities(here: Town, accounts: list[AccountId]) -> list[object]:
    found = [here.own.ledger.document(PROGRAM, f"member/{each}") for each in accounts]  # type: ignore[arg-type]
    return [getattr(each, "attributes", {}).get("city") for each in found]


def test_every_account_that_was_joined_is_forgotten_however_many_there_are(
    crowd: tuple[Town, list[AccountId]],
) -> None:
    here, accounts = crowd
    assert None not in cities(here, accounts)
    here.deliver(here.shop.erasure_asked(ANNA))
    assert here.work_off_deferred() == {"batchItemFailures": []}
    assert set(cities(here, accounts)) == {None}


def test_an_account_that_was_parted_again_is_somebody_elses(crowd: tuple[Town, list[AccountId]]) -> None:
    here, accounts = crowd
    unmerge(here, accounts[3])
    forget(here, here.account(ANNA))
    assert [city is None for city in cities(here, accounts)] == [each != accounts[3] for each in accounts]


def test_what_remembers_how_two_became_one_no_longer_knows_their_addresses(
    crowd: tuple[Town, list[AccountId]],
) -> None:
    here, accounts = crowd
    guest = here.own.vault.index(PROGRAM, "email", "guest0@example.com")
    merged = here.own.ledger.document(PROGRAM, f"merge/{accounts[0]}")  # type: ignore[arg-type]
    assert isinstance(merged, MergeDocument)
    assert guest in merged.identities
    forget(here, here.account(ANNA))
    assert guest not in everything(here)
    assert here.violations() == []
