"""What an operator does about those who work at the till, and about keys, at a terminal."""

from collections.abc import Callable

import pytest
from click.testing import Result
from stand_ins import DAY
from whole_house import ANNA, Town

from chalicelib.errors import Untrusted
from ops.command import main
from ops.doctor.keys import check_keys

Run = Callable[..., Result]


def made(told: Result) -> str:
    """The password that was made and shown."""
    assert told.exit_code == 0, told.output
    return told.stdout.splitlines()[0]


def signs_in(here: Town, name: str, password: str) -> str:
    return here.house.staff_room.sign_in(here.program, name, password).token


def test_a_password_is_made_and_shown_once(here: Town, run: Run) -> None:
    password = made(run("staff", "add", "vera", "--role", "cashier"))
    assert len(password) >= 16
    signs_in(here, "vera", password)
    assert password not in run("staff", "list").output


def test_a_password_may_be_typed_unseen_and_twice(here: Town, run: Run) -> None:
    typed = run("staff", "add", "vera", "--role", "cashier", "--type-it", typed="a long password\na long password\n")
    assert typed.exit_code == 0
    assert "a long password" not in typed.output
    signs_in(here, "vera", "a long password")


def test_no_command_takes_a_password_as_an_argument() -> None:
    staff = main.commands["staff"]
    taken = {param.name for command in staff.commands.values() for param in command.params}  # type: ignore[attr-defined]
    assert taken & {"password", "secret", "text"} == set()


def test_somebody_is_listed_with_role_and_last_sign_in(here: Town, run: Run) -> None:
    assert "Nobody yet" in run("staff", "list").output
    password = made(run("staff", "add", "vera", "--role", "cashier", "--email", str(ANNA.email)))
    run("staff", "role", "vera", "manager")
    signs_in(here, "vera", password)
    (line,) = [line for line in run("staff", "list").output.splitlines() if line.startswith("vera")]
    assert line.split() == ["vera", "manager", "2026-06-23", "kept", "apart"]


def test_another_password_a_role_or_a_dismissal_ends_what_was_signed_in(here: Town, run: Run) -> None:
    for change in (("password", "vera"), ("role", "vera", "owner"), ("disable", "vera")):
        if not here.house.staff_room.of(here.program):
            password = made(run("staff", "add", "vera", "--role", "cashier"))
        token = signs_in(here, "vera", password)
        told = run("staff", *change)
        password = made(told) if change[0] == "password" else password
        with pytest.raises(Untrusted, match="sign_in_again"):
            here.house.staff_room.trusted(token)
    with pytest.raises(Untrusted, match="wrong_sign_in"):
        signs_in(here, "vera", password)
    run("staff", "enable", "vera")
    signs_in(here, "vera", password)


def test_somebody_who_left_is_signed_out_and_listed_no_more_and_may_come_back(here: Town, run: Run) -> None:
    password = made(run("staff", "add", "vera", "--role", "owner"))
    token = signs_in(here, "vera", password)
    assert "signed out everywhere and works here no more" in run("staff", "remove", "vera").output
    with pytest.raises(Untrusted, match="sign_in_again"):
        here.house.staff_room.trusted(token)
    assert "Nobody yet" in run("staff", "list").output
    assert "Nobody of this name works here." in run("staff", "enable", "vera").output
    signs_in(here, "vera", made(run("staff", "add", "vera", "--role", "cashier")))
    with pytest.raises(Untrusted, match="sign_in_again"):
        here.house.staff_room.trusted(token)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "Vera Zimina", "--role", "cashier"), "A name has 1 to 40 small letters"),
        (("add", "vera", "--role", "cashier", "--email", "nobody"), "This is no e-mail address."),
        (("disable", "nobody"), "Nobody of this name works here."),
        (("password", "nobody"), "Nobody of this name works here."),
        (("remove", "nobody"), "Nobody of this name works here."),
    ],
)
def test_what_cannot_be_done_is_said_plainly(run: Run, words: tuple[str, ...], says: str) -> None:
    told = run("staff", *words)
    assert told.exit_code == 1
    assert says in told.output


@pytest.mark.parametrize("how", [(), ("--type-it",)])
def test_another_password_of_somebody_disabled_says_that_they_stay_out(run: Run, how: tuple[str, ...]) -> None:
    run("staff", "add", "vera", "--role", "cashier")
    says = "vera is disabled and stays out: pointpass staff enable vera"
    given = ("staff", "password", "vera", *how)
    assert says not in run(*given, typed="a long password\na long password\n").output
    run("staff", "disable", "vera")
    assert says in run(*given, typed="a long password\na long password\n").output


def test_a_name_that_is_there_is_not_given_again(run: Run) -> None:
    made(run("staff", "add", "vera", "--role", "cashier"))
    assert "works here already: vera" in run("staff", "add", "vera", "--role", "owner").output


# --- keys


def test_a_list_of_keys_says_how_old_each_is_and_when_it_was_used_last(here: Town, run: Run) -> None:
    key = made(run("key", "create", "till", "--scope", "read"))
    here.clock.forward(2 * DAY)
    assert "not known" in run("key", "list").output
    here.house.keys.trusted(key)
    (line,) = [line for line in run("key", "list").output.splitlines() if line.startswith(key[:16])]
    assert line.split()[-2:] == ["2", "2026-06-25"]


def test_the_doctor_names_keys_that_were_forgotten_or_are_old(here: Town, run: Run) -> None:
    used, forgotten = (made(run("key", "create", name, "--scope", "read")) for name in ("till", "old screen"))
    ended = made(run("key", "create", "gone", "--scope", "read"))
    run("key", "revoke", ended[:16])
    assert [row.state for row in check_keys(here.house)] == ["good"]
    here.clock.forward(90 * DAY)
    here.house.keys.trusted(used)
    (row,) = check_keys(here.house)
    assert (row.about, row.state, row.says) == (
        f"API key {forgotten[:16]}...", "look", "old screen: no use known for 90 days",
    )  # fmt: skip
    here.clock.forward(276 * DAY)
    for key in (used, forgotten):
        here.house.keys.trusted(key)
    assert sorted(row.says for row in check_keys(here.house)) == ["old screen: 366 days old", "till: 366 days old"]
