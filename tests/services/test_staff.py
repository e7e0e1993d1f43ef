"""Those who work at the till: how they sign in, what ends it, and what guessing costs whoever guesses."""

import sys
import unicodedata
from dataclasses import dataclass, field

import msgspec
import pytest
from stand_ins import DAY, MINUTE, NOON, HandClock
from whole_house import DEFINITION, MASTER, PROGRAM

from chalicelib.errors import Refused, Untrusted
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.reading import read
from chalicelib.services.guessing import LONGEST_WAIT, MOST_OF_STRANGERS
from chalicelib.services.ports.access import Caller, StaffUser, Tries
from chalicelib.services.staff import MOST_LETTERS, MOST_TYPED, SESSION, StaffRoom
from chalicelib.store.memory.access import MemoryAccess
from chalicelib.store.vault import Vault

SHOP = Program(PROGRAM, (Version(sha_of(DEFINITION), read(DEFINITION, file="bean-street.yaml"), 0, 0),))
RIGHT, WRONG = "a long password", "another password"


@dataclass
class Plainly:
    """ports.access.Passwords without the slowness. `asked`: what was checked against what."""

    asked: list[str] = field(default_factory=list)
    care: str = "today"

    def hashed(self, password: str) -> str:
        return f"{self.care}:{password}"

    def check(self, password: str, hashed: str) -> tuple[bool, str]:
        self.asked.append(hashed)
        care, _, kept = hashed.partition(":")
        return kept == password and bool(hashed), self.hashed(password) if care != self.care else ""


@dataclass
class Room:
    """A room with Vera, a cashier, and its clock."""

    access: MemoryAccess = field(default_factory=MemoryAccess)
    passwords: Plainly = field(default_factory=Plainly)
    clock: HandClock = field(default_factory=lambda: HandClock(NOON))

    def __post_init__(self) -> None:
        self.staff = StaffRoom(self.access, self.passwords, Vault(MASTER), self.clock)
        self.staff.add(SHOP, "vera", "cashier", RIGHT)

    def token(self, password: str = RIGHT, name: str = "vera", **from_: str) -> str:
        return self.staff.sign_in(SHOP, name, password, **from_).token

    def device(self, **from_: str) -> str:
        """What a right sign-in tells a device to keep."""
        return self.staff.sign_in(SHOP, "vera", RIGHT, **from_).device

    def guesses(self, times: int, name: str = "vera", **from_: str) -> list[str]:
        """What so many wrong tries are answered."""
        answers = []
        for _ in range(times):
            with pytest.raises((Refused, Untrusted)) as caught:
                self.token(WRONG, name, **from_)
            answers.append(caught.value.reason)
        return answers

    def wait(self, name: str = "vera", **from_: str) -> int:
        """Seconds that the next one has to wait, as it is told."""
        with pytest.raises(Refused, match="sign_in_later") as caught:
            self.token(name=name, **from_)
        return int(caught.value.facts["seconds"])

    def is_besieged(self) -> None:
        """Strangers from many addresses have used up what they may try in a day."""
        for number in range(MOST_OF_STRANGERS // 5):
            assert self.guesses(5, place=f"198.51.100.{number}") == ["wrong_sign_in"] * 5


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_sign_in_acts_with_the_scopes_of_the_role_and_in_the_users_own_name(room: Room) -> None:
    assert room.staff.trusted(room.token()) == Caller(PROGRAM, ("read", "redeem"), "staff/vera")
    room.staff.set_role(SHOP, "vera", "owner")
    assert room.staff.trusted(room.token()).scopes == ("read", "redeem", "manage", "staff")


def test_a_name_is_found_however_it_is_typed(room: Room) -> None:
    assert room.staff.sign_in(SHOP, " Vera ", RIGHT).user.name == "vera"


def test_a_sign_in_lasts_twelve_hours(room: Room) -> None:
    token = room.token()
    room.clock.forward(SESSION - 1)
    room.staff.trusted(token)
    room.clock.forward(1)
    with pytest.raises(Untrusted, match="sign_in_again"):
        room.staff.trusted(token)


@pytest.mark.parametrize("change", ["password", "role", "disabled", "removed"])
def test_whatever_changes_about_somebody_ends_what_they_have_signed_in(room: Room, change: str) -> None:
    token = room.token()
    match change:
        case "password":
            room.staff.set_password(SHOP, "vera", "a newer password")
        case "role":
            room.staff.set_role(SHOP, "vera", "manager")
        case "removed":
            room.staff.remove(SHOP, "vera")
        case _:
            room.staff.set_disabled(SHOP, "vera", is_disabled=True)
    with pytest.raises(Untrusted, match="sign_in_again"):
        room.staff.trusted(token)


def test_who_is_let_in_again_has_to_sign_in_anew(room: Room) -> None:
    token = room.token()
    room.staff.set_disabled(SHOP, "vera", is_disabled=True)
    assert room.guesses(1) == ["wrong_sign_in"]
    room.staff.set_disabled(SHOP, "vera", is_disabled=False)
    with pytest.raises(Untrusted, match="sign_in_again"):
        room.staff.trusted(token)
    room.staff.trusted(room.token())


def test_of_somebody_who_left_the_name_alone_is_kept(room: Room) -> None:
    room.staff.set_role(SHOP, "vera", "owner")
    room.token()
    room.staff.remove(SHOP, "vera")
    assert (room.staff.of(SHOP), room.staff.named(SHOP, "vera")) == ([], None)
    assert room.access.staff(PROGRAM, "vera") == StaffUser(
        PROGRAM, "vera", "cashier", "", NOON, version=3, is_disabled=True, is_gone=True
    )
    assert room.guesses(1) == ["wrong_sign_in"]
    assert room.passwords.asked[-1] == ""


def test_a_name_that_is_free_again_opens_nothing_of_who_had_it(room: Room) -> None:
    old, device = room.token(), room.device()
    room.staff.remove(SHOP, "vera")
    room.clock.forward(1)
    room.staff.add(SHOP, "vera", "owner", RIGHT)
    with pytest.raises(Untrusted, match="sign_in_again"):
        room.staff.trusted(old)
    assert room.staff.trusted(room.token()).scopes == ("read", "redeem", "manage", "staff")
    assert room.device(device=device) != device


@pytest.mark.parametrize("spoiled", ["", "pp_staff_", "pp_staff_x.y", "mark", "said", "other vault", "device"])
def test_a_token_that_was_touched_opens_nothing(room: Room, spoiled: str) -> None:
    said, _, mark = room.token().partition(".")
    other = StaffRoom(room.access, room.passwords, Vault(bytes(32)), room.clock)
    shown = {
        "mark": f"{said}.{'0' if mark[0] != '0' else '1'}{mark[1:]}",
        "said": f"{said[:-1]}{'A' if said[-1] != 'A' else 'B'}.{mark}",
        "other vault": other.sign_in(SHOP, "vera", RIGHT).token,
        "device": room.device().replace("pp_device_", "pp_staff_"),
    }.get(spoiled, spoiled)
    with pytest.raises(Untrusted, match="unknown_key"):
        room.staff.trusted(shown)


# --- guessing


def test_after_five_wrong_tries_a_wait_that_doubles_up_to_an_hour(room: Room) -> None:
    assert room.guesses(5) == ["wrong_sign_in"] * 5
    waits = []
    for _ in range(9):
        waits.append(room.wait())
        room.clock.forward(waits[-1] * 1_000)
        room.guesses(1)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert waits[-1] * 1_000 == LONGEST_WAIT


def test_nothing_is_checked_while_one_has_to_wait(room: Room) -> None:
    room.guesses(5)
    checked = len(room.passwords.asked)
    room.clock.forward(MINUTE - 1)
    assert room.wait() == 1
    assert len(room.passwords.asked) == checked


def test_a_right_one_is_let_in_after_the_wait_and_what_was_counted_is_forgotten(room: Room) -> None:
    room.guesses(5)
    room.clock.forward(MINUTE)
    room.staff.trusted(room.token())
    assert room.guesses(4) == ["wrong_sign_in"] * 4
    room.token()


def test_the_fifth_try_may_be_the_right_one(room: Room) -> None:
    room.guesses(4)
    room.token()


def test_wrong_tries_are_forgotten_after_a_day(room: Room) -> None:
    room.guesses(5)
    room.clock.forward(DAY)
    assert room.guesses(4) == ["wrong_sign_in"] * 4
    room.token()


def test_an_unknown_name_is_answered_like_a_wrong_password(room: Room) -> None:
    assert room.guesses(5, "nobody") == room.guesses(5)
    assert room.wait("nobody") == room.wait()
    assert room.passwords.asked == [""] * 5 + [f"today:{RIGHT}"] * 5


def test_a_name_that_cannot_be_one_is_answered_alike(room: Room) -> None:
    assert room.guesses(6, "vera|2") == ["wrong_sign_in"] * 5 + ["sign_in_later"]


def test_one_name_waits_alone(room: Room) -> None:
    room.guesses(5, "nobody")
    room.token()


def test_a_stranger_makes_nobody_wait_at_another_address(room: Room) -> None:
    room.guesses(5, place="203.0.113.7")
    assert room.wait(place="203.0.113.7") == 60
    room.token(place="192.0.2.1")


@pytest.mark.parametrize(
    ("place", "waits"), [("2001:db8:0:1:ffff::2", True), ("2001:db8:0:2::1", False), ("no address", False)]
)
def test_addresses_that_one_household_has_are_one(room: Room, place: str, *, waits: bool) -> None:
    room.guesses(5, place="2001:db8:0:1::1")
    assert room.guesses(1, place=place) == ["sign_in_later" if waits else "wrong_sign_in"]


def test_a_stranger_who_tries_for_months_makes_nobody_wait(room: Room) -> None:
    for _ in range(60 * 24):
        room.guesses(1, place="203.0.113.7")
        room.clock.forward(LONGEST_WAIT)
    assert room.guesses(5, place="203.0.113.7")[-1] == "sign_in_later"
    room.token(place="192.0.2.1")


def test_strangers_together_have_a_hundred_tries_in_a_day_that_their_tries_do_not_prolong(room: Room) -> None:
    room.is_besieged()
    room.clock.forward(DAY // 2)
    assert room.guesses(1, place="192.0.2.1") == ["sign_in_later"]
    room.clock.forward(DAY // 2)
    room.token(place="192.0.2.1")


def test_a_device_on_which_somebody_signed_in_waits_for_no_stranger(room: Room) -> None:
    device = room.device(place="192.0.2.1")
    room.is_besieged()
    room.guesses(5, place="192.0.2.1")
    assert room.device(device=device, place="192.0.2.1") == device
    assert room.wait(place="192.0.2.1") > 0


def test_a_device_counts_its_own_wrong_tries_and_nobody_elses(room: Room) -> None:
    device = room.device()
    room.clock.forward(1)
    other = room.device()
    assert room.guesses(6, device=device) == ["wrong_sign_in"] * 5 + ["sign_in_later"]
    assert room.device(device=other) == other != device
    room.clock.forward(MINUTE)
    assert room.device(device=device) == device
    assert room.guesses(4, device=device) == ["wrong_sign_in"] * 4


@pytest.mark.parametrize("spoiled", ["made up", "of somebody else", "a sign-in"])
def test_a_device_that_is_not_known_is_a_strangers(room: Room, spoiled: str) -> None:
    room.staff.add(SHOP, "anton", "cashier", RIGHT)
    shown = {
        "made up": f"pp_device_eA.{'0' * 64}",
        "of somebody else": room.staff.sign_in(SHOP, "anton", RIGHT).device,
        "a sign-in": room.token(),
    }[spoiled]
    room.guesses(5)
    assert room.guesses(1, device=shown) == ["sign_in_later"]


def test_a_new_password_lets_its_owner_in_from_anywhere_at_once(room: Room) -> None:
    device = room.device(place="192.0.2.1")
    room.guesses(5, device=device)
    room.guesses(5, place="192.0.2.1")
    for number in range(19):
        room.guesses(5, place=f"198.51.100.{number}")
    assert room.wait(place="192.0.2.2") == DAY // 1_000
    assert [room.wait(place="192.0.2.1"), room.wait(device=device)] == [60, 60]
    room.staff.set_password(SHOP, "vera", "a newer password")
    for from_ in ({"place": "192.0.2.1"}, {"place": "192.0.2.2"}, {"device": device}):
        room.token("a newer password", **from_)


@pytest.mark.parametrize("change", ["password", "role"])
def test_devices_of_whoever_once_knew_the_password_are_strangers_after_a_change(room: Room, change: str) -> None:
    devices = []
    for _ in range(MOST_OF_STRANGERS // 5 + 1):
        room.clock.forward(1)
        devices.append(room.device())
    if change == "password":
        room.staff.set_password(SHOP, "vera", "a newer password")
    else:
        room.staff.set_role(SHOP, "vera", "manager")
    for number, device in enumerate(devices[:-1]):
        assert room.guesses(5, device=device, place=f"198.51.100.{number}") == ["wrong_sign_in"] * 5
    assert room.guesses(1, device=devices[-1], place="192.0.2.1") == ["sign_in_later"]


def test_a_device_is_known_again_after_the_first_sign_in_with_a_new_password(room: Room) -> None:
    before = room.device()
    room.staff.set_password(SHOP, "vera", "a newer password")
    device = room.staff.sign_in(SHOP, "vera", "a newer password", device=before).device
    room.is_besieged()
    assert room.staff.sign_in(SHOP, "vera", "a newer password", device=device).device == device != before


def test_guesses_side_by_side_are_counted_one_by_one(room: Room) -> None:
    """Whoever reads the count and writes it later has lost: the one between took that number."""
    real, stale = room.access.tries, room.access.tries(PROGRAM, "x")

    def behind(program: str, who: str) -> Tries | None:
        room.access.tries = real  # type: ignore[method-assign]
        seen = real(program, who)
        room.guesses(1)
        return seen

    room.guesses(4)
    assert stale is None
    room.access.tries = behind  # type: ignore[method-assign]
    assert room.guesses(1) == ["sign_in_later"]
    assert len(room.passwords.asked) == 5


# --- passwords


@pytest.mark.parametrize(
    ("password", "why"), [("short", "password_too_short"), ("x" * 129, "password_too_long"), ("", "password_too_short")]
)
def test_a_password_has_its_bounds(room: Room, password: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        room.staff.set_password(SHOP, "vera", password)
    room.token()


@pytest.mark.parametrize("name", ["", "Vera", "vera|x", "-vera", "v" * 41, "vera zimina", "vera.z"])
def test_a_name_has_its_shape(room: Room, name: str) -> None:
    with pytest.raises(Refused, match="staff_name_not_possible"):
        room.staff.add(SHOP, name, "cashier", RIGHT)


def test_a_name_is_given_once(room: Room) -> None:
    with pytest.raises(Refused, match="staff_known"):
        room.staff.add(SHOP, "vera", "owner", RIGHT)
    assert room.staff.of(SHOP)[0].role == "cashier"


def test_a_password_is_the_same_however_its_letters_are_composed(room: Room) -> None:
    room.staff.set_password(SHOP, "vera", "caf\u00e9 au lait long")
    room.token("cafe\u0301 au lait long")


@pytest.mark.parametrize(
    ("letter", "typed"), [("\u00e9", "e\u0301"), ("\u1f82", "\u03b1\u0313\u0300\u0345")], ids=["two", "four"]
)
def test_the_longest_password_is_as_long_however_it_is_typed(room: Room, letter: str, typed: str) -> None:
    for text in (letter, typed):
        room.staff.set_password(SHOP, "vera", text * MOST_LETTERS)
        room.token(letter * MOST_LETTERS)
        room.token(typed * MOST_LETTERS)
        with pytest.raises(Refused, match="password_too_long"):
            room.staff.set_password(SHOP, "vera", text * (MOST_LETTERS + 1))


def test_no_letter_is_made_of_more_than_are_allowed_to_be_typed() -> None:
    most = max(len(unicodedata.normalize("NFD", chr(code))) for code in range(sys.maxunicode + 1))
    assert most * MOST_LETTERS == MOST_TYPED


def test_what_is_typed_after_the_longest_password_is_not_overlooked(room: Room) -> None:
    room.staff.set_password(SHOP, "vera", "\u1f82" * MOST_LETTERS)
    with pytest.raises(Untrusted, match="wrong_sign_in"):
        room.token("\u03b1\u0313\u0300\u0345" * MOST_LETTERS + "x")


def test_a_sign_in_hashes_anew_what_was_hashed_with_less_care_and_ends_nothing(room: Room) -> None:
    token = room.token()
    room.passwords.care = "more"
    room.token()
    kept = room.access.staff(PROGRAM, "vera")
    assert kept is not None
    assert kept.password == f"more:{RIGHT}"
    room.staff.trusted(token)


def test_the_day_of_a_sign_in_is_noted(room: Room) -> None:
    assert [user.signed_in_on for user in room.staff.of(SHOP)] == [""]
    room.token()
    assert [user.signed_in_on for user in room.staff.of(SHOP)] == ["2026-06-23"]


def test_nobody_unknown_is_changed(room: Room) -> None:
    for change in (
        lambda: room.staff.set_role(SHOP, "nobody", "owner"),
        lambda: room.staff.set_disabled(SHOP, "nobody", is_disabled=True),
        lambda: room.staff.set_password(SHOP, "nobody", RIGHT),
        lambda: room.staff.remove(SHOP, "nobody"),
    ):
        with pytest.raises(Refused, match="staff_unknown"):
            change()


def test_another_programs_staff_is_nobody_here(room: Room) -> None:
    other = msgspec.structs.replace(SHOP, slug="other-shop")
    with pytest.raises(Untrusted):
        room.staff.sign_in(other, "vera", RIGHT)
    assert room.staff.of(other) == []
    assert [user for user in room.staff.of(SHOP) if isinstance(user, StaffUser)] == list(room.staff.of(SHOP))
